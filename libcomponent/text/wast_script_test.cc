// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/wast_script.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace component::text {
namespace {

using Kind = wasm::text::Command::Kind;

std::vector<Command> Commands(std::string_view script) {
  ScriptReader reader(script);
  std::vector<Command> commands;
  for (;;) {
    auto form = reader.Next();
    REQUIRE(form.has_value());
    if (!*form) return commands;
    auto command = ParseScriptCommand(**form);
    if (!command) FAIL(command.error().message());
    commands.push_back(*std::move(command));
  }
}

std::string ErrorOf(std::string_view script) {
  ScriptReader reader(script);
  const auto form = reader.Next();
  REQUIRE(form.has_value());
  const auto command = ParseScriptCommand(**form);
  return command ? "none" : command.error().message();
}

TEST_CASE("commands on components") {
  constexpr std::string_view kScript = R"x(
    (component $a (type u8))
    (component binary "\00" "a")
    (component $q quote "(type " "u8)")
    (component definition $d)
    (component instance $i $d)
    (component instance)
    (assert_invalid (component (export "x" (func 0))) "unknown func")
    (assert_malformed (component quote "(type") "unexpected end")
    (assert_unlinkable (component definition $x) "missing")
    (assert_trap (component) "unreachable")
    (register "r" $i)
    (module $m)
  )x";
  const auto c = Commands(kScript);
  REQUIRE(c.size() == 12);
  for (int i = 0; i < 10; ++i) CHECK(c[i].of_component);
  CHECK(c[0].core.kind == Kind::kModule);
  CHECK(c[0].component->name == "a");
  CHECK(c[0].core.position.line == 2);
  const auto text = ScriptComponentContents(*c[0].component);
  REQUIRE(text.has_value());
  CHECK(text->component->definitions.size() == 1);
  CHECK(text->component->names.component == "a");
  CHECK(ScriptComponentContents(*c[1].component)->binary == std::vector<uint8_t>{0, 'a'});
  CHECK(c[2].component->name == "q");
  CHECK(ScriptComponentText(*c[2].component) == "(type u8)");
  CHECK(ScriptComponentContents(*c[2].component)->component->definitions.size() == 1);
  CHECK(c[3].core.kind == Kind::kModuleDefinition);
  CHECK(c[3].component->name == "d");
  CHECK(c[4].core.kind == Kind::kModuleInstance);
  CHECK(c[4].core.name == "i");
  CHECK(c[4].core.definition == "d");
  CHECK(c[5].core.kind == Kind::kModuleInstance);
  CHECK(c[5].core.definition.empty());
  CHECK(c[6].core.kind == Kind::kAssertInvalid);
  CHECK(c[6].core.text == "unknown func");
  const auto malformed = ScriptComponentContents(*c[7].component);
  REQUIRE(!malformed.has_value());
  CHECK(malformed.error().kind() == wasm::ErrorKind::kMalformed);
  CHECK(c[8].core.kind == Kind::kAssertUnlinkable);
  CHECK(c[8].component->name == "x");
  CHECK(c[9].core.kind == Kind::kAssertTrap);
  CHECK(!c[10].of_component);
  CHECK(c[10].core.kind == Kind::kRegister);
  CHECK(!c[11].of_component);
  CHECK(c[11].core.module->name == "m");
}

TEST_CASE("component values") {
  const auto c = Commands(R"(
    (assert_return
      (invoke $i "f" (bool.const true) (u8.const 255) (s8.const -1) (s16.const 0xffff)
              (u64.const 0xffffffffffffffff) (f32.const 1.5) (char.const "é") (str.const "a\n"))
      (list.const (u8.const 1) (u8.const 2))
      (record.const (field "a" u8.const 1) (field "b" (str.const "x")))
      (tuple.const) (variant.const "c" (u8.const 1)) (variant.const "d") (enum.const "e")
      (option.none) (option.some (u8.const 1)) (result.ok) (result.err (u8.const 2))
      (flags.const "x" "y") (f64.const nan:arithmetic))
    (assert_trap (invoke "g" (list.const)) "boom")
    (invoke "h"))");
  REQUIRE(c.size() == 3);
  CHECK(c[0].core.kind == Kind::kAssertReturn);
  CHECK(c[0].core.action->module == "i");
  CHECK(c[0].core.action->name == "f");
  CHECK((c[0].component_values && !c[0].core_values));
  const auto& args = c[0].args;
  REQUIRE(args.size() == 8);
  CHECK(args[0].bits == 1);
  CHECK(args[1].bits == 255);
  CHECK(args[2].bits == ~uint64_t{0});
  CHECK(args[3].bits == ~uint64_t{0});
  CHECK(args[4].bits == ~uint64_t{0});
  CHECK(args[5].bits == 0x3fc0'0000);
  CHECK(args[6].bits == 0xe9);
  CHECK(args[7].text == "a\n");
  const auto& results = c[0].results;
  REQUIRE(results.size() == 12);
  CHECK(results[0].children.size() == 2);
  CHECK(results[1].labels == std::vector<std::string>{"a", "b"});
  CHECK(results[1].children.at(1).text == "x");
  CHECK(results[3].text == "c");
  CHECK(results[3].children.size() == 1);
  CHECK(results[4].children.empty());
  CHECK(results[6].children.empty());
  CHECK(results[7].children.size() == 1);
  CHECK(!results[8].is_error);
  CHECK(results[9].is_error);
  CHECK(results[10].labels.size() == 2);
  CHECK(results[11].nan == wasm::text::NanPattern::kArithmetic);
  CHECK(c[1].core.text == "boom");
  CHECK((c[2].component_values && c[2].core_values));
}

TEST_CASE("what only a core function takes, and what either takes") {
  const auto c = Commands(R"(
    (assert_return (invoke "f" (i32.const 1)) (i64.const 2))
    (assert_return (invoke "f" (f32.const 1)) (f64.const 2)))");
  CHECK((c[0].core_values && !c[0].component_values));
  CHECK(c[0].core.action->args.size() == 1);
  CHECK(c[0].args.empty());
  CHECK((c[1].core_values && c[1].component_values));
  CHECK(c[1].core.results.size() == 1);
  CHECK(c[1].results.size() == 1);
}

TEST_CASE("commands that are none") {
  CHECK(ErrorOf("(component instance $a $b $c)") == "unexpected token $c");
  CHECK(ErrorOf("(assert_return (invoke \"f\" (u8.const 256)))") == "i8 constant out of range");
  CHECK(ErrorOf("(assert_return (invoke \"f\" (u8.const 1) (i32.const 1)))") ==
        "unexpected token i32.const");
  CHECK(ErrorOf("(assert_return (invoke \"f\" (f32.const nan:canonical)))") != "none");
  CHECK(ErrorOf("(invoke \"f\" (char.const \"ab\"))") == "unexpected token: not one character");
  CHECK(ErrorOf("(assert_frob (component))") == "unknown operator assert_frob");
  std::string deep = "(invoke \"f\" ";
  for (int i = 0; i < 10000; ++i) deep += "(option.some ";
  deep += "(option.none)" + std::string(10001, ')');
  CHECK(ErrorOf(deep) == "nesting too deep");
}

TEST_CASE("folded instructions with plain ones among their operands, in scripts alone") {
  constexpr std::string_view kText =
      "(component (core module (func (result i32) (i32.add (i32.const 1) i32.const 2))))";
  CHECK(!ParseComponentText(kText).has_value());
  const auto c = Commands(kText);
  CHECK(ScriptComponentContents(*c[0].component).has_value());
}

}  // namespace
}  // namespace component::text
