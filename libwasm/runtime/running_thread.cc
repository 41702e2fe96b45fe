// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/runtime/running_thread.h"

#include <utility>

namespace wasm::native {

constinit thread_local Running running;

// Not inline: who switches stacks may come back on another native thread's, and must not remember
// where `running` was.
runtime::VMThread* ExchangeRunningThread(runtime::VMThread* thread) {
  return std::exchange(running.thread, thread);
}

}  // namespace wasm::native
