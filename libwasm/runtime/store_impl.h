// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inside of a Store, for the runtime's own files.

#ifndef TRENAIL_LIBWASM_RUNTIME_STORE_IMPL_H_
#define TRENAIL_LIBWASM_RUNTIME_STORE_IMPL_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libwasm/module/source_lines.h"
#include "libwasm/runtime/backing.h"
#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/global.h"
#include "libwasm/runtime/guest_stack.h"
#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/memory.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/table.h"
#include "libwasm/runtime/trace.h"

namespace wasm::runtime {

// Behind a value stack's limit: the slots of one host call.
inline constexpr uint64_t kHostCallSlots = 4096;

struct Store::Impl {
  std::shared_ptr<TypeStore> types;
  ExecutionEngine* engine = nullptr;
  StoreLimits limits;
  std::shared_ptr<PoolBudget> pool_budget;  // may be null
  VMThread thread;
  ZeroedBlock value_stack;
  ZeroedBlock frame_stack;
  std::unique_ptr<gc::Heap> heap;  // made on first use

  // Guards `instances` and the setting of interrupts, the things that other threads touch.
  std::mutex mutex;
  std::vector<InstanceData*> instances;
  // Those that run compiled code, which looks at Instance::stack_limit.
  std::vector<Instance*> compiled_instances;

  std::vector<std::unique_ptr<HostFunction>> host_functions;
  // In pieces of kRawFunctions, of the last of which so many are taken.
  static constexpr size_t kRawFunctions = 32;
  std::vector<std::unique_ptr<RawHostFunction[]>> raw_host_functions;
  size_t num_raw_in_last = kRawFunctions;
  std::vector<std::unique_ptr<MemoryInst>> memories;
  std::vector<std::unique_ptr<TableInst>> tables;
  std::vector<std::unique_ptr<GlobalInst>> globals;
  std::vector<std::unique_ptr<TagInst>> tags;
  uint32_t num_memories = 0;  // those of instances included
  uint32_t num_tables = 0;

  std::vector<Ref> roots;  // the embedder's handles; kNullRef in free entries
  std::vector<uint32_t> free_roots;
  RootRange* root_ranges = nullptr;

  uint32_t call_depth = 0;
  // Frames below it belong to earlier calls of the embedder.
  Frame* frame_floor = nullptr;
  EntryRecord* native_floor = nullptr;      // likewise
  WaitingStacks* waiting_stacks = nullptr;  // until there is a fiber
  // Activations of compiled code that the trap on its way out has left, the newest first.
  std::vector<NativeTrace> left_native;
  // Of modules that have been in a trace.
  struct ModuleLines {
    std::shared_ptr<const ValidatedModule> module;
    SourceLines lines;
  };
  std::vector<ModuleLines> source_lines;

  // What the owner of an instance (InstanceData::owner) is called in traces; may be null.
  std::string (*describe_owner)(const void* owner) = nullptr;
  // Told of every error that execution ends with and of the frames it came from, while they and all
  // instances are still as they were; for coredumps.
  std::function<void(Error& error, const std::vector<StackFrame>& frames)> on_error;
  size_t max_frames = 0;  // how many frames on_error wants

  bool abandoned = false;
  bool deletes_itself = false;
  std::shared_ptr<const void> kept;  // until then

  // Reserves the interpreter's stacks when it is first called; false if there is no memory for
  // them.
  bool EnsureStacks();
  // For a call made from the calling native thread: how deep its stack may become.
  void SetNativeStackLimit(uintptr_t limit);
  // The store goes on on the stack `waiting`, and what it ran on so far waits there.
  void ExchangeStack(GuestStack& waiting);
  void MarkRoots(gc::Heap& heap) const;
  // Null, or why one more would be too many.
  Result<void> CountMemory();
  Result<void> CountTable();
  Result<void> Register(InstanceData* data);
};

// Slots outside the value stack that may hold references, kept alive while this object lives.
class RootRange {
 public:
  RootRange(Store& store, const Slot* begin, const Slot* end)
      : impl_(store.impl()), begin_(begin), end_(end), next_(impl_.root_ranges) {
    impl_.root_ranges = this;
  }
  ~RootRange() { impl_.root_ranges = next_; }
  RootRange(const RootRange&) = delete;
  RootRange& operator=(const RootRange&) = delete;

  void Set(const Slot* begin, const Slot* end) {
    begin_ = begin;
    end_ = end;
  }
  const Slot* begin() const { return begin_; }
  const Slot* end() const { return end_; }
  const RootRange* next() const { return next_; }

 private:
  Store::Impl& impl_;
  const Slot* begin_;
  const Slot* end_;
  RootRange* next_;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_STORE_IMPL_H_
