// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions of WebAssembly as foreign exceptions of the system's unwinder.

#ifndef TRENAIL_LIBWASM_NATIVE_UNWIND_H_
#define TRENAIL_LIBWASM_NATIVE_UNWIND_H_

#include "libwasm/runtime/vm_layout.h"

namespace wasm::native {

// What ArtefactHeader::personality_slot is filled with.
const void* PersonalityRoutine();

// Goes on at the innermost landing pad above the calling builtin. Returns only if there is none.
void RaisePending(runtime::VMThread* thread);

// activation.cc: remembers the frames of the newest activation, which is about to be left.
void CollectLeftFrames();

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_UNWIND_H_
