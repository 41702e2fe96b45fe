// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components made of core modules in TRENAIL_CORPORA.
//
//   fixtures  those of another implementation: each folder has a module, its world, maybe adapters
//             with theirs, and either the component that is expected, whose imports, exports and
//             canonical definitions ours must have, or an error
//   worlds    for every world of the WIT texts a module that imports and exports all of it: the
//             component has that world
//   preview1  programs for WASI preview 1, with the adapter that implements it by preview 2
//
//   component_new_suite [--filter TEXT] GROUP

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/encode/encode.h"
#include "libcomponent/encode/metadata.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/wit/compare.h"
#include "libcomponent/wit/decode.h"
#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"
#include "libwasm/text/parse_module.h"
#include "spec-tests/corpora.h"
#include "spec-tests/wit/dummy_module.h"

namespace {

namespace fs = std::filesystem;
namespace wit = component::wit;
using component::encode::ModuleSource;

// What the corpora hold, so that nothing goes unseen.
constexpr int kMade = 78;
constexpr int kRefused = 12;
constexpr int kWithoutModule = 23;
constexpr int kWorlds = 166;  // each by two sets of names
constexpr int kPrograms = 23;

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
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

// The module with the world that has the name of its file.
std::expected<std::vector<uint8_t>, std::string> ReadModule(const fs::path& path,
                                                            const wit::ResolvedPackage& package) {
  const auto bytes = wasm::text::ParseWat(ReadText(path));
  if (!bytes) return std::unexpected(path.string() + ": " + bytes.error().message());
  const auto world = wit::SelectWorld(package.resolve, package.root, path.stem().string());
  if (!world) return std::unexpected(path.string() + ": " + world.error());
  auto embedded = wit::EmbedWorld(*bytes, package.resolve, *world, wit::StringEncoding::kUtf8);
  if (!embedded) return std::unexpected(embedded.error().message());
  return *std::move(embedded);
}

// What a line `;; module name: …` at the top says, or the file's name.
std::string NameOfAdapter(const fs::path& path) {
  constexpr std::string_view kLine = ";; module name: ";
  std::ifstream in(path);
  for (std::string line; std::getline(in, line) && line.starts_with(";;");)
    if (line.starts_with(kLine)) return line.substr(kLine.size());
  return path.stem().string().substr(std::string_view("adapt-").size());
}

std::expected<wit::ResolvedPackage, std::string> WorldOf(const trenail::Component& component) {
  auto package = wit::Decode(*component.internal());
  if (!package) return std::unexpected("does not decode: " + package.error().message());
  return *std::move(package);
}

// The canonical definitions with their options, sorted; what they refer to has other numbers.
std::vector<std::string> Canons(const component::Component& component) {
  std::vector<std::string> out;
  for (const component::Definition& definition : component.definitions) {
    const auto* canon = std::get_if<component::Canon>(&definition.def);
    if (canon == nullptr) continue;
    std::vector<int> options;
    for (const component::CanonOpt& option : canon->options)
      options.push_back(static_cast<int>(option.kind));
    std::ranges::sort(options);
    std::string text = std::to_string(static_cast<int>(canon->kind));
    for (const int option : options) text += " option " + std::to_string(option);
    if (canon->is_async) text += " async";
    if (canon->cancellable) text += " cancellable";
    text += " slot " + std::to_string(canon->slot);
    out.push_back(std::move(text));
  }
  std::ranges::sort(out);
  return out;
}

std::string Compare(const component::Component& made, const fs::path& expected) {
  const std::vector<uint8_t> bytes = component::binary::EncodeComponent(made);
  const auto mine = trenail::Component::Parse(TheEngine(), bytes, AllFeatures());
  if (!mine) return "makes what is not valid: " + mine.error().message();
  const auto theirs = trenail::Component::ParseText(TheEngine(), ReadText(expected), AllFeatures());
  if (!theirs) return "component.wat: " + theirs.error().message();
  const auto my_world = WorldOf(*mine), their_world = WorldOf(*theirs);
  if (!my_world) return my_world.error();
  if (!their_world) return "component.wat " + their_world.error();
  const auto id = [](const wit::ResolvedPackage& package) {
    return package.resolve[package.root].worlds[0];
  };
  const auto difference = wit::DifferenceOfWorlds(my_world->resolve, id(*my_world),
                                                  their_world->resolve, id(*their_world));
  if (difference) return "has another world: " + *difference;
  const auto my_canons = Canons(made), their_canons = Canons(*theirs->internal()->syntax);
  if (my_canons == their_canons) return {};
  std::string out = "has other canonical definitions:";
  for (const std::string& canon : my_canons) out += "\n  " + canon;
  out += "\n  expected:";
  for (const std::string& canon : their_canons) out += "\n  " + canon;
  return out;
}

// Empty if all is well; `refusal` is set to the error of a module that must be refused.
std::string RunFolder(const fs::path& folder, std::string* refusal) {
  wit::ResolveOptions options;
  options.all_features = true;
  const auto package = wit::ParseAndResolve({folder.string()}, options);
  if (!package) return package.error().Format();
  const bool must_fail = fs::exists(folder / "error.txt");
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  const auto module = ReadModule(folder / "module.wat", *package);
  if (!module) return module.error();
  std::vector<std::vector<uint8_t>> bytes;
  std::vector<std::string> names;
  bool grow = ReadText(folder / "module.wat").find("realloc-via-memory-grow") != std::string::npos;
  for (const fs::path& path : paths) {
    const std::string name = path.filename().string();
    if (!name.starts_with("adapt-") || path.extension() != ".wat") continue;
    auto adapter = ReadModule(path, *package);
    if (!adapter) return adapter.error();
    grow = grow || ReadText(path).find("realloc-via-memory-grow = true") != std::string::npos;
    bytes.push_back(*std::move(adapter));
    names.push_back(NameOfAdapter(path));
  }
  std::vector<ModuleSource> adapters;
  for (size_t i = 0; i < bytes.size(); ++i) adapters.push_back({names[i], bytes[i]});
  const auto made = component::encode::NewComponent(TheEngine(), {"module", *module}, adapters,
                                                    {.realloc_via_memory_grow = grow});
  if (must_fail) {
    if (made) return "is not refused";
    *refusal = made.error().message();
    if (refusal->find("internal error") != std::string::npos) return *refusal;
    return {};
  }
  if (!made) return "is refused: " + made.error().message();
  return Compare(**made, folder / "component.wat");
}

int RunFixtures(const fs::path& fixtures, const std::string& filter) {
  int made = 0, refused = 0, linked = 0, failed = 0;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(fixtures)) folders.push_back(entry.path());
  std::ranges::sort(folders);
  for (const fs::path& folder : folders) {
    const std::string name = folder.filename().string();
    if (name.find(filter) == std::string::npos) continue;
    if (!fs::exists(folder / "module.wat")) {
      std::printf("skipped %s: there is no module: libraries to link, or left out of the corpora\n",
                  name.c_str());
      ++linked;
      continue;
    }
    std::string refusal;
    const std::string failure = RunFolder(folder, &refusal);
    if (!failure.empty()) {
      std::printf("FAILED %s: %s\n", name.c_str(), failure.c_str());
      ++failed;
    } else if (refusal.empty()) {
      ++made;
    } else {
      std::printf("refused %s: %s\n", name.c_str(), refusal.c_str());
      ++refused;
    }
  }
  std::printf("%d made, %d refused, %d failed, %d without a module\n", made, refused, failed,
              linked);
  if (failed != 0) return 1;
  if (!filter.empty()) return made + refused > 0 ? 0 : 1;
  if (made == kMade && refused == kRefused && linked == kWithoutModule) return 0;
  std::printf("expected: %d made, %d refused, %d without a module\n", kMade, kRefused,
              kWithoutModule);
  return 1;
}

// A component of all that the world has, whatever names are used, fits the world and lacks nothing.
std::string RunWorld(const wit::Resolve& resolve, wit::WorldId id,
                     trenail::spec::NameScheme scheme) {
  const auto module = wit::EmbedWorld(trenail::spec::DummyModule(resolve, id, scheme), resolve, id,
                                      wit::StringEncoding::kUtf16);
  if (!module) return module.error().message();
  const auto made = component::encode::NewComponent(TheEngine(), {"module", *module}, {});
  if (!made) return made.error().message();
  const auto component = trenail::Component::Parse(
      TheEngine(), component::binary::EncodeComponent(**made), AllFeatures());
  if (!component) return component.error().message();
  const auto world = WorldOf(*component);
  if (!world) return world.error();
  const wit::WorldId made_id = world->resolve[world->root].worlds[0];
  if (auto mismatch = wit::MismatchWithWorld(world->resolve, made_id, resolve, id))
    return *mismatch;
  const auto functions = [](const wit::Resolve& of, wit::WorldId in) {
    size_t count = 0;
    for (const wit::WorldItem& item : of[in].imports) {
      if (item.kind == wit::WorldItem::Kind::kFunction) ++count;
      if (item.kind == wit::WorldItem::Kind::kInterface)
        count += of[item.interface].functions.size();
    }
    return count;
  };
  if (functions(world->resolve, made_id) != functions(resolve, id))
    return "imports another number of functions";
  return {};
}

int RunWorlds(const fs::path& texts, const std::string& filter) {
  std::vector<std::vector<std::string>> inputs;
  for (const char* release : {"wasi-0.2.0", "wasi-0.2.12", "wasi-0.3.0"}) {
    std::vector<std::string> packages;
    for (const auto& entry : fs::directory_iterator(texts / release))
      if (entry.is_directory()) packages.push_back(entry.path().string());
    std::ranges::sort(packages);
    for (size_t i = 0; i < packages.size(); ++i) {
      inputs.push_back(packages);
      std::swap(inputs.back()[i], inputs.back().back());
    }
  }
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(texts / "wit-parser-tests"))
    if (entry.path().extension() == ".wit" ||
        (entry.is_directory() && entry.path().filename() != "parse-fail"))
      paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  for (const std::string& path : paths) inputs.push_back({path});
  wit::ResolveOptions options;
  options.all_features = true;
  int made = 0, failed = 0, skipped = 0;
  for (const auto& input : inputs) {
    if (input.back().find(filter) == std::string::npos) continue;
    const auto package = wit::ParseAndResolve(input, options);
    if (!package) continue;  // that is for other tests
    for (const wit::WorldId id : package->resolve[package->root].worlds) {
      const std::string name = package->resolve.NameOf(id);
      if (std::ranges::any_of(package->resolve.types, [](const wit::TypeDef& type) {
            return type.kind == wit::TypeDefKind::kRecord && type.cases.empty();
          })) {
        std::printf("skipped %s: components have no empty records\n", name.c_str());
        ++skipped;
        continue;
      }
      for (const auto scheme :
           {trenail::spec::NameScheme::kLegacy, trenail::spec::NameScheme::kStandard}) {
        const std::string failure = RunWorld(package->resolve, id, scheme);
        ++(failure.empty() ? made : failed);
        if (!failure.empty())
          std::printf("FAILED %s, %s names: %s\n", name.c_str(),
                      scheme == trenail::spec::NameScheme::kLegacy ? "old" : "standard",
                      failure.c_str());
      }
    }
  }
  std::printf("%d made, %d failed, %d skipped\n", made, failed, skipped);
  if (failed != 0) return 1;
  if (!filter.empty()) return made > 0 ? 0 : 1;
  if (made == kWorlds) return 0;
  std::printf("expected: %d made\n", kWorlds);
  return 1;
}

// Each program runs under the adapter's world, with no more imports than that has.
int RunPreview1(const fs::path& corpora, const std::string& filter) {
  const std::string adapter =
      ReadText(corpora / "modules/npm/jco-1.35.0/wasi_snapshot_preview1.command.wasm");
  const std::span adapter_bytes(reinterpret_cast<const uint8_t*>(adapter.data()), adapter.size());
  const auto described = component::encode::ReadMetadata(TheEngine(), adapter_bytes, true);
  if (!described || described->worlds.size() != 1) {
    std::printf("FAILED: the adapter has no world\n");
    return 1;
  }
  const auto run = [&](const fs::path& path) -> std::string {
    const std::string text = ReadText(path);
    const std::span bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    const auto made = component::encode::NewComponent(TheEngine(), {path.string(), bytes},
                                                      {{"wasi_snapshot_preview1", adapter_bytes}});
    if (!made) return made.error().message();
    const auto component = trenail::Component::Parse(
        TheEngine(), component::binary::EncodeComponent(**made), AllFeatures());
    if (!component) return component.error().message();
    const auto world = WorldOf(*component);
    if (!world) return world.error();
    const wit::WorldId id = world->resolve[world->root].worlds[0];
    if (world->resolve[id].exports.size() != 1) return "has another number of exports";
    return wit::MismatchWithWorld(world->resolve, id, described->worlds[0].resolve,
                                  described->worlds[0].world)
        .value_or("");
  };
  int made = 0, failed = 0;
  for (const char* suite : {"c-wasip1", "assemblyscript-wasip1"}) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(corpora / "wasi" / suite))
      if (entry.path().extension() == ".wasm") paths.push_back(entry.path());
    std::ranges::sort(paths);
    for (const fs::path& path : paths) {
      if (path.string().find(filter) == std::string::npos) continue;
      const std::string failure = run(path);
      ++(failure.empty() ? made : failed);
      if (!failure.empty()) std::printf("FAILED %s: %s\n", path.c_str(), failure.c_str());
    }
  }
  std::printf("%d made, %d failed\n", made, failed);
  if (failed != 0) return 1;
  if (!filter.empty()) return made > 0 ? 0 : 1;
  if (made == kPrograms) return 0;
  std::printf("expected: %d made\n", kPrograms);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string filter, group;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--filter" && i + 1 < argc)
      filter = argv[++i];
    else
      group = argv[i];
  }
  const char* folder = std::getenv("TRENAIL_CORPORA");
  const fs::path corpora(folder == nullptr ? "" : folder);
  const fs::path fixtures = corpora / "wit/wit-component-tests/components";
  const bool is_there = group == "preview1" ? fs::is_directory(corpora / "wasi/c-wasip1")
                                            : fs::is_directory(fixtures);
  if (folder == nullptr || !is_there) {
    const char* required = std::getenv("TRENAIL_REQUIRE_CORPORA");
    std::printf("skipped: there are no modules in the folder of TRENAIL_CORPORA\n");
    return required != nullptr && std::string_view(required) == "1" ? 1 : trenail::spec::kSkipped;
  }
  if (group == "fixtures") return RunFixtures(fixtures, filter);
  if (group == "worlds") return RunWorlds(corpora / "wit", filter);
  if (group == "preview1") return RunPreview1(corpora, filter);
  std::printf("Usage: component_new_suite [--filter TEXT] fixtures|worlds|preview1\n");
  return 2;
}
