// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions at the ends of every range, and against long double, which on the targets holds every
// integer and float exactly: the specification's rational numbers [op-trunc] [op-convert].

#include "libwasm/runtime/numerics_convert.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace wasm::num {
namespace {

template <typename T>
T Opaque(T z) {
  volatile T hidden = z;
  return hidden;
}

constexpr Trap kOverflow = Trap::kIntegerOverflow;

// The last value that fits and the first that does not, at both ends of every pair.
static_assert(I32TruncF32S(2147483520.0f).value == 2147483520);
static_assert(I32TruncF32S(2147483648.0f).trap == kOverflow);
static_assert(I32TruncF32S(-2147483648.0f).value == 0x80000000);
static_assert(I32TruncF32S(-2147483904.0f).trap == kOverflow);
static_assert(I32TruncF32U(4294967040.0f).value == 0xffffff00);
static_assert(I32TruncF32U(4294967296.0f).trap == kOverflow);
static_assert(I32TruncF32U(-0x1.fffffep-1f).ok() && I32TruncF32U(-0x1.fffffep-1f).value == 0);
static_assert(I32TruncF32U(-1.0f).trap == kOverflow);
static_assert(I32TruncF64S(2147483647.9).value == 0x7fffffff);
static_assert(I32TruncF64S(2147483648.0).trap == kOverflow);
static_assert(I32TruncF64S(-2147483648.9).value == 0x80000000);
static_assert(I32TruncF64S(-2147483649.0).trap == kOverflow);
static_assert(I32TruncF64U(4294967295.9).value == 0xffffffff);
static_assert(I32TruncF64U(4294967295.0).value == 0xffffffff);
static_assert(I32TruncF64U(4294967296.0).trap == kOverflow);
static_assert(I32TruncF64U(-0.9).ok() && I32TruncF64U(-0.9).value == 0);
static_assert(I32TruncF64U(-1.0).trap == kOverflow);
static_assert(I64TruncF32S(9223371487098961920.0f).value == 0x7fffff8000000000);
static_assert(I64TruncF32S(9223372036854775808.0f).trap == kOverflow);
static_assert(I64TruncF32S(-9223372036854775808.0f).value == 0x8000000000000000);
static_assert(I64TruncF32S(-9223373136366403584.0f).trap == kOverflow);
static_assert(I64TruncF32U(18446742974197923840.0f).value == 0xffffff0000000000);
static_assert(I64TruncF32U(18446744073709551616.0f).trap == kOverflow);
static_assert(I64TruncF32U(-0.9f).ok() && I64TruncF32U(-1.0f).trap == kOverflow);
static_assert(I64TruncF64S(9223372036854774784.0).value == 0x7ffffffffffffc00);
static_assert(I64TruncF64S(9223372036854775808.0).trap == kOverflow);
static_assert(I64TruncF64S(-9223372036854775808.0).value == 0x8000000000000000);
static_assert(I64TruncF64S(-9223372036854777856.0).trap == kOverflow);
static_assert(I64TruncF64U(18446744073709549568.0).value == 0xfffffffffffff800);
static_assert(I64TruncF64U(18446744073709551616.0).trap == kOverflow);
static_assert(I64TruncF64U(-0x1.fffffffffffffp-1).ok() && I64TruncF64U(-1.0).trap == kOverflow);

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
static_assert(I32TruncF32S(static_cast<float>(kNaN)).trap == Trap::kInvalidConversion);
static_assert(I32TruncF64U(kNaN).trap == Trap::kInvalidConversion);
static_assert(I64TruncF64S(-kNaN).trap == Trap::kInvalidConversion);
static_assert(I64TruncF64U(kInfinity).trap == kOverflow);
static_assert(I32TruncF64S(-kInfinity).trap == kOverflow);

static_assert(I32TruncSatF64S(kNaN) == 0 && I64TruncSatF64U(-kNaN) == 0);
static_assert(I32TruncSatF64S(kInfinity) == 0x7fffffff &&
              I32TruncSatF64S(-kInfinity) == 0x80000000);
static_assert(I32TruncSatF64U(kInfinity) == 0xffffffff && I32TruncSatF64U(-kInfinity) == 0);
static_assert(I64TruncSatF64S(1e300) == 0x7fffffffffffffff);
static_assert(I64TruncSatF64U(1e300) == 0xffffffffffffffff && I64TruncSatF64U(-1e300) == 0);
static_assert(I32TruncSatF32S(-3.9f) == -3u && I32TruncSatF32U(3.9f) == 3);

static_assert(I32WrapI64(0x123456789abcdef0) == 0x9abcdef0);
static_assert(I64ExtendI32S(0x80000000) == 0xffffffff80000000 && I64ExtendI32S(1) == 1);
static_assert(I64ExtendI32U(0x80000000) == 0x80000000);

// Ties to even, and no rounding twice on the way.
static_assert(F32ConvertI32S(16777217) == 16777216.0f && F32ConvertI32S(16777219) == 16777220.0f);
static_assert(F32ConvertI32U(0xffffffff) == 4294967296.0f && F32ConvertI32S(-1u) == -1.0f);
static_assert(F32ConvertI64S(0x7fffff4000000001) == 0x1.fffffep+62f);
static_assert(F32ConvertI64U(0x8000008000000001) == 0x1.000002p+63f);
static_assert(F64ConvertI64S(9007199254740993) == 9007199254740992);
static_assert(F64ConvertI64U(0x8000000000000401) == 0x1.0000000000001p+63);
static_assert(F64ConvertI64U(0xffffffffffffffff) == 0x1p64);
static_assert(F64ConvertI32S(0x80000000) == -2147483648.0 && F64ConvertI32U(0x80000000) == 0x1p31);

static_assert(F32DemoteF64(0x1.fffffefffffffp+127) == 0x1.fffffep+127f);
static_assert(F32DemoteF64(0x1.000001p0) == 1 &&
              F32DemoteF64(0x1.0000010000001p0) == 0x1.000002p0f);
static_assert(F32DemoteF64(0x1p-150) == 0 && F32DemoteF64(0x1.8p-149) == 0x1p-148f);
static_assert(F64PromoteF32(0x1p-149f) == 0x1p-149);

static_assert(I32ReinterpretF32(-0.0f) == 0x80000000 && F32ReinterpretI32(0x3f800000) == 1);
static_assert(I64ReinterpretF64(1.0) == 0x3ff0000000000000);
static_assert(I64ReinterpretF64(F64ReinterpretI64(0x7ff0000000000001)) == 0x7ff0000000000001);
static_assert(I32ReinterpretF32(F32ReinterpretI32(0xffa00000)) == 0xffa00000);

template <typename F>
std::vector<F> Samples() {
  using Limits = std::numeric_limits<F>;
  std::vector<F> samples = {0,
                            Limits::denorm_min(),
                            F(0.5),
                            F(0.9),
                            1,
                            F(1.5),
                            Limits::max(),
                            Limits::infinity(),
                            Limits::quiet_NaN()};
  for (const int exponent : {0, 1, 24, 30, 31, 32, 33, 52, 53, 62, 63, 64, 65}) {
    const F power = std::ldexp(F{1}, exponent);
    for (const F near : {power, power - 1, power + 1, power - F(0.5), power + F(0.5)}) {
      samples.insert(samples.end(),
                     {near, std::nextafter(near, F{0}), std::nextafter(near, Limits::infinity())});
    }
  }
  uint64_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    samples.push_back(std::ldexp(static_cast<F>(state >> 11), static_cast<int>(state % 80) - 55));
  }
  for (size_t i = 0, count = samples.size(); i < count; ++i) samples.push_back(-samples[i]);
  return samples;
}

template <typename I, typename F, typename R>
void CheckTruncation(OrTrap<R> (*trunc)(F), R (*trunc_sat)(F)) {
  using Limits = std::numeric_limits<I>;
  for (const F hidden : Samples<F>()) {
    const F z = Opaque(hidden);
    CAPTURE(z);
    if (z != z) {
      CHECK(trunc(z).trap == Trap::kInvalidConversion);
      CHECK(trunc_sat(z) == 0);
      continue;
    }
    const long double exact = std::trunc(static_cast<long double>(z));
    if (exact < static_cast<long double>(Limits::min())) {
      CHECK(trunc(z).trap == kOverflow);
      CHECK(trunc_sat(z) == static_cast<R>(Limits::min()));
    } else if (exact > static_cast<long double>(Limits::max())) {
      CHECK(trunc(z).trap == kOverflow);
      CHECK(trunc_sat(z) == static_cast<R>(Limits::max()));
    } else {
      const R expected = static_cast<R>(static_cast<I>(exact));
      CHECK(trunc(z).ok());
      CHECK(trunc(z).value == expected);
      CHECK(trunc_sat(z) == expected);
    }
  }
}

TEST_CASE("trunc and trunc_sat agree with exact truncation") {
  CheckTruncation<int32_t>(I32TruncF32S, I32TruncSatF32S);
  CheckTruncation<uint32_t>(I32TruncF32U, I32TruncSatF32U);
  CheckTruncation<int32_t>(I32TruncF64S, I32TruncSatF64S);
  CheckTruncation<uint32_t>(I32TruncF64U, I32TruncSatF64U);
  CheckTruncation<int64_t>(I64TruncF32S, I64TruncSatF32S);
  CheckTruncation<uint64_t>(I64TruncF32U, I64TruncSatF32U);
  CheckTruncation<int64_t>(I64TruncF64S, I64TruncSatF64S);
  CheckTruncation<uint64_t>(I64TruncF64U, I64TruncSatF64U);
}

TEST_CASE("convert rounds the exact value once") {
  uint64_t state = 7;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    // All widths, and often a long run of zeros or ones where ties are.
    uint64_t value = state >> (i % 64);
    if (i % 3 == 1) value |= (uint64_t{1} << (i % 41)) - 1;
    if (i % 3 == 2) value &= ~((uint64_t{1} << (i % 41)) - 1);
    value = Opaque(value);
    const uint32_t word = static_cast<uint32_t>(value);
    using Exact = long double;
    const Exact s64 = static_cast<int64_t>(value), u64 = value;
    const Exact s32 = static_cast<int32_t>(word), u32 = word;
    REQUIRE(F32ConvertI64S(value) == static_cast<float>(s64));
    REQUIRE(F32ConvertI64U(value) == static_cast<float>(u64));
    REQUIRE(F64ConvertI64S(value) == static_cast<double>(s64));
    REQUIRE(F64ConvertI64U(value) == static_cast<double>(u64));
    REQUIRE(F32ConvertI32S(word) == static_cast<float>(s32));
    REQUIRE(F32ConvertI32U(word) == static_cast<float>(u32));
    REQUIRE(F64ConvertI32S(word) == static_cast<double>(s32));
    REQUIRE(F64ConvertI32U(word) == static_cast<double>(u32));
  }
}

TEST_CASE("promote and demote quiet NaNs") {
  const float signaling = Opaque(F32ReinterpretI32(0x7fa00000));
  CHECK((I64ReinterpretF64(F64PromoteF32(signaling)) & 0x7ff8000000000000) == 0x7ff8000000000000);
  const double wide = Opaque(F64ReinterpretI64(0xfff4000000000000));
  CHECK((I32ReinterpretF32(F32DemoteF64(wide)) & 0x7fc00000) == 0x7fc00000);
  const double canonical = Opaque(F64ReinterpretI64(0xfff8000000000000));
  CHECK((I32ReinterpretF32(F32DemoteF64(canonical)) & 0x7fffffff) == 0x7fc00000);
  CHECK(std::isinf(F32DemoteF64(Opaque(0x1.ffffffp+127))));
}

}  // namespace
}  // namespace wasm::num
