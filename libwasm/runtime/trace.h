// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a trap to the Error that the embedder sees: message, details and the frames that led there.

#ifndef TRENAIL_LIBWASM_RUNTIME_TRACE_H_
#define TRENAIL_LIBWASM_RUNTIME_TRACE_H_

#include <vector>

#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/error.h"

namespace wasm::runtime {

// The newest frames of the thread, innermost first, up to a bound. An engine that returns a trap
// leaves thread.frame_top one past the trapping frame, with that frame's pc at the instruction.
std::vector<TraceFrame> CaptureTrace(const VMThread& thread);

// What `trap` means to the embedder. Takes the thread's host error; keeps its pending exception.
Error MakeError(VMThread& thread, Trap trap);

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_TRACE_H_
