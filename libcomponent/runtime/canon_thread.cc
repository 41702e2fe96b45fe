// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon thread.index], new-indirect, resume-later, suspend, yield, suspend-then-resume,
// yield-then-resume, suspend-then-promote and yield-then-promote.

#include <memory>
#include <string>

#include "libcomponent/runtime/call_core.h"
#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/task.h"

namespace component::runtime {
namespace {

wasm::Result<Thread*> GetThread(ComponentInstance& inst, uint64_t index) {
  Thread** thread = inst.threads.Find(static_cast<uint32_t>(index));
  if (thread == nullptr) return Trap("unknown thread index " + std::to_string(index));
  return *thread;
}

wasm::Result<Thread*> GetSuspendedThread(ComponentInstance& inst, uint64_t index) {
  Thread* const thread = TRY(GetThread(inst, index));
  if (!thread->suspended()) return Trap("cannot resume thread which is not suspended");
  return thread;
}

wasm::Result<void> SetCancelled(wasm::Result<Cancelled> cancelled, uint64_t* slots) {
  slots[0] = static_cast<uint64_t>(TRY(std::move(cancelled)));
  return {};
}

}  // namespace

wasm::Result<void> CanonThreadIndex(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  slots[0] = builtin.inst->store.current_thread()->index;
  return {};
}

wasm::Result<void> CanonThreadNewIndirect(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  Task& task = inst.store.current_thread()->task();
  if (!inst.may_leave) return Trap(kCannotLeave);
  const std::optional<trenail::Value> element = builtin.table->Get(slots[0]);
  if (!element) return Trap("undefined element");
  if (element->is_null()) return Trap("uninitialized element " + std::to_string(slots[0]));
  const trenail::Func callee = trenail::Func(
      &inst.store.core().internal(), reinterpret_cast<wasm::runtime::FuncInst*>(element->low()));
  const wasm::FuncType type = callee.type();
  if (type.params != builtin.thread_type.params || type.results != builtin.thread_type.results)
    return Trap("indirect call type mismatch");
  Thread& thread =
      task.NewThread([callee, &task, context = slots[1]](Cancelled) -> wasm::Result<bool> {
        uint64_t arguments[1] = {context};
        TRY_VOID(CallAndTrapOnThrow(callee, arguments));
        TRY_VOID(task.UnregisterThread(*task.inst().store.current_thread()));
        return true;
      });
  TRY_VOID(task.RegisterThread(thread));
  slots[0] = thread.index;
  return {};
}

wasm::Result<void> CanonThreadResumeLater(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  TRY(GetSuspendedThread(*builtin.inst, slots[0]))->ResumeLater();
  return {};
}

wasm::Result<void> CanonThreadSuspend(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  return SetCancelled(builtin.inst->store.current_thread()->Suspend(builtin.cancellable), slots);
}

wasm::Result<void> CanonThreadYield(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  return SetCancelled(builtin.inst->store.current_thread()->Yield(builtin.cancellable), slots);
}

wasm::Result<void> CanonThreadSuspendThenResume(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  Thread& current = *builtin.inst->store.current_thread();
  if (current.task().DeliverPendingCancel(builtin.cancellable))
    return SetCancelled(Cancelled::kTrue, slots);
  Thread& other = *TRY(GetSuspendedThread(*builtin.inst, slots[0]));
  return SetCancelled(current.SuspendThenResume(builtin.cancellable, other), slots);
}

wasm::Result<void> CanonThreadYieldThenResume(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  Thread& current = *builtin.inst->store.current_thread();
  if (current.task().DeliverPendingCancel(builtin.cancellable))
    return SetCancelled(Cancelled::kTrue, slots);
  Thread& other = *TRY(GetSuspendedThread(*builtin.inst, slots[0]));
  return SetCancelled(current.YieldThenResume(builtin.cancellable, other), slots);
}

wasm::Result<void> CanonThreadSuspendThenPromote(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  Thread& other = *TRY(GetThread(*builtin.inst, slots[0]));
  Thread& current = *builtin.inst->store.current_thread();
  return SetCancelled(current.SuspendThenPromote(builtin.cancellable, other), slots);
}

wasm::Result<void> CanonThreadYieldThenPromote(const Builtin& builtin, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  Thread& other = *TRY(GetThread(*builtin.inst, slots[0]));
  Thread& current = *builtin.inst->store.current_thread();
  return SetCancelled(current.YieldThenPromote(builtin.cancellable, other), slots);
}

}  // namespace component::runtime
