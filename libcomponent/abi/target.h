// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The side that a value is stored into: its memory as it is now, and how to get room in it.

#ifndef TRENAIL_LIBCOMPONENT_ABI_TARGET_H_
#define TRENAIL_LIBCOMPONENT_ABI_TARGET_H_

#include <cstdint>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/memory.h"
#include "libcomponent/abi/traps.h"

namespace component::abi {

class Target {
 public:
  explicit Target(Context& cx) : cx_(cx), memory_(cx.instance->Memory()) {}

  Context& cx() const { return cx_; }
  InstanceAccess& instance() const { return *cx_.instance; }
  PtrType ptr() const { return cx_.ptr; }
  // Only until the next Reallocate.
  Bytes memory() const { return memory_; }
  uint8_t* At(uint64_t ptr) const { return memory_.data() + ptr; }

  // [cabi:LiftLowerContext.reallocate], and the checks that follow it everywhere.
  wasm::Result<uint64_t> Reallocate(uint64_t old, uint64_t old_size, uint32_t alignment,
                                    uint64_t new_size, const char* out_of_bounds) {
    const uint64_t ptr = TRY(cx_.instance->Reallocate(old, old_size, alignment, new_size));
    memory_ = cx_.instance->Memory();
    if (!IsAligned(ptr, alignment)) return Trap(kReallocUnaligned);
    if (!InBounds(memory_.size(), ptr, new_size)) return Trap(out_of_bounds);
    return ptr;
  }
  wasm::Result<uint64_t> Allocate(uint32_t alignment, uint64_t size, const char* out_of_bounds) {
    return Reallocate(0, 0, alignment, size, out_of_bounds);
  }

 private:
  Context& cx_;
  Bytes memory_;
};

// Where the elements of a list or the code units of a string are.
struct Range {
  uint64_t ptr = 0;
  uint64_t length = 0;  // elements, or tagged code units
};

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_TARGET_H_
