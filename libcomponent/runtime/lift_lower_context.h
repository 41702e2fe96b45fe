// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lifting and lowering know of one side of a call [cabi:LiftLowerContext]: an instance, the
// options of a definition of it, and who answers for borrowed handles.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_LIFT_LOWER_CONTEXT_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_LIFT_LOWER_CONTEXT_H_

#include <cstdint>
#include <span>

#include "libcomponent/abi/context.h"
#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/options.h"
#include "libcomponent/runtime/trap.h"

namespace component::runtime {

class Subtask;
class Task;

class LiftLowerContext final : public abi::InstanceAccess {
 public:
  // `options` must outlive it. Parameters are lowered for a task and lifted for a subtask.
  LiftLowerContext(const CanonicalOptions& options, ComponentInstance& inst, Task* task = nullptr,
                   Subtask* subtask = nullptr)
      : options_(options), inst_(inst), task_(task), subtask_(subtask) {}

  abi::Context cx() {
    return {.instance = this, .encoding = options_.encoding, .ptr = options_.ptr};
  }
  const CanonicalOptions& options() const { return options_; }
  ComponentInstance& inst() const { return inst_; }

  std::span<uint8_t> Memory() override;
  wasm::Result<uint64_t> Reallocate(uint64_t old, uint64_t old_size, uint64_t alignment,
                                    uint64_t new_size) override;
  wasm::Result<Value> LiftOwn(uint32_t index, const ValType& type) override;
  wasm::Result<Value> LiftBorrow(uint32_t index, const ValType& type) override;
  wasm::Result<Value> LiftStream(uint32_t index, const ValType& type) override;
  wasm::Result<Value> LiftFuture(uint32_t index, const ValType& type) override;
  wasm::Result<Value> LiftErrorContext(uint32_t index) override;
  wasm::Result<uint32_t> LowerOwn(const Value& value, const ValType& type) override;
  wasm::Result<uint32_t> LowerBorrow(const Value& value, const ValType& type) override;
  wasm::Result<uint32_t> LowerStream(const Value& value, const ValType& type) override;
  wasm::Result<uint32_t> LowerFuture(const Value& value, const ValType& type) override;
  wasm::Result<uint32_t> LowerErrorContext(const Value& value) override;

 private:
  const CanonicalOptions& options_;
  ComponentInstance& inst_;
  Task* task_;
  Subtask* subtask_;
};

// The resource handle at an index of the instance's table, of the type that the id stands for.
wasm::Result<ResourceHandle*> GetResource(ComponentInstance& inst, uint32_t index, ResourceId id);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_LIFT_LOWER_CONTEXT_H_
