// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail strip: a module or a component without its custom sections; every other byte stays as it
// is.

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/binary/module_encoder.h"
#ifdef TRENAIL_COMPONENTS
#include "libcomponent/binary/strip.h"
#endif

namespace trenail::cli {
namespace {

using wasm::Result;

Result<std::vector<uint8_t>> Strip(const std::string& path,
                                   const wasm::binary::StripOptions& options) {
  const WasmFile file = TRY(LoadWasm(path));
#ifdef TRENAIL_COMPONENTS
  if (file.is_component) return component::binary::StripComponent(file.bytes, options);
#endif
  const auto module = TRY(wasm::binary::DecodeModule(file.bytes, {}));
  return wasm::binary::StripModule(*module, options);
}

}  // namespace

int StripCommand(const Arguments& arguments) {
  std::string file;
  std::string output;
  wasm::binary::StripOptions strip;
  Options options(
      "strip",
      "Removes custom sections: names, debug information, producers. Of a component, also "
      "those of what is nested in it.");
  options.File(&file, "a module or a component; - is standard input");
  options.String("-o,--output", &output, "FILE", "where to write (default: over the file itself)");
  options.Flag("--keep-names", &strip.keep_names, "keep the name sections, for readable traces");
  options.Flag("--keep-component-types", &strip.keep_component_types,
               "keep what linkers and component tools need");
  options.Strings("--section", &strip.only, "NAME", "remove only custom sections of this name");
  if (auto code = options.Parse(arguments)) return *code;
  if (output.empty()) output = file;

  Result<std::vector<uint8_t>> stripped = Strip(file, strip);
  if (!stripped) return Report(stripped.error(), file);
  if (auto written = WriteFile(output, *stripped); !written) return Report(written.error(), output);
  return kExitOk;
}

}  // namespace trenail::cli
