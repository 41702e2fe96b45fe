// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail component: what makes components of modules.
//   embed   puts a world into a module
//   new     makes a component of a module with a world in it

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/wit_packages.h"
#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/encode/encode.h"
#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/resolver.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {
namespace {

namespace wit = component::wit;

int Embed(const Arguments& arguments) {
  std::vector<std::string> files;
  std::string output = "-";
  std::string world_name;
  std::string encoding_name = "utf8";
  std::string features;
  bool all_features = false;
  Options options("component embed", "Puts a world into a core module: in a custom section.");
  options.Files(&files, "WIT MODULE: a WIT file or folder, and a module");
  options.String("-o,--output", &output, "FILE", "where to write the module (standard output)");
  options.String("--world", &world_name, "NAME", "which world, if there are several");
  options.Choice("--string-encoding", &encoding_name, {"utf8", "utf16", "compact-utf16"},
                 "how strings lie in the module's memory");
  options.String("--features", &features, "+x,-y", "what is @unstable and on");
  options.Flag("--all-features", &all_features, "all that is @unstable is on");
  if (auto code = options.Parse(arguments)) return *code;
  if (files.size() != 2) return options.WrongUsage("a WIT file or folder and a module are needed");
  const std::string& text = files[0];
  const std::string& file = files[1];

  const auto package = wit::ParseAndResolve({text}, ToResolveOptions(features, all_features));
  if (!package) {
    PrintError(package.error().Format());
    return package.error().kind == wasm::ErrorKind::kHost ? kExitUsage : kExitFailed;
  }
  const auto world = wit::SelectWorld(
      package->resolve, package->root,
      world_name.empty() ? std::nullopt : std::optional<std::string_view>(world_name));
  if (!world) {
    PrintError(text + ": " + world.error());
    return kExitFailed;
  }
  auto bytes = LoadModule(file);
  if (!bytes) return Report(bytes.error(), file);
  const auto encoding = encoding_name == "utf8"    ? wit::StringEncoding::kUtf8
                        : encoding_name == "utf16" ? wit::StringEncoding::kUtf16
                                                   : wit::StringEncoding::kLatin1Utf16;
  auto embedded =
      wit::EmbedWorld({bytes->data(), bytes->size()}, package->resolve, *world, encoding);
  if (!embedded) return Report(embedded.error(), file);
  if (auto written = WriteFile(output, *embedded); !written) return Report(written.error(), output);
  return kExitOk;
}

// The module that an adapter stands for: what is said before `=`, or the file's name without what
// is behind the first dot, as the adapters of Wasmtime are called.
std::string NameOfAdapter(const std::string& argument, std::string* file) {
  const size_t equals = argument.find('=');
  if (equals != std::string::npos) {
    *file = argument.substr(equals + 1);
    return argument.substr(0, equals);
  }
  *file = argument;
  std::string name = argument.substr(argument.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

int New(const Arguments& arguments) {
  std::string file;
  std::vector<std::string> adapters;
  std::string output = "-";
  bool grow = false;
  Options options(
      "component new", "Makes a component of a core module that carries its world.",
      "The world is in the module's sections `component-type…`, put there by `component embed`\n"
      "or by a generator of bindings. Imports and exports are recognized by their names; what\n"
      "does not fit the world is an error that says which core type is expected. An adapter\n"
      "implements the functions that the module imports from NAME, such as those of\n"
      "`wasi_snapshot_preview1`, in terms of the component model; what is not used of it is\n"
      "left out.");
  options.File(&file, "a core module with a world; - is standard input");
  options.Strings("--adapt", &adapters, "[NAME=]FILE",
                  "an adapter for the imports from NAME; may be given several times");
  options.Flag("--realloc-via-memory-grow", &grow,
               "adapters allocate new pages instead of calling the module's realloc");
  options.String("-o,--output", &output, "FILE", "where to write the component (standard output)");
  if (auto code = options.Parse(arguments)) return *code;
  if (output == "-" && isatty(STDOUT_FILENO))
    return options.WrongUsage("a binary is nothing for a terminal: give -o FILE");

  auto bytes = LoadModule(file);
  if (!bytes) return Report(bytes.error(), file);
  std::vector<FileBytes> contents(adapters.size());
  std::vector<component::encode::ModuleSource> sources;
  for (size_t i = 0; i < adapters.size(); ++i) {
    std::string path;
    const std::string name = NameOfAdapter(adapters[i], &path);
    auto adapter = LoadModule(path);
    if (!adapter) return Report(adapter.error(), path);
    contents[i] = *std::move(adapter);
    sources.push_back({.name = name, .bytes = {contents[i].data(), contents[i].size()}});
  }
  const Engine engine(MakeInterpreter());
  auto made = component::encode::NewComponent(
      engine, {.name = file, .bytes = {bytes->data(), bytes->size()}}, sources,
      {.realloc_via_memory_grow = grow});
  if (!made) return Report(made.error(), file);
  if (auto written = WriteFile(output, component::binary::EncodeComponent(**made)); !written)
    return Report(written.error(), output);
  return kExitOk;
}

}  // namespace

int ComponentCommand(const Arguments& arguments) {
  constexpr std::string_view kUsage =
      "Usage: trenail component embed WIT MODULE [-o FILE]\n"
      "       trenail component new MODULE [--adapt [NAME=]FILE] [-o FILE]\n\n"
      "  embed       put a world into a core module\n"
      "  new         make a component of a core module with a world in it\n\n"
      "trenail component embed --help and new --help explain them.\n";
  const bool help = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h");
  if (!help && !arguments.empty()) {
    const Arguments rest(arguments.begin() + 1, arguments.end());
    if (arguments[0] == "embed") return Embed(rest);
    if (arguments[0] == "new") return New(rest);
  }
  std::fputs(std::string(kUsage).c_str(), help ? stdout : stderr);
  return help ? kExitOk : kExitUsage;
}

}  // namespace trenail::cli
