// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program behind the tests of the suite `wit`: texts of others, in TRENAIL_CORPORA/wit.
//
//   accepted   resolves, says what the JSON beside it says, prints and parses back to the same
//   refused    is refused, with a place
//   wasi       the packages of WASI print and parse back to the same
//   printed    what another implementation printed, and what it encodes, likewise
//
//   wit_suite [--filter TEXT] [GROUP …]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"
#include "spec-tests/corpora.h"
#include "spec-tests/wit/resolve_json.h"

namespace {

namespace fs = std::filesystem;
namespace wit = component::wit;

struct Outcome {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  int lines_known = 0;  // refused texts whose expected line is known
  int lines_same = 0;
};

std::string filter;

bool Wanted(const fs::path& path) { return path.string().find(filter) != std::string::npos; }

void Report(Outcome& outcome, const fs::path& path, const std::string& failure) {
  if (failure.empty()) {
    ++outcome.passed;
    return;
  }
  ++outcome.failed;
  std::printf("FAILED %s: %s\n", path.c_str(), failure.c_str());
}

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> List(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

// Empty, or why the package is not the same after it was printed.
std::string RoundTrip(const wit::ResolvedPackage& package, const wit::ResolveOptions& options) {
  const std::string text = wit::PrintAll(package.resolve, package.root);
  const auto again = wit::ResolveText("printed.wit", text, options);
  if (!again) return "does not parse when printed: " + again.error().Format() + text;
  if (!wit::Equal(package.resolve, again->resolve)) return "is another when printed:\n" + text;
  if (wit::PrintAll(again->resolve, again->root) != text) return "prints in two ways:\n" + text;
  return {};
}

std::string Accept(const std::vector<std::string>& paths, const wit::ResolveOptions& options) {
  const auto package = wit::ParseAndResolve(paths, options);
  if (!package) {
    const wit::Diagnostic& error = package.error();
    return std::to_string(error.position.line) + ": " + error.message;
  }
  return RoundTrip(*package, options);
}

// Empty if the text says the same as what another implementation printed after it had encoded and
// decoded it. That makes implied imports explicit and takes all comments for documentation.
std::string CompareWithPrinted(const fs::path& path, const fs::path& printed) {
  const auto normalised = [](const fs::path& file) {
    std::string text = ReadText(file);
    for (size_t at = text.find("//"); at != std::string::npos; at = text.find("//", at + 2))
      while (at + 2 < text.size() && text[at + 2] == '/') text.erase(at + 2, 1);
    wit::ResolveOptions options;
    options.all_features = true;
    auto package = wit::ResolveText(file.string(), std::move(text), options);
    if (package) {
      for (wit::World& world : package->resolve.worlds)
        for (auto* items : {&world.imports, &world.exports})
          for (wit::WorldItem& item : *items) item.implied = false;
    }
    return package;
  };
  const auto a = normalised(path), b = normalised(printed);
  if (!a || !b) return a ? b.error().Format() : a.error().Format();
  if (wit::Equal(a->resolve, b->resolve)) return {};
  return "is another when printed by others:\n" + wit::PrintAll(a->resolve, a->root) + "---\n" +
         wit::PrintAll(b->resolve, b->root);
}

bool HasBinaryDependency(const fs::path& folder) {
  if (!fs::is_directory(folder / "deps")) return false;
  for (const fs::path& path : List(folder / "deps"))
    if (path.extension() == ".wat" || path.extension() == ".wasm") return true;
  return false;
}

void RunAccepted(const fs::path& folder, Outcome& outcome) {
  wit::ResolveOptions options;
  options.features = {"active"};
  for (const fs::path& json : List(folder)) {
    if (!json.string().ends_with(".wit.json") || !Wanted(json)) continue;
    fs::path input = json;
    input.replace_extension();
    if (!fs::exists(input)) input.replace_extension();
    if (!fs::exists(input) || HasBinaryDependency(input)) {
      std::printf("skipped %s: it needs a package in the form of a component\n", json.c_str());
      ++outcome.skipped;
      continue;
    }
    const auto package = wit::ParseAndResolve({input.string()}, options);
    if (!package) {
      Report(outcome, input, package.error().Format());
      continue;
    }
    std::string failure = trenail::spec::DifferenceFromJson(package->resolve, ReadText(json));
    if (failure.empty()) failure = RoundTrip(*package, options);
    Report(outcome, input, failure);
  }
}

// The line that another implementation names: ` --> file:line:column`.
uint32_t ExpectedLine(const std::string& result) {
  const size_t arrow = result.find("--> ");
  if (arrow == std::string::npos) return 0;
  const size_t colon = result.find(':', arrow);
  return colon == std::string::npos ? 0 : static_cast<uint32_t>(std::atoi(&result[colon + 1]));
}

void RunRefused(const fs::path& folder, Outcome& outcome) {
  for (const fs::path& result : List(folder)) {
    if (!result.string().ends_with(".wit.result") || !Wanted(result)) continue;
    fs::path input = result;
    input.replace_extension();
    if (!fs::exists(input)) input.replace_extension();
    if (!fs::exists(input)) {
      std::printf("skipped %s: there is no input\n", result.c_str());
      ++outcome.skipped;
      continue;
    }
    const auto package = wit::ParseAndResolve({input.string()});
    if (package) {
      Report(outcome, input, "is accepted");
      continue;
    }
    const wit::Diagnostic& error = package.error();
    Report(outcome, input, error.position.line == 0 ? "no place: " + error.Format() : "");
    const uint32_t line = ExpectedLine(ReadText(result));
    if (line == 0) continue;
    ++outcome.lines_known;
    if (line == error.position.line) {
      ++outcome.lines_same;
    } else {
      std::printf("another line than %u: %s", line, error.Format().c_str());
    }
  }
}

// Each package as the root, with all others.
void RunWasi(const fs::path& folder, Outcome& outcome) {
  wit::ResolveOptions options;
  options.all_features = true;
  std::vector<std::string> packages;
  for (const fs::path& path : List(folder))
    if (fs::is_directory(path)) packages.push_back(path.string());
  for (std::string& root : packages) {
    std::swap(root, packages.back());
    if (Wanted(packages.back())) Report(outcome, packages.back(), Accept(packages, options));
    std::swap(root, packages.back());
  }
}

void RunPrinted(const fs::path& folder, Outcome& outcome) {
  wit::ResolveOptions options;
  options.all_features = true;
  std::vector<fs::path> inputs;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().string().ends_with(".wit.print")) inputs.push_back(entry.path());
  for (const fs::path& path : List(folder / "interfaces"))
    if (path.extension() == ".wit" || fs::is_directory(path)) inputs.push_back(path);
  for (const char* group : {"components", "targets"}) {
    for (const fs::path& path : List(folder / group))
      for (const char* name : {"module.wit", "test.wit"})
        if (fs::exists(path / name)) inputs.push_back(path / name);
  }
  for (const fs::path& path : List(folder / "merge"))
    for (const char* side : {"from", "into"})
      if (fs::exists(path / side)) inputs.push_back(path / side);
  std::sort(inputs.begin(), inputs.end());
  for (const fs::path& path : inputs) {
    if (!Wanted(path)) continue;
    // A module's text may need packages beside it.
    std::vector<std::string> paths;
    if (path.filename() == "module.wit") {
      if (const fs::path deps = path.parent_path() / "deps"; fs::is_directory(deps))
        for (const fs::path& other : List(deps)) paths.push_back(other.string());
    }
    paths.push_back(path.string());
    std::string failure = Accept(paths, options);
    const fs::path printed = path.string() + ".print";
    if (failure.empty() && fs::exists(printed)) failure = CompareWithPrinted(path, printed);
    // What is printed is the package or world alone, without the packages that it names.
    if (path.extension() == ".print" && failure.ends_with("is not there")) {
      std::printf("skipped %s: %s\n", path.c_str(), failure.c_str());
      ++outcome.skipped;
      continue;
    }
    Report(outcome, path, failure);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> groups;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--filter" && i + 1 < argc)
      filter = argv[++i];
    else
      groups.push_back(argument);
  }
  if (groups.empty()) groups = {"accepted", "refused", "wasi", "printed"};
  const char* folder = std::getenv("TRENAIL_CORPORA");
  const fs::path corpora = fs::path(folder == nullptr ? "" : folder) / "wit";
  if (folder == nullptr || !fs::is_directory(corpora)) {
    const char* required = std::getenv("TRENAIL_REQUIRE_CORPORA");
    std::printf("skipped: there is no folder wit in that of TRENAIL_CORPORA\n");
    return required != nullptr && std::string_view(required) == "1" ? 1 : trenail::spec::kSkipped;
  }
  Outcome all;
  for (const std::string& group : groups) {
    Outcome outcome;
    if (group == "accepted") RunAccepted(corpora / "wit-parser-tests", outcome);
    if (group == "refused") RunRefused(corpora / "wit-parser-tests/parse-fail", outcome);
    if (group == "wasi") {
      for (const fs::path& path : List(corpora))
        if (path.filename().string().starts_with("wasi-")) RunWasi(path, outcome);
    }
    if (group == "printed") RunPrinted(corpora / "wit-component-tests", outcome);
    std::printf("%s: %d passed, %d failed, %d skipped\n", group.c_str(), outcome.passed,
                outcome.failed, outcome.skipped);
    if (outcome.lines_known > 0)
      std::printf("  %d of %d at the same line\n", outcome.lines_same, outcome.lines_known);
    all.passed += outcome.passed;
    all.failed += outcome.failed;
    all.skipped += outcome.skipped;
  }
  std::printf("%d passed, %d failed, %d skipped\n", all.passed, all.failed, all.skipped);
  return all.failed == 0 && all.passed > 0 ? 0 : 1;
}
