// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The component model as an embedder sees it: linking, calls both ways, resources, calls that take
// their time, streams, and what a trap leaves behind.

#include "libcomponent/libcomponent.h"

#include <catch2/catch_test_macros.hpp>

#include "interp/interp.h"
#include "libcomponent/streams.h"
#include "libcomponent/typed.h"

namespace trenail {
namespace {

using V = ComponentValue;
using Args = std::vector<ComponentValue>;

// A memory that grows upwards, for lists and strings. (GCC 12 takes no raw strings in macros.)
#define LIBC                                                                             \
  "(core module $Libc "                                                                  \
  "(memory (export \"mem\") 1) "                                                         \
  "(global $next (mut i32) (i32.const 1024)) "                                           \
  "(func (export \"realloc\") (param i32 i32 i32 i32) (result i32) "                     \
  "(local $at i32) "                                                                     \
  "(local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8))) " \
  "(global.set $next (i32.add (local.get $at) (local.get 3))) "                          \
  "(local.get $at))) "                                                                   \
  "(core instance $libc (instantiate $Libc)) "                                           \
  "(alias core export $libc \"mem\" (core memory $mem)) "                                \
  "(alias core export $libc \"realloc\" (core func $realloc)) "

struct World {
  Engine engine{MakeInterpreter()};
  ComponentStore store{engine};
  ComponentLinker linker{engine};

  Result<ComponentInstance> Make(const std::string& definitions) {
    ComponentFeatureSet features;
    features.Set(component::Feature::kAsyncStackful, true);
    features.Set(component::Feature::kMoreAsyncBuiltins, true);
    const auto component =
        TRY(Component::ParseText(engine, "(component " + definitions + ")", features));
    return linker.Instantiate(store, component);
  }
};

std::string MessageOf(const auto& result) { return result ? "" : result.error().message(); }

TEST_CASE("typed calls check the signature and carry strings") {
  World world;
  const auto instance = world.Make(LIBC R"(
    (core module $M
      (import "" "mem" (memory 1))
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
      ;; What came in, without its first byte.
      (func (export "tail") (param i32 i32) (result i32)
        (i32.store (i32.const 0) (i32.add (local.get 0) (i32.const 1)))
        (i32.store (i32.const 4) (i32.sub (local.get 1) (i32.const 1)))
        (i32.const 0)))
    (core instance $m (instantiate $M (with "" (instance (export "mem" (memory $mem))))))
    (func (export "add") (param "a" u32) (param "b" u32) (result u32)
      (canon lift (core func $m "add")))
    (func (export "tail") (param "s" string) (result string)
      (canon lift (core func $m "tail") (memory $mem) (realloc (core func $realloc)))))");
  REQUIRE(MessageOf(instance) == "");
  const auto add = instance->GetFunc("add")->Typed<uint32_t(uint32_t, uint32_t)>();
  REQUIRE(add);
  CHECK((*add)(40, 2) == 42);
  CHECK_FALSE(instance->GetFunc("add")->Typed<int32_t(uint32_t, uint32_t)>());
  const auto tail = instance->GetFunc("tail")->Typed<std::string(std::string)>();
  REQUIRE(tail);
  CHECK((*tail)("strawberry") == "trawberry");
  CHECK(MessageOf(instance->GetFunc("add")->Call({V::U32(1)})) != "");
  CHECK_FALSE(instance->GetFunc("add")->Call({V::U32(1), V::Bool(true)}));
}

TEST_CASE("a trap leaves its instance unusable") {
  World world;
  const auto instance = world.Make(R"(
    (core module $M (func (export "f") unreachable) (func (export "g")))
    (core instance $m (instantiate $M))
    (func (export "f") (canon lift (core func $m "f")))
    (func (export "g") (canon lift (core func $m "g"))))");
  REQUIRE(instance);
  CHECK(instance->GetFunc("g")->Call({}));
  CHECK(MessageOf(instance->GetFunc("f")->Call({})) == "unreachable");
  CHECK(MessageOf(instance->GetFunc("g")->Call({})) == "cannot enter component instance");
}

TEST_CASE("typed calls of scalars extend and wrap as lifting and lowering do") {
  World world;
  const auto instance = world.Make(R"(
    (core module $M
      (func (export "s8") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
      (func (export "f32") (param f32 f64) (result f64)
        (f64.add (f64.promote_f32 (local.get 0)) (local.get 1)))
      (func (export "bool") (param i32 i64) (result i32) (i32.const 256))
      (func (export "char") (param i32) (result i32) (i32.add (local.get 0) (i32.const 0xd800))))
    (core instance $m (instantiate $M))
    (func (export "s8") (param "x" s8) (result s8) (canon lift (core func $m "s8")))
    (func (export "f32") (param "x" f32) (param "y" f64) (result f64)
      (canon lift (core func $m "f32")))
    (func (export "bool") (param "x" bool) (param "y" s64) (result bool)
      (canon lift (core func $m "bool")))
    (func (export "char") (param "x" char) (result char) (canon lift (core func $m "char"))))");
  REQUIRE(MessageOf(instance) == "");
  CHECK((*instance->GetFunc("s8")->Typed<int8_t(int8_t)>())(-3) == int8_t{-6});
  CHECK((*instance->GetFunc("s8")->Typed<int8_t(int8_t)>())(100) == int8_t{-56});
  CHECK((*instance->GetFunc("f32")->Typed<double(float, double)>())(0.5f, 0.25) == 0.75);
  CHECK((*instance->GetFunc("bool")->Typed<bool(bool, int64_t)>())(false, -1) == true);
  CHECK(MessageOf((*instance->GetFunc("char")->Typed<char32_t(char32_t)>())(U'a'))
            .starts_with("invalid `char` bit pattern"));
}

constexpr char kImportsLog[] = R"(
    (import "test:host/log@0.2.3" (instance $log
      (export "twice" (func (param "x" u32) (result u32)))))
    (core func $twice (canon lower (func $log "twice")))
    (core module $M
      (import "" "twice" (func $twice (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call $twice (local.get 0))))
    (core instance $m (instantiate $M (with "" (instance (export "twice" (func $twice))))))
    (func (export "f") (param "x" u32) (result u32) (canon lift (core func $m "f"))))";

TEST_CASE("imports take compatible versions of interfaces, the same one first") {
  World world;
  const auto times = [](uint32_t factor) {
    return TypedHost([factor](uint32_t x) { return x * factor; });
  };
  CHECK(MessageOf(world.Make(kImportsLog)) ==
        "unknown import: `test:host/log@0.2.3` has not been defined");
  world.linker.Instance("test:host/log@0.3.0").Func("twice", times(30));
  CHECK(MessageOf(world.Make(kImportsLog)) ==
        "unknown import: `test:host/log@0.2.3` has not been defined; there is "
        "`test:host/log@0.3.0`");
  const auto result = [&] {
    const auto instance = world.Make(kImportsLog);
    REQUIRE(MessageOf(instance) == "");
    return instance->GetFunc("f")->Call({V::U32(1)})->u32();
  };
  world.linker.Instance("test:host/log@0.2.0").Func("twice", times(20));
  CHECK(result() == 20);
  world.linker.Instance("test:host/log@0.2.12").Func("twice", times(212));
  CHECK(result() == 212);
  world.linker.Instance("test:host/log@0.2.3").Func("twice", times(23));
  CHECK(result() == 23);
  // A function of other C++ types is not offered.
  world.linker.Instance("test:host/log@0.2.3").Func("twice", TypedHost([](std::string) {}));
  CHECK(MessageOf(world.Make(kImportsLog)).starts_with("incompatible import type"));
}

TEST_CASE("what a host function fails with ends the guest") {
  World world;
  world.linker.Instance("test:host/log@0.2.3").Func("twice", [](ComponentCall&, Args) -> Result<V> {
    return std::unexpected(Error::Exit(7));
  });
  const auto instance = world.Make(kImportsLog);
  REQUIRE(instance);
  const auto result = instance->GetFunc("f")->Call({V::U32(1)});
  REQUIRE_FALSE(result);
  CHECK(result.error().kind() == ErrorKind::kExit);
  CHECK(result.error().exit_code() == 7);
}

TEST_CASE("resources of a guest are owned by values and dropped once") {
  World world;
  const auto instance = world.Make(R"(
    (core module $Dtor
      (global $drops (mut i32) (i32.const 0))
      (func (export "dtor") (param i32)
        (global.set $drops (i32.add (global.get $drops) (local.get 0))))
      (func (export "drops") (result i32) (global.get $drops)))
    (core instance $dtor (instantiate $Dtor))
    (type $R (resource (rep i32) (dtor (core func $dtor "dtor"))))
    (core func $new (canon resource.new $R))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "get") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (export $r "r" (type $R))
    (func $make (param "rep" u32) (result (own $r)) (canon lift (core func $m "make")))
    (export "make" (func $make))
    (func $get (param "self" (borrow $r)) (result u32) (canon lift (core func $m "get")))
    (export "get" (func $get))
    (func (export "drops") (result u32) (canon lift (core func $dtor "drops"))))");
  REQUIRE(MessageOf(instance) == "");
  const auto made = instance->GetFunc("make")->Call({V::U32(5)});
  REQUIRE(made);
  const auto drops = [&] { return instance->GetFunc("drops")->Call({})->u32(); };
  CHECK(instance->GetFunc("get")->Call({ComponentResource::Borrow(*made)})->u32() == 5);
  CHECK(drops() == 0);
  CHECK(ComponentResource::Drop(*made));
  CHECK(drops() == 5);
  CHECK(ComponentResource::Drop(*made));
  CHECK(drops() == 5);
  const auto type = instance->GetResource("r");
  REQUIRE(type);
  CHECK(type->Rep(*made) == 5u);
}

// A guest that awaits an asynchronous import with its callback and adds one to what comes.
constexpr char kAwaits[] = LIBC R"(
    (import "slow" (func $slow async (param "x" u32) (result u32)))
    (core func $slow' (canon lower (func $slow) async (memory $mem)))
    (core func $return (canon task.return (result u32)))
    (core func $new-set (canon waitable-set.new))
    (core func $join (canon waitable.join))
    (core func $drop (canon subtask.drop))
    (core func $get (canon context.get i32 0))
    (core func $set (canon context.set i32 0))
    (core module $M
      (import "" "mem" (memory 1))
      (import "" "slow" (func $slow (param i32 i32) (result i32)))
      (import "" "return" (func $return (param i32)))
      (import "" "new-set" (func $new-set (result i32)))
      (import "" "join" (func $join (param i32 i32)))
      (import "" "drop" (func $drop (param i32)))
      (import "" "get" (func $get (result i32)))
      (import "" "set" (func $set (param i32)))
      (global $slot (mut i32) (i32.const 16))
      (func (export "f") (param i32) (result i32)
        (local $ret i32) (local $ws i32)
        (global.set $slot (i32.add (global.get $slot) (i32.const 4)))
        (call $set (global.get $slot))
        (local.set $ret (call $slow (local.get 0) (global.get $slot)))
        (local.set $ws (call $new-set))
        (call $join (i32.shr_u (local.get $ret) (i32.const 4)) (local.get $ws))
        (i32.or (i32.const 2) (i32.shl (local.get $ws) (i32.const 4))))
      (func (export "cb") (param $event i32) (param $index i32) (param $state i32) (result i32)
        (if (i32.ne (local.get $state) (i32.const 2)) (then unreachable))
        (call $drop (local.get $index))
        (call $return (i32.add (i32.load (call $get)) (i32.const 1)))
        (i32.const 0)))
    (core instance $m (instantiate $M (with "" (instance
      (export "mem" (memory $mem)) (export "slow" (func $slow')) (export "return" (func $return))
      (export "new-set" (func $new-set)) (export "join" (func $join)) (export "drop" (func $drop))
      (export "get" (func $get)) (export "set" (func $set))))))
    (func (export "f") async (param "x" u32) (result u32)
      (canon lift (core func $m "f") async (memory $mem) (callback (core func $m "cb")))))";

TEST_CASE("asynchronous host functions resolve in any order while others wait") {
  World world;
  std::vector<ComponentAsyncCall> calls;
  world.linker.Root().AsyncFunc("slow", [&](ComponentAsyncCall call) -> Result<void> {
    calls.push_back(std::move(call));
    return {};
  });
  const auto instance = world.Make(kAwaits);
  REQUIRE(MessageOf(instance) == "");
  const ComponentFunc f = *instance->GetFunc("f");
  const auto start = [&](uint32_t x) {
    const V args[] = {V::U32(x)};
    auto handle = f.Start(args);
    REQUIRE(MessageOf(handle) == "");
    return *std::move(handle);
  };
  const ComponentCallHandle first = start(1), second = start(2);
  REQUIRE(calls.size() == 2);
  CHECK_FALSE(first.done());
  CHECK(calls[1].Return(V::U32(20)));
  while (*world.store.Tick()) {
  }
  CHECK_FALSE(first.done());
  CHECK(second.result()->u32() == 21);
  // The rest by the store's own loop.
  world.store.SetIdle([&]() -> Result<bool> {
    if (!calls[0].pending()) return false;
    TRY_VOID(calls[0].Return(V::U32(10)));
    return true;
  });
  calls.erase(calls.begin() + 1);
  world.store.SetIdle([&]() -> Result<bool> {
    for (const ComponentAsyncCall& call : calls) {
      if (!call.pending()) continue;
      TRY_VOID(call.Return(V::U32(call.args()[0].u32() * 100)));
      return true;
    }
    return false;
  });
  CHECK(f.Call({V::U32(3)})->u32() == 301);
  CHECK(first.result()->u32() == 101);
  calls.clear();
}

TEST_CASE("waiting for what cannot come is a trap; a failed operation is its error") {
  World world;
  std::vector<ComponentAsyncCall> calls;
  world.linker.Root().AsyncFunc("slow", [&](ComponentAsyncCall call) -> Result<void> {
    calls.push_back(std::move(call));
    return {};
  });
  const auto instance = world.Make(kAwaits);
  REQUIRE(instance);
  const auto stuck = instance->GetFunc("f")->Call({V::U32(3)});
  REQUIRE_FALSE(stuck);
  CHECK(stuck.error().message().starts_with("deadlock detected"));
  world.store.SetIdle([&]() -> Result<bool> {
    calls.back().Fail(Error(ErrorKind::kHost, "the cable is cut"));
    return true;
  });
  CHECK(MessageOf(instance->GetFunc("f")->Call({V::U32(3)})) == "the cable is cut");
  calls.clear();
}

// Blocks in the middle of a core function, which needs a stack of its own.
constexpr char kBlocks[] = R"(
    (import "slow" (func $slow async (param "x" u32) (result u32)))
    (core func $slow' (canon lower (func $slow)))
    (core module $M
      (import "" "slow" (func $slow (param i32) (result i32)))
      (func (export "f") (param i32) (result i32)
        (i32.add (call $slow (local.get 0)) (i32.const 1))))
    (core instance $m (instantiate $M (with "" (instance (export "slow" (func $slow'))))))
    (func (export "f") async (param "x" u32) (result u32) (canon lift (core func $m "f"))))";

TEST_CASE("a call that blocks on its stack goes on, is cancelled, or goes with its store") {
  std::vector<ComponentAsyncCall> calls;
  bool cancelled = false;
  {
    World world;
    world.linker.Root().AsyncFunc("slow", [&](ComponentAsyncCall call) -> Result<void> {
      call.OnCancel([&] { cancelled = true; });
      calls.push_back(std::move(call));
      return {};
    });
    const auto instance = world.Make(kBlocks);
    REQUIRE(MessageOf(instance) == "");
    const V args[] = {V::U32(1)};
    const auto handle = instance->GetFunc("f")->Start(args);
    REQUIRE(handle);
    CHECK_FALSE(handle->done());
    CHECK(calls[0].Return(V::U32(41)));
    while (*world.store.Tick()) {
    }
    CHECK(handle->result()->u32() == 42);
    // This one never returns.
    REQUIRE(instance->GetFunc("f")->Start(args));
    REQUIRE(calls.size() == 2);
    CHECK(calls[1].pending());
  }
  CHECK_FALSE(cancelled);
  calls.clear();
}

constexpr char kStreams[] = LIBC R"(
    (type $S (stream u8))
    (core func $new (canon stream.new $S))
    (core func $read (canon stream.read $S (memory $mem)))
    (core func $write (canon stream.write $S (memory $mem)))
    (core func $drop-r (canon stream.drop-readable $S))
    (core func $drop-w (canon stream.drop-writable $S))
    (core func $return-sum (canon task.return (result u32)))
    (core func $return-stream (canon task.return (result $S)))
    (core module $M
      (import "" "mem" (memory 1))
      (import "" "new" (func $new (result i64)))
      (import "" "read" (func $read (param i32 i32 i32) (result i32)))
      (import "" "write" (func $write (param i32 i32 i32) (result i32)))
      (import "" "drop-r" (func $drop-r (param i32)))
      (import "" "drop-w" (func $drop-w (param i32)))
      (import "" "return-sum" (func $return-sum (param i32)))
      (import "" "return-stream" (func $return-stream (param i32)))
      ;; The sum of all bytes of a stream.
      (func (export "sum") (param $s i32)
        (local $got i32) (local $i i32) (local $sum i32)
        (loop $more
          (local.set $got (call $read (local.get $s) (i32.const 64) (i32.const 4)))
          (local.set $i (i32.const 0))
          (block $counted
            (loop $count
              (br_if $counted (i32.ge_u (local.get $i) (i32.shr_u (local.get $got) (i32.const 4))))
              (local.set $sum (i32.add (local.get $sum)
                (i32.load8_u offset=64 (local.get $i))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $count)))
          (br_if $more (i32.eqz (i32.and (local.get $got) (i32.const 1)))))
        (call $drop-r (local.get $s))
        (call $return-sum (local.get $sum)))
      ;; A stream that says "hello".
      (func (export "hello")
        (local $both i64)
        (i64.store (i32.const 128) (i64.const 0x6f6c6c6568))
        (local.set $both (call $new))
        (call $return-stream (i32.wrap_i64 (local.get $both)))
        (drop (call $write (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32)))
          (i32.const 128) (i32.const 5)))
        (call $drop-w (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))))
    (core instance $m (instantiate $M (with "" (instance
      (export "mem" (memory $mem)) (export "new" (func $new)) (export "read" (func $read))
      (export "write" (func $write)) (export "drop-r" (func $drop-r))
      (export "drop-w" (func $drop-w)) (export "return-sum" (func $return-sum))
      (export "return-stream" (func $return-stream))))))
    (func (export "sum") async (param "s" $S) (result u32)
      (canon lift (core func $m "sum") async (memory $mem)))
    (func (export "hello") async (result $S)
      (canon lift (core func $m "hello") async (memory $mem))))";

TEST_CASE("the host writes a stream that a guest reads") {
  World world;
  const auto instance = world.Make(kStreams);
  REQUIRE(MessageOf(instance) == "");
  auto [stream, writer] = ComponentStreamWriter::New();
  const V args[] = {stream};
  const auto call = instance->GetFunc("sum")->Start(args);
  REQUIRE(MessageOf(call) == "");
  CHECK_FALSE(call->done());
  uint64_t taken = 0;
  // The guest reads four at a time.
  REQUIRE(writer.WriteBytes({1, 2, 3, 4, 5, 6}, [&](uint64_t n, bool open) {
    taken = n;
    CHECK(open);
  }));
  CHECK(taken == 4);
  CHECK_FALSE(writer.pending());
  {
    const ComponentStreamWriter done = std::move(writer);
  }
  while (*world.store.Tick()) {
  }
  REQUIRE(call->done());
  CHECK(call->result()->u32() == 10);
}

TEST_CASE("the host reads a stream that a guest writes") {
  World world;
  const auto instance = world.Make(kStreams);
  REQUIRE(MessageOf(instance) == "");
  const auto stream = instance->GetFunc("hello")->Call({});
  REQUIRE(MessageOf(stream) == "");
  auto reader = ComponentStreamReader::Take(*stream);
  REQUIRE(reader);
  std::string text;
  bool at_end = false;
  const auto append = [&](std::vector<uint8_t> bytes, bool open) {
    text.append(bytes.begin(), bytes.end());
    at_end = !open;
  };
  REQUIRE(reader->ReadBytes(2, append));
  CHECK(text == "he");
  REQUIRE(reader->ReadBytes(100, append));
  CHECK(text == "hello");
  while (*world.store.Tick()) {
  }
  REQUIRE(reader->ReadBytes(100, append));
  CHECK(at_end);
  CHECK_FALSE(ComponentStreamReader::Take(V::U32(1)));
}

TEST_CASE("the host's end of a stream learns that the store is gone") {
  int told = 0;
  std::optional<ComponentStreamWriter> writer;
  std::optional<ComponentStreamReader> reader;
  {
    World world;
    const auto instance = world.Make(kStreams);
    REQUIRE(MessageOf(instance) == "");
    // The guest waits for the one, and has not been asked for the other.
    auto [source, end] = ComponentStreamWriter::New();
    writer.emplace(std::move(end));
    REQUIRE(MessageOf(instance->GetFunc("sum")->Start(std::vector<V>{source})) == "");
    const auto stream = instance->GetFunc("hello")->Call({});
    REQUIRE(MessageOf(stream) == "");
    reader.emplace(ComponentStreamReader::Take(*stream).value());
    REQUIRE(
        reader->ReadBytes(5, [&](std::vector<uint8_t> bytes, bool) { CHECK(bytes.size() == 5); }));
    REQUIRE(reader->ReadBytes(5, [&](std::vector<uint8_t> bytes, bool open) {
      CHECK(bytes.empty());
      CHECK_FALSE(open);
      ++told;
    }));
  }
  REQUIRE(writer->WriteBytes({1, 2, 3}, [&](uint64_t taken, bool open) {
    CHECK(taken == 0);
    CHECK_FALSE(open);
    ++told;
  }));
  CHECK(told == 2);
}

TEST_CASE("a writer with nothing on offer learns that the reader goes, and nothing after its end") {
  int told = 0;
  auto [value, writer] = ComponentStreamWriter::New();
  writer.OnDrop([&] { ++told; });
  {
    const auto reader = ComponentStreamReader::Take(value);
    REQUIRE(reader);
    CHECK(told == 0);
  }
  CHECK(told == 1);
  // Whoever asks later is told at once.
  writer.OnDrop([&] { ++told; });
  CHECK(told == 2);

  auto other = ComponentStreamWriter::New();
  other.second.OnDrop([&] { ++told; });
  {
    const ComponentStreamWriter ended = std::move(other.second);
  }
  {
    const auto reader = ComponentStreamReader::Take(other.first);
  }
  CHECK(told == 2);
}

TEST_CASE("guests call each other without the host's values in between") {
  World world;
  const auto instance = world.Make(R"(
    (component $Inner)" LIBC R"(
      (core module $M
        (import "" "mem" (memory 1))
        (func (export "sum") (param i32 i32) (result i32)
          (local $sum i32)
          (block $end
            (loop $next
              (br_if $end (i32.eqz (local.get 1)))
              (local.set $sum (i32.add (local.get $sum) (i32.load16_u (local.get 0))))
              (local.set 0 (i32.add (local.get 0) (i32.const 2)))
              (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
              (br $next)))
          (local.get $sum)))
      (core instance $m (instantiate $M (with "" (instance (export "mem" (memory $mem))))))
      (func (export "sum") (param "xs" (list u16)) (result u32)
        (canon lift (core func $m "sum") (memory $mem) (realloc (core func $realloc)))))
    (component $Outer
      (import "sum" (func $sum (param "xs" (list u16)) (result u32)))
      (core module $Libc (memory (export "mem") 1) (data (i32.const 8) "\01\00\02\00\00\01"))
      (core instance $libc (instantiate $Libc))
      (alias core export $libc "mem" (core memory $mem))
      (core func $sum' (canon lower (func $sum) (memory $mem)))
      (core module $M
        (import "" "sum" (func $sum (param i32 i32) (result i32)))
        (func (export "f") (result i32) (call $sum (i32.const 8) (i32.const 3))))
      (core instance $m (instantiate $M (with "" (instance (export "sum" (func $sum'))))))
      (func (export "f") (result u32) (canon lift (core func $m "f"))))
    (instance $inner (instantiate $Inner))
    (instance $outer (instantiate $Outer (with "sum" (func $inner "sum"))))
    (func (export "f") (alias export $outer "f")))");
  REQUIRE(MessageOf(instance) == "");
  const auto f = instance->GetFunc("f")->Typed<uint32_t()>();
  REQUIRE(f);
  CHECK((*f)() == 259);
  CHECK((*f)() == 259);
}

TEST_CASE("a host function that is exported as it is has a type, and gets what fits it") {
  World world;
  world.linker.Root().Func("f", TypedHost([](std::optional<std::string> s) {
                             return s ? static_cast<uint32_t>(s->size()) : 0;
                           }));
  const auto instance = world.Make(R"(
    (import "f" (func $f (param "s" (option string)) (result u32)))
    (export "g" (func $f)))");
  REQUIRE(MessageOf(instance) == "");
  const ComponentFunc g = *instance->GetFunc("g");
  CHECK(g.Call({V::Variant(1, V::String("four"))})->u32() == 4);
  CHECK_FALSE(g.Call({V::Variant(1)}));
  CHECK_FALSE(g.Call({V::Variant(1, V::U8(1))}));
  const auto typed = g.Typed<uint32_t(std::optional<std::string>)>();
  REQUIRE(typed);
  CHECK((*typed)(std::nullopt) == 0u);
}

TEST_CASE("values are defined, imported, passed to the start function and exported") {
  World world;
  ComponentFeatureSet features;
  features.Set(component::Feature::kValues, true);
  const auto component = Component::ParseText(world.engine, R"((component
    (import "v" (value $v u32))
    (value $w u32 40)
    (core module $M (func (export "add") (param i32 i32) (result i32)
      (i32.add (local.get 0) (local.get 1))))
    (core instance $m (instantiate $M))
    (func $add (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $m "add")))
    (start $add (value $v) (value $w) (result (value $sum)))
    (export "sum" (value $sum))))",
                                              features);
  REQUIRE(MessageOf(component) == "");
  world.linker.Root().Value("v", V::U32(2));
  const auto instance = world.linker.Instantiate(world.store, *component);
  REQUIRE(MessageOf(instance) == "");
  CHECK(instance->GetValue("sum") == V::U32(42));
}

TEST_CASE("instances that are nested without bound are refused") {
  World world;
  std::string text = "(component $c0)";
  for (int i = 1; i < 1000; ++i) {
    text += "(component $c" + std::to_string(i) + " (alias outer 1 $c" + std::to_string(i - 1) +
            " (component $c)) (instance (instantiate $c)))";
  }
  const auto instance = world.Make(text + "(instance (instantiate $c999))");
  REQUIRE_FALSE(instance);
  CHECK(instance.error().kind() == ErrorKind::kExhausted);
  CHECK(instance.error().message() == "component instances are nested too deep");
}

TEST_CASE("a pending call of a host function may outlive its store") {
  std::vector<ComponentAsyncCall> calls;
  {
    World world;
    world.linker.Root().AsyncFunc("slow", [&](ComponentAsyncCall call) -> Result<void> {
      calls.push_back(std::move(call));
      return {};
    });
    const auto instance = world.Make(kAwaits);
    REQUIRE(instance);
    const V args[] = {V::U32(1)};
    REQUIRE(instance->GetFunc("f")->Start(args));
  }
  REQUIRE(calls.size() == 1);
  CHECK_FALSE(calls[0].pending());
  CHECK(calls[0].Return(V::U32(1)));
}

TEST_CASE("a prepared component makes instances in any number of stores") {
  Engine engine(MakeInterpreter());
  const auto component = Component::ParseText(engine, R"((component
    (import "host" (instance $host
      (export "thing" (type $t (sub resource)))
      (export "number" (func (result u32)))
      (export "new-thing" (func (result (own $t))))))
    (alias export $host "thing" (type $thing))
    (core func $number (canon lower (func $host "number")))
    (core func $new (canon lower (func $host "new-thing")))
    (core func $drop (canon resource.drop $thing))
    (core module $M
      (import "" "number" (func $number (result i32)))
      (import "" "new" (func $new (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (memory 1)
      (data (i32.const 4) "\05\00\00\00")
      (global $calls (mut i32) (i32.const 0))
      (func (export "sum") (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (call $number)))
        (call $drop (call $new))
        (i32.add (i32.mul (global.get $calls) (i32.const 1000)) (i32.load (i32.const 4))))
      (func (export "crash") (result i32)
        (i32.store (i32.const 4) (i32.const -1))
        (unreachable)))
    (core instance $m (instantiate $M (with "" (instance
      (export "number" (func $number)) (export "new" (func $new)) (export "drop" (func $drop))))))
    (func (export "sum") (result u32) (canon lift (core func $m "sum")))
    (func (export "crash") (result u32) (canon lift (core func $m "crash")))))")
                             .value();
  int dropped = 0;
  ComponentLinker linker(engine);
  const auto thing = ComponentResource::Host("thing", [&](uint32_t) -> Result<void> {
    ++dropped;
    return {};
  });
  const auto define = [&](uint32_t factor) {
    linker.Instance("host")
        .Resource("thing", thing)
        .Func("new-thing", [thing](ComponentCall&, Args) -> Result<V> { return thing.New(1); })
        .Func("number", [factor](ComponentCall& call, Args) -> Result<V> {
          return V::U32(factor * *static_cast<uint32_t*>(call.host_data()));
        });
  };
  define(1);
  const PreparedComponent prepared = linker.Prepare(component).value();
  // Does not change what was found.
  define(7);
  for (uint32_t round = 1; round < 6; ++round) {
    CAPTURE(round);
    ComponentStore store(engine), other_store(engine);
    uint32_t number = 10 * round, other_number = 1;
    store.SetHostData(&number);
    other_store.SetHostData(&other_number);
    const auto instance = prepared.Instantiate(store).value();
    const auto other = prepared.Instantiate(other_store).value();
    CHECK(instance.GetFunc("sum")->Call({})->u32() == 1000 + 5 + number);
    CHECK(other.GetFunc("sum")->Call({})->u32() == 1000 + 6);
    CHECK(instance.GetFunc("sum")->Call({})->u32() == 2000 + 5 + 2 * number);
    CHECK(dropped == static_cast<int>(3 * round));
    // Two in one store are two as well.
    const auto second = prepared.Instantiate(store).value();
    CHECK(!second.GetFunc("crash")->Call({}));
    CHECK(!second.GetFunc("sum")->Call({}));
  }
  ComponentStore store(engine);
  uint32_t number = 1;
  store.SetHostData(&number);
  const auto with_later = linker.Instantiate(store, component).value();
  CHECK(with_later.GetFunc("sum")->Call({})->u32() == 1000 + 5 + 7);
}

TEST_CASE("preparing says what is missing, before there is a store") {
  Engine engine(MakeInterpreter());
  const auto component =
      Component::ParseText(engine, "(component (import \"a\" (func (param \"x\" u32))))").value();
  ComponentLinker linker(engine);
  CHECK(MessageOf(linker.Prepare(component)) == "unknown import: `a` has not been defined");
  linker.Root().Value("a", V::U32(1));
  CHECK(MessageOf(linker.Prepare(component)) == "incompatible import type: `a` is not a func");
}

}  // namespace
}  // namespace trenail
