// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon subtask.cancel] and subtask.drop.

#include <memory>

#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/copy_end.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/subtask.h"

namespace component::runtime {
namespace {

wasm::Result<std::shared_ptr<Subtask>> GetSubtask(ComponentInstance& inst, uint32_t index) {
  const Handle* handle = TRY(inst.handles.Get(index));
  if (handle->kind != HandleKind::kSubtask)
    return Trap("handle index " + std::to_string(index) +
                " used with the wrong type, expected a subtask");
  return std::static_pointer_cast<Subtask>(handle->waitable);
}

}  // namespace

wasm::Result<void> CanonSubtaskCancel(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const std::shared_ptr<Subtask> subtask = TRY(GetSubtask(inst, static_cast<uint32_t>(slots[0])));
  if (subtask->resolve_delivered())
    return Trap("`subtask.cancel` called after terminal status delivered");
  if (subtask->cancellation_requested) return Trap("`subtask.cancel` called twice");
  if (subtask->in_waitable_set() && !builtin.is_async) return Trap(kWaitableInSet);
  if (!subtask->resolved()) {
    subtask->cancellation_requested = true;
    // Kept here, as the subtask forgets it when it is resolved.
    const std::shared_ptr<Cancellable> on_cancel = subtask->on_cancel;
    TRY_VOID(on_cancel->RequestCancellation(&inst));
    if (!subtask->resolved()) {
      if (builtin.is_async) {
        slots[0] = kBlocked;
        return {};
      }
      TRY_VOID(subtask->WaitForPendingEvent(*inst.store.current_thread()));
    }
  }
  slots[0] = subtask->GetPendingEvent().payload;
  return {};
}

wasm::Result<void> CanonSubtaskDrop(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const auto index = static_cast<uint32_t>(slots[0]);
  const std::shared_ptr<Subtask> subtask = TRY(GetSubtask(inst, index));
  if (!subtask->resolve_delivered())
    return Trap("cannot drop a subtask which has not yet resolved");
  inst.handles.Remove(index);
  subtask->Join(nullptr);
  return {};
}

}  // namespace component::runtime
