// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program behind the tests of the suite `wasi`: runs official WASI test suites and prints what
// failed, then `N passed, N failed, N skipped`.
//
//   wasi_suite [--engine interp|aot] [--filter TEXT] [SUITE …]
//   SUITE: a folder, or its name below $TRENAIL_CORPORA/wasi

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/aot_library.h"
#include "interp/interp.h"
#include "spec-tests/runner/wasi_runner.h"

namespace {

namespace fs = std::filesystem;
using trenail::spec::WasiTestOutcome;

constexpr int kSkippedExit = 77;

class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "trenail-wasi-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

trenail::Result<void> Compile(trenail::Module& module, std::span<const uint8_t> bytes) {
  trenail::cli::CompileRequest request;
  request.features = module.engine().options().features;
  // Optimising the big ones would take longer than to run them.
  request.opt_level = 0;
  // A test that does not end is stopped.
  request.interruptible = true;
  const trenail::cli::Compiled compiled = TRY(trenail::cli::CompileAot(bytes, request));
  const trenail::Artefact artefact = TRY(trenail::Artefact::FromMemory(compiled.bytes));
  return module.Attach(artefact);
}

bool Exists(const std::string& suite) {
  return fs::is_directory(suite) || fs::exists(suite + ".tar.xz");
}

}  // namespace

int main(int argc, char** argv) {
  trenail::spec::WasiRunOptions options;
  std::vector<std::string> suites;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--filter" && i + 1 < argc) {
      options.filter = argv[++i];
    } else if (argument == "--engine" && i + 1 < argc) {
      if (std::string_view(argv[++i]) == "aot") options.module_hook = Compile;
    } else {
      suites.push_back(argument);
    }
  }
  if (suites.empty()) {
    suites = {"assemblyscript-wasip1", "c-wasip1", "rust-wasip1", "wasi-threads"};
  }
  const char* corpora = std::getenv("TRENAIL_CORPORA");
  for (std::string& suite : suites) {
    if (Exists(suite)) continue;
    std::string below = corpora == nullptr ? "" : std::string(corpora) + "/wasi/" + suite;
    if (below.empty() || !Exists(below)) {
      std::printf("the official WASI tests are not there (TRENAIL_CORPORA: wasi/%s)\n",
                  suite.c_str());
      return kSkippedExit;
    }
    suite = below;
  }
  Scratch scratch;
  if (scratch.path().empty()) {
    std::fprintf(stderr, "no temporary folder can be made\n");
    return 2;
  }
  options.scratch = scratch.path();

  trenail::EngineOptions engine_options;
  // Compiled modules import shared memories.
  engine_options.guard_memories = options.module_hook != nullptr;
  trenail::Engine engine(trenail::MakeInterpreter(), engine_options);
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  for (const std::string& suite : suites) {
    auto outcomes = trenail::spec::RunWasiSuite(engine, suite, options);
    if (!outcomes) {
      std::fprintf(stderr, "%s\n", outcomes.error().message().c_str());
      return 2;
    }
    for (const WasiTestOutcome& outcome : *outcomes) {
      switch (outcome.kind) {
        case WasiTestOutcome::Kind::kPassed:
          ++passed;
          continue;
        case WasiTestOutcome::Kind::kFailed:
          ++failed;
          std::printf("FAILED %s: %s\n", outcome.name.c_str(), outcome.message.c_str());
          continue;
        case WasiTestOutcome::Kind::kSkipped:
          ++skipped;
          std::printf("skipped %s: %s\n", outcome.name.c_str(), outcome.message.c_str());
          continue;
      }
    }
  }
  std::printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
  return failed == 0 && passed > 0 ? 0 : 1;
}
