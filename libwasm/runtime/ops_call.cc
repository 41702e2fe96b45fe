// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The uncommon halves of calls. Code is validated at most once per module, whichever instance comes
// first; the module publishes it for all of them.

#include "libwasm/runtime/ops_call.h"

#include <utility>

#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/instance.h"

namespace wasm::rt {

Trap Poll(Instance& instance) { return instance.thread->interrupt.load(std::memory_order_acquire); }

Trap ChargeFuel(Instance& instance, uint64_t units) {
  runtime::VMThread& thread = *instance.thread;
  if (!thread.fuel_enabled) return Trap::kNone;
  if (units > thread.fuel) {
    thread.fuel = 0;
    return Trap::kFuelExhausted;
  }
  thread.fuel -= units;
  return Trap::kNone;
}

const CodeInfo* EnsureCode(Instance& instance, uint32_t func_index) {
  const ValidatedModule& module = instance.data->validated();
  if (const CodeInfo* code = module.code(FuncIdx(func_index)); code != nullptr) return code;
  if (module.body_validator == nullptr) {
    runtime::FailWith(*instance.thread,
                      Error(ErrorKind::kHost, "the module's code has not been validated"));
    return nullptr;
  }
  Result<const CodeInfo*> code = module.body_validator->ValidateBody(module, FuncIdx(func_index));
  if (!code.has_value()) {
    runtime::FailWith(*instance.thread, std::move(code.error()));
    return nullptr;
  }
  return *code;
}

namespace internal {

Trap UninitializedElement(Instance& instance, uint64_t index) {
  instance.thread->trap_detail = index;
  return Trap::kUninitializedElement;
}

FuncInst* MakeFuncInst(Instance& instance, uint32_t func_index) {
  return instance.data->MakeFuncInst(func_index);
}

}  // namespace internal
}  // namespace wasm::rt
