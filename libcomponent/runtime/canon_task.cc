// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon context.get] and set, backpressure.inc and dec, task.return and task.cancel.

#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/lift_lower_context.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/task.h"

namespace component::runtime {
namespace {

constexpr uint32_t kMaxBackpressure = uint32_t{1} << 16;

}  // namespace

wasm::Result<void> CanonContextGet(const Builtin& builtin, uint64_t* slots) {
  slots[0] = builtin.inst->store.current_thread()->storage[builtin.slot];
  return {};
}

wasm::Result<void> CanonContextSet(const Builtin& builtin, uint64_t* slots) {
  builtin.inst->store.current_thread()->storage[builtin.slot] = slots[0];
  return {};
}

wasm::Result<void> CanonBackpressureInc(const Builtin& builtin, uint64_t*) {
  if (++builtin.inst->backpressure == kMaxBackpressure)
    return Trap("backpressure counter overflow");
  return {};
}

wasm::Result<void> CanonBackpressureDec(const Builtin& builtin, uint64_t*) {
  if (builtin.inst->backpressure == 0) return Trap("backpressure counter underflow");
  --builtin.inst->backpressure;
  return {};
}

wasm::Result<void> CanonTaskReturn(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  Task& task = inst.store.current_thread()->task();
  if (!inst.may_leave) return Trap(kCannotLeave);
  const ValType* const result = builtin.results.empty() ? nullptr : builtin.results.front();
  if (!task.options().is_async ||
      !ComponentInstance::SameType(inst, result, inst, task.type().result) ||
      !builtin.options.LiftsAs(task.options()))
    return Trap("invalid `task.return` signature and/or options for current task");
  LiftLowerContext context(builtin.options, inst, &task);
  abi::Context cx = context.cx();
  return task.Return(cx, kMaxFlatParams, {slots, builtin.num_params}, builtin.results);
}

wasm::Result<void> CanonTaskCancel(const Builtin& builtin, uint64_t*) {
  Task& task = builtin.inst->store.current_thread()->task();
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  if (!task.options().is_async)
    return Trap("invalid `task.cancel` for current task: it is not an async-lifted one");
  return task.Cancel();
}

}  // namespace component::runtime
