// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/quantity.h"

#include <catch2/catch_test_macros.hpp>

namespace trenail::cli {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST_CASE("durations: a number and a unit") {
  CHECK(ParseDuration("5s") == seconds(5));
  CHECK(ParseDuration("250ms") == milliseconds(250));
  CHECK(ParseDuration("1h") == hours(1));
  CHECK(ParseDuration("7us") == nanoseconds(7000));
  CHECK(ParseDuration("9ns") == nanoseconds(9));
  CHECK(ParseDuration("0s") == seconds(0));
}

TEST_CASE("durations: a bare number is seconds") {
  CHECK(ParseDuration("2") == seconds(2));
  CHECK(ParseDuration("0.25") == milliseconds(250));
}

TEST_CASE("durations: fractions and sums are exact") {
  CHECK(ParseDuration("1.5s") == milliseconds(1500));
  CHECK(ParseDuration("0.1s") == milliseconds(100));
  CHECK(ParseDuration("1m30s") == seconds(90));
  CHECK(ParseDuration("1m0.5s") == milliseconds(60500));
}

TEST_CASE("durations: what is not understood is refused") {
  CHECK_FALSE(ParseDuration(""));
  CHECK_FALSE(ParseDuration("s"));
  CHECK_FALSE(ParseDuration("5 s"));
  CHECK_FALSE(ParseDuration("-5s"));
  CHECK_FALSE(ParseDuration("5parsecs"));
  CHECK_FALSE(ParseDuration("1m30"));
  CHECK_FALSE(ParseDuration("1."));
  CHECK_FALSE(ParseDuration("99999999999999999999s"));
  CHECK_FALSE(ParseDuration("9999999999h"));
}

TEST_CASE("sizes: powers of 1024") {
  CHECK(ParseSize("0") == 0u);
  CHECK(ParseSize("65536") == 65536u);
  CHECK(ParseSize("12B") == 12u);
  CHECK(ParseSize("4K") == 4096u);
  CHECK(ParseSize("64M") == 64u << 20);
  CHECK(ParseSize("64MiB") == 64u << 20);
  CHECK(ParseSize("1.5GB") == 3ull << 29);
  CHECK(ParseSize("2T") == 2ull << 40);
}

TEST_CASE("sizes: what is not understood is refused") {
  CHECK_FALSE(ParseSize(""));
  CHECK_FALSE(ParseSize("M"));
  CHECK_FALSE(ParseSize("-1"));
  CHECK_FALSE(ParseSize("1.5"));
  CHECK_FALSE(ParseSize("1X"));
  CHECK_FALSE(ParseSize("1MM"));
  CHECK_FALSE(ParseSize("1BB"));
  CHECK_FALSE(ParseSize("99999999T"));
}

TEST_CASE("counts: powers of 1000") {
  CHECK(ParseCount("1000") == 1000u);
  CHECK(ParseCount("10k") == 10'000u);
  CHECK(ParseCount("2.5M") == 2'500'000u);
  CHECK_FALSE(ParseCount("2.5"));
  CHECK_FALSE(ParseCount("1x"));
}

}  // namespace
}  // namespace trenail::cli
