// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random bytes: whole buffers, repeatable with a seed, and interruptible.

#include "libwasi/core/random.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

TEST_CASE("the host's randomness fills the whole buffer") {
  Random random;
  std::vector<uint8_t> bytes(1 << 20);
  REQUIRE(random.Fill(bytes, nullptr).has_value());
  auto tail = std::vector<uint8_t>(bytes.end() - 64, bytes.end());
  CHECK(std::any_of(tail.begin(), tail.end(), [](uint8_t byte) { return byte != 0; }));
  CHECK(random.Fill({}, nullptr).has_value());
}

TEST_CASE("a seed fixes the sequence") {
  std::vector<uint8_t> first(37);
  std::vector<uint8_t> second(37);
  Random one(7);
  Random two(7);
  Random three(8);
  REQUIRE(one.Fill(first, nullptr).has_value());
  REQUIRE(two.Fill(second, nullptr).has_value());
  CHECK(first == second);
  REQUIRE(three.Fill(second, nullptr).has_value());
  CHECK(first != second);
}

TEST_CASE("an interrupt ends a long request") {
  Interrupt interrupt;
  interrupt.Raise();
  Random random;
  std::vector<uint8_t> bytes(16);
  CHECK(ErrorOf(random.Fill(bytes, &interrupt)) == Errno::kCanceled);
}

}  // namespace
}  // namespace trenail::wasi
