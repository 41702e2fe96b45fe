// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail wast: runs the scripts of the official test suite. One line for each failure; the last
// line counts top-level commands.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "cli/aot_library.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "interp/interp.h"
#include "libwasm/support/sha256.h"
#include "spec-tests/runner/wast_runner.h"

namespace trenail::cli {
namespace {

// Where the compiled code of modules comes from, or goes to.
struct Compilation {
  std::string artefacts;  // folder to load from, or empty
  std::string emit;       // folder to write to, or empty
  CompileRequest request;
};

std::string ArtefactPath(const std::string& folder, std::span<const uint8_t> bytes) {
  return folder + "/" + wasm::ToHex(wasm::Sha256(bytes)) + ".so";
}

// A failure to compile is none that a script expects of a module.
Result<void> Failed(const char* what, const Error& error) {
  return std::unexpected(Error(ErrorKind::kHost, std::string(what) + ": " + Describe(error, "")));
}

Result<void> Compile(const Compilation& how, Module& module, std::span<const uint8_t> bytes) {
  if (!how.artefacts.empty()) {
    Result<Artefact> artefact = Artefact::Open(ArtefactPath(how.artefacts, bytes));
    if (!artefact) return Failed("no artefact", artefact.error());
    return module.Attach(*artefact);
  }
  CompileRequest request = how.request;
  request.features = module.engine().options().features;
  std::string path;
  if (!how.emit.empty()) {
    path = ArtefactPath(how.emit, bytes);
    // The same module in another script, or from an earlier run.
    if (access(path.c_str(), F_OK) == 0) return {};
  }
  const Result<Compiled> compiled = CompileAot(bytes, request);
  if (!compiled) return Failed("not compiled", compiled.error());
  if (!path.empty()) return WriteFile(path, compiled->bytes, 0777);
  Result<Artefact> artefact = Artefact::FromMemory(compiled->bytes);
  if (!artefact) return Failed("not loaded", artefact.error());
  return module.Attach(*artefact);
}

}  // namespace

int WastCommand(const Arguments& arguments) {
  std::vector<std::string> paths;
  std::string engine = "interp";
  std::string features;
  std::string scope_file;
  std::string expected_file;
  std::optional<uint64_t> jobs;
  bool json = false;
  bool verbose = false;
  std::string level = "2";
  std::string bounds = "guard";
  Compilation compilation;
  Options options("wast", "Runs scripts of the official test suite: files, or folders of them.",
                  "The last line counts top-level commands: N passed, N failed, N skipped.\n"
                  "Exit codes: 0 nothing failed; 1 something did; 2 a file cannot be read.");
  options.Files(&paths, "scripts (.wast, or the .json of wast2json) and folders");
  options.Choice("--engine", &engine, {"interp", "aot"}, "interpret, or compile each module first");
  options.Choice("-O", &level, {"0", "1", "2", "3"}, "how much --engine aot optimises (2)");
  options.Choice("--bounds", &bounds, {"guard", "check"}, "as of trenail compile");
  options.String("--cpu", &compilation.request.cpu, "NAME", "as of trenail compile");
  options.String("--artefacts", &compilation.artefacts, "DIR",
                 "run the compiled modules that --emit-artefacts wrote");
  options.String("--emit-artefacts", &compilation.emit, "DIR",
                 "compile all modules into a folder, and run nothing");
  options.String("--target", &compilation.request.target, "TRIPLE", "what --emit-artefacts is for");
  options.String("--features", &features, "+x,-y", "switch language features on or off");
  options.String("--scope", &scope_file, "TSV", "features and scope of each file");
  options.String("--expected-failures", &expected_file, "FILE",
                 "failures that are known; one that passes is a failure");
  options.Count("-j,--jobs", &jobs, "N", "run N files at once (all processors)");
  options.Flag("-v,--verbose", &verbose, "also print each file's counts, and what was skipped");
  options.Flag("--json", &json, "print the results as JSON");
  if (auto code = options.Parse(arguments)) return *code;

  spec::WastOptions run;
  run.backend = [] { return MakeInterpreter(); };
  if (auto applied = ApplyFeatures(features, run.features); !applied) {
    return options.WrongUsage(applied.error().message());
  }
  std::optional<spec::Scope> scope;
  if (!scope_file.empty()) {
    Result<spec::Scope> loaded = spec::Scope::Load(scope_file);
    if (!loaded) return Report(loaded.error(), scope_file);
    scope = std::move(*loaded);
    run.scope = &*scope;
  }
  std::optional<spec::ExpectedFailures> expected;
  if (!expected_file.empty()) {
    Result<spec::ExpectedFailures> loaded = spec::ExpectedFailures::Load(expected_file);
    if (!loaded) return Report(loaded.error(), expected_file);
    expected = std::move(*loaded);
  }
  if (!compilation.artefacts.empty() && !compilation.emit.empty())
    return options.WrongUsage("--artefacts and --emit-artefacts exclude each other");
  if (engine == "aot" || !compilation.artefacts.empty() || !compilation.emit.empty()) {
    compilation.request.opt_level = static_cast<unsigned>(level[0] - '0');
    compilation.request.check_bounds = bounds == "check";
    run.engine_options.guard_memories = true;
    run.modules_only = !compilation.emit.empty();
    if (run.modules_only) mkdir(compilation.emit.c_str(), 0777);
    run.module_hook = [&compilation](Module& module, std::span<const uint8_t> bytes) {
      return Compile(compilation, module, bytes);
    };
  }
  run.jobs = static_cast<unsigned>(
      std::clamp<uint64_t>(jobs.value_or(std::thread::hardware_concurrency()), 1, 256));
  Result<std::vector<std::string>> files = spec::CollectScripts(paths);
  if (!files) return Report(files.error(), "");

  spec::WastSummary total;
  std::string json_text = "{\"files\":[";
  bool first = true;
  ProgressLine progress(files->size() > 1);
  size_t done = 0;
  spec::RunWastFiles(*files, run, [&](const spec::FileReport& raw) {
    spec::FileReport report = raw;
    if (expected) expected->Apply(report);
    total += report.summary;
    if (json) {
      json_text += (first ? "" : ",\n") + spec::ToJson(report);
      first = false;
    } else {
      std::string lines = spec::FailureLines(report, verbose);
      if (!lines.empty() || verbose) progress.Clear();
      std::fwrite(lines.data(), 1, lines.size(), stdout);
      if (verbose) std::printf("%s: %s\n", report.path.c_str(), report.summary.ToText().c_str());
    }
    progress.Show(std::to_string(++done) + "/" + std::to_string(files->size()) + " " + report.path);
  });
  progress.Clear();
  if (json) {
    std::printf("%s],\"passed\":%llu,\"failed\":%llu,\"skipped\":%llu}\n", json_text.c_str(),
                static_cast<unsigned long long>(total.passed),
                static_cast<unsigned long long>(total.failed),
                static_cast<unsigned long long>(total.skipped));
  } else {
    std::printf("%s\n", total.ToText().c_str());
  }
  return total.failed == 0 ? kExitOk : kExitFailed;
}

}  // namespace trenail::cli
