// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How deep the native stack of the calling thread may become before host functions and WebAssembly
// code that call each other are stopped.

#ifndef TRENAIL_LIBWASM_RUNTIME_NATIVE_STACK_H_
#define TRENAIL_LIBWASM_RUNTIME_NATIVE_STACK_H_

#include <cstdint>

namespace wasm::runtime {

// What remains below the limit, for one host function or builtin.
inline constexpr uintptr_t kHostRoom = 256 * 1024;

// The lowest address that frames may reach.
uintptr_t NativeStackLimit();

// The calling native thread is about to go on on another stack, with that limit. Returns the limit
// so far. Called while still on the old stack.
uintptr_t ExchangeNativeStackLimit(uintptr_t limit);

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_NATIVE_STACK_H_
