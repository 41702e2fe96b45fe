// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_tests.py of the specification: several threads of one task, and those of a task whose caller
// waits for it.

#include <catch2/catch_test_macros.hpp>

#include "libcomponent/runtime/host_call.h"
#include "libcomponent/runtime/runtime_test_util.h"

namespace component::runtime {
namespace {

constexpr uint64_t kNotCancelled = 0;

// Functions to make threads of.
class ThreadFuncs {
 public:
  explicit ThreadFuncs(World& world)
      : world_(world),
        table_(trenail::Table::New(world.core, {.limits = {.min = 16}},
                                   trenail::Value::Null(wasm::HeapType::kFunc))
                   .value()) {}
  uint64_t Add(CoreFunc func) {
    WASM_CHECK(table_.Set(
        size_,
        world_.MakeCore({.params = {wasm::ValType::kI32}, .results = {}}, std::move(func)).ref()));
    return size_++;
  }
  const trenail::Table& table() const { return table_; }

 private:
  World& world_;
  trenail::Table table_;
  uint64_t size_ = 0;
};

TEST_CASE("test_threads") {
  World world;
  Guest guest(world);
  ThreadFuncs funcs(world);
  const uint64_t func1 = funcs.Add([](Args args) -> Core {
    EXPECT(args[0] == 13);
    return 0;
  });
  const uint64_t func2 = funcs.Add([&](Args args) -> Core {
    EXPECT(TRY(guest.ThreadYieldThenResume(true, args[0])) == kNotCancelled);
    return 0;
  });
  const uint64_t func3 = funcs.Add([&](Args args) { return guest.ThreadResumeLater(args[0]); });
  const uint64_t func4 = funcs.Add([&](Args args) -> Core {
    for (int i = 0; i < 2; ++i) {
      EXPECT(TRY(guest.ThreadYield(false)) == kNotCancelled);
      ++guest.At(args[0]);
    }
    return 0;
  });

  const auto func = guest.Lift(world.Async({}, world.U8()), guest.Options(), [&](Args) -> Core {
    const auto make = [&](uint64_t index, uint64_t context) {
      return guest.ThreadNewIndirect(funcs.table(), index, context);
    };
    const uint64_t main = TRY(guest.ThreadIndex());
    uint64_t thread = TRY(make(func1, 13));
    EXPECT(TRY(guest.ThreadYieldThenResume(true, thread)) == kNotCancelled);
    thread = TRY(make(func2, main));
    EXPECT(TRY(guest.ThreadSuspendThenResume(true, thread)) == kNotCancelled);
    thread = TRY(make(func3, main));
    TRY_VOID(guest.ThreadResumeLater(thread));
    EXPECT(TRY(guest.ThreadSuspend(true)) == kNotCancelled);

    for (int i = 0; i < 5; ++i) TRY_VOID(guest.ThreadResumeLater(TRY(make(func4, 4))));
    for (int i = 0; i < 100 && guest.At(4) != 10; ++i) TRY_VOID(guest.ThreadYield(false));
    EXPECT(guest.At(4) == 10);
    return 42;
  });
  const auto result = world.Run(func);
  REQUIRE_OK(result);
  CHECK(*result == Value::U8(42));
}

TEST_CASE("test_sync_threads") {
  World world;
  Guest guest(world);
  ThreadFuncs funcs(world);
  int ping1 = 0, pong1 = 0, ping5 = 0, pong5 = 0;
  uint64_t thread2 = 0, thread3 = 0, thread4_1 = 0, thread4_2 = 0, thread5_1 = 0, thread5_2 = 0;
  uint64_t set = 0;

  const uint64_t func1_1 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 131);
    while (ping1 < 3 || pong1 < 3) {
      ++ping1;
      TRY_VOID(guest.ThreadYield(false));
    }
    return guest.ThreadResumeLater(thread2);
  });
  const uint64_t func1_2 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 132);
    while (ping1 < 3 || pong1 < 3) {
      ++pong1;
      TRY_VOID(guest.ThreadYield(false));
    }
    return 0;
  });
  const uint64_t func2 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 14);
    return guest.ThreadResumeLater(thread3);
  });
  const uint64_t func3 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 15);
    TRY_VOID(guest.ThreadResumeLater(thread4_1));
    return guest.ThreadSuspend(false);
  });
  const uint64_t func4_1 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 161);
    TRY_VOID(guest.ThreadResumeLater(thread3));
    TRY_VOID(guest.ThreadResumeLater(thread4_2));
    set = TRY(guest.WaitableSetNew());
    EXPECT(TRY(guest.WaitableSetWait(set, 0)) == Code(EventCode::kFutureRead));
    return guest.ThreadResumeLater(thread5_1);
  });
  const uint64_t func4_2 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 162);
    const Ends future = TRY(guest.FutureNew(nullptr));
    EXPECT(TRY(guest.FutureRead(nullptr, true, future.readable, kNoPointer)) == kBlocked);
    TRY_VOID(guest.WaitableJoin(future.readable, set));
    EXPECT(TRY(guest.FutureWrite(nullptr, true, future.writable, kNoPointer)) ==
           Code(CopyResult::kCompleted));
    return 0;
  });
  const uint64_t func5_1 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 171);
    while (ping5 < 3) {
      EXPECT(ping5 == pong5);
      TRY_VOID(guest.ThreadYieldThenPromote(false, thread5_2));  // which is not ready
      EXPECT(ping5 == pong5);
      TRY_VOID(guest.ThreadResumeLater(thread5_2));
      TRY_VOID(guest.ThreadYieldThenPromote(false, thread5_2));
      EXPECT(ping5 == pong5 - 1);
      ++ping5;
    }
    TRY_VOID(guest.TaskReturn(world.U8(), 42));
    return guest.ThreadResumeLater(thread5_2);
  });
  const uint64_t func5_2 = funcs.Add([&](Args args) -> Core {
    EXPECT(args[0] == 172);
    while (pong5 < 3) {
      ++pong5;
      TRY_VOID(guest.ThreadSuspendThenPromote(false, thread5_1));
    }
    return 0;
  });

  const auto func = guest.Lift(world.Sync({}, world.U8()), guest.AsyncOptions(), [&](Args) -> Core {
    const auto make = [&](uint64_t index, uint64_t context) {
      return guest.ThreadNewIndirect(funcs.table(), index, context);
    };
    const uint64_t thread1_1 = TRY(make(func1_1, 131));
    const uint64_t thread1_2 = TRY(make(func1_2, 132));
    thread2 = TRY(make(func2, 14));
    thread3 = TRY(make(func3, 15));
    thread4_1 = TRY(make(func4_1, 161));
    thread4_2 = TRY(make(func4_2, 162));
    thread5_1 = TRY(make(func5_1, 171));
    thread5_2 = TRY(make(func5_2, 172));
    TRY_VOID(guest.ThreadResumeLater(thread1_1));
    return guest.ThreadResumeLater(thread1_2);
  });

  // Another call is ready to go on, but must not as long as the synchronous one is under way.
  bool ready = false, may_run = false;
  const auto other = guest.Lift(world.Async({}, world.U32()), guest.Options(), [&](Args) -> Core {
    TRY_VOID(guest.WaitUntilSet(ready));
    EXPECT(may_run);
    return 43;
  });
  const auto other_site = std::make_shared<HostCallSite>(std::vector<Value>());
  REQUIRE_OK(world.store.Invoke(*other, other_site));
  CHECK_FALSE(other_site->resolved());
  ready = true;

  const auto result = world.Run(func, {}, [&](const Value&) { may_run = true; });
  REQUIRE_OK(result);
  CHECK(*result == Value::U8(42));
  REQUIRE(other_site->result().has_value());
  CHECK(*other_site->result() == Value::U32(43));
}

}  // namespace
}  // namespace component::runtime
