// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail print: a module or a component as text. A text is printed too, which brings it into one
// form.

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/text/printer.h"
#ifdef TRENAIL_COMPONENTS
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/text/printer.h"
#endif

namespace trenail::cli {
namespace {

wasm::Result<std::string> Print(const std::string& file, const wasm::text::PrintOptions& options) {
  WasmFile loaded = TRY(LoadWasm(file));
#ifdef TRENAIL_COMPONENTS
  if (loaded.is_component) {
    auto component = TRY(component::binary::DecodeComponent(loaded.bytes, AllComponentFeatures()));
    return component::text::PrintComponent(*component, options);
  }
#endif
  auto module = TRY(wasm::binary::DecodeModule(loaded.bytes, {}));
  return wasm::text::PrintModule(*module, options);
}

}  // namespace

int PrintCommand(const Arguments& arguments) {
  std::string file;
  std::string output = "-";
  bool no_names = false;
  bool no_custom = false;
  wasm::text::PrintOptions print;
  Options options(
      "print", "Prints a module or a component as text. It need not be valid, only well-formed.");
  options.File(&file, "a module or a component; - is standard input");
  options.String("-o,--output", &output, "FILE", "where to write the text (standard output)");
  options.Flag("--no-names", &no_names, "print numbers instead of the name section's names");
  options.Flag("--no-custom", &no_custom, "leave custom sections out");
  options.Flag("--skeleton", &print.skeleton, "leave bodies and the contents of segments out");
  if (auto code = options.Parse(arguments)) return *code;
  print.names = !no_names;
  print.custom_sections = !no_custom;

  wasm::Result<std::string> text = Print(file, print);
  if (!text) return Report(text.error(), file);
  std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text->data()), text->size());
  if (auto written = WriteFile(output, bytes); !written) return Report(written.error(), output);
  return kExitOk;
}

}  // namespace trenail::cli
