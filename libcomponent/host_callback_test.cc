// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What host functions of components may do wrong, or only boldly: fail, throw, call the guest
// again, destroy the store that called them; and what their errors say of where they came from.
// With TRENAIL_TEST_COMPILED the guest is compiled first.

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/typed.h"

#ifdef TRENAIL_TEST_COMPILED
#include "cli/aot_component.h"
#include "libwasm/native/signals.h"
#endif

namespace trenail {
namespace {

using V = ComponentValue;

// A component in a component, whose function calls the host; `async`: on threads of its own.
std::string Text(bool async) {
  const std::string kind = async ? "async " : "";
  return R"((component $app
    (import "host" (func $host )" +
         kind + R"((param "n" u32) (result u32)))
    (component $Inner
      (import "host" (func $host )" +
         kind + R"((param "n" u32) (result u32)))
      (core func $host' (canon lower (func $host)))
      (core module $code
        (import "" "host" (func $host (param i32) (result i32)))
        (global $gone_on (mut i32) (i32.const 0))
        (func $guest (export "guest") (param i32) (result i32) (local i32)
          (local.set 1 (call $host (local.get 0)))
          (global.set $gone_on (i32.add (global.get $gone_on) (i32.const 1)))
          (local.get 1))
        (func (export "gone_on") (result i32) (global.get $gone_on)))
      (core instance $m (instantiate $code
        (with "" (instance (export "host" (func $host'))))))
      (func (export "guest") )" +
         kind + R"((param "n" u32) (result u32) (canon lift (core func $m "guest")))
      (func (export "gone-on") (result u32) (canon lift (core func $m "gone_on"))))
    (instance $parser (instantiate $Inner (with "host" (func $host))))
    (export "guest" (func $parser "guest"))
    (export "gone-on" (func $parser "gone-on"))))";
}

struct World {
  World() = default;
  // `add` defines "host".
  void Start(bool async, const std::function<void(ComponentLinkerInstance&)>& add) {
    ComponentFeatureSet features;
    features.Set(component::Feature::kAsyncStackful, true);
    auto parsed = Component::ParseText(engine, Text(async), features);
    INFO((parsed ? "" : parsed.error().message()));
    REQUIRE(parsed);
#ifdef TRENAIL_TEST_COMPILED
    static constexpr uint8_t kNoBytes[1] = {};  // only the modules are asked for
    const auto compiled = cli::CompileAotComponent(*parsed, kNoBytes, {});
    if (!compiled) FAIL(compiled.error().message());
    REQUIRE(parsed->Attach(Artefact::FromMemory(compiled->bytes).value()));
    wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
    ComponentLinker linker(engine);
    add(linker.Root());
    store = std::make_unique<ComponentStore>(engine);
    auto made = linker.Instantiate(*store, *parsed);
    INFO((made ? "" : made.error().message()));
    REQUIRE(made);
    instance = *made;
  }
  Result<uint32_t> Guest(uint32_t n) {
    const auto result = instance->GetFunc("guest")->Call({V::U32(n)});
    if (!result) return std::unexpected(Error(result.error().kind(), result.error().message()));
    return static_cast<uint32_t>(result->bits());
  }
  uint64_t gone_on() { return instance->GetFunc("gone-on")->Call({})->bits(); }

  Engine engine{MakeInterpreter()};
  std::unique_ptr<ComponentStore> store;
  std::optional<ComponentInstance> instance;
};

void CheckFails(World& world, ErrorKind kind, std::string_view message) {
  CHECK(world.Guest(0) == 0);
  CHECK(world.gone_on() == 1);
  const auto result = world.Guest(1);
  REQUIRE(!result);
  CHECK(result.error().kind() == kind);
  CHECK(result.error().message() == message);
}

TEST_CASE("errors and exceptions of host functions end the guest") {
  for (const bool async : {false, true}) {
    World world;
    world.Start(async, [](ComponentLinkerInstance& root) {
      root.Func("host", [](ComponentCall&, std::vector<V> args) -> Result<V> {
        if (args[0].bits() != 0) return std::unexpected(Error(ErrorKind::kHost, "did not work"));
        return V::U32(0);
      });
    });
    CheckFails(world, ErrorKind::kHost, "did not work");
    world.Start(async, [](ComponentLinkerInstance& root) {
      root.Func("host", [](ComponentCall&, std::vector<V> args) -> Result<V> {
        if (args[0].bits() != 0) throw std::runtime_error("thrown by an untyped one");
        return V::U32(0);
      });
    });
    CheckFails(world, ErrorKind::kHost, "thrown by an untyped one");
    world.Start(async, [](ComponentLinkerInstance& root) {
      root.Func("host", TypedHost([](uint32_t n) -> uint32_t {
                  if (n != 0) throw std::runtime_error("thrown by a typed one");
                  return 0;
                }));
    });
    CheckFails(world, ErrorKind::kHost, "thrown by a typed one");
    world.Start(async, [](ComponentLinkerInstance& root) {
      root.AsyncFunc("host", [](ComponentAsyncCall call) -> Result<void> {
        if (call.args()[0].bits() != 0) throw std::runtime_error("thrown by an asynchronous one");
        return call.Return(V::U32(0));
      });
    });
    CheckFails(world, ErrorKind::kHost, "thrown by an asynchronous one");
    world.Start(async, [](ComponentLinkerInstance& root) {
      root.AsyncFunc("host", TypedAsyncHost([](ComponentCompletion<uint32_t> done,
                                               uint32_t n) -> Result<void> {
                       if (n != 0) throw std::runtime_error("thrown by a typed asynchronous one");
                       return done.Return(0);
                     }));
    });
    CheckFails(world, ErrorKind::kHost, "thrown by a typed asynchronous one");
  }
}

TEST_CASE("a host function cannot call the instance that called it") {
  World world;
  std::string message;
  world.Start(false, [&](ComponentLinkerInstance& root) {
    root.Func("host", TypedHost([&](uint32_t n) -> uint32_t {
                if (n == 0) return 0;
                if (const auto again = world.Guest(0); !again) message = again.error().message();
                return n;
              }));
  });
  CHECK(world.Guest(3) == 3);
  CHECK(message == "cannot enter component instance");
  CHECK(world.gone_on() == 1);
}

TEST_CASE("a host function destroys the store that called it, by any kind of call") {
  constexpr std::string_view kMessage =
      "the store was destroyed by a host function that it has called";
  for (const bool async : {false, true}) {
    for (int kind = 0; kind < 4; ++kind) {
      INFO(async << ' ' << kind);
      World world;
      bool is_alive = true;
      world.Start(async, [&](ComponentLinkerInstance& root) {
        const auto owned = std::shared_ptr<void>(nullptr, [&](void*) { is_alive = false; });
        if (kind == 3) {
          root.AsyncFunc("host", [&, owned](ComponentAsyncCall call) -> Result<void> {
            world.store.reset();
            return call.Return(V::U32(1));
          });
        } else {
          root.Func("host", TypedHost([&, owned](uint32_t) -> uint32_t {
                      world.store.reset();
                      return 1;
                    }));
        }
      });
      const ComponentFunc func = *world.instance->GetFunc("guest");
      std::optional<Error> error;
      if (kind == 0) {
        const auto result = func.Typed<uint32_t(uint32_t)>().value()(1);
        REQUIRE(!result);
        error = Error(result.error().kind(), result.error().message());
      } else if (kind == 1 || kind == 3) {
        auto result = func.Call({V::U32(1)});
        REQUIRE(!result);
        error = std::move(result.error());
      } else {
        const V args[] = {V::U32(1)};
        ComponentStore& store = *world.store;
        const auto started = func.Start(args);
        if (started) {
          const auto run = store.RunUntil([&] { return started->done(); });
          REQUIRE(!run);
          error = Error(run.error().kind(), run.error().message());
        } else {
          error = Error(started.error().kind(), started.error().message());
        }
      }
      CHECK(error->kind() == ErrorKind::kHost);
      CHECK(error->message() == kMessage);
      world.instance.reset();
    }
  }
}

TEST_CASE("frames say which component they are of, and coredumps come along") {
  World world;
  world.Start(false, [](ComponentLinkerInstance& root) {
    root.Func("host", TypedHost([](uint32_t) -> uint32_t { throw std::runtime_error("no"); }));
  });
  world.store->core().SetCoredump(CoredumpOptions{.process_name = "app"});
  auto result = world.instance->GetFunc("guest")->Call({V::U32(1)});
  REQUIRE(!result);
  const std::vector<TraceFrame>& trace = result.error().trace();
  REQUIRE(trace.size() == 1);
  CHECK(trace[0].component == "app › parser");
  CHECK(trace[0].module_name == "code");
  CHECK(trace[0].function_name == "guest");
  CHECK(trace[0].function_offset != 0);
  REQUIRE(result.error().coredump() != nullptr);
  CHECK(Module::Parse(world.engine, result.error().coredump()->bytes));
}

}  // namespace
}  // namespace trenail
