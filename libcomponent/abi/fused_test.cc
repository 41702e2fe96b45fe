// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/fused.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

#include "libcomponent/abi/load.h"
#include "libcomponent/abi/random_values_test_util.h"

namespace component::abi {
namespace {

using enum ValKind;

TEST_CASE("random values are copied as they are lifted and lowered") {
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    std::mt19937_64 random(seed);
    ValueGenerator gen([&] { return random(); });
    const std::string wrong = CheckCopies(gen);
    if (wrong.empty()) continue;
    INFO("seed " << seed);
    FAIL(wrong);
  }
}

TEST_CASE("a list of numbers is one copy in every width of pointers") {
  TypeBuilder t;
  CopyProgram program(PtrType::kI32, PtrType::kI64);
  const ValType* pair = t.Tuple({t.Prim(kU16), t.Prim(kS16), t.Prim(kU32)});
  const CopyBody& whole = program.body(program.Compile(*t.List(pair, 3), *t.List(pair, 3)));
  CHECK(whole.bulk);
  CHECK_FALSE(whole.checked);
  REQUIRE(whole.steps.size() == 1);
  CHECK(whole.steps[0].op == CopyOp::kBytes);
  CHECK(whole.steps[0].count == 24);
  // Padding is left alone, and so is what has to be looked at.
  const ValType* padded = t.Tuple({t.Prim(kU8), t.Prim(kU16)});
  const CopyBody& two = program.body(program.Compile(*padded, *padded));
  CHECK_FALSE(two.bulk);
  CHECK(two.steps.size() == 2);
  const ValType* chars = t.List(t.Prim(kChar), 4);
  const CopyBody& checked = program.body(program.Compile(*chars, *chars));
  CHECK(checked.bulk);
  CHECK(checked.checked);
  const ValType* flags = t.Tuple({t.Flags(8), t.Prim(kU8)});
  CHECK(program.body(program.Compile(*flags, *flags)).bulk);
  const ValType* few = t.Tuple({t.Flags(7), t.Prim(kU8)});
  CHECK_FALSE(program.body(program.Compile(*few, *few)).bulk);
}

TEST_CASE("a type that is exponential as a tree compiles as what it is") {
  TypeBuilder t;
  const ValType* type = t.Prim(kU8);
  for (int i = 0; i < 64; ++i) type = t.Tuple({t.List(type), t.List(type)});
  Heap source(64), target(64);
  Context from{&source, StringEncoding::kUtf8, PtrType::kI32};
  Context to{&target, StringEncoding::kUtf8, PtrType::kI64};
  const std::vector<const ValType*> types = {type};
  const Copier copier({types, PtrType::kI32, 16}, {types, PtrType::kI64, 16});
  const std::array<uint64_t, 4> in = {0, 0, 0, 1};
  std::array<uint64_t, 4> out;
  REQUIRE(copier.Copy(from, in, to, out));
  CHECK(out == std::array<uint64_t, 4>{0, 0, 0, 1});
}

TEST_CASE("lifting is over before lowering begins") {
  TypeBuilder t;
  // The second argument traps: the first one must not have called realloc.
  const std::vector<const ValType*> types = {t.String(), t.Prim(kChar)};
  Heap source(64), target(64);
  Context from{&source, StringEncoding::kUtf8, PtrType::kI32};
  Context to{&target, StringEncoding::kUtf8, PtrType::kI32};
  const Copier copier({types, PtrType::kI32, 16}, {types, PtrType::kI32, 16});
  std::array<uint64_t, 3> in = {0, 3, 0xd800}, out;
  CHECK(copier.Copy(from, in, to, out).error().message() == kBadChar);
  CHECK(target.calls.empty());
  in[2] = 'x';
  CHECK(*copier.Copy(from, in, to, out) == 3);
  CHECK(target.calls.size() == 1);
}

TEST_CASE("a guest that calls itself sees what lifting and lowering would do") {
  TypeBuilder t;
  const std::vector<const ValType*> types = {t.List(t.Prim(kU8))};
  Heap heap(64);
  for (uint8_t i = 0; i < 8; ++i) heap.bytes[i] = i;
  heap.answer = 2;
  Context from{&heap, StringEncoding::kUtf8, PtrType::kI32}, to = from;
  const Copier copier({types, PtrType::kI32, 16}, {types, PtrType::kI32, 16});
  const std::array<uint64_t, 2> in = {0, 6};
  std::array<uint64_t, 2> out;
  REQUIRE(copier.Copy(from, in, to, out));
  CHECK(std::vector(heap.bytes.begin(), heap.bytes.begin() + 9) ==
        std::vector<uint8_t>{0, 1, 0, 1, 2, 3, 4, 5, 0});
}

TEST_CASE("elements of streams") {
  TypeBuilder t;
  const ValType* type = t.Tuple({t.Prim(kU8), t.String()});
  const std::vector<const ValType*> types = {type};
  Heap source(64), target(128);
  StoreInt(&source.bytes[0], 7, 1);
  StoreInt(&source.bytes[4], 40, 4);
  StoreInt(&source.bytes[8], 2, 4);
  source.bytes[40] = 'h';
  source.bytes[41] = 'i';
  target.last = 100;
  Context from{&source, StringEncoding::kUtf8, PtrType::kI32};
  Context to{&target, StringEncoding::kUtf8, PtrType::kI64};
  const Copier copier({types, PtrType::kI32, 16}, {types, PtrType::kI64, 16});
  REQUIRE(copier.CopyElements(from, 0, to, 24, 2));
  const auto values = LoadListFromValidRange(to, 24, 2, *type);
  REQUIRE(values);
  CHECK((*values)[0] == Value::Record({Value::U8(7), Value::String("hi")}));
  CHECK((*values)[1] == Value::Record({Value::U8(0), Value::String("")}));
  CHECK(!copier.CopyElements(from, 56, to, 24, 1));
  CHECK(!copier.CopyElements(from, 0, to, 112, 1));
}

}  // namespace
}  // namespace component::abi
