// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls between components by adapters and by way of the host, with values that are copied or
// lifted and lowered: the same results, the same traps, and the same instances that cannot be
// entered after them.

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"

namespace trenail {
namespace {

using V = ComponentValue;

// What the calls of a world end with: values or messages, in order.
using Outcomes = std::vector<std::string>;

std::string ToString(const Result<ComponentValue>& result) {
  if (!result) return std::string(result.error().message());
  return result->kind() == V::Kind::kUnit ? "nothing" : std::to_string(result->bits());
}

// Of the component's exported functions, each called with its arguments.
struct Call {
  std::string func;
  std::vector<ComponentValue> args;
};

struct World {
  World(const std::string& text, bool adapters, bool copies) {
    ComponentOptions options;
    options.adapters = adapters;
    options.copies = copies;
    auto parsed = Component::ParseText(engine, text, options);
    INFO((parsed ? "" : parsed.error().message()));
    REQUIRE(parsed);
    modules = parsed->modules().size();
    auto made = linker.Instantiate(store, *parsed);
    INFO((made ? "" : made.error().message()));
    REQUIRE(made);
    instance.emplace(*made);
  }
  Outcomes Run(const std::vector<Call>& calls) {
    Outcomes outcomes;
    for (const Call& call : calls)
      outcomes.push_back(ToString(instance->GetFunc(call.func)->Call(call.args)));
    return outcomes;
  }

  Engine engine{MakeInterpreter()};
  ComponentStore store{engine};
  ComponentLinker linker{engine};
  std::optional<ComponentInstance> instance;
  size_t modules = 0;
};

// All ways; how many adapters there are.
Outcomes RunAll(const std::string& text, const std::vector<Call>& calls, size_t num_adapters) {
  World with(text, true, true), without(text, false, true), plain(text, false, false);
  CHECK(with.modules == without.modules + num_adapters);
  const Outcomes outcomes = with.Run(calls);
  CHECK(outcomes == without.Run(calls));
  CHECK(outcomes == plain.Run(calls));
  return outcomes;
}

// A component whose function takes a value of a type through a core function that gets it as the
// core value `raw`, and one that hands it the raw core value which it is called with.
std::string Passing(const std::string& type, const std::string& core, const std::string& result,
                    const std::string& raw_type, const std::string& more = "") {
  return R"((component
    (component $callee
      (core module $m
        (func (export "f") (param )" +
         core + ") (result " + core + R"() (local.get 0)))
      (core instance $i (instantiate $m))
      )" +
         more + R"(
      (func (export "f") (param "x" )" +
         type + ") (result " + result + R"()
        (canon lift (core func $i "f"))))
    (component $caller
      )" +
         more + R"(
      (import "f" (func $f (param "x" )" +
         type + ") (result " + result + R"()))
      (core func $f' (canon lower (func $f)))
      (core module $m
        (import "" "f" (func $f (param )" +
         core + ") (result " + core + R"()))
        (func (export "g") (param )" +
         core + ") (result " + core + R"() (call $f (local.get 0))))
      (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
      (func (export "g") (param "x" )" +
         raw_type + ") (result " + raw_type + R"()
        (canon lift (core func $i "g"))))
    (instance $a (instantiate $callee))
    (instance $b (instantiate $caller (with "f" (func $a "f"))))
    (export "g" (func $b "g"))))";
}

TEST_CASE("scalars arrive as they are lifted and lowered") {
  std::vector<ComponentValue> words, longs;
  for (const uint32_t word :
       {0u,        1u,          2u,          0x7fu,       0x80u,       0xffu,      0x100u,
        0x7fffu,   0x8000u,     0xffffu,     0x10000u,    0xd800u,     0xdfffu,    0x10ffffu,
        0x110000u, 0x80000000u, 0xffffffffu, 0x7f800001u, 0xff800000u, 0xffc00001u}) {
    words.push_back(V::U32(word));
    longs.push_back(V::U64(uint64_t{word} << 20 | word));
  }
  for (const char* type : {"bool", "u8", "s8", "u16", "s16", "u32", "s32", "char"}) {
    const std::string text = Passing(type, "i32", type, "u32");
    // A trap leaves both unusable, so each value has a world of its own.
    for (const ComponentValue& value : words) {
      INFO(type << " " << value.bits());
      const Outcomes outcomes = RunAll(text, {{"g", {value}}, {"g", {V::U32(1)}}}, 1);
      CHECK((outcomes[1] == "1" || outcomes[1] == "cannot enter component instance"));
    }
  }
  for (const char* type : {"u64", "s64"})
    for (const ComponentValue& value : longs)
      RunAll(Passing(type, "i64", type, "u64"), {{"g", {value}}}, 1);
}

TEST_CASE("NaNs are canonical on the other side") {
  // Bits are read by the callee, which is given floats.
  const std::string text = R"((component
    (component $callee
      (core module $m
        (func (export "f") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
        (func (export "d") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0))))
      (core instance $i (instantiate $m))
      (func (export "f") (param "x" f32) (result u32) (canon lift (core func $i "f")))
      (func (export "d") (param "x" f64) (result u64) (canon lift (core func $i "d"))))
    (component $caller
      (import "f" (func $f (param "x" f32) (result u32)))
      (import "d" (func $d (param "x" f64) (result u64)))
      (core func $f' (canon lower (func $f)))
      (core func $d' (canon lower (func $d)))
      (core module $m
        (import "" "f" (func $f (param f32) (result i32)))
        (import "" "d" (func $d (param f64) (result i64)))
        (func (export "f") (param i32) (result i32) (call $f (f32.reinterpret_i32 (local.get 0))))
        (func (export "d") (param i64) (result i64) (call $d (f64.reinterpret_i64 (local.get 0)))))
      (core instance $i (instantiate $m
        (with "" (instance (export "f" (func $f')) (export "d" (func $d'))))))
      (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f")))
      (func (export "d") (param "x" u64) (result u64) (canon lift (core func $i "d"))))
    (instance $a (instantiate $callee))
    (instance $b (instantiate $caller (with "f" (func $a "f")) (with "d" (func $a "d"))))
    (export "f" (func $b "f"))
    (export "d" (func $b "d"))))";
  CHECK(RunAll(text,
               {{"f", {V::U32(0xffa00001)}},
                {"f", {V::U32(0x7f800000)}},
                {"f", {V::U32(0x80000000)}},
                {"d", {V::U64(0xfff0000000000001)}},
                {"d", {V::U64(0x8000000000000000)}}},
               2) == Outcomes{std::to_string(0x7fc00000), std::to_string(0x7f800000),
                              std::to_string(0x80000000), std::to_string(0x7ff8000000000000),
                              std::to_string(0x8000000000000000)});
}

TEST_CASE("flags lose bits that do not exist and discriminants are checked") {
  for (const auto& [definition, bad] :
       {std::pair(R"((flags "a" "b" "c"))", 0xffu), std::pair(R"((enum "a" "b" "c"))", 3u)}) {
    const std::string text = std::string(R"((component
      (type $named )") + definition +
                             R"()
      (component $callee
        (import "t" (type $t (eq $named)))
        (core module $m (func (export "f") (param i32) (result i32) (local.get 0)))
        (core instance $i (instantiate $m))
        (func (export "f") (param "x" $t) (result u32) (canon lift (core func $i "f"))))
      (instance $a (instantiate $callee (with "t" (type $named))))
      (component $caller
        (import "t" (type $t (eq $named)))
        (import "f" (func $f (param "x" $t) (result u32)))
        (core func $f' (canon lower (func $f)))
        (core module $m
          (import "" "f" (func $f (param i32) (result i32)))
          (func (export "g") (param i32) (result i32) (call $f (local.get 0))))
        (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
        (func (export "g") (param "x" u32) (result u32) (canon lift (core func $i "g"))))
      (instance $b (instantiate $caller (with "t" (type $named)) (with "f" (func $a "f"))))
      (export "g" (func $b "g"))))";
    RunAll(text, {{"g", {V::U32(2)}}, {"g", {V::U32(bad)}}, {"g", {V::U32(1)}}}, 1);
  }
}

// Callee and caller with core code of one's own.
std::string Pair(const std::string& callee, const std::string& lift, const std::string& caller) {
  return R"((component
    (component $callee
      (core module $m )" +
         callee + R"()
      (core instance $i (instantiate $m))
      (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f") )" +
         lift + R"())
      (func (export "count") (result u32) (canon lift (core func $i "count"))))
    (component $caller
      (import "f" (func $f (param "x" u32) (result u32)))
      (core func $f' (canon lower (func $f)))
      (core module $m (import "" "f" (func $f (param i32) (result i32))) )" +
         caller + R"()
      (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
      (func (export "g") (param "x" u32) (result u32) (canon lift (core func $i "g"))))
    (instance $a (instantiate $callee))
    (instance $b (instantiate $caller (with "f" (func $a "f"))))
    (export "count" (func $a "count"))
    (export "g" (func $b "g"))))";
}

TEST_CASE("post-return gets the result, once, after the caller's copy") {
  const std::string text =
      Pair(R"((global $seen (mut i32) (i32.const 0))
             (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
             (func (export "post") (param i32)
               (global.set $seen (i32.add (i32.mul (global.get $seen) (i32.const 100))
                                          (local.get 0))))
             (func (export "count") (result i32) (global.get $seen)))",
           R"((post-return (core func $i "post")))",
           R"((func (export "g") (param i32) (result i32) (call $f (local.get 0))))");
  CHECK(RunAll(text, {{"g", {V::U32(6)}}, {"g", {V::U32(8)}}, {"count", {}}}, 2) ==
        Outcomes{"7", "9", "709"});
}

TEST_CASE("what traps or throws cannot be entered again") {
  for (const char* body : {"(unreachable)", "(throw $e)"}) {
    const std::string text = Pair(
        std::string(
            "(tag $e) (func (export \"f\") (param i32) (result i32) (if (local.get 0) (then ") +
            body + R"()) (i32.const 5))
             (func (export "count") (result i32) (i32.const 1)))",
        "",
        // Exceptions do not get out of a component: there is nothing to catch.
        R"((func (export "g") (param i32) (result i32)
                  (block $caught
                    (return (try_table (result i32) (catch_all $caught) (call $f (local.get 0)))))
                  (i32.const 99)))");
    const Outcomes outcomes = RunAll(
        text, {{"g", {V::U32(0)}}, {"g", {V::U32(1)}}, {"g", {V::U32(0)}}, {"count", {}}}, 1);
    CHECK(outcomes[0] == "5");
    CHECK(outcomes[2] == "cannot enter component instance");
    CHECK(outcomes[3] == "cannot enter component instance");
  }
}

TEST_CASE("a call while the result of another is cleared away must not leave") {
  // The post-return of the caller's own function calls out.
  const std::string text = R"((component
    (component $callee
      (core module $m (func (export "f") (param i32) (result i32) (local.get 0)))
      (core instance $i (instantiate $m))
      (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f"))))
    (component $caller
      (import "f" (func $f (param "x" u32) (result u32)))
      (core func $f' (canon lower (func $f)))
      (core module $m
        (import "" "f" (func $f (param i32) (result i32)))
        (func (export "g") (param i32) (result i32) (call $f (local.get 0)))
        (func (export "post") (param i32) (drop (call $f (i32.const 1)))))
      (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
      (func (export "g") (param "x" u32) (result u32)
        (canon lift (core func $i "g") (post-return (core func $i "post")))))
    (instance $a (instantiate $callee))
    (instance $b (instantiate $caller (with "f" (func $a "f"))))
    (export "f" (func $a "f"))
    (export "g" (func $b "g"))))";
  CHECK(RunAll(text, {{"g", {V::U32(3)}}, {"f", {V::U32(3)}}}, 2) ==
        Outcomes{"cannot leave component instance", "cannot enter component instance"});
}

TEST_CASE("instances inside of others are entered through them") {
  const std::string text = R"((component
    (component $outer
      (component $inner
        (core module $m (func (export "f") (param i32) (result i32)
          (if (i32.eqz (local.get 0)) (then (unreachable))) (local.get 0)))
        (core instance $i (instantiate $m))
        (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f")))
        (func (export "h") (param "x" u32) (result u32) (canon lift (core func $i "f"))))
      (instance $one (instantiate $inner))
      (instance $two (instantiate $inner))
      (export "f" (func $one "f"))
      (export "h" (func $two "h")))
    (component $caller
      (import "f" (func $f (param "x" u32) (result u32)))
      (core func $f' (canon lower (func $f)))
      (core module $m
        (import "" "f" (func $f (param i32) (result i32)))
        (func (export "g") (param i32) (result i32) (call $f (local.get 0))))
      (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
      (func (export "g") (param "x" u32) (result u32) (canon lift (core func $i "g"))))
    (instance $a (instantiate $outer))
    (instance $b (instantiate $caller (with "f" (func $a "f"))))
    (export "g" (func $b "g"))
    (export "h" (func $a "h"))))";
  // The trap in the one leaves the other unusable as well, since what they are in was entered.
  const Outcomes outcomes = RunAll(
      text, {{"g", {V::U32(4)}}, {"h", {V::U32(4)}}, {"g", {V::U32(0)}}, {"h", {V::U32(4)}}}, 2);
  CHECK(outcomes[0] == "4");
  CHECK(outcomes[1] == "4");
  CHECK(outcomes[3] == "cannot enter component instance");
}

// What a compiler may inline: by module, import, callee, and inside of which.
std::vector<std::string> BindingsOf(const std::string& text) {
  const Engine engine(MakeInterpreter());
  const auto parsed = Component::ParseText(engine, text);
  REQUIRE(parsed);
  std::vector<std::string> all;
  for (const Component::Binding& b : parsed->bindings()) {
    all.push_back(std::to_string(b.module) + "." + std::to_string(b.import) + "=" +
                  std::to_string(b.callee_module) + "." + std::to_string(b.callee_function));
    if (b.parent != Component::Binding::kNoParent) all.back() += " in " + all[b.parent];
  }
  return all;
}

constexpr char kTwoCallees[] = R"((component
  (component $one
    (core module $m (func $unused) (func (export "f") (result i32) (i32.const 1))
      (func (export "done") (param i32)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32)
      (canon lift (core func $i "f") (post-return (core func $i "done")))))
  (component $two
    (core module $m (func (export "f") (result i32) (i32.const 2))
      (func (export "done") (param i32)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32)
      (canon lift (core func $i "f") (post-return (core func $i "done")))))
  (component $caller
    (import "f" (func $f (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m (import "" "host" (func)) (import "" "f" (func $f (result i32)))
      (func (export "g") (result i32) (call $f)) (export "f" (func $f)))
    (core module $outer (import "" "f" (func $f (result i32))) (import "" "g" (func $g (result i32)))
      (func (export "h") (result i32) (i32.add (call $f) (call $g))))
    (core module $host (func (export "host")))
    (core instance $host (instantiate $host))
    (core instance $i (instantiate $m (with "" (instance
      (export "f" (func $f')) (export "host" (func $host "host"))))))
    (core instance $o (instantiate $outer (with "" (instance $i))))
    (func (export "h") (result u32) (canon lift (core func $o "h"))))
  (instance $one (instantiate $one))
  (instance $two (instantiate $two))
)";

TEST_CASE("what imports of core modules will be is known before", "[component]") {
  // Modules: one's, two's, the caller's three; the adapters, 6 with a post-return.
  const std::string once = "(instance (instantiate $caller (with \"f\" (func $one \"f\")))))";
  CHECK(BindingsOf(kTwoCallees + once) ==
        std::vector<std::string>{
            "2.0=4.0",
            "2.1=6.3",
            "6.1=0.1 in 2.1=6.3",
            "6.2=0.2 in 2.1=6.3",
            // What the inner module exports again is what it imports.
            "3.0=6.3",
            "6.1=0.1 in 3.0=6.3",
            "6.2=0.2 in 3.0=6.3",
            "3.1=2.2",
        });
  // Another instance of the caller may have another callee: then nothing is known of that.
  const std::string twice = "(instance (instantiate $caller (with \"f\" (func $one \"f\"))))";
  CHECK(BindingsOf(kTwoCallees + twice + once) == BindingsOf(kTwoCallees + once));
  CHECK(BindingsOf(kTwoCallees + twice +
                   "(instance (instantiate $caller (with \"f\" (func $two \"f\")))))") ==
        std::vector<std::string>{"2.0=4.0", "3.1=2.2"});
  // The host's functions are not known, nor what goes to the callee's own parent.
  CHECK(BindingsOf(
            "(component (import \"f\" (func $f)) (core func $c (canon lower (func $f)))"
            "(core module $m (import \"\" \"f\" (func)))"
            "(core instance (instantiate $m (with \"\" (instance (export \"f\" (func $c)))))))")
            .empty());
}

}  // namespace
}  // namespace trenail
