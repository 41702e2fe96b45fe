// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating-point and conversion vector instructions: every lane is what the scalar instruction
// gives, down to the sign of zero; a NaN may differ in its payload only where the specification
// lets it.

#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "libwasm/runtime/numerics_convert.h"
#include "libwasm/runtime/numerics_float.h"
#include "libwasm/runtime/numerics_simd.h"

namespace wasm::num {
namespace {

template <typename F>
std::vector<F> Values() {
  using Limits = std::numeric_limits<F>;
  using B = internal::FloatBits<F>;
  std::vector<F> values;
  for (const F z : {F{0},
                    Limits::denorm_min(),
                    Limits::min(),
                    F(0.25),
                    F(0.5),
                    F(0.75),
                    F{1},
                    F(1.5),
                    F(2.5),
                    F(2147483520.0),
                    F(2147483647.5),
                    F(2147483648.0),
                    F(2147483649.0),
                    F(4294967040.0),
                    F(4294967295.5),
                    F(4294967296.0),
                    internal::kAllIntegral<F> - F(0.5),
                    internal::kAllIntegral<F>,
                    Limits::max(),
                    Limits::infinity(),
                    Limits::quiet_NaN()}) {
    values.push_back(z);
    values.push_back(internal::Neg(z));
  }
  const B signaling = std::bit_cast<B>(Limits::infinity()) | 1;
  values.push_back(std::bit_cast<F>(signaling));
  values.push_back(std::bit_cast<F>(signaling | internal::kSignBit<F>));
  values.push_back(std::bit_cast<F>(signaling | internal::kQuietBit<F>));
  return values;
}

template <typename F>
bool Same(F a, F b) {
  using B = internal::FloatBits<F>;
  constexpr B kPattern = std::bit_cast<B>(std::numeric_limits<F>::quiet_NaN());
  const B x = std::bit_cast<B>(a), y = std::bit_cast<B>(b);
  if (x == y) return true;
  // Both arithmetic NaNs, and canonical together.
  const bool arithmetic = (x & kPattern) == kPattern && (y & kPattern) == kPattern;
  const B payload_x = x & ~internal::kSignBit<F>, payload_y = y & ~internal::kSignBit<F>;
  return a != a && b != b && arithmetic && (payload_x == kPattern) == (payload_y == kPattern);
}

template <typename F>
bool Exact(F a, F b) {
  using B = internal::FloatBits<F>;
  return std::bit_cast<B>(a) == std::bit_cast<B>(b);
}

template <typename F>
bool Unary(V128 (*vector)(V128), F (*scalar)(F), bool (*same)(F, F) = Same<F>) {
  const std::vector<F> values = Values<F>();
  constexpr size_t kLanes = 16 / sizeof(F);
  for (size_t i = 0; i < values.size(); ++i) {
    std::array<F, kLanes> lanes;
    for (size_t k = 0; k < kLanes; ++k) lanes[k] = values[(i + k * 5) % values.size()];
    const auto result = vector(V128::FromLanes<F>(lanes)).template Lanes<F>();
    for (size_t k = 0; k < kLanes; ++k) {
      if (!same(result[k], scalar(lanes[k]))) return false;
    }
  }
  return true;
}

// Comparisons too: their lanes are all ones where the scalar one is 1.
template <typename F, typename R>
bool Binary(V128 (*vector)(V128, V128), R (*scalar)(F, F)) {
  constexpr size_t kLanes = 16 / sizeof(F);
  const std::vector<F> values = Values<F>();
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t j = 0; j < values.size(); ++j) {
      std::array<F, kLanes> x, y;
      for (size_t k = 0; k < kLanes; ++k) {
        x[k] = values[(i + k) % values.size()];
        y[k] = values[(j + k * 3) % values.size()];
      }
      const V128 result = vector(V128::FromLanes<F>(x), V128::FromLanes<F>(y));
      for (size_t k = 0; k < kLanes; ++k) {
        if constexpr (std::is_same_v<F, R>) {
          // Of two NaNs the compiler, which may commute the operands, chooses.
          const F lane = result.template Lanes<F>()[k];
          if (x[k] != x[k] && y[k] != y[k]) {
            if (!Same(lane, internal::Quiet(x[k])) && !Same(lane, internal::Quiet(y[k])))
              return false;
            continue;
          }
          if (!Same(lane, scalar(x[k], y[k]))) return false;
        } else {
          using B = internal::FloatBits<F>;
          const B mask = scalar(x[k], y[k]) ? ~B{0} : B{0};
          if (result.template Lanes<B>()[k] != mask) return false;
        }
      }
    }
  }
  return true;
}

TEST_CASE("f32x4 lanes are f32 operations") {
  CHECK(Unary<float>(F32x4Abs, F32Abs, Exact<float>));
  CHECK(Unary<float>(F32x4Neg, F32Neg, Exact<float>));
  CHECK(Unary<float>(F32x4Ceil, F32Ceil));
  CHECK(Unary<float>(F32x4Floor, F32Floor));
  CHECK(Unary<float>(F32x4Trunc, F32Trunc));
  CHECK(Unary<float>(F32x4Nearest, F32Nearest));
  CHECK(Unary<float>(F32x4Sqrt, F32Sqrt));
  CHECK(Binary<float>(F32x4Add, F32Add));
  CHECK(Binary<float>(F32x4Sub, F32Sub));
  CHECK(Binary<float>(F32x4Mul, F32Mul));
  CHECK(Binary<float>(F32x4Div, F32Div));
  CHECK(Binary<float>(F32x4Min, F32Min));
  CHECK(Binary<float>(F32x4Max, F32Max));
  CHECK(Binary<float>(F32x4Eq, F32Eq));
  CHECK(Binary<float>(F32x4Ne, F32Ne));
  CHECK(Binary<float>(F32x4Lt, F32Lt));
  CHECK(Binary<float>(F32x4Gt, F32Gt));
  CHECK(Binary<float>(F32x4Le, F32Le));
  CHECK(Binary<float>(F32x4Ge, F32Ge));
}

TEST_CASE("f64x2 lanes are f64 operations") {
  CHECK(Unary<double>(F64x2Abs, F64Abs, Exact<double>));
  CHECK(Unary<double>(F64x2Neg, F64Neg, Exact<double>));
  CHECK(Unary<double>(F64x2Ceil, F64Ceil));
  CHECK(Unary<double>(F64x2Floor, F64Floor));
  CHECK(Unary<double>(F64x2Trunc, F64Trunc));
  CHECK(Unary<double>(F64x2Nearest, F64Nearest));
  CHECK(Unary<double>(F64x2Sqrt, F64Sqrt));
  CHECK(Binary<double>(F64x2Add, F64Add));
  CHECK(Binary<double>(F64x2Sub, F64Sub));
  CHECK(Binary<double>(F64x2Mul, F64Mul));
  CHECK(Binary<double>(F64x2Div, F64Div));
  CHECK(Binary<double>(F64x2Min, F64Min));
  CHECK(Binary<double>(F64x2Max, F64Max));
  CHECK(Binary<double>(F64x2Eq, F64Eq));
  CHECK(Binary<double>(F64x2Ne, F64Ne));
  CHECK(Binary<double>(F64x2Lt, F64Lt));
  CHECK(Binary<double>(F64x2Gt, F64Gt));
  CHECK(Binary<double>(F64x2Le, F64Le));
  CHECK(Binary<double>(F64x2Ge, F64Ge));
}

template <typename F>
bool PseudoExtrema(V128 (*pmin)(V128, V128), V128 (*pmax)(V128, V128)) {
  for (const F a : Values<F>()) {
    for (const F b : Values<F>()) {
      const V128 x = lanes::Splat(a), y = lanes::Splat(b);
      if (pmin(x, y) != (b < a ? y : x) || pmax(x, y) != (a < b ? y : x)) return false;
    }
  }
  return true;
}

TEST_CASE("pmin and pmax choose operands as they are") {
  CHECK(PseudoExtrema<float>(F32x4Pmin, F32x4Pmax));
  CHECK(PseudoExtrema<double>(F64x2Pmin, F64x2Pmax));
}

TEST_CASE("Vector rounding agrees with scalar rounding over a sample of all floats") {
  int differences = 0;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 4 * 4093) {
    std::array<float, 4> z;
    for (size_t i = 0; i < 4; ++i)
      z[i] = std::bit_cast<float>(static_cast<uint32_t>(bits + i * 4093));
    const V128 a = V128::FromLanes<float>(z);
    const auto ceil = F32x4Ceil(a).Lanes<float>(), floor = F32x4Floor(a).Lanes<float>(),
               trunc = F32x4Trunc(a).Lanes<float>(), nearest = F32x4Nearest(a).Lanes<float>();
    for (size_t i = 0; i < 4; ++i) {
      differences += !Same(ceil[i], F32Ceil(z[i])) + !Same(floor[i], F32Floor(z[i])) +
                     !Same(trunc[i], F32Trunc(z[i])) + !Same(nearest[i], F32Nearest(z[i]));
    }
  }
  CHECK(differences == 0);
}

TEST_CASE("trunc_sat lanes are scalar trunc_sat") {
  for (const float z : Values<float>()) {
    const V128 a = F32x4ReplaceLane(F32x4Splat(z), 1, -1.5f);
    const uint32_t s = I32TruncSatF32S(z), u = I32TruncSatF32U(z);
    CHECK(I32x4TruncSatF32x4S(a) == V128::FromLanes<uint32_t>({s, -1u, s, s}));
    CHECK(I32x4TruncSatF32x4U(a) == V128::FromLanes<uint32_t>({u, 0, u, u}));
  }
  for (const double z : Values<double>()) {
    const V128 a = F64x2ReplaceLane(F64x2Splat(z), 1, -1.5);
    CHECK(I32x4TruncSatF64x2SZero(a) == V128::FromLanes<uint32_t>({I32TruncSatF64S(z), -1u, 0, 0}));
    CHECK(I32x4TruncSatF64x2UZero(a) == V128::FromLanes<uint32_t>({I32TruncSatF64U(z), 0, 0, 0}));
  }
}

TEST_CASE("convert lanes are scalar conversions") {
  uint32_t state = 1;
  for (int i = 0; i < 5000; ++i) {
    std::array<uint32_t, 4> lanes;
    for (uint32_t& lane : lanes) {
      state = state * 1664525 + 1013904223;
      lane = (state | (1u << (i % 9))) >> (i % 13);
      if (i % 2) lane = ~lane;
    }
    const V128 a = V128::FromLanes<uint32_t>(lanes);
    const auto s32 = F32x4ConvertI32x4S(a).Lanes<float>(),
               u32 = F32x4ConvertI32x4U(a).Lanes<float>();
    const auto s64 = F64x2ConvertLowI32x4S(a).Lanes<double>(),
               u64 = F64x2ConvertLowI32x4U(a).Lanes<double>();
    for (size_t k = 0; k < 4; ++k) {
      REQUIRE(Exact(s32[k], F32ConvertI32S(lanes[k])));
      REQUIRE(Exact(u32[k], F32ConvertI32U(lanes[k])));
    }
    for (size_t k = 0; k < 2; ++k) {
      REQUIRE(Exact(s64[k], F64ConvertI32S(lanes[k])));
      REQUIRE(Exact(u64[k], F64ConvertI32U(lanes[k])));
    }
  }
}

TEST_CASE("promote and demote convert the low lanes") {
  for (const float z : Values<float>()) {
    const auto wide = F64x2PromoteLowF32x4(V128::FromLanes<float>({z, 1, 2, 3})).Lanes<double>();
    CHECK(Same(wide[0], F64PromoteF32(z)));
    CHECK(wide[1] == 1);
  }
  for (const double z : Values<double>()) {
    const auto narrow = F32x4DemoteF64x2Zero(V128::FromLanes<double>({1, z})).Lanes<float>();
    CHECK(narrow[0] == 1);
    CHECK(Same(narrow[1], F32DemoteF64(z)));
    CHECK((Exact(narrow[2], 0.0f) && Exact(narrow[3], 0.0f)));
  }
}

static_assert(F32x4Min(F32x4Splat(0.0f), F32x4Splat(-0.0f)) == F32x4Splat(-0.0f));
static_assert(F64x2Max(F64x2Splat(-0.0), F64x2Splat(0.0)) == F64x2Splat(0.0));
static_assert(F32x4Max(I32x4Splat(0x7f800001), F32x4Splat(1)) == I32x4Splat(0x7fc00001));
static_assert(F32x4Pmin(F32x4Splat(0.0f), F32x4Splat(-0.0f)) == F32x4Splat(0.0f));
static_assert(F32x4Nearest(F32x4Splat(-2.5f)) == F32x4Splat(-2.0f));
static_assert(F32x4Ceil(I32x4Splat(0x7fa00000)) == I32x4Splat(0x7fe00000));
static_assert(F64x2Trunc(F64x2Splat(-0.5)) == F64x2Splat(-0.0));
static_assert(F64x2Floor(F64x2Splat(-0.5)) == F64x2Splat(-1.0));

}  // namespace
}  // namespace wasm::num
