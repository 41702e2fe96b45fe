// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "aotc/link.h"

#include <fcntl.h>
#include <lld/Common/Driver.h>
#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "libwasm/native/artefact_file.h"

LLD_HAS_DRIVER(elf)

namespace wasm::aotc {
namespace {

std::unexpected<Error> Failed(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

// A file without a name, which lld opens as /proc/self/fd/N.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("trenail", MFD_CLOEXEC)) {}
  MemoryFile(MemoryFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  MemoryFile& operator=(MemoryFile&&) = delete;
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

  Result<void> Write(std::string_view bytes) {
    if (fd_ < 0) return Failed(std::string("cannot make a file in memory: ") + strerror(errno));
    while (!bytes.empty()) {
      const ssize_t written = write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return Failed(std::string("cannot write to memory: ") + strerror(errno));
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

 private:
  int fd_;
};

// What lld writes to: it would replace a file, but takes a pipe as it is. Read by a thread, as a
// pipe holds little.
class OutputPipe {
 public:
  OutputPipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) return;
    reader_ = std::thread([this] {
      char block[1 << 16];
      for (;;) {
        const ssize_t count = read(ends_[0], block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        bytes_.append(block, static_cast<size_t>(count));
      }
    });
  }
  ~OutputPipe() {
    Finish();
    if (ends_[0] >= 0) close(ends_[0]);
  }
  OutputPipe(const OutputPipe&) = delete;
  OutputPipe& operator=(const OutputPipe&) = delete;

  bool ok() const { return ends_[1] >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(ends_[1]); }
  // Everything that was written.
  std::string Finish() {
    if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
    if (reader_.joinable()) reader_.join();
    return std::move(bytes_);
  }

 private:
  int ends_[2] = {-1, -1};
  std::thread reader_;
  std::string bytes_;
};

const char* Emulation(const std::string& target) {
  return llvm::Triple(target).isAArch64() ? "aarch64linux" : "elf_x86_64";
}

// lld's messages name inputs by their paths, which say nothing here.
std::string FirstLine(std::string text) {
  if (const size_t end = text.find('\n'); end != std::string::npos) text.resize(end);
  if (text.starts_with("ld.lld: ")) text.erase(0, 8);
  if (text.starts_with("error: ")) text.erase(0, 7);
  return text;
}

Result<std::string> RunLld(const LinkInput& input, std::vector<std::string> options,
                           std::span<const std::string_view> more) {
  std::vector<MemoryFile> files;
  const auto add = [&files](std::string_view bytes) -> Result<void> {
    return files.emplace_back().Write(bytes);
  };
  for (const std::string_view bytes : more) TRY_VOID(add(bytes));
  for (const std::string& object : input.objects) TRY_VOID(add(object));
  OutputPipe output;
  if (!output.ok()) return Failed(std::string("cannot make a pipe: ") + strerror(errno));

  std::vector<std::string> arguments = {"ld.lld",          "-m",          Emulation(input.target),
                                        "--build-id=none", "--threads=1", "-o",
                                        output.path()};
  if (!input.debug) arguments.push_back("--strip-debug");
  arguments.insert(arguments.end(), options.begin(), options.end());
  for (const MemoryFile& file : files) arguments.push_back(file.path());
  std::vector<const char*> raw;
  for (const std::string& argument : arguments) raw.push_back(argument.c_str());

  static std::mutex mutex;
  static bool usable = true;
  const std::lock_guard lock(mutex);
  if (!usable) return Failed("the linker failed before and cannot be used again");
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  const lld::DriverDef driver = {lld::Gnu, &lld::elf::link};
  const lld::Result result = lld::lldMain(raw, stream, stream, driver);
  usable = result.canRunAgain;
  if (result.retCode != 0) return Failed("linking failed: " + FirstLine(stream.str()));
  return output.Finish();
}

// Everything but `symbol` becomes local; if there is none, `locals` do.
Result<std::string> Localize(std::string object, const std::string* symbol,
                             std::span<const char* const> locals) {
  const auto failed = [](llvm::Error error) {
    return Failed("linking failed: " + llvm::toString(std::move(error)));
  };
  auto binary = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(object, "module"),
                                                           llvm::file_magic::elf_relocatable);
  if (!binary) return failed(binary.takeError());
  llvm::objcopy::ConfigManager config;
  auto add = [](llvm::Error error) { return error; };
  const auto match = [&](llvm::objcopy::NameMatcher& matcher, llvm::StringRef name) {
    return matcher.addMatcher(
        llvm::objcopy::NameOrPattern::create(name, llvm::objcopy::MatchStyle::Literal, add));
  };
  if (symbol != nullptr)
    if (llvm::Error error = match(config.Common.SymbolsToKeepGlobal, *symbol))
      return failed(std::move(error));
  for (const char* local : locals)
    if (llvm::Error error = match(config.Common.SymbolsToLocalize, local))
      return failed(std::move(error));
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, **binary, out))
    return failed(std::move(error));
  return std::string(bytes.data(), bytes.size());
}

}  // namespace

namespace {

// `more`: which symbols are seen from outside.
Result<std::string> LinkShared(const LinkInput& input, std::string more) {
  std::string bytes = TRY(RunLld(input,
                                 {"-shared", "--hash-style=gnu", "--eh-frame-hdr", "-z", "defs",
                                  "-z", "text", "-z", "now", "-z", "relro", std::move(more)},
                                 {}));
  TRY_VOID(native::SetArtefactChecksum({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}));
  return bytes;
}

}  // namespace

Result<std::string> LinkSharedLibrary(const LinkInput& input, const std::string& symbol) {
  return LinkShared(input, "--export-dynamic-symbol=" + symbol);
}

Result<std::string> LinkComponent(const LinkInput& input) {
  // What is visible is so already. Distances to it are known as it is never replaced.
  return LinkShared(input, "-Bsymbolic");
}

Result<std::string> LinkObject(const LinkInput& input, const std::string& symbol) {
  // Groups end here: a symbol that becomes local cannot be the key of one.
  return Localize(TRY(RunLld(input, {"-r", "--force-group-allocation"}, {})), &symbol, {});
}

Result<std::string> LinkPart(const LinkInput& input, std::span<const char* const> private_symbols) {
  return Localize(TRY(RunLld(input, {"-r", "--force-group-allocation"}, {})), nullptr,
                  private_symbols);
}

Result<std::string> MakeArchive(const std::string& object, const std::string& member) {
  const llvm::NewArchiveMember members[] = {
      llvm::NewArchiveMember(llvm::MemoryBufferRef(object, member))};
  auto archive = llvm::writeArchiveToBuffer(members, llvm::SymtabWritingMode::NormalSymtab,
                                            llvm::object::Archive::K_GNU,
                                            /*Deterministic=*/true, /*Thin=*/false);
  if (!archive) return Failed("making the archive failed: " + llvm::toString(archive.takeError()));
  return (*archive)->getBuffer().str();
}

Result<std::string> LinkExecutable(const LinkInput& input, std::string_view runtime) {
  const std::string_view more[] = {runtime};
  std::vector<std::string> options = {"-static", "--gc-sections", "--eh-frame-hdr", "-z", "relro"};
  if (!input.debug) options.push_back("--strip-all");
  return RunLld(input, std::move(options), more);
}

}  // namespace wasm::aotc
