// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/core/key_values.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>

namespace trenail::wasi {
namespace {

KeyValues::Bytes Bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST_CASE("Values are kept until they are deleted", "[key-values]") {
  KeyValues values;
  CHECK(values.Get("a") == std::nullopt);
  REQUIRE(values.Set("a", Bytes("1")).has_value());
  REQUIRE(values.Set("a", Bytes("2")).has_value());
  CHECK(values.Get("a") == Bytes("2"));
  CHECK(values.Exists("a"));
  values.Delete("a");
  values.Delete("a");
  CHECK(!values.Exists("a"));
}

TEST_CASE("A store is bounded", "[key-values]") {
  KeyValues values(3 * KeyValues::kEntryOverhead);
  REQUIRE(values.Set("a", Bytes(std::string(100, 'a'))).has_value());
  CHECK(values.Set("b", Bytes("b")).error() == "the store is full");
  // What is replaced makes room.
  CHECK(values.Set("a", Bytes(std::string(110, 'a'))).has_value());
  values.Delete("a");
  CHECK(values.Set("b", Bytes("b")).has_value());
  CHECK(!KeyValues().Set(std::string(KeyValues::kMaxKey + 1, 'k'), {}).has_value());
}

TEST_CASE("Numbers are incremented, and nothing else", "[key-values]") {
  KeyValues values;
  CHECK(values.Increment<int64_t>("n", 5) == 5);
  CHECK(values.Increment<int64_t>("n", -7) == -2);
  CHECK(values.Get("n") == Bytes("-2"));
  CHECK(!values.Increment<uint64_t>("n", 1).has_value());
  CHECK(values.Increment<uint64_t>("u", std::numeric_limits<uint64_t>::max()).has_value());
  CHECK(values.Increment<uint64_t>("u", 1).error() == "the number overflows");
  REQUIRE(values.Set("t", Bytes("1 ")).has_value());
  CHECK(values.Increment<int64_t>("t", 1).error() == "the value is not a number");
}

TEST_CASE("A value is swapped only if it is still the same", "[key-values]") {
  KeyValues values;
  const auto none = values.VersionOf("a");
  CHECK(none.value == std::nullopt);
  CHECK(values.Swap("a", none.number, Bytes("1")) == true);
  CHECK(values.Swap("a", none.number, Bytes("2")) == false);
  const auto one = values.VersionOf("a");
  // The same bytes, written again, are another value.
  REQUIRE(values.Set("a", Bytes("1")).has_value());
  CHECK(values.Swap("a", one.number, Bytes("2")) == false);
  CHECK(values.Get("a") == Bytes("1"));
}

TEST_CASE("Keys are listed in pages", "[key-values]") {
  KeyValues values;
  const size_t count = 2 * KeyValues::kMaxListed + 1;
  for (size_t i = 0; i < count; ++i)
    REQUIRE(values.Set(std::to_string(10'000 + i), {}).has_value());
  size_t listed = 0;
  std::optional<std::string> last;
  for (bool more = true; more;) {
    const KeyValues::Keys keys = values.ListAfter(last);
    REQUIRE(!keys.keys.empty());
    CHECK((!last || *last < keys.keys.front()));
    CHECK(values.ListFrom(listed).keys == keys.keys);
    listed += keys.keys.size();
    last = keys.keys.back();
    more = keys.more;
  }
  CHECK(listed == count);
  CHECK(values.ListFrom(count).keys.empty());
}

}  // namespace
}  // namespace trenail::wasi
