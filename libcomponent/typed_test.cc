// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects of C++ that go to guests and come from there without Values, held to the way with Values:
// the same results, the same calls of realloc, the same errors. Built once for the interpreter and,
// where there is a compiler, once more for compiled code.

#include "libcomponent/typed.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <expected>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#ifdef TRENAIL_TEST_COMPILED
#include "cli/aot_component.h"
#include "libwasm/native/signals.h"
#endif

namespace trenail {
namespace {

struct Sample {
  uint32_t id = 0;
  double weight = 0;
  bool good = false;
  std::string name;
  bool operator==(const Sample&) const = default;

  static constexpr auto ComponentFields() {
    return std::tuple(&Sample::id, &Sample::weight, &Sample::good, &Sample::name);
  }
};

enum class Color : uint8_t { kRed, kGreen, kBlue };
constexpr uint32_t ComponentCases(Color) { return 3; }

struct Access {
  uint32_t bits = 0;
  static constexpr uint32_t kComponentFlags = 9;
  bool operator==(const Access&) const = default;
};

using Shape = std::variant<std::monostate, double, std::string, std::tuple<Color, uint8_t>>;

using V = ComponentValue;

// A guest whose function gives back what it gets: as the pointer and length of a list or string, or
// as the pointer to many values. `via` asks the host in between. `calls` is a digest of all calls
// of realloc.
std::string Guest(const std::string& type, bool in_memory, const std::string& encoding) {
  const std::string options = "(memory (core memory $libc \"memory\"))" +
                              std::string("(realloc (core func $libc \"realloc\"))") + encoding;
  return R"((component
    (type $sample (record (field "id" u32) (field "weight" f64) (field "good" bool)
      (field "name" string)))
    (import "sample" (type $sample' (eq $sample)))
    (type $color (enum "red" "green" "blue"))
    (import "color" (type $color' (eq $color)))
    (type $access (flags "a" "b" "c" "d" "e" "f" "g" "h" "i"))
    (import "access" (type $access' (eq $access)))
    (type $shape (variant (case "dot") (case "circle" f64) (case "named" string)
      (case "mark" (tuple $color' u8))))
    (import "shape" (type $shape' (eq $shape)))
    (import "host" (func $host (param "x" )" +
         type + ") (result " + type + R"()))
    (core module $libc
      (memory (export "memory") 16)
      (global $next (mut i32) (i32.const 4096))
      (global $calls (mut i32) (i32.const 0))
      (func $digest (param i32)
        (global.set $calls (i32.add (i32.mul (global.get $calls) (i32.const 31)) (local.get 0))))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (call $digest (local.get 0)) (call $digest (local.get 1))
        (call $digest (local.get 2)) (call $digest (local.get 3))
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (memory.copy (local.get $at) (local.get 0) (local.get 1))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
      (func (export "calls") (result i32) (global.get $calls)))
    (core instance $libc (instantiate $libc))
    (core func $host' (canon lower (func $host) )" +
         options + R"())
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "host" (func $host (param )" +
         (in_memory ? "i32 i32" : "i32 i32 i32") + R"()))
      (func (export "echo") (param )" +
         (in_memory ? "i32" : "i32 i32") + R"() (result i32) )" +
         (in_memory ? "(local.get 0)"
                    : "(i32.store (i32.const 0) (local.get 0))"
                      "(i32.store (i32.const 4) (local.get 1)) (i32.const 0)") +
         R"()
      (func (export "via") (param )" +
         (in_memory ? "i32" : "i32 i32") + R"() (result i32) (call $host (local.get 0) )" +
         (in_memory ? "" : "(local.get 1)") + R"((i32.const 2048)) (i32.const 2048)))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $libc "memory")) (export "host" (func $host'))))))
    (func (export "echo") (param "x" )" +
         type + ") (result " + type + ") (canon lift (core func $i \"echo\") " + options +
         R"())
    (func (export "via") (param "x" )" +
         type + ") (result " + type + ") (canon lift (core func $i \"via\") " + options + R"())
    (func (export "calls") (result u32) (canon lift (core func $libc "calls")))
  ))";
}

void Compile([[maybe_unused]] Component& component) {
#ifdef TRENAIL_TEST_COMPILED
  static constexpr uint8_t kNoBytes[1] = {};  // only the modules are asked for
  const auto compiled = cli::CompileAotComponent(component, kNoBytes, {});
  if (!compiled) FAIL(compiled.error().message());
  REQUIRE(component.Attach(Artefact::FromMemory(compiled->bytes).value()).has_value());
  wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
}

struct World {
  template <typename Host>
  World(const std::string& text, Host host) {
    auto parsed = Component::ParseText(engine, text);
    INFO(text);
    INFO((parsed ? "" : parsed.error().message()));
    REQUIRE(parsed);
    Compile(*parsed);
    linker.Root().Func("host", std::move(host));
    auto made = linker.Instantiate(store, *parsed);
    INFO((made ? "" : made.error().message()));
    REQUIRE(made);
    instance.emplace(*made);
  }
  uint64_t Calls() { return instance->GetFunc("calls")->Call({})->bits(); }

  Engine engine{MakeInterpreter()};
  ComponentStore store{engine};
  ComponentLinker linker{engine};
  std::optional<ComponentInstance> instance;
};

template <typename Arg, typename T>
void CheckOnce(const std::string& text, const Arg& arg, const T& expected) {
  static_assert(internal::ComponentNative<Arg> && internal::ComponentLiftable<T>);
  World typed(text, TypedHost([](Arg x) { return x; }));
  World dynamic(text, ComponentHostFunc([](ComponentCall&, std::vector<V> args) -> Result<V> {
                  return std::move(args[0]);
                }));
  for (const char* name : {"echo", "via"}) {
    const auto func = typed.instance->GetFunc(name)->Typed<T(Arg)>();
    REQUIRE(func);
    const Result<T> result = (*func)(arg);
    INFO((result ? "" : result.error().message()));
    REQUIRE(result);
    CHECK(*result == expected);
    const Result<V> oracle =
        dynamic.instance->GetFunc(name)->Call({internal::ComponentTypeOf<Arg>::To(arg)});
    REQUIRE(oracle);
    CHECK(internal::ComponentTypeOf<T>::From(*oracle) == expected);
    CHECK(typed.Calls() == dynamic.Calls());
  }
}
template <typename T, typename Arg = T>
void Check(const std::string& type, const Arg& arg, const T& expected, bool in_memory = false) {
  CheckOnce<Arg, T>(Guest(type, in_memory, ""), arg, expected);
}

TEST_CASE("strings and lists of scalars", "[component]") {
  for (const char* text : {"", "x", "Grüße, 世界 🌍"}) {
    for (const char* encoding : {"", " string-encoding=utf16", " string-encoding=latin1+utf16"}) {
      // A string that came from another encoding would tell realloc so as a Value.
      if (std::string(encoding).empty()) {
        CheckOnce<std::string, std::string>(Guest("string", false, encoding), text, text);
        CheckOnce<std::string_view, std::string>(Guest("string", false, encoding), text, text);
      } else {
        World world(Guest("string", false, encoding),
                    TypedHost([](std::string_view x) { return std::string(x) + "!"; }));
        const auto via = world.instance->GetFunc("via")->Typed<std::string(std::string_view)>();
        CHECK(*(*via)(text) == text + std::string("!"));
      }
    }
  }
  Check("(list u8)", std::vector<uint8_t>{1, 2, 255}, std::vector<uint8_t>{1, 2, 255});
  Check("(list s64)", std::vector<int64_t>{-1, std::numeric_limits<int64_t>::min()},
        std::vector<int64_t>{-1, std::numeric_limits<int64_t>::min()});
  const std::vector<uint32_t> numbers = {1, 2, 3};
  Check("(list u32)", std::span<const uint32_t>(numbers), numbers);
  Check("(list char)", std::vector<char32_t>{U'a', U'\U0010ffff'},
        std::vector<char32_t>{U'a', U'\U0010ffff'});
  Check("(list f32)", std::vector<float>{1.5F, -0.0F}, std::vector<float>{1.5F, -0.0F});
  Check("(list u16)", std::vector<uint16_t>{}, std::vector<uint16_t>{});
}

TEST_CASE("lists of compound types", "[component]") {
  using Pairs = std::vector<std::tuple<bool, std::string>>;
  const Pairs pairs = {{true, "one"}, {false, ""}};
  Check("(list (tuple bool string))", pairs, pairs);
  using Options = std::vector<std::optional<uint16_t>>;
  const Options options = {7, std::nullopt, 65535};
  Check("(list (option u16))", options, options);
  using Results = std::vector<std::expected<std::string, uint8_t>>;
  const Results results = {"fine", std::unexpected(uint8_t{9})};
  Check("(list (result string (error u8)))", results, results);
  using Outcomes = std::vector<std::expected<void, std::string>>;
  const Outcomes outcomes = {{}, std::unexpected(std::string("broken"))};
  Check("(list (result (error string)))", outcomes, outcomes);
  using Nested = std::vector<std::vector<std::vector<int8_t>>>;
  const Nested nested = {{{1, -1}, {}}, {}, {{5}}};
  Check("(list (list (list s8)))", nested, nested);
  const std::vector<Sample> samples = {{1, 2.5, true, "a"}, {2, -1, false, "bc"}};
  Check("(list $sample')", samples, samples);
  using Scalars = std::vector<std::tuple<uint8_t, std::tuple<double, char32_t>, bool, int16_t>>;
  const Scalars scalars = {{1, {2.5, U'3'}, true, -4}, {5, {-6, U'7'}, false, 8}, {}};
  Check("(list (tuple u8 (tuple f64 char) bool s16))", scalars, scalars);
  Check("(list $sample')", std::span<const Sample>(samples), samples);
}

TEST_CASE("enums, flags and variants", "[component]") {
  const std::vector<Color> colors = {Color::kBlue, Color::kRed, Color::kGreen};
  Check("(list $color')", colors, colors);
  const std::vector<Access> access = {{0}, {0x101}, {0x1ff}};
  Check("(list $access')", access, access);
  const std::vector<Shape> shapes = {std::monostate(), 2.5, "three", std::tuple(Color::kBlue, 4)};
  Check("(list $shape')", shapes, shapes);
  using Outcomes = std::vector<std::expected<Access, std::monostate>>;
  const Outcomes outcomes = {Access{0x102}, std::unexpected(std::monostate())};
  Check("(list (result $access'))", outcomes, outcomes);
  // What no flag has does not go through.
  CheckOnce<std::vector<Access>, std::vector<Access>>(Guest("(list $access')", false, ""),
                                                      std::vector<Access>{{0xfffff201}}, {{0x001}});
}

TEST_CASE("values that are too many to be flat", "[component]") {
  using Many = std::tuple<uint8_t, std::string, Sample, std::optional<int64_t>, char32_t, float,
                          std::vector<uint64_t>, std::expected<std::string, int16_t>>;
  const std::string type =
      "(tuple u8 string $sample' (option s64) char f32 (list u64) (result string (error s16)))";
  const Many some = {1, "two", {3, 4, true, "five"}, 6, U'7', 8.0F, {9, 10}, "eleven"};
  const Many none = {0, "", {}, std::nullopt, U' ', 0.0F, {}, std::unexpected(int16_t{-5})};
  Check(type, some, some, true);
  Check(type, none, none, true);
  using Named = std::tuple<Shape, Color, Access, Shape, std::vector<Shape>, Shape, Color, Shape>;
  const std::string named =
      "(tuple $shape' $color' $access' $shape' (list $shape') $shape' $color' $shape')";
  const Named all = {"one",     Color::kGreen, {0x155},     std::tuple(Color::kBlue, 255),
                     {{}, 6.5}, -7.5,          Color::kRed, {}};
  Check(named, all, all, true);
}

// Each component goes through once by core values alone.
TEST_CASE("flat values", "[component]") {
  constexpr char kText[] = R"((component
    (import "host" (func $host (param "a" u8) (param "b" (option f64)) (param "c" (tuple s16 char))
      (param "d" (result u64 (error bool))) (result s16)))
    (core func $host' (canon lower (func $host)))
    (core module $m
      (import "" "host" (func $host (param i32 i32 f64 i32 i32 i32 i64) (result i32)))
      (func (export "f") (param i32 i32 f64 i32 i32 i32 i64) (result i32)
        (call $host (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)
          (local.get 5) (local.get 6))))
    (core instance $i (instantiate $m (with "" (instance (export "host" (func $host'))))))
    (func (export "f") (param "a" u8) (param "b" (option f64)) (param "c" (tuple s16 char))
      (param "d" (result u64 (error bool))) (result s16) (canon lift (core func $i "f")))))";
  using B = std::optional<double>;
  using C = std::tuple<int16_t, char32_t>;
  using D = std::expected<uint64_t, bool>;
  World world(kText, TypedHost([](uint8_t a, B b, C c, D d) -> Result<int16_t> {
                if (a == 255) return std::unexpected(Error(ErrorKind::kHost, "not today"));
                CHECK(std::get<1>(c) == U'ß');
                return static_cast<int16_t>(a + b.value_or(1000) + std::get<0>(c) +
                                            (d           ? static_cast<double>(*d)
                                             : d.error() ? 1
                                                         : 2));
              }));
  const auto f = world.instance->GetFunc("f")->Typed<int16_t(uint8_t, B, C, D)>();
  REQUIRE(f);
  CHECK(*(*f)(1, 20.0, {-300, U'ß'}, 4000) == 3721);
  CHECK(*(*f)(1, std::nullopt, {-300, U'ß'}, std::unexpected(true)) == 702);
  CHECK(*(*f)(0, std::nullopt, {-32768, U'ß'}, std::unexpected(false)) == -31766);
  const auto failed = (*f)(255, {}, {0, U'ß'}, 0);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message() == "not today");
}

TEST_CASE("flat enums, flags and variants", "[component]") {
  constexpr char kText[] = R"((component
    (type $color (enum "red" "green" "blue")) (import "color" (type $color' (eq $color)))
    (type $access (flags "a" "b" "c" "d" "e" "f" "g" "h" "i"))
    (import "access" (type $access' (eq $access)))
    (type $number (variant (case "none") (case "small" s8) (case "large" s64) (case "real" f32)))
    (import "number" (type $number' (eq $number)))
    (import "host" (func $host (param "a" $color') (param "b" $access') (param "c" $number')
      (result $color')))
    (core func $host' (canon lower (func $host)))
    (core module $m
      (import "" "host" (func $host (param i32 i32 i32 i64) (result i32)))
      (func (export "f") (param i32 i32 i32 i64) (result i32)
        (call $host (local.get 0) (i32.or (local.get 1) (i32.const 0xf0000))
          (local.get 2) (local.get 3)))
      (func (export "bad") (result i32) (i32.const 3)))
    (core instance $i (instantiate $m (with "" (instance (export "host" (func $host'))))))
    (func (export "f") (param "a" $color') (param "b" $access') (param "c" $number')
      (result $color') (canon lift (core func $i "f")))
    (func (export "bad") (result $color') (canon lift (core func $i "bad")))))";
  using Number = std::variant<std::monostate, int8_t, int64_t, float>;
  std::vector<std::tuple<Color, uint32_t, Number>> seen;
  World world(kText, TypedHost([&](Color a, Access b, Number c) {
                seen.emplace_back(a, b.bits, c);
                return seen.size() == 1 ? Color::kBlue : Color(7);
              }));
  const auto f = world.instance->GetFunc("f")->Typed<Color(Color, Access, Number)>();
  REQUIRE(f);
  CHECK(*(*f)(Color::kGreen, {0x1f0}, int8_t{-5}) == Color::kBlue);
  CHECK(seen.back() == std::tuple(Color::kGreen, 0x1f0U, Number(int8_t{-5})));
  // Of no case, from the host: the call ends.
  const auto none = (*f)(Color::kRed, {}, 1.5F);
  REQUIRE_FALSE(none);
  CHECK(none.error().kind() == ErrorKind::kHost);
  CHECK(seen.back() == std::tuple(Color::kRed, 0U, Number(1.5F)));

  World other(kText, TypedHost([](Color a, Access, Number) { return a; }));
  const auto bad = other.instance->GetFunc("bad")->Typed<Color()>();
  REQUIRE(bad);
  const Result<Color> trapped = (*bad)();
  REQUIRE_FALSE(trapped);
  CHECK(std::string(trapped.error().message()).find("discriminant") != std::string::npos);
}

// ---- resources and contexts ---------------------------------------------------------------------

struct Thing {
  uint32_t number = 0;
  static const ComponentResource& ComponentType() {
    static const ComponentResource type = ComponentResource::Host("thing");
    return type;
  }
};

constexpr char kThings[] = R"((component
  (import "thing" (type $thing (sub resource)))
  (import "make" (func $make (param "n" u32) (result (own $thing))))
  (import "sum" (func $sum (param "of" (list (borrow $thing))) (result u32)))
  (import "take" (func $take (param "it" (option (own $thing))) (result (result u32))))
  (core module $libc (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $libc (instantiate $libc))
  (core func $make' (canon lower (func $make)))
  (core func $sum' (canon lower (func $sum) (memory (core memory $libc "memory"))))
  (core func $take' (canon lower (func $take) (memory (core memory $libc "memory"))))
  (core func $drop (canon resource.drop $thing))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "sum" (func $sum (param i32 i32) (result i32)))
    (import "" "take" (func $take (param i32 i32 i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "run") (param $n i32) (result i32) (local $sum i32)
      (i32.store (i32.const 0) (call $make (local.get $n)))
      (i32.store (i32.const 4) (call $make (i32.const 100)))
      (local.set $sum (call $sum (i32.const 0) (i32.const 2)))
      (call $take (i32.const 1) (i32.load (i32.const 0)) (i32.const 8))
      (if (i32.eqz (i32.load8_u (i32.const 8)))
        (then (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 12))))))
      (call $take (i32.const 0) (i32.const 0) (i32.const 8))
      (if (i32.load8_u (i32.const 8))
        (then (local.set $sum (i32.add (local.get $sum) (i32.const 1000)))))
      (call $drop (i32.load (i32.const 4)))
      (local.get $sum)))
  (core instance $i (instantiate $m (with "" (instance
    (export "memory" (memory $libc "memory")) (export "make" (func $make'))
    (export "sum" (func $sum')) (export "take" (func $take')) (export "drop" (func $drop))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run")))))";

struct Context {
  int calls = 0;
  std::weak_ptr<Thing> taken;
};

// Two stores have one linker, and a context each.
TEST_CASE("handles, and functions that get a context", "[component]") {
  const auto make = TypedHost([](Context& context, uint32_t n) {
    ++context.calls;
    return ComponentOwn<Thing>{std::make_shared<Thing>(n)};
  });
  const auto sum =
      TypedHost([](ComponentCall& call, const std::vector<ComponentBorrow<Thing>>& things) {
        ++static_cast<Context*>(call.host_data())->calls;
        uint32_t result = 0;
        for (const auto& thing : things) result += thing->number;
        return result;
      });
  using Taken = std::expected<uint32_t, std::monostate>;
  const auto take =
      TypedHost([](Context& context, std::optional<ComponentOwn<Thing>> thing) -> Result<Taken> {
        ++context.calls;
        if (!thing) return Taken(std::unexpected(std::monostate()));
        context.taken = thing->object;
        return thing->object->number;
      });
  CHECK((make.native && sum.native && take.native));
  const Engine engine(MakeInterpreter());
  auto parsed = Component::ParseText(engine, kThings);
  REQUIRE(parsed);
  Compile(*parsed);
  ComponentLinker linker(engine);
  linker.Root()
      .Resource("thing", Thing::ComponentType())
      .Func("make", make)
      .Func("sum", sum)
      .Func("take", take);
  Context contexts[2];
  for (Context& context : contexts) {
    ComponentStore store(engine);
    store.SetHostData(&context);
    const auto made = linker.Instantiate(store, *parsed);
    REQUIRE(made);
    const auto run = made->GetFunc("run")->Typed<uint32_t(uint32_t)>();
    CHECK(*(*run)(7) == 107 + 7 + 1000);
    CHECK(context.calls == 5);
    CHECK(context.taken.expired());
  }

  // A handle to what another implementation made.
  const ComponentResource other = ComponentResource::Host("other");
  ComponentLinker mixed(engine);
  mixed.Root()
      .Resource("thing", other)
      .Func("make", ComponentHostFunc(
                        [&](ComponentCall&, std::vector<V>) -> Result<V> { return other.New(1); }))
      .Func("sum", sum)
      .Func("take", take);
  ComponentStore store(engine);
  const auto made = mixed.Instantiate(store, *parsed);
  REQUIRE(made);
  const auto refused = made->GetFunc("run")->Call({V::U32(1)});
  REQUIRE_FALSE(refused);
  CHECK(std::string(refused.error().message()).find("does not implement") != std::string::npos);
}

// ---- errors -------------------------------------------------------------------------------------

// What a guest gives that is none of the type: the same error as with Values, and an instance that
// cannot be entered any more.
template <typename T>
void CheckTrap(const std::string& type, const std::string& store, const std::string& message) {
  const std::string text = R"((component
    (core module $m (memory (export "memory") 1)
      (func (export "f") (result i32) )" +
                           store + R"( (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (export "f") (result )" +
                           type + R"() (canon lift (core func $i "f")
      (memory (core memory $i "memory"))))))";
  const ComponentHostFunc none;
  World typed(text, none), dynamic(text, none);
  const auto func = typed.instance->GetFunc("f")->Typed<T()>();
  REQUIRE(func);
  const Result<T> result = (*func)();
  const Result<V> oracle = dynamic.instance->GetFunc("f")->Call({});
  REQUIRE_FALSE(result);
  REQUIRE_FALSE(oracle);
  CHECK(result.error().message() == oracle.error().message());
  CHECK(std::string(result.error().message()).find(message) != std::string::npos);
  CHECK(std::string((*func)().error().message()).find("cannot enter") != std::string::npos);
}

TEST_CASE("what guests give is checked", "[component]") {
  const std::string list = "(i32.store (i32.const 0) (i32.const 16))";
  const auto length = [](const char* count) {
    return "(i32.store (i32.const 4) (i32.const " + std::string(count) + "))";
  };
  CheckTrap<std::string>("string", list + length("65535"), "out of bounds");
  CheckTrap<std::string>(
      "string", list + length("1") + "(i32.store8 (i32.const 16) (i32.const 255))", "utf-8");
  CheckTrap<std::vector<uint32_t>>("(list u32)", list + length("70000"), "out of bounds");
  CheckTrap<std::vector<uint32_t>>("(list u32)", list + length("0x7fffffff"), "at most");
  CheckTrap<std::vector<uint32_t>>(
      "(list u32)", "(i32.store (i32.const 0) (i32.const 17))" + length("1"), "unaligned");
  CheckTrap<std::vector<char32_t>>(
      "(list char)", list + length("1") + "(i32.store (i32.const 16) (i32.const 0xd800))", "char");
  CheckTrap<std::vector<std::tuple<uint8_t, char32_t>>>(
      "(list (tuple u8 char))",
      list + length("2") + "(i32.store (i32.const 28) (i32.const 0x110000))", "char");
  CheckTrap<std::vector<std::optional<uint8_t>>>(
      "(list (option u8))", list + length("1") + "(i32.store8 (i32.const 16) (i32.const 2))",
      "discriminant");
}

TEST_CASE("what the host gives is checked", "[component]") {
  World world(Guest("string", false, ""),
              TypedHost([](std::string) { return std::string_view("\xff"); }));
  const auto echo = world.instance->GetFunc("echo")->Typed<std::string(std::string_view)>();
  const Result<std::string> bad = (*echo)("\xc3");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().kind() == ErrorKind::kHost);
  World other(Guest("string", false, ""),
              TypedHost([](std::string) { return std::string_view("\xff"); }));
  const auto via = other.instance->GetFunc("via")->Typed<std::string(std::string_view)>();
  CHECK((*via)("x").error().kind() == ErrorKind::kHost);
  // Canonical NaNs, in lists too.
  World floats(Guest("(list f64)", false, ""), TypedHost([](std::vector<double> x) { return x; }));
  const auto nans =
      floats.instance->GetFunc("via")->Typed<std::vector<double>(std::vector<double>)>();
  const auto result = (*nans)({std::bit_cast<double>(uint64_t{0xfff8000000000001})});
  REQUIRE(result);
  CHECK(std::bit_cast<uint64_t>(result->at(0)) == 0x7ff8000000000000);
}

}  // namespace
}  // namespace trenail
