// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/native/profile.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/module/source_lines.h"
#include "libwasm/native/compiled_module.h"
#include "libwasm/native/positions.h"

namespace wasm::native {

namespace {

#if defined(__x86_64__)
constexpr uint32_t kMachine = EM_X86_64;
#else
constexpr uint32_t kMachine = EM_AARCH64;
#endif

// What the module in the artefact knows: names, and lines where it was compiled with them.
struct ModuleInfo {
  explicit ModuleInfo(const CompiledModule& compiled) {
    auto decoded = binary::DecodeModule(compiled.wasm(), FeatureSet());
    if (!decoded) return;
    module = *std::move(decoded);
    lines = SourceLines(*module).All();
  }

  // On one line, as perf wants it.
  std::string NameOf(const CompiledModule::Symbol& symbol) const {
    std::string name;
    if (symbol.defined_index == CompiledModule::Symbol::kNoFunction) {
      name = "adapter";
    } else {
      const uint32_t imported = module != nullptr ? module->num_imported_functions : 0;
      const uint32_t index = imported + symbol.defined_index;
      // As the symbols of artefacts are called.
      name = "wasm[" + std::to_string(index) + ']';
      if (module != nullptr)
        if (const std::string_view known = module->names.functions.Find(index); !known.empty())
          (name += "::") += known;
    }
    for (char& c : name)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return name;
  }

  std::shared_ptr<const Module> module;
  SourceTable lines;
};

Error SystemError(const std::string& path) {
  return Error(ErrorKind::kHost, "cannot make " + path + ": " + std::strerror(errno));
}

// A new file that nobody else has a hand in, in place of one of an earlier process.
Result<int> Create(const std::string& path) {
  unlink(path.c_str());
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return std::unexpected(SystemError(path));
  return fd;
}

// What cannot be written is missing in a profile: no reason to fail.
void Write(int fd, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

class Profiler {
 public:
  static Profiler& Get() {
    static Profiler& profiler = *new Profiler;  // code may be loaded until the very end
    return profiler;
  }

  Result<void> StartMap(std::string folder) {
    const std::lock_guard lock(mutex_);
    if (map_ >= 0) return {};
    if (folder.empty()) folder = "/tmp";
    map_ = TRY(Create(folder + "/perf-" + std::to_string(getpid()) + ".map"));
    CompiledModule::TellOfNew(&Tell);
    return {};
  }

  Result<void> StartDump(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    if (dump_ >= 0) return {};
    const std::string path =
        (folder.empty() ? "." : folder) + "/jit-" + std::to_string(getpid()) + ".dump";
    const int fd = TRY(Create(path));
    std::string header;
    Put32(header, 0x4a695444);  // "JiTD" in the order of the machine
    Put32(header, 1);
    Put32(header, 40);
    Put32(header, kMachine);
    Put32(header, 0);
    Put32(header, static_cast<uint32_t>(getpid()));
    Put64(header, Now());
    Put64(header, 0);
    Write(fd, header);
    // Seeing this mapping is how perf learns of the file. It stays.
    if (mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED) {
      const Error error = SystemError(path);
      close(fd);
      return std::unexpected(Error(error.kind(), error.message()));
    }
    dump_ = fd;
    CompiledModule::TellOfNew(&Tell);
    return {};
  }

 private:
  static void Tell(const CompiledModule& module) { Get().Add(module); }

  void Add(const CompiledModule& compiled) {
    const ModuleInfo info(compiled);
    const std::lock_guard lock(mutex_);
    std::string map, dump;
    for (const CompiledModule::Symbol& symbol : compiled.Symbols()) {
      const std::string name = info.NameOf(symbol);
      if (map_ >= 0) AddToMap(map, symbol, name);
      if (dump_ >= 0) AddToDump(dump, compiled, info, symbol, name);
    }
    if (map_ >= 0) Write(map_, map);
    if (dump_ >= 0) Write(dump_, dump);
  }

  static void AddToMap(std::string& out, const CompiledModule::Symbol& symbol,
                       const std::string& name) {
    char place[64];
    std::snprintf(place, sizeof place, "%zx %zx ", size_t{symbol.begin}, size_t{symbol.size});
    out += place + name + '\n';
  }

  void AddToDump(std::string& out, const CompiledModule& compiled, const ModuleInfo& info,
                 const CompiledModule::Symbol& symbol, const std::string& name) {
    AddLines(out, compiled, info, symbol);
    const uint64_t now = Now();
    Put32(out, 0);  // JIT_CODE_LOAD
    Put32(out, static_cast<uint32_t>(16 + 40 + name.size() + 1 + symbol.size));
    Put64(out, now);
    Put32(out, static_cast<uint32_t>(getpid()));
    Put32(out, static_cast<uint32_t>(syscall(SYS_gettid)));
    Put64(out, symbol.begin);
    Put64(out, symbol.begin);
    Put64(out, symbol.size);
    Put64(out, num_functions_++);
    out.append(name.c_str(), name.size() + 1);
    out.append(reinterpret_cast<const char*>(symbol.begin), symbol.size);
  }

  // The lines of a function come before its code.
  static void AddLines(std::string& out, const CompiledModule& compiled, const ModuleInfo& info,
                       const CompiledModule::Symbol& symbol) {
    if (info.lines.rows.empty() || symbol.defined_index == CompiledModule::Symbol::kNoFunction)
      return;
    std::string entries;
    uint64_t count = 0;
    const SourceTable::Row* last = nullptr;
    compiled.ForEachPosition(symbol.defined_index, [&](uint64_t offset, uint64_t position) {
      // Of another module's code in between the lines are not known.
      const SourceTable::Row* const row =
          position >> 32 == 0 && position != 0 ? info.lines.Find(position) : nullptr;
      if (row == nullptr || row->line == 0 || offset >= symbol.size) return;
      if (last != nullptr && last->file == row->file && last->line == row->line) return;
      last = row;
      const SourceTable::File& file = info.lines.files[row->file];
      if (file.path.empty()) return;
      Put64(entries, symbol.begin + offset);
      Put32(entries, row->line);
      Put32(entries, 0);
      if (file.path[0] != '/' && !file.directory.empty()) entries += file.directory + '/';
      entries.append(file.path.c_str(), file.path.size() + 1);
      ++count;
    });
    if (count == 0) return;
    const std::string padding((8 - (32 + entries.size()) % 8) % 8, '\0');
    Put32(out, 2);  // JIT_CODE_DEBUG_INFO
    Put32(out, static_cast<uint32_t>(32 + entries.size() + padding.size()));
    Put64(out, Now());
    Put64(out, symbol.begin);
    Put64(out, count);
    out += entries + padding;
  }

  static uint64_t Now() {
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
  }
  static void Put32(std::string& out, uint32_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  static void Put64(std::string& out, uint64_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  std::mutex mutex_;
  int map_ = -1;
  int dump_ = -1;
  uint64_t num_functions_ = 0;
};

}  // namespace

Result<void> StartPerfMap(const std::string& folder) { return Profiler::Get().StartMap(folder); }
Result<void> StartJitDump(const std::string& folder) { return Profiler::Get().StartDump(folder); }

}  // namespace wasm::native
