// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_tests.py of the specification, from memory: test_heap, test_roundtrips, and the bounds.

#include <catch2/catch_test_macros.hpp>

#include "libcomponent/abi/abi_test_util.h"
#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/load.h"
#include "libcomponent/abi/lower_flat.h"
#include "libcomponent/abi/store.h"

namespace component::abi {
namespace {

using enum ValKind;
using Slots = std::vector<uint64_t>;
using Contents = std::vector<uint8_t>;

std::string Message(const wasm::Result<Value>& result) {
  return result ? "" : result.error().message();
}

// [run_tests.py: test_heap]; without a value: a trap. Lowered into another heap it lifts again.
void TestHeap(const ValType* type, const std::optional<Value>& expected, const Slots& slots,
              const Contents& contents, PtrType ptr = PtrType::kI32) {
  Heap heap(contents);
  Context cx{&heap, StringEncoding::kUtf8, ptr};
  CoreValueIter vi(slots);
  const auto got = LiftFlat(cx, vi, *type);
  if (!expected) {
    REQUIRE(!got);
    CHECK(got.error().kind() == wasm::ErrorKind::kTrap);
    return;
  }
  REQUIRE(got);
  CHECK(*got == *expected);
  Heap target(5 * contents.size());
  Context to{&target, StringEncoding::kUtf8, ptr};
  std::array<uint64_t, 2> out;
  REQUIRE(LowerFlat(to, *got, *type, out));
  CoreValueIter again(out);
  CHECK(*LiftFlat(to, again, *type) == *expected);
}

template <typename Make>
Value ListOf(Make make, const std::vector<int64_t>& numbers) {
  std::vector<Value> items;
  for (const int64_t number : numbers) items.push_back(make(number));
  return Value::List(items);
}
Value U8(int64_t v) { return Value::U8(static_cast<uint8_t>(v)); }
Value U16(int64_t v) { return Value::U16(static_cast<uint16_t>(v)); }
Value U32(int64_t v) { return Value::U32(static_cast<uint32_t>(v)); }
Value U64(int64_t v) { return Value::U64(static_cast<uint64_t>(v)); }
Value S8(int64_t v) { return Value::S8(static_cast<int8_t>(v)); }
Value S16(int64_t v) { return Value::S16(static_cast<int16_t>(v)); }
Value S32(int64_t v) { return Value::S32(static_cast<int32_t>(v)); }
Value S64(int64_t v) { return Value::S64(v); }
Value Bool(int64_t v) { return Value::Bool(v != 0); }
Value Flags(int64_t v) { return Value::Flags(static_cast<uint32_t>(v)); }

TEST_CASE("lists of scalars") {
  TypeBuilder t;
  const auto list = [&](ValKind kind) { return t.List(t.Prim(kind)); };
  TestHeap(list(kBool), ListOf(Bool, {1, 0, 1}), {0, 3}, {1, 0, 1});
  TestHeap(list(kBool), ListOf(Bool, {1, 0, 1}), {0, 3}, {1, 0, 2});
  TestHeap(list(kBool), ListOf(Bool, {1, 0, 1}), {3, 3}, {0xff, 0xff, 0xff, 1, 0, 1});
  TestHeap(list(kU8), ListOf(U8, {1, 2, 3}), {0, 3}, {1, 2, 3});
  TestHeap(list(kU16), ListOf(U16, {1, 2, 3}), {0, 3}, {1, 0, 2, 0, 3, 0});
  TestHeap(list(kU16), std::nullopt, {1, 3}, {0, 1, 0, 2, 0, 3, 0});
  TestHeap(list(kU32), ListOf(U32, {1, 2, 3}), {0, 3}, {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0});
  TestHeap(list(kU64), ListOf(U64, {1, 2}), {0, 2},
           {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0});
  TestHeap(list(kS8), ListOf(S8, {-1, -2, -3}), {0, 3}, {0xff, 0xfe, 0xfd});
  TestHeap(list(kS16), ListOf(S16, {-1, -2, -3}), {0, 3}, {0xff, 0xff, 0xfe, 0xff, 0xfd, 0xff});
  TestHeap(list(kS32), ListOf(S32, {-1, -2}), {0, 2},
           {0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff});
  TestHeap(list(kS64), ListOf(S64, {-1}), {0, 1}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  TestHeap(list(kChar), Value::List({Value::Char('A'), Value::Char('B'), Value::Char('c')}), {0, 3},
           {65, 0, 0, 0, 66, 0, 0, 0, 99, 0, 0, 0});
}

TEST_CASE("lists of strings and lists") {
  TypeBuilder t;
  const ValType* strings = t.List(t.String());
  const Value hi_wat = Value::List({Value::String("hi"), Value::String("wat")});
  TestHeap(strings, hi_wat, {0, 2}, {16, 0, 0, 0, 2,   0,   0,   0,   21,  0,   0,   0,
                                     3,  0, 0, 0, 'h', 'i', 0xf, 0xf, 0xf, 'w', 'a', 't'});
  TestHeap(strings, hi_wat, {0, 2},
           {32, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0,   0,   0,   0,   37,  0,   0,   0,
            0,  0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 'h', 'i', 0xf, 0xf, 0xf, 'w', 'a', 't'},
           PtrType::kI64);
  const ValType* bytes = t.List(t.List(t.Prim(kU8)));
  const Value lists = Value::List({ListOf(U8, {3, 4, 5}), ListOf(U8, {}), ListOf(U8, {6, 7})});
  TestHeap(bytes, lists, {0, 3}, {24, 0,  0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                  0,  27, 0, 0, 0, 2, 0, 0, 0, 3, 4, 5, 6, 7});
  TestHeap(bytes, lists, {0, 3},
           {48, 0, 0, 0, 0, 0,  0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0,  0, 0, 0, 0, 51, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 4, 5, 6, 7},
           PtrType::kI64);
  const ValType* shorts = t.List(t.List(t.Prim(kU16)));
  const Value five_six = Value::List({ListOf(U16, {5, 6})});
  TestHeap(shorts, five_six, {0, 1}, {8, 0, 0, 0, 2, 0, 0, 0, 5, 0, 6, 0});
  TestHeap(shorts, five_six, {0, 1}, {16, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5, 0, 6, 0},
           PtrType::kI64);
  TestHeap(shorts, std::nullopt, {0, 1}, {9, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 6, 0});
  TestHeap(shorts, std::nullopt, {0, 1},
           {17, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 6, 0}, PtrType::kI64);
  TestHeap(t.List(t.List(t.Prim(kU8), 2)), Value::List({ListOf(U8, {1, 2}), ListOf(U8, {3, 4})}),
           {0, 2}, {1, 2, 3, 4});
  const ValType* pairs = t.List(t.List(t.Prim(kU32), 2));
  TestHeap(pairs, Value::List({ListOf(U32, {1, 2}), ListOf(U32, {3, 4})}), {0, 2},
           {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0});
  TestHeap(pairs, std::nullopt, {1, 2}, {0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0});
}

TEST_CASE("records with padding, flags and maps") {
  TypeBuilder t;
  const ValType* u8 = t.Prim(kU8);
  const ValType* u16 = t.Prim(kU16);
  const ValType* u32 = t.Prim(kU32);
  const auto tup = [](std::vector<Value> items) { return Value::Record(std::move(items)); };
  TestHeap(t.List(t.Tuple({u8, u8, u16, u32})),
           Value::List({tup({U8(6), U8(7), U16(8), U32(9)}), tup({U8(4), U8(5), U16(6), U32(7)})}),
           {0, 2}, {6, 7, 8, 0, 9, 0, 0, 0, 4, 5, 6, 0, 7, 0, 0, 0});
  TestHeap(t.List(t.Tuple({u8, u16, u8, u32})),
           Value::List({tup({U8(6), U16(7), U8(8), U32(9)}), tup({U8(4), U16(5), U8(6), U32(7)})}),
           {0, 2}, {6, 0xff, 7, 0, 8, 0xff, 0xff, 0xff, 9, 0, 0, 0,
                    4, 0xff, 5, 0, 6, 0xff, 0xff, 0xff, 7, 0, 0, 0});
  TestHeap(t.List(t.Tuple({u16, u8})), Value::List({tup({U16(6), U8(7)}), tup({U16(8), U8(9)})}),
           {0, 2}, {6, 0, 7, 0xff, 8, 0, 9, 0xff});
  TestHeap(t.List(t.Tuple({t.Tuple({u16, u8}), u8})),
           Value::List({tup({tup({U16(4), U8(5)}), U8(6)}), tup({tup({U16(7), U8(8)}), U8(9)})}),
           {0, 2}, {4, 0, 5, 0xff, 6, 0xff, 7, 0, 8, 0xff, 9, 0xff});

  TestHeap(t.List(t.Flags({"a", "b"})), ListOf(Flags, {0, 2, 3}), {0, 3}, {0, 2, 3});
  TestHeap(t.List(t.Flags({"a", "b"})), ListOf(Flags, {0, 2, 0}), {0, 3}, {0, 2, 4});
  TestHeap(t.List(t.Flags(9)), ListOf(Flags, {0x1ff, 0}), {0, 2}, {0xff, 1, 0, 0});
  TestHeap(t.List(t.Flags(9)), ListOf(Flags, {0x1ff, 0}), {0, 2}, {0xff, 3, 0, 0});
  TestHeap(t.List(t.Flags(17)), ListOf(Flags, {0x1ffff, 0}), {0, 2},
           {0xff, 0xff, 1, 0, 0, 0, 0, 0});
  TestHeap(t.List(t.Flags(17)), ListOf(Flags, {0x1ffff, 0}), {0, 2},
           {0xff, 0xff, 3, 0, 0, 0, 0, 0});
  TestHeap(t.List(t.Flags(32)), ListOf(Flags, {0xffffffff, 0}), {0, 2},
           {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0});
  TestHeap(t.Map(u8, u16), Value::List({tup({U8(42), U16(83)}), tup({U8(43), U16(84)})}), {0, 2},
           {42, 0xff, 83, 0, 43, 0xff, 84, 0});
}

// [run_tests.py: test_roundtrips], with the limits of the specification and with memory forced.
TEST_CASE("values make the round trip") {
  TypeBuilder t;
  std::vector<const ValType*> many(16, t.Prim(kU32));
  many.push_back(t.String());
  std::vector<Value> many_values;
  for (int i = 1; i <= 16; ++i) many_values.push_back(U32(i));
  many_values.push_back(Value::String("wat"));
  const auto text = [](const char* s) { return Value::String(s); };
  const std::pair<const ValType*, Value> cases[] = {
      {t.Prim(kS8), S8(-1)},
      {t.Tuple({t.Prim(kU16), t.Prim(kU16)}), Value::Record({U16(3), U16(4)})},
      {t.List(t.String()), Value::List({text("hello there")})},
      {t.List(t.List(t.String())),
       Value::List({Value::List({text("one"), text("two")}), Value::List({text("three")})})},
      {t.List(t.Option(t.Tuple({t.String(), t.Prim(kU16)}))),
       Value::List({Value::Variant(1, Value::Record({text("answer"), U16(42)}))})},
      {t.Variant({{"x", t.Tuple(many)}}), Value::Variant(0, Value::Record(many_values))},
  };
  for (const PtrType ptr : {PtrType::kI32, PtrType::kI64})
    for (const uint32_t max_flat : {16u, 0u})
      for (const auto& [type, value] : cases) {
        Heap heap(1000);
        Context cx{&heap, StringEncoding::kUtf8, ptr};
        std::array<uint64_t, 16> out;
        const auto count = LowerFlatValues(cx, max_flat, {&value, 1}, {&type, 1}, out);
        REQUIRE(count);
        if (max_flat == 0) CHECK(*count == 1);
        const auto back = LiftFlatValues(cx, max_flat, std::span(out).first(*count), {&type, 1});
        REQUIRE(back);
        CHECK(back->front() == value);
        // Through a pointer of the caller's.
        if (max_flat != 0) continue;
        const uint64_t at = AlignTo(heap.last, 8);
        heap.last = at + 200;
        CHECK(*LowerFlatValues(cx, 0, {&value, 1}, {&type, 1}, {}, at) == 0);
        const std::array<uint64_t, 1> in = {at};
        CHECK(LiftFlatValues(cx, 0, in, {&type, 1})->front() == value);
      }
}

TEST_CASE("bounds and alignment of what is passed in memory") {
  TypeBuilder t;
  const ValType* u32 = t.Prim(kU32);
  const std::vector<const ValType*> types(2, u32);
  Heap heap(12);
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  const std::vector<Value> values(2, U32(7));
  const auto lift = [&](uint64_t ptr) {
    const auto result = LiftFlatValues(cx, 1, std::span(&ptr, 1), types);
    return result ? "" : result.error().message();
  };
  CHECK(lift(4).empty());
  CHECK(lift(8) == kOutOfBounds);
  CHECK(lift(2) == kUnaligned);
  CHECK(lift(0xfffffffc) == kOutOfBounds);
  const auto lower = [&](std::optional<uint64_t> pointer) {
    std::array<uint64_t, 1> out;
    const auto result = LowerFlatValues(cx, 1, values, types, out, pointer);
    return result ? "" : result.error().message();
  };
  CHECK(lower(4).empty());
  CHECK(heap.calls.empty());
  CHECK(lower(8) == kOutOfBounds);
  CHECK(lower(6) == kUnaligned);
  CHECK(lower(std::nullopt).empty());
  CHECK(heap.calls == std::vector<std::array<uint64_t, 4>>{{0, 0, 4, 8}});
  heap.answer = 8;
  CHECK(lower(std::nullopt) == kReallocOutOfBounds);
  heap.answer = 2;
  CHECK(lower(std::nullopt) == kReallocUnaligned);
}

TEST_CASE("bounds of lists") {
  TypeBuilder t;
  const ValType* list = t.List(t.Prim(kU32));
  Heap heap(16);
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  const auto lift = [&](Slots slots, PtrType ptr = PtrType::kI32) {
    cx.ptr = ptr;
    CoreValueIter vi(slots);
    return Message(LiftFlat(cx, vi, *list));
  };
  CHECK(lift({16, 0}).empty());
  CHECK(lift({20, 0}) == kListOutOfBounds);
  CHECK(lift({2, 0}) == kUnaligned);
  CHECK(lift({4, 4}) == kListOutOfBounds);
  CHECK(lift({0, 1 << 26}) == kListTooLong);
  CHECK(lift({0, (1 << 26) - 1}) == kListOutOfBounds);
  CHECK(lift({0, uint64_t{1} << 62}, PtrType::kI64) == kListTooLong);
  CHECK(lift({~uint64_t{3}, 1}, PtrType::kI64) == kListOutOfBounds);
  cx.ptr = PtrType::kI32;
  heap.answer = 12;
  std::array<uint64_t, 2> out;
  const auto lower = [&](const Value& value) {
    const auto result = LowerFlat(cx, value, *list, out);
    return result ? "" : result.error().message();
  };
  CHECK(lower(ListOf(U32, {1, 2})) == kReallocListOutOfBounds);
  heap.answer = 20;
  CHECK(lower(ListOf(U32, {})) == kReallocListOutOfBounds);
  heap.answer = 2;
  CHECK(lower(ListOf(U32, {})) == kReallocUnaligned);
}

TEST_CASE("buffers of streams") {
  TypeBuilder t;
  const ValType* u16 = t.Prim(kU16);
  Heap heap(Contents{1, 0, 2, 0, 3, 0});
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  const auto values = LoadListFromValidRange(cx, 2, 2, *u16);
  REQUIRE(values);
  CHECK(*values == std::vector{U16(2), U16(3)});
  REQUIRE(StoreListIntoValidRange(cx, *values, 0, *u16));
  CHECK(heap.bytes == Contents{2, 0, 3, 0, 3, 0});
  CHECK(!LoadListFromValidRange(cx, 2, 3, *u16));
  CHECK(!LoadListFromValidRange(cx, 0, uint64_t{1} << 63, *u16));
  CHECK(!StoreListIntoValidRange(cx, *values, 4, *u16));
  CHECK(!Load(cx, 6, *u16));
  CHECK(!Store(cx, U16(1), *u16, 6));
}

TEST_CASE("a list that would be too large as Values traps before it is made; bytes stay bytes") {
  TypeBuilder t;
  const uint64_t length = kMaxLiftedBytes / sizeof(Value) + 1;
  Heap heap(length);
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  const Slots slots = {0, length};
  CoreValueIter vi(slots);
  CHECK(Message(LiftFlat(cx, vi, *t.List(t.Prim(kS8)))) == kTooMuch);
  CoreValueIter again(slots);
  const auto bytes = LiftFlat(cx, again, *t.List(t.Prim(kU8)));
  REQUIRE(bytes);
  CHECK(bytes->is_compact());
  CHECK(bytes->size() == length);
  CHECK(bytes->string()[0] == 0);
}

TEST_CASE("what lies over each other in a small memory is not lifted again and again") {
  TypeBuilder t;
  // Strings of half a mebibyte, all of them the same.
  constexpr uint32_t kSize = 1 << 19, kCount = 1000;
  Heap heap(kSize + kCount * 8);
  for (uint32_t i = 0; i < kCount; ++i) StoreInt(heap.bytes.data() + kSize + i * 8 + 4, kSize, 4);
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  const ValType* strings = t.List(t.Prim(kString));
  const Slots many = {kSize, kCount};
  CoreValueIter vi(many);
  CHECK(Message(LiftFlat(cx, vi, *strings)) == kTooMuch);
  const Slots some = {kSize, 100};
  CoreValueIter again(some);
  CHECK(LiftFlat(cx, again, *strings).has_value());
}

TEST_CASE("bytes of a host are stored as a list, made of items or not") {
  TypeBuilder t;
  const Value compact = Value::Bytes(std::string("\x01\xff"));
  CHECK(compact.is_compact());
  CHECK(compact.size() == 2);
  CHECK(compact == Value::List({U8(1), U8(255)}));
  Value expanded = Value::Bytes(std::string("\x01\xff"));
  CHECK(expanded.items()[1] == U8(255));
  CHECK_FALSE(expanded.is_compact());
  CHECK(std::move(expanded).TakeBytes() == "\x01\xff");
}

}  // namespace
}  // namespace component::abi
