// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating-point instructions [float-ops]. Arithmetic is the processor's: IEEE 754, rounding to
// nearest, and NaN results that are quiet, and canonical when the operands' NaNs are [aux-nans].
// What C++ leaves open (minimum, maximum, rounding to an integral value, sign bits) is written out
// over the bits, so that it needs no libm, no SSE4.1, and vectorises. Never compile with
// -ffast-math.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_FLOAT_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_FLOAT_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "libwasm/runtime/numerics_builtins.h"

namespace wasm::num {

namespace internal {

template <typename F>
using FloatBits = std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t>;

template <typename F>
inline constexpr FloatBits<F> kSignBit = FloatBits<F>{1} << (8 * sizeof(F) - 1);

// Set in quiet NaNs: the highest bit of the significand.
template <typename F>
inline constexpr FloatBits<F> kQuietBit = FloatBits<F>{1} << (std::numeric_limits<F>::digits - 2);

// 2^23 or 2^52: from this magnitude on, every value is integral.
template <typename F>
inline constexpr F kAllIntegral = FloatBits<F>{1} << (std::numeric_limits<F>::digits - 1);

template <typename F>
constexpr FloatBits<F> BitsOf(F z) {
  return std::bit_cast<FloatBits<F>>(z);
}

template <typename F>
constexpr F Quiet(F nan) {
  return std::bit_cast<F>(BitsOf(nan) | kQuietBit<F>);
}

// [op-fabs] [op-fneg] [op-fcopysign] Operations on the sign bit: a NaN's payload stays as it is.
template <typename F>
constexpr F Abs(F z) {
  return std::bit_cast<F>(BitsOf(z) & ~kSignBit<F>);
}
template <typename F>
constexpr F Neg(F z) {
  return std::bit_cast<F>(BitsOf(z) ^ kSignBit<F>);
}
template <typename F>
constexpr F Copysign(F a, F b) {
  return std::bit_cast<F>((BitsOf(a) & ~kSignBit<F>) | (BitsOf(b) & kSignBit<F>));
}

// [op-fmin] [op-fmax] Equal operands are the same value or zeros, whose signs the bits combine.
template <typename F>
constexpr F Min(F a, F b) {
  if (a != a || b != b) return Quiet(a != a ? a : b);
  return a == b ? std::bit_cast<F>(BitsOf(a) | BitsOf(b)) : a < b ? a : b;
}
template <typename F>
constexpr F Max(F a, F b) {
  if (a != a || b != b) return Quiet(a != a ? a : b);
  return a == b ? std::bit_cast<F>(BitsOf(a) & BitsOf(b)) : a > b ? a : b;
}

// What rounding makes of infinities, NaNs and large values, for which HasFraction is false.
template <typename F>
constexpr bool HasFraction(F z) {
  return Abs(z) < kAllIntegral<F>;
}
template <typename F>
constexpr F Unrounded(F z) {
  return z != z ? Quiet(z) : z;
}

// Adding 2^23 (2^52) leaves no bit for a fraction: the sum rounds to nearest, ties to even.
template <typename F>
constexpr F RoundMagnitude(F magnitude) {
  const F sum = magnitude + kAllIntegral<F>;
  return sum - kAllIntegral<F>;
}

// [op-fnearest]
template <typename F>
constexpr F Nearest(F z) {
  if (!HasFraction(z)) return Unrounded(z);
  return Copysign(RoundMagnitude(Abs(z)), z);
}

// [op-fceil] [op-ffloor] [op-ftrunc] The nearest integral value, corrected by one where it lies on
// the wrong side. Copysign restores the sign of a zero result.
template <typename F>
constexpr F Ceil(F z) {
  if (!HasFraction(z)) return Unrounded(z);
  const F nearest = Copysign(RoundMagnitude(Abs(z)), z);
  return Copysign(nearest < z ? nearest + F{1} : nearest, z);
}
template <typename F>
constexpr F Floor(F z) {
  if (!HasFraction(z)) return Unrounded(z);
  const F nearest = Copysign(RoundMagnitude(Abs(z)), z);
  return Copysign(nearest > z ? nearest - F{1} : nearest, z);
}
template <typename F>
constexpr F Trunc(F z) {
  if (!HasFraction(z)) return Unrounded(z);
  const F nearest = RoundMagnitude(Abs(z));
  return Copysign(nearest > Abs(z) ? nearest - F{1} : nearest, z);
}

}  // namespace internal

// f32: unary operators.
constexpr float F32Abs(float z) { return internal::Abs(z); }
constexpr float F32Neg(float z) { return internal::Neg(z); }
constexpr float F32Ceil(float z) { return internal::Ceil(z); }
constexpr float F32Floor(float z) { return internal::Floor(z); }
constexpr float F32Trunc(float z) { return internal::Trunc(z); }
constexpr float F32Nearest(float z) { return internal::Nearest(z); }
inline float F32Sqrt(float z) { return builtins::Sqrt(z); }  // [op-fsqrt]

// f32: binary operators [op-fadd] [op-fsub] [op-fmul] [op-fdiv].
constexpr float F32Add(float a, float b) { return a + b; }
constexpr float F32Sub(float a, float b) { return a - b; }
constexpr float F32Mul(float a, float b) { return a * b; }
constexpr float F32Div(float a, float b) { return a / b; }
constexpr float F32Min(float a, float b) { return internal::Min(a, b); }
constexpr float F32Max(float a, float b) { return internal::Max(a, b); }
constexpr float F32Copysign(float a, float b) { return internal::Copysign(a, b); }

// f32: comparisons [op-feq] [op-fne] [op-flt] [op-fgt] [op-fle] [op-fge].
constexpr uint32_t F32Eq(float a, float b) { return a == b; }
constexpr uint32_t F32Ne(float a, float b) { return a != b; }
constexpr uint32_t F32Lt(float a, float b) { return a < b; }
constexpr uint32_t F32Gt(float a, float b) { return a > b; }
constexpr uint32_t F32Le(float a, float b) { return a <= b; }
constexpr uint32_t F32Ge(float a, float b) { return a >= b; }

// f64: unary operators.
constexpr double F64Abs(double z) { return internal::Abs(z); }
constexpr double F64Neg(double z) { return internal::Neg(z); }
constexpr double F64Ceil(double z) { return internal::Ceil(z); }
constexpr double F64Floor(double z) { return internal::Floor(z); }
constexpr double F64Trunc(double z) { return internal::Trunc(z); }
constexpr double F64Nearest(double z) { return internal::Nearest(z); }
inline double F64Sqrt(double z) { return builtins::Sqrt(z); }  // [op-fsqrt]

// f64: binary operators [op-fadd] [op-fsub] [op-fmul] [op-fdiv].
constexpr double F64Add(double a, double b) { return a + b; }
constexpr double F64Sub(double a, double b) { return a - b; }
constexpr double F64Mul(double a, double b) { return a * b; }
constexpr double F64Div(double a, double b) { return a / b; }
constexpr double F64Min(double a, double b) { return internal::Min(a, b); }
constexpr double F64Max(double a, double b) { return internal::Max(a, b); }
constexpr double F64Copysign(double a, double b) { return internal::Copysign(a, b); }

// f64: comparisons [op-feq] [op-fne] [op-flt] [op-fgt] [op-fle] [op-fge].
constexpr uint32_t F64Eq(double a, double b) { return a == b; }
constexpr uint32_t F64Ne(double a, double b) { return a != b; }
constexpr uint32_t F64Lt(double a, double b) { return a < b; }
constexpr uint32_t F64Gt(double a, double b) { return a > b; }
constexpr uint32_t F64Le(double a, double b) { return a <= b; }
constexpr uint32_t F64Ge(double a, double b) { return a >= b; }

}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_FLOAT_H_
