// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:Flat Lifting]: Values out of core values. A core value is a slot of 64 bits whose lower
// half holds an i32 or f32, so the coercions of [cabi:lift_flat_variant] are reads of the lower
// half.

#ifndef TRENAIL_LIBCOMPONENT_ABI_LIFT_FLAT_H_
#define TRENAIL_LIBCOMPONENT_ABI_LIFT_FLAT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/flatten.h"
#include "libcomponent/abi/memory.h"

namespace component::abi {

// [cabi:CoreValueIter]
class CoreValueIter {
 public:
  explicit CoreValueIter(std::span<const uint64_t> slots) : slots_(slots) {}

  uint64_t Next64() {
    WASM_CHECK(at_ < slots_.size());
    return slots_[at_++];
  }
  uint32_t Next32() { return static_cast<uint32_t>(Next64()); }
  uint64_t NextPtr(PtrType ptr) { return ptr == PtrType::kI32 ? Next32() : Next64(); }
  size_t at() const { return at_; }
  void Seek(size_t at) { at_ = at; }

 private:
  std::span<const uint64_t> slots_;
  size_t at_ = 0;
};

// [cabi:lift_flat]. The slots must be as many as the type has.
wasm::Result<Value> LiftFlat(Context& cx, CoreValueIter& vi, const ValType& type);

// [cabi:lift_flat_values]: from the slots, or if they would be more than `max_flat`, from the tuple
// in memory that the first one points to.
wasm::Result<std::vector<Value>> LiftFlatValues(Context& cx, uint32_t max_flat, CoreValueIter& vi,
                                                Types types);
wasm::Result<std::vector<Value>> LiftFlatValues(Context& cx, uint32_t max_flat,
                                                std::span<const uint64_t> flat, Types types);

// Alignment and bounds of the tuple that a core value points to.
wasm::Result<void> CheckTuple(Bytes memory, uint64_t ptr, const TupleLayout& tuple);

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_LIFT_FLAT_H_
