// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of each type from the host to a guest, from there to the host and all the way back,
// through generated bindings alone: with guests in C and in C++. Built once for the interpreter
// and, where there is a compiler, once more for compiled code.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <roundtrip.h>
#include "interp/interp.h"
#include "spec-tests/bindings/guest_util.h"

namespace trenail_tests::bindings::roundtrip {
namespace {

using shapes::Access;
using shapes::Color;
using shapes::Point;
using shapes::Sample;
using shapes::Shape;
using trenail::Result;
using trenail::spec::Guest;

class Counter : public shapes::Counter {
 public:
  explicit Counter(uint32_t start) : value(start) { ++alive; }
  ~Counter() override { --alive; }
  Result<uint32_t> Next(uint32_t by) override { return value += by; }

  uint32_t value;
  static inline int alive = 0;
};
uint32_t ValueOf(shapes::Counter& counter) { return static_cast<Counter&>(counter).value; }

// Gives back what it gets.
class Shapes : public shapes::Host {
 public:
  using Twelve = std::tuple<bool, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t,
                            uint64_t, float, double, char32_t>;
  Result<Twelve> Scalars(bool a, int8_t b, uint8_t c, int16_t d, uint16_t e, int32_t f, uint32_t g,
                         int64_t h, uint64_t i, float j, double k, char32_t l) override {
    return Twelve(a, b, c, d, e, f, g, h, i, j, k, l);
  }
  Result<std::string> Text(std::string_view x) override { return std::string(x); }
  Result<std::vector<uint8_t>> Bytes(std::span<const uint8_t> x) override {
    return std::vector<uint8_t>(x.begin(), x.end());
  }
  Result<std::vector<double>> Numbers(std::span<const double> x) override {
    return std::vector<double>(x.begin(), x.end());
  }
  Result<std::vector<std::string>> Texts(std::span<const std::string> x) override {
    return std::vector<std::string>(x.begin(), x.end());
  }
  Result<std::vector<bool>> Answers(const std::vector<bool>& x) override { return x; }
  Result<shapes::Samples> ManySamples(std::span<const Sample> x) override {
    return shapes::Samples(x.begin(), x.end());
  }
  Result<Shape> OneShape(const Shape& x) override { return x; }
  Result<std::vector<Shape>> ManyShapes(std::span<const Shape> x) override {
    return std::vector<Shape>(x.begin(), x.end());
  }
  Result<std::optional<std::optional<uint32_t>>> Maybe(
      const std::optional<std::optional<uint32_t>>& x) override {
    return x;
  }
  Result<std::expected<Point, std::string>> Outcome(
      const std::expected<Point, std::string>& x) override {
    if (x && x->x == 666) return trenail::Err("by the host");
    return x;
  }
  Result<std::expected<void, std::monostate>> Check(bool fail) override {
    if (fail) return trenail::Err(std::monostate());
    return {};
  }
  Result<Access> Rights(Access x) override { return x; }
  Result<Color> Paint(Color x) override { return x; }
  Result<std::tuple<uint8_t, std::string, std::vector<Point>>> Mixed(
      const std::tuple<uint8_t, std::string, std::vector<Point>>& x) override {
    return x;
  }
  Result<std::string> Spread(const Sample& a, std::string_view b, std::span<const Point> c,
                             const Shape& d, uint64_t e) override {
    return a.name + std::string(b) + std::to_string(c.size()) + std::to_string(d.cases.index()) +
           std::to_string(e);
  }
  Result<void> Nothing() override {
    if (fail) return std::unexpected(trenail::Error(trenail::ErrorKind::kHost, "on strike"));
    return {};
  }
  Result<trenail::ComponentOwn<shapes::Counter>> NewCounter(uint32_t start) override {
    return trenail::ComponentOwn<shapes::Counter>{std::make_shared<Counter>(start)};
  }
  Result<trenail::ComponentOwn<shapes::Counter>> CounterMerge(
      trenail::ComponentOwn<shapes::Counter> a,
      trenail::ComponentBorrow<shapes::Counter> b) override {
    return NewCounter(ValueOf(*a.object) + ValueOf(*b));
  }
  Result<uint32_t> Sum(std::vector<trenail::ComponentBorrow<shapes::Counter>> counters) override {
    uint32_t sum = 0;
    for (const auto& counter : counters) sum += ValueOf(*counter);
    return sum;
  }
  Result<shapes::NamedCounter> Pass(shapes::NamedCounter x) override {
    x.name += "!";
    return x;
  }
  Result<std::optional<trenail::ComponentOwn<shapes::Counter>>> Find(
      std::string_view name) override {
    if (name != "known") return std::nullopt;
    return trenail::ComponentOwn<shapes::Counter>{std::make_shared<Counter>(7)};
  }

  bool fail = false;
};

class Root : public Host {
 public:
  Result<void> Log(std::string_view line) override {
    lines.emplace_back(line);
    return {};
  }
  std::vector<std::string> lines;
};

struct Instance {
  explicit Instance(const char* path) : guest(path) {
    auto made = Roundtrip::Instantiate(guest.store, *guest.component, shapes_host, root);
    INFO((made ? "" : made.error().message()));
    REQUIRE(made);
    world.emplace(*made);
  }
  const exports::shapes::Exports& shapes() const { return world->shapes(); }

  Guest guest;
  Shapes shapes_host;
  Root root;
  std::optional<Roundtrip> world;
};

template <typename T>
T Value(Result<T> result) {
  INFO((result ? "" : result.error().message()));
  REQUIRE(result);
  return *std::move(result);
}

Sample OneSample(uint32_t id) {
  return {.id = id,
          .weight = 0.5,
          .good = id % 2 == 0,
          .name = "sample " + std::to_string(id),
          .tags = {"a", "", "Grüße"},
          .color = id % 3 == 0 ? std::nullopt : std::optional(Color::kBlue),
          .access = Access::kRead | Access::kWatch};
}

constexpr const char* kGuests[] = {GUEST_CPP, GUEST_C};

TEST_CASE("values of every type come back as they were", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    const Instance instance(path);
    const auto& guest = instance.shapes();
    const Shapes::Twelve scalars(true, -8, 250, -1600, 65000, -5, 4'000'000'000, -6'000'000'000,
                                 UINT64_MAX, 1.5F, -0.25, U'\U0001f30d');
    CHECK(Value(guest.Scalars(true, -8, 250, -1600, 65000, -5, 4'000'000'000, -6'000'000'000,
                              UINT64_MAX, 1.5F, -0.25, U'\U0001f30d')) == scalars);
    for (const char* text : {"", "x", "Grüße, 世界"}) CHECK(Value(guest.Text(text)) == text);
    const std::vector<uint8_t> bytes = {0, 1, 255};
    CHECK(Value(guest.Bytes(bytes)) == bytes);
    CHECK(Value(guest.Bytes({})).empty());
    const std::vector<double> numbers = {0.5, -1e300};
    CHECK(Value(guest.Numbers(numbers)) == numbers);
    const std::vector<std::string> texts = {"a", "", "long enough to be on the heap for certain"};
    CHECK(Value(guest.Texts(texts)) == texts);
    CHECK(Value(guest.Answers({true, false, true})) == std::vector<bool>{true, false, true});
    shapes::Samples samples;
    for (uint32_t i = 0; i < 20; ++i) samples.push_back(OneSample(i));
    CHECK(Value(guest.ManySamples(samples)) == samples);
    CHECK(Value(guest.ManySamples({})).empty());
    const std::vector<Shape> shapes = {{Shape::Dot{}},       {Shape::Circle{2.5}},
                                       {Shape::Square{2.5}}, {Shape::Named{"hex"}},
                                       {Shape::At{{3, -4}}}, {Shape::Sampled{OneSample(3)}}};
    for (const Shape& shape : shapes) CHECK(Value(guest.OneShape(shape)) == shape);
    CHECK(Value(guest.ManyShapes(shapes)) == shapes);
    CHECK_FALSE(shapes[1] == shapes[2]);
    using Maybe = std::optional<std::optional<uint32_t>>;
    for (const Maybe& maybe : {Maybe(), Maybe(std::in_place), Maybe(5u)})
      CHECK(Value(guest.Maybe(maybe)) == maybe);
    using Outcome = std::expected<Point, std::string>;
    CHECK(Value(guest.Outcome(Point{1, 2})) == Outcome(Point{1, 2}));
    CHECK(Value(guest.Outcome(std::unexpected("no"))) == Outcome(std::unexpect, "no"));
    CHECK(Value(guest.Outcome(Point{666, 0})) == Outcome(std::unexpect, "by the host"));
    CHECK(Value(guest.Check(false)).has_value());
    CHECK_FALSE(Value(guest.Check(true)).has_value());
    const Access access = Access::kWatch | Access::kExecute;
    CHECK(Value(guest.Rights(access)) == access);
    CHECK(access.Has(Access::kWatch));
    CHECK_FALSE(access.Has(Access::kRead));
    CHECK(Value(guest.Paint(Color::kGreen)) == Color::kGreen);
    const std::tuple<uint8_t, std::string, std::vector<Point>> mixed(9, "nine", {{1, 2}, {3, 4}});
    CHECK(Value(guest.Mixed(mixed)) == mixed);
    const std::vector<Point> points = {{1, 2}};
    CHECK(Value(guest.Spread(OneSample(4), "-b-", points, shapes[4], 77)) == "sample 4-b-1477");
    REQUIRE(guest.Nothing());
  }
}

TEST_CASE("functions of the world itself", "[bindings]") {
  for (const char* path : kGuests) {
    Instance instance(path);
    const std::vector<std::string> lines = {"one", "two"};
    CHECK(Value(instance.world->Run(lines)) == 2);
    CHECK(instance.root.lines == lines);
  }
}

TEST_CASE("an error of a host function comes back from the call", "[bindings]") {
  for (const char* path : kGuests) {
    Instance instance(path);
    instance.shapes_host.fail = true;
    const auto result = instance.shapes().Nothing();
    REQUIRE_FALSE(result);
    CHECK(result.error().message().find("on strike") != std::string::npos);
  }
}

TEST_CASE("resources of guests, which hold resources of the host", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    REQUIRE(Counter::alive == 0);
    {
      Instance instance(path);
      const auto& guest = instance.shapes();
      exports::shapes::Counter a = Value(guest.NewCounter(10));
      exports::shapes::Counter b = Value(guest.NewCounter(100));
      CHECK(Counter::alive == 2);
      CHECK(Value(a.Next(5)) == 15);
      CHECK(Value(a.Next(1)) == 16);
      std::vector<trenail::ComponentLent<exports::shapes::Counter>> both = {trenail::Lend(a),
                                                                            trenail::Lend(b)};
      CHECK(Value(guest.Sum(std::move(both))) == 116);
      exports::shapes::Counter merged = Value(guest.CounterMerge(std::move(a), b));
      CHECK(Counter::alive == 2);  // the first one went
      CHECK(Value(merged.Next(0)) == 116);
      CHECK(Value(b.Next(0)) == 100);
      auto passed = Value(guest.Pass({.name = "it", .counter = std::move(merged)}));
      CHECK(passed.name == "it!");
      CHECK(Value(passed.counter.Next(1)) == 117);
      CHECK_FALSE(Value(guest.Find("unknown")).has_value());
      auto found = Value(guest.Find("known"));
      REQUIRE(found);
      CHECK(Value(found->Next(0)) == 7);
      CHECK(Counter::alive == 3);
      // The guest's destructors are called when the host's handles end.
      REQUIRE(b.Drop());
      CHECK(Counter::alive == 2);
      const auto gone = b.Next(1);
      CHECK_FALSE(gone);
      found.reset();
      CHECK(Counter::alive == 1);
    }
    CHECK(Counter::alive == 0);
  }
}

TEST_CASE("exports that are not there are named", "[bindings]") {
  Guest guest(kGuests[0]);
  Shapes shapes_host;
  Root root;
  trenail::ComponentLinker linker(guest.engine);
  Roundtrip::Link(linker, shapes_host, root);
  auto instance = linker.Instantiate(guest.store, *guest.component);
  REQUIRE(instance);
  const auto inner = instance->GetInstance("trenail-tests:bindings/shapes");
  REQUIRE(inner);
  const auto bound = Roundtrip::Bind(*inner);
  REQUIRE_FALSE(bound);
  CHECK(bound.error().kind() == trenail::ErrorKind::kUnlinkable);
  CHECK(bound.error().message() == "there is no exported function `run`");
}

}  // namespace
}  // namespace trenail_tests::bindings::roundtrip
