// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The store [syntax-store]: owns every function, table, memory, global, tag and module instance
// made in it, the garbage-collected heap and the one thread that runs them. Used by one thread at a
// time; only Interrupt may be called from others. Shared memories are the one thing two stores can
// share.

#ifndef TRENAIL_LIBWASM_RUNTIME_STORE_H_
#define TRENAIL_LIBWASM_RUNTIME_STORE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libwasm/module/validated_module.h"
#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/error.h"
#include "libwasm/support/log.h"

namespace wasm::runtime {

// Bounds of one store; 0 means the default in brackets.
struct StoreLimits {
  uint64_t max_memory_bytes = 0;    // of each memory [as declared]
  uint64_t max_table_elements = 0;  // of each table [10,000,000]
  uint64_t max_stack_bytes =
      0;                        // interpreter value stack and frames together [1 MiB value stack …]
  uint64_t max_heap_bytes = 0;  // GC heap [1 GiB]
  uint32_t max_instances = 0;   // [10,000]
  uint32_t max_memories = 0;    // [10,000]
  uint32_t max_tables = 0;      // [10,000]
  uint32_t max_fibers = 0;      // unfinished at a time [10,000]
  uint64_t memory_reservation = 0;  // address space reserved for a 32-bit memory [engine's choice]
  // Memories that compiled code can use without checks where there is address space for that: set
  // where modules with compiled code may import a memory made before them.
  bool guard_memories = false;
  const Log* log = nullptr;  // null: nobody wants to know
};

// The data behind a memory: private to a store, or shared between stores.
class MemoryInst;  // memory.h: has a VMMemory first
class TableInst;   // table.h:  has a VMTable first
class GlobalInst;  // global.h: has a VMGlobal first

// What a host function does with its slots; see HostFunction in host_func.h.
using HostCallback = std::function<Result<void>(class CallContext&, Slot* slots)>;
// One that owns nothing and asks for nothing.
using RawHostCallback = Result<void> (*)(void* data, Slot* slots);

// An external value [syntax-externval]: a tagged pointer into a store.
struct Extern {
  ExternKind kind = ExternKind::kFunc;
  union {
    FuncInst* func;
    TableInst* table;
    MemoryInst* memory;
    GlobalInst* global;
    TagInst* tag;
  };
};

// The engine that executes defined functions: chosen per store, implemented above the runtime.
class ExecutionEngine {
 public:
  virtual ~ExecutionEngine() = default;
  virtual const char* name() const = 0;
  // The entry through which functions of this engine are called from outside it, and their kind.
  virtual ArrayEntry entry() const = 0;
  virtual FuncKind func_kind() const = 0;
};

class PoolBudget;  // instance_pool.h

class Store {
 public:
  // `pool`: for what new instances can use of old ones; null: nothing.
  Store(std::shared_ptr<TypeStore> types, ExecutionEngine* engine, const StoreLimits& limits,
        std::shared_ptr<PoolBudget> pool = nullptr);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  TypeStore& types() const;
  ExecutionEngine& engine() const;
  VMThread& thread();
  gc::Heap& heap();
  const StoreLimits& limits() const;

  // [exec-instantiation], imports in the order of the module. Links, allocates, initialises, and
  // runs the start function. `name` is used in traces. On failure nothing is freed before the store
  // dies, as other instances may already refer to it.
  Result<Instance*> Instantiate(std::shared_ptr<const ValidatedModule> module,
                                std::span<const Extern> imports, std::string name = {},
                                const void* owner = nullptr);

  // Allocation of externals by the embedder; types are canonical. Errors: a limit of the store.
  FuncInst* NewHostFunction(TypeId type, HostCallback callback, std::string name);
  FuncInst* NewHostFunction(TypeId type, RawHostCallback callback, void* data);
  Result<MemoryInst*> NewMemory(const MemType& type);
  // A second handle, in this store, on the memory behind `other`, which must be shared.
  MemoryInst* ShareMemory(const MemoryInst& other);
  Result<TableInst*> NewTable(const TableType& type, Ref init);
  GlobalInst* NewGlobal(const GlobalType& type, const Slot value[2]);
  TagInst* NewTag(TypeId type);

  // The export of that name, if any.
  std::optional<Extern> FindExport(Instance* instance, std::string_view name);
  // The canonical function reference of a function of an instance; made on first use.
  FuncInst* FuncRef(Instance* instance, uint32_t func_index);

  // Calls `func` with `slots` (max of parameter and result slots). A trap or exception becomes an
  // Error with its backtrace; the stacks are as before the call in any case.
  Result<void> Call(FuncInst* func, Slot* slots);

  // Makes running code stop with `why` at its next poll point. Thread-safe.
  void Interrupt(Trap why);
  void ClearInterrupt();
  // From now on every instruction costs a unit of fuel.
  void SetFuel(uint64_t fuel);
  uint64_t fuel() const;

  // Keeps `ref` alive until released; for the embedder's handles.
  uint32_t Root(Ref ref);
  Ref Rooted(uint32_t handle) const;
  void Unroot(uint32_t handle);

  // Whether guest code of the store has called what runs now.
  bool IsInUse() const;
  // Its owner has destroyed it while it is in use: nothing of the guest runs any more, calls under
  // way return errors. With `keep` it deletes itself, and then that, when the last one has ended
  // (EndUse); without, somebody else does.
  void Abandon(std::shared_ptr<const void> keep);
  bool abandoned() const { return abandoned_; }
  // To be called after each call from outside, which touches nothing of the store any more.
  void EndUse() {
    if (abandoned_) [[unlikely]]
      EndAbandoned();
  }

  // Of the runtime's own files (store_impl.h).
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  void EndAbandoned();

  std::unique_ptr<Impl> impl_;
  bool abandoned_ = false;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_STORE_H_
