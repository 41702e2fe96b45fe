// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_tests.py of the specification: streams between a guest and the host. When a stream's end is
// told, along with its last values or after them, is up to the host; where that differs from the
// original, it is because the host's ends are of streams of the runtime [cabi:SharedStreamImpl].

#include <catch2/catch_test_macros.hpp>

#include "libcomponent/runtime/host_test_util.h"

namespace component::runtime {
namespace {

using State = Subtask::State;
using WhenEmpty = ByteSource::WhenEmpty;

constexpr uint64_t kPlenty = 1000;
constexpr auto kCompleted = CopyResult::kCompleted;
constexpr auto kDropped = CopyResult::kDropped;

TEST_CASE("test_eager_stream_completion") {
  World world;
  Guest guest(world);
  const ValType* const u8 = world.U8();
  const ValType* const stream = world.Stream(u8);
  const FuncType& type = world.Sync({stream}, stream);

  std::optional<ByteSink> incoming;
  std::optional<ByteSource> outgoing;
  const auto host = MakeHostFunc(
      world, type,
      [&](BlockingHostCall& call, const std::vector<Value>& args) -> wasm::Result<void> {
        outgoing.emplace(u8, Bytes{}, 4, WhenEmpty::kStays);
        incoming.emplace(u8, args[0], kPlenty, [&] {
          Bytes bytes = incoming->Consume(4);
          for (uint8_t& byte : bytes) byte += 10;
          outgoing->Write(bytes);
          if (incoming->closed()) outgoing->DropOnceEmpty();
        });
        return call.Return(outgoing->value());
      });

  ByteSource source(u8, {1, 2, 3, 4, 5, 6, 7, 8}, 4, WhenEmpty::kDrops);
  std::optional<ByteSink> sink;
  const auto func = guest.Lift(type, guest.AsyncOptions(), [&](Args args) -> Core {
    const uint64_t rsi1 = args[0];
    EXPECT(rsi1 == 1);
    const Ends ends2 = TRY(guest.StreamNew(u8));
    const uint64_t wsi2 = ends2.writable;
    TRY_VOID(guest.TaskReturn(stream, ends2.readable));
    EXPECT(Packed(TRY(guest.StreamRead(u8, true, rsi1, 0, 4))).Is(kCompleted, 4));
    EXPECT(guest.Has(0, {1, 2, 3, 4}));
    const Ends ends3 = TRY(guest.StreamNew(u8));
    const uint64_t wsi3 = ends3.writable;
    EXPECT(TRY(guest.CallAsync(host, type, {ends3.readable, 12})) == Code(State::kReturned));
    const uint64_t rsi4 = guest.U32At(12);
    EXPECT(Packed(TRY(guest.StreamWrite(u8, true, wsi3, 0, 4))).Is(kCompleted, 4));
    EXPECT(Packed(TRY(guest.StreamRead(u8, false, rsi4, 0, 4))).Is(kCompleted, 4));
    EXPECT(guest.Has(0, {11, 12, 13, 14}));
    EXPECT(Packed(TRY(guest.StreamWrite(u8, true, wsi2, 0, 4))).Is(kCompleted, 4));
    EXPECT(Packed(TRY(guest.StreamRead(u8, true, rsi1, 0, 4))).Is(kCompleted, 4));
    EXPECT(guest.Has(0, {5, 6, 7, 8}));
    EXPECT(Packed(TRY(guest.StreamRead(u8, true, rsi1, 16, 4))).Is(kDropped, 0));
    EXPECT(Packed(TRY(guest.StreamWrite(u8, false, wsi3, 0, 4))).Is(kCompleted, 4));
    EXPECT(Packed(TRY(guest.StreamRead(u8, false, rsi4, 0, 4))).Is(kCompleted, 4));
    EXPECT(Packed(TRY(guest.StreamWrite(u8, false, wsi2, 0, 4))).Is(kCompleted, 4));
    TRY_VOID(guest.StreamDropReadable(u8, rsi1));
    TRY_VOID(guest.StreamDropReadable(u8, rsi4));
    TRY_VOID(guest.StreamDropWritable(u8, wsi2));
    return guest.StreamDropWritable(u8, wsi3);
  });
  REQUIRE_OK(world.Run(func, {source.value()},
                       [&](const Value& result) { sink.emplace(u8, result, kPlenty); }));
  CHECK(sink->received() == Bytes{11, 12, 13, 14, 15, 16, 17, 18});
  CHECK(sink->closed());
  CHECK(incoming->closed());
}

TEST_CASE("test_async_stream_ops") {
  World world;
  Guest guest(world);
  const ValType* const u8 = world.U8();
  const ValType* const stream = world.Stream(u8);
  const FuncType& type = world.Async({stream}, stream);

  std::optional<ByteSink> incoming;
  std::optional<ByteSource> outgoing;
  const auto host = MakeHostFunc(
      world, type,
      [&](BlockingHostCall& call, const std::vector<Value>& args) -> wasm::Result<void> {
        outgoing.emplace(u8, Bytes{}, 4, WhenEmpty::kStays);
        incoming.emplace(u8, args[0], 0);
        TRY_VOID(call.Return(outgoing->value()));
        for (;;) {
          TRY(call.WaitUntil(
              [&] { return incoming->closed() || incoming->received().size() >= 4; }));
          Bytes bytes = incoming->Consume(4);
          if (bytes.empty()) break;
          for (uint8_t& byte : bytes) byte += 10;
          outgoing->Write(bytes);
        }
        outgoing->DropOnceEmpty();
        return {};
      });

  ByteSource source(u8, {}, 4, WhenEmpty::kStays);
  std::optional<ByteSink> sink;
  const auto func = guest.Lift(type, guest.AsyncOptions(), [&](Args args) -> Core {
    const uint64_t rsi1 = args[0];
    EXPECT(rsi1 == 1);
    const Ends ends2 = TRY(guest.StreamNew(u8));
    const uint64_t wsi2 = ends2.writable;
    TRY_VOID(guest.TaskReturn(stream, ends2.readable));
    EXPECT(TRY(guest.StreamRead(u8, true, rsi1, 0, 4)) == kBlocked);
    source.Write({1, 2, 3, 4});
    const uint64_t set = TRY(guest.WaitableSetNew());
    TRY_VOID(guest.WaitableJoin(rsi1, set));
    EXPECT(TRY(guest.WaitsForCopy(set, 16, EventCode::kStreamRead, rsi1, kCompleted, 4)));
    EXPECT(guest.Has(0, {1, 2, 3, 4}));

    const Ends ends3 = TRY(guest.StreamNew(u8));
    const uint64_t wsi3 = ends3.writable;
    EXPECT(TRY(guest.CallAsync(host, type, {ends3.readable, 16})) == Code(State::kReturned));
    const uint64_t rsi4 = guest.U32At(16);
    EXPECT(rsi4 == 4);
    EXPECT(TRY(guest.StreamWrite(u8, true, wsi3, 0, 4)) == kBlocked);
    incoming->SetRoom(100);
    TRY_VOID(guest.WaitableJoin(wsi3, set));
    EXPECT(TRY(guest.WaitsForCopy(set, 16, EventCode::kStreamWrite, wsi3, kCompleted, 4)));
    EXPECT(Packed(TRY(guest.StreamRead(u8, false, rsi4, 0, 4))).Is(kCompleted, 4));
    EXPECT(TRY(guest.StreamWrite(u8, true, wsi2, 0, 4)) == kBlocked);
    sink->SetRoom(100);
    TRY_VOID(guest.WaitableJoin(wsi2, set));
    EXPECT(TRY(guest.WaitsForCopy(set, 16, EventCode::kStreamWrite, wsi2, kCompleted, 4)));

    source.Write({5, 6, 7, 8});
    source.DropOnceEmpty();
    EXPECT(Packed(TRY(guest.StreamRead(u8, true, rsi1, 0, 4))).Is(kCompleted, 4));
    EXPECT(Packed(TRY(guest.StreamRead(u8, true, rsi1, 8, 4))).Is(kDropped, 0));
    TRY_VOID(guest.StreamDropReadable(u8, rsi1));
    EXPECT(guest.Has(0, {5, 6, 7, 8}));
    EXPECT(Packed(TRY(guest.StreamWrite(u8, true, wsi3, 0, 4))).Is(kCompleted, 4));
    TRY_VOID(guest.StreamDropWritable(u8, wsi3));
    EXPECT(TRY(guest.StreamRead(u8, true, rsi4, 0, 4)) == kBlocked);
    TRY_VOID(guest.WaitableJoin(rsi4, set));
    // The host has dropped its end before the guest takes note of what it wrote: one event for
    // both.
    EXPECT(TRY(guest.WaitsForCopy(set, 16, EventCode::kStreamRead, rsi4, kDropped, 4)));
    EXPECT(guest.Has(0, {15, 16, 17, 18}));
    TRY_VOID(guest.WaitableJoin(rsi4, 0));
    EXPECT(Traps(guest.StreamRead(u8, false, rsi4, 0, 4)));
    TRY_VOID(guest.StreamDropReadable(u8, rsi4));
    EXPECT(Packed(TRY(guest.StreamWrite(u8, true, wsi2, 0, 4))).Is(kCompleted, 4));
    TRY_VOID(guest.StreamDropWritable(u8, wsi2));
    return guest.WaitableSetDrop(set);
  });
  REQUIRE_OK(
      world.Run(func, {source.value()}, [&](const Value& result) { sink.emplace(u8, result, 0); }));
  CHECK(sink->received() == Bytes{11, 12, 13, 14, 15, 16, 17, 18});
}

TEST_CASE("test_stream_forward") {
  World world;
  Guest guest(world);
  const ValType* const stream = world.Stream(world.U8());
  ByteSource source(world.U8(), {1, 2, 3, 4}, 4, WhenEmpty::kDrops);
  const auto func =
      guest.Lift(world.Sync({stream}, stream), guest.Options(), [&](Args args) -> Core {
        EXPECT(args.size() == 1 && args[0] == 1);
        return args[0];
      });
  const auto result = world.Run(func, {source.value()});
  REQUIRE_OK(result);
  CHECK(*result == source.value());
}

TEST_CASE("test_receive_own_stream") {
  World world;
  Guest guest(world);
  const ValType* const u8 = world.U8();
  const ValType* const stream = world.Stream(u8);
  const FuncType& type = world.Sync({stream}, stream);
  const auto host = MakeHostFunc(
      world, type, [](BlockingHostCall& call, std::vector<Value> args) -> wasm::Result<void> {
        return call.Return(std::move(args[0]));
      });
  const auto func = guest.Lift(world.Async({}), guest.Options(), [&](Args) -> Core {
    const Ends ends = TRY(guest.StreamNew(u8));
    EXPECT(ends.readable == 1 && ends.writable == 2);
    EXPECT(TRY(guest.StreamWrite(u8, true, ends.writable, 0, 4)) == kBlocked);
    EXPECT(TRY(guest.CallAsync(host, type, {ends.readable, 8})) == Code(State::kReturned));
    EXPECT(guest.U32At(8) == 1);
    EXPECT(Packed(TRY(guest.StreamCancelWrite(u8, Cancel::kSync, ends.writable)))
               .Is(CopyResult::kCancelled, 0));
    return guest.StreamDropWritable(u8, ends.writable);
  });
  REQUIRE_OK(world.Run(func));
}

TEST_CASE("test_host_partial_reads_writes") {
  World world;
  Guest guest(world);
  const ValType* const u8 = world.U8();
  const ValType* const stream = world.Stream(u8);

  ByteSource source(u8, {1, 2, 3, 4}, 2, WhenEmpty::kStays);
  const FuncType& source_type = world.Sync({}, stream);
  const auto give_source =
      MakeHostFunc(world, source_type, [&](BlockingHostCall& call, const std::vector<Value>&) {
        return call.Return(source.value());
      });
  std::optional<ByteSink> sink;
  const FuncType& sink_type = world.Sync({stream});
  const auto take_sink =
      MakeHostFunc(world, sink_type, [&](BlockingHostCall& call, const std::vector<Value>& args) {
        sink.emplace(u8, args[0], 2);
        return call.Return({});
      });

  const auto func = guest.Lift(world.Async({}), guest.Options(), [&](Args) -> Core {
    EXPECT(TRY(guest.CallAsync(give_source, source_type, {8})) == Code(State::kReturned));
    const uint64_t rsi = guest.U32At(8);
    EXPECT(rsi == 1);
    EXPECT(Packed(TRY(guest.StreamRead(u8, true, rsi, 0, 4))).Is(kCompleted, 2));
    EXPECT(guest.Has(0, {1, 2}));
    EXPECT(Packed(TRY(guest.StreamRead(u8, true, rsi, 0, 4))).Is(kCompleted, 2));
    EXPECT(guest.Has(0, {3, 4}));
    EXPECT(TRY(guest.StreamRead(u8, true, rsi, 0, 4)) == kBlocked);
    source.Write({5, 6});
    const uint64_t set = TRY(guest.WaitableSetNew());
    TRY_VOID(guest.WaitableJoin(rsi, set));
    EXPECT(TRY(guest.WaitsForCopy(set, 8, EventCode::kStreamRead, rsi, kCompleted, 2)));
    EXPECT(guest.Has(0, {5, 6}));
    TRY_VOID(guest.StreamDropReadable(u8, rsi));

    const Ends ends = TRY(guest.StreamNew(u8));
    EXPECT(ends.readable == 1 && ends.writable == 3);
    EXPECT(TRY(guest.CallAsync(take_sink, sink_type, {ends.readable})) == Code(State::kReturned));
    guest.Set(0, {1, 2, 3, 4, 5, 6});
    EXPECT(Packed(TRY(guest.StreamWrite(u8, true, ends.writable, 0, 6))).Is(kCompleted, 2));
    EXPECT(TRY(guest.StreamWrite(u8, true, ends.writable, 2, 4)) == kBlocked);
    sink->SetRoom(4);
    TRY_VOID(guest.WaitableJoin(ends.writable, set));
    EXPECT(TRY(guest.WaitsForCopy(set, 8, EventCode::kStreamWrite, ends.writable, kCompleted, 4)));
    EXPECT(sink->received() == Bytes{1, 2, 3, 4, 5, 6});
    TRY_VOID(guest.StreamDropWritable(u8, ends.writable));
    TRY_VOID(guest.WaitableSetDrop(set));
    EXPECT(!sink->closed());
    sink->SetRoom(100);
    EXPECT(sink->closed());
    return 0;
  });
  REQUIRE_OK(world.Run(func));
}

}  // namespace
}  // namespace component::runtime
