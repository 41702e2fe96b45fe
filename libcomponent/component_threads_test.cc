// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One component, prepared once, in many stores on many threads: instances, calls with strings both
// ways, asynchronous ones, traps. For ThreadSanitizer above all. TRENAIL_TEST_STORES: how many
// stores each thread makes.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/typed.h"

namespace trenail {
namespace {

constexpr int kThreads = 16;
int StoresPerThread() {
  const char* const text = std::getenv("TRENAIL_TEST_STORES");
  return text != nullptr ? std::atoi(text) : 20;
}

constexpr std::string_view kText = R"((component $app
  (import "host" (func $host (param "s" string) (result string)))
  (import "slow" (func $slow async (param "n" u32) (result u32)))
  (core module $Libc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $libc (instantiate $Libc))
  (core func $host' (canon lower (func $host) (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core func $slow' (canon lower (func $slow)))
  (core module $M
    (import "" "host" (func $host (param i32 i32 i32)))
    (import "" "slow" (func $slow (param i32) (result i32)))
    (func (export "via") (param i32 i32) (result i32)
      (call $host (local.get 0) (local.get 1) (i32.const 16)) (i32.const 16))
    (func (export "wait") (param i32) (result i32)
      (i32.add (i32.const 1) (call $slow (local.get 0))))
    (func (export "trap") unreachable))
  (core instance $m (instantiate $M (with "" (instance
    (export "host" (func $host')) (export "slow" (func $slow'))))))
  (func (export "via") (param "s" string) (result string)
    (canon lift (core func $m "via") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
  (func (export "wait") async (param "n" u32) (result u32) (canon lift (core func $m "wait")))
  (func (export "trap") (canon lift (core func $m "trap")))))";

TEST_CASE("many stores of a component on many threads") {
  const int stores = StoresPerThread();
  const Engine engine(MakeInterpreter());
  ComponentFeatureSet features;
  features.Set(component::Feature::kAsyncStackful, true);
  const auto component = Component::ParseText(engine, kText, features);
  INFO((component ? "" : component.error().message()));
  REQUIRE(component);
  ComponentLinker linker(engine);
  linker.Root().Func("host", TypedHost([](std::string s) { return s + "!"; }));
  // Waits once, for the store's event loop, as it were.
  struct Loop {
    std::vector<std::pair<ComponentAsyncCall, uint32_t>> calls;
  };
  linker.Root().AsyncFunc("slow", [](ComponentAsyncCall call) -> Result<void> {
    auto& loop = *static_cast<Loop*>(call.host_data());
    const auto n = static_cast<uint32_t>(call.args()[0].bits());
    loop.calls.emplace_back(std::move(call), n);
    return {};
  });
  const auto prepared = linker.Prepare(*component);
  INFO((prepared ? "" : prepared.error().message()));
  REQUIRE(prepared);

  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto expect = [&](bool holds) {
        if (!holds) ++failures;
      };
      for (int i = 0; i < stores; ++i) {
        Loop loop;
        ComponentStore store(engine);
        store.SetHostData(&loop);
        store.SetIdle([&]() -> Result<bool> {
          if (loop.calls.empty()) return false;
          const auto [call, n] = std::move(loop.calls.back());
          loop.calls.pop_back();
          TRY_VOID(call.Return(ComponentValue::U32(2 * n)));
          return true;
        });
        const auto instance = prepared->Instantiate(store);
        if (!instance) {
          ++failures;
          continue;
        }
        const auto via = instance->GetFunc("via")->Typed<std::string(std::string)>();
        const std::string text = "thread " + std::to_string(t);
        expect(via && (*via)(text) == text + "!");
        const auto wait = instance->GetFunc("wait")->Typed<uint32_t(uint32_t)>();
        expect(wait && (*wait)(static_cast<uint32_t>(i)) == 2 * static_cast<uint32_t>(i) + 1);
        const auto trap = instance->GetFunc("trap")->Call({});
        expect(!trap && trap.error().kind() == ErrorKind::kTrap &&
               trap.error().trace().size() == 1 && trap.error().trace()[0].component == "app");
        if (i % 16 == 0) expect(Component::ParseText(engine, kText, features).has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
}

}  // namespace
}  // namespace trenail
