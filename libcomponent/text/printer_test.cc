// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/printer.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "libcomponent/binary/structurally_equal.h"
#include "libcomponent/text/parse_component.h"

namespace component::text {
namespace {

std::string Print(const std::string& text, const wasm::text::PrintOptions& options = {}) {
  const auto parsed = ParseComponentText(text);
  if (!parsed) FAIL(parsed.error().message());
  const auto printed = PrintComponent(*parsed->component, options);
  if (!printed) FAIL(printed.error().message());
  return *printed;
}

void CheckRoundTrip(const Component& component) {
  const auto printed = PrintComponent(component);
  REQUIRE(printed.has_value());
  INFO(*printed);
  const auto again = ParseComponentText(*printed);
  if (!again) FAIL(again.error().message());
  CHECK(binary::FindDifference(component, *again->component).value_or("") == "");
}

TEST_CASE("short forms are written out") {
  CHECK(Print(R"((component $c
    (core module $m (func (export "f") (result i32) i32.const 7))
    (core instance $i (instantiate $m))
    (func $f (export "f") (result u32) (canon lift (core func $i "f")))
    (instance (export "g" (func $f)))))") == R"((component $c
  (core module $m (;0;)
    (type (;0;) (func (result i32)))
    (export "f" (func 0))
    (func (;0;) (type 0) (result i32)
      i32.const 7
    )
  )
  (core instance $i (;0;) (instantiate $m))
  (type (;0;) (func (result u32)))
  (alias core export $i "f" (core func (;0;)))
  (canon lift (core func 0) (func $f (;0;) (type 0)))
  (export (;1;) "f" (func $f))
  (instance (;0;) (export "g" (func $f)))
)
)");
}

TEST_CASE("types") {
  CHECK(Print(R"((component
    (type $t (record (field "a" u8)))
    (type (variant (case "x") (case "y" $t)))
    (type (result $t (error string)))
    (type (list u8 4))
    (type (instance (export "r" (type $r (sub resource))) (type (own $r))))
    (core type (module (import "a" "b" (memory 1 2 shared)) (export "g" (global (mut i32)))))
    (import "v" (value $v (type $t)))))") == R"((component
  (type $t (;0;) (record (field "a" u8)))
  (type (;1;) (variant (case "x") (case "y" $t)))
  (type (;2;) (result $t (error string)))
  (type (;3;) (list u8 4))
  (type (;4;) (instance
    (export "r" (type (;0;) (sub resource)))
    (type (;1;) (own 0))
  ))
  (core type (;0;) (module
    (import "a" "b" (memory 1 2 shared))
    (export "g" (global (mut i32)))
  ))
  (import "v" (value $v (;0;) (type $t)))
)
)");
}

TEST_CASE("canonical definitions") {
  CHECK(Print(R"((component
    (canon lower (func 0) string-encoding=utf16 (memory 1) async (core func $l))
    (canon task.return (result u8) (realloc $l) (core func))
    (canon waitable-set.wait cancellable (memory 0) (core func))
    (canon stream.cancel-read 3 async (core func))
    (canon thread.new-indirect 1 2 (core func))
    (canon context.set i32 1 (core func))))") == R"((component
  (canon lower (func 0) string-encoding=utf16 (memory (core memory 1)) async (core func $l (;0;)))
  (canon task.return (result u8) (realloc (core func $l)) (core func (;1;)))
  (canon waitable-set.wait cancellable (memory (core memory 0)) (core func (;2;)))
  (canon stream.cancel-read 3 async (core func (;3;)))
  (canon thread.new-indirect 1 (core table 2) (core func (;4;)))
  (canon context.set i32 1 (core func (;5;)))
)
)");
}

TEST_CASE("without names everything is numbers") {
  wasm::text::PrintOptions options;
  options.names = false;
  CHECK(Print(R"((component $c (type $t u8) (component $d (export "t" (type $t)))))", options) ==
        R"((component
  (type (;0;) u8)
  (component (;0;)
    (alias outer 1 0 (type (;0;)))
    (export (;1;) "t" (type 0))
  )
)
)");
  CHECK(Print("(component)") == "(component)\n");
}

TEST_CASE("custom sections can be left out") {
  const std::string text = R"((component (@custom "x" "a\00")))";
  CHECK(Print(text) == "(component\n  (@custom \"x\" \"a\\00\")\n)\n");
  wasm::text::PrintOptions options;
  options.custom_sections = false;
  CHECK(Print(text, options) == "(component)\n");
}

TEST_CASE("names that are no identifiers, and names within that differ from those outside") {
  Component component;
  for (int i = 0; i < 3; ++i) component.definitions.push_back({.def = TypeDef{DefValType{}}});
  auto& names = component.names.by_sort[static_cast<size_t>(Sort::kType)];
  names = {{0, "a b"}, {1, "same"}, {2, "same"}};
  auto inner = std::make_shared<Component>();
  inner->names.component = "inside";
  component.definitions.push_back({.def = std::shared_ptr<const Component>(inner)});
  component.definitions.push_back({.def = std::shared_ptr<const Component>(inner)});
  component.names.by_sort[static_cast<size_t>(Sort::kComponent)] = {{1, "outside"}};
  CheckRoundTrip(component);
  const auto text = PrintComponent(component);
  CHECK(text->contains("(type $\"a b\" (;0;) bool)"));
  CHECK(text->contains("(type (@name \"same\") (;2;) bool)"));
  CHECK(text->contains("(component (@name \"inside\") (;0;))"));
  CHECK(text->contains("(component $outside (@name \"inside\") (;1;))"));
}

TEST_CASE("what is named before it is there is named by its number") {
  const std::string text = Print(R"((component
    (type (list 1)) (type $t u8)
    (core type (array (ref 1))) (core type $a (func (result (ref $a) (ref 2))))
    (core rec (type $b (sub 3 (struct (field (ref $c))))) (type $c (struct)))))");
  CHECK(text == R"((component
  (type (;0;) (list 1))
  (type $t (;1;) u8)
  (core type (;0;) (array (ref 1)))
  (core type $a (;1;) (func (result (ref 1) (ref 2))))
  (core rec (type $b (;2;) (sub 3 (struct (field (ref 3))))) (type $c (;3;) (struct)))
)
)");
  CheckRoundTrip(*ParseComponentText(text)->component);
}

TEST_CASE("values, start functions and attributes") {
  const auto parsed = ParseComponentText(R"((component
    (import "a" (implements "n:p/i") (external-id "\"") (instance))
    (import "f" (func $f))
    (value $v (list u8) (list 1 2 255))
    (start $f (value $v) (result (value $w)))
    (export "w" (value $w) (value (list u8)))
    (core rec) (core rec (type $x (struct (field (ref null $x)))))
    (core type (sub final $x (array (mut i16))))))");
  if (!parsed) FAIL(parsed.error().message());
  CheckRoundTrip(*parsed->component);
}

TEST_CASE("a malformed module is not printed") {
  Component component;
  static constexpr uint8_t kBytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 99};
  component.definitions.push_back({.def = CoreModuleDef{.bytes = kBytes, .owner = nullptr}});
  const auto printed = PrintComponent(component);
  REQUIRE(!printed.has_value());
  CHECK(printed.error().message().starts_with("core module 0: "));
}

}  // namespace
}  // namespace component::text
