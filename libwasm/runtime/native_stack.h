// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How deep the native stack of the calling thread may become before host functions and WebAssembly
// code that call each other are stopped.

#ifndef TRENAIL_LIBWASM_RUNTIME_NATIVE_STACK_H_
#define TRENAIL_LIBWASM_RUNTIME_NATIVE_STACK_H_

#include <cstdint>

namespace wasm::runtime {

// The lowest address that frames may reach; room for one host function remains below it.
uintptr_t NativeStackLimit();

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_NATIVE_STACK_H_
