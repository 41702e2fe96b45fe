// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of builtins is complete, and its generic entries do what the instructions do. Failing
// ones are tested through compiled code, in activation_test.cc.

#include "libwasm/native/builtins.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "libwasm/native/positions.h"
#include "libwasm/runtime/runtime_test_util.h"

namespace wasm::native {
namespace {

using runtime::Instance;
using runtime::ModuleBuilder;
using runtime::Slot;
using runtime::TestStore;

// The rows that compiled code never asks for.
bool IsAlwaysInline(Opcode op) {
  static const std::set<Opcode> kInline = {Opcode::Unreachable,
                                           Opcode::Nop,
                                           Opcode::Block,
                                           Opcode::Loop,
                                           Opcode::If,
                                           Opcode::Else,
                                           Opcode::LegacyTry,
                                           Opcode::LegacyCatch,
                                           Opcode::Throw,
                                           Opcode::LegacyRethrow,
                                           Opcode::ThrowRef,
                                           Opcode::End,
                                           Opcode::Br,
                                           Opcode::BrIf,
                                           Opcode::BrTable,
                                           Opcode::Return,
                                           Opcode::Call,
                                           Opcode::CallIndirect,
                                           Opcode::ReturnCall,
                                           Opcode::ReturnCallIndirect,
                                           Opcode::CallRef,
                                           Opcode::ReturnCallRef,
                                           Opcode::LegacyDelegate,
                                           Opcode::LegacyCatchAll,
                                           Opcode::TryTable,
                                           Opcode::Drop,
                                           Opcode::Select,
                                           Opcode::SelectTyped,
                                           Opcode::LocalGet,
                                           Opcode::LocalSet,
                                           Opcode::LocalTee,
                                           Opcode::I32Const,
                                           Opcode::I64Const,
                                           Opcode::F32Const,
                                           Opcode::F64Const,
                                           Opcode::V128Const,
                                           Opcode::BrOnNull,
                                           Opcode::BrOnNonNull,
                                           Opcode::BrOnCast,
                                           Opcode::BrOnCastFail};
  return kInline.contains(op);
}

void Run(Instance* instance, Opcode op, Slot* operands, uint64_t a = 0, uint64_t b = 0) {
  reinterpret_cast<GenericBuiltin*>(const_cast<void*>(kBuiltins[BuiltinIndex(op)]))(instance,
                                                                                    operands, a, b);
}

TEST_CASE("every instruction without a fixed lowering has a builtin") {
  for (size_t i = 0; i < static_cast<size_t>(Builtin::kNumBuiltins); ++i)
    CHECK(kBuiltins[i] != nullptr);
  for (int i = 0; i < kNumOpcodes; ++i) {
    const auto op = static_cast<Opcode>(i);
    INFO(Info(op).text);
    CHECK((kBuiltins[BuiltinIndex(op)] == nullptr) == IsAlwaysInline(op));
  }
}

TEST_CASE("operands are taken in the order of the stack, results replace them") {
  Slot s[6] = {7, 3};
  Run(nullptr, Opcode::I32Sub, s);
  CHECK(s[0] == 4);
  s[0] = 0xffffffff;
  Run(nullptr, Opcode::I64ExtendI32S, s);
  CHECK(s[0] == ~Slot{0});
  Slot bitselect[6] = {0x1111, 1, 0x2222, 2, 0xff00, ~Slot{0}};
  Run(nullptr, Opcode::V128Bitselect, bitselect);
  CHECK(bitselect[0] == 0x1122);
  CHECK(bitselect[1] == 1);
  Slot lane[3] = {1, 2, 42};
  Run(nullptr, Opcode::I64x2ReplaceLane, lane, 1);
  CHECK(lane[0] == 1);
  CHECK(lane[1] == 42);
  Run(nullptr, Opcode::I64x2ExtractLane, lane, 1);
  CHECK(lane[0] == 42);
  Slot shuffle[4] = {0x0706050403020100, 0x0f0e0d0c0b0a0908, 0x1716151413121110,
                     0x1f1e1d1c1b1a1918};
  Run(nullptr, Opcode::I8x16Shuffle, shuffle, 0x1000110112021303, 0x1f1f1f1f00000000);
  CHECK(shuffle[0] == 0x1000110112021303);
  CHECK(shuffle[1] == 0x1f1f1f1f00000000);
  Slot wide[4] = {~Slot{0}, 0, 1, 0};
  Run(nullptr, Opcode::I64Add128, wide);
  CHECK(wide[0] == 0);
  CHECK(wide[1] == 1);
}

TEST_CASE("accesses to memory find memory, offset and lane") {
  ModuleBuilder builder;
  builder.DefineMemory(1);
  builder.DefineMemory(1);
  TestStore test;
  Instance* instance = *test.Instantiate(builder);
  Slot s[4] = {8, 0x1122334455667788};
  Run(instance, Opcode::I64Store, s, 1, 16);
  CHECK(instance->memories[0]->base[24] == 0);
  CHECK(instance->memories[1]->base[24] == 0x88);
  s[0] = 9;
  Run(instance, Opcode::I32Load16S, s, 1, 21);
  CHECK(s[0] == 0x1122);
  s[0] = 24;
  s[1] = s[2] = ~Slot{0};
  Run(instance, Opcode::V128Load16Lane, s, 1 | uint64_t{5} << 32, 0);
  CHECK(s[0] == ~Slot{0});
  CHECK(s[1] == 0xffffffff7788ffff);
  s[0] = 24;
  s[1] = 1;
  Run(instance, Opcode::I64AtomicRmw8AddU, s, 1, 0);
  CHECK(s[0] == 0x88);
  CHECK(instance->memories[1]->base[24] == 0x89);
  s[0] = 1;
  Run(instance, Opcode::MemoryGrow, s, 1);
  CHECK(s[0] == 1);
  Run(instance, Opcode::MemorySize, s, 1);
  CHECK(s[0] == 2);
}

TEST_CASE("types of references and aggregates") {
  ModuleBuilder builder;
  const TypeIdx pair = builder.Struct({{ValType::kI8, true}, {ValType::kV128, true}});
  const TypeIdx array = builder.Array(ValType::kI64);
  TestStore test;
  Instance* instance = *test.Instantiate(builder);
  Slot s[8] = {0xff, 5, 6};
  Run(instance, Opcode::StructNew, s, pair.value);
  const Slot object = s[0];
  Run(instance, Opcode::RefTest, s, HeapType::Concrete(pair.value).bits());
  CHECK(s[0] == 1);
  s[0] = object;
  Run(instance, Opcode::RefTest, s, HeapType(HeapType::kArray).bits());
  CHECK(s[0] == 0);
  s[0] = object;
  Run(instance, Opcode::StructGetS, s, pair.value, 0);
  CHECK(s[0] == 0xffffffff);
  s[0] = object;
  Run(instance, Opcode::StructGet, s, pair.value, 1);
  CHECK(s[0] == 5);
  CHECK(s[1] == 6);
  s[0] = 77;
  s[1] = 3;
  Run(instance, Opcode::ArrayNew, s, array.value);
  const Slot elements = s[0];
  s[1] = 2;
  Run(instance, Opcode::ArrayGet, s, array.value);
  CHECK(s[0] == 77);
  s[0] = elements;
  Run(instance, Opcode::ArrayLen, s);
  CHECK(s[0] == 3);
}

TEST_CASE("positions are found by the greatest offset that is not behind") {
  PositionWriter writer;
  writer.Add(0, 500);
  writer.Add(4, 510);
  writer.Add(4, 505);  // the last one at an offset counts
  writer.Add(9, 505);
  writer.Add(300, 90000);
  const std::vector<uint8_t> table = writer.Finish();
  CHECK(FindPosition(table.data(), 0) == 500);
  CHECK(FindPosition(table.data(), 3) == 500);
  CHECK(FindPosition(table.data(), 4) == 505);
  CHECK(FindPosition(table.data(), 299) == 505);
  CHECK(FindPosition(table.data(), 300) == 90000);
  CHECK(FindPosition(table.data(), 100000) == 90000);
  CHECK(FindPosition(PositionWriter().Finish().data(), 5) == 0);
}

}  // namespace
}  // namespace wasm::native
