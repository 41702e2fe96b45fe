// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic instructions of the threads proposal, made from the table's rows, at depth 0.

#include "interp/handlers.h"
#include "interp/memory_access.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/ops_atomic.h"

namespace wasm::interp {

// Immediate m, operands from a on; the number behind the prefix takes one byte (see LongPrefix).
#define ATOMIC_HANDLER(Name, operands, ...)                           \
  HANDLER(Name##_0) {                                                 \
    TrustedReader reader(pc + 2);                                     \
    const imm::MemArg m = imm::Read(reader, imm::Tag<imm::MemArg>()); \
    Slot* const a = sp - (operands);                                  \
    __VA_ARGS__                                                       \
    pc = reader.position();                                           \
    NEXT(0);                                                          \
  }
#define ATOMIC_RESULT(...)           \
  const auto result = (__VA_ARGS__); \
  if (!result.ok()) [[unlikely]]     \
    RAISE(result.trap);              \
  a[0] = result.value;               \
  sp = a + 1;

#define ATOMIC_LOAD(Name, prefix, code, text, type, MemType, Feature) \
  ATOMIC_HANDLER(Name, 1,                                             \
                 ATOMIC_RESULT(rt::AtomicLoad<MemType>(*instance, m.memory, a[0], m.offset)))
#define ATOMIC_STORE(Name, prefix, code, text, type, MemType, Feature)                             \
  ATOMIC_HANDLER(Name, 2, {                                                                        \
    const Trap trap =                                                                              \
        rt::AtomicStore<MemType>(*instance, m.memory, a[0], m.offset, static_cast<MemType>(a[1])); \
    if (trap != Trap::kNone) [[unlikely]]                                                          \
      RAISE(trap);                                                                                 \
    sp = a;                                                                                        \
  })
#define ATOMIC_RMW(Name, prefix, code, text, type, MemType, Operator, Feature) \
  ATOMIC_HANDLER(Name, 2,                                                      \
                 {ATOMIC_RESULT(rt::AtomicRmw<MemType, rt::rmw::Operator>(     \
                     *instance, m.memory, a[0], m.offset, static_cast<MemType>(a[1])))})
#define ATOMIC_CMPXCHG(Name, prefix, code, text, type, MemType, Feature)                    \
  ATOMIC_HANDLER(Name, 3,                                                                   \
                 {ATOMIC_RESULT(rt::AtomicCmpxchg<MemType, RowType::type>(                  \
                     *instance, m.memory, a[0], m.offset, static_cast<RowType::type>(a[1]), \
                     static_cast<RowType::type>(a[2])))})
#include "libwasm/opcodes/instructions.def"

ATOMIC_HANDLER(MemoryAtomicNotify, 2,
               {ATOMIC_RESULT(rt::MemoryAtomicNotify(*instance, m.memory, a[0], m.offset,
                                                     static_cast<uint32_t>(a[1])))})
ATOMIC_HANDLER(MemoryAtomicWait32, 3, {
  SYNC();
  ATOMIC_RESULT(rt::MemoryAtomicWait32(*instance, m.memory, a[0], m.offset,
                                       static_cast<uint32_t>(a[1]), static_cast<int64_t>(a[2])))
})
ATOMIC_HANDLER(MemoryAtomicWait64, 3, {
  SYNC();
  ATOMIC_RESULT(
      rt::MemoryAtomicWait64(*instance, m.memory, a[0], m.offset, a[1], static_cast<int64_t>(a[2])))
})

HANDLER(AtomicFence_0) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  pc += 3;
  NEXT(0);
}

}  // namespace wasm::interp
