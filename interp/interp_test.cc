// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the official suite does not look at closely: the ways in which dispatch, cached operands and
// fused pairs could go wrong, padded immediates, exact fuel, bounded stacks, interruption. All
// forms of dispatch run these tests.

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "interp/engine.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/store.h"
#include "libwasm/text/parse_module.h"
#include "libwasm/validate/module_validator.h"

namespace wasm::interp {
namespace {

using runtime::FuncInst;
using runtime::Instance;
using runtime::Slot;

// One store with instances made from text or bytes.
struct World {
  std::shared_ptr<TypeStore> types = std::make_shared<TypeStore>();
  runtime::Store store;

  explicit World(const runtime::StoreLimits& limits = {}) : store(types, &Interpreter(), limits) {}

  Instance* Load(const std::vector<uint8_t>& bytes, std::vector<runtime::Extern> imports = {}) {
    auto module = binary::DecodeModule(bytes, FeatureSet());
    REQUIRE(module);
    auto valid = validate::ValidateModule(*module, *types);
    if (!valid) FAIL(valid.error().message());
    auto instance = store.Instantiate(*valid, imports);
    if (!instance) FAIL(instance.error().message());
    return *instance;
  }
  Instance* Load(std::string_view text, std::vector<runtime::Extern> imports = {}) {
    auto bytes = text::ParseWat(text);
    if (!bytes) FAIL(bytes.error().message());
    return Load(*bytes, std::move(imports));
  }
  runtime::Extern Export(Instance* instance, std::string_view name) {
    auto found = store.FindExport(instance, name);
    REQUIRE(found);
    return *found;
  }
  Result<Slot> TryCall(Instance* instance, std::string_view name, std::vector<Slot> slots = {}) {
    slots.resize(16);
    auto result = store.Call(Export(instance, name).func, slots.data());
    if (!result) return std::unexpected(std::move(result.error()));
    return slots[0];
  }
  Slot Call(Instance* instance, std::string_view name, std::vector<Slot> slots = {}) {
    auto result = TryCall(instance, name, std::move(slots));
    if (!result) FAIL(result.error().message());
    return *result;
  }
  std::string TrapOf(Instance* instance, std::string_view name, std::vector<Slot> slots = {}) {
    auto result = TryCall(instance, name, std::move(slots));
    return result ? "no trap" : std::string(result.error().message());
  }
};

// A module with one exported function "f" of type [params] -> [results] whose code is given in
// bytes.
std::vector<uint8_t> OneFunction(std::vector<uint8_t> params, std::vector<uint8_t> results,
                                 std::vector<uint8_t> code, bool memory = false) {
  std::vector<uint8_t> out{0, 'a', 's', 'm', 1, 0, 0, 0};
  auto section = [&out](uint8_t id, const std::vector<uint8_t>& contents) {
    out.push_back(id);
    out.push_back(static_cast<uint8_t>(contents.size() & 0x7f) | 0x80);
    out.push_back(static_cast<uint8_t>(contents.size() >> 7));
    out.insert(out.end(), contents.begin(), contents.end());
  };
  std::vector<uint8_t> type{1, 0x60, static_cast<uint8_t>(params.size())};
  type.insert(type.end(), params.begin(), params.end());
  type.push_back(static_cast<uint8_t>(results.size()));
  type.insert(type.end(), results.begin(), results.end());
  section(1, type);
  section(3, {1, 0});
  if (memory) section(5, {1, 0, 1});
  section(7, {1, 1, 'f', 0, 0});
  std::vector<uint8_t> body{1};
  const size_t size = code.size() + 1;
  body.push_back(static_cast<uint8_t>(size & 0x7f) | 0x80);
  body.push_back(static_cast<uint8_t>(size >> 7));
  body.push_back(0);  // no locals
  body.insert(body.end(), code.begin(), code.end());
  section(10, body);
  return out;
}

constexpr uint8_t kI32 = 0x7f;
constexpr uint8_t kI64 = 0x7e;

TEST_CASE("Immediates may be padded") {
  World world;
  SECTION("local.get, local.set, local.tee, i32.const") {
    for (uint8_t length = 1; length <= 5; ++length) {
      auto pad = [length](uint8_t value, bool negative = false) {
        std::vector<uint8_t> bytes{value};
        while (bytes.size() < length) {
          bytes.back() |= 0x80;
          bytes.push_back(negative ? 0x7f : 0x00);
        }
        return bytes;
      };
      std::vector<uint8_t> code;
      auto op = [&code](uint8_t opcode, const std::vector<uint8_t>& immediate) {
        code.push_back(opcode);
        code.insert(code.end(), immediate.begin(), immediate.end());
      };
      op(0x20, pad(0));           // local.get 0
      op(0x41, pad(0x7b, true));  // i32.const -5
      code.push_back(0x6a);       // i32.add
      op(0x22, pad(1));           // local.tee 1
      op(0x20, pad(1));           // local.get 1
      code.push_back(0x6c);       // i32.mul
      op(0x21, pad(0));           // local.set 0
      op(0x20, pad(0));
      code.push_back(0x0b);
      Instance* instance = world.Load(OneFunction({kI32, kI32}, {kI32}, code));
      CHECK(world.Call(instance, "f", {12, 0}) == 49);
    }
  }
  SECTION("i64.const of every length") {
    // The LEB of -1 and of the largest value, padded to all lengths that they may have.
    for (int length = 1; length <= 10; ++length) {
      std::vector<uint8_t> code{0x42};
      for (int i = 1; i < length; ++i) code.push_back(0xff);
      code.insert(code.end(), {0x7f, 0x0b});
      Instance* instance = world.Load(OneFunction({}, {kI64}, code));
      CHECK(world.Call(instance, "f") == ~uint64_t{0});
    }
    for (int length = 2; length <= 10; ++length) {
      // 2^(7 (length - 1) - 1): a single bit below the last byte's.
      std::vector<uint8_t> code{0x42};
      for (int i = 1; i < length - 1; ++i) code.push_back(0x80);
      code.insert(code.end(), {0xc0, 0x00, 0x0b});
      Instance* instance = world.Load(OneFunction({}, {kI64}, code));
      CHECK(world.Call(instance, "f") == uint64_t{1} << (7 * (length - 1) - 1));
    }
  }
  SECTION("numbers behind prefixes") {
    // i32.trunc_sat_f64_s of 7.0 with its number in one to five bytes.
    for (int length = 1; length <= 5; ++length) {
      std::vector<uint8_t> code{0x44, 0, 0, 0, 0, 0, 0, 0x1c, 0x40, 0xfc};
      for (int i = 1; i < length; ++i) code.push_back(i == 1 ? 0x82 : 0x80);
      code.push_back(length == 1 ? 2 : 0);
      code.push_back(0x0b);
      Instance* instance = world.Load(OneFunction({}, {kI32}, code));
      CHECK(world.Call(instance, "f") == 7);
    }
    // br_on_cast: its target counts from the prefix.
    for (int length = 1; length <= 3; ++length) {
      std::vector<uint8_t> code{0x02, 0x6c, 0x20, 0x00,
                                0xfb, 0x1c, 0xfb};  // block i31ref … ref.i31
      for (int i = 1; i < length; ++i) code.push_back(i == 1 ? 0x98 : 0x80);
      code.push_back(length == 1 ? 0x18 : 0);
      code.insert(code.end(), {0x01, 0x00, 0x6e, 0x6c});  // any to (ref i31), label 0
      code.insert(code.end(), {0x1a, 0x00, 0x0b});        // drop; unreachable; end
      code.insert(code.end(), {0xfb, 0x1d, 0x0b});        // i31.get_s
      Instance* instance = world.Load(OneFunction({kI32}, {kI32}, code));
      CHECK(world.Call(instance, "f", {42}) == 42);
    }
  }
  SECTION("offsets of loads and stores") {
    for (int length = 1; length <= 5; ++length) {
      auto memarg = [length](uint8_t align) {
        std::vector<uint8_t> bytes{align, 0x10};
        for (int i = 1; i < length; ++i) {
          bytes.back() |= 0x80;
          bytes.push_back(0);
        }
        return bytes;
      };
      std::vector<uint8_t> code{0x20, 0x00, 0x20, 0x01, 0x36};  // i32.store offset=16
      for (uint8_t b : memarg(2)) code.push_back(b);
      code.insert(code.end(), {0x20, 0x00, 0x29});  // i64.load offset=16
      for (uint8_t b : memarg(3)) code.push_back(b);
      code.push_back(0x0b);
      Instance* instance = world.Load(OneFunction({kI32, kI32}, {kI64}, code, true));
      CHECK(world.Call(instance, "f", {100, 0x12345678}) == 0x12345678);
      CHECK(world.Call(instance, "f", {65512, 0x1234567}) == 0x1234567);
      CHECK(world.TrapOf(instance, "f", {65513, 1}) == "out of bounds memory access");
      CHECK(world.TrapOf(instance, "f", {0xffffffff, 1}) == "out of bounds memory access");
    }
  }
}

TEST_CASE("Bounds are exact for every width, with 32 and 64 bits of address") {
  World world;
  for (const char* address : {"i32", "i64"}) {
    struct Access {
      const char* load;
      const char* type;
      int size;
    };
    for (const Access& access : {Access{"i32.load8_u", "i32", 1}, Access{"i64.load16_s", "i64", 2},
                                 Access{"i32.load", "i32", 4}, Access{"f32.load", "f32", 4},
                                 Access{"i64.load", "i64", 8}, Access{"f64.load", "f64", 8}}) {
      for (const char* offset : {"0", "1", "127", "128", "16384", "60000"}) {
        const std::string text = std::string("(module (memory ") + address +
                                 " 1) (func (export \"f\") (param " + address + ") (result " +
                                 access.type + ") local.get 0 " + access.load +
                                 " offset=" + offset + "))";
        Instance* instance = world.Load(text);
        const Slot last = 65536 - static_cast<Slot>(access.size) - std::stoul(offset);
        CHECK(world.Call(instance, "f", {last}) == 0);
        CHECK(world.TrapOf(instance, "f", {last + 1}) == "out of bounds memory access");
        const Slot highest = address[1] == '3' ? 0xffffffff : ~Slot{0};
        CHECK(world.TrapOf(instance, "f", {highest}) == "out of bounds memory access");
        CHECK(world.TrapOf(instance, "f", {highest - 7}) == "out of bounds memory access");
      }
    }
  }
}

TEST_CASE("Operands survive at every depth") {
  World world;
  // Six operands alive over fused and unfused pairs.
  Instance* instance = world.Load(R"((module
    (func (export "f") (param $a i32) (param $b i32) (result i32) (local $t i32)
      local.get $a  local.get $b  i32.const 3  local.get $a  local.get $b  i32.const 7
      i32.add  i32.mul  local.tee $t  i32.sub  i32.xor  i32.add
      local.get $t  i32.const 200  i32.and  i32.add)
    (func (export "branches") (param $a i32) (result i32)
      (i32.add (i32.const 1000)
        (block $out (result i32)
          i32.const 1  i32.const 2  i32.const 3
          (block (result i32)
            i32.const 50  local.get $a  i32.const 2  i32.rem_u  i32.eqz  br_if 0
            (br_if $out (i32.const 60) (i32.gt_u (local.get $a) (i32.const 4)))
            i32.add)
          i32.add  i32.add  i32.add)))))");
  auto expected = [](uint32_t a, uint32_t b) {
    const uint32_t t = a * (b + 7);
    return a + (b ^ (3 - t)) + (t & 200);
  };
  for (uint32_t a : {0u, 1u, 5u, 0x80000000u, 0xffffffffu})
    for (uint32_t b : {0u, 3u, 0x7fffffffu})
      CHECK(world.Call(instance, "f", {a, b}) == expected(a, b));
  CHECK(world.Call(instance, "branches", {2}) == 1056);
  CHECK(world.Call(instance, "branches", {3}) == 1116);
  CHECK(world.Call(instance, "branches", {5}) == 1060);
}

TEST_CASE("Fuel is exact") {
  World world;
  // Five instructions and the end; three pairs of them have one handler in the speed build.
  Instance* instance = world.Load(R"((module (func (export "f") (param i32) (result i32)
    local.get 0  i32.const 1  i32.add  local.set 0  local.get 0)
    (func (export "loop") (param i32) (loop $l
      local.get 0  i32.const -1  i32.add  local.tee 0  br_if $l))))");
  for (Slot fuel = 0; fuel < 6; ++fuel) {
    world.store.SetFuel(fuel);
    CHECK(world.TrapOf(instance, "f", {1}) == "all fuel spent");
  }
  world.store.SetFuel(6);
  CHECK(world.Call(instance, "f", {1}) == 2);
  CHECK(world.store.fuel() == 0);
  world.store.SetFuel(1000);
  world.Call(instance, "loop", {10});
  CHECK(world.store.fuel() == 1000 - (1 + 10 * 5 + 2));  // loop, ten rounds, both ends
}

TEST_CASE("Recursion ends in a trap, and the store lives on") {
  World world;
  Instance* instance = world.Load(R"((module
    (func $f (export "f") (param i32) (result i32)
      local.get 0  i32.const 1  i32.add  call $f)
    (func $wide (export "wide") (param v128) local.get 0 call $wide)
    (func (export "ok") (result i32) i32.const 5)))");
  for (int i = 0; i < 3; ++i) {
    CHECK(world.TrapOf(instance, "f", {0}) == "call stack exhausted");
    CHECK(world.TrapOf(instance, "wide", {0, 0}) == "call stack exhausted");
    CHECK(world.Call(instance, "ok") == 5);
  }
}

TEST_CASE("Tail calls take constant space, through every kind of callee") {
  World world;
  Instance* even = world.Load(R"((module
    (type $t (func (param i32) (result i32)))
    (table (export "t") 4 funcref)
    (func (export "even") (type $t)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
        (else (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
    (func (export "wide") (type $t) (local v128 i64)
      (local.set 1 (i32x4.splat (local.get 0)))
      (if (result i32) (i32.eqz (i32x4.extract_lane 2 (local.get 1))) (then (i32.const 3))
        (else (return_call_indirect (type $t)
          (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))))))");
  Instance* odd =
      world.Load(R"((module
    (type $t (func (param i32) (result i32)))
    (import "m" "even" (func $even (type $t)))
    (import "m" "wide" (func $wide (type $t)))
    (import "m" "t" (table 4 funcref))
    (elem (i32.const 0) func $odd $narrow)
    (func $odd (export "odd") (type $t)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (return_call $even (i32.sub (local.get 0) (i32.const 1))))))
    (func $narrow (export "narrow") (type $t)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 2))
        (else (return_call_ref $t (i32.sub (local.get 0) (i32.const 1)) (ref.func $wide)))))
    (elem declare func $wide)
    (func (export "sum") (param i32) (result i32)
      (i32.add (call $odd (local.get 0)) (i32.const 10)))))",
                 {world.Export(even, "even"), world.Export(even, "wide"), world.Export(even, "t")});
  CHECK(world.Call(odd, "odd", {1'000'001}) == 1);
  CHECK(world.Call(odd, "odd", {1'000'000}) == 0);
  CHECK(world.Call(odd, "narrow", {1'000'000}) == 2);
  CHECK(world.Call(odd, "narrow", {1'000'001}) == 3);
  CHECK(world.Call(odd, "sum", {1'000'001}) == 11);
}

TEST_CASE("Host functions may call back, to a bounded depth") {
  World world;
  const TypeId type = world.types->AddFuncType({{ValType::kI32}, {ValType::kI32}});
  Instance* instance = nullptr;
  FuncInst* back = world.store.NewHostFunction(
      type,
      [&](runtime::CallContext& context, Slot* slots) -> Result<void> {
        if (static_cast<uint32_t>(slots[0]) == 0) {
          slots[0] = 100;
          return {};
        }
        return context.store().Call(world.Export(instance, "f").func, slots);
      },
      "back");
  instance = world.Load(R"((module (import "m" "back" (func $back (param i32) (result i32)))
    (func (export "f") (param i32) (result i32)
      local.get 0  local.get 0  i32.const 1  i32.sub  call $back  i32.add)))",
                        {runtime::Extern{.kind = ExternKind::kFunc, .func = back}});
  CHECK(world.Call(instance, "f", {4}) == 100 + 4 + 3 + 2 + 1);
  CHECK(world.TrapOf(instance, "f", {0xffffffff}) == "call stack exhausted");
  CHECK(world.Call(instance, "f", {4}) == 110);
}

TEST_CASE("Endless code can be interrupted") {
  World world;
  Instance* instance = world.Load(R"((module
    (func (export "branch") (loop br 0))
    (func (export "branch_if") (loop (br_if 0 (i32.const 1))))
    (func (export "table") (loop (br_table 0 0 (i32.const 1))))
    (func $call (export "call") return_call $call)
    (func (export "value") (result i32) (block (result i32) (loop (br 0)) (i32.const 1)))))");
  for (const char* name : {"branch", "branch_if", "table", "call", "value"}) {
    std::thread alarm([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      world.store.Interrupt(Trap::kDeadline);
    });
    CHECK(world.TrapOf(instance, name) == "deadline passed");
    alarm.join();
    world.store.ClearInterrupt();
  }
}

TEST_CASE("Traces name the instruction in every frame") {
  World world;
  Instance* instance = world.Load(R"((module
    (func $inner (param i32) (result i32) local.get 0  i32.const 1  i32.add  i32.const 0  i32.div_u)
    (func $outer (export "f") (result i32) i32.const 1  i32.const 2  call $inner  i32.add)))");
  auto result = world.TryCall(instance, "f");
  REQUIRE(!result);
  CHECK(result.error().message() == "integer divide by zero");
  const auto& trace = result.error().trace();
  REQUIRE(trace.size() == 2);
  const Module& module = instance->data->module();
  CHECK(trace[0].function_index == 0);
  CHECK(*module.at(static_cast<uint32_t>(trace[0].code_offset)) == 0x6e);  // i32.div_u
  CHECK(trace[1].function_index == 1);
  CHECK(*module.at(static_cast<uint32_t>(trace[1].code_offset)) == 0x10);  // call
}

TEST_CASE("An exception finds its handler across frames and instances") {
  World world;
  Instance* thrower = world.Load(R"((module (tag (export "e") (param i32 i64))
    (func (export "throw") (param i32) (local v128)
      local.get 0  local.get 0  i64.extend_i32_u  throw 0)))");
  Instance* catcher = world.Load(R"((module
    (import "m" "e" (tag $e (param i32 i64)))
    (import "m" "throw" (func $throw (param i32)))
    (tag $other)
    (func $middle (param i32)
      (block $b (try_table (catch $other $b) (call $throw (local.get 0)))))
    (func (export "f") (param i32) (result i64) (local $sum i64)
      (block $caught (result i32 i64)
        (try_table (catch $e $caught) (call $middle (i32.add (local.get 0) (i32.const 1))))
        unreachable)
      local.set $sum
      i64.extend_i32_u
      local.get $sum
      i64.add)))",
                                 {world.Export(thrower, "e"), world.Export(thrower, "throw")});
  CHECK(world.Call(catcher, "f", {20}) == 42);
  CHECK(world.TrapOf(thrower, "throw", {1}) == "uncaught exception");
  CHECK(world.Call(catcher, "f", {1}) == 4);
}

TEST_CASE("Functions with vectors keep their values apart") {
  World world;
  Instance* instance = world.Load(R"((module
    (global $g (mut v128) (v128.const i64x2 1 2))
    (func $pass (param i32 v128 i64) (result v128 i32) local.get 1  local.get 0)
    (func (export "f") (param $a i32) (param $b i64) (result i64) (local $v v128) (local $i i32)
      local.get $a
      v128.const i64x2 5 7
      local.get $b
      call $pass
      local.set $i
      local.tee $v
      global.get $g
      i64x2.add
      global.set $g
      global.get $g
      local.get $v
      local.get $i
      select
      i64x2.extract_lane 1
      local.get $v
      drop
      local.get $b
      i64.add
      i32.const 3
      drop)))");
  CHECK(world.Call(instance, "f", {1, 100}) == 109);
  CHECK(world.Call(instance, "f", {0, 100}) == 107);
}

}  // namespace
}  // namespace wasm::interp
