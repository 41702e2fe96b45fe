// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All that compilers disagree about in vectors. Both Clang and GCC have vector types with
// operators; where Clang also has one builtin for an operation, other compilers get the operation
// lane by lane, which is as well the constant expression for all of them.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_BUILTINS_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_BUILTINS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace wasm::num::builtins {

// GCC ignores the attribute on an alias of a dependent type, but not on a typedef.
template <typename T, size_t kBytes>
struct VectorOf {
  typedef T Type __attribute__((vector_size(kBytes)));
};

template <typename Vector>
using LaneOf = std::remove_cvref_t<decltype(Vector()[0])>;
template <typename Vector>
using LanesOf = std::array<LaneOf<Vector>, sizeof(Vector) / sizeof(LaneOf<Vector>)>;

template <typename Vector, typename Operation>
constexpr Vector Lanewise(Vector a, Vector b, Operation operation) {
  auto x = std::bit_cast<LanesOf<Vector>>(a);
  const auto y = std::bit_cast<LanesOf<Vector>>(b);
  for (size_t i = 0; i < x.size(); ++i) x[i] = operation(x[i], y[i]);
  return std::bit_cast<Vector>(x);
}

// [aux-sat] To a type narrower than int.
template <typename T>
constexpr T Saturate(int value) {
  using Limits = std::numeric_limits<T>;
  return static_cast<T>(value < Limits::min()   ? Limits::min()
                        : value > Limits::max() ? Limits::max()
                                                : value);
}

template <typename Vector>
constexpr Vector AddSat(Vector a, Vector b) {
#ifdef __clang__
  if !consteval {
    return __builtin_elementwise_add_sat(a, b);
  }
#endif
  return Lanewise(a, b, [](int x, int y) { return Saturate<LaneOf<Vector>>(x + y); });
}

template <typename Vector>
constexpr Vector SubSat(Vector a, Vector b) {
#ifdef __clang__
  if !consteval {
    return __builtin_elementwise_sub_sat(a, b);
  }
#endif
  return Lanewise(a, b, [](int x, int y) { return Saturate<LaneOf<Vector>>(x - y); });
}

// One bit for each lane of a comparison's result, lane 0 lowest.
template <typename Mask>
constexpr uint32_t Bitmask(Mask mask) {
  constexpr size_t kLanes = LanesOf<Mask>().size();
#ifdef __clang__
  if constexpr (kLanes >= 8) {
    using Booleans = bool __attribute__((ext_vector_type(kLanes)));
    using Bits = std::conditional_t<kLanes == 16, uint16_t, uint8_t>;
    return std::bit_cast<Bits>(__builtin_convertvector(mask, Booleans));
  }
#endif
  const auto lanes = std::bit_cast<LanesOf<Mask>>(mask);
  uint32_t bits = 0;
  for (size_t i = 0; i < kLanes; ++i) bits |= static_cast<uint32_t>(lanes[i] & 1) << i;
  return bits;
}

// [op-fsqrt] Of a number or a vector: the bare instruction, without libm's errno (for which GCC
// needs -fno-math-errno).
template <typename T>
inline T Sqrt(T z) {
#ifdef __clang__
  return __builtin_elementwise_sqrt(z);
#else
  if constexpr (std::is_same_v<T, float>) {
    return __builtin_sqrtf(z);
  } else if constexpr (std::is_same_v<T, double>) {
    return __builtin_sqrt(z);
  } else {
    return Lanewise(z, z, [](auto lane, auto) { return Sqrt(lane); });
  }
#endif
}

}  // namespace wasm::num::builtins

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_BUILTINS_H_
