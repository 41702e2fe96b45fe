// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings between all encodings (run_tests.py: test_string), and how realloc is called for them.

#include "libcomponent/abi/string_encodings.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include "libcomponent/abi/abi_test_util.h"
#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/lower_flat.h"
#include "libwasm/support/utf8.h"

namespace component::abi {
namespace {

using enum StringEncoding;
using Calls = std::vector<std::array<uint64_t, 4>>;

struct Encoded {
  std::vector<uint8_t> bytes;
  uint64_t tagged_code_units = 0;
};

std::vector<uint8_t> Utf16(const std::u16string& units) {
  std::vector<uint8_t> bytes(2 * units.size());
  if (!units.empty()) std::memcpy(bytes.data(), units.data(), bytes.size());
  return bytes;
}

std::string ToUtf8(const std::u16string& units) {
  std::string text;
  for (size_t i = 0; i < units.size(); ++i) {
    char32_t scalar = units[i];
    if (scalar >= 0xd800 && scalar <= 0xdbff)
      scalar = 0x10000 + ((scalar & 0x3ff) << 10) + (units[++i] & 0x3ff);
    wasm::AppendUtf8(text, scalar);
  }
  return text;
}

// Every way to have the string in a memory with that encoding.
std::vector<Encoded> Encode(const std::u16string& units, StringEncoding encoding, PtrType ptr) {
  const uint64_t tag = uint64_t{1} << (PtrSize(ptr) * 8 - 1);
  switch (encoding) {
    case kUtf8: {
      const std::string text = ToUtf8(units);
      return {{{text.begin(), text.end()}, text.size()}};
    }
    case kUtf16:
      return {{Utf16(units), units.size()}};
    case kLatin1Utf16: {
      std::vector<Encoded> both = {{Utf16(units), units.size() | tag}};
      if (std::ranges::all_of(units, [](char16_t c) { return c < 0x100; }))
        both.push_back({{units.begin(), units.end()}, units.size()});
      return both;
    }
  }
  return {};
}

const std::u16string kStrings[] = {u"",
                                   u"a",
                                   u"hi",
                                   std::u16string(1, u'\0'),
                                   std::u16string(u"a\0b", 3),
                                   u"\u0080",
                                   u"\u0080b",
                                   u"ab\u00efc",
                                   u"\u01ffy",
                                   u"xy\u01ff",
                                   u"a\ud7ffb",
                                   u"a\u02ff\u03ff\u04ffbc",
                                   u"\uf123",
                                   u"\uf123\uf123abc",
                                   u"abcdef\uf123",
                                   u"\U0001f600",
                                   u"\u00e9\U0001f600z\u0100"};

TEST_CASE("strings cross from every encoding to every other") {
  TypeBuilder t;
  const ValType* type = t.String();
  for (const PtrType ptr : {PtrType::kI32, PtrType::kI64})
    for (const StringEncoding from : {kUtf8, kUtf16, kLatin1Utf16})
      for (const StringEncoding to : {kUtf8, kUtf16, kLatin1Utf16})
        for (const std::u16string& units : kStrings)
          for (const Encoded& encoded : Encode(units, from, ptr)) {
            const std::string text = ToUtf8(units);
            INFO(text << " from " << int(from) << " to " << int(to) << " ptr " << int(ptr));
            Heap source(encoded.bytes);
            Context from_cx{&source, from, ptr};
            const std::array<uint64_t, 2> in = {0, encoded.tagged_code_units};
            CoreValueIter vi(in);
            const auto value = LiftFlat(from_cx, vi, *type);
            REQUIRE(value);
            CHECK(value->string() == text);

            Heap target(5 * encoded.bytes.size());
            Context to_cx{&target, to, ptr};
            std::array<uint64_t, 2> slots;
            REQUIRE(LowerFlat(to_cx, *value, *type, slots));
            CoreValueIter again(slots);
            CHECK(LiftFlat(to_cx, again, *type)->string() == text);
          }
}

// The calls of realloc for a string of one memory in another.
Calls CallsFor(const std::u16string& units, StringEncoding from, size_t form, StringEncoding to) {
  TypeBuilder t;
  const Encoded encoded = Encode(units, from, PtrType::kI32)[form];
  Heap source(encoded.bytes), target(1000);
  target.last = 100;
  Context from_cx{&source, from, PtrType::kI32}, to_cx{&target, to, PtrType::kI32};
  const std::array<uint64_t, 2> in = {0, encoded.tagged_code_units};
  CoreValueIter vi(in);
  const auto value = LiftFlat(from_cx, vi, *t.String());
  REQUIRE(value);
  std::array<uint64_t, 2> out;
  REQUIRE(LowerFlat(to_cx, *value, *t.String(), out));
  return target.calls;
}

TEST_CASE("realloc is called as the specification has it") {
  // To UTF-8: as many bytes as code units, the worst case, what it took.
  CHECK(CallsFor(u"\u00e9ab", kUtf8, 0, kUtf8) == Calls{{0, 0, 1, 4}});
  CHECK(CallsFor(u"abc", kUtf16, 0, kUtf8) == Calls{{0, 0, 1, 3}});
  CHECK(CallsFor(u"ab\u00e9", kUtf16, 0, kUtf8) ==
        Calls{{0, 0, 1, 3}, {100, 3, 1, 9}, {103, 9, 1, 4}});
  CHECK(CallsFor(u"\uf123", kUtf16, 0, kUtf8) == Calls{{0, 0, 1, 1}, {100, 1, 1, 3}});
  CHECK(CallsFor(u"ab\u00e9", kLatin1Utf16, 1, kUtf8) ==
        Calls{{0, 0, 1, 3}, {100, 3, 1, 6}, {103, 6, 1, 4}});
  CHECK(CallsFor(u"\u00e9", kLatin1Utf16, 1, kUtf8) == Calls{{0, 0, 1, 1}, {100, 1, 1, 2}});
  CHECK(CallsFor(u"\u00e9", kLatin1Utf16, 0, kUtf8) ==
        Calls{{0, 0, 1, 1}, {100, 1, 1, 3}, {101, 3, 1, 2}});
  // To UTF-16: the worst case first.
  CHECK(CallsFor(u"ab", kUtf8, 0, kUtf16) == Calls{{0, 0, 2, 4}});
  CHECK(CallsFor(u"\u00e9", kUtf8, 0, kUtf16) == Calls{{0, 0, 2, 4}, {100, 4, 2, 2}});
  CHECK(CallsFor(u"ab", kUtf16, 0, kUtf16) == Calls{{0, 0, 2, 4}});
  CHECK(CallsFor(u"ab", kLatin1Utf16, 1, kUtf16) == Calls{{0, 0, 2, 4}});
  // To latin1+utf16: Latin-1 until something is not.
  CHECK(CallsFor(u"ab", kUtf8, 0, kLatin1Utf16) == Calls{{0, 0, 2, 2}});
  CHECK(CallsFor(u"\u00e9", kUtf8, 0, kLatin1Utf16) == Calls{{0, 0, 2, 2}, {100, 2, 2, 1}});
  CHECK(CallsFor(u"a\u0100", kUtf8, 0, kLatin1Utf16) ==
        Calls{{0, 0, 2, 3}, {100, 3, 2, 6}, {104, 6, 2, 4}});
  CHECK(CallsFor(u"a\u0100", kUtf16, 0, kLatin1Utf16) == Calls{{0, 0, 2, 2}, {100, 2, 2, 4}});
  CHECK(CallsFor(u"ab", kLatin1Utf16, 1, kLatin1Utf16) == Calls{{0, 0, 2, 2}});
  CHECK(CallsFor(u"a\u0100", kLatin1Utf16, 0, kLatin1Utf16) == Calls{{0, 0, 2, 4}});
  CHECK(CallsFor(u"ab", kLatin1Utf16, 0, kLatin1Utf16) == Calls{{0, 0, 2, 4}, {100, 4, 1, 2}});
}

std::string TrapOf(std::vector<uint8_t> bytes, StringEncoding encoding, Range range,
                   PtrType ptr = PtrType::kI32) {
  Heap heap(std::move(bytes));
  const auto result =
      LoadStringFromRange(encoding, ptr, heap.bytes, range, Checking::kRangeAndContent);
  if (result) return "";
  CHECK(result.error().kind() == wasm::ErrorKind::kTrap);
  return result.error().message();
}

TEST_CASE("what is no string traps") {
  CHECK(TrapOf({0xff}, kUtf8, {0, 1}).starts_with("invalid utf-8"));
  CHECK(TrapOf({'a', 0xc3}, kUtf8, {0, 2}) == "incomplete utf-8 byte sequence from index 1");
  CHECK(TrapOf({0xf0, 0x9f, 0x98}, kUtf8, {0, 3}).starts_with("incomplete"));
  CHECK(TrapOf({0xf0, 0x8f}, kUtf8, {0, 2}).starts_with("invalid"));
  CHECK(TrapOf({0xed, 0xa0}, kUtf8, {0, 2}).starts_with("invalid"));
  CHECK(TrapOf({0xc3, 'a'}, kUtf8, {0, 2}).starts_with("invalid"));
  const std::vector<uint8_t> high = {0x00, 0xd8}, low = {0x00, 0xdc};
  CHECK(TrapOf(high, kUtf16, {0, 1}) == kBadUtf16);
  CHECK(TrapOf(low, kUtf16, {0, 1}) == kBadUtf16);
  CHECK(TrapOf({0x00, 0xd8, 'a', 0}, kUtf16, {0, 2}) == kBadUtf16);
  CHECK(TrapOf(high, kLatin1Utf16, {0, 0x80000001}) == kBadUtf16);
  CHECK(TrapOf(high, kLatin1Utf16, {0, 2}).empty());

  CHECK(TrapOf({1, 2}, kUtf8, {2, 0}).empty());
  CHECK(TrapOf({1, 2}, kUtf8, {3, 0}) == kStringOutOfBounds);
  CHECK(TrapOf({1, 2}, kUtf8, {1, 2}) == kStringOutOfBounds);
  CHECK(TrapOf({1, 2, 3}, kUtf16, {1, 1}) == kUnaligned);
  CHECK(TrapOf({1, 2, 3}, kLatin1Utf16, {1, 1}) == kUnaligned);
  CHECK(TrapOf({1, 2}, kUtf8, {0, 1 << 28}) == kStringTooLong);
  CHECK(TrapOf({1, 2}, kUtf8, {0, (1 << 28) - 1}) == kStringOutOfBounds);
  CHECK(TrapOf({1, 2}, kUtf16, {0, 1 << 27}) == kStringTooLong);
  CHECK(TrapOf({1, 2}, kUtf16, {0, (1 << 27) - 1}) == kStringOutOfBounds);
  // The tag is the highest bit of a pointer, and nothing overflows below it.
  CHECK(TrapOf({1, 2}, kLatin1Utf16, {0, uint64_t{1} << 63 | 1}, PtrType::kI64).empty());
  CHECK(TrapOf({1, 2}, kLatin1Utf16, {0, 0x80000001}, PtrType::kI64) == kStringTooLong);
  CHECK(TrapOf({1, 2}, kUtf16, {0, uint64_t{1} << 63}, PtrType::kI64) == kStringTooLong);
  CHECK(TrapOf({1, 2}, kUtf8, {~uint64_t{0}, 1}, PtrType::kI64) == kStringOutOfBounds);
}

TEST_CASE("what realloc returns is checked") {
  TypeBuilder t;
  Heap heap(16);
  std::array<uint64_t, 2> out;
  const auto trap = [&](StringEncoding encoding, uint64_t answer, const char* text) {
    heap.answer = answer;
    Context cx{&heap, encoding, PtrType::kI32};
    return LowerFlat(cx, Value::String(text), *t.String(), out).error().message();
  };
  CHECK(trap(kUtf8, 17, "") == kReallocStringOutOfBounds);
  CHECK(trap(kUtf8, 14, "abc") == kReallocStringOutOfBounds);
  CHECK(trap(kUtf16, 0xffffffff, "a") == kReallocUnaligned);
  CHECK(trap(kLatin1Utf16, 3, "a") == kReallocUnaligned);
}

}  // namespace
}  // namespace component::abi
