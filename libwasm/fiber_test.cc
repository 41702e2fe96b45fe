// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guest code on several stacks: built once for the interpreter and, where there is a compiler, once
// more for compiled code.

#include "libwasm/fiber.h"

#include <sys/resource.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "interp/interp.h"
#ifdef TRENAIL_TEST_COMPILED
#include "cli/aot_library.h"
#include "libwasm/native/signals.h"
#endif

namespace trenail {
namespace {

constexpr std::string_view kText = R"((module $guest
  (import "host" "wait" (func $wait (param i32) (result i32)))
  (type $cell (struct (field i32)))
  (tag $tag (param i32))
  ;; wait(n) + wait(n - 1) + … + wait(1)
  (func $sum (export "sum") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (if (local.get $n)
        (then
          (local.set $sum (i32.add (call $wait (local.get $n)) (local.get $sum)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $next))))
    (local.get $sum))
  (func $deep (export "deep") (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (call $wait (i32.const 7)))
      (else (i32.add (i32.const 1) (call $deep (i32.sub (local.get $n) (i32.const 1)))))))
  (func $endless (export "endless") (param i32) (result i32)
    (i32.add (i32.const 1) (call $endless (local.get 0))))
  (func $loop (export "loop") (param i32) (result i32)
    (drop (call $wait (i32.const 1)))
    (loop $forever (br $forever))
    (i32.const 0))
  ;; Only this stack refers to the cell while it waits.
  (func $keep (export "keep") (param $n i32) (result i32) (local $cell (ref null $cell))
    (local.set $cell (struct.new $cell (local.get $n)))
    (drop (call $wait (local.get $n)))
    (struct.get $cell 0 (local.get $cell)))
  (func $litter (export "litter") (param $n i32) (result i32) (local $cell (ref null $cell))
    (loop $next
      (local.set $cell (struct.new $cell (i32.const -1)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (struct.get $cell 0 (local.get $cell)))
  (func $crash (export "crash") (param i32) (result i32)
    (drop (call $wait (local.get 0)))
    (unreachable))
  (func $throw (export "throw") (param i32) (result i32)
    (drop (call $wait (local.get 0)))
    (throw $tag (local.get 0)))
  ;; 1000 if the call of the host throws
  (func $guarded (export "guarded") (param i32) (result i32)
    (block $caught
      (return (block (result i32)
        (try_table (result i32) (catch_all $caught) (call $wait (local.get 0))))))
    (i32.const 1000))
  (func $self (export "self") (param i32) (result i32)
    (block $caught (result i32)
      (return (try_table (result i32) (catch $tag $caught) (call $throw (local.get 0)))))))
)";

const std::vector<uint8_t>& Bytes() {
  static const std::vector<uint8_t> bytes = ParseText(kText).value();
  return bytes;
}

Module LoadModule(const Engine& engine) {
  Module module = Module::Parse(engine, Bytes()).value();
#ifdef TRENAIL_TEST_COMPILED
  static const Artefact artefact = [] {
    auto compiled = cli::CompileAot(Bytes(), {.interruptible = true});
    if (!compiled) FAIL(compiled.error().message());
    return Artefact::FromMemory(compiled->bytes).value();
  }();
  REQUIRE(module.Attach(artefact).has_value());
  wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
  return module;
}

// A store with one instance, whose host function does what the test says.
struct World {
  using Wait = std::function<Result<int32_t>(int32_t)>;
  Engine engine{MakeInterpreter()};
  Store store;
  Wait wait = [this](int32_t n) -> Result<int32_t> {
    TRY_VOID(Fiber::Suspend(store));
    return n;
  };
  std::optional<Instance> instance;

  explicit World(const StoreLimits& limits = {}) : store(engine, limits) {
    const Extern import =
        Func::Wrap(store, [this](int32_t n) -> Result<int32_t> { return wait(n); }, "wait");
    instance = store.Instantiate(LoadModule(engine), {&import, 1}).value();
  }
  Result<int32_t> Call(std::string_view name, int32_t n) {
    return instance->GetFunc(name)->Typed<int32_t(int32_t)>().value()(n);
  }
};

// A call on a fiber of its own.
struct Task {
  std::unique_ptr<Result<int32_t>> result = std::make_unique<Result<int32_t>>(-1);
  Fiber fiber;

  Task(World& world, std::string_view name, int32_t n, const FiberOptions& options = {})
      : fiber(Fiber::Create(
                  world.store,
                  [&world, name, n, out = result.get()] { *out = world.Call(name, n); }, options)
                  .value()) {}
  bool Resume() {
    REQUIRE(fiber.Resume().has_value());
    return !fiber.finished();
  }
  int32_t value() const {
    REQUIRE(result->has_value());
    return **result;
  }
};

std::vector<std::string> NamesOf(const Error& error) {
  std::vector<std::string> names;
  for (const TraceFrame& frame : error.trace()) names.push_back(frame.function_name);
  return names;
}
using Names = std::vector<std::string>;

TEST_CASE("a call is suspended in a host function and goes on") {
  World world;
  Task task(world, "sum", 3);
  CHECK(!task.fiber.finished());
  CHECK(!Fiber::IsRunningIn(world.store));
  for (int i = 0; i < 3; ++i) CHECK(task.Resume());
  CHECK(!task.Resume());
  CHECK(task.value() == 6);
}

TEST_CASE("calls take turns, at any depth") {
  World world;
  Task a(world, "sum", 100);
  Task b(world, "deep", 50);
  Task c(world, "sum", 1000);
  CHECK(b.Resume());
  for (int i = 0; i < 50; ++i) {
    CHECK(a.Resume());
    CHECK(c.Resume());
  }
  CHECK(!b.Resume());
  CHECK(b.value() == 57);
  while (a.Resume()) c.Resume();
  CHECK(a.value() == 5050);
  // What is on no fiber runs in between.
  world.wait = [](int32_t n) -> Result<int32_t> { return 2 * n; };
  CHECK(world.Call("sum", 4).value() == 20);
  CHECK(!c.Resume());
  CHECK(c.value() > 500500);
}

TEST_CASE("fibers resume fibers") {
  World world;
  std::optional<Task> inner;
  std::vector<std::string> events;
  world.wait = [&](int32_t n) -> Result<int32_t> {
    CHECK(Fiber::IsRunningIn(world.store));
    events.push_back("wait " + std::to_string(n));
    if (n == 2) {
      // Suspends the inner one alone.
      inner.emplace(world, "sum", 1);
      CHECK(inner->Resume());
      events.push_back("back");
      CHECK(!inner->Resume());
      return inner->value() + 10;
    }
    TRY_VOID(Fiber::Suspend(world.store));
    events.push_back("on " + std::to_string(n));
    return n;
  };
  Task outer(world, "sum", 2);
  CHECK(outer.Resume());
  CHECK(!outer.Resume());
  CHECK(outer.value() == 12);
  CHECK(events == std::vector<std::string>{"wait 2", "wait 1", "back", "on 1", "wait 1", "on 1"});
}

TEST_CASE("all fibers within each other are suspended at once") {
  World world;
  bool all = true;
  int waits = 0;
  std::optional<Fiber> inner;
  Result<int32_t> inner_result = -1;
  world.wait = [&](int32_t n) -> Result<int32_t> {
    ++waits;
    TRY_VOID(all ? Fiber::SuspendAll(world.store) : Fiber::Suspend(world.store));
    return n;
  };
  Result<int32_t> outer_result = -1;
  auto outer = Fiber::Create(world.store, [&] {
    inner.emplace(Fiber::Create(world.store, [&] { inner_result = world.Call("sum", 2); }).value());
    while (!inner->finished()) REQUIRE(inner->Resume().has_value());
    outer_result = world.Call("keep", 30);
  });
  REQUIRE(outer->Resume().has_value());  // the inner one waits, and the outer one with it
  CHECK(waits == 1);
  CHECK_FALSE(outer->finished());
  CHECK_FALSE(inner->finished());
  // Another one of the store has its turn meanwhile; what waits stays alive.
  CHECK(world.Call("litter", 100'000).value() == -1);
  world.wait = [](int32_t n) -> Result<int32_t> { return n; };
  CHECK(world.Call("sum", 3).value() == 6);
  world.wait = [&](int32_t n) -> Result<int32_t> {
    ++waits;
    TRY_VOID(all ? Fiber::SuspendAll(world.store) : Fiber::Suspend(world.store));
    return n;
  };
  REQUIRE(outer->Resume().has_value());
  CHECK(waits == 2);
  all = false;  // now the inner one alone, which the outer one resumes at once
  REQUIRE(outer->Resume().has_value());
  CHECK(inner->finished());
  CHECK(*inner_result == 3);
  CHECK(waits == 3);
  REQUIRE(outer->Resume().has_value());
  CHECK(outer->finished());
  CHECK(*outer_result == 30);

  SECTION("destroyed while suspended within") {
    all = true;
    auto unfinished = Fiber::Create(world.store, [&] {
      inner.emplace(
          Fiber::Create(world.store, [&] { inner_result = world.Call("sum", 2); }).value());
      (void)inner->Resume();
    });
    REQUIRE(unfinished->Resume().has_value());
    unfinished = std::unexpected(Error(ErrorKind::kHost, "gone"));
    CHECK_FALSE(inner_result.has_value());
  }
}

TEST_CASE("endless recursion ends on a fiber as elsewhere") {
  World world;
  for (int i = 0; i < 3; ++i) {
    Task waiting(world, "sum", 1);
    CHECK(waiting.Resume());
    Task task(world, "endless", 1);
    CHECK(!task.Resume());
    REQUIRE(!task.result->has_value());
    CHECK(task.result->error().kind() == ErrorKind::kExhausted);
    CHECK(task.result->error().message() == "call stack exhausted");
    CHECK(task.result->error().trace().size() == 64);
    CHECK(!waiting.Resume());
    CHECK(waiting.value() == 1);
    CHECK(world.Call("endless", 1).error().message() == "call stack exhausted");
  }
  // As deep as there is room: the first stack is larger than a fiber's.
  world.wait = [](int32_t n) -> Result<int32_t> { return n; };
  CHECK(world.Call("deep", 8000).has_value());
  Task small(world, "deep", 8000, {.native_stack_bytes = 4096, .guest_stack_bytes = 16384});
  CHECK(!small.Resume());
  CHECK(!small.result->has_value());
  Task large(world, "deep", 8000, {.native_stack_bytes = 8 << 20, .guest_stack_bytes = 8 << 20});
  CHECK(!large.Resume());
  CHECK(large.value() == 8007);
}

TEST_CASE("recursion through the host ends") {
  World world;
  int depth = 0;
  world.wait = [&](int32_t n) {
    ++depth;
    return world.Call("sum", n);
  };
  Task task(world, "sum", 1);
  CHECK(!task.Resume());
  REQUIRE(!task.result->has_value());
  CHECK(task.result->error().kind() == ErrorKind::kExhausted);
  CHECK(depth > 10);
}

TEST_CASE("what suspended stacks refer to stays alive") {
  World world;
  std::vector<Task> tasks;
  for (int i = 0; i < 20; ++i) tasks.emplace_back(world, "keep", i);
  for (Task& task : tasks) CHECK(task.Resume());
  CHECK(world.Call("litter", 200'000).value() == -1);
  world.store.CollectGarbage();
  CHECK(world.Call("litter", 1000).value() == -1);
  for (Task& task : tasks) CHECK(!task.Resume());
  for (int i = 0; i < 20; ++i) CHECK(tasks[i].value() == i);
}

TEST_CASE("what the stacks of those who wait for a fiber refer to stays alive") {
  World world;
  // Each keeps a cell and has the next one run; the last one cleans up and writes over what it can.
  world.wait = [&](int32_t n) -> Result<int32_t> {
    if (n == 0) {
      world.store.CollectGarbage();
      return world.Call("litter", 1000);
    }
    Task next(world, "keep", n - 1);
    CHECK(!next.Resume());
    return std::move(*next.result);
  };
  CHECK(world.Call("keep", 10).value() == 10);
  Task task(world, "keep", 10);
  CHECK(!task.Resume());
  CHECK(task.value() == 10);
}

TEST_CASE("a trap ends the fiber's call and nothing else") {
  World world;
  std::optional<Task> crash;
  world.wait = [&](int32_t n) -> Result<int32_t> {
    if (n == 5) {
      crash.emplace(world, "crash", 6);
      CHECK(crash->Resume());
      CHECK(!crash->Resume());
      return 50;
    }
    TRY_VOID(Fiber::Suspend(world.store));
    return n;
  };
  Task other(world, "sum", 1);
  CHECK(other.Resume());
  CHECK(world.Call("guarded", 5).value() == 50);
  REQUIRE(!crash->result->has_value());
  CHECK(crash->result->error().message() == "unreachable");
  CHECK(NamesOf(crash->result->error()) == Names{"crash"});
  CHECK(!other.Resume());
  CHECK(other.value() == 1);
}

TEST_CASE("an error of the host ends the fiber's call, with its trace") {
  World world;
  world.wait = [&](int32_t) -> Result<int32_t> {
    TRY_VOID(Fiber::Suspend(world.store));
    return std::unexpected(Error(ErrorKind::kHost, "no"));
  };
  Task task(world, "deep", 2);
  CHECK(task.Resume());
  CHECK(!task.Resume());
  CHECK(task.result->error().message() == "no");
  const Names names = NamesOf(task.result->error());
  REQUIRE(names.size() >= 3);  // compiled code may have a function of its own around the import
  CHECK(Names(names.end() - 3, names.end()) == Names{"deep", "deep", "deep"});
}

TEST_CASE("exceptions are caught on their own stack only") {
  World world;
  std::optional<Task> inner;
  world.wait = [&](int32_t n) -> Result<int32_t> {
    if (n != 5) {
      TRY_VOID(Fiber::Suspend(world.store));
      return n;
    }
    inner.emplace(world, "throw", 6);
    CHECK(inner->Resume());
    CHECK(!inner->Resume());
    return 50;
  };
  Task caught(world, "self", 33);
  CHECK(caught.Resume());
  CHECK(world.Call("guarded", 5).value() == 50);
  CHECK(inner->result->error().kind() == ErrorKind::kException);
  CHECK(NamesOf(inner->result->error()) == Names{"throw"});
  CHECK(!caught.Resume());
  CHECK(caught.value() == 33);
}

TEST_CASE("interruption reaches the code on a fiber") {
  World world;
  Task task(world, "loop", 0);
  Task spared(world, "loop", 0);
  CHECK(task.Resume());
  CHECK(spared.Resume());
  std::thread watch([&world] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    world.store.Interrupt();
  });
  CHECK(!task.Resume());
  watch.join();
  CHECK(task.result->error().kind() == ErrorKind::kInterrupted);
  CHECK(NamesOf(task.result->error()) == Names{"loop"});
  // It sticks.
  CHECK(!spared.Resume());
  CHECK(spared.result->error().kind() == ErrorKind::kInterrupted);
  world.store.ClearInterrupt();
  Task after(world, "sum", 1);
  CHECK(after.Resume());
  CHECK(!after.Resume());
  CHECK(after.value() == 1);
}

TEST_CASE("a destroyed fiber is unwound without running the guest") {
  World world;
  auto owned = std::make_shared<int>(0);
  int calls = 0;
  bool ignore = false;
  std::optional<Error> failure;
  world.wait = [&](int32_t n) -> Result<int32_t> {
    ++calls;
    const std::shared_ptr<int> held = owned;
    auto suspended = Fiber::Suspend(world.store);
    if (suspended.has_value()) return n;
    failure = std::move(suspended.error());
    // Nothing that it tries makes the guest run.
    CHECK(world.Call("litter", 1).error().kind() == ErrorKind::kInterrupted);
    CHECK(!Fiber::Suspend(world.store).has_value());
    if (ignore) return n;
    return std::unexpected(Error(ErrorKind::kHost, "unwound"));
  };
  for (int i = 0; i < 2; ++i) {
    ignore = i == 1;
    calls = 0;
    {
      Task task(world, "sum", 5);
      Task started(world, "sum", 1);
      for (int turn = 0; turn < 3; ++turn) CHECK(task.Resume());
      CHECK(owned.use_count() == 2);
    }
    CHECK(owned.use_count() == 1);
    CHECK(calls == 3);
    CHECK(failure->kind() == ErrorKind::kInterrupted);
  }
  // An exception cannot be caught by the guest that is no more.
  world.wait = [&](int32_t) -> Result<int32_t> {
    (void)Fiber::Suspend(world.store);
    return std::unexpected(Error(ErrorKind::kException, "thrown"));
  };
  {
    Task task(world, "guarded", 1);
    CHECK(task.Resume());
  }
  world.wait = [](int32_t n) -> Result<int32_t> { return n; };
  CHECK(world.Call("sum", 3).value() == 6);
}

TEST_CASE("fibers within a fiber that is destroyed") {
  World world;
  auto owned = std::make_shared<int>(0);
  world.wait = [&](int32_t n) -> Result<int32_t> {
    const std::shared_ptr<int> held = owned;
    std::optional<Task> inner;
    if (n > 1) {
      inner.emplace(world, "sum", n - 1);
      CHECK(inner->Resume());
    }
    TRY_VOID(Fiber::Suspend(world.store));
    return n;
  };
  {
    Task task(world, "sum", 5);
    CHECK(task.Resume());
    CHECK(owned.use_count() == 6);
  }
  CHECK(owned.use_count() == 1);
}

TEST_CASE("the store goes before its fibers") {
  auto world = std::make_unique<World>();
  auto owned = std::make_shared<int>(0);
  world->wait = [&owned, &store = world->store](int32_t n) -> Result<int32_t> {
    const std::shared_ptr<int> held = owned;
    TRY_VOID(Fiber::Suspend(store));
    return n;
  };
  Task suspended(*world, "sum", 1);
  Task fresh(*world, "sum", 1);
  CHECK(suspended.Resume());
  CHECK(owned.use_count() == 2);
  world.reset();
  CHECK(owned.use_count() == 1);
  CHECK(suspended.fiber.finished());
  CHECK(fresh.fiber.finished());
  CHECK(!fresh.fiber.Resume().has_value());
}

TEST_CASE("misuse is an error") {
  World world;
  World other;
  CHECK(!Fiber::Suspend(world.store).has_value());
  std::optional<Fiber> self;
  int checked = 0;
  self = Fiber::Create(world.store, [&] {
           CHECK(!self->Resume().has_value());
           CHECK(!Fiber::Suspend(other.store).has_value());
           // The handle may move while it runs.
           Fiber moved = std::move(*self);
           *self = std::move(moved);
           ++checked;
         }).value();
  CHECK(self->Resume().has_value());
  CHECK(self->finished());
  CHECK(checked == 1);
  CHECK(!self->Resume().has_value());

  Task task(world, "sum", 1);
  CHECK(task.Resume());
  std::thread([&] {
    const auto result = task.fiber.Resume();
    REQUIRE(!result.has_value());
    CHECK(result.error().kind() == ErrorKind::kHost);
  }).join();
  CHECK(!task.Resume());

  CHECK(!Fiber::Create(world.store, [] {}, {.native_stack_bytes = size_t{1} << 40}).has_value());
  CHECK(!Fiber::Create(world.store, [] {}, {.guest_stack_bytes = size_t{1} << 40}).has_value());
}

TEST_CASE("a fiber runs on any thread that has the store") {
  World world;
  std::thread([&] {
    Task task(world, "sum", 2);
    Task endless(world, "endless", 2);
    CHECK(task.Resume());
    CHECK(!endless.Resume());
    CHECK(endless.result->error().kind() == ErrorKind::kExhausted);
    CHECK(task.Resume());
    CHECK(!task.Resume());
    CHECK(task.value() == 3);
  }).join();
  // Dropped, not unwound; the captures of the body are destroyed all the same.
  auto owned = std::make_shared<int>(0);
  std::optional<Fiber> fiber;
  fiber = Fiber::Create(world.store, [&world, owned] { (void)world.Call("sum", 1); }).value();
  std::thread([&] { CHECK(fiber->Resume().has_value()); }).join();
  CHECK(owned.use_count() == 2);
  fiber.reset();
  CHECK(owned.use_count() == 1);
  Task task(world, "sum", 1);
  CHECK(task.Resume());
  CHECK(!task.Resume());
}

TEST_CASE("fibers of two stores within each other") {
  World a;
  World b;
  std::optional<Task> inner;
  a.wait = [&](int32_t n) -> Result<int32_t> {
    inner.emplace(b, "sum", n);
    CHECK(inner->Resume());
    CHECK(b.Call("endless", 1).error().kind() == ErrorKind::kExhausted);
    TRY_VOID(Fiber::Suspend(a.store));
    CHECK(!inner->Resume());
    return std::move(*inner->result);
  };
  Task outer(a, "sum", 1);
  CHECK(outer.Resume());
  CHECK(b.Call("litter", 10).value() == -1);
  CHECK(!outer.Resume());
  CHECK(outer.value() == 1);
}

TEST_CASE("many fibers take little memory") {
  auto peak_kilobytes = [] {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  World world(StoreLimits{.max_fibers = 500});
  {
    Task warm(world, "sum", 1);
    while (warm.Resume()) continue;
  }
  const long before = peak_kilobytes();
  for (int i = 0; i < 10'000; ++i) {
    Task task(world, "sum", 1);
    task.Resume();
    task.Resume();
    REQUIRE(task.value() == 1);
  }
  CHECK(peak_kilobytes() - before < 16 * 1024);
  // At the same time: up to the limit.
  for (int round = 0; round < 3; ++round) {
    std::vector<Task> tasks;
    for (int i = 0; i < 500; ++i) tasks.emplace_back(world, "sum", 1).Resume();
    const auto more = Fiber::Create(world.store, [] {});
    REQUIRE(!more.has_value());
    CHECK(more.error().kind() == ErrorKind::kExhausted);
    for (Task& task : tasks) task.Resume();
    for (Task& task : tasks) REQUIRE(task.value() == 1);
  }
}

}  // namespace
}  // namespace trenail
