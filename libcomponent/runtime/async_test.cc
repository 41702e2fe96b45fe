// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_tests.py of the specification: calls between guests that are, or are not, asynchronous on
// either side, and backpressure.

#include <catch2/catch_test_macros.hpp>

#include "libcomponent/runtime/runtime_test_util.h"

namespace component::runtime {
namespace {

using State = Subtask::State;

constexpr uint64_t kExit = 0, kYield = 1, kWait = 2;  // [cabi:CallbackCode]

TEST_CASE("test_async_to_async") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);

  const FuncType& eager_type = world.Async({}, world.U8());
  const auto eager = producer.Lift(eager_type, producer.AsyncOptions(), [&](Args args) -> Core {
    EXPECT(args.empty());
    return producer.TaskReturn(world.U8(), 43);
  });
  bool returns = false, opens = false;
  const FuncType& toggle_type = world.Async({});
  const auto toggle = producer.Lift(toggle_type, producer.AsyncOptions(), [&](Args) -> Core {
    TRY_VOID(producer.BackpressureInc());
    TRY_VOID(producer.WaitUntilSet(returns));
    TRY_VOID(producer.TaskReturn());
    TRY_VOID(producer.WaitUntilSet(opens));
    return producer.BackpressureDec();
  });
  bool fut2 = false, fut3 = false, fut4 = false;
  const FuncType& blocking_type = world.Async({world.U8()}, world.U8());
  const auto blocking =
      producer.Lift(blocking_type, producer.AsyncOptions(), [&](Args args) -> Core {
        EXPECT(args[0] == 83);
        TRY_VOID(producer.WaitUntilSet(fut2));
        TRY_VOID(producer.TaskReturn(world.U8(), 44));
        TRY_VOID(producer.WaitUntilSet(fut3));
        fut4 = true;
        return 0;
      });

  const FuncType& type = world.Async({world.Prim(ValKind::kBool)}, world.U8());
  const auto consume = consumer.Lift(type, consumer.AsyncOptions(), [&](Args args) -> Core {
    EXPECT(args[0] == 1);
    const uint64_t set = TRY(consumer.WaitableSetNew());
    const uint64_t ptr = consumer.Allocate(1, 1);
    EXPECT(TRY(consumer.CallAsync(eager, eager_type, {ptr})) == Code(State::kReturned));
    EXPECT(consumer.At(ptr) == 43);
    const Packed sub1(TRY(consumer.CallAsync(toggle, toggle_type, {})));
    EXPECT(sub1.index == 2);
    EXPECT(sub1.Is(State::kStarted));
    TRY_VOID(consumer.WaitableJoin(sub1.index, set));
    consumer.At(ptr) = 13;
    const Packed sub2(TRY(consumer.CallAsync(blocking, blocking_type, {83, ptr})));
    EXPECT(sub2.index == 3);
    EXPECT(sub2.Is(State::kStarting));
    EXPECT(consumer.At(ptr) == 13);
    TRY_VOID(consumer.WaitableJoin(sub2.index, set));
    returns = true;

    const uint64_t event = consumer.Allocate(4, 8);
    EXPECT(TRY(consumer.WaitsForSubtask(set, event, sub1.index, State::kReturned)));
    TRY_VOID(consumer.SubtaskDrop(sub1.index));
    opens = true;
    EXPECT(TRY(consumer.WaitsForSubtask(set, event, sub2.index, State::kStarted)));
    EXPECT(consumer.At(ptr) == 13);
    fut2 = true;
    EXPECT(TRY(consumer.WaitsForSubtask(set, event, sub2.index, State::kReturned)));
    EXPECT(consumer.At(ptr) == 44);
    TRY_VOID(consumer.SubtaskDrop(sub2.index));
    fut3 = true;
    TRY_VOID(consumer.WaitUntilSet(fut4));
    return consumer.TaskReturn(world.U8(), 42);
  });
  const auto result = world.Run(consume, {Value::Bool(true)});
  REQUIRE_OK(result);
  CHECK(*result == Value::U8(42));
}

TEST_CASE("test_async_callback") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);

  const FuncType& type = world.Async({});
  const auto produce = [&](const bool& flag) {
    return producer.Lift(type, producer.AsyncOptions(), [&](Args) -> Core {
      TRY_VOID(producer.WaitUntilSet(flag));
      return producer.TaskReturn();
    });
  };
  bool fut1 = false, fut2 = false;
  const auto producer1 = produce(fut1);
  const auto producer2 = produce(fut2);

  uint64_t set = 0;
  const auto callback = [&](Args args) -> Core {
    const uint64_t context = TRY(consumer.ContextGet(0));
    if (context == 42) {
      EXPECT(args[0] == Code(EventCode::kSubtask));
      EXPECT(args[1] == 1);
      EXPECT(args[2] == Code(State::kReturned));
      TRY_VOID(consumer.SubtaskDrop(args[1]));
      TRY_VOID(consumer.ContextSet(0, 52));
      return kYield;
    }
    if (context == 52) {
      EXPECT(args[0] == Code(EventCode::kNone));
      EXPECT(args[1] == 0 && args[2] == 0);
      fut2 = true;
      TRY_VOID(consumer.ContextSet(0, 62));
      return kWait | set << 4;
    }
    EXPECT(context == 62);
    EXPECT(args[0] == Code(EventCode::kSubtask));
    EXPECT(args[1] == 2);
    EXPECT(args[2] == Code(State::kReturned));
    TRY_VOID(consumer.SubtaskDrop(args[1]));
    TRY_VOID(consumer.TaskReturn(world.U32(), 83));
    return kExit;
  };
  const auto consume = consumer.Lift(
      world.Async({}, world.U32()), consumer.CallbackOptions(callback), [&](Args args) -> Core {
        EXPECT(args.empty());
        const Packed sub1(TRY(consumer.CallAsync(producer1, type, {})));
        EXPECT(sub1.index == 1);
        EXPECT(sub1.Is(State::kStarted));
        const Packed sub2(TRY(consumer.CallAsync(producer2, type, {})));
        EXPECT(sub2.index == 2);
        EXPECT(sub2.Is(State::kStarted));
        set = TRY(consumer.WaitableSetNew());
        EXPECT(set == 3);
        TRY_VOID(consumer.WaitableJoin(sub1.index, set));
        TRY_VOID(consumer.WaitableJoin(sub2.index, set));
        fut1 = true;
        TRY_VOID(consumer.ContextSet(0, 42));
        return kWait | set << 4;
      });
  const auto result = world.Run(consume);
  REQUIRE_OK(result);
  CHECK(*result == Value::U32(83));
}

TEST_CASE("test_callback_interleaving") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);

  const ValType* const future = world.Future(nullptr);
  const FuncType& type = world.Async({world.U32(), future, future, future}, world.U32());
  uint64_t third_futures[2] = {};
  const auto callback = [&](Args args) -> Core {
    EXPECT(args[0] == Code(EventCode::kFutureRead));
    EXPECT(args[2] == Code(CopyResult::kCompleted));
    const uint64_t i = TRY(producer.ContextGet(0));
    TRY_VOID(producer.TaskReturn(world.U32(), 42 + i));
    EXPECT(TRY(producer.FutureRead(nullptr, false, third_futures[i], kNoPointer)) ==
           Code(CopyResult::kCompleted));
    return kExit;
  };
  const auto produce =
      producer.Lift(type, producer.CallbackOptions(callback), [&](Args args) -> Core {
        EXPECT(args.size() == 4 && args[0] < 2);
        third_futures[args[0]] = args[3];
        TRY_VOID(producer.ContextSet(0, args[0]));
        EXPECT(TRY(producer.FutureRead(nullptr, false, args[1], kNoPointer)) ==
               Code(CopyResult::kCompleted));
        const uint64_t set = TRY(producer.WaitableSetNew());
        EXPECT(TRY(producer.FutureRead(nullptr, true, args[2], kNoPointer)) == kBlocked);
        TRY_VOID(producer.WaitableJoin(args[2], set));
        return kWait | set << 4;
      });
  const FuncType& sync_type = world.Async({}, world.U32());
  const auto sync_callee =
      producer.Lift(sync_type, producer.Options(), [](Args) -> Core { return 100; });

  const auto consume = consumer.Lift(world.Async({}), consumer.Options(), [&](Args) -> Core {
    const auto writes = [&](uint64_t end) -> wasm::Result<void> {
      EXPECT(TRY(consumer.FutureWrite(nullptr, true, end, kNoPointer)) ==
             Code(CopyResult::kCompleted));
      return {};
    };
    const Ends fut11 = TRY(consumer.FutureNew(nullptr));
    const Ends fut12 = TRY(consumer.FutureNew(nullptr));
    const Ends fut13 = TRY(consumer.FutureNew(nullptr));
    const Ends fut21 = TRY(consumer.FutureNew(nullptr));
    const Ends fut22 = TRY(consumer.FutureNew(nullptr));
    const Ends fut23 = TRY(consumer.FutureNew(nullptr));
    const auto call1 = [&](uint64_t result) {
      return consumer.CallAsync(produce, type,
                                {0, fut11.readable, fut12.readable, fut13.readable, result});
    };
    const auto call2 = [&](uint64_t result) {
      return consumer.CallAsync(produce, type,
                                {1, fut21.readable, fut22.readable, fut23.readable, result});
    };

    producer.inst.backpressure = 1;
    Packed to_die(TRY(call1(kNoPointer)));
    EXPECT(to_die.Is(State::kStarting));
    EXPECT(TRY(consumer.SubtaskCancel(Cancel::kSync, to_die.index)) ==
           Code(State::kCancelledBeforeStarted));
    producer.inst.backpressure = 0;

    const Packed sub1(TRY(call1(12)));
    EXPECT(sub1.Is(State::kStarted));
    to_die = Packed(TRY(call2(kNoPointer)));
    EXPECT(to_die.Is(State::kStarting));
    EXPECT(TRY(consumer.SubtaskCancel(Cancel::kSync, to_die.index)) ==
           Code(State::kCancelledBeforeStarted));
    const Packed sub2(TRY(call2(16)));
    EXPECT(sub2.Is(State::kStarting));

    const uint64_t set = TRY(consumer.WaitableSetNew());
    TRY_VOID(consumer.WaitableJoin(sub1.index, set));
    TRY_VOID(consumer.WaitableJoin(sub2.index, set));
    const auto nothing_happens = [&]() -> wasm::Result<void> {
      for (int i = 0; i < 10; ++i) {
        EXPECT(TRY(consumer.ThreadYield(true)) == 0);
        EXPECT(TRY(consumer.WaitableSetPoll(set, 0)) == Code(EventCode::kNone));
      }
      return {};
    };

    TRY_VOID(writes(fut11.writable));
    EXPECT(TRY(consumer.WaitsForSubtask(set, 0, sub2.index, State::kStarted)));
    TRY_VOID(writes(fut12.writable));
    TRY_VOID(nothing_happens());  // the second call has the instance for itself
    TRY_VOID(writes(fut21.writable));
    EXPECT(TRY(consumer.WaitsForSubtask(set, 0, sub1.index, State::kReturned)));
    EXPECT(consumer.U32At(12) == 42);
    TRY_VOID(consumer.SubtaskDrop(sub1.index));

    TRY_VOID(writes(fut22.writable));
    TRY_VOID(nothing_happens());  // the first one's callback blocks
    TRY_VOID(writes(fut13.writable));
    EXPECT(TRY(consumer.WaitsForSubtask(set, 0, sub2.index, State::kReturned)));
    EXPECT(consumer.U32At(16) == 43);
    TRY_VOID(consumer.SubtaskDrop(sub2.index));

    const Packed sub3(TRY(consumer.CallAsync(sync_callee, sync_type, {20})));
    EXPECT(sub3.Is(State::kStarting));
    TRY_VOID(consumer.WaitableJoin(sub3.index, set));
    TRY_VOID(writes(fut23.writable));
    EXPECT(TRY(consumer.WaitsForSubtask(set, 0, sub3.index, State::kReturned)));
    EXPECT(consumer.U32At(20) == 100);
    return 0;
  });
  REQUIRE_OK(world.Run(consume));
}

TEST_CASE("test_sync_ignores_backpressure") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest callee(world, &root);
  Guest caller(world, &root);

  const FuncType& async_type = world.Async({world.U32(), world.Future(nullptr)}, world.U32());
  const auto async_callee = callee.Lift(async_type, callee.Options(), [&](Args args) -> Core {
    EXPECT(TRY(callee.FutureRead(nullptr, false, args[1], kNoPointer)) ==
           Code(CopyResult::kCompleted));
    return 42 + args[0];
  });
  const FuncType& sync_type = world.Sync({world.U32()}, world.U32());
  const auto sync_callee =
      callee.Lift(sync_type, callee.Options(), [](Args args) -> Core { return 84 + args[0]; });

  const auto call = caller.Lift(world.Async({}), caller.Options(), [&](Args) -> Core {
    const Ends future = TRY(caller.FutureNew(nullptr));
    const Packed sub(TRY(caller.CallAsync(async_callee, async_type, {1, future.readable, 4})));
    EXPECT(sub.Is(State::kStarted));
    EXPECT(TRY(caller.CallAsync(sync_callee, sync_type, {2, 8})) == Code(State::kReturned));
    EXPECT(caller.U32At(8) == 86);
    EXPECT(TRY(caller.FutureWrite(nullptr, false, future.writable, kNoPointer)) ==
           Code(CopyResult::kCompleted));
    const uint64_t set = TRY(caller.WaitableSetNew());
    TRY_VOID(caller.WaitableJoin(sub.index, set));
    EXPECT(TRY(caller.WaitsForSubtask(set, 12, sub.index, State::kReturned)));
    EXPECT(caller.U32At(4) == 43);
    return caller.SubtaskDrop(sub.index);
  });
  REQUIRE_OK(world.Run(call));
}

TEST_CASE("test_async_to_sync") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);

  const FuncType& type = world.Async({});
  bool fut = false, done1 = false, done2 = false;
  const auto producer1 = producer.Lift(type, producer.Options(), [&](Args) -> Core {
    TRY_VOID(producer.WaitUntilSet(fut));
    done1 = true;
    return 0;
  });
  const auto producer2 = producer.Lift(type, producer.Options(), [&](Args) -> Core {
    EXPECT(done1);
    done2 = true;
    return 0;
  });
  const auto consume =
      consumer.Lift(world.Async({}, world.U8()), consumer.AsyncOptions(), [&](Args) -> Core {
        const Packed sub1(TRY(consumer.CallAsync(producer1, type, {})));
        EXPECT(sub1.index == 1);
        EXPECT(sub1.Is(State::kStarted));
        const Packed sub2(TRY(consumer.CallAsync(producer2, type, {})));
        EXPECT(sub2.index == 2);
        EXPECT(sub2.Is(State::kStarting));
        const uint64_t set = TRY(consumer.WaitableSetNew());
        TRY_VOID(consumer.WaitableJoin(sub1.index, set));
        TRY_VOID(consumer.WaitableJoin(sub2.index, set));
        fut = true;
        EXPECT(!done1 && !done2);

        std::vector<uint64_t> remain = {sub1.index, sub2.index};
        for (int i = 0; i < 100 && !remain.empty(); ++i) {
          EXPECT(TRY(consumer.ThreadYield(true)) == 0);
          const uint64_t event = TRY(consumer.WaitableSetPoll(set, 8));
          if (event == Code(EventCode::kNone)) continue;
          EXPECT(event == Code(EventCode::kSubtask));
          EXPECT(consumer.U32At(12) == Code(State::kReturned));
          EXPECT(std::erase(remain, consumer.U32At(8)) == 1);
          TRY_VOID(consumer.SubtaskDrop(consumer.U32At(8)));
        }
        EXPECT(remain.empty());
        EXPECT(done1 && done2);
        TRY_VOID(consumer.WaitableSetDrop(set));
        return consumer.TaskReturn(world.U8(), 83);
      });
  const auto result = world.Run(consume);
  REQUIRE_OK(result);
  CHECK(*result == Value::U8(83));
}

TEST_CASE("test_async_backpressure") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);

  const FuncType& type = world.Async({});
  bool fut = false, done1 = false, done2 = false;
  const auto producer1 = producer.Lift(type, producer.AsyncOptions(), [&](Args) -> Core {
    TRY_VOID(producer.BackpressureInc());
    TRY_VOID(producer.WaitUntilSet(fut));
    TRY_VOID(producer.BackpressureDec());
    TRY_VOID(producer.TaskReturn());
    done1 = true;
    return 0;
  });
  const auto producer2 = producer.Lift(type, producer.AsyncOptions(), [&](Args) -> Core {
    EXPECT(done1);
    TRY_VOID(producer.TaskReturn());
    done2 = true;
    return 0;
  });
  const auto consume =
      consumer.Lift(world.Async({}, world.U8()), consumer.AsyncOptions(), [&](Args) -> Core {
        const Packed sub1(TRY(consumer.CallAsync(producer1, type, {})));
        EXPECT(sub1.index == 1);
        EXPECT(sub1.Is(State::kStarted));
        const Packed sub2(TRY(consumer.CallAsync(producer2, type, {})));
        EXPECT(sub2.index == 2);
        EXPECT(sub2.Is(State::kStarting));
        const uint64_t set = TRY(consumer.WaitableSetNew());
        TRY_VOID(consumer.WaitableJoin(sub1.index, set));
        TRY_VOID(consumer.WaitableJoin(sub2.index, set));
        fut = true;
        EXPECT(!done1 && !done2);

        std::vector<uint64_t> remain = {sub1.index, sub2.index};
        while (!remain.empty()) {
          EXPECT(TRY(consumer.WaitableSetWait(set, 8)) == Code(EventCode::kSubtask));
          EXPECT(consumer.U32At(12) == Code(State::kReturned));
          EXPECT(std::erase(remain, consumer.U32At(8)) == 1);
          TRY_VOID(consumer.SubtaskDrop(consumer.U32At(8)));
        }
        EXPECT(done1 && done2);
        TRY_VOID(consumer.WaitableSetDrop(set));
        return consumer.TaskReturn(world.U8(), 84);
      });
  const auto result = world.Run(consume);
  REQUIRE_OK(result);
  CHECK(*result == Value::U8(84));
}

TEST_CASE("test_sync_using_wait") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);

  const FuncType& type = world.Async({});
  const auto produce = [&](const bool& flag) {
    return producer.Lift(type, producer.AsyncOptions(), [&](Args) -> Core {
      TRY_VOID(producer.WaitUntilSet(flag));
      return producer.TaskReturn();
    });
  };
  bool fut1 = false, fut2 = false;
  const auto producer1 = produce(fut1);
  const auto producer2 = produce(fut2);
  const auto consume = consumer.Lift(type, consumer.Options(), [&](Args) -> Core {
    const Packed sub1(TRY(consumer.CallAsync(producer1, type, {})));
    EXPECT(sub1.index == 1);
    EXPECT(sub1.Is(State::kStarted));
    const Packed sub2(TRY(consumer.CallAsync(producer2, type, {})));
    EXPECT(sub2.index == 2);
    EXPECT(sub2.Is(State::kStarted));
    const uint64_t set = TRY(consumer.WaitableSetNew());
    TRY_VOID(consumer.WaitableJoin(sub1.index, set));
    TRY_VOID(consumer.WaitableJoin(sub2.index, set));
    fut1 = true;
    EXPECT(TRY(consumer.WaitsForSubtask(set, 0, sub1.index, State::kReturned)));
    fut2 = true;
    EXPECT(TRY(consumer.WaitsForSubtask(set, 0, sub2.index, State::kReturned)));
    TRY_VOID(consumer.SubtaskDrop(sub1.index));
    TRY_VOID(consumer.SubtaskDrop(sub2.index));
    return consumer.WaitableSetDrop(set);
  });
  REQUIRE_OK(world.Run(consume));
}

}  // namespace
}  // namespace component::runtime
