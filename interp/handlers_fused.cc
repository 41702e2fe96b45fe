// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pairs of instructions with one handler (speed build), for the pairs that tuning.h lists. pc[1] is
// the second instruction, pc[2] its immediate. What does not fit the fast form (a long immediate,
// an access out of bounds) goes to the handler of the first instruction alone, which has done
// nothing yet: the second then runs by itself.

#include "interp/control.h"
#include "interp/handlers.h"
#include "interp/memory_access.h"
#include "libwasm/runtime/numerics.h"

#ifdef TRENAIL_DISPATCH_SPEED

namespace wasm::interp {

#define FUSED_HANDLER(D, First, Second) HANDLER(First##_##Second##_##D)
// The value of the first instruction; the operands are gone, at depth `after`.
#define FIRST_VALUE(D, First)                                          \
  using Op = Operator<&num::First>;                                    \
  constexpr int after = AfterPop(D, Op::kPopped);                      \
  const uint64_t value = ToSlot(Op::template Evaluate<D>(sp, r0, r1)); \
  POP(D, Op::kPopped)

#define FUSED_LOCAL_SET(D, First)                                                       \
  FUSED_HANDLER(D, First, LocalSet) {                                                   \
    const uint32_t index = pc[2];                                                       \
    if (index >= 0x80) [[unlikely]]                                                     \
      TAIL(First##_##D);                                                                \
    FIRST_VALUE(D, First);                                                              \
    locals[index] = value;                                                              \
    pc += 3;                                                                            \
    NEXT(after);                                                                        \
  }                                                                                     \
  FUSED_HANDLER(D, First, LocalTee) {                                                   \
    const uint32_t index = pc[2];                                                       \
    if (index >= 0x80) [[unlikely]]                                                     \
      TAIL(First##_##D);                                                                \
    FIRST_VALUE(D, First);                                                              \
    locals[index] = value;                                                              \
    PUSH(after, value);                                                                 \
    pc += 3;                                                                            \
    NEXT(AfterPush(after));                                                             \
  }                                                                                     \
  FUSED_HANDLER(D, First, LocalGet) {                                                   \
    const uint32_t index = pc[2];                                                       \
    if (index >= 0x80) [[unlikely]]                                                     \
      TAIL(First##_##D);                                                                \
    FIRST_VALUE(D, First);                                                              \
    PUSH(after, value);                                                                 \
    PUSH(AfterPush(after), locals[index]);                                              \
    pc += 3;                                                                            \
    NEXT(2);                                                                            \
  }                                                                                     \
  FUSED_HANDLER(D, First, I32Const) {                                                   \
    const uint8_t byte = pc[2];                                                         \
    if (byte >= 0x80) [[unlikely]]                                                      \
      TAIL(First##_##D);                                                                \
    FIRST_VALUE(D, First);                                                              \
    PUSH(after, value);                                                                 \
    PUSH(AfterPush(after), static_cast<uint32_t>(static_cast<int8_t>(byte << 1) >> 1)); \
    pc += 3;                                                                            \
    NEXT(2);                                                                            \
  }
#define FUSED_WITH_LOCALS(First, _) INTERP_DEPTHS(FUSED_LOCAL_SET, First)

// The last operator of a function, or of a call's last argument.
#define FUSED_LAST(D, First)                                                   \
  FUSED_HANDLER(D, First, End) {                                               \
    FIRST_VALUE(D, First);                                                     \
    PUSH(after, value);                                                        \
    pc += 1;                                                                   \
    if (pc + 1 == frame->code->code_end) TAIL_DEPTH(Return, AfterPush(after)); \
    pc += 1;                                                                   \
    NEXT(AfterPush(after));                                                    \
  }                                                                            \
  FUSED_HANDLER(D, First, Call) {                                              \
    FIRST_VALUE(D, First);                                                     \
    FLUSH(after);                                                              \
    *sp++ = value;                                                             \
    pc += 1;                                                                   \
    if (pc[1] >= 0x80) TAIL(CallLong);                                         \
    TAIL(Call_0);                                                              \
  }
#define FUSED_LASTS(First, _) INTERP_DEPTHS(FUSED_LAST, First)
DECLARE_HANDLER(CallLong);
INTERP_ALU(FUSED_LASTS, )
INTERP_ALU(FUSED_WITH_LOCALS, )

template <typename MemType>
using LoadResult = std::conditional_t<sizeof(MemType) == 8, uint64_t, uint32_t>;
#define FUSED_LOAD(D, First, Second, MemType)                                          \
  FUSED_HANDLER(D, First, Second) {                                                    \
    if (!IsShortMemArg(pc + 2)) [[unlikely]]                                           \
      TAIL(First##_##D);                                                               \
    using Op = Operator<&num::First>;                                                  \
    constexpr int after = AfterPop(D, Op::kPopped);                                    \
    const uint64_t address = uint64_t{Op::Evaluate<D>(sp, r0, r1)} + pc[3];            \
    if (MaybeOutOfBounds(mem, address)) [[unlikely]]                                   \
      TAIL(First##_##D);                                                               \
    POP(D, Op::kPopped);                                                               \
    PUSH(after, Extend<LoadResult<MemType>>(LoadBytes<MemType>(mem->base + address))); \
    pc += 4;                                                                           \
    NEXT(AfterPush(after));                                                            \
  }
#define FUSED_LOADS_OF(Second, MemType, First) INTERP_DEPTHS(FUSED_LOAD, First, Second, MemType)
#define FUSED_LOADS(First, _) INTERP_HOT_LOADS(FUSED_LOADS_OF, First)
INTERP_ADDRESS_ALU(FUSED_LOADS, )

#define FUSED_ALU(D, First, Second)                       \
  FUSED_HANDLER(D, First, Second) {                       \
    using A = Operator<&num::First>;                      \
    using B = Operator<&num::Second>;                     \
    [[maybe_unused]] Trap trap = A::Apply<D>(sp, r0, r1); \
    trap = B::Apply<A::After(D)>(sp, r0, r1);             \
    pc += 2;                                              \
    NEXT(B::After(A::After(D)));                          \
  }
#define FUSED_ALU32_WITH(Second, First) INTERP_DEPTHS(FUSED_ALU, First, Second)
#define FUSED_ALU32(First, _) INTERP_ALU32_SECOND(FUSED_ALU32_WITH, First)
#define FUSED_ALU64(First, _) INTERP_ALU64_SECOND(FUSED_ALU32_WITH, First)
#define FUSED_ALUF(First, _) INTERP_ALUF_SECOND(FUSED_ALU32_WITH, First)
#define FUSED_ALUG(First, _) INTERP_ALUG_SECOND(FUSED_ALU32_WITH, First)
INTERP_ALU32_FIRST(FUSED_ALU32, )
INTERP_ALU64_FIRST(FUSED_ALU64, )
INTERP_ALUF_FIRST(FUSED_ALUF, )
INTERP_ALUG_FIRST(FUSED_ALUG, )

#define FUSED_CONDITION(D, First)                                       \
  FUSED_HANDLER(D, First, BrIf) {                                       \
    using Op = Operator<&num::First>;                                   \
    const bool condition = Op::Evaluate<D>(sp, r0, r1) != 0;            \
    POP(D, Op::kPopped);                                                \
    BR_IF_BODY(AfterPop(D, Op::kPopped), condition, pc + 1);            \
  }                                                                     \
  FUSED_HANDLER(D, First, If) {                                         \
    using Op = Operator<&num::First>;                                   \
    const bool condition = Op::Evaluate<D>(sp, r0, r1) != 0;            \
    POP(D, Op::kPopped);                                                \
    IF_BODY(AfterPop(D, Op::kPopped), condition, pc + 1);               \
  }                                                                     \
  FUSED_HANDLER(D, First, Select) {                                     \
    using Op = Operator<&num::First>;                                   \
    constexpr int after = AfterPop(D, Op::kPopped);                     \
    const bool condition = Op::Evaluate<D>(sp, r0, r1) != 0;            \
    POP(D, Op::kPopped);                                                \
    const uint64_t value = condition ? PEEK(after, 1) : PEEK(after, 0); \
    POP(after, 2);                                                      \
    PUSH(AfterPop(after, 2), value);                                    \
    pc += 2;                                                            \
    NEXT(AfterPush(AfterPop(after, 2)));                                \
  }                                                                     \
  FUSED_ALU(D, First, I32Eqz)
#define FUSED_CONDITIONS(First, _) INTERP_DEPTHS(FUSED_CONDITION, First)
INTERP_CONDITIONS(FUSED_CONDITIONS, )

// A block header whose block type is known to be one byte: the second byte of the key said so. Runs
// of headers, as before a br_table, are skipped at once.
#define SKIP_TWO(D, _)                                                       \
  HANDLER(ShortBlock_##D) {                                                  \
    constexpr uint64_t kFourBlocks = 0x4002400240024002;                     \
    do {                                                                     \
      pc += 2;                                                               \
      while (LoadBytes<uint64_t>(pc) == kFourBlocks) pc += 8;                \
    } while (LoadBytes<uint16_t>(pc) == static_cast<uint16_t>(kFourBlocks)); \
    NEXT(D);                                                                 \
  }
INTERP_DEPTHS(SKIP_TWO, )

}  // namespace wasm::interp

#endif  // TRENAIL_DISPATCH_SPEED
