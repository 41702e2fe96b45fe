// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic memory instructions of the threads proposal: sequentially consistent accesses to memory
// that may be shared, and the wait queues behind memory.atomic.wait and notify. The address is
// given as the popped index and the constant offset, whose sum may need more than 64 bits.

#ifndef TRENAIL_LIBWASM_RUNTIME_OPS_ATOMIC_H_
#define TRENAIL_LIBWASM_RUNTIME_OPS_ATOMIC_H_

#include <cstdint>

#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/index.h"

namespace wasm::rt {

using runtime::Instance;

namespace internal {
// The place of an access of `size` bytes. Misalignment is noticed first, as in the official suite.
inline OrTrap<uint8_t*> AtomicAddress(Instance& instance, MemIdx memory, uint64_t index,
                                      uint64_t offset, uint32_t size) {
  const runtime::VMMemory& vm = *instance.memories[memory.value];
  uint64_t address;
  const bool overflow = __builtin_add_overflow(index, offset, &address);
  if ((address & (size - 1)) != 0) [[unlikely]]
    return Trap::kUnalignedAtomic;
  const uint64_t bytes = vm.size.load(std::memory_order_acquire);
  if (overflow || size > bytes || address > bytes - size) [[unlikely]]
    return Trap::kMemoryOutOfBounds;
  return vm.base + address;
}
}  // namespace internal

// T is the unsigned type in memory; results are zero-extended by the caller.
template <typename T>
OrTrap<T> AtomicLoad(Instance& instance, MemIdx memory, uint64_t index, uint64_t offset) {
  const auto at = internal::AtomicAddress(instance, memory, index, offset, sizeof(T));
  if (!at.ok()) [[unlikely]]
    return at.trap;
  return __atomic_load_n(reinterpret_cast<T*>(at.value), __ATOMIC_SEQ_CST);
}

template <typename T>
[[nodiscard]] Trap AtomicStore(Instance& instance, MemIdx memory, uint64_t index, uint64_t offset,
                               T value) {
  const auto at = internal::AtomicAddress(instance, memory, index, offset, sizeof(T));
  if (!at.ok()) [[unlikely]]
    return at.trap;
  __atomic_store_n(reinterpret_cast<T*>(at.value), value, __ATOMIC_SEQ_CST);
  return Trap::kNone;
}

// The operators of the ATOMIC_RMW rows, by the names in the table.
namespace rmw {
#define WASM_RMW(Name, builtin)                      \
  struct Name {                                      \
    template <typename T>                            \
    static T Apply(T* at, T operand) {               \
      return builtin(at, operand, __ATOMIC_SEQ_CST); \
    }                                                \
  };
WASM_RMW(Add, __atomic_fetch_add)
WASM_RMW(Sub, __atomic_fetch_sub)
WASM_RMW(And, __atomic_fetch_and)
WASM_RMW(Or, __atomic_fetch_or)
WASM_RMW(Xor, __atomic_fetch_xor)
WASM_RMW(Xchg, __atomic_exchange_n)
#undef WASM_RMW
}  // namespace rmw

// The value before: AtomicRmw<uint8_t, rmw::Add>(…).
template <typename T, typename Operator>
OrTrap<T> AtomicRmw(Instance& instance, MemIdx memory, uint64_t index, uint64_t offset, T operand) {
  const auto at = internal::AtomicAddress(instance, memory, index, offset, sizeof(T));
  if (!at.ok()) [[unlikely]]
    return at.trap;
  return Operator::Apply(reinterpret_cast<T*>(at.value), operand);
}

// `expected` in the full width of the operand: a narrow access compares the zero-extended value
// with all of it, so that an `expected` too large for T never matches.
template <typename T, typename Operand>
OrTrap<T> AtomicCmpxchg(Instance& instance, MemIdx memory, uint64_t index, uint64_t offset,
                        Operand expected, Operand replacement) {
  const auto at = internal::AtomicAddress(instance, memory, index, offset, sizeof(T));
  if (!at.ok()) [[unlikely]]
    return at.trap;
  T* place = reinterpret_cast<T*>(at.value);
  T old = static_cast<T>(expected);
  if (old != expected) return __atomic_load_n(place, __ATOMIC_SEQ_CST);
  __atomic_compare_exchange_n(place, &old, static_cast<T>(replacement), false, __ATOMIC_SEQ_CST,
                              __ATOMIC_SEQ_CST);
  return old;
}

// The number of woken agents.
OrTrap<uint32_t> MemoryAtomicNotify(Instance& instance, MemIdx memory, uint64_t index,
                                    uint64_t offset, uint32_t count);
// 0: woken, 1: the value was another, 2: `timeout` nanoseconds passed (negative: never). Ends with
// the interrupt's trap when the store is interrupted.
OrTrap<uint32_t> MemoryAtomicWait32(Instance& instance, MemIdx memory, uint64_t index,
                                    uint64_t offset, uint32_t expected, int64_t timeout);
OrTrap<uint32_t> MemoryAtomicWait64(Instance& instance, MemIdx memory, uint64_t index,
                                    uint64_t offset, uint64_t expected, int64_t timeout);

// Makes waits of `thread` look at its interrupt; thread-safe.
void WakeInterruptedWaiters(const runtime::VMThread* thread);

}  // namespace wasm::rt

#endif  // TRENAIL_LIBWASM_RUNTIME_OPS_ATOMIC_H_
