// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations of compiled code: how C++ enters it, and how a trap or an exception gets out.

#ifndef TRENAIL_LIBWASM_NATIVE_ACTIVATION_H_
#define TRENAIL_LIBWASM_NATIVE_ACTIVATION_H_

#include <cstddef>
#include <cstdint>

#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::native {

// The ArrayEntry of compiled functions.
Trap EnterCompiled(runtime::VMThread* thread, runtime::FuncInst* func, runtime::Slot* slots);

// For builtins, called from compiled code: ends the thread's newest activation with `trap`; for
// kException, goes on at the innermost handler of the thread's pending exception. No object with a
// destructor may live in the frames between.
[[noreturn]] void Leave(runtime::VMThread* thread, Trap trap);

// What TrenailEnterNative returns: 0, kReturnedException from a thunk, or this plus the trap.
inline constexpr uint32_t kReturnedException = 1;
inline constexpr uint32_t kLeftByTrap = 0x100;

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_ACTIVATION_H_
