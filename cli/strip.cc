// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail strip: a module without its custom sections; every other byte stays as it is.

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/binary/module_encoder.h"

namespace trenail::cli {

int StripCommand(const Arguments& arguments) {
  std::string file;
  std::string output;
  wasm::binary::StripOptions strip;
  Options options("strip", "Removes custom sections: names, debug information, producers.");
  options.File(&file, "a module; - is standard input");
  options.String("-o,--output", &output, "FILE", "where to write (default: over the file itself)");
  options.Flag("--keep-names", &strip.keep_names, "keep the name section, for readable traces");
  options.Flag("--keep-component-types", &strip.keep_component_types,
               "keep what linkers and component tools need");
  options.Strings("--section", &strip.only, "NAME", "remove only custom sections of this name");
  if (auto code = options.Parse(arguments)) return *code;
  if (output.empty()) output = file;

  auto bytes = LoadModule(file);
  if (!bytes) return Report(bytes.error(), file);
  auto module = wasm::binary::DecodeModule(*bytes, {});
  if (!module) return Report(module.error(), file);
  std::vector<uint8_t> stripped = wasm::binary::StripModule(**module, strip);
  if (auto written = WriteFile(output, stripped); !written) return Report(written.error(), output);
  return kExitOk;
}

}  // namespace trenail::cli
