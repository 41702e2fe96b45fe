// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The store: ownership, limits, the way from the embedder into an engine and back, interruption,
// and the roots of the heap. Everything expensive waits for its first use, as a store may serve a
// single short request.

#include "libwasm/runtime/store.h"

#include <algorithm>
#include <utility>

#include "libwasm/runtime/instance_pool.h"
#include "libwasm/runtime/instantiate.h"
#include "libwasm/runtime/native_entry.h"
#include "libwasm/runtime/native_stack.h"
#include "libwasm/runtime/ops_atomic.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/store_impl.h"
#include "libwasm/runtime/trace.h"

namespace wasm::runtime {

namespace {

constexpr uint64_t kDefaultHeapBytes = uint64_t{1} << 30;
constexpr uint32_t kDefaultCount = 10'000;
// Reserved, not used: only what a program's depth touches becomes memory.
#ifdef TRENAIL_NO_VM
constexpr uint64_t kDefaultStackBytes = uint64_t{2} << 20;
#else
constexpr uint64_t kDefaultStackBytes = uint64_t{24} << 20;
#endif
constexpr uint64_t kMinStackBytes = 16 * 1024;

Error LimitError(const char* what, uint32_t limit) {
  return Error(ErrorKind::kExhausted, std::string(what) +
                                          " limit exceeded: the store already has the allowed " +
                                          std::to_string(limit));
}

[[gnu::no_sanitize_address]] void MarkWords(gc::Heap& heap, const Slot* at, const Slot* end) {
  for (; at < end; ++at) heap.MarkRef(*at);
}

// Where the outermost entry into compiled code begins.
const Slot* NativeStackEnd(const EntryRecord* record) {
  while (record->previous != nullptr) record = record->previous;
  return static_cast<const Slot*>(record->stack_pointer);
}

// What lies on the native stack between here and the outermost entry into compiled code, whose
// frames hold references in no particular place. Not inlined: the caller's frame is part of it.
[[gnu::noinline]] void MarkNativeStack(gc::Heap& heap, const Slot* end) {
  MarkWords(heap, static_cast<const Slot*>(__builtin_frame_address(0)), end);
}

Result<void> Count(uint32_t& count, uint32_t limit, const char* what) {
  if (limit == 0) limit = kDefaultCount;
  if (count >= limit) return std::unexpected(LimitError(what, limit));
  ++count;
  return {};
}

}  // namespace

Result<void> Store::Impl::CountMemory() {
  return Count(num_memories, limits.max_memories, "memory");
}
Result<void> Store::Impl::CountTable() { return Count(num_tables, limits.max_tables, "table"); }

Result<void> Store::Impl::Register(InstanceData* data) {
  const uint32_t limit = limits.max_instances != 0 ? limits.max_instances : kDefaultCount;
  const std::lock_guard lock(mutex);
  if (instances.size() >= limit) {
    InstanceData::Delete(data);
    return std::unexpected(LimitError("instance", limit));
  }
  if (thread.interrupt.load() != Trap::kNone) data->vm.poll.fetch_or(rt::kPollInterrupt);
  if (thread.native_stack_limit != 0) data->vm.stack_limit = thread.native_stack_limit;
  instances.push_back(data);
  if (data->validated().compiled != nullptr) compiled_instances.push_back(&data->vm);
  return {};
}

bool Store::Impl::EnsureStacks() {
  if (thread.stack_base != nullptr) [[likely]]
    return true;
  uint64_t total = limits.max_stack_bytes != 0 ? limits.max_stack_bytes : kDefaultStackBytes;
  total = std::clamp(total, kMinStackBytes, uint64_t{1} << 40);
  // A frame of a small function takes about twice its own size in values.
  const uint64_t num_frames = total * 3 / 8 / sizeof(Frame);
  const uint64_t num_slots = (total - num_frames * sizeof(Frame)) / sizeof(Slot);
  const size_t values_size = (num_slots + kHostCallSlots) * sizeof(Slot);
  const size_t frames_size = num_frames * sizeof(Frame);
  PoolBudget::Stacks kept;
  if (pool_budget != nullptr) kept = pool_budget->TakeStacks(values_size, frames_size);
  ZeroedBlock values =
      kept.values.data() != nullptr ? std::move(kept.values) : ZeroedBlock(values_size);
  ZeroedBlock frames =
      kept.frames.data() != nullptr ? std::move(kept.frames) : ZeroedBlock(frames_size);
  if (values.data() == nullptr || frames.data() == nullptr) return false;
  value_stack = std::move(values);
  frame_stack = std::move(frames);
  thread.stack_base = thread.stack_top = reinterpret_cast<Slot*>(value_stack.data());
  thread.stack_limit = thread.stack_base + num_slots;
  thread.frame_base = thread.frame_top = reinterpret_cast<Frame*>(frame_stack.data());
  thread.frame_limit = thread.frame_base + num_frames;
  frame_floor = thread.frame_base;
  // Compiled code may be the one that needs it.
  for (EntryRecord* record = thread.native_top; record != nullptr; record = record->previous) {
    record->frame_top = thread.frame_top;
    record->stack_top = thread.stack_top;
  }
  return true;
}

void Store::Impl::SetNativeStackLimit(uintptr_t limit) {
  if (thread.native_stack_limit == limit) [[likely]]
    return;
  thread.native_stack_limit = limit;
  for (Instance* instance : compiled_instances) instance->stack_limit = limit;
}

void Store::Impl::ExchangeStack(GuestStack& waiting) {
  std::swap(thread.stack_base, waiting.stack_base);
  std::swap(thread.stack_limit, waiting.stack_limit);
  std::swap(thread.stack_top, waiting.stack_top);
  std::swap(thread.frame_base, waiting.frame_base);
  std::swap(thread.frame_limit, waiting.frame_limit);
  std::swap(thread.frame_top, waiting.frame_top);
  std::swap(thread.pending_exception, waiting.pending_exception);
  std::swap(thread.native_top, waiting.native_top);
  std::swap(thread.unwinding, waiting.unwinding);
  std::swap(call_depth, waiting.call_depth);
  std::swap(frame_floor, waiting.frame_floor);
  std::swap(native_floor, waiting.native_floor);
  std::swap(root_ranges, waiting.root_ranges);
  if (abandoned) [[unlikely]]
    thread.unwinding = true;
  const uintptr_t limit = std::exchange(waiting.native_stack_limit, thread.native_stack_limit);
  // Without a call under way, the next one sets it.
  if (call_depth != 0) SetNativeStackLimit(limit);
}

void GuestStack::MarkRoots(gc::Heap& heap) const {
  if (pending_exception != kNullRef) heap.MarkRef(pending_exception);
  if (stack_base != nullptr) heap.MarkConservatively(stack_base, stack_top);
  if (native_top != nullptr) MarkWords(heap, native_stack_pointer, NativeStackEnd(native_top));
  for (const RootRange* range = root_ranges; range != nullptr; range = range->next())
    heap.MarkConservatively(range->begin(), range->end());
}

void Store::Impl::MarkRoots(gc::Heap& target) const {
  for (const InstanceData* instance : instances) instance->MarkRoots(target);
  for (const auto& global : globals)
    if (IsTraced(*types, global->type().type)) target.MarkRef(global->value[0]);
  for (const auto& table : tables) {
    if (!IsTraced(*types, table->element_type())) continue;
    for (uint64_t i = 0; i < table->size; ++i) target.MarkRef(table->elements[i]);
  }
  // What the embedder holds may be a function just as well: its hierarchy is not known.
  target.MarkConservatively(roots.data(), roots.data() + roots.size());
  if (thread.pending_exception != kNullRef) target.MarkRef(thread.pending_exception);
  if (thread.stack_base != nullptr) target.MarkConservatively(thread.stack_base, thread.stack_top);
  if (thread.native_top != nullptr) {
    // Registers that callees preserve may hold references of compiled frames.
    __builtin_unwind_init();
    MarkNativeStack(target, NativeStackEnd(thread.native_top));
  }
  for (const RootRange* range = root_ranges; range != nullptr; range = range->next())
    target.MarkConservatively(range->begin(), range->end());
  if (waiting_stacks != nullptr) waiting_stacks->MarkRoots(target);
}

Store::Store(std::shared_ptr<TypeStore> types, ExecutionEngine* engine, const StoreLimits& limits,
             std::shared_ptr<PoolBudget> pool)
    : impl_(std::make_unique<Impl>()) {
  impl_->types = std::move(types);
  impl_->engine = engine;
  impl_->limits = limits;
  impl_->pool_budget = std::move(pool);
  impl_->thread.store = this;
  // For compiled code that counts although nobody has set a limit.
  impl_->thread.fuel = ~uint64_t{0};
}

Store::~Store() {
  if (impl_->waiting_stacks != nullptr) impl_->waiting_stacks->Close();
  impl_->waiting_stacks = nullptr;
  for (InstanceData* instance : impl_->instances) {
    if (InstancePool* const pool = instance->pool(); pool != nullptr)
      pool->Give(instance, *impl_->engine, impl_->limits);
    else
      InstanceData::Delete(instance);
  }
  if (impl_->pool_budget != nullptr && impl_->value_stack.data() != nullptr)
    impl_->pool_budget->GiveStacks({std::move(impl_->value_stack), std::move(impl_->frame_stack)});
  delete static_cast<Error*>(impl_->thread.host_error);
}

TypeStore& Store::types() const { return *impl_->types; }
ExecutionEngine& Store::engine() const { return *impl_->engine; }
const StoreLimits& Store::limits() const { return impl_->limits; }
VMThread& Store::thread() { return impl_->thread; }

gc::Heap& Store::heap() {
  if (impl_->heap == nullptr) [[unlikely]] {
    const uint64_t limit =
        impl_->limits.max_heap_bytes != 0 ? impl_->limits.max_heap_bytes : kDefaultHeapBytes;
    impl_->heap = std::make_unique<gc::Heap>(*impl_->types, limit, impl_->limits.log);
    impl_->heap->SetRootVisitor([impl = impl_.get()](gc::Heap& heap) { impl->MarkRoots(heap); });
  }
  return *impl_->heap;
}

Result<Instance*> Store::Instantiate(std::shared_ptr<const ValidatedModule> module,
                                     std::span<const Extern> imports, std::string name,
                                     const void* owner) {
  return Instantiation(*this, std::move(module)).Run(imports, std::move(name), owner);
}

namespace {
void SetUpHost(FuncInst& func, const TypeStore& types, TypeId type_id, ArrayEntry entry,
               void* host_data) {
  const CanonType& type = types.Get(type_id);
  func = FuncInst{.type_id = type_id,
                  .kind = FuncKind::kHost,
                  .func_index = 0,
                  .instance = nullptr,
                  .entry = entry,
                  .host_data = host_data,
                  .param_slots = type.param_slots,
                  .result_slots = type.result_slots};
}
}  // namespace

FuncInst* Store::NewHostFunction(TypeId type_id, HostCallback callback, std::string name) {
  auto& function = impl_->host_functions.emplace_back(
      std::make_unique<HostFunction>(this, std::move(callback), std::move(name)));
  SetUpHost(function->func, *impl_->types, type_id, EnterHost, function.get());
  return &function->func;
}

FuncInst* Store::NewHostFunction(TypeId type_id, RawHostCallback callback, void* data) {
  if (impl_->num_raw_in_last == Impl::kRawFunctions) {
    impl_->raw_host_functions.push_back(
        std::make_unique_for_overwrite<RawHostFunction[]>(Impl::kRawFunctions));
    impl_->num_raw_in_last = 0;
  }
  RawHostFunction& function = impl_->raw_host_functions.back()[impl_->num_raw_in_last++];
  SetUpHost(function.func, *impl_->types, type_id, EnterRawHost, &function);
  function.callback = callback;
  function.data = data;
  return &function.func;
}

Result<MemoryInst*> Store::NewMemory(const MemType& type) {
  TRY_VOID(impl_->CountMemory());
  impl_->memories.push_back(TRY(MemoryInst::New(type, impl_->limits)));
  return impl_->memories.back().get();
}

MemoryInst* Store::ShareMemory(const MemoryInst& other) {
  impl_->memories.push_back(MemoryInst::Share(other, impl_->limits));
  return impl_->memories.back().get();
}

Result<TableInst*> Store::NewTable(const TableType& type, Ref init) {
  TRY_VOID(impl_->CountTable());
  impl_->tables.push_back(TRY(TableInst::New(type, init, impl_->limits)));
  return impl_->tables.back().get();
}

GlobalInst* Store::NewGlobal(const GlobalType& type, const Slot value[2]) {
  auto& global = impl_->globals.emplace_back(std::make_unique<GlobalInst>(type));
  global->value[0] = value[0];
  if (type.type.slots() == 2) global->value[1] = value[1];
  return global.get();
}

TagInst* Store::NewTag(TypeId type) {
  return impl_->tags.emplace_back(std::make_unique<TagInst>(type)).get();
}

std::optional<Extern> Store::FindExport(Instance* instance, std::string_view name) {
  return instance->data->FindExport(name);
}

FuncInst* Store::FuncRef(Instance* instance, uint32_t func_index) {
  return rt::FuncRef(*instance, FuncIdx(func_index));
}

Result<void> Store::Call(FuncInst* func, Slot* slots) {
  VMThread& thread = impl_->thread;
  if (thread.unwinding) [[unlikely]]
    return std::unexpected(UnwindingError(thread));
  if (func->kind == FuncKind::kInterpreted && !impl_->EnsureStacks()) {
    return std::unexpected(
        Error(ErrorKind::kExhausted, "out of memory: no room for the call stack"));
  }
  if (impl_->call_depth == 0) impl_->SetNativeStackLimit(NativeStackLimit());
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < thread.native_stack_limit)
    return std::unexpected(MakeError(thread, Trap::kStackExhausted));

  Slot* const stack_top = thread.stack_top;
  Frame* const frame_top = thread.frame_top;
  Frame* const frame_floor = std::exchange(impl_->frame_floor, frame_top);
  EntryRecord* const native_floor = std::exchange(impl_->native_floor, thread.native_top);
  ++impl_->call_depth;
  Trap trap;
  {
    const RootRange values(*this, slots, slots + std::max(func->param_slots, func->result_slots));
    trap = func->entry(&thread, func, slots);
  }
  Result<void> result;
  if (trap != Trap::kNone) [[unlikely]] {
    result = std::unexpected(MakeError(thread, trap));
    impl_->left_native.clear();
  }
  --impl_->call_depth;
  // Null: the stacks were made during the call, if at all.
  impl_->native_floor = native_floor;
  impl_->frame_floor = frame_floor != nullptr ? frame_floor : thread.frame_base;
  thread.frame_top = frame_top != nullptr ? frame_top : thread.frame_base;
  thread.stack_top = stack_top != nullptr ? stack_top : thread.stack_base;
  return result;
}

bool Store::IsInUse() const {
  return impl_->call_depth != 0 ||
         (impl_->waiting_stacks != nullptr && impl_->waiting_stacks->IsRunning());
}

void Store::Abandon(std::shared_ptr<const void> keep) {
  abandoned_ = impl_->abandoned = true;
  impl_->deletes_itself = keep != nullptr;
  impl_->kept = std::move(keep);
  impl_->thread.unwinding = true;
}

void Store::EndAbandoned() {
  if (!impl_->deletes_itself || IsInUse()) return;
  const std::shared_ptr<const void> kept = std::move(impl_->kept);
  delete this;
}

void Store::Interrupt(Trap why) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->thread.interrupt.store(why);
    for (InstanceData* instance : impl_->instances) instance->vm.poll.fetch_or(rt::kPollInterrupt);
  }
  rt::WakeInterruptedWaiters(&impl_->thread);
}

void Store::ClearInterrupt() {
  const std::lock_guard lock(impl_->mutex);
  impl_->thread.interrupt.store(Trap::kNone);
  for (InstanceData* instance : impl_->instances) instance->vm.poll.fetch_and(~rt::kPollInterrupt);
}

void Store::SetFuel(uint64_t fuel) {
  impl_->thread.fuel_enabled = true;
  impl_->thread.fuel = fuel;
}
uint64_t Store::fuel() const { return impl_->thread.fuel; }

uint32_t Store::Root(Ref ref) {
  if (impl_->free_roots.empty()) {
    impl_->roots.push_back(ref);
    return static_cast<uint32_t>(impl_->roots.size() - 1);
  }
  const uint32_t handle = impl_->free_roots.back();
  impl_->free_roots.pop_back();
  impl_->roots[handle] = ref;
  return handle;
}
Ref Store::Rooted(uint32_t handle) const { return impl_->roots[handle]; }
void Store::Unroot(uint32_t handle) {
  impl_->roots[handle] = kNullRef;
  impl_->free_roots.push_back(handle);
}

}  // namespace wasm::runtime
