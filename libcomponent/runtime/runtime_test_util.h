// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What run_tests.py of the specification drives its built-ins with: instances without a component,
// whose core functions are lambdas of the tests. They return errors for what does not hold
// (EXPECT), so that the first one ends the test, whatever stack it is found on.
//
// Where the tests of run_tests.py are, each by its name or as part of the file:
//   libcomponent/abi/flat_test.cc     test (and its calls), test_pairs, test_nan32, test_nan64,
//                                     test_flatten
//   libcomponent/abi/string_encodings_test.cc  test_string, test_string_internal
//   libcomponent/abi/heap_test.cc     test_heap, test_roundtrips
//   handles_test.cc                   test_cross_component_realloc, test_handles,
//                                     test_async_flat_params
//   async_test.cc                     test_async_to_async, test_async_callback,
//                                     test_callback_interleaving, test_sync_ignores_backpressure,
//                                     test_async_to_sync, test_async_backpressure,
//                                     test_sync_using_wait
//   streams_test.cc                   test_eager_stream_completion, test_async_stream_ops,
//                                     test_stream_forward, test_receive_own_stream,
//                                     test_host_partial_reads_writes
//   copies_test.cc                    test_wasm_to_wasm_stream, test_wasm_to_wasm_stream_empty,
//                                     test_cancel_copy, test_futures, test_self_copy
//   cancel_test.cc                    test_cancel_subtask, test_thread_cancel_callback
//   threads_test.cc                   test_threads, test_sync_threads

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_RUNTIME_TEST_UTIL_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_RUNTIME_TEST_UTIL_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/abi/flatten.h"
#include "libcomponent/abi/memory.h"
#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/canon_lift.h"
#include "libcomponent/runtime/canon_lower.h"
#include "libcomponent/runtime/copy_end.h"
#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/subtask.h"
#include "libcomponent/runtime/task.h"
#include "libcomponent/types/type_arena.h"

// In a function that returns a Result.
#define EXPECT(...)                                                                                \
  do {                                                                                             \
    if (!(__VA_ARGS__)) return ::component::runtime::Unexpected(__FILE__, __LINE__, #__VA_ARGS__); \
  } while (0)

// Of a test case: the Result is not an error.
#define REQUIRE_OK(...)                                    \
  do {                                                     \
    const auto& require_ok_ = (__VA_ARGS__);               \
    if (!require_ok_) FAIL(require_ok_.error().message()); \
  } while (0)

namespace component::runtime {

inline std::unexpected<wasm::Error> Unexpected(const char* file, int line, const char* what) {
  return std::unexpected(
      wasm::Error(wasm::ErrorKind::kHost,
                  std::string(file) + ":" + std::to_string(line) + ": does not hold: " + what));
}

// The result of a core function: 0 if it has none.
using Core = wasm::Result<uint64_t>;
using Args = std::span<const uint64_t>;
using CoreFunc = std::function<Core(Args)>;

template <typename T>
bool Traps(const wasm::Result<T>& result) {
  return !result && result.error().kind() == wasm::ErrorKind::kTrap;
}

// What subtasks and streams pack into 32 bits (run_tests.py: unpack_result, unpack_new_ends).
struct Packed {
  explicit Packed(uint64_t bits) : code(bits & 0xf), index(static_cast<uint32_t>(bits) >> 4) {}
  bool Is(Subtask::State state) const { return code == static_cast<uint32_t>(state); }
  bool Is(CopyResult result, uint32_t n) const {
    return code == static_cast<uint32_t>(result) && index == n;
  }
  uint32_t code;
  uint32_t index;  // or a count
};
struct Ends {
  explicit Ends(uint64_t bits)
      : readable(static_cast<uint32_t>(bits)), writable(static_cast<uint32_t>(bits >> 32)) {}
  uint32_t readable;
  uint32_t writable;
};

inline constexpr uint32_t kNoPointer = 0xdeadbeef;
inline uint64_t Code(Subtask::State state) { return static_cast<uint64_t>(state); }
inline uint64_t Code(CopyResult result) { return static_cast<uint64_t>(result); }
inline uint64_t Code(EventCode code) { return static_cast<uint64_t>(code); }

enum class Cancel : uint8_t { kSync, kAsync };  // how a cancellation waits

// A store, and types.
class World {
 public:
  const ValType* Prim(ValKind kind) { return types.Prim(kind); }
  const ValType* U8() { return Prim(ValKind::kU8); }
  const ValType* U32() { return Prim(ValKind::kU32); }
  const ValType* Stream(const ValType* element) { return OfElement(ValKind::kStream, element); }
  const ValType* Future(const ValType* element) { return OfElement(ValKind::kFuture, element); }
  const FuncType& Sync(std::initializer_list<const ValType*> params,
                       const ValType* result = nullptr) {
    return Func(false, params, result);
  }
  const FuncType& Async(std::initializer_list<const ValType*> params,
                        const ValType* result = nullptr) {
    return Func(true, params, result);
  }

  ComponentInstance& NewInstance(ComponentInstance* parent = nullptr) {
    auto inst = store.NewInstance(parent, nullptr);
    WASM_CHECK(inst.has_value());
    inst->get().needs_fibers = true;
    inst->get().names_threads = true;
    return *inst;
  }

  trenail::Func MakeCore(const wasm::FuncType& type, CoreFunc func) {
    const size_t num_params = type.params.size();
    return trenail::Func::HostRaw(core, type,
                                  [func = std::move(func), num_params](
                                      trenail::Caller&, uint64_t* slots) -> wasm::Result<void> {
                                    slots[0] = TRY(func(Args(slots, num_params)));
                                    return {};
                                  });
  }

  // run_tests.py: lift_and_run; the function's result, or kUnit. In the end nobody waits any more.
  wasm::Result<Value> Run(const std::shared_ptr<FuncInst>& func, std::vector<Value> args = {},
                          std::function<void(const Value&)> on_return = nullptr) {
    const auto site = std::make_shared<RunSite>(std::move(args), std::move(on_return));
    const std::shared_ptr<Cancellable> on_cancel = TRY(store.Invoke(*func, site));
    while (TRY(store.Tick())) {
    }
    EXPECT(site->result.has_value());
    EXPECT(store.waiting().empty());
    return std::move(*site->result);
  }

  trenail::Engine engine{trenail::MakeInterpreter()};
  trenail::Store core{engine};
  TypeArena types;
  Store store{core};
  std::deque<Builtin> builtins;  // which copies refer to

 private:
  struct RunSite final : CallSite {
    RunSite(std::vector<Value> arguments, std::function<void(const Value&)> callback)
        : args(std::move(arguments)), on_return(std::move(callback)) {}
    wasm::Result<std::vector<Value>> OnStart() override { return std::move(args); }
    wasm::Result<void> OnReturn(Value value) override {
      if (on_return) on_return(value);
      result = std::move(value);
      return {};
    }
    wasm::Result<void> OnCancelled() override { return {}; }

    std::vector<Value> args;
    std::function<void(const Value&)> on_return;
    std::optional<Value> result;
  };

  const ValType* OfElement(ValKind kind, const ValType* element) {
    ValType type;
    type.kind = kind;
    type.element = element;
    return types.Add(std::move(type)).value();
  }
  const FuncType& Func(bool is_async, std::initializer_list<const ValType*> params,
                       const ValType* result) {
    FuncType type;
    type.is_async = is_async;
    for (const ValType* param : params)
      type.params.push_back({"p" + std::to_string(type.params.size()), param});
    type.result = result;
    return *types.Add(std::move(type)).value();
  }
};

// An instance with a memory, a bump allocator, and the built-ins, which must be called by its own
// core functions.
class Guest {
 public:
  explicit Guest(World& world, ComponentInstance* parent = nullptr)
      : world(world),
        inst(world.NewInstance(parent)),
        memory(trenail::Memory::New(world.core, {.limits = {.min = 1}}).value()) {}

  CanonicalOptions Options(bool is_async = false) const {
    CanonicalOptions options;
    options.memory = memory;
    options.is_async = is_async;
    return options;
  }
  CanonicalOptions AsyncOptions() const { return Options(true); }
  CanonicalOptions CallbackOptions(CoreFunc callback) const {
    CanonicalOptions options = AsyncOptions();
    using enum wasm::ValType::Code;
    options.callback =
        world.MakeCore({.params = {kI32, kI32, kI32}, .results = {kI32}}, std::move(callback));
    return options;
  }

  std::shared_ptr<FuncInst> Lift(const FuncType& type, CanonicalOptions options,
                                 CoreFunc func) const {
    const abi::FlattenOptions flatten{.is_async = options.is_async,
                                      .has_callback = options.callback.has_value()};
    const wasm::FuncType core_type = abi::FlattenFuncType(flatten, type, abi::Direction::kLift);
    return std::make_shared<LiftedFunc>(world.MakeCore(core_type, std::move(func)), type,
                                        std::move(options), inst);
  }
  // Lowers and calls.
  Core Call(const std::shared_ptr<FuncInst>& func, const FuncType& type, CanonicalOptions options,
            std::initializer_list<uint64_t> args) const {
    const wasm::FuncType core_type =
        abi::FlattenFuncType({.is_async = options.is_async}, type, abi::Direction::kLower);
    EXPECT(core_type.params.size() == args.size());
    const trenail::Func lowered = CanonLower(func, type, std::move(options), inst, core_type);
    uint64_t slots[kMaxFlatParams + 1] = {};
    std::copy(args.begin(), args.end(), slots);
    TRY_VOID(trenail::CallRaw(*lowered.store(), lowered.internal(), slots));
    return slots[0];
  }
  Core CallAsync(const std::shared_ptr<FuncInst>& func, const FuncType& type,
                 std::initializer_list<uint64_t> args) const {
    return Call(func, type, AsyncOptions(), args);
  }

  uint8_t& At(uint64_t ptr) const { return memory.data()[ptr]; }
  uint64_t U32At(uint64_t ptr) const { return abi::LoadInt(memory.data().data() + ptr, 4); }
  void Set(uint64_t ptr, std::initializer_list<uint8_t> bytes) const {
    std::copy(bytes.begin(), bytes.end(), memory.data().begin() + static_cast<ptrdiff_t>(ptr));
  }
  bool Has(uint64_t ptr, std::initializer_list<uint8_t> bytes) const {
    return std::equal(bytes.begin(), bytes.end(),
                      memory.data().begin() + static_cast<ptrdiff_t>(ptr));
  }
  uint64_t Allocate(uint32_t alignment, uint64_t size) {  // run_tests.py: Heap.realloc
    const uint64_t at = abi::AlignTo(last_alloc_, alignment);
    last_alloc_ = at + size;
    return at;
  }

  // [cabi:Canonical Definitions]
  Core ContextGet(uint32_t slot) const { return Run(CanonContextGet, {.slot = slot}, {}); }
  Core ContextSet(uint32_t slot, uint64_t value) const {
    return Run(CanonContextSet, {.slot = slot}, {value});
  }
  Core BackpressureInc() const { return Run(CanonBackpressureInc, {}, {}); }
  Core BackpressureDec() const { return Run(CanonBackpressureDec, {}, {}); }
  Core ResourceNew(ResourceId resource, uint64_t rep) const {
    return Run(CanonResourceNew, {.resource = resource}, {rep});
  }
  Core ResourceRep(ResourceId resource, uint64_t handle) const {
    return Run(CanonResourceRep, {.resource = resource}, {handle});
  }
  Core ResourceDrop(ResourceId resource, uint64_t handle) const {
    return Run(CanonResourceDrop, {.resource = resource}, {handle});
  }
  Core TaskReturn(const ValType* type, uint64_t value) const {
    return Run(CanonTaskReturn, {.options = AsyncOptions(), .results = {type}}, {value});
  }
  Core TaskReturn() const { return Run(CanonTaskReturn, {.options = AsyncOptions()}, {}); }
  Core TaskCancel() const { return Run(CanonTaskCancel, {}, {}); }
  Core SubtaskCancel(Cancel cancel, uint64_t subtask) const {
    return Run(CanonSubtaskCancel, {.is_async = cancel == Cancel::kAsync}, {subtask});
  }
  Core SubtaskDrop(uint64_t subtask) const { return Run(CanonSubtaskDrop, {}, {subtask}); }
  Core WaitableSetNew() const { return Run(CanonWaitableSetNew, {}, {}); }
  Core WaitableSetWait(uint64_t set, uint64_t ptr) const {
    return Run(CanonWaitableSetWait, {.options = Options(), .cancellable = true}, {set, ptr});
  }
  Core WaitableSetPoll(uint64_t set, uint64_t ptr) const {
    return Run(CanonWaitableSetPoll, {.options = Options(), .cancellable = true}, {set, ptr});
  }
  Core WaitableSetDrop(uint64_t set) const { return Run(CanonWaitableSetDrop, {}, {set}); }
  Core WaitableJoin(uint64_t waitable, uint64_t set) const {
    return Run(CanonWaitableJoin, {}, {waitable, set});
  }
  // waitable-set.wait at `ptr` gives just this event.
  wasm::Result<bool> Waits(uint64_t set, uint64_t ptr, EventCode code, uint64_t index,
                           uint64_t payload) const {
    const uint64_t event = TRY(WaitableSetWait(set, ptr));
    return event == Code(code) && U32At(ptr) == index && U32At(ptr + 4) == payload;
  }
  wasm::Result<bool> WaitsForSubtask(uint64_t set, uint64_t ptr, uint64_t index,
                                     Subtask::State state) const {
    return Waits(set, ptr, EventCode::kSubtask, index, Code(state));
  }
  wasm::Result<bool> WaitsForCopy(uint64_t set, uint64_t ptr, EventCode code, uint64_t index,
                                  CopyResult result, uint64_t n) const {
    return Waits(set, ptr, code, index, Code(result) | n << 4);
  }
  Core ErrorContextNew(uint64_t ptr, uint64_t length) const {
    return Run(CanonErrorContextNew, {.options = Options()}, {ptr, length});
  }
  Core ErrorContextDrop(uint64_t index) const { return Run(CanonErrorContextDrop, {}, {index}); }

  wasm::Result<Ends> StreamNew(const ValType* element) const {
    return Ends(TRY(Run(CanonStreamNew, {.element = element}, {})));
  }
  Core StreamRead(const ValType* element, bool is_async, uint64_t end, uint64_t ptr,
                  uint64_t n) const {
    return Run(CanonStreamRead, {.options = Options(is_async), .element = element}, {end, ptr, n});
  }
  Core StreamWrite(const ValType* element, bool is_async, uint64_t end, uint64_t ptr,
                   uint64_t n) const {
    return Run(CanonStreamWrite, {.options = Options(is_async), .element = element}, {end, ptr, n});
  }
  Core StreamCancelRead(const ValType* element, Cancel cancel, uint64_t end) const {
    return Run(CanonStreamCancelRead, {.is_async = cancel == Cancel::kAsync, .element = element},
               {end});
  }
  Core StreamCancelWrite(const ValType* element, Cancel cancel, uint64_t end) const {
    return Run(CanonStreamCancelWrite, {.is_async = cancel == Cancel::kAsync, .element = element},
               {end});
  }
  Core StreamDropReadable(const ValType* element, uint64_t end) const {
    return Run(CanonStreamDropReadable, {.element = element}, {end});
  }
  Core StreamDropWritable(const ValType* element, uint64_t end) const {
    return Run(CanonStreamDropWritable, {.element = element}, {end});
  }
  wasm::Result<Ends> FutureNew(const ValType* element) const {
    return Ends(TRY(Run(CanonFutureNew, {.element = element}, {})));
  }
  Core FutureRead(const ValType* element, bool is_async, uint64_t end, uint64_t ptr) const {
    return Run(CanonFutureRead, {.options = Options(is_async), .element = element}, {end, ptr});
  }
  Core FutureWrite(const ValType* element, bool is_async, uint64_t end, uint64_t ptr) const {
    return Run(CanonFutureWrite, {.options = Options(is_async), .element = element}, {end, ptr});
  }
  Core FutureCancelRead(const ValType* element, Cancel cancel, uint64_t end) const {
    return Run(CanonFutureCancelRead, {.is_async = cancel == Cancel::kAsync, .element = element},
               {end});
  }
  Core FutureDropReadable(const ValType* element, uint64_t end) const {
    return Run(CanonFutureDropReadable, {.element = element}, {end});
  }
  Core FutureDropWritable(const ValType* element, uint64_t end) const {
    return Run(CanonFutureDropWritable, {.element = element}, {end});
  }

  Core ThreadIndex() const { return Run(CanonThreadIndex, {}, {}); }
  Core ThreadNewIndirect(const trenail::Table& table, uint64_t func, uint64_t context) const {
    return Run(CanonThreadNewIndirect,
               {.table = table, .thread_type = {.params = {wasm::ValType::kI32}}}, {func, context});
  }
  Core ThreadResumeLater(uint64_t thread) const {
    return Run(CanonThreadResumeLater, {}, {thread});
  }
  Core ThreadSuspend(bool cancellable) const {
    return Run(CanonThreadSuspend, {.cancellable = cancellable}, {});
  }
  Core ThreadYield(bool cancellable) const {
    return Run(CanonThreadYield, {.cancellable = cancellable}, {});
  }
  Core ThreadSuspendThenResume(bool cancellable, uint64_t thread) const {
    return Run(CanonThreadSuspendThenResume, {.cancellable = cancellable}, {thread});
  }
  Core ThreadYieldThenResume(bool cancellable, uint64_t thread) const {
    return Run(CanonThreadYieldThenResume, {.cancellable = cancellable}, {thread});
  }
  Core ThreadSuspendThenPromote(bool cancellable, uint64_t thread) const {
    return Run(CanonThreadSuspendThenPromote, {.cancellable = cancellable}, {thread});
  }
  Core ThreadYieldThenPromote(bool cancellable, uint64_t thread) const {
    return Run(CanonThreadYieldThenPromote, {.cancellable = cancellable}, {thread});
  }

  // current_thread().wait_until(flag.is_set): blocks as a built-in may.
  wasm::Result<void> WaitUntilSet(const bool& flag) const {
    TRY(world.store.current_thread()->WaitUntil([&flag] { return flag; }));
    return {};
  }

  World& world;
  ComponentInstance& inst;
  trenail::Memory memory;

 private:
  // What a definition of a built-in says, but for what is the same for all.
  struct Immediates {
    CanonicalOptions options = {};
    bool is_async = false;
    bool cancellable = false;
    uint32_t slot = 0;
    ResourceId resource = kNoResource;
    const ValType* element = nullptr;
    std::vector<const ValType*> results = {};
    std::optional<trenail::Table> table = {};
    wasm::FuncType thread_type = {};
  };

  Core Run(BuiltinFunc func, Immediates immediates, std::initializer_list<uint64_t> args) const {
    const Builtin& builtin =
        world.builtins.emplace_back(Builtin{.kind = {},
                                            .inst = &inst,
                                            .options = std::move(immediates.options),
                                            .is_async = immediates.is_async,
                                            .cancellable = immediates.cancellable,
                                            .slot = immediates.slot,
                                            .resource = immediates.resource,
                                            .element = immediates.element,
                                            .results = std::move(immediates.results),
                                            .table = std::move(immediates.table),
                                            .thread_type = std::move(immediates.thread_type),
                                            .num_params = static_cast<uint32_t>(args.size())});
    uint64_t slots[4] = {};
    std::copy(args.begin(), args.end(), slots);
    TRY_VOID(func(builtin, slots));
    return slots[0];
  }

  uint64_t last_alloc_ = 0;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_RUNTIME_TEST_UTIL_H_
