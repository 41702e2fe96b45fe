// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail compose: builds the component that a WAC document describes.

#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "cli/commands.h"
#include "cli/component_part.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/wit_packages.h"
#include "interp/interp.h"
#include "libcomponent/compose/wac.h"
#include "libcomponent/wit/resolver.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {
namespace {

using component::compose::wac::Package;
using component::wit::PackageName;
using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

// Where the packages of a document are.
class Packages {
 public:
  Packages(const Engine& engine, std::string folder)
      : engine_(engine), folder_(std::move(folder)) {}

  void Add(std::string package, std::string file) { files_[std::move(package)] = std::move(file); }

  Result<Package> Find(const PackageName& name) const {
    PackageName plain = name;
    plain.version.reset();
    for (const std::string& key : {name.ToString(), plain.ToString()})
      if (const auto it = files_.find(key); it != files_.end()) return Load(it->second);
    // DIR/ns/name/1.0.0.wasm, or without the version; the text format, too.
    std::string path = folder_ + "/";
    for (const char c : name.ns + ":" + name.name) path += c == ':' ? '/' : c;
    std::vector<std::string> stems;
    if (name.version) stems.push_back(path + "/" + name.version->ToString());
    stems.push_back(path);
    for (const std::string& stem : stems)
      for (const char* suffix : {".wasm", ".wat", ".wit", ""})
        if (access((stem + suffix).c_str(), R_OK) == 0) return Load(stem + suffix);
    return std::unexpected(Error(
        ErrorKind::kHost, "there is no package `" + name.ToString() + "`: it is not " + path +
                              ".wasm; --dep " + plain.ToString() + "=FILE names another file"));
  }

 private:
  Result<Package> Load(const std::string& path) const {
    struct stat status;
    const bool is_wit =
        path.ends_with(".wit") || (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode));
    if (is_wit) {
      auto resolved = component::wit::ParseAndResolve({path}, {.read_binary = BinaryPackages()});
      if (!resolved) return std::unexpected(resolved.error().ToError());
      return Package{
          .component = nullptr,
          .wit = std::make_shared<const component::wit::ResolvedPackage>(*std::move(resolved))};
    }
    auto part = LoadPart(engine_, path);
    if (part) return Package{.component = *std::move(part), .wit = nullptr};
    return std::unexpected(Error(part.error().kind(), Describe(part.error(), path)));
  }

  const Engine& engine_;
  std::string folder_;
  std::map<std::string, std::string> files_;
};

}  // namespace

int ComposeCommand(const Arguments& arguments) {
  std::string file;
  std::vector<std::string> deps;
  std::string folder = "deps";
  std::string output = "-";
  Options options("compose", "Builds the component that a WAC document describes.",
                  "The packages that the document names are components, or WIT for types alone:\n"
                  "DIR/ns/name.wasm, .wat, .wit or a folder DIR/ns/name of WIT for ns:name;\n"
                  "DIR/ns/name/1.0.0.wasm and so on for ns:name@1.0.0.\n"
                  "Exit codes: 0; 1 the document, or what it puts together, is wrong;\n"
                  "2 wrong usage, or a file cannot be read.");
  options.File(&file, "a WAC document; - is standard input");
  options.Strings("--dep", &deps, "NAME=FILE", "the component of a package, as `ns:name=FILE`");
  options.String("--deps-dir", &folder, "DIR", "where the components of packages are (deps)");
  options.String("-o,--output", &output, "FILE", "where to write the component (standard output)");
  if (auto code = options.Parse(arguments)) return *code;
  if (output == "-" && isatty(STDOUT_FILENO))
    return options.WrongUsage("a binary is nothing for a terminal: give -o FILE");

  const Engine engine(MakeInterpreter());
  Packages packages(engine, folder);
  for (const std::string& dep : deps) {
    const size_t equals = dep.find('=');
    if (equals == std::string::npos || equals == 0)
      return options.WrongUsage("--dep " + dep + ": NAME=FILE is needed");
    packages.Add(dep.substr(0, equals), dep.substr(equals + 1));
  }
  auto text = ReadFile(file);
  if (!text) return Report(text.error(), file);
  auto composed = component::compose::wac::Compose(
      engine, {.name = file, .text = std::string(AsText(*text))},
      [&](const PackageName& name) { return packages.Find(name); });
  if (!composed) {
    PrintError(composed.error().Format());
    return ExitCode(composed.error().ToError());
  }
  if (auto written = WriteComponent(output, **composed); !written)
    return Report(written.error(), output);
  return kExitOk;
}

}  // namespace trenail::cli
