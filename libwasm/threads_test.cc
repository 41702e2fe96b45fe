// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One engine, one module, many threads, each with one store after the other: instances that are
// reused, calls, calls back, traps, collections, fibers, interruptions, modules that come and go.
// For ThreadSanitizer above all. TRENAIL_TEST_STORES: how many stores each thread makes; with
// TRENAIL_TEST_COMPILED the guest is compiled first.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
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

constexpr int kThreads = 16;
int StoresPerThread() {
  const char* const text = std::getenv("TRENAIL_TEST_STORES");
  return text != nullptr ? std::atoi(text) : 20;
}

constexpr std::string_view kText = R"((module $guest
  (import "host" "call" (func $host (param i32) (result i32)))
  (import "host" "shared" (memory $shared 1 1 shared))
  (memory $own (export "memory") 1 3)
  (data (memory $own) (i32.const 16) "\01\02\03\04")
  (table $functions 2 funcref)
  (elem (table $functions) (i32.const 0) func $twice $back)
  (type $unary (func (param i32) (result i32)))
  (type $cell (struct (field (mut i32)) (field (ref null $cell))))
  (global $runs (mut i32) (i32.const 0))
  (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $back (param i32) (result i32) (call $host (local.get 0)))
  (func (export "indirect") (param i32 i32) (result i32)
    (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
    (drop (i32.atomic.rmw.add $shared (i32.const 0) (i32.const 1)))
    (call_indirect $functions (type $unary) (local.get 0) (local.get 1)))
  (func (export "fresh") (result i32) (local $result i32)
    (local.set $result (i32.add (i32.load $own (i32.const 16)) (global.get $runs)))
    (i32.store $own (i32.const 16) (i32.const -1))
    (i32.store $own (i32.const 60000) (i32.const -1))
    (drop (memory.grow $own (i32.const 1)))
    (local.get $result))
  (func (export "trap") (param i32) (result i32)
    (i32.load $own (i32.mul (local.get 0) (i32.const 65536))))
  (func (export "cells") (param i32) (result i32) (local $last (ref null $cell)) (local $sum i32)
    (loop $next
      (local.set $last (struct.new $cell (local.get 0) (local.get $last)))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (struct.get $cell 0 (local.get $last))))
      (br_if $next (i32.eqz (ref.is_null (local.tee $last
        (struct.get $cell 1 (local.get $last)))))))
    (local.get $sum))
  (func (export "spin") (loop (br 0)))))";

class Stress {
 public:
  explicit Stress(const EngineOptions& options)
      : engine_(MakeInterpreter(), options),
        bytes_(ParseText(kText).value()),
        module_(Module::Parse(engine_, bytes_).value()),
        owner_(engine_),
        shared_(Memory::New(owner_, {.limits = {.min = 1, .max = 1}, .shared = true}).value()) {
#ifdef TRENAIL_TEST_COMPILED
    const auto compiled = cli::CompileAot(bytes_, {.interruptible = true});
    if (!compiled) FAIL(compiled.error().message());
    REQUIRE(module_.Attach(Artefact::FromMemory(compiled->bytes).value()));
    wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
  }

  void Run() {
    std::atomic<bool> ended = false;
    std::thread interrupter([&] {
      while (!ended) {
        {
          const std::lock_guard lock(mutex_);
          for (Store* store : spinning_) store->Interrupt();
        }
        std::this_thread::yield();
      }
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([this, t] {
        for (int i = 0; i < stores_; ++i) UseStore(t, i);
      });
    for (std::thread& thread : threads) thread.join();
    ended = true;
    interrupter.join();
    CHECK(failures_ == 0);
    uint32_t calls;
    std::memcpy(&calls, shared_.data().data(), 4);
    CHECK(calls == 2u * kThreads * static_cast<unsigned>(stores_));
  }

 private:
  // Catch's assertions are for one thread.
  void Expect(bool holds) {
    if (!holds) ++failures_;
  }
  template <typename R, typename... Args>
  std::optional<R> Call(const Instance& instance, std::string_view name, Args... args) {
    const auto func = instance.GetFunc(name)->Typed<R(Args...)>();
    if (!func) return std::nullopt;
    const Result<R> result = (*func)(args...);
    return result ? std::optional(*result) : std::nullopt;
  }

  void UseStore(int thread, int number) {
    Store store(engine_);
    if (number % 3 == 0) store.SetCoredump(CoredumpOptions{.max_bytes = 100'000});
    bool suspends = false;
    const Func host = Func::Wrap(
        store,
        [&](int32_t n) -> Result<int32_t> {
          if (suspends) TRY_VOID(Fiber::Suspend(store));
          return n + thread;
        },
        "call");
    const Extern imports[] = {host, shared_.ShareWith(store)};
    const auto instance = store.Instantiate(module_, imports);
    if (!instance) return Expect(false);
    Expect(Call<int32_t>(*instance, "fresh") == 0x04030201);
    Expect(Call<int32_t>(*instance, "indirect", int32_t{number}, int32_t{0}) == 2 * number);
    Expect(Call<int32_t>(*instance, "cells", int32_t{100}) == 5050);

    const auto trap = instance->GetFunc("trap")->Typed<int32_t(int32_t)>().value()(number + 5);
    Expect(!trap && trap.error().kind() == ErrorKind::kTrap && trap.error().trace().size() == 1 &&
           (trap.error().coredump() != nullptr) == (number % 3 == 0));

    suspends = number % 2 == 0;
    std::optional<int32_t> from_fiber;
    auto fiber = Fiber::Create(store, [&] {
      from_fiber = Call<int32_t>(*instance, "indirect", int32_t{number}, int32_t{1});
    });
    if (!fiber) return Expect(false);
    while (!fiber->finished()) Expect(fiber->Resume().has_value());
    Expect(from_fiber == number + thread);

    if (number % 7 == 0) {
      {
        const std::lock_guard lock(mutex_);
        spinning_.push_back(&store);
      }
      const auto spun = instance->GetFunc("spin")->Call({});
      Expect(!spun && spun.error().kind() == ErrorKind::kInterrupted);
      const std::lock_guard lock(mutex_);
      std::erase(spinning_, &store);
    }
    if (number % 11 == 0) {
      // Types and modules of the engine come from several threads, too.
      const auto other = Module::Parse(engine_, bytes_);
      Expect(other.has_value());
      if (other) Expect(store.Instantiate(*other, imports).has_value());
    }
  }

  Engine engine_;
  std::vector<uint8_t> bytes_;
  Module module_;
  Store owner_;
  Memory shared_;
  const int stores_ = StoresPerThread();
  std::atomic<int> failures_ = 0;
  std::mutex mutex_;
  std::vector<Store*> spinning_;
};

// Compiled code wants guard pages of the memories that it imports.
TEST_CASE("many stores on many threads") { Stress({.guard_memories = true}).Run(); }

TEST_CASE("functions are validated by whoever comes first") {
  Stress({.lazy_validation = true, .guard_memories = true}).Run();
}

TEST_CASE("few instances are kept, and a log is told") {
  std::atomic<int> told = 0;
  Stress({.guard_memories = true,
          .pooled_instances = 4,
          .log = [&](LogLevel, std::string_view) { ++told; },
          .log_level = LogLevel::kDebug})
      .Run();
  CHECK(told > kThreads);
}

}  // namespace
}  // namespace trenail
