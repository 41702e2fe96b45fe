// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components made of core modules, from the fixtures of another implementation in TRENAIL_CORPORA:
// each folder has a module, its world, maybe adapters with theirs, and either the component that
// is expected, whose imports and exports ours must have, or an error.
//
//   component_new_suite [--filter TEXT]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/encode/encode.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/wit/compare.h"
#include "libcomponent/wit/decode.h"
#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"
#include "libwasm/text/parse_module.h"
#include "spec-tests/corpora.h"

namespace {

namespace fs = std::filesystem;
namespace wit = component::wit;
using component::encode::ModuleSource;

// What the corpora hold, so that nothing goes unseen.
constexpr int kMade = 78;
constexpr int kRefused = 12;
constexpr int kWithoutModule = 23;

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
  return difference ? "has another world: " + *difference : "";
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

}  // namespace

int main(int argc, char** argv) {
  std::string filter;
  if (argc == 3 && std::string_view(argv[1]) == "--filter") filter = argv[2];
  const char* corpora = std::getenv("TRENAIL_CORPORA");
  const fs::path fixtures =
      fs::path(corpora == nullptr ? "" : corpora) / "wit/wit-component-tests/components";
  if (corpora == nullptr || !fs::is_directory(fixtures)) {
    const char* required = std::getenv("TRENAIL_REQUIRE_CORPORA");
    std::printf("skipped: there are no fixtures in the folder of TRENAIL_CORPORA\n");
    return required != nullptr && std::string_view(required) == "1" ? 1 : trenail::spec::kSkipped;
  }
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
