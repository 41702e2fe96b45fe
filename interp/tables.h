// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dispatch tables. `base` tables hold the unfused handler of every opcode byte at depth 0 and of
// every number behind a prefix; they are what the small and portable builds dispatch on. In the
// speed build the table of ordinary functions is generated assembly (generate_tables.cc); those for
// careful functions and for fuel are derived from the base tables when something first needs them.

#ifndef TRENAIL_INTERP_TABLES_H_
#define TRENAIL_INTERP_TABLES_H_

#include <cstdint>

#include "interp/careful.h"
#include "interp/dispatch.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::interp {

// The unfused handler, at depth 0, of the instruction at pc; of ordinary or of careful functions.
Handler* BaseHandler(const uint8_t* pc, bool careful);
// The handler of the number `code` behind `prefix`.
Handler* PrefixedHandler(uint8_t prefix, uint32_t code);

// The table through which a function runs.
const void* PlainTable();
const void* CarefulTable();
const void* FuelTable();
inline const void* TableFor(const CodeInfo* code, const VMThread* thread) {
  if (thread->fuel_enabled) [[unlikely]]
    return FuelTable();
  return IsCareful(code) ? CarefulTable() : PlainTable();
}

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_TABLES_H_
