// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations engines share, called directly on instances.

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include "libwasm/runtime/bulk.h"
#include "libwasm/runtime/ops_aggregate.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/ops_exception.h"
#include "libwasm/runtime/ops_memory.h"
#include "libwasm/runtime/ops_table.h"
#include "libwasm/runtime/runtime_test_util.h"

namespace wasm::runtime {
namespace {

constexpr MemIdx kMemory(0);
constexpr TableIdx kTable(0);

std::string Text(Instance& instance, uint64_t at, size_t size) {
  return std::string(reinterpret_cast<char*>(instance.memory0->base) + at, size);
}

TEST_CASE("memory operations check bounds before they write") {
  TestStore test;
  ModuleBuilder builder;
  builder.DefineMemory(1, 2);
  builder.DefineMemory(1);
  builder.DefineData({'h', 'e', 'l', 'l', 'o'});
  Instance& instance = **test.Instantiate(builder);
  const uint64_t size = 65536;

  CHECK(rt::MemoryInit(instance, DataIdx(0), kMemory, 10, 0, 5) == Trap::kNone);
  CHECK(Text(instance, 10, 5) == "hello");
  CHECK(rt::MemoryCopy(instance, kMemory, kMemory, 12, 10, 5) == Trap::kNone);
  CHECK(Text(instance, 10, 7) == "hehello");
  CHECK(rt::MemoryCopy(instance, kMemory, kMemory, 10, 12, 5) == Trap::kNone);
  CHECK(Text(instance, 10, 7) == "hellolo");
  CHECK(rt::MemoryCopy(instance, MemIdx(1), kMemory, 0, 10, 5) == Trap::kNone);
  CHECK(instance.memories[1]->base[4] == 'o');

  CHECK(rt::MemoryFill(instance, kMemory, size - 2, 0x161, 2) == Trap::kNone);
  CHECK(Text(instance, size - 2, 2) == "aa");
  CHECK(rt::MemoryFill(instance, kMemory, size - 2, 'b', 3) == Trap::kMemoryOutOfBounds);
  CHECK(Text(instance, size - 2, 2) == "aa");
  CHECK(rt::MemoryFill(instance, kMemory, ~uint64_t{0}, 0, 2) == Trap::kMemoryOutOfBounds);
  CHECK(rt::MemoryFill(instance, kMemory, size, 0, 0) == Trap::kNone);
  CHECK(rt::MemoryFill(instance, kMemory, size + 1, 0, 0) == Trap::kMemoryOutOfBounds);
  CHECK(rt::MemoryInit(instance, DataIdx(0), kMemory, 0, 3, 3) == Trap::kMemoryOutOfBounds);

  rt::DataDrop(instance, DataIdx(0));
  CHECK(rt::MemoryInit(instance, DataIdx(0), kMemory, 0, 0, 0) == Trap::kNone);
  CHECK(rt::MemoryInit(instance, DataIdx(0), kMemory, 0, 0, 1) == Trap::kMemoryOutOfBounds);

  CHECK(rt::MemoryGrow(instance, kMemory, 1) == 1);
  CHECK(rt::MemorySize(instance, kMemory) == 2);
  CHECK(rt::MemoryGrow(instance, kMemory, 1) == ~uint64_t{0});
}

TEST_CASE("overlapping copies larger than a chunk go in the right direction") {
  TestStore test;
  ModuleBuilder builder;
  const uint64_t size = 3 * rt::kChunkBytes;
  builder.DefineMemory(4 * rt::kChunkBytes / 65536);
  Instance& instance = **test.Instantiate(builder);
  uint8_t* base = instance.memory0->base;
  auto value = [](uint64_t i) { return static_cast<uint8_t>(i * 7 + (i >> 16)); };
  for (const bool forwards : {true, false}) {
    const uint64_t src = forwards ? 0 : 1000;
    const uint64_t dst = 1000 - src;
    for (uint64_t i = 0; i < size; ++i) base[src + i] = value(i);
    REQUIRE(rt::MemoryCopy(instance, kMemory, kMemory, dst, src, size) == Trap::kNone);
    bool same = true;
    for (uint64_t i = 0; i < size; ++i) same &= base[dst + i] == value(i);
    CHECK(same);
  }
}

TEST_CASE("table operations") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx type = builder.Func({}, {});
  for (int i = 0; i < 3; ++i) builder.DefineFunc(type);
  builder.DefineTable(5, kFuncRef, 8);
  builder.DefineElem(kFuncRef, false, 3, {0, 1, 2});
  Instance& instance = **test.Instantiate(builder);
  auto at = [&](uint64_t index) -> int {
    const Ref ref = rt::TableGet(instance, kTable, index).value;
    return ref == kNullRef ? -1 : static_cast<int>(rt::ToFunc(ref)->func_index);
  };
  CHECK(rt::TableInit(instance, ElemIdx(0), kTable, 1, 0, 3) == Trap::kNone);
  CHECK((at(0) == -1 && at(1) == 0 && at(2) == 1 && at(3) == 2 && at(4) == -1));
  CHECK(rt::TableCopy(instance, kTable, kTable, 2, 1, 3) == Trap::kNone);
  CHECK((at(1) == 0 && at(2) == 0 && at(3) == 1 && at(4) == 2));
  CHECK(rt::TableCopy(instance, kTable, kTable, 3, 1, 3) == Trap::kTableOutOfBounds);
  CHECK(rt::TableInit(instance, ElemIdx(0), kTable, 0, 2, 2) == Trap::kTableOutOfBounds);
  CHECK(rt::TableFill(instance, kTable, 3, kNullRef, 2) == Trap::kNone);
  CHECK(at(4) == -1);
  CHECK(rt::TableFill(instance, kTable, 6, kNullRef, 0) == Trap::kTableOutOfBounds);
  CHECK(rt::TableSet(instance, kTable, 5, kNullRef) == Trap::kTableOutOfBounds);
  CHECK(rt::TableGet(instance, kTable, 5).trap == Trap::kTableOutOfBounds);
  const Ref func = rt::ToRef(rt::FuncRef(instance, FuncIdx(2)));
  CHECK(rt::TableGrow(instance, kTable, func, 3) == 5);
  CHECK(at(7) == 2);
  CHECK(rt::TableGrow(instance, kTable, func, 1) == ~uint64_t{0});
  CHECK(rt::TableSize(instance, kTable) == 8);
  rt::ElemDrop(instance, ElemIdx(0));
  CHECK(rt::TableInit(instance, ElemIdx(0), kTable, 0, 0, 0) == Trap::kNone);
  CHECK(rt::TableInit(instance, ElemIdx(0), kTable, 0, 0, 1) == Trap::kTableOutOfBounds);
}

TEST_CASE("indirect calls find their function or the right trap") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx to_i32 = builder.Func({}, {ValType::kI32});
  const TypeIdx to_i64 = builder.Func({}, {ValType::kI64});
  builder.DefineFunc(to_i32);
  builder.DefineTable(3);
  builder.DefineElem(kFuncRef, false, 1, {0}, builder.Expr({0x41, 1}));
  Instance& instance = **test.Instantiate(builder);
  CHECK(rt::ResolveIndirect(instance, to_i32, kTable, 1).value ==
        rt::FuncRef(instance, FuncIdx(0)));
  CHECK(rt::ResolveIndirect(instance, to_i64, kTable, 1).trap == Trap::kIndirectCallTypeMismatch);
  CHECK(rt::ResolveIndirect(instance, to_i32, kTable, 3).trap == Trap::kUndefinedElement);
  CHECK(rt::ResolveIndirect(instance, to_i32, kTable, 2).trap == Trap::kUninitializedElement);
  CHECK(instance.thread->trap_detail == 2);
  CHECK(rt::ResolveRef(kNullRef).trap == Trap::kNullFunctionReference);
}

TEST_CASE("structs") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx type = builder.Struct({{ValType::kI8, true},
                                       {ValType::kI64, true},
                                       {ValType::kV128, true},
                                       {ValType::kI16, true},
                                       {ValType::kF32, true},
                                       {kAnyRef, true}});
  Instance& instance = **test.Instantiate(builder);
  const std::array<Slot, 7> fields = {0xff,   0x123456789abcdef0, 11,        22,
                                      0x8001, 0x3f800000,         MakeI31(5)};
  const Ref ref = rt::StructNew(instance, type, fields.data()).value;
  Slot out[2] = {};
  auto get = [&](uint32_t field) {
    CHECK(rt::StructGet(instance, type, FieldIdx(field), ref, out) == Trap::kNone);
    return out[0];
  };
  CHECK(get(0) == 0xff);
  CHECK(get(1) == 0x123456789abcdef0);
  CHECK(get(2) == 11);
  CHECK(out[1] == 22);
  CHECK(get(3) == 0x8001);
  CHECK(get(4) == 0x3f800000);
  CHECK(get(5) == MakeI31(5));
  CHECK(rt::StructGetS(instance, type, FieldIdx(0), ref, out) == Trap::kNone);
  CHECK(out[0] == 0xffffffff);
  CHECK(rt::StructGetS(instance, type, FieldIdx(3), ref, out) == Trap::kNone);
  CHECK(out[0] == 0xffff8001);
  const Slot value[2] = {7, 8};
  CHECK(rt::StructSet(instance, type, FieldIdx(2), ref, value) == Trap::kNone);
  CHECK(get(2) == 7);
  CHECK(get(3) == 0x8001);
  CHECK(rt::StructGet(instance, type, FieldIdx(0), kNullRef, out) == Trap::kNullStructureReference);
  const Ref zero = rt::StructNewDefault(instance, type).value;
  CHECK(rt::StructGet(instance, type, FieldIdx(5), zero, out) == Trap::kNone);
  CHECK(out[0] == kNullRef);
  CHECK(rt::RefTest(instance, ref, HeapType::Concrete(type.value), false));
  CHECK(rt::RefTest(instance, kNullRef, HeapType::kStruct, true));
  CHECK(rt::RefCast(instance, ref, HeapType::kArray, true).trap == Trap::kCastFailure);
}

TEST_CASE("arrays") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx shorts = builder.Array(ValType::kI16);
  const TypeIdx refs = builder.Array(kAnyRef);
  const TypeIdx vectors = builder.Array(ValType::kV128);
  builder.DefineData({1, 0, 2, 0, 0xff, 0xff});
  // Two expressions: ref.i31 of 1 and of 2.
  builder.DefineElem(kAnyRef, true, 2, {0x41, 1, 0xfb, 0x1c, 0x0b, 0x41, 2, 0xfb, 0x1c, 0x0b});
  Instance& instance = **test.Instantiate(builder);
  Slot out[2] = {};

  const Slot init = 9;
  const Ref array = rt::ArrayNew(instance, shorts, &init, 4).value;
  CHECK(rt::ArrayLen(array).value == 4);
  CHECK(rt::ArrayGet(instance, shorts, array, 3, out) == Trap::kNone);
  CHECK(out[0] == 9);
  CHECK(rt::ArrayGet(instance, shorts, array, 4, out) == Trap::kArrayOutOfBounds);
  CHECK(rt::ArrayGet(instance, shorts, kNullRef, 4, out) == Trap::kNullArrayReference);
  CHECK(rt::ArrayInitData(instance, shorts, DataIdx(0), array, 1, 0, 3) == Trap::kNone);
  CHECK(rt::ArrayGet(instance, shorts, array, 2, out) == Trap::kNone);
  CHECK(out[0] == 2);
  CHECK(rt::ArrayGetS(instance, shorts, array, 3, out) == Trap::kNone);
  CHECK(out[0] == 0xffffffff);
  CHECK(rt::ArrayInitData(instance, shorts, DataIdx(0), array, 0, 2, 3) ==
        Trap::kMemoryOutOfBounds);
  CHECK(rt::ArrayInitData(instance, shorts, DataIdx(0), array, 2, 0, 3) == Trap::kArrayOutOfBounds);
  CHECK(rt::ArrayCopy(instance, shorts, shorts, array, 1, array, 0, 3) == Trap::kNone);
  CHECK(rt::ArrayGet(instance, shorts, array, 2, out) == Trap::kNone);
  CHECK(out[0] == 1);
  const Slot fill = 0x12345;
  CHECK(rt::ArrayFill(instance, shorts, array, 2, &fill, 2) == Trap::kNone);
  CHECK(rt::ArrayGet(instance, shorts, array, 3, out) == Trap::kNone);
  CHECK(out[0] == 0x2345);
  CHECK(rt::ArrayFill(instance, shorts, array, 3, &fill, 2) == Trap::kArrayOutOfBounds);

  const Ref data = rt::ArrayNewData(instance, shorts, DataIdx(0), 2, 2).value;
  CHECK(rt::ArrayGet(instance, shorts, data, 1, out) == Trap::kNone);
  CHECK(out[0] == 0xffff);
  CHECK(rt::ArrayNewData(instance, shorts, DataIdx(0), 2, 3).trap == Trap::kMemoryOutOfBounds);

  const Ref elems = rt::ArrayNewElem(instance, refs, ElemIdx(0), 0, 2).value;
  CHECK(rt::ArrayGet(instance, refs, elems, 1, out) == Trap::kNone);
  CHECK(out[0] == MakeI31(2));
  CHECK(rt::ArrayNewElem(instance, refs, ElemIdx(0), 1, 2).trap == Trap::kTableOutOfBounds);
  CHECK(rt::ArrayInitElem(instance, refs, ElemIdx(0), elems, 0, 1, 1) == Trap::kNone);
  CHECK(rt::ArrayGet(instance, refs, elems, 0, out) == Trap::kNone);
  CHECK(out[0] == MakeI31(2));

  const std::array<Slot, 4> values = {1, 2, 3, 4};
  const Ref fixed = rt::ArrayNewFixed(instance, vectors, values.data(), 2).value;
  CHECK(rt::ArrayGet(instance, vectors, fixed, 1, out) == Trap::kNone);
  CHECK((out[0] == 3 && out[1] == 4));
  const Slot vector[2] = {5, 6};
  CHECK(rt::ArraySet(instance, vectors, fixed, 0, vector) == Trap::kNone);
  CHECK(rt::ArrayGet(instance, vectors, fixed, 0, out) == Trap::kNone);
  CHECK((out[0] == 5 && out[1] == 6));
  CHECK(rt::ArrayNewDefault(instance, vectors, 0xffffffff).trap == Trap::kOutOfMemory);
}

TEST_CASE("exceptions carry their tag and arguments") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx type = builder.Func({ValType::kI32, ValType::kV128}, {});
  builder.module.tags.push_back({type, 0});
  Instance& instance = **test.Instantiate(builder);
  const std::array<Slot, 3> args = {1, 2, 3};
  CHECK(rt::Throw(instance, TagIdx(0), args.data()) == Trap::kException);
  const Ref exception = instance.thread->pending_exception;
  test.store.heap().Collect();
  CHECK(rt::ExceptionHasTag(instance, exception, TagIdx(0)));
  REQUIRE(rt::ExceptionArgs(exception).size() == 3);
  CHECK(rt::ExceptionArgs(exception)[2] == 3);
  CHECK(rt::ThrowRef(instance, kNullRef) == Trap::kNullExceptionReference);
}

TEST_CASE("bulk operations cost fuel by their size") {
  TestStore test;
  ModuleBuilder builder;
  builder.DefineMemory(16);
  Instance& instance = **test.Instantiate(builder);
  test.store.SetFuel(1000);
  CHECK(rt::MemoryFill(instance, kMemory, 0, 1, 64 * 600) == Trap::kNone);
  CHECK(test.store.fuel() == 400);
  CHECK(rt::MemoryFill(instance, kMemory, 0, 2, 64 * 600) == Trap::kFuelExhausted);
  CHECK(test.store.fuel() == 0);
  CHECK(instance.memory0->base[0] == 1);
  CHECK(rt::MemoryGrow(instance, kMemory, 1) == ~uint64_t{0});
}

TEST_CASE("bulk operations stop between chunks when the store is interrupted") {
  TestStore test;
  ModuleBuilder builder;
  builder.DefineMemory(4 * rt::kChunkBytes / 65536);
  Instance& instance = **test.Instantiate(builder);
  test.store.Interrupt(Trap::kDeadline);
  CHECK(rt::MemoryFill(instance, kMemory, 0, 1, 2 * rt::kChunkBytes) == Trap::kDeadline);
  CHECK(instance.memory0->base[rt::kChunkBytes - 1] == 1);
  CHECK(instance.memory0->base[rt::kChunkBytes] == 0);
  test.store.ClearInterrupt();
  CHECK(rt::MemoryFill(instance, kMemory, 0, 1, 2 * rt::kChunkBytes) == Trap::kNone);
}

TEST_CASE("bodies are validated on first use, and what is invalid says so") {
  struct Validator : BodyValidator {
    int calls = 0;
    Result<const CodeInfo*> ValidateBody(const ValidatedModule& module, FuncIdx index) override {
      ++calls;
      if (index.value == 1) return std::unexpected(Error::Invalid(5, "type mismatch"));
      return module.Publish(index, std::make_unique<CodeInfo>());
    }
  };
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx type = builder.Func({}, {});
  builder.DefineFunc(type);
  builder.DefineFunc(type);
  auto module = std::const_pointer_cast<ValidatedModule>(builder.Build(*test.types));
  const auto validator = std::make_shared<Validator>();
  module->body_validator = validator;
  Instance& instance = **test.store.Instantiate(module, {});
  CHECK(instance.code[0].load() == nullptr);
  const CodeInfo* code = rt::EnsureCode(instance, 0);
  CHECK(code != nullptr);
  CHECK(rt::EnsureCode(instance, 0) == code);
  CHECK(instance.code[0].load() == code);
  CHECK(validator->calls == 1);
  FakeEngine::functions[1] = [](Instance& target, Slot*) {
    return rt::EnsureCode(target, 1) == nullptr ? Trap::kHostError : Trap::kNone;
  };
  const auto result = test.store.Call(test.store.FuncRef(&instance, 1), nullptr);
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kInvalid);
  CHECK(result.error().message() == "type mismatch");
}

}  // namespace
}  // namespace wasm::runtime
