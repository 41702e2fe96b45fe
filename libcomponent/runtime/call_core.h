// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of core functions from the component level. Whatever calls guest code does so as a thread
// of some task, so that built-ins know who calls them.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_CALL_CORE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_CALL_CORE_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/task.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

// An exception that leaves a component is a trap; other errors stay what they are.
wasm::Result<void> TrapOnThrow(wasm::Error error);

// [cabi:call_and_trap_on_throw], on the current thread.
inline wasm::Result<void> CallAndTrapOnThrow(const trenail::Func& callee, uint64_t* slots) {
  wasm::Result<void> called = trenail::CallRaw(*callee.store(), callee.internal(), slots);
  if (!called) [[unlikely]]
    return TrapOnThrow(std::move(called.error()));
  return called;
}

// A call of a guest's realloc: on a thread of its own, which cannot block.
wasm::Result<void> CallOnFreshThread(ComponentInstance& inst, const trenail::Func& callee,
                                     uint64_t* slots);

// Resumes the implicit thread of a task that must be resolved before its caller goes on, and then
// the threads of its instance, as long as it is not resolved.
wasm::Result<void> RunSynchronously(Task& task, Thread& implicit_thread);

// In a call that must not block: whether another thread of its instance could go on meanwhile.
Thread* NextReadyThread(const ComponentInstance& inst);

// Does `work`, which calls core code of `inst`, as a task of a synchronous function without
// parameters and results: destructors, and start functions of core modules.
wasm::Result<void> RunAsTask(ComponentInstance& inst,
                             const std::function<wasm::Result<void>()>& work);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_CALL_CORE_H_
