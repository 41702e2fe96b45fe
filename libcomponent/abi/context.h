// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lifting and lowering need of one side of a call [cabi:LiftLowerContext]: a memory, a string
// encoding, and whoever keeps the instance's handles and calls its realloc. The runtime implements
// InstanceAccess; abi/ knows nothing of instances, tasks or stores.

#ifndef TRENAIL_LIBCOMPONENT_ABI_CONTEXT_H_
#define TRENAIL_LIBCOMPONENT_ABI_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <span>

#include "libcomponent/types/types.h"
#include "libcomponent/value.h"
#include "libwasm/libwasm.h"

namespace component::abi {

enum class StringEncoding : uint8_t { kUtf8, kUtf16, kLatin1Utf16 };

class InstanceAccess {
 public:
  virtual ~InstanceAccess() = default;

  // The bytes of the memory that the options name; again after anything that may grow it. Without
  // a memory: empty.
  virtual std::span<uint8_t> Memory() = 0;
  // [cabi:LiftLowerContext.reallocate]: calls the guest's realloc. What it returns is not checked.
  virtual wasm::Result<uint64_t> Reallocate(uint64_t old, uint64_t old_size, uint64_t alignment,
                                            uint64_t new_size) = 0;

  // The index of a handle to the value it stands for and back, [cabi:lift_own] and so on. `type` is
  // the whole own, borrow, stream or future type, whose resource is one of this side's component.
  virtual wasm::Result<Value> LiftOwn(uint32_t index, const ValType& type) = 0;
  virtual wasm::Result<Value> LiftBorrow(uint32_t index, const ValType& type) = 0;
  virtual wasm::Result<Value> LiftStream(uint32_t index, const ValType& type) = 0;
  virtual wasm::Result<Value> LiftFuture(uint32_t index, const ValType& type) = 0;
  virtual wasm::Result<Value> LiftErrorContext(uint32_t index) = 0;
  virtual wasm::Result<uint32_t> LowerOwn(const Value& value, const ValType& type) = 0;
  virtual wasm::Result<uint32_t> LowerBorrow(const Value& value, const ValType& type) = 0;
  virtual wasm::Result<uint32_t> LowerStream(const Value& value, const ValType& type) = 0;
  virtual wasm::Result<uint32_t> LowerFuture(const Value& value, const ValType& type) = 0;
  virtual wasm::Result<uint32_t> LowerErrorContext(const Value& value) = 0;
};

// [cabi:LiftLowerOptions] and the side they are for.
struct Context {
  InstanceAccess* instance = nullptr;
  StringEncoding encoding = StringEncoding::kUtf8;
  PtrType ptr = PtrType::kI32;  // of the memory
};

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_CONTEXT_H_
