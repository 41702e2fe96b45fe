// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/parse_module.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wasm::text {
namespace {

std::string Hex(const std::vector<uint8_t>& bytes, size_t begin) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = begin; i < bytes.size(); ++i) {
    if (!text.empty()) text += ' ';
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

// The bytes behind the preamble.
std::string Wat(std::string_view text, bool names = false) {
  const auto bytes = ParseWat(text, {.name_section = names});
  return bytes ? Hex(*bytes, 8) : "error: " + bytes.error().message();
}

// The body of the only function, of no type, with its locals in front.
std::string Body(std::string_view instructions, std::string_view fields = "") {
  const auto bytes =
      ParseWat("(module (func " + std::string(instructions) + ") " + std::string(fields) + ")",
               {.name_section = false});
  if (!bytes) return "error: " + bytes.error().message();
  // The code section is the last but for segments, which these tests do not have.
  size_t at = 8;
  while ((*bytes)[at] != 10) at += 2 + (*bytes)[at + 1];
  return Hex(*bytes, at + 4);
}

std::string Error(std::string_view text) {
  const auto bytes = ParseWat(text);
  return bytes ? "" : bytes.error().message();
}

TEST_CASE("texts of components are known by their first word") {
  CHECK(IsComponentText("(; x ;) (@a) (component)"));
  CHECK(!IsComponentText("(module)"));
  CHECK(!IsComponentText("component"));
  CHECK(!IsComponentText(""));
}

TEST_CASE("a module and its fields alone are the same") {
  CHECK(Wat("") == "");
  CHECK(Wat("(module)") == "");
  CHECK(Wat("(module $m (func))") == "01 04 01 60 00 00 03 02 01 00 0a 04 01 02 00 0b");
  CHECK(Wat("(func)") == Wat("(module (func))"));
}

TEST_CASE("folded and plain instructions are the same") {
  const std::string_view add = "00 41 01 41 02 6a 1a 0b";
  CHECK(Body("i32.const 1 i32.const 2 i32.add drop") == add);
  CHECK(Body("(drop (i32.add (i32.const 1) (i32.const 2)))") == add);
  CHECK(Body("i32.const 1 (i32.const 2) i32.add (drop)") == add);
  const std::string_view branches = "00 41 00 04 7f 41 01 05 41 02 0b 1a 0b";
  CHECK(Body("i32.const 0 if (result i32) i32.const 1 else i32.const 2 end drop") == branches);
  CHECK(Body("(drop (if (result i32) (i32.const 0) (then (i32.const 1)) (else (i32.const 2))))") ==
        branches);
}

TEST_CASE("labels count from the inside and may be shadowed") {
  CHECK(Body("block $a loop $b br $a br $b br 2 end $b end $a") ==
        "00 02 40 03 40 0c 01 0c 00 0c 02 0b 0b 0b");
  CHECK(Body("(block $a (block $a (br_table 1 $a 0 (i32.const 0))))") ==
        "00 02 40 02 40 41 00 0e 02 01 00 00 0b 0b 0b");
  CHECK(Error("(func block $a end $b)").starts_with("mismatching label"));
  CHECK(Error("(func i32.const 0 if else $l end)").starts_with("mismatching label"));
  CHECK(Error("(func (br $x))") == "unknown label $x");
  // The condition stands outside of the block.
  CHECK(Error("(func (if $l (br $l) (then)))") == "unknown label $l");
}

TEST_CASE("block types take the shortest form") {
  CHECK(Body("(block)") == "00 02 40 0b 0b");
  CHECK(Body("(block (result i64) unreachable) drop") == "00 02 7e 00 0b 1a 0b");
  CHECK(Body("(loop (result (ref null 0)) unreachable) drop") == "00 03 63 00 00 0b 1a 0b");
  CHECK(Body("i32.const 0 (block (param i32) drop)") == "00 41 00 02 01 1a 0b 0b");
  CHECK(Body("(block (type 0))") == "00 02 00 0b 0b");
  CHECK(Error("(func (block (param $x i32)))").starts_with("unexpected token"));
}

TEST_CASE("exceptions, old and new") {
  CHECK(Body("(block $h (try_table (catch 0 $h) (catch_all_ref 1) (throw 0)))", "(tag)") ==
        "00 02 40 1f 40 02 00 00 00 03 01 08 00 0b 0b 0b");
  CHECK(Body("(try $t (do (throw 0)) (catch 0 (rethrow $t)) (catch_all))", "(tag)") ==
        "00 06 40 08 00 07 00 09 00 19 0b 0b");
  CHECK(Body("try $o try nop delegate $o catch_all end") == "00 06 40 06 40 01 18 00 19 0b 0b");
  CHECK(Body("(try $o (do (try (do) (delegate $o))) (catch_all))") ==
        "00 06 40 06 40 18 00 19 0b 0b");
  CHECK(Error("(func (try (do) (catch_all) (catch_all)))").starts_with("unexpected token"));
  CHECK(
      Error("(tag $e) (func (try (do) (catch $e) (delegate 0)))").starts_with("unexpected token"));
  CHECK(Error("(func (catch_all))").starts_with("unexpected token"));
}

TEST_CASE("instructions that share a word are told apart by what follows") {
  CHECK(Body("select") == "00 1b 0b");
  CHECK(Body("select (result i32)") == "00 1c 01 7f 0b");
  CHECK(Body("select (result)") == "00 1c 00 0b");
  CHECK(Body("ref.test (ref any)") == "00 fb 14 6e 0b");
  CHECK(Body("ref.test anyref") == "00 fb 15 6e 0b");
  CHECK(Body("ref.cast (ref null 0)") == "00 fb 17 00 0b");
}

TEST_CASE("memory arguments") {
  CHECK(Body("i32.load") == "00 28 02 00 0b");
  CHECK(Body("i32.load offset=0x10 align=1") == "00 28 00 10 0b");
  CHECK(Body("i32.load 1 offset=4294967296") == "00 28 42 01 80 80 80 80 10 0b");
  CHECK(Body("v128.load8_lane 3") == "00 fd 54 00 00 03 0b");
  CHECK(Body("v128.load8_lane 1 3") == "00 fd 54 40 01 00 03 0b");
  CHECK(Body("v128.load8_lane $m offset=1 3", "(memory 1) (memory $m 1)") ==
        "00 fd 54 40 01 01 03 0b");
  CHECK(Error("(func (i32.load align=0))") == "alignment must be a power of two");
  CHECK(Error("(func (i32.load align=3))") == "alignment must be a power of two");
  CHECK(Error("(func (i32.load offset=x))").starts_with("unknown operator"));
  CHECK(Body("memory.copy") == "00 fc 0a 00 00 0b");
  CHECK(Body("memory.copy 1 2") == "00 fc 0a 01 02 0b");
  CHECK(Body("table.init 1") == "00 fc 0c 01 00 0b");
  CHECK(Body("table.init 2 1") == "00 fc 0c 01 02 0b");
  CHECK(Body("atomic.fence") == "00 fe 03 00 0b");
}

TEST_CASE("constants") {
  CHECK(Body("i32.const -0x80000000") == "00 41 80 80 80 80 78 0b");
  CHECK(Body("i64.const 0xffffffffffffffff") == "00 42 7f 0b");
  CHECK(Body("f32.const -nan:0x1") == "00 43 01 00 80 ff 0b");
  CHECK(Body("v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1") ==
        "00 fd 0c 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e ff 0b");
  CHECK(Body("v128.const f64x2 1 inf") ==
        "00 fd 0c 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 7f 0b");
  CHECK(Error("(func (i32.const 0x1_0000_0000))") == "constant out of range");
  CHECK(Error("(func (i32.const))").starts_with("unexpected token"));
  CHECK(Error("(func (i32.const 0x))").starts_with("unknown operator"));
  CHECK(Error("(func (f32.const nan:canonical))").starts_with("unexpected token"));
  CHECK(Error("(func (v128.const i32x4 1 2 3))") == "wrong number of lane literals");
  CHECK(Error("(func (i8x16.shuffle 1 2 3))") == "invalid lane length");
  CHECK(Error("(func (i8x16.extract_lane_s 256))") == "i8 constant out of range");
}

TEST_CASE("references and aggregates") {
  CHECK(Body("ref.null $s", "(type $s (struct))") == "00 d0 00 0b");
  CHECK(Body("struct.get $s $y", "(type $s (struct (field $x i8) (field $y (mut i64))))") ==
        "00 fb 02 00 01 0b");
  CHECK(Body("array.new_fixed 1 300") == "00 fb 08 01 ac 02 0b");
  CHECK(Body("(block $l (br_on_cast $l anyref (ref i31)))") == "00 02 40 fb 18 01 00 6e 6c 0b 0b");
  CHECK(Body("call_indirect 1 (type 0)") == "00 11 00 01 0b");
  CHECK(Error("(func (call_indirect (param $x i32)))").starts_with("unexpected token"));
}

TEST_CASE("type uses find types, or append them behind the explicit ones") {
  // $f brings a type that is not there, the second function uses the explicit one, the third
  // shares the appended one.
  CHECK(Wat("(func $f (param i32)) (func) (func (param i32)) (type (func))") ==
        "01 08 02 60 00 00 60 01 7f 00 03 04 03 01 00 01 0a 0a 03 02 00 0b 02 00 0b 02 00 0b");
  // Types that are not plain are not taken.
  CHECK(Wat("(type (sub (func))) (func)")
            .starts_with("01 09 02 50 00 60 00 00 60 00 00 03 02 01 01"));
  CHECK(Wat("(rec (type (func)) (type (func))) (func)")
            .starts_with("01 0c 02 4e 02 60 00 00 60 00 00 60 00 00 03 02 01 02"));
  CHECK(Error("(type $t (func (param i32))) (func (type $t) (param i64))")
            .starts_with("inline function type"));
  CHECK(Error("(func (type 5) (param i64))").starts_with("unknown type"));
  CHECK(Error("(func (type $t))").starts_with("unknown type"));
  CHECK(Error("(func (result i32) (param i32))").starts_with("unexpected token"));
  // Without an inline part the index stays as it is, and parameters still count.
  CHECK(Wat("(func (type 5))") == "03 02 01 05 0a 04 01 02 00 0b");
  CHECK(Wat("(type (func (param i32))) (func (type 0) (local $x i64) local.get $x)")
            .ends_with("0a 08 01 06 01 01 7e 20 01 0b"));
}

TEST_CASE("recursive types and their fields") {
  CHECK(Wat("(rec (type $a (sub (struct (field (ref null $b)))))"
            "     (type $b (sub final $a (struct (field (ref null $b) (mut i16))))))") ==
        "01 14 01 4e 02 50 00 5f 01 63 01 00 4f 01 00 5f 02 63 01 00 77 01");
  CHECK(Wat("(type (array (mut f32)))") == "01 04 01 5e 7d 01");
  CHECK(Error("(type (struct (field $x i32) (field $x i32)))").starts_with("duplicate field"));
}

TEST_CASE("imports and exports, written in place or by themselves") {
  CHECK(Wat("(import \"m\" \"n\" (global (mut i32)))") == "02 08 01 01 6d 01 6e 03 7f 01");
  CHECK(Wat("(global (import \"m\" \"n\") (mut i32))") ==
        Wat("(import \"m\" \"n\" (global (mut i32)))"));
  CHECK(Wat("(func $f (export \"a\") (export \"b\"))") ==
        Wat("(func $f) (export \"a\" (func $f)) (export \"b\" (func 0))"));
  CHECK(Error("(func) (import \"\" \"\" (memory 0))").starts_with("import after function"));
  CHECK(Error("(memory 0) (global (import \"\" \"\") i32)").starts_with("import after memory"));
  CHECK(Error("(import \"\\ff\" \"\" (func))") == "malformed UTF-8 encoding");
}

TEST_CASE("tables and memories") {
  CHECK(Wat("(table 1 2 funcref)") == "04 05 01 70 01 01 02");
  CHECK(Wat("(table i64 1 externref)") == "04 04 01 6f 04 01");
  CHECK(Wat("(table 1 (ref func) (ref.func 0))") == "04 0a 01 40 00 64 70 00 01 d2 00 0b");
  CHECK(Wat("(memory 1)") == "05 03 01 00 01");
  CHECK(Wat("(memory i64 1 2 shared)") == "05 04 01 07 01 02");
  CHECK(Wat("(memory 0 (pagesize 1))") == "05 04 01 08 00 00");
  CHECK(Wat("(memory (data \"ab\" \"c\"))") ==
        "05 04 01 01 01 01 0b 09 01 00 41 00 0b 03 61 62 63");
  CHECK(Wat("(memory i64 (pagesize 1) (data \"ab\"))") ==
        "05 05 01 0d 02 02 00 0b 08 01 00 42 00 0b 02 61 62");
  CHECK(Error("(memory 0 (pagesize 3))") == "invalid custom page size");
  CHECK(Error("(memory i64 0x1_0000_0000_0000_0000)") == "i64 constant out of range");
  // Whether a limit fits its address type is not for the grammar, but without memory64 it is.
  CHECK(Wat("(memory 0x1_0000_0000)") == "05 07 01 00 80 80 80 80 10");
  WatOptions without_memory64;
  without_memory64.features.Disable(Feature::kMemory64);
  CHECK(ParseWat("(memory 0x1_0000_0000)", without_memory64).error().message() ==
        "i32 constant out of range");
}

TEST_CASE("element segments choose their binary form") {
  CHECK(Wat("(elem (i32.const 0) 1 2)") == "09 08 01 00 41 00 0b 02 01 02");
  CHECK(Wat("(elem (offset (i32.const 0)) func 1)") == "09 07 01 00 41 00 0b 01 01");
  CHECK(Wat("(elem (table 1) (i32.const 0) func 1)") == "09 09 01 02 01 41 00 0b 00 01 01");
  CHECK(Wat("(elem func 1)") == "09 05 01 01 00 01 01");
  CHECK(Wat("(elem declare func 1)") == "09 05 01 03 00 01 01");
  CHECK(Wat("(elem (i32.const 0) funcref (ref.func 1) (item ref.null func))") ==
        "09 0c 01 04 41 00 0b 02 d2 01 0b d0 70 0b");
  CHECK(Wat("(elem externref)") == "09 04 01 05 6f 00");
  CHECK(Wat("(elem declare (ref null 0) (ref.null 0))") == "09 08 01 07 63 00 01 d0 00 0b");
  CHECK(Wat("(table funcref (elem 3 4))") == "04 05 01 70 01 02 02 09 08 01 00 41 00 0b 02 03 04");
  CHECK(Wat("(table i64 (ref null 0) (elem 3))") ==
        "04 06 01 63 00 05 01 01 09 0c 01 06 00 42 00 0b 63 00 01 d2 03 0b");
}

TEST_CASE("data segments and when their count is written") {
  CHECK(Wat("(data \"\\00\\ff\")") == "0b 05 01 01 02 00 ff");
  CHECK(Wat("(data (memory 1) (offset i32.const 0) \"a\")") == "0b 08 01 02 01 41 00 0b 01 61");
  CHECK(Wat("(func data.drop 0) (data)") ==
        "01 04 01 60 00 00 03 02 01 00 0c 01 01 0a 07 01 05 00 fc 09 00 0b 0b 03 01 01 00");
}

TEST_CASE("identifiers are bound once per space") {
  CHECK(Error("(func $a) (func $a)").starts_with("duplicate func"));
  CHECK(Error("(func $a) (func $\"a\")").starts_with("duplicate func"));
  CHECK(Error("(import \"\" \"\" (memory $a 0)) (memory $a 0)").starts_with("duplicate memory"));
  CHECK(Error("(func (param $x i32) (local $x i32))").starts_with("duplicate local"));
  CHECK(Error("(func $a) (memory $a 0)") == "");
  CHECK(Error("(func (call $nobody))") == "unknown function $nobody");
  CHECK(Error("(start 0) (start 0)") == "multiple start sections");
}

TEST_CASE("identifiers become names") {
  CHECK(Wat("(module $m (func $f (param $p i32) (local $l i32) (block $b)))", true)
            .ends_with("00 22 04 6e 61 6d 65"               // custom section `name`
                       " 00 02 01 6d"                       // module
                       " 01 04 01 00 01 66"                 // functions
                       " 02 09 01 00 02 00 01 70 01 01 6c"  // locals
                       " 03 06 01 00 01 00 01 62"));        // labels
  CHECK(Wat("(type $s (struct (field i32) (field $y i32))) (tag $e)", true)
            .ends_with("04 04 01 00 01 73 0a 06 01 00 01 01 01 79 0b 04 01 00 01 65"));
  CHECK(Wat("(func $f (@name \"other\"))", true).ends_with("01 08 01 00 05 6f 74 68 65 72"));
  CHECK(Error("(module (@name \"a\") (@name \"b\"))") == "@name annotation: multiple module");
  CHECK(Error("(module (func) (@name \"b\"))") == "misplaced @name annotation");
}

TEST_CASE("custom sections stand where they are told to") {
  CHECK(Wat("(@custom \"a\" \"x\") (type (func)) (@custom \"b\" (before type) \"y\" \"z\")") ==
        "00 04 01 62 79 7a 01 04 01 60 00 00 00 03 01 61 78");
  CHECK(Error("(@custom)") == "@custom annotation: missing section name");
  CHECK(Error("(@custom \"a\" (aft type))") == "@custom annotation: malformed placement");
  CHECK(Error("(@custom \"a\" (after types))") == "@custom annotation: malformed section kind");
  CHECK(Error("(func (@custom \"a\"))") == "misplaced @custom annotation");
}

TEST_CASE("branch hints are attached to offsets") {
  const std::string_view hints =
      "00 20 19 6d 65 74 61 64 61 74 61 2e 63 6f 64 65 2e 62 72 61 6e 63 68 5f 68 69 6e 74"
      " 01 00 01 03 01 01";
  CHECK(Wat("(func i32.const 0 (@metadata.code.branch_hint \"\\01\") if end)").find(hints) !=
        std::string::npos);
  CHECK(Wat("(func (@metadata.code.branch_hint \"\\01\") (if (i32.const 0) (then)))").find(hints) !=
        std::string::npos);
  const auto invalid = ParseWat("(func (@metadata.code.branch_hint \"\\01\") nop)");
  REQUIRE_FALSE(invalid.has_value());
  CHECK(invalid.error().kind() == ErrorKind::kInvalid);
  CHECK(Error("(@metadata.code.branch_hint \"\\01\") (func)") ==
        "@metadata.code.branch_hint annotation: not in a function");
}

TEST_CASE("errors say where") {
  const auto bytes = ParseWat("(module\n  (func\n    (i32.const 1)\n    get_local))");
  REQUIRE_FALSE(bytes.has_value());
  CHECK(bytes.error().kind() == ErrorKind::kMalformed);
  CHECK(bytes.error().message() == "unknown operator get_local");
  CHECK(bytes.error().position()->line == 4);
  CHECK(bytes.error().position()->column == 5);
  CHECK(Error("(func").starts_with("unexpected token"));
  CHECK(Error("(module) (module)").starts_with("unexpected token"));
  CHECK(Error("(frob)") == "unknown operator frob");
  CHECK(Error("(func (nop) (local i32))").starts_with("unexpected token"));
}

TEST_CASE("a module within another text, which tells its name") {
  constexpr std::string_view kSource = "(x (func))";
  Lexer lexer(kSource);
  std::vector<Token> tokens;
  REQUIRE(lexer.All(&tokens));
  const auto bytes = ParseModuleTokens(
      {.source = kSource, .tokens = tokens, .begin = 2, .end = 5, .has_head = false, .name = "m"});
  REQUIRE(bytes.has_value());
  CHECK(*bytes == *ParseWat("(module $m (func))"));
}

TEST_CASE("plain instructions among folded operands are no part of the grammar, but an option") {
  constexpr std::string_view kText =
      "(func (result i32) (i32.add (i32.const 1) i32.const 2 block end))";
  CHECK(Error(kText) == "unexpected token i32.const");
  const auto bytes = ParseWat(kText, {.plain_operands = true});
  REQUIRE(bytes.has_value());
  CHECK(*bytes == *ParseWat("(func (result i32) i32.const 1 i32.const 2 block end i32.add)"));
}

TEST_CASE("nesting takes no native stack") {
  std::string text = "(func ";
  for (int i = 0; i < 200'000; ++i) text += "(block ";
  text.append(200'000, ')');
  text += ")";
  CHECK(ParseWat(text).has_value());
  text = "(func ";
  for (int i = 0; i < 200'000; ++i) text += "(i32.eqz ";
  text.append(200'000, ')');
  text += ")";
  CHECK(ParseWat(text).has_value());
}

}  // namespace
}  // namespace wasm::text
