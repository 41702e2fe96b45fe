// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon resource.new], resource.drop and resource.rep.

#include <memory>

#include "libcomponent/runtime/call_core.h"
#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/lift_lower_context.h"
#include "libcomponent/runtime/resource_drop.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/task.h"

namespace component::runtime {

wasm::Result<void> DestroyResource(const ResourceType& type, uint64_t rep,
                                   ComponentInstance* caller) {
  if (type.host_dtor) return type.host_dtor(rep);
  ComponentInstance* const impl = type.impl;
  if (impl == nullptr) return {};
  if (!impl->MayEnterFrom(caller)) return Trap(kCannotEnter);
  if (!type.dtor) return {};
  const Store::Nesting nesting(impl->store);
  impl->EnterFrom(caller);
  TRY_VOID(RunAsTask(*impl, [dtor = *type.dtor, rep] {
    uint64_t slots[1] = {rep};
    return CallAndTrapOnThrow(dtor, slots);
  }));
  impl->LeaveTo(caller);
  return {};
}

wasm::Result<void> CanonResourceNew(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  slots[0] = TRY(inst.handles.Add(Handle::Of(
      ResourceHandle{.type = inst.ResourceOf(builtin.resource), .rep = slots[0], .own = true})));
  return {};
}

wasm::Result<void> CanonResourceDrop(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const auto index = static_cast<uint32_t>(slots[0]);
  ResourceHandle* handle = TRY(GetResource(inst, index, builtin.resource));
  if (handle->num_lends != 0) return Trap("cannot remove owned resource while borrowed");
  const ResourceHandle removed = std::move(inst.handles.Remove(index).resource);
  if (removed.own && removed.host != nullptr && removed.type->host_object_dtor)
    return removed.type->host_object_dtor(removed.host.get());
  if (removed.own) return DestroyResource(*removed.type, removed.rep, &inst);
  --removed.borrow_scope->num_borrows;
  return {};
}

wasm::Result<void> CanonResourceRep(const Builtin& builtin, uint64_t* slots) {
  const ResourceHandle* handle =
      TRY(GetResource(*builtin.inst, static_cast<uint32_t>(slots[0]), builtin.resource));
  slots[0] = handle->rep;
  return {};
}

}  // namespace component::runtime
