// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two ends of an activation of compiled code, in assembly: enter_<architecture>.S.

#ifndef TRENAIL_LIBWASM_NATIVE_ENTER_H_
#define TRENAIL_LIBWASM_NATIVE_ENTER_H_

#include <cstdint>

#include "libwasm/native/abi.h"
#include "libwasm/runtime/native_entry.h"

extern "C" {

// Saves the registers that callees preserve, leaves the place in the record, and returns
// thunk(code, context, slots); or what TrenailLeaveNative is given.
uint32_t TrenailEnterNative(wasm::runtime::EntryRecord* record, wasm::native::ArrayThunk thunk,
                            const void* code, void* context, wasm::runtime::Slot* slots);

// Ends the activation of `record`, whatever has been called since.
[[noreturn]] void TrenailLeaveNative(wasm::runtime::EntryRecord* record, uint32_t value);

}  // extern "C"

#endif  // TRENAIL_LIBWASM_NATIVE_ENTER_H_
