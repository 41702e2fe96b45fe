// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail bind: writes the bindings of a world for a language, for hosts or for guests. All of the
// text is there before the first file is written.

#include "libcomponent/bind/bind.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/wit_options.h"
#include "cli/wit_packages.h"
#include "libcomponent/wit/resolver.h"

namespace trenail::cli {
namespace {

namespace bind = component::bind;
namespace wit = component::wit;
using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

// Makes the folder and those around it.
Result<void> MakeFolder(const std::string& path) {
  for (size_t end = 0; end != path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    if (mkdir(part.c_str(), 0777) == 0 || errno == EEXIST || errno == EISDIR) continue;
    const int reason = errno;
    struct stat status;
    if (stat(part.c_str(), &status) == 0) continue;
    return std::unexpected(Error(ErrorKind::kHost, std::strerror(reason)));
  }
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode))
    return std::unexpected(Error(ErrorKind::kHost, "it is not a folder"));
  return {};
}

// A C++ name, or several with `::` between them.
bool IsNamespace(std::string_view text) {
  bool begins = true;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (letter || (!begins && c >= '0' && c <= '9')) {
      begins = false;
    } else if (!begins && text.substr(i, 2) == "::") {
      begins = true;
      ++i;
    } else {
      return false;
    }
  }
  return !begins;
}

}  // namespace

int BindCommand(const Arguments& arguments) {
  std::vector<std::string> paths;
  std::string world_name;
  std::string language = "cpp";
  std::string output;
  std::string outer;
  std::string features;
  bool host = false;
  bool guest = false;
  bool all_features = false;
  Options options(
      "bind",
      "Writes the bindings of a world: source text that makes its imports and exports functions\n"
      "and types of a language. --host is for programs that embed components of the world,\n"
      "--guest for what is compiled to one: clang makes a module, `trenail component new` a\n"
      "component.",
      "Example: trenail bind log-parser.wit --world parser --host -o bindings\n"
      "Errors in the WIT are printed as FILE:LINE:COLUMN, with the place underlined; nothing is\n"
      "written then.");
  options.Files(&paths, "a .wit file or a folder; of several, the last has the world");
  options.String("--world", &world_name, "NAME", "which world, if there are several");
  options.Flag("--host", &host, "for an embedder");
  options.Flag("--guest", &guest, "for a component");
  options.Choice("--lang", &language, {"cpp", "c"}, "the language (cpp); c is for guests");
  options.String("-o,--output", &output, "DIR", "the folder for the files (the current one)");
  options.String("--namespace", &outer, "NAME",
                 "the namespace, a::b, in C the prefix (those of the package and the world)");
  options.String("--features", &features, "+x,-y", "what is @unstable and on");
  options.Flag("--all-features", &all_features, "all that is @unstable is on");
  if (auto code = options.Parse(arguments)) return *code;
  if (paths.empty()) return options.WrongUsage("a WIT file or folder is needed");
  if (host == guest) return options.WrongUsage("either --host or --guest is needed");
  if (host && language != "cpp")
    return options.WrongUsage("bindings for hosts are in C++: --lang cpp");
  if (!outer.empty() && !IsNamespace(outer))
    return options.WrongUsage("--namespace takes names as C++ has them: a::b");

  const wit::Parsed<wit::ResolvedPackage> package =
      wit::ParseAndResolve(paths, ToResolveOptions(features, all_features));
  if (!package) {
    PrintError(package.error().Format());
    return package.error().kind == ErrorKind::kHost ? kExitUsage : kExitFailed;
  }
  const auto world = wit::SelectWorld(
      package->resolve, package->root,
      world_name.empty() ? std::nullopt : std::optional<std::string_view>(world_name));
  if (!world) {
    PrintError(paths.back() + ": " + world.error());
    return kExitFailed;
  }
  const bind::BindOptions bind_options{.outer = outer,
                                       .generator = "trenail bind " TRENAIL_VERSION};
  const bind::GeneratedFiles files =
      host              ? bind::BindHostCpp(package->resolve, *world, bind_options)
      : language == "c" ? bind::BindGuestC(package->resolve, *world, bind_options)
                        : bind::BindGuestCpp(package->resolve, *world, bind_options);

  if (!output.empty())
    if (auto made = MakeFolder(output); !made) return Report(made.error(), output);
  for (const bind::GeneratedFile& file : files) {
    const std::string path = output.empty() ? file.name : output + "/" + file.name;
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(file.text.data()),
                                         file.text.size());
    if (auto written = WriteFile(path, bytes); !written) return Report(written.error(), path);
  }
  return kExitOk;
}

}  // namespace trenail::cli
