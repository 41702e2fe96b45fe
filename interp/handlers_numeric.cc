// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numeric instructions [exec-numeric]: each handler applies the row's function num::Name to the top
// of the stack, at each depth of cached operands.

#include "interp/handlers.h"
#include "interp/leb.h"
#include "libwasm/runtime/numerics.h"

namespace wasm::interp {

#define NUMERIC_HANDLER(D, Name, length)                  \
  HANDLER(Name##_##D) {                                   \
    using Op = Operator<&num::Name>;                      \
    const Trap trap = Op::Apply<D>(sp, r0, r1);           \
    if (Op::kTraps && trap != Trap::kNone) [[unlikely]] { \
      FLUSH(D); /* a coredump shows them */               \
      RAISE(trap);                                        \
    }                                                     \
    pc += length;                                         \
    NEXT(Op::After(D));                                   \
  }
#define NUMERIC_0x00(Name) INTERP_DEPTHS(NUMERIC_HANDLER, Name, 1)
#define NUMERIC_0xfc(Name) INTERP_DEPTHS(NUMERIC_HANDLER, Name, 2)
#define NUMERIC_0xfd(Name)
#define NUMERIC(Name, prefix, code, text, sig, Feature, flags) NUMERIC_##prefix(Name)
#include "libwasm/opcodes/instructions.def"

// Constants [exec-const].
[[gnu::always_inline]] inline uint64_t SmallConst(uint8_t byte) {  // a LEB of one byte
  return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(byte << 1)) >> 1);
}

template <int bits>
[[gnu::always_inline]] inline int64_t SignExtend(uint32_t value) {
  return static_cast<int32_t>(value << (32 - bits)) >> (32 - bits);
}

// The speed build's key tells a byte from more; there the test is not reached.
#define SHORT_CONST(D, length, value, Unsigned) \
  do {                                          \
    PUSH(D, static_cast<Unsigned>(value));      \
    pc += 1 + (length);                         \
    FETCH_APART();                              \
    NEXT(AfterPush(D));                         \
  } while (false)
// A constant of two to four bytes; of more, `otherwise`.
#define CONST_BODY(D, Unsigned, otherwise)                                              \
  do {                                                                                  \
    if (pc[2] < 0x80) SHORT_CONST(D, 2, int64_t{ReadSignedTwoBytes(pc + 1)}, Unsigned); \
    const uint32_t bits = ReadFourBytes(pc + 1);                                        \
    if (pc[3] < 0x80) SHORT_CONST(D, 3, SignExtend<21>(bits), Unsigned);                \
    if (pc[4] < 0x80) SHORT_CONST(D, 4, SignExtend<28>(bits), Unsigned);                \
    otherwise;                                                                          \
  } while (false)
// Most long ones have two bytes, or five: addresses, which linkers pad.
#define I32_CONST(D, _)                                                        \
  HANDLER(I32Const_##D##_Longer) {                                             \
    const uint32_t bits = ReadFourBytes(pc + 1);                               \
    if (pc[3] < 0x80) SHORT_CONST(D, 3, SignExtend<21>(bits), uint32_t);       \
    SHORT_CONST(D, 4, SignExtend<28>(bits), uint32_t);                         \
  }                                                                            \
  HANDLER(I32Const_##D##_Long) {                                               \
    if (pc[2] < 0x80) SHORT_CONST(D, 2, ReadSignedTwoBytes(pc + 1), uint32_t); \
    if (!IsFiveBytes(pc + 1)) TAIL(I32Const_##D##_Longer);                     \
    SHORT_CONST(D, 5, ReadFiveBytes(pc + 1), uint32_t);                        \
  }                                                                            \
  HANDLER(I32Const_##D) {                                                      \
    if (pc[1] >= 0x80) [[unlikely]]                                            \
      TAIL(I32Const_##D##_Long);                                               \
    PUSH(D, static_cast<uint32_t>(SmallConst(pc[1])));                         \
    pc += 2;                                                                   \
    NEXT(AfterPush(D));                                                        \
  }
INTERP_DEPTHS(I32_CONST, )

#ifdef TRENAIL_DISPATCH_SPEED
#define BAKED_CONST(byte, D)                          \
  HANDLER(I32Const_##D##_At##byte) {                  \
    PUSH(D, static_cast<uint32_t>(SmallConst(byte))); \
    pc += 2;                                          \
    NEXT(AfterPush(D));                               \
  }
#define BAKED_CONSTS(D, _) INTERP_BAKED_CONSTS(BAKED_CONST, D)
INTERP_DEPTHS(BAKED_CONSTS, )
#endif

#define I64_CONST(D, _)                                                                   \
  HANDLER(I64Const_##D##_Longest) {                                                       \
    uint32_t length;                                                                      \
    PUSH(D, ReadSigned64(pc + 1, &length));                                               \
    ADVANCE_BY(1, length);                                                                \
    NEXT(AfterPush(D));                                                                   \
  }                                                                                       \
  HANDLER(I64Const_##D##_Long) { CONST_BODY(D, uint64_t, TAIL(I64Const_##D##_Longest)); } \
  HANDLER(I64Const_##D) {                                                                 \
    if (pc[1] >= 0x80) [[unlikely]]                                                       \
      TAIL(I64Const_##D##_Long);                                                          \
    PUSH(D, SmallConst(pc[1]));                                                           \
    pc += 2;                                                                              \
    NEXT(AfterPush(D));                                                                   \
  }
INTERP_DEPTHS(I64_CONST, )

#define FLOAT_CONST(D, Name, Bits)    \
  HANDLER(Name##_##D) {               \
    PUSH(D, LoadBytes<Bits>(pc + 1)); \
    pc += 1 + sizeof(Bits);           \
    NEXT(AfterPush(D));               \
  }
INTERP_DEPTHS(FLOAT_CONST, F32Const, uint32_t)
INTERP_DEPTHS(FLOAT_CONST, F64Const, uint64_t)

// The wide arithmetic proposal: two results each.
#define WIDE_HANDLER(Name, params, ...)                 \
  HANDLER(Name##_0) {                                   \
    Slot* const a = sp - (params);                      \
    const num::U64Pair result = num::Name(__VA_ARGS__); \
    a[0] = result.low;                                  \
    a[1] = result.high;                                 \
    sp = a + 2;                                         \
    pc += 2;                                            \
    NEXT(0);                                            \
  }
WIDE_HANDLER(I64Add128, 4, a[0], a[1], a[2], a[3])
WIDE_HANDLER(I64Sub128, 4, a[0], a[1], a[2], a[3])
WIDE_HANDLER(I64MulWideS, 2, a[0], a[1])
WIDE_HANDLER(I64MulWideU, 2, a[0], a[1])

}  // namespace wasm::interp
