// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wave/wave.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>

#include "libcomponent/abi/random_values_test_util.h"

namespace component::wave {
namespace {

using enum ValKind;

// The value that a text is, printed again: its normal form.
std::string Normal(std::string_view text, const ValType* type) {
  const auto value = ParseValue(text, *type);
  if (!value) return "error: " + value.error().message();
  return Print(*value, *type);
}
// line:column: message
std::string Error(std::string_view text, const ValType* type) {
  const auto value = ParseValue(text, *type);
  if (value) return "no error: " + Print(*value, *type);
  CHECK(value.error().kind() == wasm::ErrorKind::kMalformed);
  const auto position = *value.error().position();
  return std::to_string(position.line) + ":" + std::to_string(position.column) + ": " +
         value.error().message();
}

TEST_CASE("scalars") {
  abi::TypeBuilder t;
  CHECK(Normal(" true // yes", t.Prim(kBool)) == "true");
  CHECK(Normal("// no\nfalse", t.Prim(kBool)) == "false");
  CHECK(Error("1", t.Prim(kBool)) == "1:1: expected true or false, got `1`");
  CHECK(Error("%true", t.Prim(kBool)).ends_with("got `%`"));
  CHECK(Normal("-128", t.Prim(kS8)) == "-128");
  CHECK(Error("-129", t.Prim(kS8)) == "1:1: the number is out of the range of s8");
  CHECK(Error("128", t.Prim(kS8)) == "1:1: the number is out of the range of s8");
  CHECK(Normal("255", t.Prim(kU8)) == "255");
  CHECK(Normal("-0", t.Prim(kU8)) == "0");
  CHECK(Error("-1", t.Prim(kU8)) == "1:1: the number is out of the range of u8");
  CHECK(Normal("-9223372036854775808", t.Prim(kS64)) == "-9223372036854775808");
  CHECK(Normal("18446744073709551615", t.Prim(kU64)) == "18446744073709551615");
  CHECK(Error("18446744073709551616", t.Prim(kU64)) ==
        "1:1: the number is out of the range of u64");
  CHECK(Error("99999999999999999999999999", t.Prim(kU32)).ends_with("u32"));
  CHECK(Error("1.5", t.Prim(kU32)) == "1:1: expected an integer of type u32, got `1`");
  CHECK(Error("007", t.Prim(kU32)) == "1:2: expected the end of the text, got `07`");
  CHECK(Error("", t.Prim(kU32)) == "1:1: expected an integer of type u32, got the end of the text");
}

TEST_CASE("floats") {
  abi::TypeBuilder t;
  const ValType* f32 = t.Prim(kF32);
  const ValType* f64 = t.Prim(kF64);
  for (const char* zero : {"0", "0.0", "0e0", "0.0e0", "0e-1", "0e+1", "0.000e100"})
    CHECK(Normal(zero, f32) == "0");
  CHECK(Normal("-0.0e-0", f32) == "-0");
  CHECK(Normal("-3.1415", f32) == "-3.1415");
  CHECK(Normal("6.022e+23", f64) == "6.022e+23");
  CHECK(Normal("1e-7", f64) == "1e-7");
  CHECK(Normal("3.4028234664e38", f32) == "3.4028235e+38");
  CHECK(Normal("-3.4028234664e39", f32) == "-inf");
  CHECK(Normal("1e999", f64) == "inf");
  CHECK(Normal("1.4012984643e-45", f32) == "1e-45");
  CHECK(Normal("1.4012984643e-46", f32) == "0");
  CHECK(Normal("nan", f32) == "nan");
  CHECK(Normal("- inf", f64) == "-inf");
  CHECK(Error("1.", f64) == "1:2: expected the end of the text, got `.`");
  CHECK(Error(".5", f64) == "1:1: expected a number, inf, -inf or nan, got `.`");
  CHECK(Error("-nan", f64).starts_with("1:1: expected a number"));
}

TEST_CASE("chars and strings") {
  abi::TypeBuilder t;
  const ValType* c = t.Prim(kChar);
  const ValType* s = t.String();
  CHECK(Normal("'x'", c) == "'x'");
  CHECK(Normal("'☃'", c) == "'☃'");
  CHECK(Normal("'\\''", c) == "'\\''");
  CHECK(Normal("'\"'", c) == "'\"'");
  CHECK(Normal("'\\u{0}'", c) == "'\\u{0}'");
  CHECK(Normal("'\\u{002603}'", c) == "'☃'");
  CHECK(Error("''", c).starts_with("1:2: "));
  CHECK(Error("'ab'", c) == "1:3: expected `'` behind one character");
  CHECK(Error("'", c) == "1:2: the char has no end");
  CHECK(Error("'\n'", c).starts_with("1:2: "));
  CHECK(Error("'\xff'", c) == "1:2: the text is not UTF-8");

  CHECK(Normal("\"\"", s) == "\"\"");
  CHECK(Normal("\"WAVE🌊\"", s) == "\"WAVE🌊\"");
  CHECK(Normal(R"("\\\'\"\t\n\r")", s) == R"("\\'\"\t\n\r")");
  CHECK(Normal(R"("'\'\u{27}")", s) == "\"'''\"");
  // What would turn the rest of a terminal's line around is escaped.
  CHECK(Normal("\"\u202e\x1b\"", s) == R"("\u{202e}\u{1b}")");
  for (const char* wrong : {R"("\u{d800}")", R"("\u{dfff}")", R"("\u{110000}")",
                            R"("\u{ffffffff}")", R"("\u{100000000}")"})
    CHECK(Error(wrong, s) == "1:2: not a Unicode scalar value");
  for (const char* wrong : {R"("\u{-1}")", R"("\u{+1}")", R"("\u{}")", R"("\u{12")", R"("\u12")",
                            R"("\j")", R"("\)", "\"\n\"", "\"a"})
    CHECK(Error(wrong, s).starts_with("1:"));
}

TEST_CASE("strings of several lines") {
  abi::TypeBuilder t;
  const auto text = [&](std::string_view wave) {
    const auto value = ParseValue(wave, *t.String());
    return value ? value->string() : "error";
  };
  CHECK(text("\"\"\"\n\"\"\"").empty());
  CHECK(text("\"\"\"\nA single line\n\"\"\"") == "A single line");
  CHECK(text("\"\"\"\r\n  two\r\n    lines\r\n  \"\"\"") == "two\n  lines");
  CHECK(text("\"\"\"\n    Indentation determined\n      by ending delimiter\n  \"\"\"") ==
        "  Indentation determined\n    by ending delimiter");
  CHECK(text("\"\"\"\n  \\r\n  Must break up: \"\"\\\"\"\n  \"\"\"") ==
        "\r\nMust break up: \"\"\"\"");
  CHECK(text("\"\"\"\n\nempty lines\n\n\"\"\"") == "\nempty lines\n");
  CHECK(text("\"\"\"\n  \\u{2603}\\\\\n  \"\"\"") == "☃\\");
  for (const char* wrong :
       {"\"\"\"\"\"\"", "\"\"\" \"\"\"", "\"\"\"\"\n\"\"\"", "\"\"\"\n\"\"", "\"\"\"\n\"\"\"\"",
        "\"\"\"extra\n\"\"\"", "\"\"\"\nextra\"\"\"", "\"\"\"\n  \"\"\"\n  \"\"\"",
        "\"\"\"\n  Between \"\"\" words\n  \"\"\"", "\"\"\"\n\\u{d800}\n\"\"\"",
        "\"\"\"\n\\j\n\"\"\"", "\"\"\"\n less\n  \"\"\"", "\"\"\"", "\"\"\"\n"})
    CHECK(text(wrong) == "error");
}

TEST_CASE("lists, tuples and maps") {
  abi::TypeBuilder t;
  const ValType* list = t.List(t.Prim(kU8));
  CHECK(Normal("[]", list) == "[]");
  CHECK(Normal("[ 1,2 , 3, ]", list) == "[1, 2, 3]");
  CHECK(Error("[1 2]", list) == "1:4: expected `,` or `]`, got `2`");
  CHECK(Error("[,]", list).starts_with("1:2: expected an integer"));
  CHECK(Error("[1,\n 256]", list) == "2:2: the number is out of the range of u8");
  CHECK(Error("[1", list) == "1:3: expected `,` or `]`, got the end of the text");
  CHECK(Error("1", list) == "1:1: expected a list, as in [1, 2], got `1`");
  CHECK(Normal("[1, 2]", t.List(t.Prim(kU8), 2)) == "[1, 2]");
  CHECK(Error("[1]", t.List(t.Prim(kU8), 2)) == "1:1: expected 2 elements, got 1");
  const ValType* tuple = t.Tuple({t.String(), t.Prim(kU8)});
  CHECK(Normal("(\"abc\", 123,)", tuple) == "(\"abc\", 123)");
  CHECK(Error("(\"abc\")", tuple) == "1:7: expected `,`, got `)`");
  CHECK(Error("(\"abc\", 1, 2)", tuple) == "1:12: expected `)`, got `2`");
  CHECK(Normal("[(\"k\", 1)]", t.Map(t.String(), t.Prim(kU8))) == "[(\"k\", 1)]");
}

TEST_CASE("records and flags") {
  abi::TypeBuilder t;
  const ValType* record =
      t.Record({{"must-have", t.Prim(kU8)}, {"optional", t.Option(t.Prim(kU8))}});
  CHECK(Normal("{must-have: 123}", record) == "{must-have: 123}");
  CHECK(Normal("{%must-have: 123, optional: none,}", record) == "{must-have: 123}");
  CHECK(Normal("{optional: 1, must-have: 2}", record) == "{must-have: 2, optional: some(1)}");
  CHECK(Error("{:}", record) == "1:1: the field must-have is missing");
  CHECK(Error("{must-have: 1, must-have: 2}", record) ==
        "1:16: the field must-have is there twice");
  CHECK(Error("{other: 1}", record) == "1:2: expected one of must-have, optional, got `other`");
  CHECK(Error("{must-have 1}", record) == "1:12: expected `:`, got `1`");
  CHECK(Error("{}", record) == "1:2: expected a field's name, got `}`");
  const ValType* optional = t.Record({{"optional", t.Option(t.Prim(kU8))}});
  CHECK(Normal("{ : }", optional) == "{:}");
  CHECK(Normal("{optional: none}", optional) == "{:}");
  const ValType* flags = t.Flags({"read", "write", "exec"});
  CHECK(Normal("{write, read,}", flags) == "{read, write}");
  CHECK(Normal("{}", flags) == "{}");
  CHECK(Normal("{%exec}", flags) == "{exec}");
  CHECK(Error("{read, read}", flags) == "1:8: the flag read is there twice");
  CHECK(Error("{run}", flags) == "1:2: expected one of read, write, exec, got `run`");
}

TEST_CASE("variants, options and results") {
  abi::TypeBuilder t;
  const ValType* u8 = t.Prim(kU8);
  const ValType* response =
      t.Variant({{"empty", nullptr}, {"body", t.List(u8)}, {"err", t.String()}});
  CHECK(Normal("empty", response) == "empty");
  CHECK(Normal("body ( [79, 75] )", response) == "body([79, 75])");
  CHECK(Normal("%err(\"oops\")", response) == "%err(\"oops\")");
  CHECK(Error("err(\"oops\")", response) ==
        "1:1: expected one of empty, body, %err, got the keyword err");
  CHECK(Error("empty(1)", response) == "1:6: the case empty has no payload");
  CHECK(Error("body", response) == "1:5: expected `(`, got the end of the text");
  CHECK(Error("other", response) == "1:1: expected one of empty, body, %err, got `other`");
  const ValType* status = t.Enum({"ok", "not-found"});
  CHECK(Normal("%ok", status) == "%ok");
  CHECK(Normal("not-found", status) == "not-found");

  CHECK(Normal("1", t.Option(u8)) == "some(1)");
  CHECK(Normal("some(1)", t.Option(u8)) == "some(1)");
  CHECK(Normal("none", t.Option(u8)) == "none");
  CHECK(Normal("some(none)", t.Option(t.Option(u8))) == "some(none)");
  CHECK(Error("1", t.Option(t.Option(u8))) == "1:1: expected none or some(…), got `1`");
  CHECK(Normal("%none", t.Option(t.Enum({"none"}))) == "some(%none)");
  const ValType* result = t.Result(u8, t.String());
  CHECK(Normal("123", result) == "ok(123)");
  CHECK(Normal("ok(123)", result) == "ok(123)");
  CHECK(Normal("err(\"oops\")", result) == "err(\"oops\")");
  CHECK(Error("ok", result) == "1:3: expected `(`, got the end of the text");
  CHECK(Normal("ok", t.Result(nullptr, nullptr)) == "ok");
  CHECK(Normal("err", t.Result(u8, nullptr)) == "err");
  CHECK(Error("1", t.Result(nullptr, u8)) == "1:1: expected ok or err, got `1`");
  CHECK(Error("1", t.Handle(kOwn, 1)) == "1:1: a handle cannot be written as text");
}

TEST_CASE("calls") {
  abi::TypeBuilder t;
  const auto call = [](std::string_view text) {
    const auto parsed = ParseCall(text);
    if (!parsed) return "error: " + parsed.error().message();
    return std::string(parsed->interface) + "|" + std::string(parsed->function) + "|" +
           std::string(parsed->text.substr(parsed->arguments));
  };
  CHECK(call("f(1, \"x\")") == "|f|1, \"x\")");
  CHECK(call(" f ()") == "|f|)");
  CHECK(call("f") == "|f|");
  CHECK(call("cyber:system/log-parser.parse(\"a.b(\")") ==
        "cyber:system/log-parser|parse|\"a.b(\")");
  CHECK(call("wasi:cli/run@0.2.0.run()") == "wasi:cli/run@0.2.0|run|)");
  CHECK(call("a:b/c@1.0.0.[method]r.m(1)") == "a:b/c@1.0.0|[method]r.m|1)");
  CHECK(call("[method]r.m(1)") == "|[method]r.m|1)");
  CHECK(call("\"a b\".f(1)") == "a b|f|1)");
  CHECK(call("\"wasi:cli/run@0.2.0\".run()") == "wasi:cli/run@0.2.0|run|)");
  CHECK(call("\"a b\"(1)") == "|a b|1)");
  CHECK(ParseCall("env.f(1)")->callee == "env.f");
  CHECK(call("(1)") == "error: expected the name of a function, got `(`");
  CHECK(call("f 1") == "error: expected `(` and arguments, got `1`");
  CHECK(call("\"f") == "error: the name has no end");
  CHECK(call("").starts_with("error"));
  CHECK(call("a.()").starts_with("error"));

  FuncType func;
  func.params = {{"a", t.Prim(kU8)}, {"b", t.String()}, {"c", t.Option(t.Prim(kU8))}};
  const auto arguments = [&](std::string_view text) {
    const auto values = ParseArguments(*ParseCall(text), func);
    if (!values)
      return std::to_string(values.error().position()->column) + ": " + values.error().message();
    std::string printed;
    for (size_t i = 0; i < values->size(); ++i)
      printed += Print((*values)[i], *func.params[i].type) + ";";
    return printed;
  };
  CHECK(arguments("f(1, \"x\", 3)") == "1;\"x\";some(3);");
  CHECK(arguments("f(1, \"x\",) // fine") == "1;\"x\";none;");
  CHECK(arguments("f(1)") == "4: expected an argument for the parameter b, got `)`");
  CHECK(arguments("f") == "2: expected an argument for the parameter a, got the end of the text");
  CHECK(arguments("f(1, \"x\", 3, 4)") ==
        "14: expected `)`: there are no more parameters, got `4`");
  CHECK(arguments("f(1, \"x\") more") == "11: expected the end of the text, got `more`");
  CHECK(arguments("f(1, x)") == "6: expected a string, as in \"abc\", got `x`");
}

TEST_CASE("random values are read as they were printed") {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    std::mt19937_64 random(seed);
    abi::ValueGenerator gen([&] { return random(); });
    const ValType* type = gen.Type(4, false);
    const Value value = gen.Of(*type);
    const std::string text = Print(value, *type);
    const auto parsed = ParseValue(text, *type);
    INFO("seed " << seed << ": " << text);
    REQUIRE(parsed);
    REQUIRE(*parsed == value);
  }
}

}  // namespace
}  // namespace component::wave
