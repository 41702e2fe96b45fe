// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A decoded module as text [text]. What is printed parses back to a module of the same structure
// and names: types, groups and segments keep their order and form, names of the name section become
// identifiers or (@name …), other custom sections (@custom …) in their places.

#ifndef TRENAIL_LIBWASM_TEXT_PRINTER_H_
#define TRENAIL_LIBWASM_TEXT_PRINTER_H_

#include <string>

#include "libwasm/module/module.h"
#include "libwasm/support/error.h"

namespace wasm::text {

struct PrintOptions {
  bool names = true;            // identifiers from the name section; otherwise numbers
  bool custom_sections = true;  // print (@custom …)
  bool skeleton = false;        // leave bodies and contents of segments out, as an overview
};

// Fails where a body or a constant expression is malformed; what is merely invalid is printed.
Result<std::string> PrintModule(const Module& module, const PrintOptions& options = {});

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PRINTER_H_
