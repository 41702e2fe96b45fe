// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail wast: runs the scripts of the official test suite. One line for each failure; the last
// line counts top-level commands.

#include <algorithm>
#include <thread>

#include "cli/aot_component.h"
#include "cli/aot_library.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "interp/interp.h"
#include "spec-tests/runner/compiled_modules.h"
#include "spec-tests/runner/wast_runner.h"

namespace trenail::cli {
namespace {

spec::CompileFunction Compiler(const CompileRequest& request) {
  return [request](std::span<const uint8_t> bytes,
                   const FeatureSet& features) -> Result<std::vector<uint8_t>> {
    CompileRequest one = request;
    one.features = features;
    Compiled compiled = TRY(CompileAot(bytes, one));
    return std::move(compiled.bytes);
  };
}

spec::CompileComponentFunction ComponentCompiler(const CompileRequest& request) {
  return [request](const Component& component) -> Result<std::vector<uint8_t>> {
    CompileRequest one = request;
    one.features = component.engine().options().features;
    static constexpr uint8_t kNoBytes[1] = {};  // only the modules are asked for
    Compiled compiled = TRY(CompileAotComponent(component, kNoBytes, one));
    return std::move(compiled.bytes);
  };
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
  spec::CompiledModules compiled;
  CompileRequest request;
  spec::WastOptions run;
  Options options("wast", "Runs scripts of the official test suite: files, or folders of them.",
                  "The last line counts top-level commands: N passed, N failed, N skipped.\n"
                  "Exit codes: 0 nothing failed; 1 something did; 2 a file cannot be read.");
  options.Files(&paths, "scripts (.wast, or the .json of wast2json) and folders");
  options.Choice("--engine", &engine, {"interp", "aot", "mixed", "mixed-others"},
                 "interpret; compile each module first; compile every second one");
  options.Choice("-O", &level, {"0", "1", "2", "3"}, "how much is optimised (2)");
  options.Choice("--bounds", &bounds, {"guard", "check"}, "as of trenail compile");
  options.String("--cpu", &request.cpu, "NAME", "as of trenail compile");
  options.String("--artefacts", &compiled.artefacts, "DIR",
                 "run the compiled modules that --emit-artefacts wrote");
  options.String("--emit-artefacts", &compiled.emit, "DIR",
                 "compile all modules into a folder, and run nothing");
  options.String("--target", &request.target, "TRIPLE", "what --emit-artefacts is for");
  options.String("--features", &features, "+x,-y", "switch language features on or off");
  options.String("--scope", &scope_file, "TSV", "features and scope of each file");
  options.String("--expected-failures", &expected_file, "FILE",
                 "failures that are known; one that passes is a failure");
  options.Count("-j,--jobs", &jobs, "N", "run N files at once (all processors)");
  options.Flag("--plain-abi", &run.plain_abi,
               "calls between components by lifting and lowering alone");
  options.Flag("-v,--verbose", &verbose, "also print each file's counts, and what was skipped");
  options.Flag("--json", &json, "print the results as JSON");
  if (auto code = options.Parse(arguments)) return *code;

  run.backend = [] { return MakeInterpreter(); };
  if (auto applied = spec::ApplyFeatures(features, &run.features, &run.component_features);
      !applied) {
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
  if (!compiled.artefacts.empty() && !compiled.emit.empty())
    return options.WrongUsage("--artefacts and --emit-artefacts exclude each other");
  const bool compiles = spec::CompiledModulesOf(engine, &compiled.which);
  if (compiles || !compiled.artefacts.empty() || !compiled.emit.empty()) {
    request.opt_level = static_cast<unsigned>(level[0] - '0');
    request.check_bounds = bounds == "check";
    compiled.compile = Compiler(request);
    compiled.compile_component = ComponentCompiler(request);
    compiled.guarded = !request.check_bounds;
    const std::string folder = compiled.emit;
    if (auto used = spec::UseCompiledModules(std::move(compiled), run); !used)
      return Report(used.error(), folder);
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
