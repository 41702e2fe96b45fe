// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_tests.py of the specification: calls that are cancelled.

#include <catch2/catch_test_macros.hpp>

#include "libcomponent/runtime/host_test_util.h"

namespace component::runtime {
namespace {

using State = Subtask::State;

constexpr uint64_t kExit = 0, kYield = 1;  // [cabi:CallbackCode]
constexpr uint64_t kNotCancelled = 0, kWasCancelled = 1;

TEST_CASE("test_cancel_subtask") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest callee(world, &root);
  Guest caller(world, &root);
  const ValType* const u8 = world.U8();
  const FuncType& type = world.Async({u8}, u8);
  const auto lift = [&](CoreFunc func) {
    return callee.Lift(type, callee.AsyncOptions(), std::move(func));
  };

  const auto callee1 = lift([](Args) -> Core {
    EXPECT(!"called");
    return 0;
  });
  const auto callee2 = lift([&](Args args) -> Core {
    const uint64_t x = args[0];
    const uint64_t set = TRY(callee.WaitableSetNew());
    EXPECT(TRY(callee.WaitableSetWait(set, 0)) == Code(EventCode::kTaskCancelled));
    EXPECT(x >= 1 && x <= 4);
    if (x > 2) TRY_VOID(callee.ThreadYield(true));
    return x == 1 ? callee.TaskReturn(u8, 42)
                  : (x == 3 ? callee.TaskReturn(u8, 43) : callee.TaskCancel());
  });
  const auto callee3 = lift([&](Args) -> Core {
    const uint64_t cancelled = TRY(callee.ThreadYield(true));
    return cancelled == kWasCancelled ? callee.TaskCancel() : callee.TaskReturn(u8, 83);
  });

  bool host_fut4 = false;
  const auto host_func4 = MakeHostFunc(
      world, type,
      [&](BlockingHostCall& call, const std::vector<Value>& args) -> wasm::Result<void> {
        EXPECT(args[0] == Value::U8(42));
        TRY(call.WaitUntil([&] { return host_fut4; }));
        return call.Return(Value::U8(43));
      });
  const auto callee4 = lift([&](Args) -> Core {
    EXPECT(TRY(callee.Call(host_func4, type, callee.Options(), {42})) == 43);
    EXPECT(Traps(callee.TaskCancel()));
    const uint64_t set = TRY(callee.WaitableSetNew());
    EXPECT(TRY(callee.WaitableSetWait(set, 0)) == Code(EventCode::kTaskCancelled));
    EXPECT(TRY(callee.WaitableSetPoll(set, 0)) == Code(EventCode::kNone));
    return callee.TaskCancel();
  });

  bool host_fut5 = false;
  const auto host_func5 = MakeHostFunc(
      world, type,
      [&](BlockingHostCall& call, const std::vector<Value>& args) -> wasm::Result<void> {
        EXPECT(args[0] == Value::U8(42));
        EXPECT(TRY(call.WaitUntil([&] { return host_fut5; })) == Cancelled::kTrue);
        TRY(call.WaitUntil([&] { return host_fut5; }));
        return call.Return(Value::U8(43));
      });
  const auto callee5 = lift([&](Args args) -> Core {
    EXPECT(args[0] == 13);
    const Packed sub(TRY(callee.CallAsync(host_func5, type, {42, 0})));
    EXPECT(sub.Is(State::kStarted));
    EXPECT(TRY(callee.SubtaskCancel(Cancel::kSync, sub.index)) == Code(State::kReturned));
    EXPECT(callee.At(0) == 43);
    return callee.TaskReturn(u8, 44);
  });

  const auto table = trenail::Table::New(world.core, {.limits = {.min = 2}},
                                         trenail::Value::Null(wasm::HeapType::kFunc));
  REQUIRE_OK(table);
  constexpr uint64_t kCancellable = 0, kNotCancellable = 1;
  const wasm::FuncType thread_type{.params = {wasm::ValType::kI32}, .results = {}};
  const trenail::Func cancellable = world.MakeCore(thread_type, [&](Args args) -> Core {
    EXPECT(TRY(callee.ThreadSuspendThenResume(true, args[0])) == kWasCancelled);
    EXPECT(TRY(callee.ThreadSuspendThenResume(true, args[0])) == kNotCancelled);
    return callee.TaskReturn(u8, 45);
  });
  const trenail::Func not_cancellable = world.MakeCore(thread_type, [&](Args args) -> Core {
    EXPECT(TRY(callee.ThreadSuspendThenResume(false, args[0])) == kNotCancelled);
    return 0;
  });
  REQUIRE(table->Set(kCancellable, cancellable.ref()));
  REQUIRE(table->Set(kNotCancellable, not_cancellable.ref()));
  const auto callee6 = lift([&](Args args) -> Core {
    EXPECT(args[0] == 14);
    const uint64_t main = TRY(callee.ThreadIndex());
    uint64_t threads[3] = {};
    const uint64_t funcs[3] = {kNotCancellable, kCancellable, kNotCancellable};
    for (int i = 0; i < 3; ++i) {
      threads[i] = TRY(callee.ThreadNewIndirect(*table, funcs[i], main));
      EXPECT(TRY(callee.ThreadSuspendThenResume(true, threads[i])) == kNotCancelled);
    }
    EXPECT(TRY(callee.ThreadSuspend(false)) == kNotCancelled);
    for (const uint64_t thread : threads) TRY_VOID(callee.ThreadResumeLater(thread));
    return 0;
  });

  const auto call = caller.Lift(type, caller.AsyncOptions(), [&](Args args) -> Core {
    EXPECT(args[0] == 1);
    const auto start = [&](const std::shared_ptr<FuncInst>& func, uint64_t x, State state) -> Core {
      const Packed sub(TRY(caller.CallAsync(func, type, {x, 0})));
      EXPECT(sub.Is(state));
      return sub.index;
    };
    const auto cancel = [&](uint64_t sub, Cancel how) {
      caller.At(0) = 13;
      return caller.SubtaskCancel(how, sub);
    };
    const uint64_t set = TRY(caller.WaitableSetNew());
    const auto waits = [&](uint64_t sub, State state) -> wasm::Result<bool> {
      TRY_VOID(caller.WaitableJoin(sub, set));
      return caller.WaitsForSubtask(set, 8, sub, state);
    };

    callee.inst.backpressure = 1;
    uint64_t sub1 = TRY(start(callee1, 13, State::kStarting));
    uint64_t sub2 = TRY(start(callee1, 13, State::kStarting));
    EXPECT(TRY(cancel(sub2, Cancel::kSync)) == Code(State::kCancelledBeforeStarted));
    EXPECT(TRY(cancel(sub1, Cancel::kAsync)) == Code(State::kCancelledBeforeStarted));
    callee.inst.backpressure = 0;

    sub1 = TRY(start(callee2, 1, State::kStarted));
    sub2 = TRY(start(callee2, 2, State::kStarted));
    const uint64_t sub3 = TRY(start(callee2, 3, State::kStarted));
    const uint64_t sub3_2 = TRY(start(callee2, 3, State::kStarted));
    const uint64_t sub4 = TRY(start(callee2, 4, State::kStarted));
    const uint64_t sub4_2 = TRY(start(callee2, 4, State::kStarted));

    EXPECT(TRY(cancel(sub1, Cancel::kSync)) == Code(State::kReturned));
    EXPECT(caller.At(0) == 42);
    TRY_VOID(caller.SubtaskDrop(sub1));

    EXPECT(TRY(cancel(sub2, Cancel::kAsync)) == Code(State::kCancelledBeforeReturned));
    EXPECT(caller.At(0) == 13);
    TRY_VOID(caller.SubtaskDrop(sub2));

    EXPECT(TRY(cancel(sub3, Cancel::kAsync)) == kBlocked);
    EXPECT(caller.At(0) == 13);
    EXPECT(TRY(waits(sub3, State::kReturned)));
    EXPECT(caller.At(0) == 43);
    TRY_VOID(caller.SubtaskDrop(sub3));

    EXPECT(TRY(cancel(sub3_2, Cancel::kSync)) == Code(State::kReturned));
    EXPECT(caller.At(0) == 43);
    TRY_VOID(caller.SubtaskDrop(sub3_2));

    EXPECT(TRY(cancel(sub4, Cancel::kAsync)) == kBlocked);
    EXPECT(caller.At(0) == 13);
    EXPECT(TRY(waits(sub4, State::kCancelledBeforeReturned)));
    TRY_VOID(caller.SubtaskDrop(sub4));

    EXPECT(TRY(cancel(sub4_2, Cancel::kSync)) == Code(State::kCancelledBeforeReturned));
    EXPECT(caller.At(0) == 13);
    TRY_VOID(caller.SubtaskDrop(sub4_2));

    uint64_t sub = TRY(start(callee3, 0, State::kStarted));
    const auto& subtask = static_cast<const Subtask&>(
        *caller.inst.handles.Find(static_cast<uint32_t>(sub))->waitable);
    for (int i = 0; i < 100 && subtask.state() == State::kStarted; ++i)
      TRY_VOID(caller.ThreadYield(true));
    EXPECT(caller.At(0) == 83);
    EXPECT(TRY(caller.SubtaskCancel(Cancel::kAsync, sub)) == Code(State::kReturned));
    TRY_VOID(caller.SubtaskDrop(sub));

    sub = TRY(start(callee3, 0, State::kStarted));
    EXPECT(TRY(cancel(sub, Cancel::kAsync)) == Code(State::kCancelledBeforeReturned));
    EXPECT(caller.At(0) == 13);
    TRY_VOID(caller.SubtaskDrop(sub));

    sub = TRY(start(callee4, 0, State::kStarted));
    EXPECT(TRY(cancel(sub, Cancel::kAsync)) == kBlocked);
    EXPECT(caller.At(0) == 13);
    host_fut4 = true;
    EXPECT(TRY(waits(sub, State::kCancelledBeforeReturned)));
    EXPECT(caller.At(0) == 13);
    TRY_VOID(caller.SubtaskDrop(sub));

    sub = TRY(start(callee5, 13, State::kStarted));
    EXPECT(TRY(cancel(sub, Cancel::kAsync)) == kBlocked);
    EXPECT(caller.At(0) == 13);
    host_fut5 = true;
    EXPECT(TRY(waits(sub, State::kReturned)));
    EXPECT(caller.At(0) == 44);
    TRY_VOID(caller.SubtaskDrop(sub));

    sub = TRY(start(callee6, 14, State::kStarted));
    EXPECT(TRY(cancel(sub, Cancel::kAsync)) == kBlocked);
    EXPECT(TRY(waits(sub, State::kReturned)));
    EXPECT(caller.At(0) == 45);
    TRY_VOID(caller.SubtaskDrop(sub));

    TRY_VOID(caller.WaitableSetDrop(set));
    return caller.TaskReturn(u8, 42);
  });
  const auto result = world.Run(call, {Value::U8(1)});
  REQUIRE_OK(result);
  CHECK(*result == Value::U8(42));
}

TEST_CASE("test_thread_cancel_callback") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);
  const ValType* const u32 = world.U32();
  const FuncType& type = world.Async({}, u32);

  const auto callback1 = [&](Args args) -> Core {
    EXPECT(args[0] == Code(EventCode::kNone) && args[1] == 0 && args[2] == 0);
    TRY_VOID(producer.TaskReturn(u32, 42));
    return kExit;
  };
  const auto producer1 =
      producer.Lift(type, producer.CallbackOptions(callback1), [](Args) -> Core { return kYield; });
  const auto callback2 = [](Args) -> Core {
    EXPECT(!"called");
    return kExit;
  };
  const auto producer2 =
      producer.Lift(type, producer.CallbackOptions(callback2), [&](Args) -> Core {
        EXPECT(TRY(producer.ThreadYield(false)) == kNotCancelled);
        TRY_VOID(producer.TaskReturn(u32, 43));
        return kExit;
      });

  const auto consume = consumer.Lift(world.Async({}), consumer.Options(), [&](Args) -> Core {
    const Packed sub1(TRY(consumer.CallAsync(producer1, type, {8})));
    EXPECT(sub1.Is(State::kStarted));
    const Packed sub2(TRY(consumer.CallAsync(producer2, type, {12})));
    EXPECT(sub2.Is(State::kStarted));
    // The second call has the instance for itself just now.
    EXPECT(TRY(consumer.SubtaskCancel(Cancel::kAsync, sub1.index)) == kBlocked);

    const uint64_t set = TRY(consumer.WaitableSetNew());
    TRY_VOID(consumer.WaitableJoin(sub1.index, set));
    EXPECT(TRY(consumer.WaitsForSubtask(set, 16, sub1.index, State::kReturned)));
    EXPECT(consumer.U32At(8) == 42);
    TRY_VOID(consumer.WaitableJoin(sub2.index, set));
    EXPECT(TRY(consumer.WaitsForSubtask(set, 16, sub2.index, State::kReturned)));
    EXPECT(consumer.U32At(12) == 43);
    return 0;
  });
  REQUIRE_OK(world.Run(consume));
}

}  // namespace
}  // namespace component::runtime
