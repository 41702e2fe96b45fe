// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions between number types [convert-ops]. C++ leaves a float that does not fit an integer
// undefined, so the range is tested before the cast, which truncates toward zero as the spec does.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_CONVERT_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_CONVERT_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "libwasm/runtime/trap.h"

namespace wasm::num {

namespace internal {

// 2^N or 2^(N-1), one more than the largest I: exact in every floating-point type.
template <typename I, typename F>
inline constexpr F kEnd = 2 * static_cast<F>(std::numeric_limits<I>::max() / 2 + 1);

// Whether z, truncated, is at least the smallest I. Between that and the next integer below there
// are floating-point values only if F is the more precise type; they truncate into the range.
template <typename I, typename F>
constexpr bool NotBelow(F z) {
  if constexpr (std::is_unsigned_v<I>) {
    return z > F{-1};
  } else if constexpr (std::numeric_limits<F>::digits > std::numeric_limits<I>::digits) {
    return z > -kEnd<I, F> - 1;
  } else {
    return z >= -kEnd<I, F>;
  }
}

// [op-trunc]
template <typename I, typename F>
constexpr OrTrap<std::make_unsigned_t<I>> TruncTo(F z) {
  if (NotBelow<I>(z) && z < kEnd<I, F>) [[likely]] {
    return static_cast<std::make_unsigned_t<I>>(static_cast<I>(z));
  }
  return z != z ? Trap::kInvalidConversion : Trap::kIntegerOverflow;
}

// [op-trunc_sat] NaN is neither at least the minimum nor equal to itself. Selects, no branches.
template <typename I, typename F>
constexpr std::make_unsigned_t<I> TruncSatTo(F z) {
  using Limits = std::numeric_limits<I>;
  const bool fits = NotBelow<I>(z) && z < kEnd<I, F>;
  const I beyond = z < F{0} ? Limits::min() : z > F{0} ? Limits::max() : I{0};
  return static_cast<std::make_unsigned_t<I>>(fits ? static_cast<I>(z) : beyond);
}

}  // namespace internal

// [op-wrap] [op-extend]
constexpr uint32_t I32WrapI64(uint64_t i) { return static_cast<uint32_t>(i); }
constexpr uint64_t I64ExtendI32S(uint32_t i) {
  return static_cast<uint64_t>(int64_t{static_cast<int32_t>(i)});
}
constexpr uint64_t I64ExtendI32U(uint32_t i) { return i; }

// [op-trunc]
constexpr OrTrap<uint32_t> I32TruncF32S(float z) { return internal::TruncTo<int32_t>(z); }
constexpr OrTrap<uint32_t> I32TruncF32U(float z) { return internal::TruncTo<uint32_t>(z); }
constexpr OrTrap<uint32_t> I32TruncF64S(double z) { return internal::TruncTo<int32_t>(z); }
constexpr OrTrap<uint32_t> I32TruncF64U(double z) { return internal::TruncTo<uint32_t>(z); }
constexpr OrTrap<uint64_t> I64TruncF32S(float z) { return internal::TruncTo<int64_t>(z); }
constexpr OrTrap<uint64_t> I64TruncF32U(float z) { return internal::TruncTo<uint64_t>(z); }
constexpr OrTrap<uint64_t> I64TruncF64S(double z) { return internal::TruncTo<int64_t>(z); }
constexpr OrTrap<uint64_t> I64TruncF64U(double z) { return internal::TruncTo<uint64_t>(z); }

// [op-trunc_sat]
constexpr uint32_t I32TruncSatF32S(float z) { return internal::TruncSatTo<int32_t>(z); }
constexpr uint32_t I32TruncSatF32U(float z) { return internal::TruncSatTo<uint32_t>(z); }
constexpr uint32_t I32TruncSatF64S(double z) { return internal::TruncSatTo<int32_t>(z); }
constexpr uint32_t I32TruncSatF64U(double z) { return internal::TruncSatTo<uint32_t>(z); }
constexpr uint64_t I64TruncSatF32S(float z) { return internal::TruncSatTo<int64_t>(z); }
constexpr uint64_t I64TruncSatF32U(float z) { return internal::TruncSatTo<uint64_t>(z); }
constexpr uint64_t I64TruncSatF64S(double z) { return internal::TruncSatTo<int64_t>(z); }
constexpr uint64_t I64TruncSatF64U(double z) { return internal::TruncSatTo<uint64_t>(z); }

// [op-convert] Rounds to nearest, ties to even.
constexpr float F32ConvertI32S(uint32_t i) { return static_cast<float>(static_cast<int32_t>(i)); }
constexpr float F32ConvertI32U(uint32_t i) { return static_cast<float>(i); }
constexpr float F32ConvertI64S(uint64_t i) { return static_cast<float>(static_cast<int64_t>(i)); }
constexpr float F32ConvertI64U(uint64_t i) { return static_cast<float>(i); }
constexpr double F64ConvertI32S(uint32_t i) { return static_cast<double>(static_cast<int32_t>(i)); }
constexpr double F64ConvertI32U(uint32_t i) { return static_cast<double>(i); }
constexpr double F64ConvertI64S(uint64_t i) { return static_cast<double>(static_cast<int64_t>(i)); }
constexpr double F64ConvertI64U(uint64_t i) { return static_cast<double>(i); }

// [op-promote] [op-demote] The processor's conversions also quiet a NaN.
constexpr float F32DemoteF64(double z) { return static_cast<float>(z); }
constexpr double F64PromoteF32(float z) { return z; }

// [op-reinterpret]
constexpr uint32_t I32ReinterpretF32(float z) { return std::bit_cast<uint32_t>(z); }
constexpr float F32ReinterpretI32(uint32_t i) { return std::bit_cast<float>(i); }
constexpr uint64_t I64ReinterpretF64(double z) { return std::bit_cast<uint64_t>(z); }
constexpr double F64ReinterpretI64(uint64_t i) { return std::bit_cast<double>(i); }

}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_CONVERT_H_
