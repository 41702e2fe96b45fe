// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Accesses to linear memory [exec-load-val] [exec-store-val]: the fast form, for memory 0 with
// 32-bit addresses and an offset of one byte, and the exact one for every memarg.

#ifndef TRENAIL_INTERP_MEMORY_ACCESS_H_
#define TRENAIL_INTERP_MEMORY_ACCESS_H_

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "interp/dispatch.h"
#include "interp/stack.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/support/reader.h"

namespace wasm::interp {

// The names of value types in the rows of the table.
struct RowType {
  using i32 = uint32_t;
  using i64 = uint64_t;
  using f32 = uint32_t;  // floats travel as bits
  using f64 = uint64_t;
  using v128 = V128;
};
template <typename T>
using MemoryBits = std::conditional_t<std::is_same_v<T, float>, uint32_t,
                                      std::conditional_t<std::is_same_v<T, double>, uint64_t, T>>;

// What a load pushes: `raw`, a MemType, extended to the row's type.
template <typename Type, typename MemType>
[[gnu::always_inline]] inline uint64_t Extend(MemType raw) {
  return static_cast<Type>(raw);
}

// True if the memarg at `at` is an alignment with no memory index and an offset, one byte each.
[[gnu::always_inline]] inline bool IsShortMemArg(const uint8_t* at) {
  return (LoadBytes<uint16_t>(at) & 0x80c0) == 0;
}

// Bounds check of an access of up to eight bytes at a 32-bit address plus an offset: true if it may
// be outside, which the exact form then decides. An ordinary load, as compilers do not fold an
// atomic one into the comparison; memories only grow, so that any value it may see is right.
[[gnu::always_inline]] inline bool MaybeOutOfBounds(const VMMemory* mem, uint64_t address) {
  return address >= LoadBytes<uint64_t>(&mem->fast_size);
}

// The exact form: where an access with this memarg and popped index lies, or null.
inline uint8_t* Locate(const Instance* instance, const imm::MemArg& memarg, uint64_t index,
                       uint32_t size) {
  const VMMemory* memory = instance->memories[memarg.memory.value];
  uint64_t address;
  if (__builtin_add_overflow(index, memarg.offset, &address)) return nullptr;
  const uint64_t bytes = memory->size.load(std::memory_order_relaxed);
  if (size > bytes || address > bytes - size) return nullptr;
  return memory->base + address;
}

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_MEMORY_ACCESS_H_
