// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail wit: resolves WIT packages and prints them, as WIT or as JSON.

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/wit_json.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"

namespace trenail::cli {
namespace {

namespace wit = component::wit;
using wasm::Result;

// "+x,-y" as of the other verbs; here a feature is what `@unstable` names.
wit::ResolveOptions ToOptions(const std::string& text, bool all) {
  wit::ResolveOptions options{.features = {}, .all_features = all};
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    const bool off = name.starts_with('-');
    if (off || name.starts_with('+')) name.erase(0, 1);
    if (off)
      options.features.erase(name);
    else if (!name.empty())
      options.features.insert(name);
    begin = end + 1;
  }
  return options;
}

// A path that is a file of bytes, not of text, is refused before it is read as text.
wit::Parsed<wit::ResolvedPackage> Resolve(const std::vector<std::string>& paths,
                                          const wit::ResolveOptions& options) {
  for (const std::string& path : paths) {
    struct stat status;
    if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const Result<FileBytes> bytes = ReadFile(path);
    if (!bytes) continue;
    const FileKind kind = Detect(*bytes);
    if (kind == FileKind::kModule || kind == FileKind::kComponent || kind == FileKind::kImage) {
      return std::unexpected(wit::Diagnostic{.kind = wasm::ErrorKind::kMalformed,
                                             .file = path,
                                             .message = "this is a binary, and WIT is a text"});
    }
  }
  return wit::ParseAndResolve(paths, options);
}

int Fail(const wit::Diagnostic& diagnostic, bool json) {
  const wasm::Error error = diagnostic.ToError();
  if (!json) {
    std::string text = diagnostic.Format();
    while (text.ends_with('\n')) text.pop_back();
    PrintError(text);
    return ExitCode(error);
  }
  JsonWriter writer;
  WriteJson(writer, error);
  writer.Print();
  return ExitCode(error);
}

}  // namespace

int WitCommand(const Arguments& arguments) {
  std::vector<std::string> paths;
  std::string world_text;
  std::string features;
  bool all_features = false;
  bool json = false;
  Options options("wit",
                  "Resolves WIT: a file, or a folder with a package and its dependencies in deps/. "
                  "Of several, the last is the one that is printed, and may use the others.",
                  "Errors are printed as FILE:LINE:COLUMN, with the place underlined.\n"
                  "Exit codes: 0; 1 the WIT is wrong; 2 a file cannot be read.");
  options.Files(&paths, "a .wit file or a folder");
  options.String("--world", &world_text, "NAME",
                 "only this world, ns:pkg/name if it is another package's, and what it needs");
  options.String("--features", &features, "+x,-y", "what is @unstable and on");
  options.Flag("--all-features", &all_features, "all that is @unstable is on");
  options.Flag("--json", &json, "print the resolved packages, or an error, as JSON");
  if (auto code = options.Parse(arguments)) return *code;

  const wit::Parsed<wit::ResolvedPackage> resolved =
      Resolve(paths, ToOptions(features, all_features));
  if (!resolved) return Fail(resolved.error(), json);
  std::optional<wit::WorldId> world;
  if (!world_text.empty()) {
    auto selected = wit::SelectWorld(resolved->resolve, resolved->root, world_text);
    if (!selected) return options.WrongUsage("--world: " + selected.error());
    world = *selected;
  }
  if (json) {
    JsonWriter writer;
    WriteWitJson(writer, resolved->resolve, world);
    writer.Print();
    return kExitOk;
  }
  const std::string text = world ? wit::PrintWorld(resolved->resolve, *world)
                                 : wit::PrintAll(resolved->resolve, resolved->root);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

}  // namespace trenail::cli
