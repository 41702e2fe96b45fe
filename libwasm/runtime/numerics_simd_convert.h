// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions between lane types [exec-vcvtop] [exec-vnarrow].

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_CONVERT_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_CONVERT_H_

#include <cstdint>

#include "libwasm/runtime/numerics_convert.h"
#include "libwasm/runtime/numerics_lanes.h"
#include "libwasm/types/v128.h"

namespace wasm::num {

// [op-extend]
constexpr V128 I16x8ExtendLowI8x16S(V128 a) { return lanes::ExtendLow<int16_t, int8_t>(a); }
constexpr V128 I16x8ExtendLowI8x16U(V128 a) { return lanes::ExtendLow<uint16_t, uint8_t>(a); }
constexpr V128 I16x8ExtendHighI8x16S(V128 a) { return lanes::ExtendHigh<int16_t, int8_t>(a); }
constexpr V128 I16x8ExtendHighI8x16U(V128 a) { return lanes::ExtendHigh<uint16_t, uint8_t>(a); }
constexpr V128 I32x4ExtendLowI16x8S(V128 a) { return lanes::ExtendLow<int32_t, int16_t>(a); }
constexpr V128 I32x4ExtendLowI16x8U(V128 a) { return lanes::ExtendLow<uint32_t, uint16_t>(a); }
constexpr V128 I32x4ExtendHighI16x8S(V128 a) { return lanes::ExtendHigh<int32_t, int16_t>(a); }
constexpr V128 I32x4ExtendHighI16x8U(V128 a) { return lanes::ExtendHigh<uint32_t, uint16_t>(a); }
constexpr V128 I64x2ExtendLowI32x4S(V128 a) { return lanes::ExtendLow<int64_t, int32_t>(a); }
constexpr V128 I64x2ExtendLowI32x4U(V128 a) { return lanes::ExtendLow<uint64_t, uint32_t>(a); }
constexpr V128 I64x2ExtendHighI32x4S(V128 a) { return lanes::ExtendHigh<int64_t, int32_t>(a); }
constexpr V128 I64x2ExtendHighI32x4U(V128 a) { return lanes::ExtendHigh<uint64_t, uint32_t>(a); }

// [op-vnarrow] The operands' lanes are signed even where the result is not.
constexpr V128 I8x16NarrowI16x8S(V128 a, V128 b) { return lanes::Narrow<int8_t>(a, b); }
constexpr V128 I8x16NarrowI16x8U(V128 a, V128 b) { return lanes::Narrow<uint8_t>(a, b); }
constexpr V128 I16x8NarrowI32x4S(V128 a, V128 b) { return lanes::Narrow<int16_t>(a, b); }
constexpr V128 I16x8NarrowI32x4U(V128 a, V128 b) { return lanes::Narrow<uint16_t>(a, b); }

// [op-trunc_sat] The f64x2 forms leave the two high lanes zero.
constexpr V128 I32x4TruncSatF32x4S(V128 a) {
  return lanes::Map<I32TruncSatF32S, float, uint32_t>(a);
}
constexpr V128 I32x4TruncSatF32x4U(V128 a) {
  return lanes::Map<I32TruncSatF32U, float, uint32_t>(a);
}
constexpr V128 I32x4TruncSatF64x2SZero(V128 a) {
  return lanes::Map<I32TruncSatF64S, double, uint32_t>(a);
}
constexpr V128 I32x4TruncSatF64x2UZero(V128 a) {
  return lanes::Map<I32TruncSatF64U, double, uint32_t>(a);
}

// [op-convert]
constexpr V128 F32x4ConvertI32x4S(V128 a) {
  return lanes::Pack(__builtin_convertvector(lanes::As<int32_t>(a), lanes::Vec<float>));
}
constexpr V128 F32x4ConvertI32x4U(V128 a) {
  return lanes::Pack(__builtin_convertvector(lanes::As<uint32_t>(a), lanes::Vec<float>));
}
constexpr V128 F64x2ConvertLowI32x4S(V128 a) {
  return lanes::Pack(__builtin_convertvector(lanes::LowHalf<int32_t>(a), lanes::Vec<double>));
}
constexpr V128 F64x2ConvertLowI32x4U(V128 a) {
  return lanes::Pack(__builtin_convertvector(lanes::LowHalf<uint32_t>(a), lanes::Vec<double>));
}

// [op-demote] [op-promote]
constexpr V128 F32x4DemoteF64x2Zero(V128 a) { return lanes::Map<F32DemoteF64, double, float>(a); }
constexpr V128 F64x2PromoteLowF32x4(V128 a) { return lanes::Map<F64PromoteF32, float, double>(a); }
}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_CONVERT_H_
