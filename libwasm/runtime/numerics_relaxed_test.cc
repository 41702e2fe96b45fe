// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Relaxed vector instructions: the deterministic profile's results, where the specification allows
// several [profile-deterministic].

#include "libwasm/runtime/numerics_relaxed.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

namespace wasm::num {
namespace {

constexpr V128 All8(int value) { return I8x16Splat(static_cast<uint32_t>(value)); }
constexpr V128 All16(int value) { return I16x8Splat(static_cast<uint32_t>(value)); }

template <typename T>
T Opaque(T value) {
  volatile T hidden = value;
  return hidden;
}

TEST_CASE("Multiply-add rounds the product") {
  // Fused, the results would be 2^-37 and the largest float.
  const V128 x = F32x4Splat(Opaque(0x1.000004p+0f)), y = F32x4Splat(Opaque(0x1.0002p+0f));
  const V128 z = F32x4Splat(Opaque(-0x1.000204p+0f));
  CHECK(F32x4RelaxedMadd(x, y, z) == F32x4Splat(0));
  CHECK(F32x4RelaxedNmadd(F32x4Neg(x), y, z) == F32x4Splat(0));
  CHECK(F32x4RelaxedNmadd(x, F32x4Neg(y), z) == F32x4Splat(0));
  const float max = Opaque(std::numeric_limits<float>::max());
  CHECK(F32x4RelaxedMadd(F32x4Splat(max), F32x4Splat(2), F32x4Splat(-max)) ==
        F32x4Splat(std::numeric_limits<float>::infinity()));

  const V128 a = F64x2Splat(Opaque(0x1.00000004p+0)), b = F64x2Splat(Opaque(0x1.000002p+0));
  const V128 c = F64x2Splat(Opaque(-0x1.00000204p+0));
  CHECK(F64x2RelaxedMadd(a, b, c) == F64x2Splat(0));
  CHECK(F64x2RelaxedNmadd(F64x2Neg(a), b, c) == F64x2Splat(0));
  CHECK(F64x2RelaxedMadd(F64x2Splat(3), F64x2Splat(4), F64x2Splat(5)) == F64x2Splat(17));
  CHECK(F64x2RelaxedNmadd(F64x2Splat(3), F64x2Splat(4), F64x2Splat(5)) == F64x2Splat(-7));
}

static_assert(F32x4RelaxedMin(F32x4Splat(0.0f), F32x4Splat(-0.0f)) == F32x4Splat(-0.0f));
static_assert(F64x2RelaxedMax(F64x2Splat(-0.0), F64x2Splat(0.0)) == F64x2Splat(0.0));
static_assert(F32x4RelaxedMax(I32x4Splat(0x7fc00000), F32x4Splat(1)) == I32x4Splat(0x7fc00000));
static_assert(F64x2RelaxedMin(F64x2Splat(1), F64x2Splat(2)) == F64x2Splat(1));

static_assert(I32x4RelaxedTruncF32x4S(F32x4Splat(0x1p31f)) == I32x4Splat(0x7fffffff));
static_assert(I32x4RelaxedTruncF32x4U(F32x4Splat(-1)) == I32x4Splat(0));
static_assert(I32x4RelaxedTruncF64x2SZero(F64x2Splat(-1.5)) ==
              V128::FromLanes<int32_t>({-1, -1, 0, 0}));
static_assert(I32x4RelaxedTruncF64x2UZero(F64x2Splat(4294967295.5)) ==
              V128::FromLanes<uint32_t>({0xffffffff, 0xffffffff, 0, 0}));

static_assert(I8x16RelaxedSwizzle(All8(7), All8(15)) == All8(7));
static_assert(I8x16RelaxedSwizzle(All8(7), All8(16)) == All8(0));
static_assert(I8x16RelaxedSwizzle(All8(7), All8(128)) == All8(0));

static_assert(I8x16RelaxedLaneselect(All8(0x12), All8(0x34), All8(0xf0)) == All8(0x14));
static_assert(I16x8RelaxedLaneselect(All16(0x1234), All16(0x5678), All16(0x80)) == All16(0x5678));
static_assert(I32x4RelaxedLaneselect(All8(1), All8(2), I32x4Splat(0xffff0000)) ==
              I32x4Splat(0x01010202));
static_assert(I64x2RelaxedLaneselect(All8(1), All8(2), I64x2Splat(0xff)) ==
              I64x2Splat(0x0202020202020201));

static_assert(I16x8RelaxedQ15mulrS(All16(-32768), All16(-32768)) == All16(32767));
static_assert(I16x8RelaxedQ15mulrS(All16(32767), All16(32767)) == All16(32766));

static_assert(I16x8RelaxedDotI8x16I7x16S(All8(-128), All8(127)) == All16(-32512));
static_assert(I16x8RelaxedDotI8x16I7x16S(All8(-128), All8(-127)) == All16(32512));
static_assert(I16x8RelaxedDotI8x16I7x16S(All8(-128), All8(-128)) == All16(32767));
static_assert(I32x4RelaxedDotI8x16I7x16AddS(All8(-128), All8(127), I32x4Splat(1)) ==
              I32x4Splat(static_cast<uint32_t>(-65023)));
static_assert(I32x4RelaxedDotI8x16I7x16AddS(All8(-128), All8(-127), I32x4Splat(1)) ==
              I32x4Splat(65025));
static_assert(I32x4RelaxedDotI8x16I7x16AddS(All8(-1), All8(-1), I32x4Splat(0xffffffff)) ==
              I32x4Splat(3));

TEST_CASE("The relaxed dot product sums signed products, saturating") {
  for (int a = -128; a < 128; ++a) {
    for (int b = -128; b < 128; ++b) {
      // The odd lanes differ, so that mixing lanes up shows.
      const int other = 127 - (a & 0x55);
      const V128 x = I16x8Splat(static_cast<uint32_t>((a & 0xff) | (other & 0xff) << 8));
      const V128 y = I16x8Splat(static_cast<uint32_t>((b & 0xff) | (b & 0xff) << 8));
      const int sum = a * b + other * b;
      const int saturated = sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum;
      REQUIRE(I16x8RelaxedDotI8x16I7x16S(x, y) == All16(saturated));
      REQUIRE(I32x4RelaxedDotI8x16I7x16AddS(x, y, I32x4Splat(5)) ==
              I32x4Splat(static_cast<uint32_t>(2 * saturated + 5)));
    }
  }
  CHECK(I16x8RelaxedDotI8x16I7x16S(All8(Opaque(-128)), All8(-128)) == All16(32767));
}

}  // namespace
}  // namespace wasm::num
