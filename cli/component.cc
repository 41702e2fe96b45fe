// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail component: what makes components of modules.
//   embed   puts a world into a module, for whatever makes a component of the two

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
#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/resolver.h"

namespace trenail::cli {
namespace {

namespace wit = component::wit;

int Embed(const Arguments& arguments) {
  std::vector<std::string> files;
  std::string output = "-";
  std::string world_name;
  std::string encoding_name = "utf8";
  Options options("component embed", "Puts a world into a core module: in a custom section.");
  options.Files(&files, "WIT MODULE: a WIT file or folder, and a module");
  options.String("-o,--output", &output, "FILE", "where to write the module (standard output)");
  options.String("--world", &world_name, "NAME", "which world, if there are several");
  options.Choice("--string-encoding", &encoding_name, {"utf8", "utf16", "compact-utf16"},
                 "how strings lie in the module's memory");
  if (auto code = options.Parse(arguments)) return *code;
  if (files.size() != 2) return options.WrongUsage("a WIT file or folder and a module are needed");
  const std::string& text = files[0];
  const std::string& file = files[1];

  const auto package = wit::ParseAndResolve({text});
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

}  // namespace

int ComponentCommand(const Arguments& arguments) {
  constexpr std::string_view kUsage =
      "Usage: trenail component embed WIT MODULE [-o FILE]\n\n"
      "  embed       put a world into a core module\n\n"
      "trenail component embed --help explains it.\n";
  const bool help = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h");
  if (help || arguments.empty() || arguments[0] != "embed") {
    std::fputs(std::string(kUsage).c_str(), help ? stdout : stderr);
    return help ? kExitOk : kExitUsage;
  }
  return Embed({arguments.begin() + 1, arguments.end()});
}

}  // namespace trenail::cli
