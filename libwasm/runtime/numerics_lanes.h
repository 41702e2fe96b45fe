// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lanewise building blocks, over a lane type T: what `T x N.op` instructions share. They are
// written with the compiler's vector types, which become the target's vector instructions (SSE2,
// NEON) without naming them. Integer lanes are unsigned unless an operation looks at the sign.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_LANES_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_LANES_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "libwasm/runtime/numerics_builtins.h"
#include "libwasm/runtime/numerics_float.h"
#include "libwasm/types/v128.h"

namespace wasm::num::lanes {

template <typename T>
using Vec = typename builtins::VectorOf<T, 16>::Type;
template <typename T>
using HalfVec = typename builtins::VectorOf<T, 8>::Type;

// A lane as bits, and the next wider lane of the same kind.
template <typename T>
using Bits =
    std::conditional_t<sizeof(T) == 1, uint8_t,
                       std::conditional_t<sizeof(T) == 2, uint16_t,
                                          std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>>;
template <typename T>
using WiderInt = std::conditional_t<sizeof(T) == 1, int16_t,
                                    std::conditional_t<sizeof(T) == 2, int32_t, int64_t>>;
template <typename T>
using Wider =
    std::conditional_t<std::is_signed_v<T>, WiderInt<T>, std::make_unsigned_t<WiderInt<T>>>;

template <typename T>
inline constexpr int kLanes = 16 / sizeof(T);
template <typename T>
inline constexpr int kLaneBits = 8 * sizeof(T);

template <typename T>
constexpr Vec<T> As(V128 a) {
  return std::bit_cast<Vec<T>>(a.bytes);
}
template <typename Vector>
constexpr V128 Pack(Vector vector) {
  return V128{std::bit_cast<std::array<uint8_t, 16>>(vector)};
}

template <typename T>
constexpr HalfVec<T> LowHalf(V128 a) {
  return std::bit_cast<HalfVec<T>>(a.Lanes<uint64_t>()[0]);
}
template <typename T>
constexpr HalfVec<T> HighHalf(V128 a) {
  return std::bit_cast<HalfVec<T>>(a.Lanes<uint64_t>()[1]);
}
template <typename Half>
constexpr V128 Join(Half low, Half high) {
  return V128::FromLanes<uint64_t>({std::bit_cast<uint64_t>(low), std::bit_cast<uint64_t>(high)});
}

// Bits of a where the mask has ones, of b elsewhere; a lane of a comparison's mask is all or
// nothing.
template <typename Mask, typename Vector>
constexpr Vector Select(Mask mask, Vector a, Vector b) {
  using Word = Vec<uint64_t>;
  const Word m = std::bit_cast<Word>(mask);
  return std::bit_cast<Vector>((std::bit_cast<Word>(a) & m) | (std::bit_cast<Word>(b) & ~m));
}

// Lane access [op-vec]. Validation bounds the index; the mask makes that hold here too.
template <typename T>
constexpr V128 Splat(T value) {
  std::array<T, kLanes<T>> lanes;
  lanes.fill(value);
  return V128::FromLanes<T>(lanes);
}
template <typename T>
constexpr T Extract(V128 a, uint8_t lane) {
  return a.Lanes<T>()[lane & (kLanes<T> - 1)];
}
template <typename T>
constexpr V128 Replace(V128 a, uint8_t lane, T value) {
  auto lanes = a.Lanes<T>();
  lanes[lane & (kLanes<T> - 1)] = value;
  return V128::FromLanes<T>(lanes);
}

// For conversions with no vector form: a scalar instruction over the first lanes, zeros after them.
template <auto kOp, typename From, typename To>
constexpr V128 Map(V128 a) {
  const auto from = a.Lanes<From>();
  std::array<To, kLanes<To>> to{};
  constexpr size_t kCount = from.size() < to.size() ? from.size() : to.size();
  for (size_t i = 0; i < kCount; ++i) to[i] = kOp(from[i]);
  return V128::FromLanes<To>(to);
}

// Integers.

template <typename T>
constexpr V128 Add(V128 a, V128 b) {
  return Pack(As<T>(a) + As<T>(b));
}
template <typename T>
constexpr V128 Sub(V128 a, V128 b) {
  return Pack(As<T>(a) - As<T>(b));
}
template <typename T>
constexpr V128 Mul(V128 a, V128 b) {
  return Pack(As<T>(a) * As<T>(b));
}
template <typename T>
constexpr V128 Neg(V128 a) {
  return Pack(-As<T>(a));
}

// [op-iabs] The smallest value wraps to itself.
template <typename T>
constexpr V128 Abs(V128 a) {
  const Vec<T> bits = As<T>(a);
  return Pack(Select(As<std::make_signed_t<T>>(a) < 0, -bits, bits));
}

template <typename T>
constexpr V128 Min(V128 a, V128 b) {
  return Pack(Select(As<T>(a) < As<T>(b), As<T>(a), As<T>(b)));
}
template <typename T>
constexpr V128 Max(V128 a, V128 b) {
  return Pack(Select(As<T>(a) > As<T>(b), As<T>(a), As<T>(b)));
}

// The count is taken modulo the lane's width. Shr extends the sign of a signed T.
template <typename T>
constexpr V128 Shl(V128 a, uint32_t count) {
  return Pack(As<T>(a) << static_cast<T>(count & (kLaneBits<T> - 1)));
}
template <typename T>
constexpr V128 Shr(V128 a, uint32_t count) {
  return Pack(As<T>(a) >> static_cast<T>(count & (kLaneBits<T> - 1)));
}

template <typename T>
constexpr V128 AddSat(V128 a, V128 b) {
  return Pack(builtins::AddSat(As<T>(a), As<T>(b)));
}
template <typename T>
constexpr V128 SubSat(V128 a, V128 b) {
  return Pack(builtins::SubSat(As<T>(a), As<T>(b)));
}

// [op-iavgr] The average rounded up, without the ninth bit: a + b = 2 (a | b) - (a ^ b).
template <typename T>
constexpr V128 Avgr(V128 a, V128 b) {
  return Pack((As<T>(a) | As<T>(b)) - ((As<T>(a) ^ As<T>(b)) >> static_cast<T>(1)));
}

// [op-ivbitmask] The lanes' sign bits, lane 0 lowest.
template <typename T>
constexpr uint32_t Bitmask(V128 a) {
  return builtins::Bitmask(As<std::make_signed_t<T>>(a) < 0);
}
template <typename T>
constexpr uint32_t AllTrue(V128 a) {
  return Bitmask<T>(Pack(As<T>(a) == 0)) == 0;
}

// Widening and narrowing. W is the wide lane; a signed one extends the sign.

template <typename W, typename T>
constexpr V128 ExtendLow(V128 a) {
  return Pack(__builtin_convertvector(LowHalf<T>(a), Vec<W>));
}
template <typename W, typename T>
constexpr V128 ExtendHigh(V128 a) {
  return Pack(__builtin_convertvector(HighHalf<T>(a), Vec<W>));
}

// The even and odd lanes of half W's width, extended. FAST: shifts instead of shuffles.
template <typename W>
constexpr Vec<W> EvenLanes(V128 a) {
  constexpr int kHalf = kLaneBits<W> / 2;
  return std::bit_cast<Vec<W>>(As<Bits<W>>(a) << static_cast<Bits<W>>(kHalf)) >>
         static_cast<W>(kHalf);
}
template <typename W>
constexpr Vec<W> OddLanes(V128 a) {
  return As<W>(a) >> static_cast<W>(kLaneBits<W> / 2);
}

template <typename W>
constexpr V128 ExtaddPairwise(V128 a) {
  return Pack(EvenLanes<W>(a) + OddLanes<W>(a));
}

// [op-ivdot] The products fit W; their sum wraps.
template <typename W>
constexpr V128 Dot(V128 a, V128 b) {
  const V128 even = Pack(EvenLanes<W>(a) * EvenLanes<W>(b));
  const V128 odd = Pack(OddLanes<W>(a) * OddLanes<W>(b));
  return Add<Bits<W>>(even, odd);
}

// [op-narrow] Saturates signed lanes of T's double width to the range of T.
template <typename T>
constexpr HalfVec<T> NarrowHalf(V128 a) {
  using W = WiderInt<T>;
  const V128 low = Splat<W>(std::numeric_limits<T>::min());
  const V128 high = Splat<W>(std::numeric_limits<T>::max());
  return __builtin_convertvector(As<W>(Min<W>(Max<W>(a, low), high)), HalfVec<T>);
}
template <typename T>
constexpr V128 Narrow(V128 a, V128 b) {
  return Join(NarrowHalf<T>(a), NarrowHalf<T>(b));
}

// Floats. The same rules as the scalar ones of numerics_float.h, without branches.

template <typename F>
constexpr V128 QuietNaNs(V128 a) {
  const auto is_nan = As<F>(a) != As<F>(a);
  return Pack(As<Bits<F>>(a) | (As<Bits<F>>(Pack(is_nan)) & internal::kQuietBit<F>));
}

template <typename F>
constexpr V128 FAbs(V128 a) {
  return Pack(As<Bits<F>>(a) & ~internal::kSignBit<F>);
}
template <typename F>
constexpr V128 FNeg(V128 a) {
  return Pack(As<Bits<F>>(a) ^ internal::kSignBit<F>);
}

// [op-fmin] [op-fmax] Quieting what was selected is enough: a lane of a NaN that is no NaN is not
// chosen.
template <typename F>
constexpr V128 FMin(V128 a, V128 b) {
  const Vec<F> x = As<F>(a), y = As<F>(b);
  const Vec<F> equal = std::bit_cast<Vec<F>>(As<Bits<F>>(a) | As<Bits<F>>(b));
  const Vec<F> ordered = Select(x == y, equal, Select((x < y) | (x != x), x, y));
  return QuietNaNs<F>(Pack(ordered));
}
template <typename F>
constexpr V128 FMax(V128 a, V128 b) {
  const Vec<F> x = As<F>(a), y = As<F>(b);
  const Vec<F> equal = std::bit_cast<Vec<F>>(As<Bits<F>>(a) & As<Bits<F>>(b));
  const Vec<F> ordered = Select(x == y, equal, Select((x > y) | (x != x), x, y));
  return QuietNaNs<F>(Pack(ordered));
}

// 1.0 in the lanes of the mask, +0.0 elsewhere.
template <typename F, typename Mask>
constexpr Vec<F> OneWhere(Mask mask) {
  return As<F>(Pack(As<Bits<F>>(Pack(mask)) & std::bit_cast<Bits<F>>(F{1})));
}

// The nearest integral value, and for the directed roundings its correction, in the lanes that have
// a fraction; zeros stand in for the others, which stay as they are but for quiet NaNs.
template <typename F, typename Correct>
constexpr V128 RoundLanes(V128 a, Correct correct) {
  using B = Vec<Bits<F>>;
  const B sign = As<Bits<F>>(a) & internal::kSignBit<F>;
  const auto has_fraction = As<F>(FAbs<F>(a)) < internal::kAllIntegral<F>;
  const B magnitude = As<Bits<F>>(FAbs<F>(a)) & std::bit_cast<B>(has_fraction);
  const Vec<F> sum = std::bit_cast<Vec<F>>(magnitude) + internal::kAllIntegral<F>;
  const B rounded = std::bit_cast<B>(sum - internal::kAllIntegral<F>);
  const Vec<F> corrected =
      correct(std::bit_cast<Vec<F>>(rounded | sign), std::bit_cast<Vec<F>>(magnitude | sign));
  const B result = As<Bits<F>>(FAbs<F>(Pack(corrected))) | sign;
  return Pack(Select(has_fraction, result, As<Bits<F>>(QuietNaNs<F>(a))));
}
template <typename F>
constexpr V128 Nearest(V128 a) {
  return RoundLanes<F>(a, [](Vec<F> nearest, Vec<F>) { return nearest; });
}
template <typename F>
constexpr V128 Ceil(V128 a) {
  return RoundLanes<F>(a,
                       [](Vec<F> nearest, Vec<F> z) { return nearest + OneWhere<F>(nearest < z); });
}
template <typename F>
constexpr V128 Floor(V128 a) {
  return RoundLanes<F>(a,
                       [](Vec<F> nearest, Vec<F> z) { return nearest - OneWhere<F>(nearest > z); });
}
template <typename F>
constexpr V128 Trunc(V128 a) {
  const auto sign = As<Bits<F>>(a) & internal::kSignBit<F>;
  return Pack(As<Bits<F>>(Floor<F>(FAbs<F>(a))) | sign);
}

}  // namespace wasm::num::lanes

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_LANES_H_
