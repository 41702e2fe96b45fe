// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a fresh instance takes: a new store, an instance in it, and the end of both; beside the life
// of an empty process. One line each, separated by tabs: name, median and least of the microseconds
// of wall time, kilobytes of memory for each instance that waits.
//
//   instantiate [--aot] [--rounds N] [--empty PROGRAM] FILE…
//
// A file is a component or a module, in binary, in text or compiled; its imports are functions that
// trap.
// All kinds take turns, so that what disturbs the machine disturbs all of them.

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/aot_library.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libwasm/libwasm.h"

namespace {

using component::ExternType;
using component::NamedExtern;
using component::Sort;
using component::TypeEntry;
using trenail::Result;

[[noreturn]] void Fail(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "instantiate: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(why.size()), why.data());
  std::exit(1);
}
template <typename T>
T Must(std::string_view what, Result<T> result) {
  if (!result) Fail(what, result.error().message());
  return *std::move(result);
}

double Microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(now).count();
}

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// A thing that lives while this does.
using Alive = std::shared_ptr<void>;

struct Kind {
  std::string name;
  std::function<Alive()> make;  // null: a process, which `run` waits for
  std::function<void()> run;
  std::vector<double> times;
};

// Offers functions that trap, and resources, for all that a component imports.
class Host {
 public:
  explicit Host(const trenail::Engine& engine) : linker_(engine) {}

  trenail::PreparedComponent Prepare(const trenail::Component& component) {
    for (const NamedExtern& import : component.imports()) {
      if (import.type.sort == Sort::kInstance) {
        auto instance = linker_.Instance(import.name.name);
        for (const NamedExtern& item : import.type.instance->exports) Offer(instance, item);
      } else {
        Offer(linker_.Root(), import);
      }
    }
    return Must("imports", linker_.Prepare(component));
  }

 private:
  void Offer(trenail::ComponentLinkerInstance& to, const NamedExtern& item) {
    if (item.type.sort == Sort::kFunc) {
      to.Func(item.name.name, [](trenail::ComponentCall&, auto) -> Result<trenail::ComponentValue> {
        return std::unexpected(trenail::Error(trenail::ErrorKind::kHost, "not here"));
      });
    } else if (item.type.sort == Sort::kType && item.type.type.kind == TypeEntry::Kind::kResource) {
      const auto [resource, is_new] = resources_.try_emplace(
          item.type.type.resource, trenail::ComponentResource::Host(item.name.name));
      to.Resource(item.name.name, resource->second);
    }
  }

  trenail::ComponentLinker linker_;
  std::map<component::ResourceId, trenail::ComponentResource> resources_;
};

class Bench {
 public:
  explicit Bench(bool aot)
      : aot_(aot), engine_(trenail::MakeInterpreter(), {.guard_memories = aot}) {}

  void AddProcess(std::string program) {
    kinds_.push_back(
        {.name = "an empty process", .make = {}, .run = [program] {
           char* arguments[] = {const_cast<char*>(program.c_str()), nullptr};
           pid_t pid;
           if (posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ) != 0)
             Fail(program, "cannot be run");
           int status;
           waitpid(pid, &status, 0);
         }});
  }

  void AddStore() {
    Add("an empty store", [this] { return std::make_shared<trenail::ComponentStore>(engine_); });
  }

  void AddText(const std::string& name, std::string_view text) {
    AddBytes(name, Must(name, trenail::ParseText(text)));
  }

  void AddFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) Fail(path, "cannot be read");
    const std::string content(std::istreambuf_iterator<char>(file), {});
    const std::string name = path.substr(path.rfind('/') + 1);
    if (content.starts_with("\x7f"
                            "ELF"))
      AddArtefact(name, Must(path, trenail::Artefact::Open(path)));
    else if (content.starts_with(std::string_view("\0asm", 4)))
      AddBytes(name, {content.begin(), content.end()});
    else
      AddComponent(name, Must(path, trenail::Component::ParseText(engine_, content)));
  }

  void Run(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (Kind& kind : kinds_) {
        // The first ones are others than all that follow, and those after another kind's are cold.
        for (int i = 0; kind.make && i < (round == 0 ? 10 : 2); ++i) kind.make();
        const double begin = Microseconds();
        if (kind.make)
          kind.make();
        else
          kind.run();
        kind.times.push_back(Microseconds() - begin);
      }
    }
    for (Kind& kind : kinds_) {
      std::sort(kind.times.begin(), kind.times.end());
      std::printf("%s\t%.2f\t%.2f", kind.name.c_str(), kind.times[kind.times.size() / 2],
                  kind.times[0]);
      if (kind.make) std::printf("\t%.1f", KilobytesOf(kind));
      std::printf("\n");
    }
  }

 private:
  static double KilobytesOf(const Kind& kind) {
    constexpr int kCount = 200;
    std::vector<Alive> alive;
    alive.reserve(kCount + 20);
    for (int i = 0; i < 20; ++i) alive.push_back(kind.make());
    const uint64_t before = ResidentBytes();
    for (int i = 0; i < kCount; ++i) alive.push_back(kind.make());
    return static_cast<double>(ResidentBytes() - before) / kCount / 1024;
  }

  void Add(std::string name, std::function<Alive()> make) {
    kinds_.push_back({.name = std::move(name), .make = std::move(make)});
  }

  void AddBytes(const std::string& name, const std::vector<uint8_t>& bytes) {
    if (trenail::Component::IsComponent(bytes)) {
      AddComponent(name, Must(name, trenail::Component::Parse(engine_, bytes)));
      return;
    }
    trenail::Module module = Must(name, trenail::Module::Parse(engine_, bytes));
    Compile(name, module, bytes);
    AddModule(name, module);
  }

  void AddArtefact(const std::string& name, const trenail::Artefact& artefact) {
    if (artefact.component().empty())
      AddModule(name, Must(name, trenail::Module::FromArtefact(engine_, artefact)));
    else
      AddPrepared(name, Must(name, trenail::Component::FromArtefact(engine_, artefact)));
  }

  void AddModule(const std::string& name, const trenail::Module& module) {
    Add(name, [this, name, module] {
      auto store = std::make_shared<trenail::Store>(engine_);
      Must(name, store->Instantiate(module, {}));
      return store;
    });
  }

  void AddComponent(const std::string& name, trenail::Component component) {
    for (auto& part : component.modules()) Compile(name, part.module, part.bytes);
    AddPrepared(name, component);
  }

  void AddPrepared(const std::string& name, const trenail::Component& component) {
    hosts_.push_back(std::make_unique<Host>(engine_));
    Add(name, [this, name, prepared = hosts_.back()->Prepare(component)] {
      auto store = std::make_shared<trenail::ComponentStore>(engine_);
      Must(name, prepared.Instantiate(*store));
      return store;
    });
  }

  void Compile(const std::string& name, trenail::Module& module, std::span<const uint8_t> bytes) {
    if (!aot_) return;
    trenail::cli::CompileRequest request;
    request.features = engine_.options().features;
    const trenail::cli::Compiled compiled = Must(name, trenail::cli::CompileAot(bytes, request));
    const auto artefact = Must(name, trenail::Artefact::FromMemory(compiled.bytes));
    if (const Result<void> attached = module.Attach(artefact); !attached)
      Fail(name, attached.error().message());
  }

  const bool aot_;
  trenail::Engine engine_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<Kind> kinds_;
};

}  // namespace

int main(int argc, char** argv) {
  bool aot = false;
  int rounds = 200;
  std::string empty;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--aot")
      aot = true;
    else if (arg == "--rounds" && i + 1 < argc)
      rounds = std::max(1, std::atoi(argv[++i]));
    else if (arg == "--empty" && i + 1 < argc)
      empty = argv[++i];
    else if (arg == "--aot-library" && i + 1 < argc)
      trenail::cli::SetAotLibrary(argv[++i]);
    else if (arg.starts_with("-"))
      Fail(arg, "usage: instantiate [--aot] [--rounds N] [--empty PROGRAM] FILE…");
    else
      files.emplace_back(arg);
  }
  Bench bench(aot);
  if (!empty.empty()) bench.AddProcess(empty);
  bench.AddStore();
  bench.AddText("an empty module", "(module)");
  bench.AddText("a module with a memory", "(module (memory 1) (data (i32.const 8) \"text\"))");
  for (const std::string& file : files) bench.AddFile(file);
  bench.Run(rounds);
  return 0;
}
