// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What calls need from the runtime: the function behind a table element, function references, code
// that is validated on first use, interruption and fuel. Shared by the interpreter and compiled
// code.

#ifndef TRENAIL_LIBWASM_RUNTIME_OPS_CALL_H_
#define TRENAIL_LIBWASM_RUNTIME_OPS_CALL_H_

#include <cstdint>

#include "libwasm/module/module.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/index.h"

namespace wasm::rt {

using runtime::FuncInst;
using runtime::Instance;
using runtime::Ref;
using runtime::Slot;

// Bit of Instance::poll that Store::Interrupt sets; the other bits belong to the engine.
inline constexpr uint32_t kPollInterrupt = 1;

// To be called when instance.poll is nonzero: why to stop, or kNone to go on.
[[nodiscard]] Trap Poll(Instance& instance);

// Takes `units` of fuel; kFuelExhausted (and the fuel is then 0) if there is less. Free of charge
// where fuel is not enabled. An engine that keeps the fuel elsewhere writes it back before it calls
// an operation whose cost depends on a size.
[[nodiscard]] Trap ChargeFuel(Instance& instance, uint64_t units);

// Code of a defined function, validated now if that has not happened. Null: the body is invalid;
// the error is in the thread and the engine ends with Trap::kHostError.
const CodeInfo* EnsureCode(Instance& instance, uint32_t func_index);

namespace internal {
[[gnu::cold]] Trap UninitializedElement(Instance& instance, uint64_t index);
[[gnu::noinline]] FuncInst* MakeFuncInst(Instance& instance, uint32_t func_index);
}  // namespace internal

// The canonical function instance of a function of any index [exec-ref.func]; made on first use.
inline FuncInst* FuncRef(Instance& instance, FuncIdx func) {
  FuncInst* existing = instance.functions[func.value];
  return existing != nullptr ? existing : internal::MakeFuncInst(instance, func.value);
}
inline Ref ToRef(FuncInst* func) { return reinterpret_cast<Ref>(func); }
inline FuncInst* ToFunc(Ref ref) { return reinterpret_cast<FuncInst*>(ref); }

// The callee of call_indirect [exec-call_indirect]; `type` is an index of the module.
inline OrTrap<FuncInst*> ResolveIndirect(Instance& instance, TypeIdx type, TableIdx table,
                                         uint64_t index) {
  const runtime::VMTable& elements = *instance.tables[table.value];
  if (index >= elements.size) [[unlikely]]
    return Trap::kUndefinedElement;
  FuncInst* func = ToFunc(elements.elements[index]);
  if (func == nullptr) [[unlikely]]
    return internal::UninitializedElement(instance, index);
  const TypeId expected = instance.type_ids[type.value];
  if (func->type_id != expected && !instance.types->IsSubtype(func->type_id, expected)) [[unlikely]]
    return Trap::kIndirectCallTypeMismatch;
  return func;
}

// The callee of call_ref [exec-call_ref].
inline OrTrap<FuncInst*> ResolveRef(Ref ref) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullFunctionReference;
  return ToFunc(ref);
}

}  // namespace wasm::rt

#endif  // TRENAIL_LIBWASM_RUNTIME_OPS_CALL_H_
