// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What host functions may do wrong, or only boldly: fail, throw, call the guest again without end,
// destroy the store that called them. All of it has a defined result. With TRENAIL_TEST_COMPILED
// the guest is compiled first.

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "interp/interp.h"
#include "libwasm/fiber.h"
#include "libwasm/libwasm.h"

#ifdef TRENAIL_TEST_COMPILED
#include "cli/aot_library.h"
#include "libwasm/native/signals.h"
#endif

namespace trenail {
namespace {

// A guest that counts in its memory how often it has gone on behind a call of the host.
constexpr std::string_view kText = R"((module
  (import "host" "call" (func $host (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "guest") (param i32) (result i32) (local $result i32)
    (local.set $result (call $host (local.get 0)))
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    (local.get $result))))";

struct World {
  using Host = std::function<Result<int32_t>(int32_t)>;

  World() : engine(MakeInterpreter()), module(Compile()) {}

  Module Compile() {
    const auto bytes = ParseText(kText).value();
    Module parsed = Module::Parse(engine, bytes).value();
#ifdef TRENAIL_TEST_COMPILED
    const auto compiled = cli::CompileAot(bytes, {});
    if (!compiled) FAIL(compiled.error().message());
    REQUIRE(parsed.Attach(Artefact::FromMemory(compiled->bytes).value()).has_value());
    wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
    return parsed;
  }
  void Instantiate(const Extern& host) {
    instance = store->Instantiate(module, std::vector<Extern>{host}).value();
    guest = instance->GetFunc("guest")->Typed<int32_t(int32_t)>().value();
  }
  template <typename F>
  void Start(F host) {
    store.emplace(engine);
    Instantiate(Func::Wrap(*store, std::move(host), "call"));
  }
  int32_t gone_on() const {
    int32_t count;
    std::memcpy(&count, instance->GetMemory("memory")->data().data(), 4);
    return count;
  }

  Engine engine;
  Module module;
  std::optional<Store> store;
  std::optional<Instance> instance;
  std::optional<TypedFunc<int32_t(int32_t)>> guest;
};

// An error that the call gives back, after which the guest is as good as before.
void CheckFails(World& world, ErrorKind kind, std::string_view message) {
  const int32_t before = world.gone_on();
  const Result<int32_t> result = (*world.guest)(1);
  REQUIRE(!result);
  CHECK(result.error().kind() == kind);
  CHECK(result.error().message() == message);
  CHECK(result.error().trace().size() == 1);
  CHECK(world.gone_on() == before);
  CHECK((*world.guest)(0) == 0);
  CHECK(world.gone_on() == before + 1);
}

TEST_CASE("the error of a host function ends its guest") {
  World world;
  world.Start([](int32_t n) -> Result<int32_t> {
    if (n == 0) return 0;
    return std::unexpected(Error(ErrorKind::kHost, "it did not work"));
  });
  CheckFails(world, ErrorKind::kHost, "it did not work");
}

TEST_CASE("what a host function throws is an error") {
  World world;
  world.Start([](int32_t n) -> int32_t {
    if (n != 0) throw std::runtime_error("thrown by a typed function");
    return 0;
  });
  CheckFails(world, ErrorKind::kHost, "thrown by a typed function");

  world.Start([](Caller&, int32_t n) -> Result<int32_t> {
    if (n != 0) throw 42;
    return 0;
  });
  CheckFails(world, ErrorKind::kHost, "a host function has thrown what is no std::exception");

  world.Start([](int32_t n) -> Result<int32_t> {
    if (n != 0) throw Error(ErrorKind::kInterrupted, "an error of our own");
    return 0;
  });
  CheckFails(world, ErrorKind::kInterrupted, "an error of our own");

  // A destructor on the way is run.
  bool destroyed = false;
  struct Mark {
    bool& destroyed;
    ~Mark() { destroyed = true; }
  };
  const FuncType type{{ValType::kI32}, {ValType::kI32}};
  world.store.emplace(world.engine);
  world.Instantiate(
      Func::Host(*world.store, type,
                 [&](Caller&, std::span<const Value> args, std::span<Value>) -> Result<void> {
                   const Mark mark{destroyed};
                   if (args[0].i32() != 0) throw std::logic_error("thrown by an untyped one");
                   return {};
                 }));
  CheckFails(world, ErrorKind::kHost, "thrown by an untyped one");
  CHECK(destroyed);

  world.store.emplace(world.engine);
  world.Instantiate(Func::HostRaw(*world.store, type, [](Caller&, uint64_t* slots) -> Result<void> {
    if (slots[0] != 0) throw std::out_of_range("thrown by a raw one");
    return {};
  }));
  CheckFails(world, ErrorKind::kHost, "thrown by a raw one");
}

int32_t ThrowingFunction(int32_t n) {
  if (n != 0) throw std::runtime_error("thrown by a function");
  return 0;
}

TEST_CASE("functions that are no lambdas, and std::functions, may throw, too") {
  World world;
  world.Start(&ThrowingFunction);
  CheckFails(world, ErrorKind::kHost, "thrown by a function");
  world.store.emplace(world.engine);
  Linker linker(*world.store);
  const std::function<int32_t(int32_t)> function = ThrowingFunction;
  linker.Func("host", "call", function);
  world.Instantiate(*linker.Get("host", "call"));
  CheckFails(world, ErrorKind::kHost, "thrown by a function");
}

TEST_CASE("host functions call the guest again, as deep as the stack is") {
  World world;
  world.Start([&](int32_t n) -> Result<int32_t> {
    if (n == 0) return 0;
    return TRY((*world.guest)(n - 1)) + 1;
  });
  CHECK((*world.guest)(100) == 100);
  CHECK(world.gone_on() == 101);
  // Without end.
  const Result<int32_t> result = (*world.guest)(-1);
  REQUIRE(!result);
  CHECK(result.error().kind() == ErrorKind::kExhausted);
  CHECK(result.error().message() == "call stack exhausted");
  CHECK(!result.error().trace().empty());
  CHECK(world.gone_on() == 101);
  CHECK((*world.guest)(100) == 100);
}

TEST_CASE("a host function destroys the store that called it") {
  World world;
  bool is_alive = false;
  std::optional<Error> inner;
  const auto destroy = [&](int32_t n) -> Result<int32_t> {
    if (n == 2) {
      const Result<int32_t> again = (*world.guest)(1);
      REQUIRE(!again);
      inner = again.error().kind() == ErrorKind::kHost
                  ? std::optional(Error(ErrorKind::kHost, again.error().message()))
                  : std::nullopt;
      return 5;  // nobody gets it
    }
    world.store.reset();
    // What belongs to the store is still there.
    CHECK(world.gone_on() == 0);
    // But it runs nothing any more.
    const Result<int32_t> refused = (*world.guest)(0);
    REQUIRE(!refused);
    return 7;
  };
  constexpr std::string_view kMessage =
      "the store was destroyed by a host function that it has called";
  for (int32_t depth = 1; depth <= 2; ++depth) {
    is_alive = true;
    {
      // Owned by the store, through the host function.
      auto host = [destroy, owned = std::shared_ptr<void>(nullptr, [&](void*) {
                              is_alive = false;
                            })](int32_t n) { return destroy(n); };
      world.Start(std::move(host));
    }
    CHECK(is_alive);
    const Result<int32_t> result = (*world.guest)(depth);
    REQUIRE(!result);
    CHECK(result.error().kind() == ErrorKind::kHost);
    CHECK(result.error().message() == kMessage);
    // Now it has gone, with everything in it.
    CHECK(!is_alive);
  }
  CHECK((inner && inner->message() == kMessage));

  // The same by giving it another value, and from a start function.
  world.store.emplace(world.engine);
  world.Instantiate(Func::Wrap(
      *world.store,
      [&](int32_t) {
        *world.store = Store(world.engine);
        return 1;
      },
      "call"));
  CHECK(!(*world.guest)(1));
  Store& next = *world.store;
  const Module starts = Module::Parse(world.engine, ParseText(R"((module
        (import "host" "call" (func $f)) (start $f)))")
                                                        .value())
                            .value();
  const Func start = Func::Wrap(next, [&] { world.store.reset(); }, "call");
  const auto made = next.Instantiate(starts, std::vector<Extern>{start});
  REQUIRE(!made);
  CHECK(made.error().message() == kMessage);
}

TEST_CASE("a host function on a fiber destroys its store") {
  World world;
  int32_t left = 0;
  world.Start([&](int32_t n) -> Result<int32_t> {
    struct Count {
      int32_t& left;
      ~Count() { ++left; }
    } count{left};
    if (n == 0) {
      TRY_VOID(Fiber::Suspend(*world.store));
      return 0;
    }
    world.store.reset();
    return 0;
  });
  std::optional<ErrorKind> waiting, destroying;
  auto first = Fiber::Create(*world.store, [&] {
    const auto result = (*world.guest)(0);
    if (!result) waiting = result.error().kind();
  });
  auto second = Fiber::Create(*world.store, [&] {
    const auto result = (*world.guest)(1);
    if (!result) destroying = result.error().kind();
  });
  REQUIRE(first->Resume());
  REQUIRE(second->Resume());
  CHECK(destroying == ErrorKind::kHost);
  CHECK(second->finished());
  // The one that waited was left.
  CHECK(waiting == ErrorKind::kHost);
  CHECK(first->finished());
  CHECK(left == 2);
}

}  // namespace
}  // namespace trenail
