// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:Storing]: Values into a guest's memory. A Value that does not fit its type, which only the
// embedder can make, is an error of kind kHost.

#ifndef TRENAIL_LIBCOMPONENT_ABI_STORE_H_
#define TRENAIL_LIBCOMPONENT_ABI_STORE_H_

#include <cstdint>
#include <span>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/target.h"

namespace component::abi {

// To `ptr`, which must be aligned; memory out of bounds is a trap.
wasm::Result<void> Store(Context& cx, const Value& value, const ValType& type, uint64_t ptr);

// [cabi:store_list_into_valid_range], into a stream's or future's buffer, which must be aligned.
wasm::Result<void> StoreListIntoValidRange(Context& cx, std::span<const Value> values, uint64_t ptr,
                                           const ValType& element);

// The functions that recur, over a memory that realloc may move.
class Storer {
 public:
  explicit Storer(Context& cx) : target_(cx) {}

  Target& target() { return target_; }

  wasm::Result<void> Store(const Value& value, const ValType& type, uint64_t ptr);
  wasm::Result<Range> StoreStringIntoRange(const Value& value);
  wasm::Result<Range> StoreListIntoRange(const Value& value, const ValType& element);
  wasm::Result<void> StoreListIntoValidRange(std::span<const Value> values, uint64_t ptr,
                                             const ValType& element);
  wasm::Result<uint32_t> LowerHandle(const Value& value, const ValType& type);

 private:
  void Int(uint64_t ptr, uint64_t value, uint32_t bytes) {
    StoreInt(target_.At(ptr), value, bytes);
  }
  void StoreRange(uint64_t ptr, Range range);

  Target target_;
};

// Whether the kind, the number of items and the bits of `value` are those of `type`; its items are
// judged when they are lowered themselves.
wasm::Result<void> CheckShape(const Value& value, const ValType& type);

// The core value of a scalar, flags included: integers as i32 or i64, floats as their bits
// [cabi:lower_flat] [cabi:lower_flat_signed]. Only for such types.
uint64_t CoreValueOf(const Value& value, const ValType& type);

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_STORE_H_
