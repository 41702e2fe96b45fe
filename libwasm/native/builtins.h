// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions that compiled code calls, in the order of abi.h.

#ifndef TRENAIL_LIBWASM_NATIVE_BUILTINS_H_
#define TRENAIL_LIBWASM_NATIVE_BUILTINS_H_

#include "libwasm/native/abi.h"

namespace wasm::native {

extern const void* const kBuiltins[kNumBuiltinEntries];

// What stands in the entry of every opcode that has none of its own.
using GenericBuiltin = void(runtime::Instance* instance, runtime::Slot* operands, uint64_t a,
                            uint64_t b);

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_BUILTINS_H_
