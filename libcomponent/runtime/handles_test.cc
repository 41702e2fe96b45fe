// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_tests.py of the specification: resources, and how values get into and out of calls.

#include <bit>
#include <catch2/catch_test_macros.hpp>

#include "libcomponent/runtime/host_test_util.h"
#include "libcomponent/runtime/resource.h"

namespace component::runtime {
namespace {

TEST_CASE("test_cross_component_realloc") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest producer(world, &root);
  Guest consumer(world, &root);

  const FuncType& type = world.Sync({}, world.types.List(world.U8()).value());
  const auto produce = producer.Lift(type, producer.Options(), [&](Args args) -> Core {
    EXPECT(args.empty());
    TRY_VOID(producer.ContextSet(0, 0xdead));
    const uint64_t buffer = producer.Allocate(1, 3);
    producer.Set(buffer, {10, 11, 12});
    const uint64_t result = producer.Allocate(4, 8);
    producer.Set(result, {static_cast<uint8_t>(buffer), 0, 0, 0, 3, 0, 0, 0});
    return result;
  });

  Thread* consumer_thread = nullptr;
  int realloc_calls = 0;
  CanonicalOptions options = consumer.Options();
  using enum wasm::ValType::Code;
  options.realloc = world.MakeCore(
      {.params = {kI32, kI32, kI32, kI32}, .results = {kI32}}, [&](Args args) -> Core {
        ++realloc_calls;
        Thread* const thread = world.store.current_thread();
        EXPECT(thread != consumer_thread);
        EXPECT(&thread->task() != &consumer_thread->task());
        EXPECT(&thread->task().inst() == &consumer.inst);
        EXPECT(!consumer.inst.may_enter);
        EXPECT(!consumer.inst.may_leave);
        EXPECT(TRY(consumer.ContextGet(0)) == 0);
        EXPECT(TRY(consumer.ContextGet(1)) == 0);
        TRY_VOID(consumer.ContextSet(0, 0xfeed));
        EXPECT(TRY(consumer.ContextGet(0)) == 0xfeed);
        EXPECT(Traps(consumer.ThreadIndex()));
        EXPECT(args[0] == 0 && args[1] == 0);
        return consumer.Allocate(static_cast<uint32_t>(args[2]), args[3]);
      });

  const auto consume = consumer.Lift(world.Sync({}), consumer.Options(), [&](Args args) -> Core {
    EXPECT(args.empty());
    consumer_thread = world.store.current_thread();
    TRY_VOID(consumer.ContextSet(0, 42));
    TRY_VOID(consumer.ContextSet(1, 43));
    const uint64_t result = consumer.Allocate(4, 8);
    EXPECT(realloc_calls == 0);
    TRY_VOID(consumer.Call(produce, type, options, {result}));
    EXPECT(realloc_calls == 1);
    EXPECT(TRY(consumer.ContextGet(0)) == 42);
    EXPECT(TRY(consumer.ContextGet(1)) == 43);
    EXPECT(consumer.inst.may_leave);
    EXPECT(consumer.U32At(result + 4) == 3);
    EXPECT(consumer.Has(consumer.U32At(result), {10, 11, 12}));
    return 0;
  });
  REQUIRE_OK(world.Run(consume));
  CHECK(realloc_calls == 1);
}

TEST_CASE("test_handles") {
  constexpr ResourceId kImported = 0, kOwn = 1;
  World world;
  ComponentInstance& root = world.NewInstance();
  ComponentInstance& other = world.NewInstance(&root);
  Guest guest(world, &root);
  ComponentInstance& inst = guest.inst;

  std::optional<uint64_t> destroyed;
  const auto resource = [&](ComponentInstance& impl) {
    auto type = std::make_shared<ResourceType>();
    type->impl = &impl;
    type->dtor =
        world.MakeCore({.params = {wasm::ValType::kI32}, .results = {}}, [&](Args args) -> Core {
          destroyed = args[0];
          return args[0];
        });
    return type;
  };
  const std::shared_ptr<ResourceType> imported = resource(other);
  const std::shared_ptr<ResourceType> own = resource(inst);
  inst.resources[kImported] = imported;
  inst.resources[kOwn] = own;
  const auto handle = [&](ValKind kind, ResourceId id) {
    return world.types.Handle(kind, id, 0).value();
  };
  const ValType* const own_imported = handle(ValKind::kOwn, kImported);
  const ValType* const borrow_imported = handle(ValKind::kBorrow, kImported);
  const ValType* const borrow_own = handle(ValKind::kBorrow, kOwn);
  const auto object = [](const std::shared_ptr<ResourceType>& type, uint64_t rep, bool owned) {
    return Value::Object(Value::Kind::kHandle, std::make_shared<ResourceObject>(type, rep, owned));
  };
  const auto rep = [](const Value& value) {
    return static_cast<const ResourceObject&>(*value.object()).rep();
  };
  const auto num_slots = [&] { return inst.handles.slots().size(); };

  const FuncType& host_type = world.Sync({borrow_imported, borrow_imported}, own_imported);
  const auto host = MakeHostFunc(
      world, host_type,
      [&](BlockingHostCall& call, const std::vector<Value>& args) -> wasm::Result<void> {
        EXPECT(args.size() == 2 && rep(args[0]) == 42 && rep(args[1]) == 44);
        return call.Return(object(imported, 45, true));
      });

  // The original returns three results flat; here they are a tuple, in memory.
  const ValType* const three[] = {own_imported, own_imported, own_imported};
  const FuncType& type = world.Sync({own_imported, own_imported, borrow_imported, borrow_own},
                                    world.types.Tuple(three).value());
  const auto func = guest.Lift(type, guest.Options(), [&](Args args) -> Core {
    EXPECT(args.size() == 4);
    EXPECT(num_slots() == 4);
    EXPECT(inst.handles.Find(0) == nullptr);
    const uint64_t h1 = args[0], h2 = args[1], h3 = args[2];
    EXPECT(h1 == 1 && h2 == 2 && h3 == 3);
    EXPECT(args[3] == 13);  // the instance's own resource: as it represents it
    EXPECT(TRY(guest.ResourceRep(kImported, h1)) == 42);
    EXPECT(TRY(guest.ResourceRep(kImported, h2)) == 43);
    EXPECT(TRY(guest.ResourceRep(kImported, h3)) == 44);
    EXPECT(Traps(guest.ResourceRep(kOwn, h1)));

    const uint64_t h4 = TRY(guest.Call(host, host_type, guest.Options(), {h1, h3}));
    EXPECT(h4 == 4);
    EXPECT(TRY(guest.ResourceRep(kImported, h4)) == 45);

    destroyed.reset();
    TRY_VOID(guest.ResourceDrop(kImported, h1));
    EXPECT(destroyed == 42u);
    EXPECT(num_slots() == 5);
    EXPECT(inst.handles.Find(1) == nullptr);

    const uint64_t h = TRY(guest.ResourceNew(kImported, 46));
    EXPECT(h == h1);
    EXPECT(num_slots() == 5);
    EXPECT(inst.handles.Find(1) != nullptr);

    destroyed.reset();
    TRY_VOID(guest.ResourceDrop(kImported, h3));
    EXPECT(!destroyed.has_value());
    EXPECT(num_slots() == 5);
    EXPECT(inst.handles.Find(3) == nullptr);

    guest.Set(8, {static_cast<uint8_t>(h), 0, 0, 0, static_cast<uint8_t>(h2), 0, 0, 0,
                  static_cast<uint8_t>(h4), 0, 0, 0});
    return 8;
  });
  const auto result = world.Run(func, {object(imported, 42, true), object(imported, 43, true),
                                       object(imported, 44, false), object(own, 13, false)});
  REQUIRE_OK(result);
  REQUIRE(result->items().size() == 3);
  CHECK(rep(result->items()[0]) == 46);
  CHECK(rep(result->items()[1]) == 43);
  CHECK(rep(result->items()[2]) == 45);
  CHECK(num_slots() == 5);
  for (uint32_t i = 0; i < 5; ++i) CHECK(inst.handles.Find(i) == nullptr);
}

// [cabi:Task.return_], which test_handles stands by: what was borrowed must be given back.
TEST_CASE("a call does not end with handles that it has borrowed") {
  World world;
  ComponentInstance& root = world.NewInstance();
  Guest guest(world, &root);
  const auto type = std::make_shared<ResourceType>();
  type->impl = &world.NewInstance(&root);
  guest.inst.resources[0] = type;
  const ValType* const borrow = world.types.Handle(ValKind::kBorrow, 0, 0).value();
  const auto keep =
      guest.Lift(world.Sync({borrow}), guest.Options(), [](Args) -> Core { return 0; });
  CHECK(Traps(world.Run(keep, {Value::Object(Value::Kind::kHandle,
                                             std::make_shared<ResourceObject>(type, 7, false))})));
}

TEST_CASE("test_async_flat_params") {
  World world;
  Guest guest(world);
  const auto takes = [&](const FuncType& type, std::vector<Value> expected) {
    return MakeHostFunc(
        world, type,
        [expected = std::move(expected)](BlockingHostCall& call,
                                         const std::vector<Value>& args) -> wasm::Result<void> {
          EXPECT(args == expected);
          return call.Return({});
        });
  };
  const FuncType& type1 = world.Sync({world.Prim(ValKind::kF32), world.Prim(ValKind::kF64),
                                      world.U32(), world.Prim(ValKind::kS64)});
  const auto f1 = takes(type1, {Value::F32(1.1f), Value::F64(2.2), Value::U32(3), Value::S64(4)});
  const FuncType& type2 = world.Sync({world.U32(), world.U8(), world.U8(), world.U8()});
  const auto f2 = takes(type2, {Value::U32(1), Value::U8(2), Value::U8(3), Value::U8(4)});
  const FuncType& type3 = world.Sync({world.U32(), world.U8(), world.U8(), world.U8(), world.U8()});
  const auto f3 =
      takes(type3, {Value::U32(1), Value::U8(2), Value::U8(3), Value::U8(4), Value::U8(5)});

  const auto func = guest.Lift(world.Sync({}), guest.AsyncOptions(), [&](Args) -> Core {
    EXPECT(TRY(guest.CallAsync(
               f1, type1, {std::bit_cast<uint32_t>(1.1f), std::bit_cast<uint64_t>(2.2), 3, 4})) ==
           Code(Subtask::State::kReturned));
    EXPECT(TRY(guest.CallAsync(f2, type2, {1, 2, 3, 4})) == Code(Subtask::State::kReturned));
    guest.Set(12, {1, 0, 0, 0, 2, 3, 4, 5});
    EXPECT(TRY(guest.CallAsync(f3, type3, {12})) == Code(Subtask::State::kReturned));
    return guest.TaskReturn();
  });
  REQUIRE_OK(world.Run(func));
}

}  // namespace
}  // namespace component::runtime
