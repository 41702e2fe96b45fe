// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a native thread knows of the compiled code it runs. Not in native/, because fibers exchange
// it, also in programs without anything else that runs compiled code.

#ifndef TRENAIL_LIBWASM_RUNTIME_RUNNING_THREAD_H_
#define TRENAIL_LIBWASM_RUNTIME_RUNNING_THREAD_H_

#include "libwasm/runtime/vm_layout.h"

namespace wasm::native {

struct NativeFrames;  // native/backtrace.h

// Read by signal handlers, so it must not be allocated on first use.
struct Running {
  runtime::VMThread* thread = nullptr;
  NativeFrames* frames = nullptr;  // where to leave the trace of what is being left
};
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Running running;

// The VMThread whose compiled code the calling native thread runs, or null. Async-signal-safe.
inline runtime::VMThread* RunningThread() { return running.thread; }

// The native thread goes on on another stack, perhaps in code of `thread`. Returns RunningThread().
runtime::VMThread* ExchangeRunningThread(runtime::VMThread* thread);

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_RUNTIME_RUNNING_THREAD_H_
