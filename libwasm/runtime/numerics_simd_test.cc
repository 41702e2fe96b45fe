// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer vector instructions: each against its definition on one lane in wide integers, 8-bit
// lanes for every pair of values, wider lanes for boundary and random ones. Values that matter are
// also constant expressions, which take other paths than the vector instructions.

#include "libwasm/runtime/numerics_simd.h"

#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <limits>
#include <vector>

#include "libwasm/runtime/numerics_int.h"

namespace wasm::num {
namespace {

using Wide = __int128;

template <typename T>
using LaneArray = std::array<T, 16 / sizeof(T)>;

template <typename T>
constexpr V128 Of(const LaneArray<T>& lanes) {
  return V128::FromLanes<T>(lanes);
}
constexpr V128 All8(int value) { return I8x16Splat(static_cast<uint32_t>(value)); }
constexpr V128 All16(int value) { return I16x8Splat(static_cast<uint32_t>(value)); }

// Pairs of operand vectors that cover every pair of 8-bit values, boundary pairs of others.
template <typename T>
std::vector<std::array<V128, 2>> Operands() {
  constexpr size_t kLanes = 16 / sizeof(T);
  std::vector<T> a, b;
  if constexpr (sizeof(T) == 1) {
    for (int i = 0; i < 65536; ++i) {
      a.push_back(static_cast<T>(i));
      b.push_back(static_cast<T>(i >> 8));
    }
  } else {
    using U = std::make_unsigned_t<T>;
    std::vector<U> values = {0, 1, 2, 3, 0x7f, 0x80, 0xff, U{1} << (4 * sizeof(T))};
    const U top = U{1} << (8 * sizeof(T) - 1);
    for (const U near : {top, static_cast<U>(top >> 1), U{0}, static_cast<U>(top >> 8)}) {
      for (U delta = 0; delta < 4; ++delta) {
        values.push_back(static_cast<U>(near + delta));
        values.push_back(static_cast<U>(near - delta));
      }
    }
    uint64_t state = 3;
    for (int i = 0; i < 40; ++i) {
      state = state * 6364136223846793005 + 1442695040888963407;
      values.push_back(static_cast<U>(state >> (64 - 8 * sizeof(T))));
    }
    for (const U x : values) {
      for (const U y : values) {
        a.push_back(static_cast<T>(x));
        b.push_back(static_cast<T>(y));
      }
    }
    // Lane positions must not matter: fill the last vector, then shift everything by one.
    while (a.size() % kLanes != 1) {
      a.push_back(a[a.size() / 2]);
      b.push_back(b[b.size() / 3]);
    }
  }
  std::vector<std::array<V128, 2>> vectors;
  for (size_t i = 0; i + kLanes <= a.size(); i += kLanes) {
    LaneArray<T> x, y;
    std::copy_n(a.begin() + static_cast<std::ptrdiff_t>(i), kLanes, x.begin());
    std::copy_n(b.begin() + static_cast<std::ptrdiff_t>(i), kLanes, y.begin());
    vectors.push_back({Of<T>(x), Of<T>(y)});
  }
  return vectors;
}

template <typename T, typename Op, typename Lane>
bool Lanewise(Op op, Lane lane) {
  for (const auto& [a, b] : Operands<T>()) {
    const auto x = a.template Lanes<T>(), y = b.template Lanes<T>();
    LaneArray<T> expected;
    for (size_t i = 0; i < expected.size(); ++i) {
      if constexpr (std::is_invocable_v<Lane, Wide, Wide>) {
        expected[i] = static_cast<T>(lane(Wide{x[i]}, Wide{y[i]}));
      } else {
        expected[i] = static_cast<T>(lane(Wide{x[i]}));
      }
    }
    V128 result;
    if constexpr (std::is_invocable_v<Op, V128, V128>) {
      result = op(a, b);
    } else {
      result = op(a);
    }
    if (result != Of<T>(expected)) return false;
  }
  return true;
}

template <typename T>
Wide Clamp(Wide value) {
  const Wide low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  return value < low ? low : value > high ? high : value;
}

constexpr auto kAdd = [](Wide a, Wide b) { return a + b; };
constexpr auto kSub = [](Wide a, Wide b) { return a - b; };
constexpr auto kMul = [](Wide a, Wide b) { return a * b; };
constexpr auto kMin = [](Wide a, Wide b) { return a < b ? a : b; };
constexpr auto kMax = [](Wide a, Wide b) { return a > b ? a : b; };
constexpr auto kEq = [](Wide a, Wide b) { return -Wide{a == b}; };
constexpr auto kNe = [](Wide a, Wide b) { return -Wide{a != b}; };
constexpr auto kLt = [](Wide a, Wide b) { return -Wide{a < b}; };
constexpr auto kGt = [](Wide a, Wide b) { return -Wide{a > b}; };
constexpr auto kLe = [](Wide a, Wide b) { return -Wide{a <= b}; };
constexpr auto kGe = [](Wide a, Wide b) { return -Wide{a >= b}; };
constexpr auto kNeg = [](Wide a) { return -a; };
constexpr auto kAbs = [](Wide a) { return a < 0 ? -a : a; };
constexpr auto kAvgr = [](Wide a, Wide b) { return (a + b + 1) / 2; };
template <typename T>
constexpr auto kAddSat = [](Wide a, Wide b) { return Clamp<T>(a + b); };
template <typename T>
constexpr auto kSubSat = [](Wide a, Wide b) { return Clamp<T>(a - b); };

TEST_CASE("i8x16 arithmetic and comparisons") {
  CHECK(Lanewise<uint8_t>(I8x16Add, kAdd));
  CHECK(Lanewise<uint8_t>(I8x16Sub, kSub));
  CHECK(Lanewise<uint8_t>(I8x16Neg, kNeg));
  CHECK(Lanewise<int8_t>(I8x16Abs, kAbs));
  CHECK(Lanewise<uint8_t>(I8x16Eq, kEq));
  CHECK(Lanewise<uint8_t>(I8x16Ne, kNe));
  CHECK(Lanewise<int8_t>(I8x16LtS, kLt));
  CHECK(Lanewise<uint8_t>(I8x16LtU, kLt));
  CHECK(Lanewise<int8_t>(I8x16GtS, kGt));
  CHECK(Lanewise<uint8_t>(I8x16GtU, kGt));
  CHECK(Lanewise<int8_t>(I8x16LeS, kLe));
  CHECK(Lanewise<uint8_t>(I8x16LeU, kLe));
  CHECK(Lanewise<int8_t>(I8x16GeS, kGe));
  CHECK(Lanewise<uint8_t>(I8x16GeU, kGe));
  CHECK(Lanewise<int8_t>(I8x16MinS, kMin));
  CHECK(Lanewise<uint8_t>(I8x16MinU, kMin));
  CHECK(Lanewise<int8_t>(I8x16MaxS, kMax));
  CHECK(Lanewise<uint8_t>(I8x16MaxU, kMax));
  CHECK(Lanewise<int8_t>(I8x16AddSatS, kAddSat<int8_t>));
  CHECK(Lanewise<uint8_t>(I8x16AddSatU, kAddSat<uint8_t>));
  CHECK(Lanewise<int8_t>(I8x16SubSatS, kSubSat<int8_t>));
  CHECK(Lanewise<uint8_t>(I8x16SubSatU, kSubSat<uint8_t>));
  CHECK(Lanewise<uint8_t>(I8x16AvgrU, kAvgr));
}

TEST_CASE("i16x8 arithmetic and comparisons") {
  CHECK(Lanewise<uint16_t>(I16x8Add, kAdd));
  CHECK(Lanewise<uint16_t>(I16x8Sub, kSub));
  CHECK(Lanewise<uint16_t>(I16x8Neg, kNeg));
  CHECK(Lanewise<int16_t>(I16x8Abs, kAbs));
  CHECK(Lanewise<uint16_t>(I16x8Eq, kEq));
  CHECK(Lanewise<uint16_t>(I16x8Ne, kNe));
  CHECK(Lanewise<int16_t>(I16x8LtS, kLt));
  CHECK(Lanewise<uint16_t>(I16x8LtU, kLt));
  CHECK(Lanewise<int16_t>(I16x8GtS, kGt));
  CHECK(Lanewise<uint16_t>(I16x8GtU, kGt));
  CHECK(Lanewise<int16_t>(I16x8LeS, kLe));
  CHECK(Lanewise<uint16_t>(I16x8LeU, kLe));
  CHECK(Lanewise<int16_t>(I16x8GeS, kGe));
  CHECK(Lanewise<uint16_t>(I16x8GeU, kGe));
  CHECK(Lanewise<int16_t>(I16x8Mul, kMul));
  CHECK(Lanewise<int16_t>(I16x8MinS, kMin));
  CHECK(Lanewise<uint16_t>(I16x8MinU, kMin));
  CHECK(Lanewise<int16_t>(I16x8MaxS, kMax));
  CHECK(Lanewise<uint16_t>(I16x8MaxU, kMax));
  CHECK(Lanewise<int16_t>(I16x8AddSatS, kAddSat<int16_t>));
  CHECK(Lanewise<uint16_t>(I16x8AddSatU, kAddSat<uint16_t>));
  CHECK(Lanewise<int16_t>(I16x8SubSatS, kSubSat<int16_t>));
  CHECK(Lanewise<uint16_t>(I16x8SubSatU, kSubSat<uint16_t>));
  CHECK(Lanewise<uint16_t>(I16x8AvgrU, kAvgr));
}

TEST_CASE("i32x4 arithmetic and comparisons") {
  CHECK(Lanewise<uint32_t>(I32x4Add, kAdd));
  CHECK(Lanewise<uint32_t>(I32x4Sub, kSub));
  CHECK(Lanewise<uint32_t>(I32x4Neg, kNeg));
  CHECK(Lanewise<int32_t>(I32x4Abs, kAbs));
  CHECK(Lanewise<uint32_t>(I32x4Eq, kEq));
  CHECK(Lanewise<uint32_t>(I32x4Ne, kNe));
  CHECK(Lanewise<int32_t>(I32x4LtS, kLt));
  CHECK(Lanewise<uint32_t>(I32x4LtU, kLt));
  CHECK(Lanewise<int32_t>(I32x4GtS, kGt));
  CHECK(Lanewise<uint32_t>(I32x4GtU, kGt));
  CHECK(Lanewise<int32_t>(I32x4LeS, kLe));
  CHECK(Lanewise<uint32_t>(I32x4LeU, kLe));
  CHECK(Lanewise<int32_t>(I32x4GeS, kGe));
  CHECK(Lanewise<uint32_t>(I32x4GeU, kGe));
  CHECK(Lanewise<int32_t>(I32x4Mul, kMul));
  CHECK(Lanewise<int32_t>(I32x4MinS, kMin));
  CHECK(Lanewise<uint32_t>(I32x4MinU, kMin));
  CHECK(Lanewise<int32_t>(I32x4MaxS, kMax));
  CHECK(Lanewise<uint32_t>(I32x4MaxU, kMax));
}

TEST_CASE("i64x2 arithmetic and comparisons") {
  CHECK(Lanewise<uint64_t>(I64x2Add, kAdd));
  CHECK(Lanewise<uint64_t>(I64x2Sub, kSub));
  CHECK(Lanewise<uint64_t>(I64x2Neg, kNeg));
  CHECK(Lanewise<int64_t>(I64x2Abs, kAbs));
  CHECK(Lanewise<uint64_t>(I64x2Eq, kEq));
  CHECK(Lanewise<uint64_t>(I64x2Ne, kNe));
  CHECK(Lanewise<int64_t>(I64x2LtS, kLt));
  CHECK(Lanewise<int64_t>(I64x2GtS, kGt));
  CHECK(Lanewise<int64_t>(I64x2LeS, kLe));
  CHECK(Lanewise<int64_t>(I64x2GeS, kGe));
  CHECK(Lanewise<int64_t>(I64x2Mul, kMul));
}

TEST_CASE("i8x16.popcnt counts every byte's bits") {
  CHECK(Lanewise<uint8_t>(I8x16Popcnt,
                          [](Wide a) { return std::popcount(static_cast<unsigned>(a)); }));
}

TEST_CASE("i16x8.q15mulr_sat_s rounds and saturates") {
  CHECK(Lanewise<int16_t>(I16x8Q15mulrSatS,
                          [](Wide a, Wide b) { return Clamp<int16_t>((a * b + 0x4000) >> 15); }));
  CHECK(I16x8Q15mulrSatS(All16(-32768), All16(-32768)) == All16(32767));
  CHECK(I16x8Q15mulrSatS(All16(-32768), All16(32767)) == All16(-32767));
}

template <typename T>
bool Shifts(V128 (*shl)(V128, uint32_t), V128 (*shr)(V128, uint32_t)) {
  constexpr uint32_t kWidth = 8 * sizeof(T);
  for (const auto& [a, b] : Operands<T>()) {
    for (const uint32_t count : {0u, 1u, 3u, kWidth - 1, kWidth, kWidth + 1, 0xffffffffu}) {
      const auto x = a.template Lanes<T>();
      LaneArray<T> left, right;
      for (size_t i = 0; i < x.size(); ++i) {
        left[i] = static_cast<T>(static_cast<uint64_t>(x[i]) << (count % kWidth));
        right[i] = static_cast<T>(x[i] >> (count % kWidth));
      }
      if (shl(a, count) != Of<T>(left) || shr(a, count) != Of<T>(right)) return false;
    }
  }
  return true;
}

TEST_CASE("Vector shifts take the count modulo the lane's width") {
  CHECK(Shifts<int8_t>(I8x16Shl, I8x16ShrS));
  CHECK(Shifts<uint8_t>(I8x16Shl, I8x16ShrU));
  CHECK(Shifts<int16_t>(I16x8Shl, I16x8ShrS));
  CHECK(Shifts<uint16_t>(I16x8Shl, I16x8ShrU));
  CHECK(Shifts<int32_t>(I32x4Shl, I32x4ShrS));
  CHECK(Shifts<uint32_t>(I32x4Shl, I32x4ShrU));
  CHECK(Shifts<int64_t>(I64x2Shl, I64x2ShrS));
  CHECK(Shifts<uint64_t>(I64x2Shl, I64x2ShrU));
}

template <typename T>
bool Masks(uint32_t (*bitmask)(V128), uint32_t (*all_true)(V128)) {
  for (uint32_t bits = 0; bits < 1u << (16 / sizeof(T)); ++bits) {
    LaneArray<T> negative, present;
    for (size_t i = 0; i < negative.size(); ++i) {
      const bool set = bits >> i & 1;
      negative[i] = set ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
      present[i] = set ? T{1} << (bits % (8 * sizeof(T))) : 0;
    }
    if (bitmask(Of<T>(negative)) != bits) return false;
    if (all_true(Of<T>(present)) != (bits == (1u << negative.size()) - 1)) return false;
    if (V128AnyTrue(Of<T>(present)) != (bits != 0)) return false;
  }
  return true;
}

TEST_CASE("bitmask, all_true and any_true see every lane") {
  CHECK(Masks<int8_t>(I8x16Bitmask, I8x16AllTrue));
  CHECK(Masks<int16_t>(I16x8Bitmask, I16x8AllTrue));
  CHECK(Masks<int32_t>(I32x4Bitmask, I32x4AllTrue));
  CHECK(Masks<int64_t>(I64x2Bitmask, I64x2AllTrue));
}

// Widening operations, each lane computed from the operands' narrow lanes N in lanes W.
template <typename N, typename W>
bool Widening(V128 (*extend_low)(V128), V128 (*extend_high)(V128), V128 (*extmul_low)(V128, V128),
              V128 (*extmul_high)(V128, V128), V128 (*extadd)(V128)) {
  for (const auto& [a, b] : Operands<N>()) {
    const auto x = a.template Lanes<N>(), y = b.template Lanes<N>();
    LaneArray<W> low, high, low_product, high_product, pairs;
    const size_t half = low.size();
    for (size_t i = 0; i < half; ++i) {
      low[i] = x[i];
      high[i] = x[half + i];
      low_product[i] = static_cast<W>(Wide{x[i]} * y[i]);
      high_product[i] = static_cast<W>(Wide{x[half + i]} * y[half + i]);
      pairs[i] = static_cast<W>(Wide{x[2 * i]} + x[2 * i + 1]);
    }
    if (extend_low(a) != Of<W>(low) || extend_high(a) != Of<W>(high)) return false;
    if (extmul_low(a, b) != Of<W>(low_product)) return false;
    if (extmul_high(a, b) != Of<W>(high_product)) return false;
    if (extadd && extadd(a) != Of<W>(pairs)) return false;
  }
  return true;
}

TEST_CASE("extend, extmul and extadd_pairwise widen exactly") {
  CHECK(Widening<int8_t, int16_t>(I16x8ExtendLowI8x16S, I16x8ExtendHighI8x16S, I16x8ExtmulLowI8x16S,
                                  I16x8ExtmulHighI8x16S, I16x8ExtaddPairwiseI8x16S));
  CHECK(Widening<uint8_t, uint16_t>(I16x8ExtendLowI8x16U, I16x8ExtendHighI8x16U,
                                    I16x8ExtmulLowI8x16U, I16x8ExtmulHighI8x16U,
                                    I16x8ExtaddPairwiseI8x16U));
  CHECK(Widening<int16_t, int32_t>(I32x4ExtendLowI16x8S, I32x4ExtendHighI16x8S,
                                   I32x4ExtmulLowI16x8S, I32x4ExtmulHighI16x8S,
                                   I32x4ExtaddPairwiseI16x8S));
  CHECK(Widening<uint16_t, uint32_t>(I32x4ExtendLowI16x8U, I32x4ExtendHighI16x8U,
                                     I32x4ExtmulLowI16x8U, I32x4ExtmulHighI16x8U,
                                     I32x4ExtaddPairwiseI16x8U));
  CHECK(Widening<int32_t, int64_t>(I64x2ExtendLowI32x4S, I64x2ExtendHighI32x4S,
                                   I64x2ExtmulLowI32x4S, I64x2ExtmulHighI32x4S, nullptr));
  CHECK(Widening<uint32_t, uint64_t>(I64x2ExtendLowI32x4U, I64x2ExtendHighI32x4U,
                                     I64x2ExtmulLowI32x4U, I64x2ExtmulHighI32x4U, nullptr));
}

template <typename N, typename W>
bool Narrowing(V128 (*narrow)(V128, V128)) {
  for (const auto& [a, b] : Operands<W>()) {
    const auto x = a.template Lanes<W>(), y = b.template Lanes<W>();
    LaneArray<N> expected;
    for (size_t i = 0; i < x.size(); ++i) {
      expected[i] = static_cast<N>(Clamp<N>(x[i]));
      expected[x.size() + i] = static_cast<N>(Clamp<N>(y[i]));
    }
    if (narrow(a, b) != Of<N>(expected)) return false;
  }
  return true;
}

TEST_CASE("narrow saturates signed lanes") {
  CHECK(Narrowing<int8_t, int16_t>(I8x16NarrowI16x8S));
  CHECK(Narrowing<uint8_t, int16_t>(I8x16NarrowI16x8U));
  CHECK(Narrowing<int16_t, int32_t>(I16x8NarrowI32x4S));
  CHECK(Narrowing<uint16_t, int32_t>(I16x8NarrowI32x4U));
}

TEST_CASE("i32x4.dot_i16x8_s sums pairs of products, modulo 2^32") {
  for (const auto& [a, b] : Operands<int16_t>()) {
    const auto x = a.Lanes<int16_t>(), y = b.Lanes<int16_t>();
    std::array<uint32_t, 4> expected;
    for (size_t i = 0; i < 4; ++i) {
      expected[i] = static_cast<uint32_t>(int64_t{x[2 * i]} * y[2 * i] +
                                          int64_t{x[2 * i + 1]} * y[2 * i + 1]);
    }
    REQUIRE(I32x4DotI16x8S(a, b) == Of<uint32_t>(expected));
  }
  CHECK(I32x4DotI16x8S(All16(-32768), All16(-32768)) == I32x4Splat(0x80000000));
}

TEST_CASE("Bitwise instructions") {
  for (const auto& [a, b] : Operands<uint64_t>()) {
    const V128 mask = I8x16Popcnt(V128Xor(a, I64x2Add(b, b)));
    CHECK(V128Not(V128Not(a)) == a);
    CHECK(V128Andnot(a, b) == V128And(a, V128Not(b)));
    CHECK(V128Or(V128And(a, b), V128Xor(a, b)) == V128Or(a, b));
    CHECK(V128Bitselect(a, b, mask) == V128Or(V128And(a, mask), V128Andnot(b, mask)));
  }
}

constexpr V128 kCounting = Of<uint8_t>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
constexpr V128 kLetters =
    Of<uint8_t>({'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p'});

static_assert(I8x16Swizzle(kLetters, kCounting) == kLetters);
static_assert(I8x16Swizzle(kLetters, All8(15)) == All8('p'));
static_assert(I8x16Swizzle(kLetters, All8(16)) == V128{} &&
              I8x16Swizzle(kLetters, All8(255)) == V128{});
static_assert(I8x16Shuffle(kCounting, kLetters,
                           {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 15, 31}) ==
              Of<uint8_t>({0, 'a', 1, 'b', 2, 'c', 3, 'd', 4, 'e', 5, 'f', 6, 'g', 15, 'p'}));

static_assert(I8x16ExtractLaneS(All8(0x80), 3) == 0xffffff80);
static_assert(I8x16ExtractLaneU(All8(0x80), 3) == 0x80);
static_assert(I16x8ExtractLaneS(All16(0x8000), 7) == 0xffff8000);
static_assert(I16x8ExtractLaneU(All16(0x8000), 7) == 0x8000);
static_assert(I32x4ExtractLane(Of<uint32_t>({1, 2, 3, 4}), 2) == 3);
static_assert(I64x2ExtractLane(Of<uint64_t>({1, 2}), 1) == 2);
static_assert(F32x4ExtractLane(F32x4Splat(1.5f), 3) == 1.5f);
static_assert(F64x2ExtractLane(F64x2ReplaceLane(F64x2Splat(1.5), 1, -2), 1) == -2);
static_assert(I8x16ReplaceLane(V128{}, 15, 0x1ff).bytes[15] == 0xff);
static_assert(I16x8ReplaceLane(V128{}, 1, 0x12345) == I32x4ReplaceLane(V128{}, 0, 0x23450000));
static_assert(I64x2ReplaceLane(I64x2Splat(1), 0, 2) == Of<uint64_t>({2, 1}));
static_assert(F32x4ReplaceLane(F32x4Splat(1), 0, 2) == Of<float>({2, 1, 1, 1}));

static_assert(V128Load8x8S(0xff80'7f01'0000'0000) == Of<int16_t>({0, 0, 0, 0, 1, 127, -128, -1}));
static_assert(V128Load8x8U(0xff80'7f01'0000'0000) == Of<int16_t>({0, 0, 0, 0, 1, 127, 128, 255}));
static_assert(V128Load16x4S(0xffff'8000'7fff'0001) == Of<int32_t>({1, 32767, -32768, -1}));
static_assert(V128Load16x4U(0xffff'8000'7fff'0001) == Of<int32_t>({1, 32767, 32768, 65535}));
static_assert(V128Load32x2S(0xffff'ffff'0000'0001) == Of<int64_t>({1, -1}));
static_assert(V128Load32x2U(0xffff'ffff'0000'0001) == Of<int64_t>({1, 0xffffffff}));
static_assert(V128Load8Splat(0xfe) == All8(0xfe) && V128Load16Splat(0xfedc) == All16(0xfedc));
static_assert(V128Load32Splat(7) == I32x4Splat(7) && V128Load64Splat(7) == I64x2Splat(7));
static_assert(V128Load32Zero(0x80000000) == Of<uint32_t>({0x80000000, 0, 0, 0}));
static_assert(V128Load64Zero(1ull << 63) == Of<uint64_t>({1ull << 63, 0}));
static_assert(V128Load8Lane(kCounting, 15, 0xff) == I8x16ReplaceLane(kCounting, 15, 0xff));
static_assert(V128Load16Lane(kCounting, 7, 0xffee) == I16x8ReplaceLane(kCounting, 7, 0xffee));
static_assert(V128Load32Lane(kCounting, 3, 9) == I32x4ReplaceLane(kCounting, 3, 9));
static_assert(V128Load64Lane(kCounting, 1, 9) == I64x2ReplaceLane(kCounting, 1, 9));
static_assert(V128Store8Lane(kCounting, 15) == 15 && V128Store16Lane(kCounting, 1) == 0x0302);
static_assert(V128Store32Lane(kCounting, 1) == 0x07060504);
static_assert(V128Store64Lane(kCounting, 1) == 0x0f0e0d0c0b0a0908);

static_assert(I8x16AddSatS(All8(100), All8(100)) == All8(127));
static_assert(I8x16AddSatU(All8(200), All8(100)) == All8(255));
static_assert(I8x16SubSatS(All8(-100), All8(100)) == All8(-128));
static_assert(I16x8SubSatU(All16(1), All16(2)) == All16(0));
static_assert(I8x16Abs(All8(-128)) == All8(-128) && I8x16AvgrU(All8(254), All8(255)) == All8(255));
static_assert(I8x16Popcnt(All8(0xff)) == All8(8) && I8x16Bitmask(All8(-1)) == 0xffff);
static_assert(I16x8Q15mulrSatS(All16(-32768), All16(-32768)) == All16(32767));
static_assert(I8x16NarrowI16x8U(All16(-1), All16(256)).Lanes<uint64_t>()[1] == ~0ull);
static_assert(I32x4DotI16x8S(All16(-32768), All16(-32768)) == I32x4Splat(0x80000000));
static_assert(I16x8ExtmulHighI8x16U(All8(255), All8(255)) == All16(65025));
static_assert(I64x2Bitmask(I64x2Splat(1ull << 63)) == 3 && I32x4Bitmask(I32x4Splat(-1u)) == 15);
static_assert(V128AnyTrue(V128Load64Zero(1)) == 1 && V128AnyTrue(V128{}) == 0);

TEST_CASE("swizzle and shuffle at run time") {
  for (int first = 0; first < 256; ++first) {
    V128 indices;
    std::array<uint8_t, 16> lanes{}, swizzled{}, shuffled{};
    for (size_t i = 0; i < 16; ++i) {
      indices.bytes[i] = static_cast<uint8_t>(first + 7 * static_cast<int>(i));
      lanes[i] = indices.bytes[i] % 32;
      swizzled[i] = indices.bytes[i] < 16 ? kLetters.bytes[indices.bytes[i]] : 0;
      shuffled[i] = lanes[i] < 16 ? kCounting.bytes[lanes[i]] : kLetters.bytes[lanes[i] - 16];
    }
    REQUIRE(I8x16Swizzle(kLetters, indices).bytes == swizzled);
    REQUIRE(I8x16Shuffle(kCounting, kLetters, lanes).bytes == shuffled);
  }
}

}  // namespace
}  // namespace wasm::num
