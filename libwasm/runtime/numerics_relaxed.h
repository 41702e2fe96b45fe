// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Relaxed vector instructions [syntax-instr-vec-relaxed]. Of the results the specification allows,
// these are always the deterministic profile's [profile-deterministic], so that a program computes
// the same on every engine and processor. In particular multiply-add is not fused: x86-64 has no
// fused instruction at baseline, and a library call would be slower than the exact instruction
// sequence it relaxes.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_RELAXED_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_RELAXED_H_

#include <cstdint>

#include "libwasm/runtime/numerics_lanes.h"
#include "libwasm/runtime/numerics_simd.h"
#include "libwasm/types/v128.h"

namespace wasm::num {

// [op-frelaxed_madd] [op-frelaxed_nmadd] The product is rounded in a call of its own, which the
// compiler may not contract with the sum.
constexpr V128 F32x4RelaxedMadd(V128 a, V128 b, V128 c) { return F32x4Add(F32x4Mul(a, b), c); }
constexpr V128 F32x4RelaxedNmadd(V128 a, V128 b, V128 c) {
  return F32x4RelaxedMadd(F32x4Neg(a), b, c);
}
constexpr V128 F64x2RelaxedMadd(V128 a, V128 b, V128 c) { return F64x2Add(F64x2Mul(a, b), c); }
constexpr V128 F64x2RelaxedNmadd(V128 a, V128 b, V128 c) {
  return F64x2RelaxedMadd(F64x2Neg(a), b, c);
}

// [op-frelaxed_min] [op-frelaxed_max]
constexpr V128 F32x4RelaxedMin(V128 a, V128 b) { return F32x4Min(a, b); }
constexpr V128 F32x4RelaxedMax(V128 a, V128 b) { return F32x4Max(a, b); }
constexpr V128 F64x2RelaxedMin(V128 a, V128 b) { return F64x2Min(a, b); }
constexpr V128 F64x2RelaxedMax(V128 a, V128 b) { return F64x2Max(a, b); }

// [op-relaxed_trunc]
constexpr V128 I32x4RelaxedTruncF32x4S(V128 a) { return I32x4TruncSatF32x4S(a); }
constexpr V128 I32x4RelaxedTruncF32x4U(V128 a) { return I32x4TruncSatF32x4U(a); }
constexpr V128 I32x4RelaxedTruncF64x2SZero(V128 a) { return I32x4TruncSatF64x2SZero(a); }
constexpr V128 I32x4RelaxedTruncF64x2UZero(V128 a) { return I32x4TruncSatF64x2UZero(a); }

// [op-ivrelaxed_swizzle] [op-irelaxed_laneselect]
constexpr V128 I8x16RelaxedSwizzle(V128 a, V128 indices) { return I8x16Swizzle(a, indices); }
constexpr V128 I8x16RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I16x8RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I32x4RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I64x2RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}

// [op-irelaxed_q15mulr_s]
constexpr V128 I16x8RelaxedQ15mulrS(V128 a, V128 b) { return I16x8Q15mulrSatS(a, b); }

// [op-irelaxed_dot] [op-ivdot_sat] Both operands are signed, and the sum of two products saturates.
constexpr V128 I16x8RelaxedDotI8x16I7x16S(V128 a, V128 b) {
  const V128 even = lanes::Pack(lanes::EvenLanes<int16_t>(a) * lanes::EvenLanes<int16_t>(b));
  const V128 odd = lanes::Pack(lanes::OddLanes<int16_t>(a) * lanes::OddLanes<int16_t>(b));
  return lanes::AddSat<int16_t>(even, odd);
}

// [op-irelaxed_dot_add]
constexpr V128 I32x4RelaxedDotI8x16I7x16AddS(V128 a, V128 b, V128 c) {
  return I32x4Add(I32x4ExtaddPairwiseI16x8S(I16x8RelaxedDotI8x16I7x16S(a, b)), c);
}
}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_RELAXED_H_
