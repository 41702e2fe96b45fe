// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes bindings of every WIT package in TRENAIL_CORPORA/wit that resolves: of each of its worlds,
// and of two more that import and export all of its interfaces. Each world gets a namespace of its
// own, so that many of them can be compiled at once: bind_test.py does.
//
//   bind_suite DIR [EVERY]     into DIR/host, DIR/guest_cpp, DIR/guest_c; only each EVERYth world

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "libcomponent/bind/bind.h"
#include "libcomponent/wit/resolver.h"
#include "spec-tests/corpora.h"

namespace {

namespace bind = component::bind;
namespace fs = std::filesystem;
namespace wit = component::wit;

struct Input {
  std::vector<std::string> paths;  // the last is the root
  std::string feature;
};

std::vector<fs::path> List(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

bool IsWit(const fs::path& path) { return path.extension() == ".wit" || fs::is_directory(path); }

std::vector<Input> FindInputs(const fs::path& corpora) {
  std::vector<Input> inputs;
  for (const fs::path& path : List(corpora / "wit-parser-tests"))
    if (IsWit(path) && path.filename() != "parse-fail") inputs.push_back({{path.string()}, {}});
  for (const fs::path& folder : List(corpora)) {
    if (!folder.filename().string().starts_with("wasi-")) continue;
    std::vector<std::string> packages;
    for (const fs::path& path : List(folder))
      if (fs::is_directory(path)) packages.push_back(path.string());
    for (std::string& root : packages) {
      std::swap(root, packages.back());
      inputs.push_back({packages, {}});
      std::swap(root, packages.back());
    }
  }
  const fs::path tests = corpora / "wit-component-tests";
  for (const fs::path& path : List(tests / "interfaces"))
    if (IsWit(path)) inputs.push_back({{path.string()}, {}});
  for (const char* group : {"components", "targets"}) {
    for (const fs::path& path : List(tests / group)) {
      for (const char* name : {"module.wit", "test.wit"}) {
        if (!fs::exists(path / name)) continue;
        Input input;
        if (const fs::path deps = path / "deps"; fs::is_directory(deps))
          for (const fs::path& other : List(deps)) input.paths.push_back(other.string());
        input.paths.push_back((path / name).string());
        inputs.push_back(std::move(input));
      }
    }
  }
  for (const fs::path& path : List(tests / "merge"))
    for (const char* side : {"from", "into"})
      if (fs::exists(path / side)) inputs.push_back({{(path / side).string()}, {}});
  return inputs;
}

// `a:b/c@1.0.0` as a text has it: keywords are escaped.
std::string Escaped(const std::string& name) {
  const size_t colon = name.find(':'), slash = name.find('/');
  const size_t version = std::min(name.find('@'), name.size());
  return "%" + name.substr(0, colon) + ":%" + name.substr(colon + 1, slash - colon - 1) + "/%" +
         name.substr(slash + 1, version - slash - 1) + name.substr(version);
}

// Each group of files, and the text that includes them.
class Output {
 public:
  explicit Output(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }
  void Add(const bind::GeneratedFiles& files, const std::string& prefix) {
    // Files include each other by their names: each world has a folder.
    const fs::path folder = folder_ / prefix;
    fs::create_directories(folder);
    for (const bind::GeneratedFile& file : files) {
      std::ofstream(folder / file.name, std::ios::binary) << file.text;
      if (file.name.ends_with(".h")) continue;
      // Each world says how its streams of a type are read: the library of guests is there once
      // more for it.
      const bool own = file.text.contains("Builtins<");
      sources_.push_back({file.text.size(), (folder / file.name).string(), own ? prefix : ""});
    }
  }
  // Batches of about the same size.
  void WriteBatches(const std::string& suffix, size_t bytes) {
    std::ranges::sort(sources_, {}, [](const Source& source) {
      return std::pair(!source.own.empty(), source.path);
    });
    size_t size = 0;
    int number = 0;
    std::ofstream out;
    for (const auto& [weight, path, own] : sources_) {
      if (number == 0 || size + weight > bytes) {
        if (number != 0) out.close();
        out.open(folder_ / ("batch_" + std::to_string(number++) + suffix), std::ios::binary);
        size = 0;
      }
      if (!own.empty()) out << "#undef TRENAIL_GUEST_H_\n#define trenail trenail_" << own << "\n";
      out << "#include \"" << path << "\"\n";
      if (!own.empty()) out << "#undef trenail\n";
      size += weight;
    }
  }

 private:
  fs::path folder_;
  struct Source {
    size_t weight;
    std::string path;
    std::string own;
  };
  std::vector<Source> sources_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const fs::path corpora = fs::path(trenail::spec::CorporaOrExit()) / "wit";
  const fs::path folder = argv[1];
  const size_t every = argc > 2 ? static_cast<size_t>(std::atoi(argv[2])) : 1;
  Output host(folder / "host"), guest_cpp(folder / "guest_cpp"), guest_c(folder / "guest_c");
  size_t packages = 0, worlds = 0, number = 0;
  for (const Input& input : FindInputs(corpora)) {
    wit::ResolveOptions options;
    options.all_features = true;
    auto sources = wit::ReadPackages(input.paths);
    if (!sources) continue;
    const auto package = wit::ResolvePackages(*sources, options);
    if (!package) continue;
    ++packages;
    const auto write = [&](const wit::Resolve& resolve, wit::WorldId world) {
      if (number++ % every != 0) return;
      const std::string prefix = "t" + std::to_string(number);
      const bind::BindOptions bind_options{.outer = prefix, .generator = input.paths.back()};
      host.Add(bind::BindHostCpp(resolve, world, bind_options), prefix);
      guest_cpp.Add(bind::BindGuestCpp(resolve, world, bind_options), prefix);
      guest_c.Add(bind::BindGuestC(resolve, world, bind_options), prefix);
      ++worlds;
    };
    const wit::Package& root = package->resolve[package->root];
    for (const wit::WorldId world : root.worlds) write(package->resolve, world);

    // Interfaces that no world has.
    std::string text = "package trenail-tests:all;\n";
    for (const char* direction : {"import", "export"}) {
      text += std::string("world all-") + direction + "s {\n";
      for (const wit::InterfaceId id : root.interfaces)
        text += std::string("  ") + direction + " " + Escaped(package->resolve.NameOf(id)) + ";\n";
      text += "}\n";
    }
    if (root.interfaces.empty()) continue;
    sources->push_back({"all", {{"all.wit", text}}});
    const auto all = wit::ResolvePackages(*sources, options);
    if (!all) {
      std::printf("%s: %s\n", input.paths.back().c_str(), all.error().Format().c_str());
      continue;
    }
    for (const wit::WorldId world : all->resolve[all->root].worlds) write(all->resolve, world);
  }
  host.WriteBatches(".cc", 150'000);
  guest_cpp.WriteBatches(".cc", 400'000);
  guest_c.WriteBatches(".c", 1'000'000);
  std::printf("%zu worlds of %zu packages\n", worlds, packages);
  return worlds == 0 ? 1 : 0;
}
