// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail plug: satisfies the imports of a component from the exports of others.

#include <unistd.h>

#include "cli/commands.h"
#include "cli/component_part.h"
#include "cli/options.h"
#include "cli/report.h"
#include "interp/interp.h"
#include "libcomponent/compose/plug.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {

int PlugCommand(const Arguments& arguments) {
  std::vector<std::string> sockets;
  std::vector<std::string> plugs;
  std::string output = "-";
  Options options(
      "plug",
      "Satisfies the imports of a component, the socket, from the exports of others, the plugs.",
      "An import gets the export of its name, or of the newest compatible version. Plugs are\n"
      "plugged into each other, too. What nothing satisfies stays an import of the result,\n"
      "whose exports are those of the socket.\n"
      "Exit codes: 0; 1 they do not fit, or one is wrong; 2 wrong usage, or a file cannot be "
      "read.");
  options.Files(&sockets, "the socket, one component");
  options.Strings("--with,--plug", &plugs, "FILE", "a plug; may be given several times");
  options.String("-o,--output", &output, "FILE", "where to write the component (standard output)");
  if (auto code = options.Parse(arguments)) return *code;
  if (sockets.size() > 1) {
    return options.WrongUsage("there is one socket; a plug is named by --with: --with " +
                              sockets[1]);
  }
  if (plugs.empty()) return options.WrongUsage("--with FILE names what is plugged in");
  if (output == "-" && isatty(STDOUT_FILENO))
    return options.WrongUsage("a binary is nothing for a terminal: give -o FILE");

  const Engine engine(MakeInterpreter());
  std::vector<component::compose::PlugPart> parts;
  plugs.insert(plugs.begin(), sockets.front());
  for (const std::string& file : plugs) {
    auto part = LoadPart(engine, file);
    if (!part) return Report(part.error(), file);
    parts.push_back({.name = file, .component = *std::move(part)});
  }
  const component::compose::PlugPart first = parts.front();
  parts.erase(parts.begin());
  auto composed = component::compose::Plug(engine, first, parts);
  if (!composed) {
    PrintError(composed.error().message());
    return ExitCode(composed.error());
  }
  if (auto written = WriteComponent(output, **composed); !written)
    return Report(written.error(), output);
  return kExitOk;
}

}  // namespace trenail::cli
