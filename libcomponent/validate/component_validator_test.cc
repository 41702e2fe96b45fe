// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What validation finds out, beside yes and no: the official suites ask for the latter.

#include "libcomponent/validate/component_validator.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "interp/interp.h"
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/text/parse_component.h"
#include "libcomponent/types/type_arena.h"
#include "libcomponent/validate/value_decoder.h"

namespace component {
namespace {

using Validated = std::shared_ptr<const ValidatedComponent>;

wasm::Result<Validated> Judge(std::string_view text, const FeatureSet& features = {}) {
  static const trenail::Engine engine(trenail::MakeInterpreter());
  auto parsed = text::ParseComponentText(text);
  REQUIRE(parsed.has_value());
  return Validate(engine, parsed->component, features);
}

Validated Valid(std::string_view text) {
  auto result = Judge(text);
  if (!result.has_value()) FAIL(result.error().message());
  return *std::move(result);
}

std::string ErrorOf(std::string_view text) {
  const auto result = Judge(text);
  return result.has_value() ? "" : result.error().message();
}

TEST_CASE("the index spaces of a component have types") {
  const Validated component = Valid(R"((component
    (import "f" (func $f (param "x" string) (result (tuple u32 u32))))
    (core module $libc
      (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $libc (instantiate $libc))
    (core func $lowered (canon lower (func $f) (memory (core memory $libc "mem"))))
    (type $r (resource (rep i32)))
    (core func (canon resource.new $r))
    (export "g" (func $f))
  ))");
  REQUIRE(component->funcs.size() == 2);
  CHECK(component->funcs[0] == component->funcs[1]);
  CHECK(component->funcs[0]->result->kind == ValKind::kTuple);
  REQUIRE(component->core_funcs.size() == 2);
  const wasm::ValType i32 = wasm::ValType::kI32;
  CHECK(component->core_funcs[0] == wasm::FuncType{.params = {i32, i32, i32}, .results = {}});
  CHECK(component->core_funcs[1] == wasm::FuncType{.params = {i32}, .results = {i32}});
  CHECK(component->nested_modules.size() == 1);
  CHECK(component->core_modules[0]->exports.size() == 2);
  REQUIRE(component->type->FindExport("g") != nullptr);
  CHECK(component->type->FindExport("f") == nullptr);
  CHECK(component->type->imports.size() == 1);
  // The tuple was the first type.
  CHECK(component->types.back().kind == TypeEntry::Kind::kResource);
}

TEST_CASE("instances have resource types of their own, or those that they were given") {
  const Validated component = Valid(R"((component
    (type $mine (resource (rep i32)))
    (component $c
      (import "in" (type $in (sub resource)))
      (type $own (resource (rep i32)))
      (export "in-again" (type $in))
      (export "made" (type $own)))
    (instance $a (instantiate $c (with "in" (type $mine))))
    (instance $b (instantiate $c (with "in" (type $mine))))
    (alias export $a "in-again" (type))
    (alias export $a "made" (type))
    (alias export $b "in-again" (type))
    (alias export $b "made" (type))
  ))");
  const auto resource = [&](size_t index) { return component->types.at(index).resource; };
  CHECK(resource(1) == resource(0));
  CHECK(resource(3) == resource(0));
  CHECK(resource(2) != resource(0));
  CHECK(resource(4) != resource(2));
  // Nothing of this is visible from outside.
  CHECK(component->type->defined_resources.empty());
  const ComponentType& nested = *component->components[0];
  CHECK(nested.imported_resources.size() == 1);
  CHECK(nested.defined_resources.size() == 1);
}

TEST_CASE("an imported instance brings its resource types with it") {
  const Validated component = Valid(R"((component
    (type $i (instance
      (export "r" (type $r (sub resource)))
      (export "f" (func (result (own $r))))))
    (import "a" (instance $a (type $i)))
    (import "b" (instance $b (type $i)))
    (export "c" (instance $a))
  ))");
  CHECK(component->type->imported_resources.size() == 2);
  CHECK(component->type->defined_resources.empty());
  const auto resource = [&](size_t instance) {
    return component->instances.at(instance)->Find("r")->type.type.resource;
  };
  CHECK(resource(0) != resource(1));
  CHECK(resource(2) == resource(0));
  CHECK(component->instances[1]->Find("f")->type.func->result->resource == resource(1));
  CHECK(component->instances[0]->resources.empty());
  CHECK(component->types[0].instance->resources.size() == 1);
}

TEST_CASE("errors name the first difference and where it lies") {
  CHECK(ErrorOf(R"((component
      (component $c (import "i" (instance
        (export "f" (func (param "p" (list (record (field "x" u8)))))))))
      (import "g" (func $g (param "p" (list u16))))
      (instance $i (export "f" (func $g)))
      (instance (instantiate $c (with "i" (instance $i))))))") ==
        "instance not valid to be used as import");
  CHECK(ErrorOf(R"((component
      (component $c (import "i" (instance (export "f" (func (param "p" (list (option u8))))))))
      (import "g" (func $g (param "p" (list (option u16)))))
      (instance $i (export "f" (func $g)))
      (instance (instantiate $c (with "i" (instance $i))))))") ==
        "type mismatch for import `i`: type mismatch in instance export `f`: type mismatch in "
        "function parameter `p`: type mismatch in list element: type mismatch in option: expected "
        "primitive `u8` found primitive `u16`");
}

TEST_CASE("errors in bytes have the offset of the definition") {
  const auto parsed = text::ParseComponentText(R"((component
    (type u8)
    (import "a" (type (eq 0)))
    (import "a" (type (eq 0)))))");
  REQUIRE(parsed.has_value());
  const std::vector<uint8_t> bytes = binary::EncodeComponent(*parsed->component);
  const auto decoded = binary::DecodeComponent(bytes);
  REQUIRE(decoded.has_value());
  const trenail::Engine engine(trenail::MakeInterpreter());
  const auto result = Validate(engine, *decoded);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message() == "import name `a` conflicts with previous name `a`");
  REQUIRE(result.error().offset().has_value());
  CHECK(bytes[*result.error().offset()] == 0);  // its nameattributes
  CHECK(*result.error().offset() == bytes.size() - 6);
}

TEST_CASE("nesting is bounded") {
  const trenail::Engine engine(trenail::MakeInterpreter());
  auto component = std::make_shared<const Component>();
  for (uint32_t depth = 1; depth < kMaxNesting; ++depth) {
    Component outer;
    outer.definitions.push_back({.def = std::move(component)});
    component = std::make_shared<const Component>(std::move(outer));
  }
  CHECK(Validate(engine, component).has_value());
  Component outer;
  outer.definitions.push_back({.def = std::move(component)});
  const auto result = Validate(engine, std::make_shared<const Component>(std::move(outer)));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message() == "nesting too deep");
}

TEST_CASE("values are decoded by their types") {
  TypeArena arena;
  const auto decode = [](const ValType* type, std::vector<uint8_t> bytes) {
    return DecodeValue(*type, bytes);
  };
  CHECK(*decode(arena.Prim(ValKind::kS16), {0x7f}) == Value::S16(-1));
  CHECK_FALSE(decode(arena.Prim(ValKind::kU16), {0x80, 0x80, 0x04}).has_value());
  CHECK(*decode(arena.Prim(ValKind::kChar), {0xe2, 0x82, 0xac}) == Value::Char(0x20ac));
  CHECK_FALSE(decode(arena.Prim(ValKind::kChar), {0xe2, 0x82}).has_value());
  CHECK_FALSE(decode(arena.Prim(ValKind::kBool), {2}).has_value());
  CHECK_FALSE(decode(arena.Prim(ValKind::kF32), {1, 0, 0xc0, 0x7f}).has_value());
  CHECK_FALSE(decode(arena.Prim(ValKind::kU8), {1, 2}).has_value());
  const ValType* list = *arena.List(*arena.Option(arena.Prim(ValKind::kString)));
  std::vector<Value> items;
  items.push_back(Value::Variant(0));
  items.push_back(Value::Variant(1, Value::String("hi")));
  CHECK(*decode(list, {2, 0, 1, 2, 'h', 'i'}) == Value::List(std::move(items)));
  CHECK_FALSE(decode(list, {0xff, 0xff, 0xff, 0xff, 0x0f}).has_value());
}

}  // namespace
}  // namespace component
