// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail wit: resolves WIT packages, or reads back the world of a component, and prints them, as
// WIT or as JSON; compares worlds.

#include <sys/stat.h>

#include <cstdio>
#include <expected>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/wit_json.h"
#include "cli/wit_options.h"
#include "cli/wit_packages.h"
#include "libcomponent/wit/compare.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"

namespace trenail::cli {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;
namespace wit = component::wit;

// What went wrong, and how it is said to people.
struct Failure {
  Error error;
  std::string text;
};
template <typename T>
using Outcome = std::expected<T, Failure>;

struct Loaded {
  wit::ResolvedPackage package;
  bool is_component = false;  // decoded: it has one world, its own
};

std::unexpected<Failure> FailedIn(const std::string& file, Error error) {
  std::string text = Describe(error, file);
  return std::unexpected(Failure{std::move(error), std::move(text)});
}

// Whether it is a component, as text too, and not WIT, which is known by its suffix.
bool IsWasm(const std::string& path) {
  struct stat status;
  if (path.ends_with(".wit") || stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode))
    return false;
  if (path.ends_with(".wat") || path.ends_with(".wasm")) return true;
  if (!S_ISREG(status.st_mode)) return false;
  const Result<FileBytes> bytes = ReadFile(path);
  if (!bytes) return false;
  const FileKind kind = Detect(*bytes);
  return kind == FileKind::kModule || kind == FileKind::kComponent || kind == FileKind::kImage;
}

Result<wit::ResolvedPackage> DecodeComponent(const std::string& path) {
  const WasmFile file = TRY(LoadWasm(path));
  if (!file.is_component) {
    return std::unexpected(
        Error(ErrorKind::kMalformed, "this is a core module, which says nothing in WIT"));
  }
  return DecodeWit(file.bytes);
}

Outcome<Loaded> Load(const std::vector<std::string>& paths, const wit::ResolveOptions& options) {
  if (paths.size() == 1 && IsWasm(paths.front())) {
    Result<wit::ResolvedPackage> decoded = DecodeComponent(paths.front());
    if (!decoded) return FailedIn(paths.front(), std::move(decoded.error()));
    const bool one_world = decoded->resolve[decoded->root].name.ToString() == "root:component";
    return Loaded{std::move(*decoded), one_world};
  }
  wit::Parsed<wit::ResolvedPackage> resolved = wit::ParseAndResolve(paths, options);
  if (resolved) return Loaded{std::move(*resolved)};
  std::string text = resolved.error().Format();
  return std::unexpected(Failure{resolved.error().ToError(), std::move(text)});
}

int Fail(const Failure& failure, bool json) {
  if (json) {
    JsonWriter writer;
    WriteJson(writer, failure.error);
    writer.Print();
  } else {
    PrintError(failure.text);
  }
  return ExitCode(failure.error);
}

// A component has one world, whatever that of the other side is called.
std::expected<wit::WorldId, std::string> WorldOf(const Loaded& loaded, const std::string& name) {
  std::optional<std::string_view> wanted;
  if (!name.empty() && !loaded.is_component) wanted = name;
  return wit::SelectWorld(loaded.package.resolve, loaded.package.root, wanted);
}

// The verdict of a comparison: a check that holds says nothing.
int Judge(const std::optional<std::string>& problem, const std::string& file, bool json) {
  if (json) {
    JsonWriter writer;
    writer.BeginObject().Key("equal").Bool(!problem);
    if (problem) writer.Key("difference").String(*problem);
    writer.EndObject().Print();
  } else if (problem) {
    PrintError(file + ": " + *problem);
  }
  return problem ? kExitFailed : kExitOk;
}

}  // namespace

int WitCommand(const Arguments& arguments) {
  std::vector<std::string> paths;
  std::string world_name;
  std::string features;
  std::string target;
  bool all_features = false;
  bool diff = false;
  bool json = false;
  Options options(
      "wit",
      "Prints WIT: of a component, what it imports and exports; of a file, or of a folder\n"
      "with a package and its dependencies in deps/, what it says, resolved. Of several,\n"
      "the last is the one that is printed, and may use the others.",
      "Errors are printed as FILE:LINE:COLUMN, with the place underlined.\n"
      "Exit codes: 0; 1 the WIT is wrong, or there is a difference; 2 a file cannot be "
      "read.");
  options.Files(&paths, "a component, a .wit file or a folder");
  options.String("--world", &world_name, "NAME",
                 "only this world, ns:pkg/name if it is another package's, and what it needs");
  options.Flag("--diff", &diff, "of two files: the first difference between their worlds");
  options.String("--check", &target, "WIT",
                 "whether a component can stand where the world of this WIT is expected");
  options.String("--features", &features, "+x,-y", "what is @unstable and on");
  options.Flag("--all-features", &all_features, "all that is @unstable is on");
  options.Flag("--json", &json, "print the resolved packages, or an error, as JSON");
  if (auto code = options.Parse(arguments)) return *code;
  if (diff && paths.size() != 2) return options.WrongUsage("--diff compares two files");
  if (diff && !target.empty()) return options.WrongUsage("--diff and --check exclude each other");

  const wit::ResolveOptions resolve_options = ToResolveOptions(features, all_features);
  if (diff || !target.empty()) {
    const std::string other = diff ? paths.back() : target;
    if (diff) paths.pop_back();
    Outcome<Loaded> a = Load(paths, resolve_options);
    if (!a) return Fail(a.error(), json);
    Outcome<Loaded> b = Load({other}, resolve_options);
    if (!b) return Fail(b.error(), json);
    const auto a_world = WorldOf(*a, world_name);
    if (!a_world) return options.WrongUsage(paths.back() + ": " + a_world.error());
    const auto b_world = WorldOf(*b, world_name);
    if (!b_world) return options.WrongUsage(other + ": " + b_world.error());
    const auto problem = (diff ? wit::DifferenceOfWorlds : wit::MismatchWithWorld)(
        a->package.resolve, *a_world, b->package.resolve, *b_world);
    return Judge(problem, paths.back(), json);
  }

  Outcome<Loaded> loaded = Load(paths, resolve_options);
  if (!loaded) return Fail(loaded.error(), json);
  const wit::Resolve& resolve = loaded->package.resolve;
  std::optional<wit::WorldId> world;
  if (!world_name.empty()) {
    auto selected = wit::SelectWorld(resolve, loaded->package.root, world_name);
    if (!selected) return options.WrongUsage("--world: " + selected.error());
    world = *selected;
  }
  if (json) {
    JsonWriter writer;
    WriteWitJson(writer, resolve, world);
    writer.Print();
    return kExitOk;
  }
  const std::string text =
      world ? wit::PrintWorld(resolve, *world) : wit::PrintAll(resolve, loaded->package.root);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

}  // namespace trenail::cli
