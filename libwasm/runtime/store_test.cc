// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls between the embedder, host functions and engines; errors, traces, interruption and roots.

#include "libwasm/runtime/store.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/ops_aggregate.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/ops_exception.h"
#include "libwasm/runtime/runtime_test_util.h"

namespace wasm::runtime {
namespace {

TEST_CASE("host functions take and give their values in place") {
  TestStore test;
  FuncInst* add = test.store.NewHostFunction(
      test.types->AddFuncType({{ValType::kI32, ValType::kI32}, {ValType::kI32}}),
      [](CallContext& context, Slot* slots) -> Result<void> {
        CHECK(context.caller() == nullptr);
        CHECK(context.memory() == nullptr);
        slots[0] = static_cast<uint32_t>(slots[0] + slots[1]);
        return {};
      },
      "add");
  Slot slots[2] = {40, 2};
  CHECK(test.store.Call(add, slots).has_value());
  CHECK(slots[0] == 42);
  CHECK(add->param_slots == 2);
  CHECK(add->kind == FuncKind::kHost);
}

// A module whose function 1 calls its import, function 0.
struct Caller : TestStore {
  explicit Caller(HostCallback callback, const StoreLimits& limits = {}) : TestStore(limits) {
    FuncInst* host =
        store.NewHostFunction(types->AddFuncType({{}, {}}), std::move(callback), "host");
    ModuleBuilder builder;
    const TypeIdx type = builder.Func({}, {});
    builder.Import("env", "host", ExternKind::kFunc);
    for (int i = 0; i < 3; ++i) builder.DefineFunc(type);
    builder.DefineMemory(1);
    builder.module.tags.push_back({type, 0});
    builder.module.names.functions.names = {{1, "middle"}};
    FakeEngine::functions[1] = [](Instance& target, Slot* slots) {
      FuncInst* callee = target.functions[0];
      return callee->entry(target.thread, callee, slots);
    };
    instance = *Instantiate(builder, {{.kind = ExternKind::kFunc, .func = host}});
    func = store.FuncRef(instance, 1);
  }
  Instance* instance;
  FuncInst* func;
};

TEST_CASE("a host function sees its caller") {
  Instance* seen = nullptr;
  MemoryInst* memory = nullptr;
  Caller test([&](CallContext& context, Slot*) -> Result<void> {
    seen = context.caller();
    memory = context.memory();
    return {};
  });
  CHECK(test.store.Call(test.func, nullptr).has_value());
  CHECK(seen == test.instance);
  CHECK(memory == test.instance->memory0);
}

TEST_CASE("errors of host functions reach the embedder as they are, with a trace") {
  Caller test([](CallContext&, Slot*) -> Result<void> {
    return std::unexpected(Error(ErrorKind::kHost, "disk on fire"));
  });
  const auto result = test.store.Call(test.func, nullptr);
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kHost);
  CHECK(result.error().message() == "disk on fire");
  REQUIRE(result.error().trace().size() == 1);
  CHECK(result.error().trace()[0].function_name == "middle");
  CHECK(result.error().trace()[0].function_index == 1);
  // The stacks are as before.
  CHECK(test.store.thread().frame_top == test.store.thread().frame_base);
}

TEST_CASE("an exit passes through") {
  Caller test([](CallContext&, Slot*) -> Result<void> { return std::unexpected(Error::Exit(3)); });
  const auto result = test.store.Call(test.func, nullptr);
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kExit);
  CHECK(result.error().exit_code() == 3);
}

TEST_CASE("a trap inside a call made by a host function keeps its story") {
  Caller test([&](CallContext& context, Slot*) -> Result<void> {
    FuncInst* inner = context.store().FuncRef(context.caller(), 2);
    FakeEngine::functions[2] = [](Instance&, Slot*) { return Trap::kIntegerDivideByZero; };
    return context.store().Call(inner, nullptr);
  });
  const auto result = test.store.Call(test.func, nullptr);
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kTrap);
  CHECK(result.error().message() == "integer divide by zero");
  CHECK(result.error().trace().size() == 2);
}

TEST_CASE("trap messages have their details") {
  Caller test([](CallContext&, Slot*) -> Result<void> { return {}; });
  FakeEngine::functions[1] = [](Instance& instance, Slot*) {
    instance.thread->trap_detail = 2;
    return Trap::kUninitializedElement;
  };
  const auto result = test.store.Call(test.func, nullptr);
  REQUIRE(!result.has_value());
  CHECK(result.error().message() == "uninitialized element 2");
}

TEST_CASE("exceptions pass through host functions and can start there") {
  Caller test([](CallContext& context, Slot*) -> Result<void> {
    return std::unexpected(context.Throw(context.caller()->tags[0], {}));
  });
  Trap seen = Trap::kNone;
  bool right_tag = false;
  FakeEngine::functions[1] = [&](Instance& target, Slot* slots) {
    FuncInst* callee = target.functions[0];
    seen = callee->entry(target.thread, callee, slots);
    right_tag = rt::ExceptionHasTag(target, target.thread->pending_exception, TagIdx(0));
    return seen;
  };
  const auto result = test.store.Call(test.func, nullptr);
  CHECK(seen == Trap::kException);
  CHECK(right_tag);
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kException);
  CHECK(result.error().message() == "uncaught exception");
}

TEST_CASE("recursion through host functions ends before the native stack does") {
  FuncInst* self = nullptr;
  int depth = 0;
  Caller test([&](CallContext& context, Slot*) -> Result<void> {
    ++depth;
    return context.store().Call(self, nullptr);
  });
  self = test.func;
  for (int round = 0; round < 2; ++round) {
    depth = 0;
    const auto result = test.store.Call(test.func, nullptr);
    REQUIRE(!result.has_value());
    CHECK(result.error().kind() == ErrorKind::kExhausted);
    CHECK(result.error().message() == "call stack exhausted");
    CHECK(depth > 100);
    CHECK(result.error().trace().size() <= 64);
  }
  // Another thread has another stack.
  std::thread([&] {
    const auto result = test.store.Call(test.func, nullptr);
    CHECK(!result.has_value());
  }).join();
}

TEST_CASE("frames are bounded by the stack limit") {
  Caller test([](CallContext&, Slot*) -> Result<void> { return {}; },
              {.max_stack_bytes = 64 * 1024});
  FakeEngine::functions[1] = [](Instance& target, Slot* slots) {
    FuncInst* callee = target.data->MakeFuncInst(1);
    return callee->entry(target.thread, callee, slots);
  };
  const auto result = test.store.Call(test.func, nullptr);
  REQUIRE(!result.has_value());
  CHECK(result.error().message() == "call stack exhausted");
  const VMThread& thread = test.store.thread();
  CHECK(thread.frame_limit - thread.frame_base < 1000);
  CHECK(thread.stack_limit - thread.stack_base < 8192);
}

TEST_CASE("an interrupt from another thread is seen at the next poll") {
  Caller test([](CallContext&, Slot*) -> Result<void> { return {}; });
  FakeEngine::functions[1] = [](Instance& target, Slot*) {
    for (;;) {
      if (target.poll.load(std::memory_order_relaxed) == 0) continue;
      if (const Trap trap = rt::Poll(target); trap != Trap::kNone) return trap;
    }
  };
  std::thread timer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    test.store.Interrupt(Trap::kDeadline);
  });
  const auto result = test.store.Call(test.func, nullptr);
  timer.join();
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kInterrupted);
  CHECK(result.error().message() == "deadline passed");
  // Instances made meanwhile are interrupted too, until it is cleared.
  ModuleBuilder builder;
  Instance* later = *test.Instantiate(builder);
  CHECK(later->poll.load() != 0);
  test.store.ClearInterrupt();
  CHECK(later->poll.load() == 0);
  CHECK(rt::Poll(*later) == Trap::kNone);
}

TEST_CASE("what globals, tables, handles and calls refer to survives collections") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx type = builder.Struct({{ValType::kI32, true}});
  builder.DefineGlobal({kAnyRef, true}, builder.Expr({0xd0, 0x6e}));
  builder.DefineTable(2, kAnyRef);
  Instance& instance = **test.Instantiate(builder);
  auto make = [&](Slot value) { return rt::StructNew(instance, type, &value).value; };
  auto read = [&](Ref ref) {
    Slot value = 0;
    CHECK(rt::StructGet(instance, type, FieldIdx(0), ref, &value) == Trap::kNone);
    return value;
  };
  instance.globals[0]->value[0] = make(1);
  instance.tables[0]->elements[1] = make(2);
  const uint32_t handle = test.store.Root(make(3));
  const uint32_t freed = test.store.Root(make(4));
  test.store.Unroot(freed);
  FuncInst* collect = test.store.NewHostFunction(
      test.types->AddFuncType({{kAnyRef}, {}}),
      [](CallContext& context, Slot*) -> Result<void> {
        context.store().heap().Collect();
        return {};
      },
      "collect");
  Slot slots[1] = {make(5)};
  CHECK(test.store.Call(collect, slots).has_value());
  for (Slot i = 0; i < 1000; ++i) make(1000 + i);  // would overwrite what was freed
  CHECK(read(instance.globals[0]->value[0]) == 1);
  CHECK(read(instance.tables[0]->elements[1]) == 2);
  CHECK(read(test.store.Rooted(handle)) == 3);
  CHECK(read(slots[0]) == 5);
  CHECK(test.store.Root(kNullRef) == freed);
}

TEST_CASE("an instance costs microseconds") {
  TestStore test;
  ModuleBuilder builder;
  const TypeIdx type = builder.Func({}, {});
  for (int i = 0; i < 1000; ++i) builder.DefineFunc(type);
  builder.DefineMemory(1);
  builder.DefineTable(10);
  builder.DefineElem(kFuncRef, false, 3, {1, 2, 3}, builder.Expr({0x41, 1}));
  const auto module = builder.Build(*test.types);
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kInstances = 200;
  for (int i = 0; i < kInstances; ++i) {
    Store store(test.types, &test.engine, {});
    REQUIRE(store.Instantiate(module, {}).has_value());
  }
  const auto each = (std::chrono::steady_clock::now() - begin) / kInstances;
  // Generous: sanitizers and busy machines run this too.
  CHECK(each < std::chrono::milliseconds(1));
  INFO(std::chrono::nanoseconds(each).count());
}

}  // namespace
}  // namespace wasm::runtime
