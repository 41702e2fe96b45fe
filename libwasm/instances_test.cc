// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instances one after the other: each begins as its module says, whatever those before it did with
// the memories, tables and globals that they have left to it. Every test makes several, since the
// first ones of a module come about in other ways than the later ones.

#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "interp/interp.h"
#include "libwasm/libwasm.h"

namespace trenail {
namespace {

constexpr int kRounds = 5;

struct Guest {
  explicit Guest(std::string_view text, const EngineOptions& options = {})
      : engine(MakeInterpreter(), options),
        module(Module::Parse(engine, ParseText(text).value()).value()) {}

  Engine engine;
  Module module;
};

template <typename R, typename... Args>
R Call(const Instance& instance, std::string_view name, Args... args) {
  const auto func = instance.GetFunc(name)->Typed<R(Args...)>().value();
  const Result<R> result = func(args...);
  REQUIRE(result);
  if constexpr (!std::is_void_v<R>) return *result;
}

// With and without guard pages, and without anything that is kept.
std::vector<EngineOptions> AllOptions() {
  return {{}, {.guard_memories = true}, {.pooled_instances = 0}, {.pooled_address_space = 0}};
}

std::string Bytes(const Memory& memory, uint64_t begin, uint64_t size) {
  return {reinterpret_cast<const char*>(memory.data().data()) + begin, size};
}

TEST_CASE("an instance finds nothing of the one before it") {
  for (const EngineOptions& options : AllOptions()) {
    Guest guest(R"((module
      (memory $m (export "memory") 2 40)
      (data (i32.const 8) "first segment")
      (data (i32.const 14) "SEG")
      (data $passive "passive")
      (data (i32.const 131068) "tail")
      (table $t (export "table") 4 100 funcref)
      (table $u 3 3 externref)
      (elem (i32.const 1) $one $two)
      (elem $rest func $two $two)
      (global $g (export "global") (mut i32) (i32.const 7))
      (global $v (mut v128) (v128.const i64x2 1 2))
      (func $one (result i32) (i32.const 1))
      (func $two (result i32) (i32.const 2))
      (func (export "call") (param i32) (result i32)
        (call_indirect (result i32) (local.get 0)))
      (func (export "lane") (result i64) (i64x2.extract_lane 1 (global.get $v)))
      (func (export "is-null") (param i32) (result i32)
        (ref.is_null (table.get $u (local.get 0))))
      (func (export "spoil") (param externref)
        (drop (memory.grow (i32.const 30)))
        (memory.fill (i32.const 0) (i32.const 255) (i32.mul (i32.const 32) (i32.const 65536)))
        (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 7))
        (data.drop $passive)
        (drop (table.grow $t (ref.null func) (i32.const 9)))
        (table.fill $t (i32.const 0) (ref.func $two) (i32.const 13))
        (table.init $t $rest (i32.const 0) (i32.const 0) (i32.const 2))
        (elem.drop $rest)
        (table.fill $u (i32.const 0) (local.get 0) (i32.const 3))
        (global.set $v (v128.const i64x2 8 9))
        (global.set $g (i32.const 99)))
      (func (export "init") (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 7)))
      (func (export "rest") (table.init $t $rest (i32.const 2) (i32.const 0) (i32.const 2)))))",
                options);
    for (int round = 0; round < kRounds; ++round) {
      CAPTURE(round);
      Store store(guest.engine);
      const auto instance = store.Instantiate(guest.module, {}).value();
      const Memory memory = *instance.GetMemory("memory");
      REQUIRE(memory.size() == 2 * 65536);
      CHECK(Bytes(memory, 0, 8) == std::string(8, '\0'));
      CHECK(Bytes(memory, 8, 13) == "first SEGment");
      CHECK(Bytes(memory, 131068, 4) == "tail");
      for (uint64_t i = 21; i < 131068; ++i)
        if (memory.data()[i] != 0) FAIL("byte " << i);
      CHECK(instance.GetTable("table")->size() == 4);
      CHECK(instance.GetTable("table")->Get(0)->is_null());
      CHECK(instance.GetTable("table")->Get(3)->is_null());
      CHECK(Call<int32_t>(instance, "call", 1) == 1);
      CHECK(Call<int32_t>(instance, "call", 2) == 2);
      for (int32_t i = 0; i < 3; ++i) CHECK(Call<int32_t>(instance, "is-null", i) == 1);
      CHECK(instance.GetGlobal("global")->Get().i32() == 7);
      CHECK(Call<int64_t>(instance, "lane") == 2);
      Call<void>(instance, "init");
      CHECK(Bytes(memory, 0, 7) == "passive");
      Call<void>(instance, "rest");
      CHECK(Call<int32_t>(instance, "call", 3) == 2);
      REQUIRE(memory.Grow(1) == 2);
      for (const uint8_t byte : memory.data().subspan(2 * 65536)) REQUIRE(byte == 0);
      const std::vector<Value> spoil = {store.NewHostRef(&store)};
      REQUIRE(instance.GetFunc("spoil")->Call(spoil));
    }
  }
}

TEST_CASE("segments that do not fit trap after those in front of them, each time") {
  for (const EngineOptions& options : AllOptions()) {
    Guest holder(R"((module (table (export "table") 1 funcref)))", options);
    const auto module = Module::Parse(holder.engine, ParseText(R"((module
      (import "" "table" (table 1 funcref))
      (memory 1)
      (elem (i32.const 0) $load)
      (data (i32.const 0) "abcd")
      (data (i32.const 65533) "wxyz")
      (data (i32.const 8) "efgh")
      (func $load (param i32) (result i32) (i32.load (local.get 0)))))")
                                                         .value())
                            .value();
    const auto bad_elem = Module::Parse(holder.engine, ParseText(R"((module
      (import "" "table" (table 1 funcref))
      (memory 1)
      (table $own 1 funcref)
      (elem (table $own) (i32.const 0) func $load)
      (elem (table 0) (i32.const 0) func $load)
      (elem (table 0) (i32.const 1) func $load)
      (data (i32.const 0) "abcd")
      (func $load (param i32) (result i32) (i32.load (local.get 0)))))")
                                                           .value())
                              .value();
    for (int round = 0; round < kRounds; ++round) {
      CAPTURE(round);
      Store store(holder.engine);
      const auto instance = store.Instantiate(holder.module, {}).value();
      const Table table = *instance.GetTable("table");
      const std::vector<Extern> imports = {table};
      const auto load = [&](int32_t at) {
        auto* func = reinterpret_cast<wasm::runtime::FuncInst*>(table.Get(0)->low());
        return Func(&store.internal(), func).Typed<int32_t(int32_t)>().value()(at).value();
      };
      const auto trapped = store.Instantiate(module, imports);
      REQUIRE(!trapped);
      CHECK(trapped.error().message() == "out of bounds memory access");
      CHECK(load(0) == 0x64636261);
      CHECK(load(8) == 0);
      CHECK(load(65532) == 0);
      const auto no_data = store.Instantiate(bad_elem, imports);
      REQUIRE(!no_data);
      CHECK(no_data.error().message() == "out of bounds table access");
      CHECK(load(0) == 0);
    }
  }
}

TEST_CASE("offsets that are not constants, and memories of others, are written each time") {
  for (const EngineOptions& options : AllOptions()) {
    Guest guest(R"((module
      (import "" "at" (global $at i32))
      (import "" "f" (func $imported (result i32)))
      (import "" "memory" (memory $imported 1))
      (memory $own (export "own") 1)
      (table (export "table") 8 funcref)
      (data (memory $own) (i32.const 0) "constant")
      (data (memory $own) (global.get $at) "varies")
      (data (memory $imported) (i32.const 4) "outside")
      (data (memory $own) (i32.const 32) "behind")
      (elem (i32.const 0) $imported $own)
      (elem (global.get $at) $own)
      (func $own (result i32) (i32.const -1))
      (func (export "call") (param i32) (result i32)
        (call_indirect (result i32) (local.get 0)))))",
                options);
    for (int32_t round = 0; round < kRounds; ++round) {
      CAPTURE(round);
      Store store(guest.engine);
      const Memory outside = Memory::New(store, {.limits = {1, {}}}).value();
      const std::vector<Extern> imports = {
          Global::New(store, {.type = ValType::kI32}, Value(2 + round)),
          Func::Wrap(store, [round] { return round; }), outside};
      const auto instance = store.Instantiate(guest.module, imports).value();
      const Memory own = *instance.GetMemory("own");
      std::string expected = std::string("constant") + std::string(30, '\0');
      expected.replace(static_cast<size_t>(2 + round), 6, "varies");
      expected.replace(32, 6, "behind");
      CHECK(Bytes(own, 0, 38) == expected);
      CHECK(Bytes(outside, 4, 7) == "outside");
      // Another function of the host's each time.
      CHECK(Call<int32_t>(instance, "call", 0) == round);
      CHECK(Call<int32_t>(instance, "call", 1) == -1);
      CHECK(Call<int32_t>(instance, "call", 2 + round) == -1);
      std::ranges::fill(own.data(), uint8_t{0xff});
    }
  }
}

TEST_CASE("memories of all kinds begin as they should") {
  for (const EngineOptions& options : AllOptions()) {
    Guest guest(R"((module
      (memory (export "wide") i64 1)
      (memory (export "second") 1)
      (memory (export "shared") 1 2 shared)
      (memory (export "none") 0 1)
      (data (memory 0) (i64.const 65532) "wide")
      (data (memory 1) (i32.const 0) "second")
      (data (memory 2) (i32.const 4) "shared")
      (data (memory 1) (i32.const 8) "last")
      (data (memory 3) (i32.const 0) "")))",
                options);
    for (int round = 0; round < kRounds; ++round) {
      CAPTURE(round);
      Store store(guest.engine);
      const auto instance = store.Instantiate(guest.module, {}).value();
      const auto memory = [&](const char* name) { return *instance.GetMemory(name); };
      CHECK(Bytes(memory("wide"), 65528, 8) == std::string("\0\0\0\0wide", 8));
      CHECK(Bytes(memory("second"), 0, 12) == std::string("second\0\0last", 12));
      CHECK(Bytes(memory("shared"), 0, 12) == std::string("\0\0\0\0shared\0\0", 12));
      CHECK(memory("none").size() == 0);
      for (const char* name : {"wide", "second", "shared"})
        std::ranges::fill(memory(name).data(), uint8_t{0xff});
    }
  }
}

TEST_CASE("what is kept counts against the limits of a store like all else") {
  Guest guest("(module (memory 2) (table 5 funcref) (data (i32.const 0) \"x\"))");
  for (int round = 0; round < kRounds; ++round) {
    CAPTURE(round);
    {
      REQUIRE(Store(guest.engine).Instantiate(guest.module, {}));
    }
    Store small(guest.engine, {.max_memory_bytes = 65536});
    const auto refused = small.Instantiate(guest.module, {});
    REQUIRE(!refused);
    CHECK(refused.error().kind() == ErrorKind::kExhausted);
    Store few(guest.engine, {.max_table_elements = 4});
    CHECK(!few.Instantiate(guest.module, {}));
    Store none(guest.engine, {.max_memories = 1});
    CHECK(none.Instantiate(guest.module, {}));
    CHECK(!none.Instantiate(guest.module, {}));
  }
}

TEST_CASE("data cost the fuel that they cost the first time") {
  Guest guest("(module (memory 1) (data (i32.const 0) \"" + std::string(6400, 'x') + "\"))");
  std::optional<uint64_t> cost;
  for (int round = 0; round < kRounds; ++round) {
    CAPTURE(round);
    Store store(guest.engine);
    store.SetFuel(1000);
    REQUIRE(store.Instantiate(guest.module, {}));
    if (!cost) cost = store.fuel();
    CHECK(store.fuel() == *cost);
    store.SetFuel(1);
    const auto spent = store.Instantiate(guest.module, {});
    REQUIRE(!spent);
    CHECK(spent.error().kind() == ErrorKind::kInterrupted);
  }
}

TEST_CASE("a module may go before, and after, the instances of it") {
  for (int round = 0; round < kRounds; ++round) {
    std::optional<Guest> guest("(module (memory (export \"m\") 1) (data (i32.const 0) \"x\"))");
    for (int i = 0; i < 3; ++i) {
      REQUIRE(Store(guest->engine).Instantiate(guest->module, {}));
    }
    Store store(guest->engine);
    const auto instance = store.Instantiate(guest->module, {}).value();
    if (round % 2 == 0) guest.reset();
    CHECK(Bytes(*instance.GetMemory("m"), 0, 2) == std::string("x\0", 2));
  }
}

TEST_CASE("threads share what instances leave") {
  Guest guest(R"((module
    (memory (export "memory") 1) (data (i32.const 65000) "data")
    (func (export "sum") (result i32) (local $i i32) (local $sum i32)
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $i))))
        (i32.store8 (local.get $i) (i32.const 1))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                               (i32.const 65536))))
      (local.get $sum))))");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 30; ++round) {
        Store store(guest.engine);
        const auto instance = store.Instantiate(guest.module, {}).value();
        const auto sum = instance.GetFunc("sum")->Typed<int32_t()>().value();
        if (sum().value() != 'd' + 'a' + 't' + 'a') ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace trenail
