// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small components in text, and compositions of them that are run.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_COMPOSE_TEST_UTIL_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_COMPOSE_TEST_UTIL_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/text/parse_component.h"
#include "libcomponent/text/printer.h"
#include "libcomponent/validate/component_validator.h"

namespace component::compose {

inline const trenail::Engine& TestEngine() {
  static const trenail::Engine engine(trenail::MakeInterpreter());
  return engine;
}

inline std::shared_ptr<const ValidatedComponent> Valid(const std::string& text) {
  INFO(text);
  auto parsed = text::ParseComponentText(text);
  if (!parsed) FAIL(parsed.error().message());
  auto valid = Validate(TestEngine(), parsed->component);
  if (!valid) FAIL(valid.error().message());
  return *std::move(valid);
}

// What stands in the file, read back: composing ends in bytes.
inline trenail::Component Reread(const Component& component) {
  auto read = trenail::Component::Parse(TestEngine(), binary::EncodeComponent(component));
  if (!read) FAIL(read.error().message());
  return *std::move(read);
}

// "a, b -> c": the names of imports and exports.
inline std::string Signature(const trenail::Component& component) {
  std::string out;
  for (const NamedExtern& item : component.imports())
    out += (out.empty() ? "" : ", ") + item.name.name;
  out += " ->";
  for (const NamedExtern& item : component.exports()) out += " " + item.name.name;
  return out;
}

// `export` is a function, or a function of an instance: "i.f".
inline uint32_t Run(const Component& composed, const std::string& path, uint32_t argument,
                    const trenail::ComponentLinker& linker) {
  const trenail::Component component = Reread(composed);
  trenail::ComponentStore store(TestEngine());
  auto instance = linker.Instantiate(store, component);
  if (!instance) FAIL(instance.error().message());
  const size_t dot = path.rfind('.');
  const auto func = dot == std::string::npos
                        ? instance->GetFunc(path)
                        : instance->GetFunc({path.substr(0, dot), path.substr(dot + 1)});
  REQUIRE(func.has_value());
  auto result = func->Call({trenail::ComponentValue::U32(argument)});
  if (!result) FAIL(result.error().message());
  return result->u32();
}
inline uint32_t Run(const Component& composed, const std::string& path, uint32_t argument) {
  return Run(composed, path, argument, trenail::ComponentLinker(TestEngine()));
}

// Exports `name`, an instance whose `f` adds `n`.
inline std::string Adds(const std::string& name, int n) {
  return R"((component
    (core module $m (func (export "f") (param i32) (result i32)
      (i32.add (local.get 0) (i32.const )" +
         std::to_string(n) + R"())))
    (core instance $i (instantiate $m))
    (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
    (instance $out (export "f" (func $f)))
    (export ")" +
         name + R"(" (instance $out))))";
}

// The same after what `f` of the instance `import` makes of the number.
inline std::string AddsAfter(const std::string& import, const std::string& name, int n) {
  return R"((component
    (import ")" +
         import + R"(" (instance $in (export "f" (func (param "x" u32) (result u32)))))
    (core func $g (canon lower (func $in "f")))
    (core module $m
      (import "" "g" (func $g (param i32) (result i32)))
      (func (export "f") (param i32) (result i32)
        (i32.add (call $g (local.get 0)) (i32.const )" +
         std::to_string(n) + R"())))
    (core instance $i (instantiate $m (with "" (instance (export "g" (func $g))))))
    (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
    (instance $out (export "f" (func $f)))
    (export ")" +
         name + R"(" (instance $out))))";
}

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_COMPOSE_TEST_UTIL_H_
