// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program behind the tests of WIT in components: fixtures of another implementation and the
// packages of WASI, in TRENAIL_CORPORA/wit.
//
//   components  components decode to the world that another implementation found in them
//   interfaces  packages in their binary form decode to what their text says, and texts encode and
//               decode to themselves
//   packages    the same of the packages of WASI and of other texts
//   targets     components fit the world beside them, or do not
//
//   wit_component_suite [--filter TEXT] [GROUP …]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/wit/compare.h"
#include "libcomponent/wit/decode.h"
#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"
#include "spec-tests/corpora.h"

namespace {

namespace fs = std::filesystem;
namespace wit = component::wit;
using trenail::Component;

struct Outcome {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
};

std::string filter;

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

const trenail::Engine& TheEngine() {
  static const trenail::Engine engine(trenail::MakeInterpreter());
  return engine;
}

component::FeatureSet AllFeatures() {
  component::FeatureSet features;
#define COMPONENT_FEATURE(Name, option, on) features.Set(component::Feature::k##Name, true);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  return features;
}

std::expected<wit::ResolvedPackage, std::string> DecodeText(std::string_view text) {
  const std::span bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  const auto component = Component::IsComponent(bytes)
                             ? Component::Parse(TheEngine(), bytes, AllFeatures())
                             : Component::ParseText(TheEngine(), text, AllFeatures());
  if (!component) return std::unexpected("is no component: " + component.error().message());
  auto package = wit::Decode(*component->internal());
  if (!package) return std::unexpected("does not decode: " + package.error().message());
  return *std::move(package);
}

wasm::Result<std::string> ReadBinary(std::string_view bytes) {
  auto package = DecodeText(bytes);
  if (!package)
    return std::unexpected(wasm::Error(wasm::ErrorKind::kInvalid, std::move(package.error())));
  return wit::PrintAll(package->resolve, package->root);
}

wit::ResolveOptions Options() {
  wit::ResolveOptions options;
  options.all_features = true;
  options.read_binary = ReadBinary;
  return options;
}

// What is implied is written out in a component; what is said of an import or export of an
// interface under its own name has no place in the section for documentation.
void Explicit(wit::Resolve& resolve) {
  for (wit::World& world : resolve.worlds)
    for (auto* items : {&world.imports, &world.exports})
      for (wit::WorldItem& item : *items) {
        item.implied = false;
        if (item.kind == wit::WorldItem::Kind::kInterface && item.name.empty()) item.docs.clear();
      }
}

// Lines without space around them, empty ones left out, documentation as one kind of comment.
std::string Normalised(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = std::string_view(text).substr(at, end - at);
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (!line.empty()) out += std::string(line) + "\n";
    at = end + 1;
  }
  return out;
}

// Empty if what was decoded prints as the other implementation prints it; or, where the text stands
// alone, is the same in another order.
std::string CompareWithPrinted(const wit::ResolvedPackage& package, const fs::path& printed) {
  const std::string text = wit::PrintPackage(package.resolve, package.root);
  const std::string expected = ReadText(printed);
  if (Normalised(text) == Normalised(expected)) return {};
  auto other = wit::ResolveText(printed.string(), expected, Options());
  if (other) {
    Explicit(other->resolve);
    wit::Resolve mine = package.resolve;
    Explicit(mine);
    if (wit::EqualPackages(mine, package.root, other->resolve, other->root)) return {};
  }
  return "is another than expected:\n" + text + "---\n" + expected;
}

void RunComponents(const fs::path& folder, Outcome& outcome) {
  for (const fs::path& path : List(folder)) {
    const fs::path input = path / "component.wat";
    if (!fs::exists(input) || input.string().find(filter) == std::string::npos) continue;
    const auto package = DecodeText(ReadText(input));
    Report(outcome, input,
           package ? CompareWithPrinted(*package, path / "component.wit.print") : package.error());
  }
}

// Encodes the package, decodes it and compares; the encoding itself must be valid.
std::string RoundTrip(const wit::ResolvedPackage& package) {
  const std::vector<uint8_t> bytes =
      component::binary::EncodeComponent(wit::EncodePackage(package.resolve, package.root));
  const auto component = Component::Parse(TheEngine(), bytes, AllFeatures());
  if (!component) return "encodes to what is invalid: " + component.error().message();
  if (!wit::IsPackage(*component->internal())) {
    const wit::Package& root = package.resolve[package.root];
    return root.interfaces.empty() && root.worlds.empty() ? "" : "encodes to what is no package";
  }
  auto decoded = wit::Decode(*component->internal());
  if (!decoded) return "does not decode: " + decoded.error().message();
  wit::Resolve before = package.resolve;
  Explicit(before);
  Explicit(decoded->resolve);
  before[package.root].docs = decoded->resolve[decoded->root].docs;
  const std::string text = wit::PrintPackage(before, package.root);
  if (wit::EqualPackages(before, package.root, decoded->resolve, decoded->root)) return {};
  return "is another when decoded:\n" + text + "---\n" +
         wit::PrintPackage(decoded->resolve, decoded->root);
}

void RunRoundTrip(const std::vector<std::string>& paths, const wit::ResolveOptions& options,
                  Outcome& outcome) {
  if (paths.back().find(filter) == std::string::npos) return;
  const auto package = wit::ParseAndResolve(paths, options);
  const auto empty = [](const wit::TypeDef& type) {
    return type.kind == wit::TypeDefKind::kRecord && type.cases.empty();
  };
  if (package && std::ranges::any_of(package->resolve.types, empty)) {
    std::printf("skipped %s: components have no empty records\n", paths.back().c_str());
    ++outcome.skipped;
    return;
  }
  Report(outcome, paths.back(), package ? RoundTrip(*package) : package.error().Format());
}

void RunInterfaces(const fs::path& folder, Outcome& outcome) {
  for (const fs::path& path : List(folder)) {
    if (path.extension() == ".wit" || fs::is_directory(path))
      RunRoundTrip({path.string()}, Options(), outcome);
    if (path.extension() != ".wat" || path.string().find(filter) == std::string::npos) continue;
    if (path.filename() == "single-named-result.wat") {
      std::printf("skipped %s: results have no names any more\n", path.c_str());
      ++outcome.skipped;
      continue;
    }
    const auto decoded = DecodeText(ReadText(path));
    fs::path text = path;
    text.replace_extension(".wit");
    if (!fs::exists(text)) text.replace_extension();
    auto expected = wit::ParseAndResolve({text.string()}, Options());
    std::string failure = decoded ? "" : decoded.error();
    if (failure.empty() && !expected) failure = expected.error().Format();
    if (failure.empty()) {
      // Documentation is that of another implementation's notion of a comment.
      const auto again = wit::ResolveText(
          path.string(), wit::PrintAll(decoded->resolve, decoded->root), Options());
      if (!again) {
        failure = "does not parse when printed: " + again.error().Format();
      } else {
        for (wit::WorldId id : expected->resolve[expected->root].worlds) {
          const auto world = decoded->resolve.FindWorld(decoded->root, expected->resolve[id].name);
          const auto difference =
              world ? wit::DifferenceOfWorlds(decoded->resolve, *world, expected->resolve, id)
                    : "a world is missing";
          if (difference) failure = *difference;
        }
        if (decoded->resolve[decoded->root].interfaces.size() !=
            expected->resolve[expected->root].interfaces.size())
          failure = "has another number of interfaces";
      }
    }
    Report(outcome, path, failure);
  }
}

void RunPackages(const fs::path& corpora, Outcome& outcome) {
  for (const fs::path& release : List(corpora)) {
    if (!release.filename().string().starts_with("wasi-")) continue;
    std::vector<std::string> packages;
    for (const fs::path& path : List(release))
      if (fs::is_directory(path)) packages.push_back(path.string());
    for (std::string& root : packages) {
      std::swap(root, packages.back());
      RunRoundTrip(packages, Options(), outcome);
      std::swap(root, packages.back());
    }
  }
  wit::ResolveOptions options = Options();
  options.all_features = false;
  options.features = {"active"};
  for (const fs::path& path : List(corpora / "wit-parser-tests"))
    if (path.extension() == ".wit" || (fs::is_directory(path) && path.filename() != "parse-fail"))
      RunRoundTrip({path.string()}, options, outcome);
}

void RunTargets(const fs::path& folder, Outcome& outcome) {
  for (const fs::path& path : List(folder)) {
    if (path.string().find(filter) == std::string::npos) continue;
    const auto component = DecodeText(ReadText(path / "test.wat"));
    const auto target = wit::ParseAndResolve({(path / "test.wit").string()}, Options());
    std::string failure = component ? "" : component.error();
    if (failure.empty() && !target) failure = target.error().Format();
    if (failure.empty()) {
      auto world = wit::SelectWorld(target->resolve, target->root, std::nullopt);
      if (!world) world = wit::SelectWorld(target->resolve, target->root, "foobar");
      const bool refused = fs::exists(path / "error.txt");
      const auto mismatch =
          world ? wit::MismatchWithWorld(component->resolve,
                                         component->resolve[component->root].worlds[0],
                                         target->resolve, *world)
                : world.error();
      if (mismatch.has_value() != refused) failure = mismatch.value_or("fits");
      if (mismatch && refused) std::printf("%s: %s\n", path.c_str(), mismatch->c_str());
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
  if (groups.empty()) groups = {"components", "interfaces", "packages", "targets"};
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
    const fs::path fixtures = corpora / "wit-component-tests";
    if (group == "components") RunComponents(fixtures / "components", outcome);
    if (group == "interfaces") RunInterfaces(fixtures / "interfaces", outcome);
    if (group == "packages") RunPackages(corpora, outcome);
    if (group == "targets") RunTargets(fixtures / "targets", outcome);
    std::printf("%s: %d passed, %d failed, %d skipped\n", group.c_str(), outcome.passed,
                outcome.failed, outcome.skipped);
    all.passed += outcome.passed;
    all.failed += outcome.failed;
    all.skipped += outcome.skipped;
  }
  std::printf("%d passed, %d failed, %d skipped\n", all.passed, all.failed, all.skipped);
  return all.failed == 0 && all.passed > 0 ? 0 : 1;
}
