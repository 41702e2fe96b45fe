// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/numbers.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

namespace wasm::text {
namespace {

uint32_t Bits(float value) { return std::bit_cast<uint32_t>(value); }
uint64_t Bits(double value) { return std::bit_cast<uint64_t>(value); }

TEST_CASE("integers have a range on both sides") {
  CHECK(ParseInt("0", 32) == 0);
  CHECK(ParseInt("4_294_967_295", 32) == 0xffff'ffff);
  CHECK(ParseInt("0xFFFF_ffff", 32) == 0xffff'ffff);
  CHECK(ParseInt("-1", 32) == 0xffff'ffff);
  CHECK(ParseInt("-0x8000_0000", 32) == 0x8000'0000);
  CHECK(ParseInt("+7", 32) == 7);
  CHECK(ParseInt("4294967296", 32) == std::nullopt);
  CHECK(ParseInt("-2147483649", 32) == std::nullopt);
  CHECK(ParseInt("0xffffffffffffffff", 64) == ~uint64_t{0});
  CHECK(ParseInt("-0x8000000000000000", 64) == uint64_t{1} << 63);
  CHECK(ParseInt("18446744073709551615", 64) == ~uint64_t{0});
  CHECK(ParseInt("18446744073709551616", 64) == std::nullopt);
  CHECK(ParseInt("-9223372036854775809", 64) == std::nullopt);
  CHECK(ParseInt("255", 8) == 255);
  CHECK(ParseInt("-128", 8) == 128);
  CHECK(ParseInt("256", 8) == std::nullopt);
  CHECK(ParseNat("7", 7) == 7);
  CHECK(ParseNat("8", 7) == std::nullopt);
  CHECK(ParseNat("0x1_0000_0000_0000_0000", ~uint64_t{0}) == std::nullopt);
}

TEST_CASE("decimal floats are rounded to nearest, ties to even") {
  CHECK(ParseF32("1.5") == Bits(1.5f));
  CHECK(ParseF32("-0") == 0x8000'0000);
  CHECK(ParseF32("1_000.5_0e-0_1") == Bits(100.05f));
  CHECK(ParseF32("340282346638528859811704183484516925440") ==
        Bits(std::numeric_limits<float>::max()));
  // The last decimal that still rounds down, and the tie that rounds to infinity.
  CHECK(ParseF32("340282356779733661637539395458142568447") ==
        Bits(std::numeric_limits<float>::max()));
  CHECK(ParseF32("340282356779733661637539395458142568448") == std::nullopt);
  CHECK(ParseF32("16777217") == Bits(16777216.f));
  CHECK(ParseF32("16777219") == Bits(16777220.f));
  CHECK(ParseF32("1.4e-45") == 1);
  CHECK(ParseF32("7.006492321624085e-46") == 0);
  CHECK(ParseF32("7.006492321624086e-46") == 1);
  CHECK(ParseF32("1e-400") == 0);
  CHECK(ParseF32("-1e-99999999999999999999") == 0x8000'0000);
  CHECK(ParseF32("0e99999999999999999999") == 0);
  CHECK(ParseF32("1e39") == std::nullopt);
  CHECK(ParseF64("1e309") == std::nullopt);
  CHECK(ParseF64("1e99999999999999999999") == std::nullopt);
  CHECK(ParseF64("4.9406564584124654e-324") == 1);
  CHECK(ParseF64("2.4703282292062327e-324") == 0);
  CHECK(ParseF64("1.7976931348623157e308") == Bits(std::numeric_limits<double>::max()));
  CHECK(ParseF64("9007199254740993") == Bits(9007199254740992.0));
  CHECK(ParseF64("1" + std::string(400, '0') + "e-400") == Bits(1.0));
  CHECK(ParseF64("0." + std::string(400, '0') + "1e401") == Bits(1.0));
}

TEST_CASE("hexadecimal floats are rounded once") {
  CHECK(ParseF32("0x1p0") == Bits(1.0f));
  CHECK(ParseF32("0x1.8p+1") == Bits(3.0f));
  CHECK(ParseF32("0xA.8") == Bits(10.5f));
  CHECK(ParseF32("0x1.fffffep127") == Bits(std::numeric_limits<float>::max()));
  CHECK(ParseF32("0x1.fffffefffffffffffp127") == Bits(std::numeric_limits<float>::max()));
  CHECK(ParseF32("0x1.ffffffp127") == std::nullopt);
  CHECK(ParseF32("0x1p128") == std::nullopt);
  CHECK(ParseF32("0x1p-149") == 1);
  CHECK(ParseF32("0x1p-150") == 0);                    // a tie, to even
  CHECK(ParseF32("0x1.00000000000000001p-150") == 1);  // above it
  CHECK(ParseF32("0x1.fffffep-127") == 0x0080'0000);   // rounds up to the smallest normal number
  CHECK(ParseF32("0x1.000001p0") == Bits(1.0f));
  CHECK(ParseF32("0x1.0000010000000000000000001p0") == 0x3f80'0001);
  CHECK(ParseF32("0x1.000003p0") == 0x3f80'0002);
  CHECK(ParseF64("0x1.fffffffffffff8p1023") == std::nullopt);
  CHECK(ParseF64("0x1.fffffffffffff7p1023") == Bits(std::numeric_limits<double>::max()));
  CHECK(ParseF64("0x0.0000000000001p-1022") == 1);
  CHECK(ParseF64("0x1p-99999999999999999999") == 0);
  CHECK(ParseF64("0x" + std::string(40, '0') + "1p4") == Bits(16.0));
  CHECK(ParseF64("0x1" + std::string(40, '0') + "p-160") == Bits(1.0));
}

TEST_CASE("infinity and NaN") {
  CHECK(ParseF32("inf") == 0x7f80'0000);
  CHECK(ParseF64("-inf") == 0xfff0'0000'0000'0000);
  CHECK(ParseF32("-nan") == 0xffc0'0000);
  CHECK(ParseF64("nan") == 0x7ff8'0000'0000'0000);
  CHECK(ParseF32("nan:0x20_0000") == 0x7fa0'0000);
  CHECK(ParseF32("nan:0x7fffff") == 0x7fff'ffff);
  CHECK(ParseF32("nan:0x800000") == std::nullopt);
  CHECK(ParseF32("nan:0x0") == std::nullopt);
  CHECK(ParseF64("nan:0x10_0000_0000_0000") == std::nullopt);
}

TEST_CASE("what the C library prints reads back to the same bits") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random();
    const auto f64 = std::bit_cast<double>(bits);
    const auto f32 = std::bit_cast<float>(static_cast<uint32_t>(bits));
    char text[64];
    if (f64 == f64) {
      std::snprintf(text, sizeof text, "%.17g", f64);
      if (ParseF64(text) != bits) FAIL(text);
      std::snprintf(text, sizeof text, "%a", f64);
      if (ParseF64(text) != bits) FAIL(text);
      // Hexadecimal to f32 against the compiler's own rounding.
      const float narrow = static_cast<float>(f64);
      if (narrow - narrow == 0 && ParseF32(text) != Bits(narrow)) FAIL(text);
    }
    if (f32 == f32) {
      std::snprintf(text, sizeof text, "%.9g", static_cast<double>(f32));
      if (ParseF32(text) != static_cast<uint32_t>(bits)) FAIL(text);
    }
  }
}

}  // namespace
}  // namespace wasm::text
