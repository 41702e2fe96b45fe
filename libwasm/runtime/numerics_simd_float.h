// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions on floating-point lanes [exec-vunop] [exec-vbinop] [exec-vrelop], with the
// NaN and zero rules of their scalar namesakes.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_FLOAT_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_FLOAT_H_

#include <cstdint>

#include "libwasm/runtime/numerics_lanes.h"
#include "libwasm/types/v128.h"

namespace wasm::num {

// f32x4: comparisons.
constexpr V128 F32x4Eq(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) == lanes::As<float>(b));
}
constexpr V128 F32x4Ne(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) != lanes::As<float>(b));
}
constexpr V128 F32x4Lt(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) < lanes::As<float>(b));
}
constexpr V128 F32x4Gt(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) > lanes::As<float>(b));
}
constexpr V128 F32x4Le(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) <= lanes::As<float>(b));
}
constexpr V128 F32x4Ge(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) >= lanes::As<float>(b));
}

// f32x4: unary operators.
constexpr V128 F32x4Abs(V128 a) { return lanes::FAbs<float>(a); }
constexpr V128 F32x4Neg(V128 a) { return lanes::FNeg<float>(a); }
inline V128 F32x4Sqrt(V128 a) { return lanes::Pack(builtins::Sqrt(lanes::As<float>(a))); }
constexpr V128 F32x4Ceil(V128 a) { return lanes::Ceil<float>(a); }
constexpr V128 F32x4Floor(V128 a) { return lanes::Floor<float>(a); }
constexpr V128 F32x4Trunc(V128 a) { return lanes::Trunc<float>(a); }
constexpr V128 F32x4Nearest(V128 a) { return lanes::Nearest<float>(a); }

// f32x4: binary operators. The pseudo-minimum and -maximum [op-fpmin] [op-fpmax] are one
// comparison and a choice: the first operand where it is unordered, NaNs as they are.
constexpr V128 F32x4Add(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) + lanes::As<float>(b));
}
constexpr V128 F32x4Sub(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) - lanes::As<float>(b));
}
constexpr V128 F32x4Mul(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) * lanes::As<float>(b));
}
constexpr V128 F32x4Div(V128 a, V128 b) {
  return lanes::Pack(lanes::As<float>(a) / lanes::As<float>(b));
}
constexpr V128 F32x4Min(V128 a, V128 b) { return lanes::FMin<float>(a, b); }
constexpr V128 F32x4Max(V128 a, V128 b) { return lanes::FMax<float>(a, b); }
constexpr V128 F32x4Pmin(V128 a, V128 b) {
  return lanes::Select(lanes::As<float>(b) < lanes::As<float>(a), b, a);
}
constexpr V128 F32x4Pmax(V128 a, V128 b) {
  return lanes::Select(lanes::As<float>(a) < lanes::As<float>(b), b, a);
}

// f64x2: comparisons.
constexpr V128 F64x2Eq(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) == lanes::As<double>(b));
}
constexpr V128 F64x2Ne(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) != lanes::As<double>(b));
}
constexpr V128 F64x2Lt(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) < lanes::As<double>(b));
}
constexpr V128 F64x2Gt(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) > lanes::As<double>(b));
}
constexpr V128 F64x2Le(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) <= lanes::As<double>(b));
}
constexpr V128 F64x2Ge(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) >= lanes::As<double>(b));
}

// f64x2: unary operators.
constexpr V128 F64x2Abs(V128 a) { return lanes::FAbs<double>(a); }
constexpr V128 F64x2Neg(V128 a) { return lanes::FNeg<double>(a); }
inline V128 F64x2Sqrt(V128 a) { return lanes::Pack(builtins::Sqrt(lanes::As<double>(a))); }
constexpr V128 F64x2Ceil(V128 a) { return lanes::Ceil<double>(a); }
constexpr V128 F64x2Floor(V128 a) { return lanes::Floor<double>(a); }
constexpr V128 F64x2Trunc(V128 a) { return lanes::Trunc<double>(a); }
constexpr V128 F64x2Nearest(V128 a) { return lanes::Nearest<double>(a); }

// f64x2: binary operators. The pseudo-minimum and -maximum [op-fpmin] [op-fpmax] are one
// comparison and a choice: the first operand where it is unordered, NaNs as they are.
constexpr V128 F64x2Add(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) + lanes::As<double>(b));
}
constexpr V128 F64x2Sub(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) - lanes::As<double>(b));
}
constexpr V128 F64x2Mul(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) * lanes::As<double>(b));
}
constexpr V128 F64x2Div(V128 a, V128 b) {
  return lanes::Pack(lanes::As<double>(a) / lanes::As<double>(b));
}
constexpr V128 F64x2Min(V128 a, V128 b) { return lanes::FMin<double>(a, b); }
constexpr V128 F64x2Max(V128 a, V128 b) { return lanes::FMax<double>(a, b); }
constexpr V128 F64x2Pmin(V128 a, V128 b) {
  return lanes::Select(lanes::As<double>(b) < lanes::As<double>(a), b, a);
}
constexpr V128 F64x2Pmax(V128 a, V128 b) {
  return lanes::Select(lanes::As<double>(a) < lanes::As<double>(b), b, a);
}
}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_FLOAT_H_
