// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component as text [Explainer: Component Definitions], without any short forms: one definition
// after the other, as the binary format has them. What is printed parses back to the same
// definitions and names.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PRINTER_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PRINTER_H_

#include <string>

#include "libcomponent/syntax/component.h"
#include "libwasm/support/error.h"
#include "libwasm/text/printer.h"

namespace component::text {

// Fails where a nested core module is malformed; what is merely invalid is printed.
wasm::Result<std::string> PrintComponent(const Component& component,
                                         const wasm::text::PrintOptions& options = {});

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PRINTER_H_
