// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/plug.h"

#include <string>
#include <vector>

#include "libcomponent/compose/compose_test_util.h"

namespace component::compose {
namespace {

wasm::Result<std::shared_ptr<const Component>> TryPlug(const std::vector<std::string>& texts) {
  std::vector<PlugPart> parts;
  for (size_t i = 0; i < texts.size(); ++i)
    parts.push_back(
        {.name = i == 0 ? "socket" : "p" + std::to_string(i), .component = Valid(texts[i])});
  const PlugPart socket = parts[0];
  parts.erase(parts.begin());
  return Plug(TestEngine(), socket, parts);
}

std::shared_ptr<const Component> Plugged(const std::vector<std::string>& texts) {
  auto result = TryPlug(texts);
  if (!result) FAIL(result.error().message());
  return *std::move(result);
}

std::string ErrorOf(const std::vector<std::string>& texts) {
  const auto result = TryPlug(texts);
  if (result) return "none";
  CHECK(result.error().kind() == wasm::ErrorKind::kUnlinkable);
  return result.error().message();
}

TEST_CASE("a plug satisfies the import of its name") {
  const auto component = Plugged({AddsAfter("t:p/a", "t:p/out", 1), Adds("t:p/a", 10)});
  CHECK(Signature(Reread(*component)) == " -> t:p/out");
  CHECK(Run(*component, "t:p/out.f", 100) == 111);
}

TEST_CASE("plugs are plugged into each other, in whatever order they are named") {
  const std::string socket = AddsAfter("t:p/a", "t:p/out", 1);
  const std::string middle = AddsAfter("t:p/b", "t:p/a", 10);
  const std::string last = Adds("t:p/b", 100);
  CHECK(Run(*Plugged({socket, middle, last}), "t:p/out.f", 1000) == 1111);
  CHECK(Run(*Plugged({socket, last, middle}), "t:p/out.f", 1000) == 1111);
  // Of one name in and out: a chain, in the order of the plugs.
  const std::string layer = AddsAfter("t:p/a", "t:p/a", 10);
  CHECK(Run(*Plugged({socket, layer, layer, Adds("t:p/a", 100)}), "t:p/out.f", 1000) == 1121);
}

TEST_CASE("what nothing satisfies is imported, once for all who need it") {
  const auto component = Plugged(
      {AddsAfter("t:p/a@1.0.0", "t:p/out", 1), AddsAfter("t:p/b@1.2.0", "t:p/a@1.0.0", 10)});
  CHECK(Signature(Reread(*component)) == "t:p/b@1.2.0 -> t:p/out");
  trenail::ComponentLinker linker(TestEngine());
  linker.Instance("t:p/b@1.2.0")
      .Func("f", [](trenail::ComponentCall&, std::vector<Value> args) -> wasm::Result<Value> {
        return args[0];
      });
  CHECK(Run(*component, "t:p/out.f", 100, linker) == 111);
}

// ---- resources ---------------------------------------------------------------------------------

// Makes resources; their number can be asked for.
const char kTypes[] = R"((component
  (type $r' (resource (rep i32)))
  (core func $new (canon resource.new $r'))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "get") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func $make (param "x" u32) (result (own $r')) (canon lift (core func $i "make")))
  (func $get (param "r" (borrow $r')) (result u32) (canon lift (core func $i "get")))
  (component $shim
    (import "r" (type $r (sub resource)))
    (import "make" (func $make (param "x" u32) (result (own $r))))
    (import "get" (func $get (param "r" (borrow $r)) (result u32)))
    (export $r2 "r" (type $r))
    (export "make" (func $make) (func (param "x" u32) (result (own $r2))))
    (export "get" (func $get) (func (param "r" (borrow $r2)) (result u32))))
  (instance $out (instantiate $shim
    (with "r" (type $r')) (with "make" (func $make)) (with "get" (func $get))))
  (export "t:p/types" (instance $out))))";

// Makes them by `t:p/types`, one further.
const char kLeft[] = R"((component
  (import "t:p/types" (instance $t
    (export "r" (type $r (sub resource)))
    (export "make" (func (param "x" u32) (result (own $r))))))
  (alias export $t "r" (type $r))
  (core func $make (canon lower (func $t "make")))
  (core module $m
    (import "" "make" (func $make (param i32) (result i32)))
    (func (export "wrap") (param i32) (result i32)
      (call $make (i32.add (local.get 0) (i32.const 1)))))
  (core instance $i (instantiate $m (with "" (instance (export "make" (func $make))))))
  (func $wrap (param "x" u32) (result (own $r)) (canon lift (core func $i "wrap")))
  (component $shim
    (import "r" (type $r (sub resource)))
    (import "wrap" (func $wrap (param "x" u32) (result (own $r))))
    (export $r2 "r" (type $r))
    (export "wrap" (func $wrap) (func (param "x" u32) (result (own $r2)))))
  (instance $out (instantiate $shim (with "r" (type $r)) (with "wrap" (func $wrap))))
  (export "t:p/left" (instance $out))))";

// Reads them by `t:p/types`, times ten.
const char kRight[] = R"((component
  (import "t:p/types" (instance $t
    (export "r" (type $r (sub resource)))
    (export "get" (func (param "r" (borrow $r)) (result u32)))))
  (alias export $t "r" (type $r))
  (core func $get (canon lower (func $t "get")))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "" "get" (func $get (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "read") (param i32) (result i32)
      (i32.mul (call $get (local.get 0)) (i32.const 10))
      (call $drop (local.get 0))))
  (core instance $i (instantiate $m
    (with "" (instance (export "get" (func $get)) (export "drop" (func $drop))))))
  (func $read (param "r" (own $r)) (result u32) (canon lift (core func $i "read")))
  (component $shim
    (import "r" (type $r (sub resource)))
    (import "read" (func $read (param "r" (own $r)) (result u32)))
    (export $r2 "r" (type $r))
    (export "read" (func $read) (func (param "r" (own $r2)) (result u32))))
  (instance $out (instantiate $shim (with "r" (type $r)) (with "read" (func $read))))
  (export "t:p/right" (instance $out))))";

// Passes what the left makes to the right.
const char kBoth[] = R"((component
  (import "t:p/types" (instance $t (export "r" (type (sub resource)))))
  (alias export $t "r" (type $r))
  (import "t:p/left" (instance $l
    (alias outer 1 $r (type $r))
    (export "r" (type $r2 (eq $r)))
    (export "wrap" (func (param "x" u32) (result (own $r2))))))
  (import "t:p/right" (instance $r1
    (alias outer 1 $r (type $r))
    (export "r" (type $r2 (eq $r)))
    (export "read" (func (param "r" (own $r2)) (result u32)))))
  (core func $wrap (canon lower (func $l "wrap")))
  (core func $read (canon lower (func $r1 "read")))
  (core module $m
    (import "" "wrap" (func $wrap (param i32) (result i32)))
    (import "" "read" (func $read (param i32) (result i32)))
    (func (export "go") (param i32) (result i32) (call $read (call $wrap (local.get 0)))))
  (core instance $i (instantiate $m
    (with "" (instance (export "wrap" (func $wrap)) (export "read" (func $read))))))
  (func (export "go") (param "x" u32) (result u32) (canon lift (core func $i "go")))))";

TEST_CASE("a diamond shares the resource type of its tip") {
  const auto component = Plugged({kBoth, kLeft, kRight, kTypes});
  CHECK(Signature(Reread(*component)) == " -> go");
  CHECK(Run(*component, "go", 4) == 50);
  CHECK(Run(*Plugged({kBoth, kTypes, kRight, kLeft}), "go", 5) == 60);
}

TEST_CASE("the tip of a diamond may be left to the host") {
  // Each part wants other functions of it; the import has them all, and one resource type.
  const auto component = Plugged({kBoth, kLeft, kRight});
  const trenail::Component read = Reread(*component);
  CHECK(Signature(read) == "t:p/types -> go");
  const InstanceType& types = *read.imports()[0].type.instance;
  CHECK(types.resources.empty());
  REQUIRE(types.exports.size() == 3);
  CHECK(types.Find("make")->type.func->result->resource ==
        types.Find("get")->type.func->params[0].type->resource);
  // What the host offers is the tip of the diamond again.
  const auto whole = Plug(TestEngine(), {.name = "socket", .component = read.internal()},
                          {{.name = "types", .component = Valid(kTypes)}});
  REQUIRE(whole.has_value());
  CHECK(Run(**whole, "go", 4) == 50);
}

TEST_CASE("one resource type cannot come from two places") {
  // The left brings its own `t:p/types`, and does not ask for that of others.
  const auto left = Plugged({kLeft, kTypes});
  std::vector<PlugPart> plugs = {{.name = "left", .component = Reread(*left).internal()},
                                 {.name = "right", .component = Valid(kRight)},
                                 {.name = "types", .component = Valid(kTypes)}};
  const auto result = Plug(TestEngine(), {.name = "socket", .component = Valid(kBoth)}, plugs);
  REQUIRE(!result.has_value());
  CHECK(result.error().message() ==
        "socket wants `t:p/left`, and left offers it with another type; the resource `r` is `r` "
        "in `t:p/types` of types on one side and `r` in `t:p/left` of left on the other");
}

TEST_CASE("what is imported cannot speak of a resource that a plug makes") {
  CHECK(ErrorOf({kBoth, kTypes, kRight}) ==
        "socket imports `t:p/left`, whose types come from `r` in `t:p/types` of p1: the same part, "
        "or "
        "another that uses it, has to offer `t:p/left`, too");
}

// ---- versions ----------------------------------------------------------------------------------

TEST_CASE("versions that are compatible stand for each other") {
  const std::string socket = AddsAfter("t:p/a@1.2.0", "t:p/out", 1);
  CHECK(Run(*Plugged({socket, Adds("t:p/a@1.3.1", 10)}), "t:p/out.f", 100) == 111);
  CHECK(Run(*Plugged({socket, Adds("t:p/a@1.0.0", 10)}), "t:p/out.f", 100) == 111);
  CHECK(Run(*Plugged({AddsAfter("t:p/a@0.2.1", "t:p/out", 1), Adds("t:p/a@0.2.12", 10)}),
            "t:p/out.f", 100) == 111);
  // Its own version rather than a newer one.
  CHECK(Signature(Reread(*Plugged({socket, AddsAfter("t:p/b@1.0.0", "t:p/a@1.2.0", 5)}))) ==
        "t:p/b@1.0.0 -> t:p/out");
}

TEST_CASE("imports of compatible versions become one of the newest") {
  const auto component = Plugged(
      {AddsAfter("t:p/a@1.0.0", "t:p/out", 1), AddsAfter("t:p/b@1.0.3", "t:p/a@1.0.0", 10)});
  CHECK(Signature(Reread(*component)) == "t:p/b@1.0.3 -> t:p/out");
  const std::string both = R"((component
    (import "t:p/a" (instance (export "f" (func (param "x" u32) (result u32)))))
    (import "t:p/b@1.1.0" (instance (export "g" (func))))
    (import "t:p/c@0.1.0" (instance (export "h" (func))))
    (export "t:p/b@1.1.0" (instance 1))))";
  const std::string plug = R"((component
    (import "t:p/b@1.2.5" (instance (export "f" (func (param "x" u32) (result u32)))))
    (import "t:p/c@0.2.0" (instance (export "h" (func))))
    (export "t:p/a" (instance 0))))";
  const trenail::Component merged = Reread(*Plugged({both, plug}));
  CHECK(Signature(merged) == "t:p/b@1.2.5, t:p/c@0.2.0, t:p/c@0.1.0 -> t:p/b@1.1.0");
  CHECK(merged.imports()[0].type.instance->exports.size() == 2);
}

TEST_CASE("compatible versions whose types differ stay two imports") {
  const auto import = [](const std::string& name, const std::string& type) {
    return "(component (import \"" + name + "\" (instance (export \"f\" (func (param \"x\" " +
           type + "))))) ";
  };
  const std::string socket = import("t:p/b@1.0.0", "u8") +
                             R"((import "t:p/a" (instance $a (export "g" (func))))
                                (export "t:p/a" (instance $a))))";
  const std::string exports = R"((core module $m (func (export "g")))
    (core instance $i (instantiate $m))
    (func $g (canon lift (core func $i "g")))
    (instance $a (export "g" (func $g)))
    (export "t:p/a" (instance $a))))";
  CHECK(Signature(Reread(*Plugged({socket, import("t:p/b@1.0.1", "u16") + exports}))) ==
        "t:p/b@1.0.1, t:p/b@1.0.0 -> t:p/a");
  CHECK(ErrorOf({socket, import("t:p/b@1.0.0", "u16") + exports}) ==
        "p1 and socket both import `t:p/b@1.0.0`, with different types; first difference: in `f`, "
        "parameter `x`: expected `u16`, found `u8`");
}

// ---- messages ----------------------------------------------------------------------------------

TEST_CASE("a version that is not compatible is named, and the first difference") {
  const std::string other = R"((component
    (core module $m (func (export "f") (param i32)))
    (core instance $i (instantiate $m))
    (func $f (param "x" u32) (canon lift (core func $i "f")))
    (instance $out (export "f" (func $f)))
    (export "t:p/a@0.2.12" (instance $out))))";
  CHECK(ErrorOf({AddsAfter("t:p/a@0.3.0", "t:p/out", 1), other}) ==
        "socket wants `t:p/a@0.3.0`, p1 offers 0.2.12, which is not compatible; first difference: "
        "in `f`: expected a result, found none");
  CHECK(ErrorOf({AddsAfter("t:p/a@0.3.0", "t:p/out", 1), Adds("t:p/a@0.2.12", 1)}) ==
        "socket wants `t:p/a@0.3.0`, p1 offers 0.2.12, which is not compatible");
  CHECK(ErrorOf({AddsAfter("t:p/a@0.2.0", "t:p/out", 1), other}) ==
        "socket wants `t:p/a@0.2.0`, p1 offers 0.2.12; first difference: in `f`: expected a "
        "result, found none");
}

TEST_CASE("what differs is named with its place") {
  const auto plug = [](const std::string& func) {
    return "(component (import \"f\" (func $f " + func + R"())
      (instance $out (export "f" (func $f)))
      (export "t:p/a" (instance $out))))";
  };
  const std::string socket = AddsAfter("t:p/a", "t:p/out", 1);
  CHECK(ErrorOf({socket, plug("(param \"x\" string) (result u32)")}) ==
        "socket wants `t:p/a`, and p1 offers it with another type; first difference: in `f`, "
        "parameter `x`: expected `u32`, found `string`");
  CHECK(ErrorOf({socket, plug("(param \"y\" u32) (result u32)")}) ==
        "socket wants `t:p/a`, and p1 offers it with another type; first difference: in `f`: "
        "expected parameter named `x`, found `y`");
  CHECK(ErrorOf({socket, plug("(param \"x\" u32) (result (list u32))")}) ==
        "socket wants `t:p/a`, and p1 offers it with another type; first difference: in `f`, the "
        "result: expected u32, found list");
  CHECK(ErrorOf({socket, "(component (instance $out) (export \"t:p/a\" (instance $out)))"}) ==
        "socket wants `t:p/a`, and p1 offers it with another type; first difference: there is no "
        "`f`");
}

TEST_CASE("a plug that nobody wants is a mistake") {
  const std::string socket = AddsAfter("t:p/a", "t:p/out", 1);
  CHECK(ErrorOf({socket, Adds("t:p/b", 1)}) ==
        "nothing uses p1: it exports `t:p/b`, and socket imports `t:p/a`");
  CHECK(ErrorOf({socket, Adds("t:p/a", 1), Adds("t:p/a", 2)}) ==
        "nothing uses p2: another plug offers `t:p/a`, too, and stands before it");
  CHECK(ErrorOf({socket, "(component (import \"f\" (func $f)) (export \"t:p/a\" (func $f)))"}) ==
        "socket wants `t:p/a`, which is an instance; p1 offers a func of that name");
  CHECK(ErrorOf({"(component (import \"a\" (func)))",
                 "(component (import \"f\" (func $f)) (export "
                 "\"a\" (func $f)))"}) == "socket exports nothing, so nothing could be called");
}

// ---- types of worlds ---------------------------------------------------------------------------

TEST_CASE("functions keep the names of the types that they mention") {
  const std::string socket = R"((component
    (import "t:p/a" (instance $a
      (type $e0 (record (field "x" u32)))
      (export "e" (type $e (eq $e0)))
      (export "f" (func (result $e)))))
    (alias export $a "e" (type $e'))
    (import "e" (type $e (eq $e')))
    (import "host" (func $h (param "e" $e)))
    (type $own (variant (case "a" $e) (case "b")))
    (export $own' "own" (type $own))
    (export "h" (func $h) (func (param "e" $e)))
    (core module $m (func (export "k") (result i32) i32.const 0))
    (core instance $i (instantiate $m))))";
  const std::string plug = R"((component
    (import "g" (func $g (result u32)))
    (core func $g' (canon lower (func $g)))
    (core module $m (import "" "g" (func $g (result i32))) (func (export "f") (result i32) call $g))
    (core instance $i (instantiate $m (with "" (instance (export "g" (func $g'))))))
    (type $e (record (field "x" u32)))
    (func $f (result $e) (canon lift (core func $i "f")))
    (component $shim
      (type $e0 (record (field "x" u32)))
      (import "e" (type $e (eq $e0)))
      (import "f" (func $f (result $e)))
      (export $e2 "e" (type $e))
      (export "f" (func $f) (func (result $e2))))
    (instance $out (instantiate $shim (with "e" (type $e)) (with "f" (func $f))))
    (export "t:p/a" (instance $out))))";
  const trenail::Component component = Reread(*Plugged({socket, plug}));
  CHECK(Signature(component) == "g, e, host -> own h");
  CHECK(component.exports()[1].type.func->params[0].type->kind == ValKind::kRecord);
}

}  // namespace
}  // namespace component::compose
