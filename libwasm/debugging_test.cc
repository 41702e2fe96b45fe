// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an embedder learns of a failure without reading texts: frames as data, coredumps, which are
// decoded again here, and what the engine says to a log. With TRENAIL_TEST_COMPILED the guest is
// compiled first.

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "interp/interp.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/libwasm.h"
#include "libwasm/module/module.h"
#include "libwasm/support/reader.h"
#include "libwasm/validate/module_validator.h"

#ifdef TRENAIL_TEST_COMPILED
#include "cli/aot_library.h"
#include "libwasm/native/signals.h"
#endif

namespace trenail {
namespace {

#ifdef TRENAIL_TEST_COMPILED
constexpr bool kCompiled = true;
#else
constexpr bool kCompiled = false;
#endif

struct Guest {
  explicit Guest(std::string_view text, const EngineOptions& options = {})
      : engine(MakeInterpreter(), options),
        bytes(ParseText(text).value()),
        module(Module::Parse(engine, bytes).value()) {
#ifdef TRENAIL_TEST_COMPILED
    // Without optimisation, so that every function keeps its frame.
    const auto compiled =
        cli::CompileAot(bytes, {.opt_level = 0, .interruptible = true, .source_lines = true});
    if (!compiled) FAIL(compiled.error().message());
    REQUIRE(module.Attach(Artefact::FromMemory(compiled->bytes).value()).has_value());
    wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
  }
  Engine engine;
  std::vector<uint8_t> bytes;
  Module module;
};

constexpr std::string_view kText = R"((module $guest
  (import "host" "call" (func $host (param i32) (result i32)))
  (memory (export "memory") 2 5)
  (memory $second 1 1)
  (data (i32.const 70000) "here it is")
  (global $count (mut i32) (i32.const 5))
  (global $ratio (mut f64) (f64.const 0.5))
  (global $far i64 (i64.const -7))
  (global (mut funcref) (ref.func $inner))
  (func $inner (export "inner") (param $a i32) (param $b i64) (result i32)
    (local $x f32) (local $y f64)
    (local.set $x (f32.const 1.5))
    (local.set $y (f64.const -2.25))
    (global.set $count (local.get $a))
    (i32.store8 (i32.const 3) (local.get $a))
    (i32.store $second (i32.const 60000) (i32.const 0x01020304))
    (i64.const 77)                          ;; stays below the division
    (i32.div_u (i32.const 40) (local.get $a))
    (drop) (drop)
    (i32.const 1))
  (func $middle (export "middle") (param $n i32) (result i32)
    (i32.const 1000)
    (f32.const 8)
    (call $inner (local.get $n) (i64.const 0x100000000))
    (drop) (drop))
  (func $over (export "over") (param i32) (result i32)
    (i32.add (i32.const 31) (call $host (local.get 0))))
  (func $recurse (export "recurse") (param i32) (result i32)
    (i32.add (i32.const 1) (call $recurse (i32.add (local.get 0) (i32.const 1)))))
  (func (export "wide") (result i32)
    (local v128 i32)
    (local.set 1 (i32.const 9))
    (v128.const i32x4 1 2 3 4)
    (i32.load (i32.const -4))
    (drop) (drop)
    (i32.const 0))))";

// ---- reading a coredump ------------------------------------------------------------------------

struct CoreValue {
  uint8_t type = 0;  // 1: missing
  uint64_t bits = 0;
  friend bool operator==(const CoreValue&, const CoreValue&) = default;
};
const CoreValue kMissing{1, 0};
CoreValue I32(int32_t value) { return {0x7f, static_cast<uint32_t>(value)}; }
CoreValue I64(int64_t value) { return {0x7e, static_cast<uint64_t>(value)}; }
CoreValue F32(float value) { return {0x7d, std::bit_cast<uint32_t>(value)}; }
CoreValue F64(double value) { return {0x7c, std::bit_cast<uint64_t>(value)}; }

struct CoreFrame {
  uint32_t instance = 0;
  uint32_t function = 0;
  uint32_t offset = 0;
  std::vector<CoreValue> locals;
  std::vector<CoreValue> stack;
};
struct CoreInstance {
  uint32_t module = 0;
  std::vector<uint32_t> memories;
  std::vector<uint32_t> globals;
};
struct Core {
  std::shared_ptr<const wasm::Module> module;
  std::string process;
  std::vector<std::string> modules;
  std::vector<CoreInstance> instances;
  std::string thread;
  std::vector<CoreFrame> frames;
};

std::string ReadText(wasm::CheckedReader& r) {
  std::string text(r.ReadU32(), ' ');
  for (char& c : text) c = static_cast<char>(r.ReadByte());
  return text;
}
std::vector<uint32_t> ReadNumbers(wasm::CheckedReader& r) {
  std::vector<uint32_t> numbers(r.ReadU32());
  for (uint32_t& number : numbers) number = r.ReadU32();
  return numbers;
}
std::vector<CoreValue> ReadValues(wasm::CheckedReader& r) {
  std::vector<CoreValue> values(r.ReadU32());
  for (CoreValue& value : values) {
    value.type = r.ReadByte();
    if (value.type == 0x7f) value.bits = static_cast<uint32_t>(r.ReadS32());
    if (value.type == 0x7e) value.bits = static_cast<uint64_t>(r.ReadS64());
    const int bytes = value.type == 0x7d ? 4 : value.type == 0x7c ? 8 : 0;
    for (int i = 0; i < bytes; ++i) value.bits |= uint64_t{r.ReadByte()} << 8 * i;
  }
  return values;
}

// It must be valid as a module, too.
Core Decode(const Coredump& coredump) {
  Core core;
  auto decoded = wasm::binary::DecodeModule(coredump.bytes, {});
  INFO((decoded ? "" : decoded.error().message()));
  REQUIRE(decoded);
  core.module = *decoded;
  wasm::TypeStore types;
  REQUIRE(wasm::validate::ValidateModule(core.module, types));
  std::vector<std::string> seen;
  for (const wasm::CustomSection& custom : core.module->customs) {
    seen.emplace_back(custom.name);
    wasm::ErrorSink sink;
    wasm::CheckedReader r(core.module->Bytes(custom.payload), custom.payload.begin, &sink);
    if (custom.name == "core") {
      CHECK(r.ReadByte() == 0);
      core.process = ReadText(r);
    } else if (custom.name == "coremodules") {
      for (uint32_t n = r.ReadU32(); n-- > 0;) {
        CHECK(r.ReadByte() == 0);
        core.modules.emplace_back(ReadText(r));
      }
    } else if (custom.name == "coreinstances") {
      for (uint32_t n = r.ReadU32(); n-- > 0;) {
        CHECK(r.ReadByte() == 0);
        CoreInstance& instance = core.instances.emplace_back();
        instance.module = r.ReadU32();
        instance.memories = ReadNumbers(r);
        instance.globals = ReadNumbers(r);
      }
    } else if (custom.name == "corestack") {
      CHECK(r.ReadByte() == 0);
      core.thread = ReadText(r);
      for (uint32_t n = r.ReadU32(); n-- > 0;) {
        CHECK(r.ReadByte() == 0);
        CoreFrame& frame = core.frames.emplace_back();
        frame.instance = r.ReadU32();
        frame.function = r.ReadU32();
        frame.offset = r.ReadU32();
        frame.locals = ReadValues(r);
        frame.stack = ReadValues(r);
      }
    }
    CHECK(!sink.failed());
    CHECK(r.AtEnd());
  }
  CHECK(seen == std::vector<std::string>{"core", "coremodules", "coreinstances", "corestack"});
  return core;
}

// What the data of a memory amounts to.
std::vector<uint8_t> Restore(const Core& core, uint32_t memory) {
  const wasm::Module& m = *core.module;
  std::vector<uint8_t> bytes(m.memories[memory].type.limits.min << 16);
  for (const wasm::DataSegment& segment : m.datas) {
    if (segment.memory.value != memory) continue;
    wasm::TrustedReader r(m.at(segment.memory_offset.range.begin));
    r.ReadByte();
    const auto offset = static_cast<uint32_t>(r.ReadS32());
    const auto data = m.Bytes(segment.bytes);
    REQUIRE(offset + data.size() <= bytes.size());
    std::ranges::copy(data, bytes.begin() + offset);
  }
  return bytes;
}

Func NoHost(Store& store) {
  return Func::Wrap(store, [](int32_t n) { return n; }, "call");
}

Error Fail(Store& store, const Instance& instance, std::string_view name, std::vector<Value> args) {
  auto result = instance.GetFunc(name)->Call(args);
  REQUIRE(!result);
  static_cast<void>(store);
  return std::move(result.error());
}

// ---- frames ------------------------------------------------------------------------------------

TEST_CASE("the frames of a trap are data") {
  Guest guest(kText);
  Store store(guest.engine);
  const Extern imports[] = {NoHost(store)};
  REQUIRE(store.Instantiate(guest.module, imports));
  const Instance instance = store.Instantiate(guest.module, imports, "named").value();
  const Error error = Fail(store, instance, "middle", {int32_t{0}});
  CHECK(error.kind() == ErrorKind::kTrap);
  CHECK(error.coredump() == nullptr);
  REQUIRE(error.trace().size() == 2);
  const TraceFrame& inner = error.trace()[0];
  CHECK(inner.module_name == "named");
  CHECK(inner.component.empty());
  CHECK(inner.function_name == "inner");
  CHECK(inner.function_index == 1);
  CHECK(inner.instance_index == (kCompiled ? inner.instance_index : 1));
  CHECK(inner.is_compiled == kCompiled);
  // The byte of the instruction itself, by both ways to count.
  CHECK(guest.bytes[inner.code_offset] == 0x6e);  // i32.div_u
  const auto decoded = wasm::binary::DecodeModule(guest.bytes, {}).value();
  CHECK(inner.code_offset == decoded->functions[1].body.begin + inner.function_offset);
  const TraceFrame& middle = error.trace()[1];
  CHECK(middle.function_name == "middle");
  CHECK(guest.bytes[middle.code_offset] == 0x10);  // call
  CHECK(middle.code_offset == decoded->functions[2].body.begin + middle.function_offset);
}

// ---- coredumps ---------------------------------------------------------------------------------

TEST_CASE("a coredump holds frames, locals, operands, memories and globals") {
  Guest guest(kText);
  Store store(guest.engine);
  store.SetCoredump(CoredumpOptions{.process_name = "a program"});
  const Extern imports[] = {NoHost(store)};
  const Instance first = store.Instantiate(guest.module, imports, "idle").value();
  const Instance instance = store.Instantiate(guest.module, imports).value();
  REQUIRE(instance.GetMemory("memory")->Grow(1));
  static_cast<void>(first);
  const Error error = Fail(store, instance, "middle", {int32_t{0}});
  REQUIRE(error.coredump() != nullptr);
  CHECK(error.coredump()->is_complete);
  const Core core = Decode(*error.coredump());
  CHECK(core.process == "a program");
  CHECK(core.modules == std::vector<std::string>{"idle"});
  CHECK(core.thread == "main");
  REQUIRE(core.instances.size() == 2);
  REQUIRE(core.frames.size() == 2);
  const CoreFrame& inner = core.frames[0];
  const CoreFrame& middle = core.frames[1];
  CHECK(inner.function == 1);
  CHECK(inner.offset == error.trace()[0].function_offset);
  CHECK(middle.function == 2);
  CHECK(middle.offset == error.trace()[1].function_offset);
  if (kCompiled) {
    CHECK(inner.locals == std::vector{kMissing, kMissing});
    CHECK(inner.stack.empty());
    CHECK(middle.locals == std::vector{kMissing});
  } else {
    CHECK(inner.instance == 1);
    CHECK(inner.locals == std::vector{I32(0), I64(0x100000000), F32(1.5), F64(-2.25)});
    CHECK(inner.stack == std::vector{I64(77), I32(40), I32(0)});
    CHECK(middle.locals == std::vector{I32(0)});
    // The arguments of the call are the callee's.
    CHECK(middle.stack == std::vector{I32(1000), F32(8)});
  }

  const CoreInstance& failed = core.instances[1];
  CHECK(failed.module == 0);
  REQUIRE(failed.memories.size() == 2);
  REQUIRE(failed.globals.size() == 4);
  const wasm::Module& m = *core.module;
  CHECK(m.memories[failed.memories[0]].type.limits.min == 3);
  CHECK(m.memories[failed.memories[0]].type.limits.max == 5);
  CHECK(m.memories[failed.memories[1]].type.limits.min == 1);
  // Both memories, byte for byte, and little of what is zero.
  const std::span<const uint8_t> now = instance.GetMemory("memory")->data();
  CHECK(std::ranges::equal(Restore(core, failed.memories[0]), now));
  CHECK(std::memcmp(now.data() + 70000, "here it is", 10) == 0);
  const auto second = Restore(core, failed.memories[1]);
  CHECK(second[60000] == 4);
  CHECK(second[60003] == 1);
  CHECK(error.coredump()->bytes.size() < 40'000);

  Store other(guest.engine);
  const Module restored = Module::Parse(guest.engine, error.coredump()->bytes).value();
  static_cast<void>(restored);
  const auto global = [&](size_t i) {
    wasm::TrustedReader r(m.at(m.globals[failed.globals[i]].init.range.begin));
    const uint8_t opcode = r.ReadByte();
    CHECK(!m.globals[failed.globals[i]].type.is_mutable);
    if (opcode == 0x44) {
      double value;
      std::memcpy(&value, r.position(), 8);
      return value;
    }
    return opcode == 0xd0 ? -1.0 : static_cast<double>(r.ReadS64());
  };
  CHECK(global(0) == 0);  // set by the guest
  CHECK(global(1) == 0.5);
  CHECK(global(2) == -7);
  CHECK(global(3) == -1);  // a reference
}

TEST_CASE("a coredump of what fails in a host function has the frames on both sides of it") {
  Guest guest(kText);
  Store store(guest.engine);
  store.SetCoredump(CoredumpOptions{});
  std::optional<Instance> instance;
  // The guest calls the host, which calls the guest, which fails.
  const Func host = Func::Wrap(
      store,
      [&](int32_t n) -> Result<int32_t> {
        if (n == 1) return std::unexpected(Error(ErrorKind::kHost, "no more"));
        const auto func = TRY(instance->GetFunc("over")->Typed<int32_t(int32_t)>());
        return func(n - 1);
      },
      "call");
  instance = store.Instantiate(guest.module, std::vector<Extern>{host}).value();
  const Error error = Fail(store, *instance, "over", {int32_t{2}});
  CHECK(error.kind() == ErrorKind::kHost);
  CHECK(error.message() == "no more");
  REQUIRE(error.coredump() != nullptr);
  const Core core = Decode(*error.coredump());
#ifdef TRENAIL_NO_UNWIND_TABLES
  constexpr bool kIsWhole = !kCompiled;
#else
  constexpr bool kIsWhole = true;
#endif
  REQUIRE(core.frames.size() == (kIsWhole ? 2 : 1));
  CHECK(error.trace().size() == core.frames.size());
  if (kCompiled) return;
  CHECK(core.frames[0].locals == std::vector{I32(1)});
  CHECK(core.frames[0].stack == std::vector{I32(31), I32(1)});  // at the call, which has failed
  CHECK(core.frames[1].locals == std::vector{I32(2)});
  CHECK(core.frames[1].stack == std::vector{I32(31)});
}

TEST_CASE("vectors take no values of a coredump, and what lies above them is right") {
  if (kCompiled) return;
  Guest guest(kText);
  Store store(guest.engine);
  store.SetCoredump(CoredumpOptions{});
  const Instance instance =
      store.Instantiate(guest.module, std::vector<Extern>{NoHost(store)}).value();
  const Core core = Decode(*Fail(store, instance, "wide", {}).coredump());
  REQUIRE(core.frames.size() == 1);
  CHECK(core.frames[0].locals == std::vector{kMissing, I32(9)});
  CHECK(core.frames[0].stack == std::vector{kMissing, I32(-4)});
}

TEST_CASE("coredumps are bounded") {
  Guest guest(kText);
  Store store(guest.engine, {.max_stack_bytes = 4 << 20});
  const Instance instance =
      store.Instantiate(guest.module, std::vector<Extern>{NoHost(store)}).value();
  store.SetCoredump(CoredumpOptions{.max_frames = 100});
  const Error deep = Fail(store, instance, "recurse", {int32_t{0}});
  CHECK(deep.kind() == ErrorKind::kExhausted);
  REQUIRE(deep.coredump() != nullptr);
  CHECK(!deep.coredump()->is_complete);
  Core core = Decode(*deep.coredump());
  // Compiled code has as many as traces have.
  CHECK(core.frames.size() == (kCompiled ? 64 : 100));
  CHECK(deep.trace().size() == 64);

  std::ranges::fill(instance.GetMemory("memory")->data(), 0xab);
  store.SetCoredump(CoredumpOptions{.max_bytes = 50'000});
  const Error large = Fail(store, instance, "middle", {int32_t{0}});
  REQUIRE(large.coredump() != nullptr);
  CHECK(!large.coredump()->is_complete);
  CHECK(large.coredump()->bytes.size() <= 50'000);
  CHECK(large.coredump()->bytes.size() > 40'000);
  core = Decode(*large.coredump());
  CHECK(core.frames.size() == 2);
  CHECK(Restore(core, 0)[100] == 0xab);

  store.SetCoredump(std::nullopt);
  CHECK(Fail(store, instance, "middle", {int32_t{0}}).coredump() == nullptr);
}

TEST_CASE("interruptions and exceptions leave coredumps, an exit does not") {
  Guest guest(R"((module
    (import "host" "call" (func $host (param i32) (result i32)))
    (tag $t (param i32))
    (func (export "throw") (throw $t (i32.const 4)))
    (func (export "loop") (local i32) (loop (local.set 0 (i32.const 3)) (br 0)))
    (func (export "exit") (drop (call $host (i32.const 1))))))");
  Store store(guest.engine);
  store.SetCoredump(CoredumpOptions{});
  const Func host = Func::Wrap(
      store, [](int32_t) -> Result<int32_t> { return std::unexpected(Error::Exit(3)); }, "call");
  const Instance instance = store.Instantiate(guest.module, std::vector<Extern>{host}).value();
  const Error thrown = Fail(store, instance, "throw", {});
  CHECK(thrown.kind() == ErrorKind::kException);
  REQUIRE(thrown.coredump() != nullptr);
  CHECK(Decode(*thrown.coredump()).frames.size() == 1);
  const Error exit = Fail(store, instance, "exit", {});
  CHECK(exit.kind() == ErrorKind::kExit);
  CHECK(exit.coredump() == nullptr);
  store.Interrupt();
  const Error interrupted = Fail(store, instance, "loop", {});
  CHECK(interrupted.kind() == ErrorKind::kInterrupted);
  REQUIRE(interrupted.coredump() != nullptr);
  CHECK(Decode(*interrupted.coredump()).frames.size() == 1);
}

// ---- log ---------------------------------------------------------------------------------------

struct Heard {
  std::mutex mutex;
  std::vector<std::pair<LogLevel, std::string>> messages;
  LogCallback callback() {
    return [this](LogLevel level, std::string_view message) {
      const std::lock_guard lock(mutex);
      messages.emplace_back(level, message);
    };
  }
  size_t Count(LogLevel level, std::string_view part) {
    return static_cast<size_t>(std::ranges::count_if(messages, [&](const auto& message) {
      return message.first == level && message.second.find(part) != std::string::npos;
    }));
  }
};

constexpr std::string_view kHeapText = R"((module
  (type $list (struct (field (ref null $list)) (field i64)))
  (global $all (mut (ref null $list)) (ref.null $list))
  (func (export "trap") unreachable)
  (func (export "fill") (param i32)
    (loop $next
      (global.set $all (struct.new $list (global.get $all) (i64.const 1)))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))))";

TEST_CASE("a log gets what is of its level or graver") {
  Heard heard;
  {
    Guest guest(kHeapText,
                {.pooled_instances = 1, .log = heard.callback(), .log_level = LogLevel::kDebug});
    CHECK(heard.Count(LogLevel::kDebug, "decoded and validated a module of") == 1);
    {
      Store store(guest.engine, {.max_heap_bytes = 64 << 20});
      const Instance instance = store.Instantiate(guest.module, {}).value();
      CHECK(Fail(store, instance, "trap", {}).kind() == ErrorKind::kTrap);
      CHECK(heard.Count(LogLevel::kDebug, "execution ends: unreachable, in function 0") == 1);
      CHECK(Fail(store, instance, "fill", {int32_t{10'000'000}}).kind() == ErrorKind::kExhausted);
      CHECK(heard.Count(LogLevel::kDebug, "heap collection 1:") == 1);
      CHECK(heard.Count(LogLevel::kInfo, "has grown") >= 1);
      CHECK(heard.Count(LogLevel::kWarning, "is full") == 1);
    }
    std::vector<Store> stores;
    for (int i = 0; i < 3; ++i) {
      stores.emplace_back(guest.engine);
      REQUIRE(stores.back().Instantiate(guest.module, {}));
    }
  }
  CHECK(heard.Count(LogLevel::kInfo, "kept for reuse") == 2);

  Heard warnings;
  Guest quiet(kHeapText, {.log = warnings.callback()});
  Store store(quiet.engine, {.max_heap_bytes = 64 << 20});
  const Instance instance = store.Instantiate(quiet.module, {}).value();
  CHECK(Fail(store, instance, "trap", {}).kind() == ErrorKind::kTrap);
  CHECK(warnings.messages.empty());
  CHECK(Fail(store, instance, "fill", {int32_t{10'000'000}}).kind() == ErrorKind::kExhausted);
  CHECK(warnings.messages.size() == 1);
}

}  // namespace
}  // namespace trenail
