// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled code in all its ways in and out, with an artefact made by hand of the functions in
// activation_test_code.ll: calls, traps of every origin, exceptions, activations within
// activations, collection, traces.

#include "libwasm/native/activation.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstring>
#include <thread>

#include "libwasm/native/abi.h"
#include "libwasm/native/compiled_module.h"
#include "libwasm/native/positions.h"
#include "libwasm/native/signals.h"
#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/ops_exception.h"
#include "libwasm/runtime/runtime_test_util.h"

using wasm::Opcode;
using wasm::native::Builtin;
using wasm::native::BuiltinIndex;
using wasm::runtime::Instance;

extern "C" {
extern const uint64_t offset_memory0_base = offsetof(Instance, memory0_base);
extern const uint64_t offset_stack_limit = offsetof(Instance, stack_limit);
extern const uint64_t offset_builtins = offsetof(Instance, builtins);
extern const uint64_t offset_functions = offsetof(Instance, functions);
extern const uint64_t index_call_array = static_cast<uint64_t>(Builtin::kCallArray);
extern const uint64_t index_begin_catch = static_cast<uint64_t>(Builtin::kBeginCatch);
extern const uint64_t index_exception_args = static_cast<uint64_t>(Builtin::kExceptionArgs);
extern const uint64_t index_throw = static_cast<uint64_t>(Builtin::kThrow);
extern const uint64_t index_div = BuiltinIndex(Opcode::I32DivS);
extern const uint64_t index_array_new = BuiltinIndex(Opcode::ArrayNew);

extern const void* test_personality_slot;
extern const uint8_t __start_wasm_code[];
extern const uint8_t __stop_wasm_code[];
void wasm_add();
void wasm_unreachable();
void wasm_load();
void wasm_recurse();
void wasm_div();
void wasm_throw();
void wasm_catch();
void wasm_import();
void wasm_arrays();
void thunk_1();
void thunk_2();
}

namespace wasm::native {
namespace {

using runtime::CallContext;
using runtime::FakeEngine;
using runtime::FuncInst;
using runtime::ModuleBuilder;
using runtime::Slot;
using runtime::Store;
using runtime::TestStore;

static_assert(static_cast<int>(Trap::kUnreachable) == 1);
static_assert(static_cast<int>(Trap::kStackExhausted) == 20);

enum Func : uint32_t {
  kImported,
  kAdd,
  kUnreachable,
  kLoad,
  kRecurse,
  kDiv,
  kThrow,
  kCatch,
  kImport,
  kArrays,
  kInterpreted,  // not compiled
  kNumFuncs
};

template <typename T>
int32_t Relative(const void* base, const T* target) {
  return static_cast<int32_t>(reinterpret_cast<intptr_t>(target) -
                              reinterpret_cast<intptr_t>(base));
}

// The artefact; static, since its parts refer to each other by 32-bit distances.
const ArtefactHeader* Artefact() {
  static ArtefactHeader header = {};
  static FunctionRecord records[kNumFuncs - 1];
  static uint8_t positions[kNumFuncs - 1][16];
  std::memcpy(header.magic, ArtefactHeader::kMagic, sizeof(header.magic));
  header.abi_version = kAbiVersion;
  header.fingerprint = kFingerprint;
  header.flags = ArtefactHeader::kGuardPages;
  header.num_functions = kNumFuncs - 1;
  header.functions = Relative(&header.functions, records);
  header.code_begin = Relative(&header.code_begin, __start_wasm_code);
  header.code_end = Relative(&header.code_end, __stop_wasm_code);
  header.personality_slot = Relative(&header.personality_slot, &test_personality_slot);
  void (*const codes[])() = {wasm_add,   wasm_unreachable, wasm_load,   wasm_recurse, wasm_div,
                             wasm_throw, wasm_catch,       wasm_import, wasm_arrays};
  for (uint32_t i = 0; i < std::size(codes); ++i) {
    FunctionRecord& record = records[i];
    record.code = Relative(&record, reinterpret_cast<const void*>(codes[i]));
    record.array_thunk = Relative(
        &record, reinterpret_cast<const void*>(i + 1 == kAdd || i + 1 == kDiv ? thunk_2 : thunk_1));
    PositionWriter writer;
    writer.Add(0, 1000 + i + 1);
    const std::vector<uint8_t> table = writer.Finish();
    std::memcpy(positions[i], table.data(), table.size());
    record.positions = Relative(&record, positions[i]);
  }
  return &header;
}

struct Fixture {
  TestStore test;
  Instance* instance = nullptr;

  using Host = std::function<Result<void>(CallContext&, Slot*)>;
  explicit Fixture(Host host = [](CallContext&, Slot*) { return Result<void>(); }) {
    ModuleBuilder builder;
    const TypeIdx unary = builder.Func({ValType::kI32}, {ValType::kI32});
    builder.Array(ValType::kI64);
    const TypeIdx binary = builder.Func({ValType::kI32, ValType::kI32}, {ValType::kI32});
    const TypeIdx tag = builder.Func({ValType::kI32}, {});
    builder.Import("m", "f", ExternKind::kFunc);
    for (uint32_t i = 0; i < kNumFuncs; ++i)
      builder.DefineFunc(i == kAdd || i == kDiv ? binary : unary);
    builder.DefineMemory(1);
    builder.module.tags.push_back({tag, 0});
    auto module = builder.Build(*test.types);
    const_cast<ValidatedModule&>(*module).compiled = *CompiledModule::New(Artefact(), nullptr);
    runtime::Extern import{.kind = ExternKind::kFunc, .func = nullptr};
    import.func = test.store.NewHostFunction(module->TypeIdOf(unary), std::move(host), "host");
    instance = *test.store.Instantiate(module, {&import, 1}, "test");
    FakeEngine::functions.clear();
    InstallSignalHandlers();  // Catch has its own for each test case
  }

  FuncInst* func(Func index) { return test.store.FuncRef(instance, index); }
  Result<uint32_t> Call(Func index, uint32_t a, uint32_t b = 0) {
    Slot slots[2] = {a, b};
    TRY_VOID(test.store.Call(func(index), slots));
    return static_cast<uint32_t>(slots[0]);
  }
};

// The trace as (function, position) pairs.
std::vector<std::pair<uint32_t, uint64_t>> TraceOf(const Error& error) {
  std::vector<std::pair<uint32_t, uint64_t>> trace;
  for (const TraceFrame& frame : error.trace())
    trace.emplace_back(frame.function_index, frame.code_offset);
  return trace;
}
using Trace = std::vector<std::pair<uint32_t, uint64_t>>;

TEST_CASE("calls take arguments and give results, without the interpreter's stacks") {
  Fixture f;
  CHECK(f.func(kAdd)->kind == runtime::FuncKind::kCompiled);
  CHECK(f.func(kAdd)->native_type_id == f.func(kAdd)->type_id);
  CHECK(f.func(kImported)->native_type_id == kNoTypeId);
  CHECK(f.func(kInterpreted)->kind == runtime::FuncKind::kInterpreted);
  CHECK(f.Call(kAdd, 40, 2).value() == 42);
  CHECK(f.test.store.thread().stack_base == nullptr);
}

TEST_CASE("trapping instructions") {
  Fixture f;
  for (int i = 0; i < 3; ++i) {
    CHECK(f.Call(kUnreachable, 0).value() == 7);
    const auto result = f.Call(kUnreachable, 1);
    REQUIRE(!result.has_value());
    CHECK(result.error().message() == "unreachable");
    CHECK(result.error().kind() == ErrorKind::kTrap);
    CHECK(TraceOf(result.error()) == Trace{{kUnreachable, 1000 + kUnreachable}});
    CHECK(result.error().trace()[0].module_name == "test");
  }
}

TEST_CASE("accesses outside a memory hit its guard") {
  Fixture f;
  for (const uint32_t index : {0u, 1u, 65536u, 0x7fffffffu, 0xffffffffu}) {
    const auto result = f.Call(kLoad, index);
    REQUIRE(!result.has_value());
    CHECK(result.error().message() == "out of bounds memory access");
    CHECK(TraceOf(result.error()) == Trace{{kLoad, 1000 + kLoad}});
  }
}

TEST_CASE("endless recursion ends, on any thread") {
  Fixture f;
  auto recurse = [&f] {
    const auto result = f.Call(kRecurse, 0);
    REQUIRE(!result.has_value());
    CHECK(result.error().message() == "call stack exhausted");
    CHECK(result.error().kind() == ErrorKind::kExhausted);
    CHECK(result.error().trace().size() == 64);
  };
  recurse();
  std::thread(recurse).join();
  recurse();
}

TEST_CASE("builtins trap") {
  Fixture f;
  CHECK(f.Call(kDiv, 42, 6).value() == 7);
  const auto result = f.Call(kDiv, 1, 0);
  REQUIRE(!result.has_value());
  CHECK(result.error().message() == "integer divide by zero");
  CHECK(TraceOf(result.error()) == Trace{{kDiv, 1000 + kDiv}});
  CHECK(f.Call(kDiv, 0x80000000, 0xffffffff).error().message() == "integer overflow");
}

TEST_CASE("exceptions are caught, or leave with the frames that threw them") {
  Fixture f;
  CHECK(f.Call(kCatch, 41).value() == 42);
  const auto result = f.Call(kThrow, 1);
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kException);
  CHECK(TraceOf(result.error()) == Trace{{kThrow, 1000 + kThrow}});
  CHECK(rt::ExceptionArgs(f.test.store.thread().pending_exception)[0] == 1);
  CHECK(f.Call(kCatch, 1).value() == 2);
}

TEST_CASE("host functions are called, know their caller, fail and throw") {
  Instance* caller = nullptr;
  runtime::MemoryInst* memory = nullptr;
  int mode = 0;
  Fixture f([&](CallContext& context, Slot* slots) -> Result<void> {
    caller = context.caller();
    memory = context.memory();
    if (mode == 1) return std::unexpected(Error(ErrorKind::kHost, "no"));
    if (mode == 2) return std::unexpected(Error::Exit(3));
    if (mode == 3) return std::unexpected(context.Throw(caller->tags[0], {slots, 1}));
    slots[0] *= 2;
    return {};
  });
  CHECK(f.Call(kImport, 21).value() == 42);
  CHECK(caller == f.instance);
  CHECK(memory == f.instance->memories[0]);
  mode = 1;
  auto result = f.Call(kImport, 21);
  REQUIRE(!result.has_value());
  CHECK(result.error().message() == "no");
  CHECK(TraceOf(result.error()) == Trace{{kImport, 1000 + kImport}});
  mode = 2;
  result = f.Call(kImport, 21);
  REQUIRE(!result.has_value());
  CHECK(result.error().exit_code() == 3);
  CHECK(result.error().trace().empty());
  mode = 3;
  CHECK(f.Call(kImport, 5).value() == 1000);
  CHECK(f.test.store.thread().pending_exception == runtime::kNullRef);
}

TEST_CASE("activations within activations") {
  Fixture* fixture = nullptr;
  std::string message;
  Trace trace;
  Fixture f([&](CallContext&, Slot* slots) -> Result<void> {
    auto result = fixture->Call(slots[0] == 1 ? kUnreachable : kAdd, 1, 2);
    if (!result.has_value()) {
      message = result.error().message();
      trace = TraceOf(result.error());
      slots[0] = 5;
      return {};
    }
    slots[0] = *result;
    return {};
  });
  fixture = &f;
  CHECK(f.Call(kImport, 0).value() == 3);
  CHECK(f.Call(kImport, 1).value() == 5);
  CHECK(message == "unreachable");
#ifdef TRENAIL_NO_UNWIND_TABLES
  CHECK(trace == Trace{{kUnreachable, 1000 + kUnreachable}});
#else
  CHECK(trace == Trace{{kUnreachable, 1000 + kUnreachable}, {kImport, 1000 + kImport}});
#endif
}

TEST_CASE("traces go through compiled and interpreted functions in order") {
  Fixture f;
  // The interpreter's function calls compiled ones; compiled code calls the interpreter's.
  Func inner = kUnreachable;
  FakeEngine::functions[kInterpreted] = [&](Instance& instance, Slot* slots) {
    FuncInst* func = f.func(inner);
    return func->entry(instance.thread, func, slots);
  };
  f.instance->functions[kImported] = f.func(kInterpreted);
  auto result = f.Call(kImport, 1);
  REQUIRE(!result.has_value());
  Trace trace = TraceOf(result.error());
  CHECK(trace ==
        Trace{{kUnreachable, 1000 + kUnreachable}, {kInterpreted, 0}, {kImport, 1000 + kImport}});
  inner = kThrow;
  CHECK(f.Call(kImport, 1).value() == 1000);
  result = f.Call(kInterpreted, 1);
  REQUIRE(!result.has_value());
  CHECK(TraceOf(result.error()) == Trace{{kThrow, 1000 + kThrow}, {kInterpreted, 0}});
  runtime::VMThread& thread = f.test.store.thread();
  CHECK(thread.frame_top == thread.frame_base);
  CHECK(thread.native_top == nullptr);
}

TEST_CASE("references in native frames are roots") {
  Fixture f;
  CHECK(f.Call(kArrays, 20000).value() == 5);
  CHECK(f.test.store.heap().stats().collections > 1);
  CHECK(f.test.store.heap().stats().bytes_reserved < uint64_t{100} << 20);
}

TEST_CASE("what another version made is refused") {
  ArtefactHeader header = {};
  CHECK(!CompiledModule::New(&header, nullptr).has_value());
  header = *Artefact();
  header.fingerprint ^= 1;
  const auto result = CompiledModule::New(&header, nullptr);
  REQUIRE(!result.has_value());
  CHECK(result.error().message().find("another version") != std::string::npos);
}

TEST_CASE("a memory without a guard cannot be imported by code that needs one") {
  TestStore test;
  ModuleBuilder builder;
  builder.Import("m", "memory", ExternKind::kMemory);
  builder.DefineMemory(1);
  auto module = builder.Build(*test.types);
  const_cast<ValidatedModule&>(*module).compiled = *CompiledModule::New(Artefact(), nullptr);
  runtime::Extern import{.kind = ExternKind::kMemory, .func = nullptr};
  import.memory = *test.store.NewMemory(MemType{.limits = {1, {}}});
  const auto result = test.store.Instantiate(module, {&import, 1});
  REQUIRE(!result.has_value());
  CHECK(result.error().kind() == ErrorKind::kUnlinkable);
  TestStore guarded(runtime::StoreLimits{.guard_memories = true});
  import.memory = *guarded.store.NewMemory(MemType{.limits = {1, {}}});
  CHECK(guarded.store.Instantiate(module, {&import, 1}).has_value());
}

}  // namespace
}  // namespace wasm::native
