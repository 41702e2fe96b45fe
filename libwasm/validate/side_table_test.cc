// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Side tables of small bodies, written out, and the rules of module/side_table.h checked on them.

#include "libwasm/validate/side_table.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/validate/module_validator.h"
#include "libwasm/validate/test_modules_test_util.h"

namespace wasm::validate {
namespace {

struct Validated {
  explicit Validated(const Bytes& bytes) {
    auto decoded = binary::DecodeModule(bytes, {});
    REQUIRE(decoded.has_value());
    auto valid = ValidateModule(*decoded, store);
    if (!valid.has_value()) FAIL(valid.error().message());
    module = *valid;
  }
  const CodeInfo& code() const { return *module->code(FuncIdx(0)); }

  TypeStore store;
  std::shared_ptr<const ValidatedModule> module;
};

// "pc_delta entry_delta keep drop" of each entry.
std::string Print(const CodeInfo& info) {
  std::string out;
  for (size_t i = 0; i < info.side_table.size(); ++i) {
    const WideSideTableEntry e = Decode(&info.side_table[i]);
    out += std::to_string(e.pc_delta) + " " + std::to_string(e.entry_delta) + " " +
           std::to_string(e.keep) + " " + std::to_string(e.drop) + "\n";
  }
  return out;
}
std::string Table(const Bytes& params, const Bytes& results, const Bytes& code) {
  return Print(Validated(ModuleOfBody(params, results, code)).code());
}

TEST_CASE("if and else") {
  // 0 local.get, 2 if, 4 nop, 5 else, 6 nop, 7 end, 8 nop, 9 end
  CHECK(Table({kI32}, {}, {0x20, 0, 0x04, 0x40, 0x01, 0x05, 0x01, 0x0b, 0x01, 0x0b}) ==
        "4 2 0 0\n"    // if: to 6, behind the else
        "3 1 0 0\n");  // else: to 8, behind the end
  // Without else: 2 if, 4 nop, 5 end, 6 nop.
  CHECK(Table({kI32}, {}, {0x20, 0, 0x04, 0x40, 0x01, 0x0b, 0x01, 0x0b}) == "4 1 0 0\n");
}

TEST_CASE("branches out and back") {
  // 0 block, 2 loop, 4 br 0, 6 br 1, 8 end, 9 end, 10 nop, 11 end
  CHECK(Table({}, {}, {0x02, 0x40, 0x03, 0x40, 0x0c, 0, 0x0c, 1, 0x0b, 0x0b, 0x01, 0x0b}) ==
        "0 0 0 0\n"    // to 4, the loop's first instruction, which is this entry
        "4 1 0 0\n");  // to 10, behind the block
}

TEST_CASE("a branch to an end passes the ends behind it") {
  // 0 block, 2 block, 4 block, 6 br 0, 8 end, 9 end, 10 end, 11 nop, 12 end
  CHECK(
      Table({}, {}, {0x02, 0x40, 0x02, 0x40, 0x02, 0x40, 0x0c, 0, 0x0b, 0x0b, 0x0b, 0x01, 0x0b}) ==
      "5 1 0 0\n");
  // Those of the function end on its final end: 2 br 0, 4 end, 5 end.
  CHECK(Table({}, {}, {0x02, 0x40, 0x0c, 0, 0x0b, 0x0b}) == "3 1 0 0\n");
  CHECK(Table({}, {}, {0x02, 0x40, 0x0c, 1, 0x0b, 0x0b}) == "3 1 0 0\n");
}

TEST_CASE("operands kept and dropped") {
  // 0 block i32, 2 const 1, 4 const 2, 6 const 3, 8 br 0, 10 end, 11 end
  CHECK(Table({}, {kI32}, {0x02, 0x7f, 0x41, 1, 0x41, 2, 0x41, 3, 0x0c, 0, 0x0b, 0x0b}) ==
        "3 1 1 2\n");
  // br_if sees the stack without its condition.
  CHECK(Table({}, {kI32}, {0x02, 0x7f, 0x41, 1, 0x41, 2, 0x41, 3, 0x0d, 0, 0x1a, 0x0b, 0x0b}) ==
        "4 1 1 1\n");
}

TEST_CASE("br_table owns an entry per label, each relative to itself") {
  // 0 block, 2 block, 4 const 0, 6 br_table 0 1 2, 11 end, 12 nop, 13 end, 14 nop, 15 end
  CHECK(Table({}, {},
              {0x02, 0x40, 0x02, 0x40, 0x41, 0, 0x0e, 2, 0, 1, 2, 0x0b, 0x01, 0x0b, 0x01, 0x0b}) ==
        "6 3 0 0\n"
        "8 2 0 0\n"
        "9 1 0 0\n");
}

TEST_CASE("unreachable code owns entries too") {
  // 0 block, 2 br 0, 4 br 0, 6 end, 7 local.get, 9 if, 11 end, 12 end
  CHECK(Table({kI32}, {}, {0x02, 0x40, 0x0c, 0, 0x0c, 0, 0x0b, 0x20, 0, 0x04, 0x40, 0x0b, 0x0b}) ==
        "5 2 0 0\n"
        "3 1 0 0\n"
        "3 1 0 0\n");
}

TEST_CASE("v128 takes two slots, and drop and select say how many") {
  Bytes code = {0x02, 0x7b, 0x41, 1};  // block v128; i32.const
  const Bytes vector = Bytes{0xfd, 0x0c} + Bytes(16);
  code = code + vector + Bytes{0x0c, 0, 0x0b, 0x1a, 0x41, 0, 0x1a, 0x0b};
  const Validated valid(ModuleOfBody({kI32, 0x7b, kI32}, {}, code, {1, 1, 0x7b}));
  const CodeInfo& info = valid.code();
  CHECK(info.uses_v128);
  CHECK(info.local_offsets == std::vector<uint32_t>{0, 1, 3, 4, 6});
  CHECK(info.param_slots == 4);
  CHECK(info.local_slots == 6);
  CHECK(info.max_stack_slots == 3);
  CHECK(Print(info) ==
        "3 1 2 1\n"    // br: keeps the vector
        "0 1 2 0\n"    // drop of a v128
        "0 1 1 0\n");  // drop of an i32
  CHECK_FALSE(Validated(ModuleOfBody({}, {}, {0x41, 0, 0x1a, 0x0b})).code().uses_v128);
}

TEST_CASE("large numbers overflow into the tail") {
  Bytes code = {0x02, 0x40};
  for (int i = 0; i < 300; ++i) code.insert(code.end(), {0x41, 0});
  const size_t br = code.size();
  code.insert(code.end(), {0x0c, 0, 0x0b});
  // More entries than an int16 can count.
  for (int i = 0; i < 40'000; ++i) code.insert(code.end(), {0x41, 0, 0x0d, 0});
  code.push_back(0x0b);
  const Validated valid(ModuleOfBody({}, {}, code));
  const CodeInfo& info = valid.code();
  REQUIRE(info.side_table.size() > 40'001);
  CHECK(info.side_table[0].keep == SideTableEntry::kOverflow);
  CHECK(Decode(&info.side_table[0]) == WideSideTableEntry{3, 1, 0, 300});
  CHECK(info.side_table[1].keep == SideTableEntry::kOverflow);
  const WideSideTableEntry first = Decode(&info.side_table[1]);
  CHECK(first.entry_delta == 40'000);
  CHECK(static_cast<size_t>(first.pc_delta) == code.size() - 1 - (br + 3) - 2);
  // The last branches are near enough.
  CHECK(Decode(&info.side_table[40'000]) == WideSideTableEntry{2, 1, 0, 0});
  CHECK(info.side_table[40'000].keep == 0);
  CHECK(info.max_stack_slots == 300);
}

TEST_CASE("try_table") {
  // 0 const 9, 2 block (result i32), 4 try_table (catch 0 0) (catch_all 1), 12 call 0, 14 end,
  // 15 const 0, 17 end, 18 drop, 19 drop, 20 end
  const Validated valid(
      ModuleOfBody({}, {}, {0x41, 9,    0x02, 0x7f, 0x1f, 0x40, 2,    0,    0,    0,   2,
                            1,    0x10, 0,    0x0b, 0x41, 0,    0x0b, 0x1a, 0x1a, 0x0b}));
  const CodeInfo& info = valid.code();
  CHECK(info.side_table.empty());
  REQUIRE(info.try_ranges.size() == 1);
  CHECK(info.try_ranges[0].begin_pc == 12);
  CHECK(info.try_ranges[0].end_pc == 14);
  REQUIRE(info.try_ranges[0].num_clauses == 2);
  const CatchClause& first = info.catch_clauses[0];
  CHECK(first.kind == CatchClause::Kind::kCatch);
  CHECK(first.target_pc == 18);
  CHECK(first.height == 1);
  const CatchClause& second = info.catch_clauses[1];
  CHECK(second.kind == CatchClause::Kind::kCatchAll);
  CHECK(second.target_pc == 20);
  CHECK(second.height == 0);
}

TEST_CASE("nested handlers come inner before outer, each with its own clauses") {
  // 0 block, 2 try_table (catch_all 0), 7 try_table (catch_all 1), 12 call 0, 14 end, 15 end,
  // 16 end, 17 end
  const Validated valid(ModuleOfBody(
      {}, {},
      {0x02, 0x40, 0x1f, 0x40, 1, 2, 0, 0x1f, 0x40, 1, 2, 1, 0x10, 0, 0x0b, 0x0b, 0x0b, 0x0b}));
  const CodeInfo& info = valid.code();
  REQUIRE(info.try_ranges.size() == 2);
  CHECK(info.try_ranges[0].begin_pc == 12);
  CHECK(info.try_ranges[1].begin_pc == 7);
  CHECK(info.try_ranges[0].first_clause == 1);
  CHECK(info.try_ranges[1].first_clause == 0);
}

TEST_CASE("legacy catch bodies keep the exception in a hidden slot") {
  // 0 const 9, 2 try, 4 call 0, 6 catch 0, 8 drop, 9 br 0, 11 catch_all, 12 rethrow 0, 14 end,
  // 15 drop, 16 end
  const Validated valid(ModuleOfBody(
      {}, {},
      {0x41, 9, 0x06, 0x40, 0x10, 0, 0x07, 0, 0x1a, 0x0c, 0, 0x19, 0x09, 0, 0x0b, 0x1a, 0x0b}));
  const CodeInfo& info = valid.code();
  CHECK(info.has_legacy_try);
  CHECK(Print(info) ==
        "9 5 0 0\n"    // catch, from the try's body: to 15
        "6 4 0 1\n"    // br 0 out of the catch body, over the hidden slot
        "4 3 0 1\n"    // catch_all, from the catch body
        "1 1 0 0\n"    // rethrow: the exception is in slot 1
        "1 1 0 1\n");  // end of the catch_all body
  REQUIRE(info.try_ranges.size() == 1);
  CHECK(info.try_ranges[0].begin_pc == 4);
  CHECK(info.try_ranges[0].end_pc == 6);
  REQUIRE(info.catch_clauses.size() == 2);
  CHECK(info.catch_clauses[0].kind == CatchClause::Kind::kLegacyCatch);
  CHECK(info.catch_clauses[0].target_pc == 8);
  CHECK(info.catch_clauses[0].target_entry == 1);
  CHECK(info.catch_clauses[0].height == 1);
  CHECK(info.catch_clauses[1].kind == CatchClause::Kind::kLegacyCatchAll);
  CHECK(info.catch_clauses[1].target_pc == 12);
  CHECK(info.catch_clauses[1].target_entry == 3);
  CHECK(info.max_stack_slots == 3);
}

TEST_CASE("delegate names the handlers to go on with") {
  // 0 try, 2 try, 4 block, 6 try, 8 call 0, 10 delegate 2, 12 end, 13 catch_all, 14 end,
  // 15 catch_all, 16 end, 17 end
  const Validated valid(ModuleOfBody({}, {},
                                     {0x06, 0x40, 0x06, 0x40, 0x02, 0x40, 0x06, 0x40, 0x10, 0, 0x18,
                                      2, 0x0b, 0x19, 0x0b, 0x19, 0x0b, 0x0b}));
  const CodeInfo& info = valid.code();
  REQUIRE(info.try_ranges.size() == 3);
  REQUIRE(info.catch_clauses.size() == 3);
  const CatchClause& delegate = info.catch_clauses[info.try_ranges[0].first_clause];
  CHECK(delegate.kind == CatchClause::Kind::kLegacyDelegate);
  // Over the middle try to the outer one, the last range.
  CHECK(delegate.delegate_depth == 3);
  // To the function: to its caller.
  const Validated out(ModuleOfBody({}, {}, {0x06, 0x40, 0x18, 0, 0x0b}));
  CHECK(out.code().catch_clauses[0].delegate_depth == 0);
}

TEST_CASE("the example of docs/side-table.md") {
  // i32.const 1, local.set 1, block, loop, local.get 0, i32.eqz, br_if 1, …, br 0
  CHECK(Table({kI32}, {kI32},
              {0x41, 1,    0x1a, 0x02, 0x40, 0x03, 0x40, 0x20, 0,    0x45, 0x0d, 1, 0x20,
               0,    0x41, 1,    0x6b, 0x21, 0,    0x0c, 0,    0x0b, 0x0b, 0x20, 0, 0x0b}) ==
        "13 2 0 0\n"
        "-12 -1 0 0\n");
}

}  // namespace
}  // namespace wasm::validate
