// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is printed parses back to the same structure and names; and how single things look.

#include "libwasm/text/printer.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/text/parse_module.h"
#include "libwasm/text/printer_values.h"
#include "libwasm/text/structurally_equal.h"

namespace wasm::text {
namespace {

std::shared_ptr<Module> Decode(std::span<const uint8_t> bytes) {
  auto module = binary::DecodeModule(bytes, {});
  if (!module) FAIL(module.error().message());
  return *module;
}

std::shared_ptr<Module> FromText(std::string_view text) {
  auto bytes = ParseWat(text);
  if (!bytes) FAIL(bytes.error().message() << " in\n" << text);
  return Decode(*bytes);
}

std::string Print(const Module& module, const PrintOptions& options = {}) {
  auto text = PrintModule(module, options);
  if (!text) FAIL(text.error().message());
  return *text;
}

// Prints, parses, compares; returns the text.
std::string RoundTrip(std::string_view text) {
  const auto module = FromText(text);
  const std::string printed = Print(*module);
  INFO(printed);
  const auto again = FromText(printed);
  const auto difference = FindDifference(*module, *again);
  if (difference) FAIL(*difference);
  CHECK(Print(*again) == printed);
  return printed;
}

template <typename Append, typename Bits>
std::string Shown(Append append, Bits bits) {
  std::string out;
  append(out, bits);
  return out;
}
std::string F32(float value) { return Shown(AppendF32, std::bit_cast<uint32_t>(value)); }
std::string F64(double value) { return Shown(AppendF64, std::bit_cast<uint64_t>(value)); }

TEST_CASE("floats are short decimals that read back to the same bits") {
  CHECK(F32(0.1f) == "0.1");
  CHECK(F32(-0.0f) == "-0");
  CHECK(F32(16777216.0f) == "16777216");
  CHECK(F32(1e-45f) == "1.4013e-45");
  CHECK(F32(3.4028235e38f) == "3.4028235e+38");
  CHECK(F64(0.1) == "0.1");
  CHECK(F64(1.0 / 3) == "0.3333333333333333");
  CHECK(F64(5e-324) == "4.94065645841247e-324");
  CHECK(Shown(AppendF32, 0x7f800000u) == "inf");
  CHECK(Shown(AppendF32, 0xff800000u) == "-inf");
  CHECK(Shown(AppendF32, 0x7fc00000u) == "nan");
  CHECK(Shown(AppendF32, 0xff800001u) == "-nan:0x1");
  CHECK(Shown(AppendF64, 0x7ff8000000000001u) == "nan:0x8000000000001");
}

TEST_CASE("every float of a sample of bit patterns survives the round trip") {
  std::string text = "(module\n";
  uint64_t bits = 1;
  for (int i = 0; i < 400; ++i) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    text += "(global f64 (f64.const " + Shown(AppendF64, bits) + "))\n";
    text +=
        "(global f32 (f32.const " + Shown(AppendF32, static_cast<uint32_t>(bits >> 32)) + "))\n";
  }
  const auto module = FromText(text + ")");
  bits = 1;
  for (int i = 0; i < 400; ++i) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    uint64_t f64 = 0;
    uint32_t f32 = 0;
    std::memcpy(&f64, module->at(module->globals[2 * i].init.range.begin + 1), 8);
    std::memcpy(&f32, module->at(module->globals[2 * i + 1].init.range.begin + 1), 4);
    REQUIRE(f64 == bits);
    REQUIRE(f32 == static_cast<uint32_t>(bits >> 32));
  }
}

TEST_CASE("identifiers are quoted where they must be, and control characters never come out raw") {
  std::string out;
  AppendId(out, "plain.name#1");
  CHECK(out == "$plain.name#1");
  out.clear();
  AppendId(out, "with space");
  CHECK(out == "$\"with space\"");
  out.clear();
  AppendId(out, "λ");
  CHECK(out == "$\"λ\"");
  out.clear();
  AppendName(out, "tab\t \"q\" \\ \x7f \xe2\x80\xae \xc2\x9b");
  CHECK(out == "\"tab\\t \\\"q\\\" \\\\ \\7f \\e2\\80\\ae \\c2\\9b\"");
}

TEST_CASE("names come back, also those that are no identifiers") {
  const std::string text = RoundTrip(R"(
    (module $"my module"
      (type $t (struct (field $a i32) (field $b i32)))
      (func $f (param $x i32) (local $y i32) (block $l (br $l)))
      (func (@name "f")) (func (@name "f") (param $f i32)) (func $"sp ace") (func)
      (global $f i32 (i32.const 0)) (table $f 0 funcref) (memory $f 0) (tag $f)
      (elem $f func) (data $f "")))");
  CHECK(text.find("(module $\"my module\"") == 0);
  CHECK(text.find("(func (@name \"f\") (;1;)") != std::string::npos);
  CHECK(text.find("br $l") != std::string::npos);
}

TEST_CASE("a label is named only where the name means that label") {
  const std::string text = RoundTrip(R"(
    (module (func
      (block $a (block $a (br 0) (br 1))) (block $b (loop $c (br $b) (br $c))))))");
  CHECK(text.find("br $a\n        br 1\n") != std::string::npos);
  CHECK(text.find("br $b\n        br $c\n") != std::string::npos);
}

TEST_CASE("clauses of try_table name labels outside of it") {
  const std::string text = RoundTrip(R"(
    (module (tag $e)
      (func (block $l (try_table $l (catch $e $l) (catch_all 0) (br $l))))))");
  CHECK(text.find("(catch $e $l) (catch_all $l)") != std::string::npos);
}

TEST_CASE("types keep their groups, supertypes and finality") {
  RoundTrip(R"(
    (module
      (type $a (sub (struct)))
      (rec (type $b (sub $a (struct (field (ref null $c)))))
           (type $c (sub final $b (struct (field (ref null $c)) (field (mut i16))))))
      (rec (type (func)))
      (type (func (param (ref $c)) (result (ref null exn) v128)))))");
}

TEST_CASE("custom sections keep their places") {
  const std::string text = RoundTrip(R"(
    (module
      (@custom "first" (before first) "\00\ff")
      (@custom "after types" (after type) "x")
      (type (func)) (func (type 0))
      (@custom "last" "a" "b")))");
  CHECK(text.find("(@custom \"first\" (before first) \"\\00\\ff\")") != std::string::npos);
  CHECK(text.find("(after type) \"x\"") != std::string::npos);
}

TEST_CASE("without names everything is numbers") {
  const auto module = FromText("(module $m (func $f (param $x i32) local.get $x drop call $f))");
  const std::string text =
      Print(*module, {.names = false, .custom_sections = false, .skeleton = false});
  CHECK(text.find('$') == std::string::npos);
  const auto again = FromText(text);
  CHECK_FALSE(FindDifference(*module, *again, {.names = false, .custom_sections = false}));
}

TEST_CASE("what is only invalid is printed, what is malformed is an error") {
  CHECK(Print(*FromText("(module (func (result i32) i64.const 0))")).find("i64.const 0") !=
        std::string::npos);
  // A body that ends within an instruction.
  std::vector<uint8_t> bytes = {0, 0x61, 0x73, 0x6d, 1, 0,  0, 0, 1, 4, 1,    0x60, 0,
                                0, 3,    2,    1,    0, 10, 5, 1, 3, 0, 0x41, 0x80};
  const auto module = binary::DecodeModule(bytes, {});
  if (module) {
    const auto text = PrintModule(**module);
    REQUIRE_FALSE(text);
    CHECK(text.error().kind() == ErrorKind::kMalformed);
  }
}

TEST_CASE("deep nesting costs no more than its depth") {
  constexpr int kDepth = 50'000;
  std::vector<uint8_t> body = {0};
  for (int i = 0; i < kDepth; ++i) body.insert(body.end(), {0x02, 0x40});
  body.insert(body.end(), kDepth + 1, 0x0b);
  std::vector<uint8_t> code = {1};
  WriteUnsignedLeb(code, body.size());
  code.insert(code.end(), body.begin(), body.end());
  std::vector<uint8_t> bytes = {0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4,
                                1, 0x60, 0,    0,    3, 2, 1, 0, 10};
  WriteUnsignedLeb(bytes, code.size());
  bytes.insert(bytes.end(), code.begin(), code.end());
  CHECK(Print(*Decode(bytes)).size() < 2 * kDepth * 160);
}

TEST_CASE("the judge of round trips sees differences") {
  const auto differ = [](std::string_view a, std::string_view b) {
    return FindDifference(*FromText(a), *FromText(b)).has_value();
  };
  CHECK(differ("(module (func nop))", "(module (func))"));
  CHECK(differ("(module (func i32.const 1 drop))", "(module (func i32.const 2 drop))"));
  CHECK(differ("(module (func $a))", "(module (func $b))"));
  CHECK(differ("(module (func (local $a i32)))", "(module (func (local $b i32)))"));
  CHECK(differ("(module (func block $a end))", "(module (func block $b end))"));
  CHECK(differ("(module (memory 1))", "(module (memory 2))"));
  CHECK(differ("(module (data \"a\"))", "(module (data \"b\"))"));
  CHECK(differ("(module (type (sub (func))))", "(module (type (func)))"));
  CHECK(differ("(module (@custom \"a\" \"b\"))", "(module (@custom \"a\" \"c\"))"));
  CHECK_FALSE(differ("(module (func (local i32 i32)))", "(module (func (local i32) (local i32)))"));
}

}  // namespace
}  // namespace wasm::text
