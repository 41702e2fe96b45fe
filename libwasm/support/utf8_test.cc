// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/support/utf8.h"

#include <catch2/catch_test_macros.hpp>

namespace wasm {
namespace {

TEST_CASE("every scalar value survives encoding and decoding") {
  for (char32_t code = 0; code <= 0x10ffff; ++code) {
    if (!IsScalarValue(code)) continue;
    std::string bytes;
    AppendUtf8(bytes, code);
    std::string_view rest = bytes;
    const std::optional<char32_t> decoded = DecodeUtf8(&rest);
    if (decoded != code || !rest.empty()) FAIL("scalar value " << static_cast<uint32_t>(code));
  }
}

TEST_CASE("names that are not UTF-8 are refused") {
  using namespace std::string_view_literals;
  CHECK(IsValidUtf8(""sv));
  CHECK(IsValidUtf8("plain ascii, longer than eight bytes"sv));
  CHECK(IsValidUtf8("gr\xc3\xbc\xc3\x9f dich \xe2\x82\xac \xf0\x9f\x98\x80"sv));
  for (std::string_view bad : {
           "\x80"sv,  // a continuation byte alone
           "\xc3"sv,  // cut short
           "\xe2\x82"sv,
           "\xf0\x9f\x98"sv,
           "\xc0\x80"sv,  // longer than necessary
           "\xc1\xbf"sv,
           "\xe0\x9f\xbf"sv,
           "\xf0\x8f\xbf\xbf"sv,
           "\xed\xa0\x80"sv,  // surrogates
           "\xed\xbf\xbf"sv,
           "\xf4\x90\x80\x80"sv,  // above U+10FFFF
           "\xf5\x80\x80\x80"sv,
           "\xff"sv,
           "12345678\x80"sv,
           "\xc3\x28"sv,
       })
    CHECK_FALSE(IsValidUtf8(bad));
}

}  // namespace
}  // namespace wasm
