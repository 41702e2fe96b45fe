// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/wast_script.h"

#include <catch2/catch_test_macros.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace wasm::text {
namespace {

std::vector<ScriptForm> Forms(std::string_view script) {
  ScriptReader reader(script);
  std::vector<ScriptForm> forms;
  for (;;) {
    auto form = reader.Next();
    REQUIRE(form.has_value());
    if (!*form) return forms;
    forms.push_back(**std::move(form));
  }
}

Command Parse(std::string_view script) {
  const auto forms = Forms(script);
  REQUIRE(forms.size() == 1);
  auto command = ParseCommand(forms[0]);
  if (!command) FAIL(command.error().message());
  return *std::move(command);
}

std::string ParseError(std::string_view script) {
  const auto forms = Forms(script);
  REQUIRE(forms.size() == 1);
  const auto command = ParseCommand(forms[0]);
  return command ? "" : command.error().message();
}

TEST_CASE("a script is a row of forms, known or not") {
  const auto forms = Forms("(module)\n  (component (weird 1 \"x\")) ;; skipped\n(assert_return\n)");
  REQUIRE(forms.size() == 3);
  CHECK(forms[0].keyword == "module");
  CHECK(forms[1].keyword == "component");
  CHECK(forms[1].position.line == 2);
  CHECK(forms[1].position.column == 3);
  CHECK(forms[1].source == "(component (weird 1 \"x\"))");
  CHECK(forms[2].keyword == "assert_return");
  CHECK_FALSE(ParseCommand(forms[1]).has_value());
  CHECK(ParseCommand(forms[1]).error().message() == "unknown operator component");
}

TEST_CASE("a lexical error ends the script where it stands") {
  ScriptReader reader("(module)\n(module \"");
  CHECK(reader.Next().value().has_value());
  const auto next = reader.Next();
  REQUIRE_FALSE(next.has_value());
  CHECK(next.error().message() == "unclosed string literal");
  CHECK(next.error().position()->line == 2);
}

TEST_CASE("fields without a module around them are one module") {
  const std::string_view script = "(func) (memory 0)\n(func (export \"f\"))\n(invoke \"f\")";
  const auto forms = Forms(script);
  REQUIRE(forms.size() == 2);
  CHECK(forms[0].inline_module);
  CHECK(forms[0].keyword == "module");
  CHECK(forms[1].keyword == "invoke");
  const Command command = ParseCommand(forms[0]).value();
  CHECK(command.kind == Command::Kind::kModule);
  CHECK(ScriptModuleBytes(*command.module).value() ==
        ParseWat(script.substr(0, script.find("(invoke"))).value());
}

TEST_CASE("modules are read when they are asked for") {
  const Command text = Parse("(module $M (func $f (oops)))");
  CHECK(text.kind == Command::Kind::kModule);
  CHECK(text.module->name == "M");
  const auto error = ScriptModuleBytes(*text.module);
  REQUIRE_FALSE(error.has_value());
  CHECK(error.error().message() == "unknown operator oops");
  CHECK(error.error().position()->column == 22);

  const Command binary = Parse("(module binary \"\\00asm\" \"\\01\\00\\00\\00\")");
  CHECK(binary.module->form == ScriptModule::Form::kBinary);
  CHECK(ScriptModuleBytes(*binary.module).value() ==
        std::vector<uint8_t>{0, 'a', 's', 'm', 1, 0, 0, 0});

  const Command quote = Parse("(module $q quote \"(fu\" \"nc)\")");
  CHECK(quote.module->form == ScriptModule::Form::kQuote);
  CHECK(ScriptModuleText(*quote.module) == "(func)");
  CHECK(ScriptModuleBytes(*quote.module).value() == ParseWat("(func)").value());

  const Command definition = Parse("(module definition $D (func))");
  CHECK(definition.kind == Command::Kind::kModuleDefinition);
  CHECK(definition.module->name == "D");
  const Command instance = Parse("(module instance $I $D)");
  CHECK(instance.kind == Command::Kind::kModuleInstance);
  CHECK(instance.name == "I");
  CHECK(instance.definition == "D");
}

TEST_CASE("actions and their values") {
  const Command invoke = Parse(
      "(invoke $m \"f\" (i32.const -1) (i64.const 2) (f32.const 1.5) (f64.const nan:0x4)"
      " (v128.const i16x8 1 2 3 4 5 6 7 8) (ref.null func) (ref.extern 3) (ref.host 4))");
  REQUIRE(invoke.kind == Command::Kind::kAction);
  const Action& action = *invoke.action;
  CHECK(action.module == "m");
  CHECK(action.name == "f");
  REQUIRE(action.args.size() == 8);
  CHECK(action.args[0].bits == 0xffff'ffff);
  CHECK(action.args[2].bits == 0x3fc0'0000);
  CHECK(action.args[3].bits == 0x7ff0'0000'0000'0004);
  CHECK(action.args[4].v128.Lanes<uint16_t>() == std::array<uint16_t, 8>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(action.args[5].kind == ScriptValue::Kind::kRefNull);
  CHECK(action.args[5].heap_type == HeapType::kFunc);
  CHECK(action.args[6].kind == ScriptValue::Kind::kRefExtern);
  CHECK(action.args[6].bits == 3);
  CHECK(action.args[7].kind == ScriptValue::Kind::kRefHost);

  const Command get = Parse("(get \"g\")");
  CHECK(get.action->kind == Action::Kind::kGet);
  CHECK(ParseError("(invoke \"f\" (f32.const nan:canonical))").starts_with("unexpected token"));
  CHECK(ParseError("(invoke \"f\" (ref.struct))").starts_with("unexpected token"));
  CHECK(ParseError("(invoke \"f\" (v128.const i32x4 1 2))") == "wrong number of lane literals");
}

TEST_CASE("results are patterns") {
  const Command command = Parse(
      "(assert_return (invoke \"f\") (f32.const nan:canonical) (v128.const f64x2 nan:arithmetic 1)"
      " (ref.null) (ref.null extern) (ref.func) (ref.extern) (ref.extern 7) (ref.i31)"
      " (either (i32.const 1) (i32.const 2)))");
  REQUIRE(command.kind == Command::Kind::kAssertReturn);
  const auto& results = command.results;
  REQUIRE(results.size() == 9);
  CHECK(results[0].kind == ResultPattern::Kind::kF32);
  CHECK(results[0].lanes[0].nan == NanPattern::kCanonical);
  CHECK(results[1].num_lanes == 2);
  CHECK(results[1].lanes[0].nan == NanPattern::kArithmetic);
  CHECK(results[1].lanes[1].bits == 0x3ff0'0000'0000'0000);
  CHECK(results[2].kind == ResultPattern::Kind::kRefNull);
  CHECK_FALSE(results[2].heap_type.has_value());
  CHECK(results[3].heap_type == HeapType(HeapType::kExtern));
  CHECK(results[4].kind == ResultPattern::Kind::kRef);
  CHECK(results[4].heap_type == HeapType(HeapType::kFunc));
  CHECK(results[5].kind == ResultPattern::Kind::kRef);
  CHECK(results[6].kind == ResultPattern::Kind::kRefExtern);
  CHECK(results[6].lanes[0].bits == 7);
  CHECK(results[7].heap_type == HeapType(HeapType::kI31));
  REQUIRE(results[8].either.size() == 2);
  CHECK(results[8].either[1].lanes[0].bits == 2);
}

TEST_CASE("every kind of assertion") {
  using Kind = Command::Kind;
  const std::pair<const char*, Kind> kModules[] = {
      {"(assert_malformed (module quote \"(\") \"m\")", Kind::kAssertMalformed},
      {"(assert_malformed_custom (module quote \"(\") \"m\")", Kind::kAssertMalformedCustom},
      {"(assert_invalid (module) \"m\")", Kind::kAssertInvalid},
      {"(assert_invalid_custom (module) \"m\")", Kind::kAssertInvalidCustom},
      {"(assert_unlinkable (module) \"m\")", Kind::kAssertUnlinkable},
      {"(assert_trap (module) \"m\")", Kind::kAssertTrap},
  };
  for (const auto& [text, kind] : kModules) {
    const Command command = Parse(text);
    CHECK(command.kind == kind);
    CHECK(command.module.has_value());
    CHECK(command.text == "m");
  }
  const Command trap = Parse("(assert_trap (invoke \"f\") \"unreachable\")");
  CHECK(trap.action->name == "f");
  CHECK(trap.text == "unreachable");
  CHECK(Parse("(assert_exhaustion (invoke \"f\") \"e\")").kind == Kind::kAssertExhaustion);
  CHECK(Parse("(assert_exception (invoke \"f\"))").kind == Kind::kAssertException);
  const Command reg = Parse("(register \"lib\" $m)");
  CHECK(reg.kind == Kind::kRegister);
  CHECK(reg.text == "lib");
  CHECK(reg.name == "m");
  CHECK(ParseError("(assert_trap (invoke \"f\"))").starts_with("unexpected token"));
  CHECK(ParseError("(assert_return (invoke \"f\") 1)").starts_with("unexpected token"));
}

TEST_CASE("threads hold commands of their own") {
  const Command thread =
      Parse("(thread $T (shared (module $Mem))\n  (register \"mem\" $Mem)\n  (invoke \"run\"))");
  CHECK(thread.kind == Command::Kind::kThread);
  CHECK(thread.name == "T");
  CHECK(thread.shared_modules == std::vector<std::string>{"Mem"});
  REQUIRE(thread.commands.size() == 2);
  CHECK(thread.commands[1].position.line == 3);
  CHECK(ParseCommand(thread.commands[0]).value().kind == Command::Kind::kRegister);
  CHECK(ParseCommand(thread.commands[1]).value().action->name == "run");
  CHECK(Parse("(wait $T)").name == "T");
}

}  // namespace
}  // namespace wasm::text
