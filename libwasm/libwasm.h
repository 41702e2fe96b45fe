// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The public interface of Trenail's WebAssembly engine: engine, module, store, instance and what
// instances import and export. The concepts are those of the specification's embedding appendix
// [embed] and of wasm.h.
//
//   trenail::Engine engine(trenail::MakeInterpreter());              // interp/interp.h
//   auto module = trenail::Module::Parse(engine, bytes);             // decode and validate
//   trenail::Store store(engine);
//   auto instance = store.Instantiate(*module, {});
//   auto add = instance->GetFunc("add")->Typed<int32_t(int32_t, int32_t)>();
//   trenail::Result<int32_t> sum = (*add)(1, 2);
//
// Ownership: Engine and Module are shared handles, cheap to copy. A Store owns everything made in
// it; Instance, Func, Memory, Table, Global and Tag are small handles that are valid while their
// store lives. Threads: Engine and Module may be used from any thread at once; a Store and all
// handles of it belong to one thread at a time, but for Store::Interrupt.
// Errors: every function that can fail returns Result; nothing throws, prints or exits.

#ifndef TRENAIL_LIBWASM_LIBWASM_H_
#define TRENAIL_LIBWASM_LIBWASM_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "libwasm/support/error.h"
#include "libwasm/support/host_callable.h"
#include "libwasm/support/log.h"
#include "libwasm/types/features.h"
#include "libwasm/types/types.h"
#include "libwasm/types/v128.h"

namespace wasm {
class TypeStore;
class ValidatedModule;
namespace native {
class ArtefactFile;
class CompiledModule;
}  // namespace native
namespace runtime {
class CallContext;
class ExecutionEngine;
class GlobalInst;
class MemoryInst;
class Store;
class TableInst;
struct FuncInst;
struct Instance;
struct TagInst;
}  // namespace runtime
}  // namespace wasm

// What libtrenail.so exports: the classes here, and the functions that say so themselves.
namespace [[gnu::visibility("default")]] trenail {

using wasm::AddrType;
using wasm::Coredump;
using wasm::Error;
using wasm::ErrorKind;
using wasm::ExternKind;
using wasm::Feature;
using wasm::FeatureSet;
using wasm::FuncType;
using wasm::GlobalType;
using wasm::HeapType;
using wasm::HostCallable;
using wasm::Limits;
using wasm::LogCallback;
using wasm::LogLevel;
using wasm::MemType;
using wasm::Result;
using wasm::TableType;
using wasm::TextPosition;
using wasm::TraceFrame;
using wasm::V128;
using wasm::ValType;

class Caller;
class Instance;
class Module;
class Store;

// ---- engine ------------------------------------------------------------------------------------

struct EngineOptions {
  FeatureSet features;              // what decoding and validation accept; default: everything
  bool lazy_validation = false;     // validate a body when it is first called
  unsigned validation_threads = 1;  // bodies are validated on this many threads
  // Memories of the embedder and of interpreted modules get guard pages where there is address
  // space for that, so that compiled modules can import them.
  bool guard_memories = false;
  // Instances that have gone leave their memories and tables, cleared, to the next ones of their
  // module: so many in all, and so much address space of theirs. 0: each is made anew.
  uint32_t pooled_instances = 256;
  uint64_t pooled_address_space = uint64_t{128} << 30;
  // Gets what is of `log_level` or graver, one sentence at a time, from any thread; it must not
  // call back into the engine. docs/debugging.md says what there is.
  LogCallback log = nullptr;
  LogLevel log_level = LogLevel::kWarning;
};

// The process side of execution: canonical types and the back end. Shared handle; thread-safe.
class Engine {
 public:
  // `backend` executes the modules of this engine: MakeInterpreter() of interp/interp.h.
  explicit Engine(std::shared_ptr<wasm::runtime::ExecutionEngine> backend,
                  const EngineOptions& options = {});

  const EngineOptions& options() const;   // as it was made with
  std::string_view backend_name() const;  // "interpreter" …
  // The canonical id of a function type.
  uint32_t TypeIdOf(const FuncType& type) const;

  // Internal: for the other classes of this header and the libraries above.
  struct [[gnu::visibility("hidden")]] Impl;
  const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

// ---- types of externals ------------------------------------------------------------------------

// [syntax-externtype]. Concrete heap types hold canonical type ids of the engine.
struct ExternType {
  ExternKind kind = ExternKind::kFunc;
  FuncType func;  // kFunc; kTag: the parameters
  TableType table;
  MemType memory;
  GlobalType global;
  uint32_t type_id = ~uint32_t{0};  // kFunc, kTag: the canonical type id
};
struct ImportType {
  std::string module;
  std::string name;
  ExternType type;
};
struct ExportType {
  std::string name;
  ExternType type;
};

// The text of a type as in the text format, e.g. "i32", "(ref null func)", "func (param i32)
// (result i64)".
[[gnu::visibility("default")]] std::string ToString(ValType type);
[[gnu::visibility("default")]] std::string ToString(const ExternType& type);

// ---- compiled code -----------------------------------------------------------------------------

// Native code of a module, made before by `trenail compile`. Shared handle; thread-safe. Errors are
// sentences that say why it does not fit: damaged, of another version, for another processor.
class Artefact {
 public:
  static Result<Artefact> Open(const std::string& path);  // maps the file; kHost
  // From the bytes of such a file.
  static Result<Artefact> FromMemory(std::span<const uint8_t> bytes);
  // From the symbol of a compiled object file that is part of this program.
  static Result<Artefact> Linked(const void* module);

  // Of a compiled component: its bytes, and the code of its core modules in the order of
  // Component::modules(). Otherwise empty.
  std::span<const uint8_t> component() const;
  Result<std::vector<Artefact>> parts() const;  // they share its memory

  // SHA-256 of the .wasm file.
  std::span<const uint8_t, 32> module_hash() const;
  bool interruptible() const;  // stops at Store::Interrupt
  bool meters_fuel() const;    // heeds Store::SetFuel
  // Internal.
  const std::shared_ptr<const wasm::native::CompiledModule>& internal() const { return code_; }

 private:
  Artefact(std::shared_ptr<const wasm::native::CompiledModule> code,
           std::shared_ptr<const wasm::native::ArtefactFile> file)
      : code_(std::move(code)), file_(std::move(file)) {}
  std::shared_ptr<const wasm::native::CompiledModule> code_;
  std::shared_ptr<const wasm::native::ArtefactFile> file_;
};

// Tells the system's profiler, perf, of compiled code (docs/debugging.md), from now on: of
// artefacts that are opened after this. Interpreted functions are not in it.
enum class Profiling : uint8_t {
  kPerfMap,  // /tmp/perf-PID.map: the names of functions, for perf report
  kJitDump,  // jit-PID.dump: names, code and source lines, for perf inject
};
// `folder`: where the file goes; empty: /tmp, or the current folder. Thread-safe; a second time of
// a kind does nothing. Errors: kHost where the file cannot be made.
Result<void> StartProfiling(Profiling kind, const std::string& folder = {});

// A back end for engines that run artefacts alone: programs with it need no interpreter. What was
// not compiled cannot be called.
[[gnu::visibility("default")]] std::shared_ptr<wasm::runtime::ExecutionEngine> MakeArtefactsOnly();

// ---- modules -----------------------------------------------------------------------------------

// A decoded and validated module [embed-module]. Shared handle; immutable, thread-safe.
class Module {
 public:
  // Decodes and validates `bytes`, which are copied. Errors: kMalformed or kInvalid, with the byte
  // offset and, inside a body, the function's index and name.
  static Result<Module> Parse(const Engine& engine, std::span<const uint8_t> bytes);
  // The same judgement without a module to keep [embed-module-validate]: cheaper. All bodies are
  // validated, whatever the engine's options.
  static Result<void> Validate(const Engine& engine, std::span<const uint8_t> bytes);

  // The module that an artefact was compiled from; nothing else is needed.
  static Result<Module> FromArtefact(const Engine& engine, const Artefact& artefact);
  // From now on new instances of the module run this code. Before the first one is made. Errors:
  // kUnlinkable if it is another module's.
  Result<void> Attach(const Artefact& artefact);

  std::vector<ImportType> imports() const;  // in the order of the module, as the next
  std::vector<ExportType> exports() const;  // [embed-module-exports]
  bool has_start() const;                   // whether making an instance runs code of it
  // From the name section; empty if there is none.
  std::string_view name() const;
  // Internal.
  const std::shared_ptr<const wasm::ValidatedModule>& internal() const { return module_; }
  const Engine& engine() const { return engine_; }  // that it was made with

 private:
  Module(Engine engine, std::shared_ptr<const wasm::ValidatedModule> module)
      : engine_(std::move(engine)), module_(std::move(module)) {}
  Engine engine_;
  std::shared_ptr<const wasm::ValidatedModule> module_;
};

// Text to binary [text]. Errors: kMalformed with the line and column. Lives apart from the rest, so
// that a program without it does not link the text format.
[[gnu::visibility("default")]] Result<std::vector<uint8_t>> ParseText(std::string_view text);

// ---- values ------------------------------------------------------------------------------------

enum class RefKind : uint8_t { kNull, kI31, kStruct, kArray, kFunc, kException, kHost };

// A value [syntax-val]. A reference to a heap object keeps the object alive while the Value exists;
// it must not outlive its store.
class Value {
 public:
  Value() : Value(int32_t{0}) {}
  Value(int32_t v) : type_(ValType::kI32), low_(static_cast<uint32_t>(v)) {}   // NOLINT: an i32 …
  Value(uint32_t v) : type_(ValType::kI32), low_(v) {}                         // NOLINT
  Value(int64_t v) : type_(ValType::kI64), low_(static_cast<uint64_t>(v)) {}   // NOLINT
  Value(uint64_t v) : type_(ValType::kI64), low_(v) {}                         // NOLINT
  Value(float v) : type_(ValType::kF32), low_(std::bit_cast<uint32_t>(v)) {}   // NOLINT
  Value(double v) : type_(ValType::kF64), low_(std::bit_cast<uint64_t>(v)) {}  // NOLINT
  Value(const V128& v) : type_(ValType::kV128) {                               // NOLINT
    std::memcpy(&low_, v.bytes.data(), 8);
    std::memcpy(&high_, v.bytes.data() + 8, 8);
  }
  static Value F32Bits(uint32_t bits) { return FromSlots(ValType::kF32, bits, 0); }  // any NaN
  static Value F64Bits(uint64_t bits) { return FromSlots(ValType::kF64, bits, 0); }  // the same
  static Value Null(HeapType type) { return FromSlots(ValType::Ref(type, true), 0, 0); }  // null
  static Value I31(uint32_t value);  // its lower 31 bits
  // A value of the default of `type`: zero or null. `type` must be defaultable.
  static Value Default(ValType type) { return FromSlots(type, 0, 0); }

  ValType type() const { return type_; }                      // [syntax-valtype]
  int32_t i32() const { return static_cast<int32_t>(low_); }  // of an i32; so for the next
  int64_t i64() const { return static_cast<int64_t>(low_); }  // of an i64
  float f32() const { return std::bit_cast<float>(static_cast<uint32_t>(low_)); }  // of an f32
  double f64() const { return std::bit_cast<double>(low_); }                       // of an f64
  V128 v128() const {                                                              // of a v128
    V128 v;
    std::memcpy(v.bytes.data(), &low_, 8);
    std::memcpy(v.bytes.data() + 8, &high_, 8);
    return v;
  }
  bool is_ref() const { return type_.is_ref(); }  // whether it is of a reference type
  bool is_null() const { return low_ == 0; }      // of a reference
  // What a reference refers to, found out from the object when the value was made.
  RefKind ref_kind() const { return is_null() ? RefKind::kNull : kind_; }
  uint32_t i31() const;     // kI31, 31 bits unsigned
  void* host_data() const;  // kHost: the word given to Store::NewHostRef

  // The raw form (runtime/vm_layout.h), one slot, or two for v128; for the libraries above:
  uint64_t low() const { return low_; }
  uint64_t high() const { return high_; }
  static Value FromSlots(ValType type, uint64_t low, uint64_t high, RefKind kind = RefKind::kNull) {
    Value value;
    value.type_ = type;
    value.kind_ = kind;
    value.low_ = low;
    value.high_ = high;
    return value;
  }
  void KeepAlive(std::shared_ptr<const void> root) { root_ = std::move(root); }

 private:
  ValType type_;
  RefKind kind_ = RefKind::kNull;
  uint64_t low_ = 0;
  uint64_t high_ = 0;
  std::shared_ptr<const void> root_;
};

// C++ types that stand for value types in typed calls and typed host functions.
template <typename T>
constexpr ValType ValTypeOf() {
  if constexpr (std::is_same_v<T, int32_t> || std::is_same_v<T, uint32_t>)
    return ValType::kI32;
  else if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, uint64_t>)
    return ValType::kI64;
  else if constexpr (std::is_same_v<T, float>)
    return ValType::kF32;
  else if constexpr (std::is_same_v<T, double>)
    return ValType::kF64;
  else if constexpr (std::is_same_v<T, V128>)
    return ValType::kV128;
  else
    static_assert(sizeof(T) == 0, "not a type that a WebAssembly value maps to");
}

namespace internal {
template <typename T>
void ToSlots(const T& value, uint64_t* slots) {
  slots[0] = 0;
  std::memcpy(slots, &value, sizeof(T));
}
template <typename T>
T FromSlots(const uint64_t* slots) {
  T value;
  std::memcpy(&value, slots, sizeof(T));
  return value;
}
template <typename T>
inline constexpr size_t kSlots = sizeof(T) > 8 ? 2 : 1;

// The results of a typed function: void, one type, or std::tuple.
template <typename R>
struct Results {
  static void AppendTypes(std::vector<ValType>& types) { types.push_back(ValTypeOf<R>()); }
  static constexpr size_t kCount = kSlots<R>;
  static R Load(const uint64_t* slots) { return FromSlots<R>(slots); }
  static void Store(const R& value, uint64_t* slots) { ToSlots(value, slots); }
};
template <>
struct Results<void> {
  static void AppendTypes(std::vector<ValType>&) {}
  static constexpr size_t kCount = 0;
};
template <typename... Rs>
struct Results<std::tuple<Rs...>> {
  static void AppendTypes(std::vector<ValType>& types) { (types.push_back(ValTypeOf<Rs>()), ...); }
  static constexpr size_t kCount = (size_t{0} + ... + kSlots<Rs>);
  static std::tuple<Rs...> Load(const uint64_t* slots) {
    auto next = [&slots]<typename T>(std::type_identity<T>) {
      T value = FromSlots<T>(slots);
      slots += kSlots<T>;
      return value;
    };
    return std::tuple<Rs...>{next(std::type_identity<Rs>())...};
  }
  static void Store(const std::tuple<Rs...>& values, uint64_t* slots) {
    std::apply([&slots](const Rs&... v) { ((ToSlots(v, slots), slots += kSlots<Rs>), ...); },
               values);
  }
};
}  // namespace internal

// ---- functions ---------------------------------------------------------------------------------

// Performs a call with raw slots: arguments in, results out in place; the array holds the larger of
// the two. The path under every call of this header.
[[gnu::visibility("default")]] Result<void> CallRaw(wasm::runtime::Store& store,
                                                    wasm::runtime::FuncInst* func, uint64_t* slots);

// A function with its C++ signature checked once; calling it boxes nothing.
template <typename Signature>
class TypedFunc;
template <typename R, typename... Args>
class TypedFunc<R(Args...)> {
 public:
  TypedFunc(wasm::runtime::Store* store, wasm::runtime::FuncInst* func)
      : store_(store), func_(func) {}  // internal
  // Errors: kTrap, kException, kExhausted, kInterrupted, kExit, kHost, with the backtrace.
  Result<R> operator()(Args... args) const {
    constexpr size_t kArgSlots = (size_t{0} + ... + internal::kSlots<Args>);
    uint64_t slots[std::max<size_t>({kArgSlots, internal::Results<R>::kCount, 1})];
    [[maybe_unused]] uint64_t* at = slots;
    ((internal::ToSlots(args, at), at += internal::kSlots<Args>), ...);
    TRY_VOID(CallRaw(*store_, func_, slots));
    if constexpr (std::is_void_v<R>)
      return {};
    else
      return internal::Results<R>::Load(slots);
  }

 private:
  wasm::runtime::Store* store_;
  wasm::runtime::FuncInst* func_;
};

class Func {
 public:
  // A host function of any type. Gets its arguments, fills `results` (already default values of the
  // right types). An error it returns ends the guest's execution and comes back from the outer
  // call; so does what it throws, as an error of kind kHost with what() as its message. It may call
  // the guest again, and destroy its own store (see Store).
  using Callback = HostCallable<Result<void>(Caller& caller, std::span<const Value> args,
                                             std::span<Value> results)>;
  static Func Host(Store& store, const FuncType& type, Callback callback, std::string name = {});

  // The same with slots as in runtime/vm_layout.h: arguments in, results out, nothing boxed.
  using RawCallback = HostCallable<Result<void>(Caller& caller, uint64_t* slots)>;
  static Func HostRaw(Store& store, const FuncType& type, RawCallback callback,
                      std::string name = {});
  // FAST: the same for very many functions, which take no memory but that of a function. `type_id`:
  // by Engine::TypeIdOf. `data` must live as long as the function may be called. It must not throw.
  using RawFunction = Result<void> (*)(void* data, uint64_t* slots);
  static Func HostRaw(Store& store, uint32_t type_id, RawFunction function, void* data);

  // A typed host function from a callable: `R f(Args...)` or `R f(Caller&, Args...)`, where R is a
  // value type, void, std::tuple, or a Result of one of them.
  template <typename F, bool kCatch = wasm::kExceptions>
  static Func Wrap(Store& store, F&& callable, std::string name = {});

  FuncType type() const;  // with canonical type ids of the engine
  // Errors: kHost if the arguments do not fit; otherwise as TypedFunc.
  Result<std::vector<Value>> Call(std::span<const Value> args) const;
  // Errors: kHost if the signature differs.
  template <typename Signature>
  Result<TypedFunc<Signature>> Typed() const;

  // A reference to this function, as a value.
  Value ref() const;
  // Internal.
  Func(wasm::runtime::Store* store, wasm::runtime::FuncInst* func) : store_(store), func_(func) {}
  wasm::runtime::FuncInst* internal() const { return func_; }
  wasm::runtime::Store* store() const { return store_; }

 private:
  wasm::runtime::Store* store_;
  wasm::runtime::FuncInst* func_;
};

// ---- memories, tables, globals, tags
// -------------------------------------------------------------

class Memory {
 public:
  // Errors: kExhausted when the store's limits or the system refuse.
  static Result<Memory> New(Store& store, const MemType& type);

  MemType type() const;  // with the current size as the minimum
  // The bytes; the span is invalid after anything that may grow the memory.
  std::span<uint8_t> data() const;
  uint64_t size() const;  // bytes
  // Grows by `pages`; the old size in pages, or nothing if it cannot.
  std::optional<uint64_t> Grow(uint64_t pages) const;
  // A handle in another store on the same shared memory. The memory must be shared.
  Memory ShareWith(Store& other) const;
  // Internal.
  Memory(wasm::runtime::Store* store, wasm::runtime::MemoryInst* memory)
      : store_(store), memory_(memory) {}
  wasm::runtime::MemoryInst* internal() const { return memory_; }

 private:
  wasm::runtime::Store* store_;
  wasm::runtime::MemoryInst* memory_;
};

class Table {
 public:
  static Result<Table> New(Store& store, const TableType& type, const Value& init);  // kExhausted
  TableType type() const;                          // with the current size as the minimum
  uint64_t size() const;                           // elements
  std::optional<Value> Get(uint64_t index) const;  // nothing: out of bounds
  // False if out of bounds or of another type.
  bool Set(uint64_t index, const Value& value) const;
  // Internal.
  Table(wasm::runtime::Store* store, wasm::runtime::TableInst* table)
      : store_(store), table_(table) {}
  wasm::runtime::TableInst* internal() const { return table_; }

 private:
  wasm::runtime::Store* store_;
  wasm::runtime::TableInst* table_;
};

class Global {
 public:
  static Global New(Store& store, const GlobalType& type, const Value& value);  // of `type`
  GlobalType type() const;  // [embed-global-type]
  Value Get() const;        // [embed-global-read]
  // False if immutable or of another type.
  bool Set(const Value& value) const;
  // Where the value is for as long as the store lives: one slot, or two of a v128.
  uint64_t* slots() const;
  // Internal.
  Global(wasm::runtime::Store* store, wasm::runtime::GlobalInst* global)
      : store_(store), global_(global) {}
  wasm::runtime::GlobalInst* internal() const { return global_; }

 private:
  wasm::runtime::Store* store_;
  wasm::runtime::GlobalInst* global_;
};

class Tag {
 public:
  static Tag New(Store& store, const std::vector<ValType>& params);  // [embed-tag-alloc]
  // Internal.
  Tag(wasm::runtime::Store* store, wasm::runtime::TagInst* tag) : store_(store), tag_(tag) {}
  wasm::runtime::TagInst* internal() const { return tag_; }

 private:
  wasm::runtime::Store* store_;
  wasm::runtime::TagInst* tag_;
};

using Extern = std::variant<Func, Table, Memory, Global, Tag>;  // in the order of ExternKind

// ---- stores and instances
// ------------------------------------------------------------------------

// Bounds of one store; 0 means the default.
struct StoreLimits {
  uint64_t max_memory_bytes = 0;    // of each memory; default: what the module declares
  uint64_t max_table_elements = 0;  // of each table; default 10,000,000
  uint64_t max_stack_bytes = 0;     // of the guest's stacks; default 16 MiB
  uint64_t max_heap_bytes = 0;      // garbage-collected heap; default 1 GiB
  uint32_t max_instances = 0;       // default 10,000; memories and tables likewise
  uint32_t max_memories = 0;
  uint32_t max_tables = 0;
  uint32_t max_fibers = 0;          // unfinished at a time; default 10,000
  uint64_t memory_reservation = 0;  // bytes of address space reserved for each 32-bit memory
};

struct StoreStats {
  uint64_t heap_bytes_allocated = 0;  // in total, since the store was made
  uint64_t heap_bytes_in_use = 0;
  uint64_t heap_collections = 0;
};

// What a trap leaves behind as a file (docs/debugging.md).
struct CoredumpOptions {
  std::string process_name;  // what the program is called
  // Of the file. What does not fit of frames and memories is left out; the innermost frames and the
  // first memories come first.
  uint64_t max_bytes = uint64_t{256} << 20;
  uint32_t max_frames = 10'000;
};

// May be destroyed by a host function that its guest has called: nothing of the guest runs any
// more, the calls under way return errors of kind kHost, and the store goes when the outermost has.
class Store {
 public:
  explicit Store(const Engine& engine, const StoreLimits& limits = {});  // keeps the engine
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  // Links, allocates, initialises and starts an instance [exec-instantiation]; `imports` in the
  // order of module.imports(). `name` is used in backtraces where the module has no name.
  // Errors: kUnlinkable; kTrap, kException … from initialisation or the start function; kExhausted.
  Result<Instance> Instantiate(const Module& module, std::span<const Extern> imports,
                               std::string name = {});

  // An externref holding a word of the embedder's.
  Value NewHostRef(void* data);

  // Stops running code at its next poll point, in a loop, a call or a bulk operation; a thread that
  // waits on a memory wakes. Sticks until ClearInterrupt. Thread-safe.
  void Interrupt();
  void ClearInterrupt();  // the store can be used again
  // From now on every instruction costs a unit of fuel; none left: kInterrupted.
  void SetFuel(uint64_t fuel);
  uint64_t fuel() const;  // what is left

  StoreStats stats() const;  // of the heap that is collected
  void CollectGarbage();     // now; it happens by itself when the heap has grown

  // From now on the errors of traps, uncaught exceptions, interruptions and failing host functions
  // hold a coredump (Error::coredump); nothing: no more.
  void SetCoredump(std::optional<CoredumpOptions> options);

  const Engine& engine() const { return engine_; }            // that it was made with
  wasm::runtime::Store& internal() const { return *store_; }  // internal
  // Internal, for components: `owner` is whose instance this is, which the store's describer turns
  // into TraceFrame::component.
  Result<Instance> InstantiateFor(const void* owner, const Module& module,
                                  std::span<const Extern> imports, std::string name = {});
  void SetOwnerDescriber(std::string (*describe)(const void* owner));
  // Whether its guest has called what runs now; and: its owner is to be destroyed once it is not.
  bool IsInUse() const;
  void Abandon();

 private:
  void Release();

  Engine engine_;
  std::unique_ptr<wasm::runtime::Store> store_;
};

class Instance {
 public:
  std::optional<Extern> GetExport(std::string_view name) const;  // nothing: there is none
  std::optional<Func> GetFunc(std::string_view name) const;      // or it is no function
  std::optional<Memory> GetMemory(std::string_view name) const;  // the same, as are the next
  std::optional<Global> GetGlobal(std::string_view name) const;  // of a global
  std::optional<Table> GetTable(std::string_view name) const;    // of a table
  // The export of that number, in the order of the module's.
  Extern ExportAt(size_t index) const;
  // All exports in the order of the module.
  std::vector<std::pair<std::string, Extern>> exports() const;
  // Internal.
  Instance(wasm::runtime::Store* store, wasm::runtime::Instance* instance)
      : store_(store), instance_(instance) {}
  wasm::runtime::Instance* internal() const { return instance_; }

 private:
  wasm::runtime::Store* store_;
  wasm::runtime::Instance* instance_;
};

// What a host function learns of its caller. Valid during the call only.
class Caller {
 public:
  explicit Caller(wasm::runtime::CallContext& context) : context_(context) {}  // internal
  // The instance whose code made the call; none when the embedder called directly.
  std::optional<Instance> instance() const;
  // The caller's export "memory", else its memory 0; an empty span if it has none. Invalid after
  // anything that may grow the memory.
  std::span<uint8_t> memory() const;
  wasm::runtime::Store& store() const;  // internal

 private:
  wasm::runtime::CallContext& context_;
};

// ---- linking by name
// -----------------------------------------------------------------------------

// Definitions by module and field name, for one store. Errors name the missing or mismatching
// import.
class Linker {
 public:
  explicit Linker(Store& store) : store_(store) {}  // which has to outlive it

  // A later definition of the same name replaces the earlier one.
  void Define(std::string_view module, std::string_view name, Extern value);
  template <typename F, bool kCatch = wasm::kExceptions>
  void Func(std::string_view module, std::string_view name, F&& callable) {  // as of Func::Wrap
    Define(module, name,
           trenail::Func::Wrap<F, kCatch>(store_, std::forward<F>(callable), std::string(name)));
  }
  // Every export of `instance` as module.export.
  void DefineInstance(std::string_view module, const Instance& instance);
  std::optional<Extern> Get(std::string_view module, std::string_view name) const;  // or none

  // The imports of `module` in order. Errors: kUnlinkable "unknown import …" naming it.
  Result<std::vector<Extern>> Resolve(const Module& module) const;
  Result<Instance> Instantiate(const Module& module, std::string name = {});  // after Resolve

  Store& store() const { return store_; }  // that it was made for

 private:
  struct Definition {
    std::string module;
    std::string name;
    Extern value;
  };
  Store& store_;
  std::vector<Definition> definitions_;
};

// ---- templates
// -----------------------------------------------------------------------------------

namespace internal {
// Errors with kHost and both types unless `func` has exactly this type.
[[gnu::visibility("default")]] Result<void> CheckFuncType(const Func& func,
                                                          const std::vector<ValType>& params,
                                                          const std::vector<ValType>& results);

template <typename T>
struct UnwrapResult {
  using type = T;
  static constexpr bool kIsResult = false;
};
template <typename T>
struct UnwrapResult<Result<T>> {
  using type = T;
  static constexpr bool kIsResult = true;
};

template <typename F, bool kCaller, bool kCatch, typename R, typename... Args>
Func WrapTyped(Store& store, F&& callable, std::string name) {
  using Unwrapped = UnwrapResult<R>;
  using Value = typename Unwrapped::type;
  FuncType type;
  (type.params.push_back(ValTypeOf<Args>()), ...);
  Results<Value>::AppendTypes(type.results);
  auto raw = [f = std::forward<F>(callable)](Caller& caller,
                                             uint64_t* slots) mutable -> Result<void> {
    const uint64_t* at = slots;
    [[maybe_unused]] auto next = [&at]<typename T>(std::type_identity<T>) {
      T value = FromSlots<T>(at);
      at += kSlots<T>;
      return value;
    };
    // Braces fix the order of evaluation.
    std::tuple<Args...> args{next(std::type_identity<Args>())...};
    auto call = [&](Args... a) -> R {
      if constexpr (kCaller)
        return f(caller, a...);
      else
        return f(a...);
    };
    if constexpr (Unwrapped::kIsResult) {
      R result = std::apply(call, args);
      if (!result) return std::unexpected(std::move(result.error()));
      if constexpr (!std::is_void_v<Value>) Results<Value>::Store(*result, slots);
    } else if constexpr (std::is_void_v<Value>) {
      std::apply(call, args);
    } else {
      Results<Value>::Store(std::apply(call, args), slots);
    }
    return {};
  };
  return Func::HostRaw(store, type, std::move(raw), std::move(name));
}

template <typename F>
struct CallableTraits : CallableTraits<decltype(&F::operator())> {};
template <typename C, typename R, typename... Args>
struct CallableTraits<R (C::*)(Args...) const> : CallableTraits<R (*)(Args...)> {};
template <typename C, typename R, typename... Args>
struct CallableTraits<R (C::*)(Args...)> : CallableTraits<R (*)(Args...)> {};
template <typename R, typename... Args>
struct CallableTraits<R (*)(Args...)> {
  template <typename F, bool kCatch>
  static Func Wrap(Store& store, F&& f, std::string name) {
    return WrapTyped<F, false, kCatch, R, std::remove_cvref_t<Args>...>(store, std::forward<F>(f),
                                                                        std::move(name));
  }
};
template <typename R, typename... Args>
struct CallableTraits<R (*)(Caller&, Args...)> {
  template <typename F, bool kCatch>
  static Func Wrap(Store& store, F&& f, std::string name) {
    return WrapTyped<F, true, kCatch, R, std::remove_cvref_t<Args>...>(store, std::forward<F>(f),
                                                                       std::move(name));
  }
};
}  // namespace internal

template <typename F, bool kCatch>
Func Func::Wrap(Store& store, F&& callable, std::string name) {
  using Decayed = std::decay_t<F>;
  return internal::CallableTraits<Decayed>::template Wrap<Decayed, kCatch>(
      store, Decayed(std::forward<F>(callable)), std::move(name));
}

namespace internal {
template <typename Signature>
struct SignatureTypes;
template <typename R, typename... Args>
struct SignatureTypes<R(Args...)> {
  static Result<void> Check(const Func& func) {
    std::vector<ValType> params{ValTypeOf<Args>()...}, results;
    Results<R>::AppendTypes(results);
    return CheckFuncType(func, params, results);
  }
};
}  // namespace internal

template <typename Signature>
Result<TypedFunc<Signature>> Func::Typed() const {
  TRY_VOID(internal::SignatureTypes<Signature>::Check(*this));
  return TypedFunc<Signature>(store_, func_);
}

}  // namespace trenail

#endif  // TRENAIL_LIBWASM_LIBWASM_H_
