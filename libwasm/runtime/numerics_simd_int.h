// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions on whole vectors (v128.*) and on integer lanes: bitwise, tests, comparisons,
// shifts, arithmetic and its saturating, widening and pairwise forms [exec-vbinop]
// [exec-vextbinop].

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_INT_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_INT_H_

#include <cstdint>

#include "libwasm/runtime/numerics_lanes.h"
#include "libwasm/types/v128.h"

namespace wasm::num {

// [exec-vvunop] [exec-vvbinop] [exec-vvternop] [exec-vvtestop] [op-ibitselect]
constexpr V128 V128Not(V128 a) { return lanes::Pack(~lanes::As<uint64_t>(a)); }
constexpr V128 V128And(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint64_t>(a) & lanes::As<uint64_t>(b));
}
constexpr V128 V128Andnot(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint64_t>(a) & ~lanes::As<uint64_t>(b));
}
constexpr V128 V128Or(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint64_t>(a) | lanes::As<uint64_t>(b));
}
constexpr V128 V128Xor(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint64_t>(a) ^ lanes::As<uint64_t>(b));
}
constexpr V128 V128Bitselect(V128 a, V128 b, V128 mask) {
  return lanes::Pack(
      lanes::Select(lanes::As<uint64_t>(mask), lanes::As<uint64_t>(a), lanes::As<uint64_t>(b)));
}
constexpr uint32_t V128AnyTrue(V128 a) {
  const auto words = a.Lanes<uint64_t>();
  return (words[0] | words[1]) != 0;
}

// i8x16: tests and comparisons [exec-vtestop] [exec-vbitmask] [exec-vrelop].
constexpr uint32_t I8x16AllTrue(V128 a) { return lanes::AllTrue<uint8_t>(a); }
constexpr uint32_t I8x16Bitmask(V128 a) { return lanes::Bitmask<uint8_t>(a); }
constexpr V128 I8x16Eq(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint8_t>(a) == lanes::As<uint8_t>(b));
}
constexpr V128 I8x16Ne(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint8_t>(a) != lanes::As<uint8_t>(b));
}
constexpr V128 I8x16LtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int8_t>(a) < lanes::As<int8_t>(b));
}
constexpr V128 I8x16LtU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint8_t>(a) < lanes::As<uint8_t>(b));
}
constexpr V128 I8x16GtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int8_t>(a) > lanes::As<int8_t>(b));
}
constexpr V128 I8x16GtU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint8_t>(a) > lanes::As<uint8_t>(b));
}
constexpr V128 I8x16LeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int8_t>(a) <= lanes::As<int8_t>(b));
}
constexpr V128 I8x16LeU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint8_t>(a) <= lanes::As<uint8_t>(b));
}
constexpr V128 I8x16GeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int8_t>(a) >= lanes::As<int8_t>(b));
}
constexpr V128 I8x16GeU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint8_t>(a) >= lanes::As<uint8_t>(b));
}

// i8x16: shifts, modulo 8 [exec-vshiftop], and arithmetic [exec-vunop] [exec-vbinop].
constexpr V128 I8x16Shl(V128 a, uint32_t count) { return lanes::Shl<uint8_t>(a, count); }
constexpr V128 I8x16ShrS(V128 a, uint32_t count) { return lanes::Shr<int8_t>(a, count); }
constexpr V128 I8x16ShrU(V128 a, uint32_t count) { return lanes::Shr<uint8_t>(a, count); }
constexpr V128 I8x16Abs(V128 a) { return lanes::Abs<uint8_t>(a); }
constexpr V128 I8x16Neg(V128 a) { return lanes::Neg<uint8_t>(a); }
constexpr V128 I8x16Add(V128 a, V128 b) { return lanes::Add<uint8_t>(a, b); }
constexpr V128 I8x16Sub(V128 a, V128 b) { return lanes::Sub<uint8_t>(a, b); }
constexpr V128 I8x16MinS(V128 a, V128 b) { return lanes::Min<int8_t>(a, b); }
constexpr V128 I8x16MinU(V128 a, V128 b) { return lanes::Min<uint8_t>(a, b); }
constexpr V128 I8x16MaxS(V128 a, V128 b) { return lanes::Max<int8_t>(a, b); }
constexpr V128 I8x16MaxU(V128 a, V128 b) { return lanes::Max<uint8_t>(a, b); }

// i8x16: saturation and rounding average [op-iadd_sat] [op-isub_sat] [op-iavgr].
constexpr V128 I8x16AddSatS(V128 a, V128 b) { return lanes::AddSat<int8_t>(a, b); }
constexpr V128 I8x16AddSatU(V128 a, V128 b) { return lanes::AddSat<uint8_t>(a, b); }
constexpr V128 I8x16SubSatS(V128 a, V128 b) { return lanes::SubSat<int8_t>(a, b); }
constexpr V128 I8x16SubSatU(V128 a, V128 b) { return lanes::SubSat<uint8_t>(a, b); }
constexpr V128 I8x16AvgrU(V128 a, V128 b) { return lanes::Avgr<uint8_t>(a, b); }

// [op-ipopcnt] Bits summed in pairs, in fours, in eights.
constexpr V128 I8x16Popcnt(V128 a) {
  using Bytes = lanes::Vec<uint8_t>;
  const auto shifted = [](Bytes bytes, uint8_t count) { return bytes >> count; };
  const auto masked = [](Bytes bytes, uint8_t mask) { return bytes & mask; };
  const Bytes bits = lanes::As<uint8_t>(a);
  const Bytes pairs = bits - masked(shifted(bits, 1), 0x55);
  const Bytes fours = masked(pairs, 0x33) + masked(shifted(pairs, 2), 0x33);
  return lanes::Pack(masked(fours + shifted(fours, 4), 0x0f));
}

// i16x8: tests and comparisons [exec-vtestop] [exec-vbitmask] [exec-vrelop].
constexpr uint32_t I16x8AllTrue(V128 a) { return lanes::AllTrue<uint16_t>(a); }
constexpr uint32_t I16x8Bitmask(V128 a) { return lanes::Bitmask<uint16_t>(a); }
constexpr V128 I16x8Eq(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint16_t>(a) == lanes::As<uint16_t>(b));
}
constexpr V128 I16x8Ne(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint16_t>(a) != lanes::As<uint16_t>(b));
}
constexpr V128 I16x8LtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int16_t>(a) < lanes::As<int16_t>(b));
}
constexpr V128 I16x8LtU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint16_t>(a) < lanes::As<uint16_t>(b));
}
constexpr V128 I16x8GtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int16_t>(a) > lanes::As<int16_t>(b));
}
constexpr V128 I16x8GtU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint16_t>(a) > lanes::As<uint16_t>(b));
}
constexpr V128 I16x8LeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int16_t>(a) <= lanes::As<int16_t>(b));
}
constexpr V128 I16x8LeU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint16_t>(a) <= lanes::As<uint16_t>(b));
}
constexpr V128 I16x8GeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int16_t>(a) >= lanes::As<int16_t>(b));
}
constexpr V128 I16x8GeU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint16_t>(a) >= lanes::As<uint16_t>(b));
}

// i16x8: shifts, modulo 16 [exec-vshiftop], and arithmetic [exec-vunop] [exec-vbinop].
constexpr V128 I16x8Shl(V128 a, uint32_t count) { return lanes::Shl<uint16_t>(a, count); }
constexpr V128 I16x8ShrS(V128 a, uint32_t count) { return lanes::Shr<int16_t>(a, count); }
constexpr V128 I16x8ShrU(V128 a, uint32_t count) { return lanes::Shr<uint16_t>(a, count); }
constexpr V128 I16x8Abs(V128 a) { return lanes::Abs<uint16_t>(a); }
constexpr V128 I16x8Neg(V128 a) { return lanes::Neg<uint16_t>(a); }
constexpr V128 I16x8Add(V128 a, V128 b) { return lanes::Add<uint16_t>(a, b); }
constexpr V128 I16x8Sub(V128 a, V128 b) { return lanes::Sub<uint16_t>(a, b); }
constexpr V128 I16x8Mul(V128 a, V128 b) { return lanes::Mul<uint16_t>(a, b); }
constexpr V128 I16x8MinS(V128 a, V128 b) { return lanes::Min<int16_t>(a, b); }
constexpr V128 I16x8MinU(V128 a, V128 b) { return lanes::Min<uint16_t>(a, b); }
constexpr V128 I16x8MaxS(V128 a, V128 b) { return lanes::Max<int16_t>(a, b); }
constexpr V128 I16x8MaxU(V128 a, V128 b) { return lanes::Max<uint16_t>(a, b); }

// i16x8: saturation and rounding average [op-iadd_sat] [op-isub_sat] [op-iavgr].
constexpr V128 I16x8AddSatS(V128 a, V128 b) { return lanes::AddSat<int16_t>(a, b); }
constexpr V128 I16x8AddSatU(V128 a, V128 b) { return lanes::AddSat<uint16_t>(a, b); }
constexpr V128 I16x8SubSatS(V128 a, V128 b) { return lanes::SubSat<int16_t>(a, b); }
constexpr V128 I16x8SubSatU(V128 a, V128 b) { return lanes::SubSat<uint16_t>(a, b); }
constexpr V128 I16x8AvgrU(V128 a, V128 b) { return lanes::Avgr<uint16_t>(a, b); }

// [op-iq15mulrsat] Only -1 * -1 overflows: 0x8000, which nothing else yields, saturates to 0x7fff.
constexpr V128 I16x8Q15mulrSatS(V128 a, V128 b) {
  using Wide = int32_t __attribute__((vector_size(32)));
  const Wide x = __builtin_convertvector(lanes::As<int16_t>(a), Wide);
  const Wide y = __builtin_convertvector(lanes::As<int16_t>(b), Wide);
  const Wide rounded = (x * y + 0x4000) >> 15;
  const lanes::Vec<uint16_t> result = __builtin_convertvector(rounded, lanes::Vec<uint16_t>);
  const V128 overflowed = lanes::Pack(result == static_cast<uint16_t>(0x8000));
  return lanes::Pack(result ^ lanes::As<uint16_t>(overflowed));
}

// i32x4: tests and comparisons [exec-vtestop] [exec-vbitmask] [exec-vrelop].
constexpr uint32_t I32x4AllTrue(V128 a) { return lanes::AllTrue<uint32_t>(a); }
constexpr uint32_t I32x4Bitmask(V128 a) { return lanes::Bitmask<uint32_t>(a); }
constexpr V128 I32x4Eq(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint32_t>(a) == lanes::As<uint32_t>(b));
}
constexpr V128 I32x4Ne(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint32_t>(a) != lanes::As<uint32_t>(b));
}
constexpr V128 I32x4LtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int32_t>(a) < lanes::As<int32_t>(b));
}
constexpr V128 I32x4LtU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint32_t>(a) < lanes::As<uint32_t>(b));
}
constexpr V128 I32x4GtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int32_t>(a) > lanes::As<int32_t>(b));
}
constexpr V128 I32x4GtU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint32_t>(a) > lanes::As<uint32_t>(b));
}
constexpr V128 I32x4LeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int32_t>(a) <= lanes::As<int32_t>(b));
}
constexpr V128 I32x4LeU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint32_t>(a) <= lanes::As<uint32_t>(b));
}
constexpr V128 I32x4GeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int32_t>(a) >= lanes::As<int32_t>(b));
}
constexpr V128 I32x4GeU(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint32_t>(a) >= lanes::As<uint32_t>(b));
}

// i32x4: shifts, modulo 32 [exec-vshiftop], and arithmetic [exec-vunop] [exec-vbinop].
constexpr V128 I32x4Shl(V128 a, uint32_t count) { return lanes::Shl<uint32_t>(a, count); }
constexpr V128 I32x4ShrS(V128 a, uint32_t count) { return lanes::Shr<int32_t>(a, count); }
constexpr V128 I32x4ShrU(V128 a, uint32_t count) { return lanes::Shr<uint32_t>(a, count); }
constexpr V128 I32x4Abs(V128 a) { return lanes::Abs<uint32_t>(a); }
constexpr V128 I32x4Neg(V128 a) { return lanes::Neg<uint32_t>(a); }
constexpr V128 I32x4Add(V128 a, V128 b) { return lanes::Add<uint32_t>(a, b); }
constexpr V128 I32x4Sub(V128 a, V128 b) { return lanes::Sub<uint32_t>(a, b); }
constexpr V128 I32x4Mul(V128 a, V128 b) { return lanes::Mul<uint32_t>(a, b); }
constexpr V128 I32x4MinS(V128 a, V128 b) { return lanes::Min<int32_t>(a, b); }
constexpr V128 I32x4MinU(V128 a, V128 b) { return lanes::Min<uint32_t>(a, b); }
constexpr V128 I32x4MaxS(V128 a, V128 b) { return lanes::Max<int32_t>(a, b); }
constexpr V128 I32x4MaxU(V128 a, V128 b) { return lanes::Max<uint32_t>(a, b); }

// i64x2: tests and comparisons [exec-vtestop] [exec-vbitmask] [exec-vrelop].
constexpr uint32_t I64x2AllTrue(V128 a) { return lanes::AllTrue<uint64_t>(a); }
constexpr uint32_t I64x2Bitmask(V128 a) { return lanes::Bitmask<uint64_t>(a); }
constexpr V128 I64x2Eq(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint64_t>(a) == lanes::As<uint64_t>(b));
}
constexpr V128 I64x2Ne(V128 a, V128 b) {
  return lanes::Pack(lanes::As<uint64_t>(a) != lanes::As<uint64_t>(b));
}
constexpr V128 I64x2LtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int64_t>(a) < lanes::As<int64_t>(b));
}
constexpr V128 I64x2GtS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int64_t>(a) > lanes::As<int64_t>(b));
}
constexpr V128 I64x2LeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int64_t>(a) <= lanes::As<int64_t>(b));
}
constexpr V128 I64x2GeS(V128 a, V128 b) {
  return lanes::Pack(lanes::As<int64_t>(a) >= lanes::As<int64_t>(b));
}

// i64x2: shifts, modulo 64 [exec-vshiftop], and arithmetic [exec-vunop] [exec-vbinop].
constexpr V128 I64x2Shl(V128 a, uint32_t count) { return lanes::Shl<uint64_t>(a, count); }
constexpr V128 I64x2ShrS(V128 a, uint32_t count) { return lanes::Shr<int64_t>(a, count); }
constexpr V128 I64x2ShrU(V128 a, uint32_t count) { return lanes::Shr<uint64_t>(a, count); }
constexpr V128 I64x2Abs(V128 a) { return lanes::Abs<uint64_t>(a); }
constexpr V128 I64x2Neg(V128 a) { return lanes::Neg<uint64_t>(a); }
constexpr V128 I64x2Add(V128 a, V128 b) { return lanes::Add<uint64_t>(a, b); }
constexpr V128 I64x2Sub(V128 a, V128 b) { return lanes::Sub<uint64_t>(a, b); }
constexpr V128 I64x2Mul(V128 a, V128 b) { return lanes::Mul<uint64_t>(a, b); }

// [op-ivmul] [op-ivadd_pairwise] [op-ivdot] From lanes of half the width; no product overflows.
constexpr V128 I16x8ExtmulLowI8x16S(V128 a, V128 b) {
  return lanes::Mul<int16_t>(lanes::ExtendLow<int16_t, int8_t>(a),
                             lanes::ExtendLow<int16_t, int8_t>(b));
}
constexpr V128 I16x8ExtmulLowI8x16U(V128 a, V128 b) {
  return lanes::Mul<uint16_t>(lanes::ExtendLow<uint16_t, uint8_t>(a),
                              lanes::ExtendLow<uint16_t, uint8_t>(b));
}
constexpr V128 I16x8ExtmulHighI8x16S(V128 a, V128 b) {
  return lanes::Mul<int16_t>(lanes::ExtendHigh<int16_t, int8_t>(a),
                             lanes::ExtendHigh<int16_t, int8_t>(b));
}
constexpr V128 I16x8ExtmulHighI8x16U(V128 a, V128 b) {
  return lanes::Mul<uint16_t>(lanes::ExtendHigh<uint16_t, uint8_t>(a),
                              lanes::ExtendHigh<uint16_t, uint8_t>(b));
}
constexpr V128 I16x8ExtaddPairwiseI8x16S(V128 a) { return lanes::ExtaddPairwise<int16_t>(a); }
constexpr V128 I16x8ExtaddPairwiseI8x16U(V128 a) { return lanes::ExtaddPairwise<uint16_t>(a); }
constexpr V128 I32x4ExtmulLowI16x8S(V128 a, V128 b) {
  return lanes::Mul<int32_t>(lanes::ExtendLow<int32_t, int16_t>(a),
                             lanes::ExtendLow<int32_t, int16_t>(b));
}
constexpr V128 I32x4ExtmulLowI16x8U(V128 a, V128 b) {
  return lanes::Mul<uint32_t>(lanes::ExtendLow<uint32_t, uint16_t>(a),
                              lanes::ExtendLow<uint32_t, uint16_t>(b));
}
constexpr V128 I32x4ExtmulHighI16x8S(V128 a, V128 b) {
  return lanes::Mul<int32_t>(lanes::ExtendHigh<int32_t, int16_t>(a),
                             lanes::ExtendHigh<int32_t, int16_t>(b));
}
constexpr V128 I32x4ExtmulHighI16x8U(V128 a, V128 b) {
  return lanes::Mul<uint32_t>(lanes::ExtendHigh<uint32_t, uint16_t>(a),
                              lanes::ExtendHigh<uint32_t, uint16_t>(b));
}
constexpr V128 I32x4ExtaddPairwiseI16x8S(V128 a) { return lanes::ExtaddPairwise<int32_t>(a); }
constexpr V128 I32x4ExtaddPairwiseI16x8U(V128 a) { return lanes::ExtaddPairwise<uint32_t>(a); }
constexpr V128 I32x4DotI16x8S(V128 a, V128 b) { return lanes::Dot<int32_t>(a, b); }
constexpr V128 I64x2ExtmulLowI32x4S(V128 a, V128 b) {
  return lanes::Mul<int64_t>(lanes::ExtendLow<int64_t, int32_t>(a),
                             lanes::ExtendLow<int64_t, int32_t>(b));
}
constexpr V128 I64x2ExtmulLowI32x4U(V128 a, V128 b) {
  return lanes::Mul<uint64_t>(lanes::ExtendLow<uint64_t, uint32_t>(a),
                              lanes::ExtendLow<uint64_t, uint32_t>(b));
}
constexpr V128 I64x2ExtmulHighI32x4S(V128 a, V128 b) {
  return lanes::Mul<int64_t>(lanes::ExtendHigh<int64_t, int32_t>(a),
                             lanes::ExtendHigh<int64_t, int32_t>(b));
}
constexpr V128 I64x2ExtmulHighI32x4U(V128 a, V128 b) {
  return lanes::Mul<uint64_t>(lanes::ExtendHigh<uint64_t, uint32_t>(a),
                              lanes::ExtendHigh<uint64_t, uint32_t>(b));
}
}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_INT_H_
