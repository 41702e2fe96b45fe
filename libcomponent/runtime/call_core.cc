// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/call_core.h"

#include <utility>

#include "libcomponent/runtime/store.h"

namespace component::runtime {
namespace {

const FuncType kSyncType;
const CanonicalOptions kNoOptions;

wasm::Result<void> DoAsThread(Task& task, Thread& thread,
                              const std::function<wasm::Result<void>()>& work) {
  TRY_VOID(task.EnterImplicitThread(thread));
  task.StartAlone();
  TRY_VOID(work());
  TRY_VOID(task.ReturnAlone());
  return task.ExitImplicitThread(thread);
}

}  // namespace

wasm::Result<void> TrapOnThrow(wasm::Error error) {
  if (error.kind() != wasm::ErrorKind::kException) return std::unexpected(std::move(error));
  wasm::Error trap(wasm::ErrorKind::kTrap, "uncaught exception propagated out of component");
  return std::unexpected(std::move(trap).WithOriginOf(std::move(error)));
}

wasm::Result<void> CallOnFreshThread(ComponentInstance& inst, const trenail::Func& callee,
                                     uint64_t* slots) {
  Task task(kSyncType, kNoOptions, inst, nullptr);
  Thread thread(task, nullptr);
  const Store::CurrentThread current(inst.store, &thread);
  return CallAndTrapOnThrow(callee, slots);
}

Thread* NextReadyThread(const ComponentInstance& inst) {
  for (Thread* thread : inst.store.waiting()) {
    const Task& task = thread->task();
    if (&task.inst() != &inst || thread->index == 0) continue;
    // Threads that need the linear memory's stack for themselves do not get it in the middle of a
    // call, even if no other one of them has it.
    if (task.type().is_async && task.NeedsExclusive() && thread == task.implicit_thread) continue;
    if (thread->ready()) return thread;
  }
  return nullptr;
}

wasm::Result<void> RunSynchronously(Task& task, Thread& implicit_thread) {
  ComponentInstance& inst = task.inst();
  ++inst.sync_calls;
  wasm::Result<void> resumed = implicit_thread.Resume();
  while (resumed && task.state() != Task::State::kResolved) {
    Thread* const thread = NextReadyThread(inst);
    resumed = thread != nullptr ? thread->Resume() : Trap(kCannotBlock);
  }
  --inst.sync_calls;
  // Its threads may refer to what the caller is about to leave.
  if (!resumed) task.Abandon();
  return resumed;
}

wasm::Result<void> RunAsTask(ComponentInstance& inst,
                             const std::function<wasm::Result<void>()>& work) {
  if (!inst.needs_fibers) {
    Task task(kSyncType, kNoOptions, inst, nullptr);
    task.SetDirect();
    Thread thread(task, nullptr);
    const Store::CurrentThread current(inst.store, &thread);
    return DoAsThread(task, thread, work);
  }
  const auto task = std::make_shared<Task>(kSyncType, kNoOptions, inst, nullptr);
  Thread* thread = nullptr;
  thread = &task->NewThread([&work, &thread, raw = task.get()](Cancelled) -> wasm::Result<bool> {
    TRY_VOID(DoAsThread(*raw, *thread, work));
    return true;
  });
  task->implicit_thread = thread;
  inst.store.Keep(task);
  return RunSynchronously(*task, *thread);
}

}  // namespace component::runtime
