// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating-point instructions: NaN propagation [aux-nans], signed zeros, and rounding to integral
// values against the C library over a sample of all bit patterns.

#include "libwasm/runtime/numerics_float.h"

#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

namespace wasm::num {
namespace {

template <typename F>
using Bits = internal::FloatBits<F>;

template <typename F>
Bits<F> BitsOf(F z) {
  return std::bit_cast<Bits<F>>(z);
}

// Hides a value from the optimiser, which may evaluate otherwise than the processor.
template <typename F>
F Opaque(F z) {
  volatile F hidden = z;
  return hidden;
}

template <typename F>
constexpr Bits<F> kCanonicalNaN =
    sizeof(F) == 4 ? Bits<F>{0x7fc00000} : static_cast<Bits<F>>(0x7ff8000000000000);

template <typename F>
bool IsCanonical(F z) {
  return (BitsOf(z) & ~internal::kSignBit<F>) == kCanonicalNaN<F>;
}
template <typename F>
bool IsArithmetic(F z) {
  return (BitsOf(z) & kCanonicalNaN<F>) == kCanonicalNaN<F>;
}

template <typename F>
std::vector<F> InterestingValues() {
  using Limits = std::numeric_limits<F>;
  std::vector<F> values;
  for (const F z : {F{0}, Limits::denorm_min(), Limits::min(), F(0.3), F(0.5), F(0.7), F{1}, F(1.5),
                    F(2.5), F(3.5), F{100}, internal::kAllIntegral<F> - F(0.5),
                    internal::kAllIntegral<F>, Limits::max(), Limits::infinity()}) {
    values.push_back(z);
    values.push_back(-z);
  }
  const Bits<F> infinity = BitsOf(Limits::infinity());
  for (const Bits<F> payload : {internal::kQuietBit<F>, internal::kQuietBit<F> | 5, Bits<F>{1},
                                internal::kQuietBit<F> >> 1, internal::kQuietBit<F> * 2 - 1}) {
    values.push_back(std::bit_cast<F>(infinity | payload));
    values.push_back(std::bit_cast<F>(infinity | payload | internal::kSignBit<F>));
  }
  return values;
}

// Every operator of f32 or f64.
template <typename F>
struct Ops {
  F (*abs)(F), (*neg)(F), (*ceil)(F), (*floor)(F), (*trunc)(F), (*nearest)(F), (*sqrt)(F);
  F (*add)(F, F), (*sub)(F, F), (*mul)(F, F), (*div)(F, F), (*min)(F, F), (*max)(F, F),
      (*copysign)(F, F);
};
constexpr Ops<float> kF32 = {F32Abs, F32Neg, F32Ceil, F32Floor, F32Trunc, F32Nearest, F32Sqrt,
                             F32Add, F32Sub, F32Mul,  F32Div,   F32Min,   F32Max,     F32Copysign};
constexpr Ops<double> kF64 = {F64Abs, F64Neg, F64Ceil, F64Floor, F64Trunc, F64Nearest, F64Sqrt,
                              F64Add, F64Sub, F64Mul,  F64Div,   F64Min,   F64Max,     F64Copysign};

// NaN in, NaN out: quiet, and canonical if every NaN that came in was.
template <typename F>
void CheckNaNs(F result, std::initializer_list<F> operands) {
  bool any = false, canonical = true;
  for (const F z : operands) {
    any |= z != z;
    canonical &= z == z || IsCanonical(z);
  }
  if (!any) return;
  CHECK(IsArithmetic(result));
  if (canonical) CHECK(IsCanonical(result));
}

template <typename F>
void CheckUnary(const Ops<F>& ops) {
  for (const F hidden : InterestingValues<F>()) {
    const F z = Opaque(hidden);
    CHECK(BitsOf(ops.abs(z)) == (BitsOf(z) & ~internal::kSignBit<F>));
    CHECK(BitsOf(ops.neg(z)) == (BitsOf(z) ^ internal::kSignBit<F>));
    for (auto* op : {ops.ceil, ops.floor, ops.trunc, ops.nearest, ops.sqrt}) {
      CheckNaNs(op(z), {z});
    }
    if (z < 0) CHECK(IsCanonical(ops.sqrt(z)));
    if (z >= 0) CHECK(BitsOf(ops.sqrt(z)) == BitsOf(std::sqrt(z)));
  }
}

template <typename F>
void CheckBinary(const Ops<F>& ops) {
  for (const F hidden_a : InterestingValues<F>()) {
    for (const F hidden_b : InterestingValues<F>()) {
      const F a = Opaque(hidden_a), b = Opaque(hidden_b);
      for (auto* op : {ops.add, ops.sub, ops.mul, ops.div, ops.min, ops.max}) {
        CheckNaNs(op(a, b), {a, b});
      }
      CHECK(BitsOf(ops.copysign(a, b)) ==
            ((BitsOf(a) & ~internal::kSignBit<F>) | (BitsOf(b) & internal::kSignBit<F>)));
      if (a != a || b != b) continue;
      if (a == 0 && b == 0) {
        const bool any_negative = std::signbit(a) || std::signbit(b);
        const bool all_negative = std::signbit(a) && std::signbit(b);
        CHECK((ops.min(a, b) == 0 && std::signbit(ops.min(a, b)) == any_negative));
        CHECK((ops.max(a, b) == 0 && std::signbit(ops.max(a, b)) == all_negative));
      } else {
        CHECK(BitsOf(ops.min(a, b)) == BitsOf(std::fmin(a, b)));
        CHECK(BitsOf(ops.max(a, b)) == BitsOf(std::fmax(a, b)));
      }
    }
  }
}

template <typename F>
bool SameRounding(const Ops<F>& ops, F z) {
  return BitsOf(ops.ceil(z)) == BitsOf(std::ceil(z)) &&
         BitsOf(ops.floor(z)) == BitsOf(std::floor(z)) &&
         BitsOf(ops.trunc(z)) == BitsOf(std::trunc(z)) &&
         BitsOf(ops.nearest(z)) == BitsOf(std::nearbyint(z));
}

static_assert(F32Nearest(0.5f) == 0 && F32Nearest(1.5f) == 2 && F32Nearest(2.5f) == 2);
static_assert(F32Nearest(-4.5f) == -4 && F32Nearest(8388607.5f) == 8388608);
static_assert(std::bit_cast<uint32_t>(F32Nearest(-0.5f)) == 0x80000000);
static_assert(std::bit_cast<uint32_t>(F32Ceil(-0.9f)) == 0x80000000);
static_assert(std::bit_cast<uint32_t>(F32Trunc(-0.9f)) == 0x80000000);
static_assert(std::bit_cast<uint32_t>(F32Floor(0.9f)) == 0);
static_assert(F64Ceil(4503599627370495.5) == 4503599627370496);
static_assert(F64Floor(-4503599627370495.5) == -4503599627370496);
static_assert(F64Trunc(-1.9) == -1 && F64Nearest(-3.5) == -4 &&
              F64Nearest(0.49999999999999994) == 0);
static_assert(std::bit_cast<uint32_t>(F32Min(0.0f, -0.0f)) == 0x80000000);
static_assert(std::bit_cast<uint32_t>(F32Max(-0.0f, 0.0f)) == 0);
static_assert(std::bit_cast<uint32_t>(F32Min(1, std::bit_cast<float>(0xff800001))) == 0xffc00001);
static_assert(std::bit_cast<uint32_t>(F32Nearest(std::bit_cast<float>(0x7fa00000))) == 0x7fe00000);
static_assert(std::bit_cast<uint32_t>(F32Neg(std::bit_cast<float>(0x7fa00000))) == 0xffa00000);
static_assert(F32Copysign(1.5f, -0.0f) == -1.5f && F64Copysign(-2, 1) == 2);
static_assert(F32Lt(1, 2) == 1 && F32Le(2, 2) == 1 && F64Gt(1, 2) == 0 && F64Ge(2, 2) == 1);
static_assert(F64Eq(0.0, -0.0) == 1 && F64Ne(0.0, -0.0) == 0);

TEST_CASE("Unary operators keep signs and quiet NaNs") {
  CheckUnary(kF32);
  CheckUnary(kF64);
}

TEST_CASE("Binary operators order zeros and quiet NaNs") {
  CheckBinary(kF32);
  CheckBinary(kF64);
}

TEST_CASE("Invalid operations yield canonical NaNs") {
  const float infinity = Opaque(std::numeric_limits<float>::infinity()), zero = Opaque(0.0f);
  CHECK(IsCanonical(F32Sub(infinity, infinity)));
  CHECK(IsCanonical(F32Add(infinity, -infinity)));
  CHECK(IsCanonical(F32Mul(infinity, zero)));
  CHECK(IsCanonical(F32Div(zero, zero)));
  CHECK(IsCanonical(F32Div(infinity, infinity)));
  CHECK(F32Div(Opaque(1.0f), zero) == infinity);
  CHECK(F32Div(Opaque(1.0f), Opaque(-0.0f)) == -infinity);
}

TEST_CASE("Comparisons with NaN are false, except ne") {
  const float nan = Opaque(std::numeric_limits<float>::quiet_NaN()), one = Opaque(1.0f);
  for (const auto& [a, b] : {std::array{nan, one}, std::array{one, nan}, std::array{nan, nan}}) {
    CHECK(F32Ne(a, b) == 1);
    CHECK((F32Eq(a, b) | F32Lt(a, b) | F32Gt(a, b) | F32Le(a, b) | F32Ge(a, b)) == 0);
    CHECK(F64Ne(a, b) == 1);
    CHECK((F64Eq(a, b) | F64Lt(a, b) | F64Gt(a, b) | F64Le(a, b) | F64Ge(a, b)) == 0);
  }
}

TEST_CASE("Rounding agrees with the C library") {
  int differences = 0;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 4093) {
    const float z = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (z == z) differences += !SameRounding(kF32, z);
  }
  // All the ties, and every exponent with a changing fraction.
  for (int i = -2000; i <= 2000; ++i) {
    differences += !SameRounding(kF32, static_cast<float>(i) / 4);
    differences += !SameRounding(kF64, static_cast<double>(i) / 4);
  }
  for (uint64_t i = 0; i < 1'000'000; ++i) {
    const double z = std::bit_cast<double>(i * 0x9e3779b97f4a7c15);
    if (z == z) differences += !SameRounding(kF64, z);
  }
  for (int exponent = -3; exponent <= 54; ++exponent) {
    for (const double fraction : {0.0, 0x1p-52, 0.25, 0.5, 0.75, 1 - 0x1p-52}) {
      const double z = std::ldexp(1 + fraction, exponent);
      differences += !SameRounding(kF64, z) + !SameRounding(kF64, -z);
      differences += !SameRounding(kF32, static_cast<float>(z));
    }
  }
  CHECK(differences == 0);
}

}  // namespace
}  // namespace wasm::num
