// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The official suites, of the core and of components, as one test: runs all scripts of the folders
// below, compares the number of commands with the collection's own count, and checks that
// docs/conformance.md says what came out. The same for every engine.
//
//   spec_suite [--engine interp|aot|mixed|mixed-others] [-O N] [--bounds check]
//              [--plain-abi] [--expected-failures FILE] [--expected-failures-in-4-gib FILE]
//              [--without PART-OF-PATH] [--conformance FILE [--update]] [--jobs N] [FOLDER…]
//   The second list applies only where the address space is limited to 4 GiB or less.
//   Of single folders, --conformance checks their rows.
//   spec_suite --emit-artefacts DIR [--target TRIPLE] …
//   spec_suite --artefacts DIR …
//   spec_suite --given-artefacts …    the folder of TRENAIL_ARTEFACTS; skipped if there is none

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "cli/aot_component.h"
#include "cli/aot_library.h"
#include "interp/interp.h"
#include "spec-tests/corpora.h"
#include "spec-tests/runner/compiled_modules.h"
#include "spec-tests/runner/wast_runner.h"

namespace trenail::spec {
namespace {

constexpr const char* kFolders[] = {
    "spec/core",
    "spec/custom",
    "spec/legacy-exceptions",
    "spec/proposals/threads",
    "spec/proposals/custom-page-sizes",
    "spec/proposals/wide-arithmetic",
    "component/component-model",
    "component/wasmtime",
    "component/wasm-tools",
};

using Counts = std::map<std::string, std::map<std::string, uint64_t>>;  // file -> command -> count

// COUNTS.tsv of a collection: lines of file, command, count; files relative to its folder.
void ReadCounts(const std::string& corpora, const std::string& collection, Counts& counts) {
  std::ifstream file(corpora + collection + "/COUNTS.tsv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    if (second == std::string::npos) continue;
    counts[collection + "/" + line.substr(0, first)][line.substr(first + 1, second - first - 1)] =
        std::strtoull(line.c_str() + second + 1, nullptr, 10);
  }
}

struct FolderTotals {
  uint64_t files = 0;
  WastSummary summary;
};

std::string Row(const std::string& name, const FolderTotals& totals) {
  const WastSummary& s = totals.summary;
  return "| " + name + " | " + std::to_string(totals.files) + " | " +
         std::to_string(s.passed + s.failed + s.skipped) + " | " + std::to_string(s.passed) +
         " | " + std::to_string(s.failed) + " | " + std::to_string(s.skipped) + " |\n";
}

std::string FolderRow(const std::string& folder, const FolderTotals& totals) {
  return Row("`" + folder + "`", totals);
}

std::string Conformance(const std::map<std::string, FolderTotals>& folders) {
  std::string text =
      "# Conformance\n\n"
      "What the official test scripts say; docs/testing.md names their sources and commits. "
      "Counted are\n"
      "top-level commands. The table holds for every way to run the scripts (docs/testing.md): "
      "interpreted,\n"
      "compiled at -O0 and -O2, and mixed. The tests `spec/...` make it and check that it is up to "
      "date:\n"
      "`build/spec_suite --conformance docs/conformance.md --update` writes it anew.\n\n"
      "| folder | files | commands | passed | failed | skipped |\n"
      "|---|---:|---:|---:|---:|---:|\n";
  FolderTotals all;
  for (const auto& [folder, totals] : folders) {
    text += FolderRow(folder, totals);
    all.files += totals.files;
    all.summary += totals.summary;
  }
  return text + Row("**all**", all);
}

std::string GivenArtefactsOrExit() {
  const char* folder = std::getenv("TRENAIL_ARTEFACTS");
  if (folder != nullptr && *folder != 0) return folder;
  std::printf(
      "no compiled modules are given: TRENAIL_ARTEFACTS names the folder of "
      "spec_suite --emit-artefacts\n");
  std::exit(kSkipped);
}

bool AddressSpaceIsSmall() {
  rlimit limit;
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur <= uint64_t{4} << 30;
}

int Usage() {
  std::fprintf(stderr,
               "usage: spec_suite [--engine interp|aot|mixed|mixed-others] [-O N] "
               "[--bounds check]\n"
               "                  [--artefacts DIR | --given-artefacts |\n"
               "                   --emit-artefacts DIR [--target TRIPLE]]\n"
               "                  [--expected-failures FILE] [--expected-failures-in-4-gib FILE]\n"
               "                  [--conformance FILE [--update]] [--plain-abi]\n"
               "                  [--without PART-OF-PATH] [--jobs N] [FOLDER…]\n");
  return 2;
}

int Main(int argc, char** argv) {
  std::string engine = "interp", conformance_path, without;
  std::vector<std::string> expected_paths;
  cli::CompileRequest request;
  CompiledModules compiled;
  bool update = false, plain_abi = false;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::string> only;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const bool more = i + 1 < argc;
    if ((arg == "--expected-failures" || arg == "--expected-failures-in-4-gib") && more) {
      ++i;
      if (arg == "--expected-failures" || AddressSpaceIsSmall())
        expected_paths.emplace_back(argv[i]);
    } else if (arg == "--conformance" && more)
      conformance_path = argv[++i];
    else if (arg == "--jobs" && more)
      jobs = static_cast<unsigned>(std::atoi(argv[++i]));
    else if (arg == "--engine" && more)
      engine = argv[++i];
    else if (arg == "-O" && more)
      request.opt_level = static_cast<unsigned>(std::atoi(argv[++i]));
    else if (arg == "--artefacts" && more)
      compiled.artefacts = argv[++i];
    else if (arg == "--given-artefacts")
      compiled.artefacts = GivenArtefactsOrExit();
    else if (arg == "--emit-artefacts" && more)
      compiled.emit = argv[++i];
    else if (arg == "--target" && more)
      request.target = argv[++i];
    else if (arg == "--without" && more)
      without = argv[++i];
    else if (arg == "--bounds" && more)
      request.check_bounds = std::string_view(argv[++i]) == "check";
    else if (arg == "--plain-abi")
      plain_abi = true;
    else if (arg == "--update")
      update = true;
    else if (arg.starts_with("-"))
      return Usage();
    else
      only.push_back(arg);
  }
  const bool compiles = CompiledModulesOf(engine, &compiled.which);
  if (!compiles && engine != "interp") return Usage();
  const std::string corpora = CorporaOrExit() + "/";
  const auto fail = [](const Error& error) {
    std::printf("%s\n", error.message().c_str());
    return 1;
  };
  Result<Scope> scope = Scope::Load(corpora + "SCOPE.tsv");
  if (!scope) return fail(scope.error());
  ExpectedFailures expected;
  for (const std::string& path : expected_paths) {
    Result<ExpectedFailures> loaded = ExpectedFailures::Load(path);
    if (!loaded) return fail(loaded.error());
    expected.Add(std::move(*loaded));
  }
  std::vector<std::string> paths;
  if (only.empty())
    for (const char* folder : kFolders) paths.push_back(corpora + folder);
  for (const std::string& folder : only) paths.push_back(corpora + folder);
  Result<std::vector<std::string>> files = CollectScripts(paths);
  if (!files) return fail(files.error());
  if (!without.empty())
    std::erase_if(*files, [&](const std::string& file) { return file.contains(without); });

  WastOptions options;
  options.backend = [] { return MakeInterpreter(); };
  options.scope = &*scope;
  options.jobs = jobs;
  options.plain_abi = plain_abi;
  if (compiles || !compiled.artefacts.empty() || !compiled.emit.empty()) {
    compiled.compile = [request](std::span<const uint8_t> bytes,
                                 const FeatureSet& features) -> Result<std::vector<uint8_t>> {
      cli::CompileRequest one = request;
      one.features = features;
      cli::Compiled result = TRY(cli::CompileAot(bytes, one));
      return std::move(result.bytes);
    };
    compiled.compile_component =
        [request](const Component& component) -> Result<std::vector<uint8_t>> {
      cli::CompileRequest one = request;
      one.features = component.engine().options().features;
      static constexpr uint8_t kNoBytes[1] = {};  // only the modules are asked for
      cli::Compiled result = TRY(cli::CompileAotComponent(component, kNoBytes, one));
      return std::move(result.bytes);
    };
    compiled.guarded = !request.check_bounds;
    if (auto used = UseCompiledModules(std::move(compiled), options); !used)
      return fail(used.error());
  }
  Counts counts;
  for (const char* collection : {"spec", "component"}) ReadCounts(corpora, collection, counts);
  std::map<std::string, FolderTotals> folders;
  WastSummary total;
  uint64_t miscounted = 0;
  RunWastFiles(*files, options, [&](FileReport report) {
    expected.Apply(report);
    std::fputs(FailureLines(report).c_str(), stdout);
    std::fflush(stdout);
    total += report.summary;
    const std::string name = report.path.substr(corpora.size());
    FolderTotals& folder = folders[std::filesystem::path(name).parent_path().string()];
    ++folder.files;
    folder.summary += report.summary;
    const auto count = counts.find(name);
    if (count == counts.end() || count->second != report.counts) {
      std::printf("%s: the commands are not those of COUNTS.tsv\n", report.path.c_str());
      ++miscounted;
    }
  });
  const std::string conformance = Conformance(folders);
  std::printf("%s\n%s\n", conformance.substr(conformance.find("| folder")).c_str(),
              total.ToText().c_str());
  bool up_to_date = true;
  if (!conformance_path.empty() && update) {
    std::ofstream(conformance_path) << conformance;
  } else if (!conformance_path.empty()) {
    const Result<std::string> written = ReadFile(conformance_path);
    // Of a part of the suites: the rows of its folders.
    up_to_date = written && (!only.empty() || *written == conformance);
    for (const auto& [folder, totals] : folders)
      up_to_date = up_to_date && written->contains(FolderRow(folder, totals));
    if (!up_to_date) std::printf("%s is out of date\n", conformance_path.c_str());
  }
  return total.failed == 0 && miscounted == 0 && up_to_date && total.passed != 0 ? 0 : 1;
}

}  // namespace
}  // namespace trenail::spec

int main(int argc, char** argv) { return trenail::spec::Main(argc, argv); }
