// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon waitable-set.new], wait, poll and drop, and waitable.join.

#include <memory>

#include "libcomponent/abi/memory.h"
#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/waitable.h"

namespace component::runtime {
namespace {

wasm::Result<std::shared_ptr<WaitableSet>> GetSet(ComponentInstance& inst, uint64_t index) {
  const Handle* handle = TRY(inst.handles.Get(static_cast<uint32_t>(index)));
  if (handle->kind != HandleKind::kWaitableSet)
    return Trap("handle index " + std::to_string(index) +
                " used with the wrong type, expected a waitable set");
  return handle->waitable_set;
}

// [cabi:unpack_event]
wasm::Result<void> UnpackEvent(const Builtin& builtin, uint64_t ptr, const Event& event,
                               uint64_t* slots) {
  const std::span<uint8_t> memory = builtin.options.memory->data();
  if (!abi::IsAligned(ptr, 4)) return Trap("waitable-set: unaligned pointer");
  if (!abi::InBounds(memory.size(), ptr, 8))
    return Trap("waitable-set: pointer out of bounds of memory");
  abi::StoreInt(memory.data() + ptr, event.index, 4);
  abi::StoreInt(memory.data() + ptr + 4, event.payload, 4);
  slots[0] = static_cast<uint64_t>(event.code);
  return {};
}

}  // namespace

wasm::Result<void> CanonWaitableSetNew(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  slots[0] = TRY(inst.handles.Add(Handle::Of(std::make_shared<WaitableSet>())));
  return {};
}

wasm::Result<void> CanonWaitableSetWait(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const std::shared_ptr<WaitableSet> set = TRY(GetSet(inst, slots[0]));
  const Event event = TRY(set->WaitForEvent(*inst.store.current_thread(), builtin.cancellable));
  return UnpackEvent(builtin, slots[1], event, slots);
}

wasm::Result<void> CanonWaitableSetPoll(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const std::shared_ptr<WaitableSet> set = TRY(GetSet(inst, slots[0]));
  const Event event = set->Poll(*inst.store.current_thread(), builtin.cancellable);
  return UnpackEvent(builtin, slots[1], event, slots);
}

wasm::Result<void> CanonWaitableSetDrop(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  TRY_VOID(TRY(GetSet(inst, slots[0]))->CheckDrop());
  inst.handles.Remove(static_cast<uint32_t>(slots[0]));
  return {};
}

wasm::Result<void> CanonWaitableJoin(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const auto index = static_cast<uint32_t>(slots[0]);
  const Handle* handle = TRY(inst.handles.Get(index));
  if (handle->waitable == nullptr)
    return Trap("handle index " + std::to_string(index) +
                " used with the wrong type, expected a waitable");
  const std::shared_ptr<Waitable> waitable = handle->waitable;
  if (waitable->has_sync_waiter())
    return Trap("waitable cannot be added to a waitable set while used synchronously");
  const auto set_index = static_cast<uint32_t>(slots[1]);
  waitable->Join(set_index == 0 ? nullptr : TRY(GetSet(inst, set_index)).get());
  return {};
}

}  // namespace component::runtime
