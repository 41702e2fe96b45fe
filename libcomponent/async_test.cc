// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that are under way together: with callbacks, and awaited in coroutines; how they are
// cancelled, fail, and go with their store. With TRENAIL_TEST_COMPILED the guest is compiled first.

#include "libcomponent/async.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "interp/interp.h"

#ifdef TRENAIL_TEST_COMPILED
#include "cli/aot_component.h"
#include "libwasm/native/signals.h"
#endif

namespace trenail {
namespace {

using V = ComponentValue;

// f(x) = slow(x) + 1, but for slow(x) = 13, which traps; it gives up when it is cancelled. g does
// the same in the middle of a core function, on a stack, and cannot be cancelled. twice(x) = 2x.
constexpr char kText[] = R"((component $app
    (import "slow" (func $slow async (param "x" u32) (result u32)))
    (core module $Mem (memory (export "mem") 1))
    (core instance $mem (instantiate $Mem))
    (alias core export $mem "mem" (core memory $mem))
    (core func $slow' (canon lower (func $slow) async (memory $mem)))
    (core func $slow-sync (canon lower (func $slow)))
    (core func $return (canon task.return (result u32)))
    (core func $cancel (canon task.cancel))
    (core func $new-set (canon waitable-set.new))
    (core func $join (canon waitable.join))
    (core func $drop (canon subtask.drop))
    (core func $cancel-slow (canon subtask.cancel))
    (core func $get (canon context.get i32 0))
    (core func $set (canon context.set i32 0))
    (core module $M
      (import "mem" "mem" (memory 1))
      (import "" "slow" (func $slow (param i32 i32) (result i32)))
      (import "" "return" (func $return (param i32)))
      (import "" "cancel" (func $cancel))
      (import "" "new-set" (func $new-set (result i32)))
      (import "" "join" (func $join (param i32 i32)))
      (import "" "drop" (func $drop (param i32)))
      (import "" "cancel-slow" (func $cancel-slow (param i32) (result i32)))
      (import "" "get" (func $get (result i32)))
      (import "" "set" (func $set (param i32)))
      (global $slot (mut i32) (i32.const 16))
      (func (export "twice") (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))
      (func (export "f") (param i32) (result i32)
        (local $ret i32) (local $ws i32)
        (global.set $slot (i32.add (global.get $slot) (i32.const 8)))
        (call $set (global.get $slot))
        (local.set $ret (call $slow (local.get 0) (global.get $slot)))
        (if (i32.eq (local.get $ret) (i32.const 2)) (then  ;; returned
          (call $return (i32.add (i32.load (global.get $slot)) (i32.const 1)))
          (return (i32.const 0))))
        (i32.store offset=4 (global.get $slot) (i32.shr_u (local.get $ret) (i32.const 4)))
        (local.set $ws (call $new-set))
        (call $join (i32.shr_u (local.get $ret) (i32.const 4)) (local.get $ws))
        (i32.or (i32.const 2) (i32.shl (local.get $ws) (i32.const 4))))
      (func (export "cb") (param $event i32) (param $index i32) (param $state i32) (result i32)
        (if (i32.eq (local.get $event) (i32.const 6)) (then  ;; cancelled
          (call $join (i32.load offset=4 (call $get)) (i32.const 0))
          (drop (call $cancel-slow (i32.load offset=4 (call $get))))
          (call $drop (i32.load offset=4 (call $get)))
          (call $cancel)
          (return (i32.const 0))))
        (if (i32.ne (local.get $state) (i32.const 2)) (then unreachable))
        (call $drop (local.get $index))
        (if (i32.eq (i32.load (call $get)) (i32.const 13)) (then unreachable))
        (call $return (i32.add (i32.load (call $get)) (i32.const 1)))
        (i32.const 0)))
    (core instance $m (instantiate $M (with "mem" (instance $mem)) (with "" (instance
      (export "slow" (func $slow')) (export "return" (func $return))
      (export "cancel" (func $cancel)) (export "new-set" (func $new-set))
      (export "join" (func $join)) (export "drop" (func $drop))
      (export "cancel-slow" (func $cancel-slow)) (export "get" (func $get))
      (export "set" (func $set))))))
    (core module $Stack
      (import "" "slow" (func $slow (param i32) (result i32)))
      (func (export "g") (param i32) (result i32)
        (i32.add (call $slow (local.get 0)) (i32.const 1))))
    (core instance $stack (instantiate $Stack (with "" (instance
      (export "slow" (func $slow-sync))))))
    (func (export "f") async (param "x" u32) (result u32)
      (canon lift (core func $m "f") async (memory $mem) (callback (core func $m "cb"))))
    (func (export "g") async (param "x" u32) (result u32) (canon lift (core func $stack "g")))
    (func (export "twice") (param "x" u32) (result u32) (canon lift (core func $m "twice"))))
)";

struct World {
  explicit World(std::function<void(ComponentLinkerInstance&)> add = nullptr) {
    ComponentFeatureSet features;
    features.Set(component::Feature::kAsyncStackful, true);
    auto parsed = Component::ParseText(engine, kText, features);
    INFO((parsed ? "" : parsed.error().message()));
    REQUIRE(parsed);
#ifdef TRENAIL_TEST_COMPILED
    static constexpr uint8_t kNoBytes[1] = {};  // only the modules are asked for
    const auto compiled = cli::CompileAotComponent(*parsed, kNoBytes, {});
    if (!compiled) FAIL(compiled.error().message());
    REQUIRE(parsed->Attach(Artefact::FromMemory(compiled->bytes).value()));
    wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
    linker.Root().AsyncFunc("slow", TypedAsyncHost([this](ComponentCompletion<uint32_t> done,
                                                          uint32_t x) -> Result<void> {
                              done.OnCancel([this, x] { cancelled.push_back(x); });
                              waiting.emplace_back(x, std::move(done));
                              return {};
                            }));
    if (add) add(linker.Root());
    component = *std::move(parsed);
    instance = Make();
  }
  ~World() { waiting.clear(); }

  ComponentInstance Make() {
    auto made = linker.Instantiate(*store, *component);
    INFO((made ? "" : made.error().message()));
    REQUIRE(made);
    return *made;
  }
  TypedComponentFunc<uint32_t(uint32_t)> Get(std::string_view name) { return Get(*instance, name); }
  static TypedComponentFunc<uint32_t(uint32_t)> Get(const ComponentInstance& from,
                                                    std::string_view name) {
    return from.GetFunc(name)->Typed<uint32_t(uint32_t)>().value();
  }
  // The host's side of slow(x) that began first.
  ComponentCompletion<uint32_t> Slow(uint32_t x) {
    for (size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].first != x) continue;
      const auto found = waiting[i].second;
      waiting.erase(waiting.begin() + static_cast<ptrdiff_t>(i));
      return found;
    }
    FAIL("slow has not been called");
    return waiting[0].second;
  }
  // Ticks as long as there is something to do.
  Result<void> Drain() {
    for (;;) {
      auto ticked = store->Tick();
      if (!ticked) return std::unexpected(std::move(ticked.error()));
      if (!*ticked) return {};
    }
  }

  Engine engine{MakeInterpreter()};
  ComponentLinker linker{engine};
  std::optional<Component> component;
  std::vector<std::pair<uint32_t, ComponentCompletion<uint32_t>>> waiting;
  std::vector<uint32_t> cancelled;
  std::unique_ptr<ComponentStore> store = std::make_unique<ComponentStore>(engine);
  std::optional<ComponentInstance> instance;
};

// What a callback was told.
struct Told {
  std::vector<std::string> log;
  TypedComponentOnResult<uint32_t> As(std::string name) {
    return [this, name = std::move(name)](Result<uint32_t> result) {
      log.push_back(name + ": " +
                    (result ? std::to_string(*result) : std::string(result.error().message())));
    };
  }
};

std::string MessageOf(const Result<void>& result) {
  return result ? "" : std::string(result.error().message());
}

TEST_CASE("calls in one instance end in the order in which the host resolves them") {
  for (const char* name : {"f", "g"}) {
    World world;
    Told told;
    const auto f = world.Get(name);
    for (const uint32_t x : {1, 2, 3}) REQUIRE(f.Start(x, told.As(std::to_string(x))));
    // What runs on a stack of its own does not let others in.
    const bool together = std::string(name) == "f";
    REQUIRE(world.waiting.size() == (together ? 3 : 1));
    CHECK(world.Drain());
    CHECK(told.log.empty());
    if (together) {
      world.Slow(3).Finish(30u);
      CHECK(told.log.empty());  // only by a tick
      CHECK(world.Drain());
      CHECK(told.log == std::vector<std::string>{"3: 31"});
      world.Slow(1).Finish(10u);
      world.Slow(2).Finish(20u);
    }
    world.store->SetIdle([&]() -> Result<bool> {
      if (world.waiting.empty()) return false;
      const uint32_t x = world.waiting.front().first;
      world.Slow(x).Finish(x * 10);
      return true;
    });
    CHECK(world.store->RunUntil([&] { return told.log.size() == 3; }));
    CHECK(told.log == (together ? std::vector<std::string>{"3: 31", "1: 11", "2: 21"}
                                : std::vector<std::string>{"1: 11", "2: 21", "3: 31"}));
    // Together with one that is waited for.
    REQUIRE(f.Start(4, told.As("4")));
    CHECK(f(5) == 51u);
    CHECK(told.log.back() == "4: 41");
  }
}

TEST_CASE("a callback of a call that has returned at once is called by the next tick") {
  World world;
  Told told;
  const auto twice = world.Get("twice");
  const auto call = twice.Start(4, told.As("twice"));
  REQUIRE(call);
  CHECK(call->done());
  CHECK(told.log.empty());
  CHECK(*world.store->Tick());
  CHECK(told.log == std::vector<std::string>{"twice: 8"});
  CHECK_FALSE(call->result());  // the callback's
  CHECK_FALSE(*world.store->Tick());
  // Its callback may call guests, wait, and begin others.
  std::vector<uint32_t> results;
  REQUIRE(twice.Start(1, [&](Result<uint32_t> first) {
    results.push_back(*twice(*first));
    REQUIRE(twice.Start(results.back(), [&](Result<uint32_t> next) { results.push_back(*next); }));
    REQUIRE(world.store->RunUntil([&] { return results.size() == 2; }));
  }));
  CHECK(*world.store->Tick());
  CHECK(results == std::vector<uint32_t>{4, 8});
  // The dynamic form.
  std::optional<V> value;
  REQUIRE(world.instance->GetFunc("twice")->Start(
      {V::U32(7)}, [&](Result<V> result) { value = *std::move(result); }));
  CHECK(world.Drain());
  CHECK(value == V::U32(14));
  CHECK(!world.instance->GetFunc("twice")->Start(
      {V::String("7")}, [&](Result<V>) { FAIL("the call has not begun"); }));
  CHECK(world.Drain());
}

TEST_CASE("what was posted takes turns with guests") {
  World world;
  const auto f = world.Get("f");
  Told told;
  REQUIRE(f.Start(1, told.As("f")));
  world.Slow(1).Finish(1u);
  // Posts itself for ever.
  const ComponentQueue queue = world.store->queue();
  int posted = 0;
  std::function<void()> again = [&] {
    ++posted;
    queue.Post(again);
  };
  queue.Post(again);
  CHECK(world.store->RunUntil([&] { return !told.log.empty(); }));
  CHECK(posted > 0);
  CHECK(posted < 10);
  world.store.reset();
  queue.Post([] { FAIL("the store has gone"); });
}

TEST_CASE("a call is cancelled, in the end or not at all") {
  World world;
  Told told;
  auto first = world.Get("f").Start(1, told.As("1"));
  auto second = world.Get("f").Start(2, told.As("2"));
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->Cancel());
  CHECK(world.cancelled == std::vector<uint32_t>{1});
  CHECK(first->done());
  CHECK(told.log.empty());
  CHECK(world.Drain());
  CHECK(told.log == std::vector<std::string>{"1: the call has been cancelled"});
  CHECK(first->Cancel());  // nothing is left to cancel
  world.Slow(2).Finish(2u);
  CHECK(world.Drain());
  CHECK(told.log.back() == "2: 3");
  // One that does not look.
  auto deaf = world.Get("g").Start(3, told.As("3"));
  // One that waits for its turn meanwhile, and need not begin.
  auto waits = world.Get("g").Start(4, told.As("4"));
  REQUIRE(deaf);
  REQUIRE(waits);
  CHECK(deaf->Cancel());
  CHECK(waits->Cancel());
  CHECK(world.Drain());
  CHECK(told.log.back() == "4: the call has been cancelled");
  world.Slow(3).Finish(3u);
  CHECK(world.Drain());
  CHECK(told.log.back() == "3: 4");
}

TEST_CASE("a call that is given up is cancelled by the next tick, and nobody is told") {
  World world;
  Told told;
  auto call = world.Get("f").Start(1, told.As("1"));
  REQUIRE(call);
  call->Abandon();
  CHECK(world.cancelled.empty());
  CHECK(world.Drain());
  CHECK(world.cancelled == std::vector<uint32_t>{1});
  // One that has ended already.
  call = world.Get("twice").Start(1, told.As("2"));
  call->Abandon();
  CHECK(world.Drain());
  CHECK(told.log.empty());
  CHECK(world.Get("twice")(1) == 2u);
}

TEST_CASE("a trap ends all calls of its instance and no others") {
  World world;
  Told told;
  const ComponentInstance other = world.Make();
  const auto f = world.Get("f");
  REQUIRE(f.Start(1, told.As("1")));
  REQUIRE(f.Start(2, told.As("2")));
  REQUIRE(World::Get(other, "f").Start(3, told.As("3")));
  world.Slow(1).Finish(13u);
  // Those with callbacks know, so nobody else needs to.
  CHECK(world.Drain());
  REQUIRE(told.log.size() == 2);
  CHECK(told.log[0].starts_with("1: unreachable"));
  CHECK(told.log[1].starts_with("2: unreachable"));
  world.Slow(3).Finish(3u);
  CHECK(world.Drain());
  CHECK(told.log[2] == "3: 4");
  CHECK(f(1).error().message() == "cannot enter component instance");

  // Without a callback whoever runs the store is told, and the handle.
  const ComponentInstance third = world.Make();
  const auto bare = World::Get(third, "f").Start(4);
  REQUIRE(World::Get(third, "f").Start(5, told.As("5")));
  world.Slow(4).Finish(13u);
  CHECK(MessageOf(world.Drain()).starts_with("unreachable"));
  CHECK(bare->done());
  REQUIRE(bare->error() != nullptr);
  CHECK(bare->error()->message().starts_with("unreachable"));
  CHECK(world.Drain());
  CHECK(told.log[3].starts_with("5: unreachable"));
  // A call that waits meanwhile is in an instance of its own.
  const ComponentInstance fourth = world.Make();
  REQUIRE(World::Get(fourth, "f").Start(6, told.As("6")));
  world.store->SetIdle([&]() -> Result<bool> {
    if (world.waiting.empty()) return false;
    const uint32_t x = world.waiting.front().first;
    world.Slow(x).Finish(x == 6 ? 13u : 100u);
    return true;
  });
  CHECK(World::Get(other, "f")(7) == 101u);
  CHECK(told.log[4].starts_with("6: unreachable"));
}

TEST_CASE("a failing call of the host's ends its caller's instance alone") {
  for (const char* name : {"f", "g"}) {
    World world;
    Told told;
    const ComponentInstance other = world.Make();
    REQUIRE(world.Get(name).Start(1, told.As("1")));
    REQUIRE(world.Get(name).Start(2, told.As("2")));
    REQUIRE(World::Get(other, name).Start(3, told.As("3")));
    world.Slow(1).Fail(Error(ErrorKind::kHost, "the cable is cut"));
    world.Slow(3).Finish(3u);
    CHECK(world.Drain());
    CHECK(told.log.size() == 3);
    CHECK(std::ranges::count(told.log, "1: the cable is cut") == 1);
    CHECK(std::ranges::count(told.log, "2: the cable is cut") == 1);
    CHECK(std::ranges::count(told.log, "3: 4") == 1);
    // All of it, once: the calls go on.
    REQUIRE(World::Get(other, name).Start(4, told.As("4")));
    world.store->Fail(Error(ErrorKind::kInterrupted, "enough"));
    CHECK(MessageOf(world.store->RunUntil([&] { return told.log.size() == 4; })) == "enough");
    world.Slow(4).Finish(4u);
    CHECK(world.Drain());
    CHECK(told.log.back() == "4: 5");
  }
}

TEST_CASE("a failure that some other call got ends those that wait") {
  World world;
  Told told;
  REQUIRE(world.Get("f").Start(1, told.As("1")));
  // By the host function, in the middle of the call: an error of Start.
  world.linker.Root().AsyncFunc("slow", [](ComponentAsyncCall call) -> Result<void> {
    call.Fail(Error(ErrorKind::kHost, "failed at once"));
    return {};
  });
  const ComponentInstance other = world.Make();
  Told never;
  auto failed = World::Get(other, "f").Start(2, never.As("2"));
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message() == "failed at once");
  CHECK(world.Drain());
  CHECK(told.log.empty());  // another instance's
  CHECK(never.log.empty());
  world.Slow(1).Finish(1u);
  CHECK(world.Drain());
  CHECK(told.log == std::vector<std::string>{"1: 2"});
}

TEST_CASE("calls end with their store, untold") {
  World world;
  Told told;
  const auto held = std::make_shared<int>(1);
  auto call = world.Get("f").Start(
      1, [held, log = told.As("1")](Result<uint32_t> result) { log(std::move(result)); });
  REQUIRE(world.Get("g").Start(2, told.As("2")));
  REQUIRE(world.Get("twice").Start(
      3, [held, log = told.As("3")](Result<uint32_t> result) { log(std::move(result)); }));
  CHECK(held.use_count() == 3);
  const auto slow = world.Slow(1);
  world.store.reset();
  CHECK(told.log.empty());
  CHECK(held.use_count() == 1);
  CHECK_FALSE(call->done());
  CHECK_FALSE(slow.pending());
  CHECK(slow.Return(1));
  CHECK(call->Cancel());
  call->Abandon();
}

TEST_CASE("a callback destroys the store") {
  World world;
  REQUIRE(world.Get("twice").Start(1, [&](Result<uint32_t> result) {
    CHECK(result == 2u);
    world.store.reset();
  }));
  ComponentStore& store = *world.store;
  CHECK(MessageOf(store.RunUntil([] { return false; })) ==
        "the store was destroyed while it was in use");
}

// ---- coroutines

using Sum = ComponentTask<Result<uint32_t>>;

// Both calls under way, awaited in order.
Sum AddBoth(TypedComponentFunc<uint32_t(uint32_t)> f, uint32_t a, uint32_t b) {
  auto first = f.Async(a), second = f.Async(b);
  const Result<uint32_t> x = co_await first;
  if (!x) co_return std::unexpected(Error(x.error().kind(), x.error().message()));
  Result<uint32_t> y = co_await second;
  if (!y) co_return std::unexpected(std::move(y.error()));
  co_return *x + *y;
}

TEST_CASE("coroutines await calls of guests") {
  World world;
  const auto f = world.Get("f");
  Sum sum = AddBoth(f, 1, 2);
  REQUIRE(world.waiting.size() == 2);
  CHECK_FALSE(sum.done());
  world.Slow(2).Finish(20u);
  CHECK(world.Drain());
  CHECK_FALSE(sum.done());
  world.Slow(1).Finish(10u);
  CHECK(world.Drain());
  REQUIRE(sum.done());
  CHECK(sum.Take() == 32u);

  // One that awaits others, and calls guests where it goes on.
  world.store->SetIdle([&]() -> Result<bool> {
    if (world.waiting.empty()) return false;
    world.Slow(world.waiting.front().first).Finish(5u);
    return true;
  });
  const auto twice = world.Get("twice");
  const auto all = [&]() -> ComponentTask<uint32_t> {
    auto one = AddBoth(f, 1, 2), two = AddBoth(f, 3, 4);
    const uint32_t b = *co_await two, a = *co_await one;
    const uint32_t c = *twice(a);
    const std::vector<V> args(1, V::U32(c));
    const Result<V> d = co_await world.instance->GetFunc("twice")->Async(args);
    co_return b + d->u32();
  };
  CHECK(RunTask(*world.store, all()) == 60u);
  CHECK(RunTask(*world.store, AddBoth(f, 1, 2)) == 12u);
  // Errors, of Start and of the call.
  world.store->SetIdle([&]() -> Result<bool> {
    world.Slow(world.waiting.front().first).Finish(13u);
    return true;
  });
  CHECK(RunTask(*world.store, AddBoth(f, 1, 2)).error().message().starts_with("unreachable"));
  CHECK(RunTask(*world.store, AddBoth(f, 1, 2)).error().message() ==
        "cannot enter component instance");
}

TEST_CASE("a coroutine that goes gives its calls up") {
  World world;
  {
    const Sum sum = AddBoth(world.Get("f"), 1, 2);
    CHECK(world.waiting.size() == 2);
  }
  CHECK(world.Drain());
  CHECK(world.cancelled == std::vector<uint32_t>{2, 1});
  // With the store gone first.
  world.waiting.clear();
  const Sum sum = AddBoth(world.Get("f"), 3, 4);
  world.store.reset();
  CHECK_FALSE(sum.done());
}

TEST_CASE("a task can be told of, and throws into its result") {
  World world;
  const ComponentEvent<int> event;
  const auto wait = [](ComponentEvent<int> on) -> ComponentTask<Result<int>> {
    const int value = co_await on;
    if (value < 0) throw std::runtime_error("negative");
    co_return value;
  };
  std::optional<ComponentTask<Result<int>>> task(wait(event));
  std::optional<Result<int>> result;
  task->OnDone([&] {
    result = task->Take();
    task.reset();
  });
  event.Set(3);
  REQUIRE(result.has_value());
  CHECK(*result == 3);
  auto thrown = wait(event);
  event.Set(-1);
  CHECK(thrown.Take().error().message() == "negative");
  const auto nothing = [](ComponentEvent<int> on) -> ComponentTask<> { co_await on; };
  auto done = nothing(event);
  event.Set(1, world.store->queue());
  CHECK_FALSE(done.done());
  CHECK(RunTask(*world.store, std::move(done)));
}

// A coroutine type of a program's own.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

TEST_CASE("calls are awaited in coroutines of the program's own") {
  World world;
  std::vector<uint32_t> results;
  const auto run = [](TypedComponentFunc<uint32_t(uint32_t)> f, uint32_t x,
                      std::vector<uint32_t>& out) -> Detached {
    const Result<uint32_t> result = co_await f.Async(x);
    out.push_back(*result);
  };
  for (const uint32_t x : {1, 2, 3}) run(world.Get("f"), x, results);
  world.Slow(2).Finish(2u);
  CHECK(world.Drain());
  world.Slow(3).Finish(3u);
  CHECK(world.Drain());
  world.Slow(1).Finish(1u);
  CHECK(world.Drain());
  CHECK(results == std::vector<uint32_t>{3, 4, 2});
}

TEST_CASE("host functions are coroutines") {
  std::vector<ComponentEvent<uint32_t>> events;
  int destroyed = 0;
  struct Counter {
    int& count;
    ~Counter() { ++count; }
  };
  World world([&](ComponentLinkerInstance& root) {
    root.AsyncFunc("slow", TypedTaskHost([&](uint32_t x) -> ComponentTask<Result<uint32_t>> {
                     const Counter counter(destroyed);
                     if (x == 0) co_return 100;
                     if (x == 1) throw std::runtime_error("thrown at once");
                     const uint32_t more = co_await events.emplace_back();
                     if (more == 0) throw std::runtime_error("thrown later");
                     co_return x + more;
                   }));
  });
  Told told;
  const auto f = world.Get("f");
  REQUIRE(f.Start(0, told.As("0")));
  for (const uint32_t x : {2, 3, 4}) REQUIRE(f.Start(x, told.As(std::to_string(x))));
  CHECK(world.Drain());
  CHECK(told.log == std::vector<std::string>{"0: 101"});
  CHECK(destroyed == 1);
  events[1].Set(20);
  CHECK(destroyed == 2);
  CHECK(world.Drain());
  CHECK(told.log.back() == "3: 24");
  // Given up by its caller.
  auto cancelled = f.Start(5, told.As("5"));
  CHECK(cancelled->Cancel());
  CHECK(world.Drain());
  CHECK(destroyed == 3);
  CHECK(told.log.back() == "5: the call has been cancelled");
  events[0].Set(0);
  CHECK(world.Drain());
  CHECK(std::ranges::count(told.log, "2: thrown later") == 1);
  CHECK(std::ranges::count(told.log, "4: thrown later") == 1);
  const ComponentInstance other = world.Make();
  CHECK(World::Get(other, "f")(1).error().message() == "thrown at once");
  // With the store.
  const ComponentInstance third = world.Make();
  REQUIRE(World::Get(third, "g").Start(6, told.As("6")));
  const int before = destroyed;
  world.store.reset();
  CHECK(destroyed == before + 2);  // and of 4, which nobody has resumed
}

TEST_CASE("host coroutines know their store's queue, or what it tells its host functions by") {
  struct Host {
    uint32_t offset;
  };
  for (const bool by_queue : {false, true}) {
    World world([&](ComponentLinkerInstance& root) {
      if (by_queue)
        root.AsyncFunc("slow", TypedTaskHost([](ComponentQueue& queue,
                                                const uint32_t& x) -> ComponentTask<uint32_t> {
                         const ComponentEvent<uint32_t> next;
                         next.Set(5, queue);
                         co_return x + co_await next;
                       }));
      else
        root.AsyncFunc("slow", TypedTaskHost([](Host& host, uint32_t x) -> ComponentTask<uint32_t> {
                         co_return x + host.offset;
                       }));
    });
    Host host{7};
    world.store->SetHostData(&host);
    CHECK(world.Get("f")(1) == (by_queue ? 7u : 9u));
    CHECK(world.Get("g")(1) == (by_queue ? 7u : 9u));
  }
}

}  // namespace
}  // namespace trenail
