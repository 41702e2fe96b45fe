// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instantiation [exec-instantiation], import matching [match-externtype], constant expressions.

#include "libwasm/runtime/instantiate.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "libwasm/runtime/ops_aggregate.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/ops_table.h"
#include "libwasm/runtime/runtime_test_util.h"

namespace wasm::runtime {
namespace {

Extern OfFunc(FuncInst* func) { return {.kind = ExternKind::kFunc, .func = func}; }
Extern OfMemory(MemoryInst* memory) { return {.kind = ExternKind::kMemory, .memory = memory}; }
Extern OfTable(TableInst* table) { return {.kind = ExternKind::kTable, .table = table}; }
Extern OfGlobal(GlobalInst* global) { return {.kind = ExternKind::kGlobal, .global = global}; }

TEST_CASE("an import that nobody provides is unknown") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx type = builder.Func({ValType::kI32}, {});
  builder.Import("env", "log", ExternKind::kFunc);
  builder.DefineFunc(type);
  const auto result = test.Instantiate(builder);
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kUnlinkable);
  CHECK(result.error().message() == "unknown import \"env\" \"log\": func (i32) -> ()");
}

TEST_CASE("imports must match") {
  TestStore test;
  FuncInst* func = test.store.NewHostFunction(
      test.types->AddFuncType({{ValType::kI64}, {}}),
      [](CallContext&, Slot*) -> Result<void> { return {}; }, "f");
  MemoryInst* memory = *test.store.NewMemory({.limits = {1, 2}});
  TableInst* table = *test.store.NewTable({.limits = {10, {}}}, kNullRef);
  const Slot value[2] = {1, 0};
  GlobalInst* global = test.store.NewGlobal({ValType::kI32, true}, value);

  SECTION("function types") {
    ModuleBuilder builder;
    builder.Import("env", "log", ExternKind::kFunc);
    builder.DefineFunc(builder.Func({ValType::kI32}, {ValType::kF32}));
    const auto result = test.Instantiate(builder, {OfFunc(func)});
    REQUIRE(!result.has_value());
    CHECK(result.error().message() ==
          "incompatible import type for \"env\" \"log\": expected func (i32) -> (f32), offered "
          "func (i64) -> ()");
  }
  SECTION("kinds") {
    ModuleBuilder builder;
    builder.Import("env", "log", ExternKind::kFunc);
    builder.DefineFunc(builder.Func({}, {}));
    const auto result = test.Instantiate(builder, {OfMemory(memory)});
    REQUIRE(!result.has_value());
    CHECK(result.error().message().starts_with("incompatible import type"));
    CHECK(result.error().message().ends_with("offered memory 1 2"));
  }
  SECTION("limits, by the present size") {
    auto with_minimum = [&](uint64_t min) {
      ModuleBuilder builder;
      builder.Import("env", "memory", ExternKind::kMemory);
      builder.DefineMemory(min, 2);
      return test.Instantiate(builder, {OfMemory(memory)}).has_value();
    };
    CHECK(!with_minimum(2));
    CHECK(memory->Grow(1) == 1);
    CHECK(with_minimum(2));
  }
  SECTION("globals") {
    ModuleBuilder builder;
    builder.Import("env", "g", ExternKind::kGlobal);
    builder.DefineGlobal({ValType::kI32, false}, {});
    const auto result = test.Instantiate(builder, {OfGlobal(global)});
    REQUIRE(!result.has_value());
    CHECK(result.error().message().ends_with("expected global i32, offered global mut i32"));
  }
  SECTION("what matches is shared") {
    ModuleBuilder builder;
    builder.Import("env", "f", ExternKind::kFunc);
    builder.Import("env", "m", ExternKind::kMemory);
    builder.Import("env", "t", ExternKind::kTable);
    builder.Import("env", "g", ExternKind::kGlobal);
    builder.DefineFunc(builder.Func({ValType::kI64}, {}));
    builder.DefineMemory(1);
    builder.DefineTable(5);
    builder.DefineGlobal({ValType::kI32, true}, {});
    Instance* instance = *test.Instantiate(
        builder, {OfFunc(func), OfMemory(memory), OfTable(table), OfGlobal(global)});
    CHECK(instance->functions[0] == func);
    CHECK(instance->memory0 == memory);
    CHECK(instance->tables[0] == table);
    CHECK(instance->globals[0] == global);
  }
}

TEST_CASE("constant expressions compute") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx func_type = builder.Func({}, {});
  builder.DefineFunc(func_type);
  // i32.const 40; i32.const 3; i32.add; i32.const 1; i32.sub
  builder.DefineGlobal({ValType::kI32, false},
                       builder.Expr({0x41, 40, 0x41, 3, 0x6a, 0x41, 1, 0x6b}));
  // global.get 0; i32.const -1; i32.mul
  builder.DefineGlobal({ValType::kI32, true}, builder.Expr({0x23, 0, 0x41, 0x7f, 0x6c}));
  builder.DefineGlobal({ValType::kF32, true}, builder.Expr({0x43, 0, 0, 0x80, 0x3f}));
  builder.DefineGlobal({ValType::kV128, true}, builder.Expr({0xfd, 0x0c, 1, 2, 3, 4, 5, 6, 7, 8, 9,
                                                             10, 11, 12, 13, 14, 15, 16}));
  builder.DefineGlobal({kFuncRef, true}, builder.Expr({0xd2, 0}));
  builder.DefineGlobal({kExternRef, true}, builder.Expr({0xd0, 0x6f}));
  builder.DefineGlobal({kI31Ref, true}, builder.Expr({0x41, 0x7b, 0xfb, 0x1c}));
  builder.DefineGlobal({ValType::kV128, true}, builder.Expr({0x23, 3}));
  Instance* instance = *test.Instantiate(builder);
  CHECK(instance->globals[0]->value[0] == 42);
  CHECK(instance->globals[1]->value[0] == 0xffffffd6);
  CHECK(instance->globals[2]->value[0] == 0x3f800000);
  CHECK(instance->globals[3]->value[0] == 0x0807060504030201);
  CHECK(instance->globals[3]->value[1] == 0x100f0e0d0c0b0a09);
  CHECK(instance->globals[4]->value[0] == reinterpret_cast<Ref>(test.store.FuncRef(instance, 0)));
  CHECK(instance->globals[5]->value[0] == kNullRef);
  CHECK(I31GetS(instance->globals[6]->value[0]) == 0xfffffffb);
  CHECK(instance->globals[7]->value[1] == 0x100f0e0d0c0b0a09);
}

TEST_CASE("constant expressions allocate and keep what they made") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx pair = builder.Struct({{ValType::kI32, true}, {kAnyRef, true}});
  const TypeIdx bytes = builder.Array(ValType::kI8);
  // i32.const 7; (i32.const 65; i32.const 3; array.new 1); struct.new 0
  builder.DefineGlobal({kStructRef, true}, builder.Expr({0x41, 7, 0x41, 0xc1, 0, 0x41, 3, 0xfb,
                                                         0x06, 1, 0xfb, 0x00, 0}));
  // i32.const 1; i32.const 2; array.new_fixed 1 2
  builder.DefineGlobal({kArrayRef, true}, builder.Expr({0x41, 1, 0x41, 2, 0xfb, 0x08, 1, 2}));
  Instance* instance = *test.Instantiate(builder);
  test.store.heap().Collect();
  Slot value;
  const Ref structure = instance->globals[0]->value[0];
  CHECK(rt::StructGet(*instance, pair, FieldIdx(0), structure, &value) == Trap::kNone);
  CHECK(value == 7);
  CHECK(rt::StructGet(*instance, pair, FieldIdx(1), structure, &value) == Trap::kNone);
  const Ref array = value;
  CHECK(rt::ArrayLen(array).value == 3);
  CHECK(rt::ArrayGet(*instance, bytes, array, 2, &value) == Trap::kNone);
  CHECK(value == 65);
  CHECK(rt::ArrayGet(*instance, bytes, instance->globals[1]->value[0], 1, &value) == Trap::kNone);
  CHECK(value == 2);
}

TEST_CASE("active segments are written in order, up to the first that does not fit") {
  TestStore test;
  MemoryInst* memory = *test.store.NewMemory({.limits = {1, 1}});
  ModuleBuilder builder;
  builder.Import("env", "m", ExternKind::kMemory);
  builder.DefineMemory(1);
  builder.DefineData({'a', 'b', 'c'}, builder.Expr({0x41, 1}));
  builder.DefineData({'x', 'y'}, builder.Expr({0x41, 0xff, 0xff, 0x03}));
  const auto result = test.Instantiate(builder, {OfMemory(memory)});
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kTrap);
  CHECK(result.error().message() == "out of bounds memory access");
  CHECK(std::string(memory->base + 1, memory->base + 4) == "abc");
  CHECK(memory->base[65535] == 0);
}

TEST_CASE("element segments fill tables; functions outlive a failed instantiation") {
  TestStore test;
  TableInst* table = *test.store.NewTable({.limits = {4, {}}}, kNullRef);
  ModuleBuilder builder;
  builder.Import("env", "t", ExternKind::kTable);
  const TypeIdx type = builder.Func({}, {});
  builder.DefineTable(4);
  builder.DefineFunc(type);
  builder.DefineFunc(type);
  builder.DefineElem(kFuncRef, false, 2, {1, 0}, builder.Expr({0x41, 1}));
  builder.DefineElem(kFuncRef, true, 2, {0xd2, 1, 0x0b, 0xd0, 0x70, 0x0b}, builder.Expr({0x41, 3}));
  const auto result = test.Instantiate(builder, {OfTable(table)});
  REQUIRE(!result.has_value());
  CHECK(result.error().message() == "out of bounds table access");
  CHECK(table->elements[0] == kNullRef);
  CHECK(rt::ToFunc(table->elements[1])->func_index == 1);
  CHECK(rt::ToFunc(table->elements[2])->func_index == 0);
  CHECK(table->elements[3] == kNullRef);
}

TEST_CASE("a table's own initial value fills it") {
  TestStore test;
  ModuleBuilder builder;
  builder.DefineFunc(builder.Func({}, {}));
  builder.DefineTable(3);
  builder.module.tables[0].init = builder.Expr({0xd2, 0});
  Instance* instance = *test.Instantiate(builder);
  CHECK(rt::TableGet(*instance, TableIdx(0), 2).value ==
        reinterpret_cast<Ref>(test.store.FuncRef(instance, 0)));
}

TEST_CASE("the start function runs last, and its trap is the instantiation's") {
  TestStore test;
  FakeEngine::functions[0] = [](Instance& instance, Slot*) {
    return instance.memory0->base[0] == 'a' ? Trap::kUnreachable : Trap::kNone;
  };
  ModuleBuilder builder;
  builder.DefineFunc(builder.Func({}, {}));
  builder.DefineMemory(1);
  builder.DefineData({'a'}, builder.Expr({0x41, 0}));
  builder.module.start = FuncIdx(0);
  builder.module.names.functions.names = {{0, "begin"}};
  const auto result = test.Instantiate(builder);
  REQUIRE(!result.has_value());
  CHECK(result.error().message() == "unreachable");
  REQUIRE(result.error().trace().size() == 1);
  CHECK(result.error().trace()[0].module_name == "test");
  CHECK(result.error().trace()[0].function_name == "begin");
}

TEST_CASE("exports are found by name and are the same objects every time") {
  TestStore test;
  ModuleBuilder builder;
  builder.DefineFunc(builder.Func({}, {ValType::kI32}));
  builder.DefineMemory(1);
  builder.Export("f", ExternKind::kFunc, 0);
  builder.Export("memory", ExternKind::kMemory, 0);
  Instance* instance = *test.Instantiate(builder);
  const auto func = test.store.FindExport(instance, "f");
  REQUIRE(func.has_value());
  CHECK(func->func == test.store.FindExport(instance, "f")->func);
  CHECK(func->func->result_slots == 1);
  CHECK(test.store.FindExport(instance, "memory")->memory == instance->memory0);
  CHECK(!test.store.FindExport(instance, "g").has_value());
}

TEST_CASE("the store's limits on instances, memories, tables and elements hold") {
  TestStore test(
      {.max_table_elements = 10, .max_instances = 2, .max_memories = 1, .max_tables = 1});
  auto with = [&](uint64_t memories, std::optional<uint64_t> elements) {
    ModuleBuilder builder;
    for (uint64_t i = 0; i < memories; ++i) builder.DefineMemory(0);
    if (elements) builder.DefineTable(*elements);
    const auto result = test.Instantiate(builder);
    if (result.has_value()) return std::string();
    CHECK(result.error().kind() == ErrorKind::kExhausted);
    return result.error().message();
  };
  SECTION("memories") { CHECK(with(2, {}).starts_with("memory limit exceeded")); }
  SECTION("elements") { CHECK(with(0, 11).starts_with("table limit exceeded")); }
  SECTION("tables") {
    CHECK(with(0, 1).empty());
    CHECK(with(0, 1).starts_with("table limit exceeded"));
  }
  SECTION("instances") {
    CHECK(with(0, {}).empty());
    CHECK(with(0, {}).empty());
    CHECK(with(0, {}).starts_with("instance limit exceeded"));
  }
}

}  // namespace
}  // namespace wasm::runtime
