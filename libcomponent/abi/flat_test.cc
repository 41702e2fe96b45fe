// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_tests.py of the specification, from core values: every lift, and that what was lifted lowers
// and lifts again.

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "libcomponent/abi/abi_test_util.h"
#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/load.h"
#include "libcomponent/abi/lower_flat.h"

namespace component::abi {
namespace {

using enum ValKind;
using Slots = std::vector<uint64_t>;

constexpr uint64_t kMax32 = 0xffffffff;

uint64_t F32Bits(float f) { return std::bit_cast<uint32_t>(f); }

wasm::Result<Value> Lift(const ValType* type, const Slots& slots, Heap& heap,
                         PtrType ptr = PtrType::kI32) {
  Context cx{&heap, StringEncoding::kUtf8, ptr};
  CoreValueIter vi(slots);
  auto value = LiftFlat(cx, vi, *type);
  if (value) CHECK(vi.at() == slots.size());
  return value;
}

// [run_tests.py: test]; without a value: a trap.
void Test(const ValType* type, const Slots& slots, const std::optional<Value>& expected,
          const ValType* lower_type = nullptr) {
  INFO("kind " << static_cast<int>(type->kind) << ", first slot " << slots.front());
  Heap heap(0);
  const auto got = Lift(type, slots, heap);
  if (!expected) {
    REQUIRE(!got);
    CHECK(got.error().kind() == wasm::ErrorKind::kTrap);
    return;
  }
  REQUIRE(got);
  CHECK(*got == *expected);
  if (lower_type == nullptr) lower_type = type;
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  std::array<uint64_t, 40> out;
  const auto count = LowerFlat(cx, *got, *lower_type, out);
  REQUIRE(count);
  CHECK(*count == lower_type->layout(PtrType::kI32).flat_count);
  CHECK(*Lift(lower_type, Slots(out.begin(), out.begin() + *count), heap) == *expected);
}

TEST_CASE("records and tuples") {
  TypeBuilder t;
  Test(t.Record({{"x", t.Prim(kU8)}, {"y", t.Prim(kU16)}, {"z", t.Prim(kU32)}}), {1, 2, 3},
       Value::Record({Value::U8(1), Value::U16(2), Value::U32(3)}));
  Test(t.Tuple({t.Tuple({t.Prim(kU8), t.Prim(kU8)}), t.Prim(kU8)}), {1, 2, 3},
       Value::Record({Value::Record({Value::U8(1), Value::U8(2)}), Value::U8(3)}));
  const auto u8s = [](std::vector<uint8_t> numbers) {
    std::vector<Value> items;
    for (const uint8_t number : numbers) items.push_back(Value::U8(number));
    return Value::List(items);
  };
  Test(t.List(t.Prim(kU8), 3), {1, 2, 3}, u8s({1, 2, 3}));
  Test(t.List(t.List(t.Prim(kU8), 2), 3), {1, 2, 3, 4, 5, 6},
       Value::List({u8s({1, 2}), u8s({3, 4}), u8s({5, 6})}));
}

TEST_CASE("flags") {
  TypeBuilder t;
  const ValType* ab = t.Flags({"a", "b"});
  Test(ab, {0}, Value::Flags(0));
  Test(ab, {2}, Value::Flags(2));
  Test(ab, {3}, Value::Flags(3));
  Test(ab, {4}, Value::Flags(0));
  Test(t.Flags(32), {kMax32}, Value::Flags(kMax32));
}

TEST_CASE("variants") {
  TypeBuilder t;
  const ValType* u8 = t.Prim(kU8);
  const ValType* xyz = t.Variant({{"x", u8}, {"y", t.Prim(kF32)}, {"z", nullptr}});
  Test(xyz, {0, 42}, Value::Variant(0, Value::U8(42)));
  Test(xyz, {0, 256}, Value::Variant(0, Value::U8(0)));
  Test(xyz, {1, 0x4048f5c3}, Value::Variant(1, Value::F32(3.14f)));
  Test(xyz, {2, kMax32}, Value::Variant(2));
  Test(xyz, {3, 0}, std::nullopt);
  const ValType* option = t.Option(t.Prim(kF32));
  Test(option, {0, F32Bits(3.14f)}, Value::Variant(0));
  Test(option, {1, F32Bits(3.14f)}, Value::Variant(1, Value::F32(3.14f)));
  const ValType* result = t.Result(u8, t.Prim(kU32));
  Test(result, {0, 42}, Value::Variant(0, Value::U8(42)));
  Test(result, {1, 1000}, Value::Variant(1, Value::U32(1000)));
  const ValType* wy = t.Variant({{"w", u8}, {"y", u8}});
  Test(wy, {0, 42}, Value::Variant(0, Value::U8(42)));
  Test(wy, {1, 42}, Value::Variant(1, Value::U8(42)));
  Test(wy, {0, 42}, Value::Variant(0, Value::U8(42)), t.Variant({{"w", u8}}));

  Heap heap(0);
  CHECK(Lift(xyz, {3, 0}, heap).error().message() ==
        "invalid variant discriminant: discriminant 3 out of range [0..3)");
}

TEST_CASE("payloads share joined slots") {
  TypeBuilder t;
  // Joined to i64: lifting looks at the lower half alone, lowering fills it with zeros.
  const ValType* mixed = t.Variant({{"a", t.Prim(kU32)}, {"b", t.Prim(kF32)}, {"c", t.Prim(kF64)}});
  const uint64_t garbage = 0x1234567800000000;
  Test(mixed, {0, garbage | 7}, Value::Variant(0, Value::U32(7)));
  Test(mixed, {1, garbage | F32Bits(1.5f)}, Value::Variant(1, Value::F32(1.5f)));
  Test(mixed, {2, std::bit_cast<uint64_t>(2.5)}, Value::Variant(2, Value::F64(2.5)));
  // Cases of different lengths.
  const ValType* pair = t.Variant(
      {{"one", t.Prim(kS8)}, {"two", t.Tuple({t.Prim(kF32), t.Prim(kS64)})}, {"no", nullptr}});
  Test(pair, {0, 0xff, 99}, Value::Variant(0, Value::S8(-1)));
  Test(pair, {1, F32Bits(-1.0f), 5},
       Value::Variant(1, Value::Record({Value::F32(-1.0f), Value::S64(5)})));
  Heap heap(0);
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  std::array<uint64_t, 3> out = {9, 9, 9};
  CHECK(*LowerFlat(cx, Value::Variant(0, Value::S8(-1)), *pair, out) == 3);
  CHECK(out == std::array<uint64_t, 3>{0, kMax32, 0});
}

TEST_CASE("scalars") {
  TypeBuilder t;
  const auto pairs = [&](ValKind kind, auto make,
                         const std::vector<std::pair<uint64_t, int64_t>>& pairs) {
    for (const auto& [slot, value] : pairs) Test(t.Prim(kind), {slot}, make(value));
  };
  pairs(kBool, [](int64_t v) { return Value::Bool(v != 0); },
        {{0, 0}, {1, 1}, {2, 1}, {kMax32, 1}});
  pairs(kU8, [](int64_t v) { return Value::U8(static_cast<uint8_t>(v)); },
        {{127, 127},
         {128, 128},
         {255, 255},
         {256, 0},
         {4294967295, 255},
         {4294967168, 128},
         {4294967167, 127}});
  pairs(kS8, [](int64_t v) { return Value::S8(static_cast<int8_t>(v)); },
        {{127, 127},
         {128, -128},
         {255, -1},
         {256, 0},
         {4294967295, -1},
         {4294967168, -128},
         {4294967167, 127}});
  pairs(kU16, [](int64_t v) { return Value::U16(static_cast<uint16_t>(v)); },
        {{32767, 32767},
         {32768, 32768},
         {65535, 65535},
         {65536, 0},
         {kMax32, 65535},
         {kMax32 - 32767, 32768},
         {kMax32 - 32768, 32767}});
  pairs(kS16, [](int64_t v) { return Value::S16(static_cast<int16_t>(v)); },
        {{32767, 32767},
         {32768, -32768},
         {65535, -1},
         {65536, 0},
         {kMax32, -1},
         {kMax32 - 32767, -32768},
         {kMax32 - 32768, 32767}});
  pairs(kU32, [](int64_t v) { return Value::U32(static_cast<uint32_t>(v)); },
        {{0x7fffffff, 0x7fffffff}, {0x80000000, 0x80000000}, {kMax32, 0xffffffff}});
  pairs(kS32, [](int64_t v) { return Value::S32(static_cast<int32_t>(v)); },
        {{0x7fffffff, 0x7fffffff}, {0x80000000, -0x80000000ll}, {kMax32, -1}});
  for (const uint64_t v : {~uint64_t{0} >> 1, uint64_t{1} << 63, ~uint64_t{0}}) {
    Test(t.Prim(kU64), {v}, Value::U64(v));
    Test(t.Prim(kS64), {v}, Value::S64(static_cast<int64_t>(v)));
  }
  Test(t.Prim(kF32), {F32Bits(3.14f)}, Value::F32(3.14f));
  Test(t.Prim(kF64), {std::bit_cast<uint64_t>(3.14)}, Value::F64(3.14));
  for (const char32_t c : {0u, 65u, 0xd7ffu, 0xe000u, 0x10ffffu})
    Test(t.Prim(kChar), {c}, Value::Char(c));
  for (const uint64_t c : {0xd800u, 0xdfffu, 0x110000u, 0xffffffffu})
    Test(t.Prim(kChar), {c}, std::nullopt);
  const ValType* ab = t.Enum({"a", "b"});
  Test(ab, {0}, Value::Variant(0));
  Test(ab, {1}, Value::Variant(1));
  Test(ab, {2}, std::nullopt);
  // A discriminant is judged as an i32, whatever it takes in memory.
  Test(ab, {256}, std::nullopt);
}

TEST_CASE("NaNs are canonical, flat and in memory") {
  TypeBuilder t;
  const auto nan32 = [&](uint32_t in, uint32_t out) {
    Heap heap(4);
    Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
    std::memcpy(heap.bytes.data(), &in, 4);
    CHECK(Lift(t.Prim(kF32), {in}, heap)->bits() == out);
    CHECK(Load(cx, 0, *t.Prim(kF32))->bits() == out);
    std::array<uint64_t, 1> slot;
    REQUIRE(LowerFlat(cx, Value::F32(std::bit_cast<float>(in)), *t.Prim(kF32), slot));
    CHECK(slot[0] == out);
  };
  const auto nan64 = [&](uint64_t in, uint64_t out) {
    Heap heap(8);
    Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
    std::memcpy(heap.bytes.data(), &in, 8);
    CHECK(Lift(t.Prim(kF64), {in}, heap)->bits() == out);
    CHECK(Load(cx, 0, *t.Prim(kF64))->bits() == out);
    std::array<uint64_t, 1> slot;
    REQUIRE(LowerFlat(cx, Value::F64(std::bit_cast<double>(in)), *t.Prim(kF64), slot));
    CHECK(slot[0] == out);
  };
  for (const uint32_t in : {0x7fc00000u, 0x7fc00001u, 0x7fe00000u, 0x7fffffffu, 0xffffffffu})
    nan32(in, kCanonicalFloat32Nan);
  nan32(0x7f800000, 0x7f800000);
  nan32(0x3fc00000, 0x3fc00000);
  for (const uint64_t in : {0x7ff8000000000000u, 0x7ff8000000000001u, 0x7ffc000000000000u,
                            0x7fffffffffffffffu, 0xffffffffffffffffu})
    nan64(in, kCanonicalFloat64Nan);
  nan64(0x7ff0000000000000, 0x7ff0000000000000);
  nan64(0x3ff8000000000000, 0x3ff8000000000000);
}

TEST_CASE("function types are flattened") {
  TypeBuilder t;
  using Core = std::vector<wasm::ValType>;
  using enum wasm::ValType::Code;
  const auto func = [&](std::vector<const ValType*> params, const ValType* result) {
    FuncType type{.result = result};
    for (const ValType* param : params) type.params.push_back({"p", param});
    return type;
  };
  // [run_tests.py: test_flatten]
  const auto test = [&](const FuncType& type, Core params, Core results, PtrType ptr) {
    const wasm::ValType pointer = ptr == PtrType::kI32 ? kI32 : kI64;
    if (params.size() > kMaxFlatParams) params = {pointer};
    const bool many = results.size() > kMaxFlatResults;
    CHECK(FlattenFuncType({.ptr = ptr}, type, Direction::kLift) ==
          wasm::FuncType{params, many ? Core{pointer} : results});
    if (many) params.push_back(pointer);
    CHECK(FlattenFuncType({.ptr = ptr}, type, Direction::kLower) ==
          wasm::FuncType{params, many ? Core{} : results});
  };
  const std::vector<const ValType*> three = {t.Prim(::component::ValKind::kU8),
                                             t.Prim(::component::ValKind::kF32),
                                             t.Prim(::component::ValKind::kF64)};
  const std::vector<const ValType*> seventeen(17, three[0]);
  const ValType* f32 = three[1];
  const Core core = {kI32, kF32, kF64};
  for (const PtrType ptr : {PtrType::kI32, PtrType::kI64}) {
    test(func(three, nullptr), core, {}, ptr);
    test(func(three, f32), core, {kF32}, ptr);
    test(func(three, three[0]), core, {kI32}, ptr);
    test(func(three, t.Tuple({f32})), core, {kF32}, ptr);
    test(func(three, t.Tuple({f32, f32})), core, {kF32, kF32}, ptr);
    test(func(seventeen, nullptr), Core(17, kI32), {}, ptr);
    test(func(seventeen, t.Tuple({three[0], three[0]})), Core(17, kI32), {kI32, kI32}, ptr);
  }
  // Asynchronous: fewer flat parameters, results through a pointer or task.return.
  const FuncType five = func(std::vector<const ValType*>(5, f32), f32);
  const FuncType four = func(std::vector<const ValType*>(4, f32), nullptr);
  const auto async = [](bool callback) {
    return FlattenOptions{.is_async = true, .has_callback = callback};
  };
  CHECK(FlattenFuncType(async(true), five, Direction::kLift) ==
        wasm::FuncType{Core(5, kF32), {kI32}});
  CHECK(FlattenFuncType(async(false), five, Direction::kLift) == wasm::FuncType{Core(5, kF32), {}});
  CHECK(FlattenFuncType(async(false), five, Direction::kLower) ==
        wasm::FuncType{{kI32, kI32}, {kI32}});
  CHECK(FlattenFuncType(async(false), four, Direction::kLower) ==
        wasm::FuncType{Core(4, kF32), {kI32}});
}

TEST_CASE("a value that does not fit its type is the embedder's error") {
  TypeBuilder t;
  Heap heap(100);
  Context cx{&heap, StringEncoding::kUtf8, PtrType::kI32};
  std::array<uint64_t, 16> out;
  const auto fails = [&](const Value& value, const ValType* type) {
    const auto result = LowerFlat(cx, value, *type, out);
    return !result && result.error().kind() == wasm::ErrorKind::kHost;
  };
  CHECK(fails(Value::U8(1), t.Prim(kS8)));
  CHECK(fails(Value::Char(0xd800), t.Prim(kChar)));
  CHECK(fails(Value::String("\xff"), t.String()));
  CHECK(fails(Value::Record({}), t.Tuple({t.Prim(kU8)})));
  CHECK(fails(Value::List({Value::U8(1)}), t.List(t.Prim(kU8), 2)));
  CHECK(fails(Value::Variant(2), t.Enum({"a", "b"})));
  CHECK(fails(Value::Variant(1), t.Option(t.Prim(kU8))));
  CHECK(fails(Value::Variant(0, Value::U8(1)), t.Option(t.Prim(kU8))));
  CHECK(fails(Value::Object(Value::Kind::kHandle, nullptr), t.Handle(kOwn, 1)));
  CHECK(!LowerFlatValues(cx, 16, {}, std::vector{t.Prim(kU8)}, out));
}

}  // namespace
}  // namespace component::abi
