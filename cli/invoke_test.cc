// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/invoke.h"

#include <catch2/catch_test_macros.hpp>

namespace trenail::cli {
namespace {

std::vector<std::string> Call(std::string_view text) {
  auto invocation = ParseInvocation(text);
  if (!invocation) return {"error: " + invocation.error().message()};
  std::vector<std::string> all = {invocation->function};
  for (std::string& argument : invocation->arguments) all.push_back(argument);
  return all;
}

using Words = std::vector<std::string>;

TEST_CASE("a call is a name and arguments") {
  CHECK(Call("f") == Words{"f"});
  CHECK(Call("f()") == Words{"f"});
  CHECK(Call(" f ( ) ") == Words{"f"});
  CHECK(Call("add(1, -2)") == Words{"add", "1", "-2"});
  CHECK(Call("f(1,)") == Words{"f", "1"});
  CHECK(Call("cyber:system/log-parser.parse(1)") == Words{"cyber:system/log-parser.parse", "1"});
}

TEST_CASE("a name may be quoted") {
  CHECK(Call("\"a (strange) name\"(1)") == Words{"a (strange) name", "1"});
  CHECK(Call("'it''s'") ==
        Words{"error: cannot understand the call 'it''s': write --invoke 'f(1, 2)'"});
  CHECK(Call(R"("q\"q"())") == Words{"q\"q"});
}

TEST_CASE("brackets and strings keep an argument together") {
  CHECK(Call(R"(f("a, b", [1, 2], {x: (3, 4)}))") ==
        Words{"f", "\"a, b\"", "[1, 2]", "{x: (3, 4)}"});
  CHECK(Call(R"(f("a \" ) b", ','))") == Words{"f", R"("a \" ) b")", "','"});
}

TEST_CASE("what is no call is refused") {
  CHECK(Call("")[0].starts_with("error: "));
  CHECK(Call("f(")[0].starts_with("error: "));
  CHECK(Call("f(1")[0].starts_with("error: "));
  CHECK(Call("f(1))")[0].starts_with("error: "));
  CHECK(Call("f(,1)")[0].starts_with("error: "));
  CHECK(Call("f(1,,2)")[0].starts_with("error: "));
  CHECK(Call("f([1)")[0].starts_with("error: "));
  CHECK(Call("f(\"x)")[0].starts_with("error: "));
  CHECK(Call("f(1) g")[0].starts_with("error: "));
}

CoreBits Bits(std::string_view text, CoreType type) {
  auto bits = ParseCoreValue(text, type);
  REQUIRE(bits.has_value());
  return *bits;
}

bool Refused(std::string_view text, CoreType type) {
  return !ParseCoreValue(text, type).has_value();
}

TEST_CASE("integers span the signed and the unsigned range of the type") {
  CHECK(Bits("7", CoreType::kI32).low == 7);
  CHECK(Bits("-1", CoreType::kI32).low == 0xFFFFFFFFu);
  CHECK(Bits("-2147483648", CoreType::kI32).low == 0x80000000u);
  CHECK(Bits("4294967295", CoreType::kI32).low == 0xFFFFFFFFu);
  CHECK(Bits("0xff", CoreType::kI32).low == 255);
  CHECK(Bits("-0x1", CoreType::kI64).low == ~uint64_t{0});
  CHECK(Bits("-9223372036854775808", CoreType::kI64).low == uint64_t{1} << 63);
  CHECK(Bits("18446744073709551615", CoreType::kI64).low == ~uint64_t{0});
  CHECK(Bits("true", CoreType::kI32).low == 1);
  CHECK(Refused("-2147483649", CoreType::kI32));
  CHECK(Refused("4294967296", CoreType::kI32));
  CHECK(Refused("18446744073709551616", CoreType::kI64));
  CHECK(Refused("1.5", CoreType::kI32));
  CHECK(Refused("", CoreType::kI32));
  CHECK(Refused("-", CoreType::kI32));
  CHECK(Refused("--1", CoreType::kI32));
  CHECK(Refused("\"x\"", CoreType::kI32));
}

TEST_CASE("floats are rounded exactly, with inf and nan") {
  CHECK(Bits("1", CoreType::kF32).low == 0x3F800000u);
  CHECK(Bits("-0", CoreType::kF32).low == 0x80000000u);
  CHECK(Bits("0.1", CoreType::kF64).low == 0x3FB999999999999Au);
  CHECK(Bits("1e-3", CoreType::kF64).low == 0x3F50624DD2F1A9FCu);
  CHECK(Bits("inf", CoreType::kF32).low == 0x7F800000u);
  CHECK(Bits("-inf", CoreType::kF64).low == 0xFFF0000000000000u);
  CHECK(Bits("nan", CoreType::kF32).low == 0x7FC00000u);
  CHECK(Bits("nan", CoreType::kF64).low == 0x7FF8000000000000u);
  CHECK(Bits("-nan:0x200000", CoreType::kF32).low == 0xFFA00000u);
  CHECK(Refused("nan:0x0", CoreType::kF32));
  CHECK(Refused("nan:0x800000", CoreType::kF32));
  CHECK(Refused("infinity", CoreType::kF64));
  CHECK(Refused("1.5x", CoreType::kF64));
  CHECK(Refused("--1", CoreType::kF64));
}

TEST_CASE("vectors are 128 bits of hexadecimal") {
  CHECK(Bits("0x1", CoreType::kV128) == CoreBits{.low = 1, .high = 0});
  CHECK(Bits("0x000102030405060708090a0b0c0d0e0f", CoreType::kV128) ==
        CoreBits{.low = 0x08090A0B0C0D0E0Fu, .high = 0x0001020304050607u});
  CHECK(Refused("1", CoreType::kV128));
  CHECK(Refused("0x", CoreType::kV128));
  CHECK(Refused("0x100000000000000000000000000000000", CoreType::kV128));
}

TEST_CASE("what is printed reads back as the same value") {
  auto round_trip = [](std::string_view text, CoreType type) {
    return FormatCoreValue(Bits(text, type), type);
  };
  CHECK(round_trip("-5", CoreType::kI32) == "-5");
  CHECK(round_trip("4294967295", CoreType::kI32) == "-1");
  CHECK(round_trip("0.1", CoreType::kF32) == "0.1");
  CHECK(round_trip("2.5", CoreType::kF64) == "2.5");
  CHECK(round_trip("1e300", CoreType::kF64) == "1e+300");
  CHECK(round_trip("-inf", CoreType::kF64) == "-inf");
  CHECK(round_trip("nan", CoreType::kF32) == "nan");
  CHECK(round_trip("-nan:0x200001", CoreType::kF32) == "-nan:0x200001");
  CHECK(round_trip("0xff", CoreType::kV128) == "0x000000000000000000000000000000ff");
}

}  // namespace
}  // namespace trenail::cli
