// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic accesses, and waiting and notifying between threads that have a store each.

#include "libwasm/runtime/ops_atomic.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <thread>
#include <vector>

#include "libwasm/runtime/runtime_test_util.h"

namespace wasm::runtime {
namespace {

constexpr MemIdx kMemory(0);

// A store with an instance that imports the shared memory.
struct Agent : TestStore {
  explicit Agent(const MemoryInst& memory) {
    ModuleBuilder builder;
    builder.Import("env", "memory", ExternKind::kMemory);
    builder.DefineMemory(1, 4, true);
    instance =
        *Instantiate(builder, {{.kind = ExternKind::kMemory, .memory = store.ShareMemory(memory)}});
  }
  Instance* instance;
};

std::unique_ptr<MemoryInst> SharedMemory() {
  return MemoryInst::New({.limits = {1, 4}, .shared = true}, {}).value();
}

TEST_CASE("atomic accesses check alignment, then bounds") {
  TestStore test;
  ModuleBuilder builder;
  builder.DefineMemory(1, 1);
  Instance& instance = **test.Instantiate(builder);
  CHECK(rt::AtomicStore<uint32_t>(instance, kMemory, 4, 4, 0xfffffffe) == Trap::kNone);
  CHECK(rt::AtomicLoad<uint32_t>(instance, kMemory, 0, 8).value == 0xfffffffe);
  CHECK(rt::AtomicLoad<uint8_t>(instance, kMemory, 9, 0).value == 0xff);
  CHECK(rt::AtomicLoad<uint32_t>(instance, kMemory, 1, 0).trap == Trap::kUnalignedAtomic);
  CHECK(rt::AtomicLoad<uint64_t>(instance, kMemory, 4, 0).trap == Trap::kUnalignedAtomic);
  CHECK(rt::AtomicLoad<uint64_t>(instance, kMemory, 65536, 0).trap == Trap::kMemoryOutOfBounds);
  CHECK(rt::AtomicLoad<uint32_t>(instance, kMemory, ~uint64_t{3}, 8).trap ==
        Trap::kMemoryOutOfBounds);

  CHECK(rt::AtomicRmw<uint32_t, rt::rmw::Add>(instance, kMemory, 8, 0, 3).value == 0xfffffffe);
  CHECK(rt::AtomicRmw<uint32_t, rt::rmw::Sub>(instance, kMemory, 8, 0, 2).value == 1);
  CHECK(rt::AtomicRmw<uint32_t, rt::rmw::Or>(instance, kMemory, 8, 0, 6).value == 0xffffffff);
  CHECK(rt::AtomicRmw<uint16_t, rt::rmw::And>(instance, kMemory, 8, 0, 0xff).value == 0xffff);
  CHECK(rt::AtomicRmw<uint8_t, rt::rmw::Xor>(instance, kMemory, 8, 0, 0x0f).value == 0xff);
  CHECK(rt::AtomicRmw<uint32_t, rt::rmw::Xchg>(instance, kMemory, 8, 0, 5).value == 0xffff00f0);

  auto exchange = [&](uint32_t expected, uint32_t replacement) {
    return rt::AtomicCmpxchg<uint8_t, uint32_t>(instance, kMemory, 8, 0, expected, replacement)
        .value;
  };
  CHECK(exchange(4, 9) == 5);
  CHECK(exchange(0x105, 9) == 5);  // the loaded value is extended, the expected one is not wrapped
  CHECK(exchange(5, 0x109) == 5);
  CHECK(exchange(0, 0) == 9);
}

TEST_CASE("waiting needs a shared memory, notifying does not") {
  TestStore test;
  ModuleBuilder builder;
  builder.DefineMemory(1, 1);
  Instance& instance = **test.Instantiate(builder);
  CHECK(rt::MemoryAtomicWait32(instance, kMemory, 0, 0, 0, 0).trap == Trap::kExpectedSharedMemory);
  CHECK(rt::MemoryAtomicNotify(instance, kMemory, 0, 0, 1).value == 0);
  CHECK(rt::MemoryAtomicNotify(instance, kMemory, 2, 0, 1).trap == Trap::kUnalignedAtomic);
  CHECK(rt::MemoryAtomicNotify(instance, kMemory, 65536, 0, 1).trap == Trap::kMemoryOutOfBounds);
}

TEST_CASE("a wait ends at once on another value, or when its time is over") {
  const auto memory = SharedMemory();
  Agent agent(*memory);
  CHECK(rt::MemoryAtomicWait32(*agent.instance, kMemory, 0, 0, 1, -1).value == 1);
  CHECK(rt::MemoryAtomicWait64(*agent.instance, kMemory, 0, 0, 1, -1).value == 1);
  CHECK(rt::MemoryAtomicWait32(*agent.instance, kMemory, 0, 0, 0, 0).value == 2);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(rt::MemoryAtomicWait64(*agent.instance, kMemory, 8, 0, 0, 20'000'000).value == 2);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(20));
}

TEST_CASE("notify wakes as many as it says, at its own address only") {
  const auto memory = SharedMemory();
  std::atomic<int> woken = 0;
  std::atomic<int> timed_out = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      Agent agent(*memory);
      const auto result = rt::MemoryAtomicWait32(*agent.instance, kMemory, 64, 0, 0, -1);
      if (result.ok() && result.value == 0) ++woken;
    });
  }
  std::thread other([&] {
    Agent agent(*memory);
    if (rt::MemoryAtomicWait32(*agent.instance, kMemory, 68, 0, 0, 200'000'000).value == 2)
      ++timed_out;
  });
  Agent agent(*memory);
  uint32_t total = 0;
  while (total < 1) total += rt::MemoryAtomicNotify(*agent.instance, kMemory, 64, 0, 1).value;
  CHECK(total == 1);
  while (total < 3) total += rt::MemoryAtomicNotify(*agent.instance, kMemory, 64, 0, ~0u).value;
  for (std::thread& thread : threads) thread.join();
  other.join();
  CHECK(total == 3);
  CHECK(woken == 3);
  CHECK(timed_out == 1);
}

TEST_CASE("a lock made of wait and notify keeps its promise") {
  const auto memory = SharedMemory();
  constexpr int kThreads = 3;
  constexpr int kRounds = 2000;
  uint64_t counter = 0;  // guarded by the lock at address 0
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      Agent agent(*memory);
      Instance& instance = *agent.instance;
      for (int round = 0; round < kRounds; ++round) {
        // 0: free, 1: held, 2: held and awaited.
        uint32_t seen = rt::AtomicCmpxchg<uint32_t, uint32_t>(instance, kMemory, 0, 0, 0, 1).value;
        while (seen != 0) {
          if (seen == 2 ||
              rt::AtomicCmpxchg<uint32_t, uint32_t>(instance, kMemory, 0, 0, 1, 2).value != 0)
            (void)rt::MemoryAtomicWait32(instance, kMemory, 0, 0, 2, -1);
          seen = rt::AtomicCmpxchg<uint32_t, uint32_t>(instance, kMemory, 0, 0, 0, 2).value;
        }
        ++counter;
        if (rt::AtomicRmw<uint32_t, rt::rmw::Xchg>(instance, kMemory, 0, 0, 0).value == 2)
          (void)rt::MemoryAtomicNotify(instance, kMemory, 0, 0, 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counter == kThreads * kRounds);
}

TEST_CASE("an interrupt of its store ends a wait") {
  const auto memory = SharedMemory();
  Agent agent(*memory);
  std::thread interrupter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    agent.store.Interrupt(Trap::kDeadline);
  });
  CHECK(rt::MemoryAtomicWait32(*agent.instance, kMemory, 0, 0, 0, -1).trap == Trap::kDeadline);
  interrupter.join();
  // While it lasts, it prevents waits too.
  CHECK(rt::MemoryAtomicWait32(*agent.instance, kMemory, 0, 0, 0, -1).trap == Trap::kDeadline);
  agent.store.ClearInterrupt();
  CHECK(rt::MemoryAtomicWait32(*agent.instance, kMemory, 0, 0, 0, 1000).value == 2);
}

}  // namespace
}  // namespace wasm::runtime
