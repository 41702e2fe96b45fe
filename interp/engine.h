// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The in-place interpreter as an execution engine of the runtime: it runs the module's own bytes
// with the side table that validation made. See docs/interpreter.md. Embedders use interp.h.

#ifndef TRENAIL_INTERP_ENGINE_H_
#define TRENAIL_INTERP_ENGINE_H_

#include "libwasm/runtime/store.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::interp {

// The interpreter: one for the process, without state.
runtime::ExecutionEngine& Interpreter();

// Its entry: runs `func` with `slots` on the thread's stacks. May be called again from host
// functions that it calls. On a trap the frames stay as they are, for the trace.
Trap InterpEntry(runtime::VMThread* thread, runtime::FuncInst* func, runtime::Slot* slots);

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_ENGINE_H_
