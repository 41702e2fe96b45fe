// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The identifiers of a parsed module as the contents of a name section [binary-namesec].

#ifndef TRENAIL_LIBWASM_TEXT_NAMES_H_
#define TRENAIL_LIBWASM_TEXT_NAMES_H_

#include <cstdint>
#include <vector>

#include "libwasm/text/module_state.h"

namespace wasm::text {

// The custom section's contents, its own name included; nothing if nothing has a name.
std::vector<uint8_t> EncodeNames(const ModuleState& m);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_NAMES_H_
