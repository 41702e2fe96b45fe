// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A switch exchanges two things: the state of the store (runtime/guest_stack.h) and the registers,
// which Boost.Context leaves on the stack that is left. Everything but the registers is done by
// who resumes, before and after; so it is in one place, and a suspended stack holds nothing that
// only its own code could put right.

#include "libwasm/fiber.h"

#include <algorithm>
#include <atomic>
#include <boost/context/detail/fcontext.hpp>
#include <memory>
#include <string>
#include <vector>

#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/instance_pool.h"
#include "libwasm/runtime/native_stack.h"
#include "libwasm/runtime/stack_memory.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/store_impl.h"
#include "libwasm/runtime/trace.h"

#ifdef TRENAIL_NATIVE
#include "libwasm/runtime/running_thread.h"
#endif

#if defined(__SANITIZE_ADDRESS__)
#define TRENAIL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRENAIL_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define TRENAIL_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TRENAIL_TSAN 1
#endif
#endif
#ifdef TRENAIL_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#ifdef TRENAIL_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace trenail {

namespace runtime = wasm::runtime;
using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::transfer_t;

namespace internal {

class FiberPool;

struct FiberState {
  enum class Phase : uint8_t { kNew, kRunning, kSuspended, kFinished };
  Phase phase = Phase::kNew;
  FiberPool* pool = nullptr;
  std::move_only_function<void()> body;
  runtime::StackMemory memory;
  // Of the fiber, where it would go on; while it runs, of who resumed it.
  fcontext_t context = nullptr;
  runtime::GuestStack waiting;
  FiberState* resumer = nullptr;  // while it runs: the fiber that resumed it, if that was one
  FiberState* inner = nullptr;    // suspended: where it goes on, if that is a fiber within it
  uint64_t native_thread = 0;     // which it has started on
  size_t index = 0;               // in FiberPool::unfinished
#ifdef TRENAIL_ASAN
  void* fake_stack = nullptr;  // of the fiber
  const void* resumer_stack = nullptr;
  size_t resumer_size = 0;
#endif
#ifdef TRENAIL_TSAN
  void* tsan_fiber = nullptr;
  void* tsan_resumer = nullptr;
#endif
};

namespace {

using Phase = FiberState::Phase;

constexpr uint32_t kDefaultMaxFibers = 10'000;
#ifdef TRENAIL_NO_VM
// Taken at once, and no compiled code.
constexpr size_t kDefaultNativeBytes = 64 * 1024;
constexpr size_t kDefaultGuestBytes = 104 * 1024;
#else
constexpr size_t kDefaultNativeBytes = 1024 * 1024;
constexpr size_t kDefaultGuestBytes = 416 * 1024;
#endif
constexpr size_t kMinGuestBytes = 16 * 1024;
// Beyond that, what is no longer needed returns to the system.
constexpr size_t kMaxPooled = 64;

// The innermost fiber that runs on the native thread.
constinit thread_local FiberState* running_fiber = nullptr;

// Never that of another thread, dead ones included.
uint64_t NativeThreadId() {
  static constinit std::atomic<uint64_t> newest = 0;
  static constinit thread_local uint64_t id = 0;
  if (id == 0) id = newest.fetch_add(1, std::memory_order_relaxed) + 1;
  return id;
}

std::unexpected<Error> Failed(ErrorKind kind, std::string message) {
  return std::unexpected(Error(kind, std::move(message)));
}

// What ThreadSanitizer is told about a jump, right before it: it keeps a stack of its own for each.
#ifdef TRENAIL_TSAN
__attribute__((disable_sanitizer_instrumentation, noinline)) void SwitchTo(FiberState& innermost,
                                                                           FiberState& outermost) {
  if (innermost.tsan_fiber == nullptr) innermost.tsan_fiber = __tsan_create_fiber(0);
  outermost.tsan_resumer = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(innermost.tsan_fiber, 0);
}
__attribute__((disable_sanitizer_instrumentation, noinline)) void SwitchBack(
    const FiberState& outermost) {
  __tsan_switch_to_fiber(outermost.tsan_resumer, 0);
}
void EndOf(FiberState& fiber) {
  if (fiber.tsan_fiber != nullptr) __tsan_destroy_fiber(fiber.tsan_fiber);
  fiber.tsan_fiber = nullptr;
}
#else
void SwitchTo(FiberState&, FiberState&) {}
void SwitchBack(const FiberState&) {}
void EndOf(FiberState&) {}
#endif

// What AddressSanitizer is told about a jump, before and after it.
#ifdef TRENAIL_ASAN
void BeforeResume(const FiberState& fiber, void** fake_stack) {
  __sanitizer_start_switch_fiber(fake_stack, fiber.memory.native_begin(),
                                 fiber.memory.native_size());
}
void AfterResume(void* fake_stack) {
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
}
// `last`: the fiber does not come back.
// `outer`: the fiber whose resumer it returns to.
void BeforeReturn(FiberState& fiber, const FiberState& outer, bool last) {
  __sanitizer_start_switch_fiber(last ? nullptr : &fiber.fake_stack, outer.resumer_stack,
                                 outer.resumer_size);
}
void AfterEntry(const FiberState& fiber, FiberState& outer) {
  __sanitizer_finish_switch_fiber(fiber.fake_stack, &outer.resumer_stack, &outer.resumer_size);
}
#else
void BeforeResume(const FiberState&, void**) {}
void AfterResume(void*) {}
void BeforeReturn(FiberState&, const FiberState&, bool) {}
void AfterEntry(const FiberState&, FiberState&) {}
#endif

}  // namespace

// Lives as long as its store and all handles.
class FiberPool final : public runtime::WaitingStacks {
 public:
  explicit FiberPool(runtime::Store& owner) : store(owner) {}

  void MarkRoots(runtime::gc::Heap& heap) const override {
    for (const FiberState* fiber : unfinished_)
      if (fiber->phase != Phase::kNew) fiber->waiting.MarkRoots(heap);
  }
  void Close() override;
  bool IsRunning() const override { return num_running != 0; }

  Result<FiberState*> New(std::move_only_function<void()> body, size_t native_bytes,
                          size_t guest_bytes);
  // The body has returned, or never will.
  void Finish(FiberState& fiber);
  // Its handle is gone.
  void Recycle(FiberState* fiber);

  runtime::Store& store;
  uint32_t num_running = 0;  // one in the other

 private:
  std::vector<FiberState*> unfinished_;
  size_t num_handles_ = 0;
  bool closed_ = false;                              // the store is gone
  std::vector<std::unique_ptr<FiberState>> states_;  // free ones
  std::vector<runtime::StackMemory> stacks_;         // likewise
};

namespace {

// The first thing on a new stack, and the last.
void RunBody(transfer_t from) {
  FiberState& fiber = *static_cast<FiberState*>(from.data);
  AfterEntry(fiber, fiber);
  fiber.context = from.fctx;
  fiber.waiting.native_stack_pointer = static_cast<const runtime::Slot*>(from.fctx);
  fiber.body();
  fiber.phase = Phase::kFinished;
  BeforeReturn(fiber, fiber, true);
  SwitchBack(fiber);
  jump_fcontext(fiber.context, nullptr);
  WASM_CHECK(false);
}

// Runs the fiber until it gives up its turn.
void Continue(FiberState& fiber) {
  runtime::Store::Impl& store = fiber.pool->store.impl();
  FiberState& innermost = fiber.inner != nullptr ? *fiber.inner : fiber;
  fiber.inner = nullptr;
  const uintptr_t stack_limit = runtime::ExchangeNativeStackLimit(innermost.memory.native_limit());
#ifdef TRENAIL_NATIVE
  runtime::VMThread* const thread = wasm::native::ExchangeRunningThread(&store.thread);
#endif
  fiber.resumer = std::exchange(running_fiber, &innermost);
  fiber.phase = Phase::kRunning;
  FiberPool& pool = *fiber.pool;
  const uint32_t num_running = pool.num_running++;
  store.ExchangeStack(fiber.waiting);

  [[maybe_unused]] void* fake_stack = nullptr;
  BeforeResume(innermost, &fake_stack);
  SwitchTo(innermost, fiber);
  const transfer_t from = jump_fcontext(fiber.context, &fiber);
  AfterResume(fake_stack);

  pool.num_running = num_running;
  store.ExchangeStack(fiber.waiting);
  fiber.context = from.fctx;
  fiber.waiting.native_stack_pointer = static_cast<const runtime::Slot*>(from.fctx);
  running_fiber = fiber.resumer;
#ifdef TRENAIL_NATIVE
  wasm::native::ExchangeRunningThread(thread);
#endif
  runtime::ExchangeNativeStackLimit(stack_limit);
  if (fiber.phase == Phase::kFinished) fiber.pool->Finish(fiber);
}

// For a fiber that nobody will resume any more.
void End(FiberState& fiber) {
  WASM_CHECK(fiber.phase != Phase::kRunning);
  if (fiber.phase == Phase::kSuspended && fiber.native_thread == NativeThreadId()) {
    fiber.waiting.unwinding = true;
    Continue(fiber);
  }
  if (fiber.phase != Phase::kFinished) fiber.pool->Finish(fiber);
}

// `all`: those too that wait for the innermost one.
Result<void> SuspendIn(runtime::Store& store, bool all) {
  FiberState* const fiber = running_fiber;
  if (fiber == nullptr || &fiber->pool->store != &store)
    return Failed(ErrorKind::kHost, "what is to be suspended does not run on a fiber");
  FiberState* outer = fiber;
  while (all && outer->resumer != nullptr && &outer->resumer->pool->store == &store)
    outer = outer->resumer;
  if (!store.thread().unwinding) {
    // Each of them holds, while it runs, the state of who resumed it; so what the outermost one's
    // resumer exchanges is the innermost one's.
    outer->phase = Phase::kSuspended;
    if (outer != fiber) outer->inner = fiber;
    BeforeReturn(*fiber, *outer, false);
    SwitchBack(*outer);
    const transfer_t from = jump_fcontext(outer->context, nullptr);
    AfterEntry(*fiber, *outer);
    outer->context = from.fctx;
    outer->waiting.native_stack_pointer = static_cast<const runtime::Slot*>(from.fctx);
  }
  if (store.thread().unwinding) return std::unexpected(runtime::UnwindingError(store.thread()));
  return {};
}

}  // namespace

Result<FiberState*> FiberPool::New(std::move_only_function<void()> body, size_t native_bytes,
                                   size_t guest_bytes) {
  const uint32_t limit =
      store.limits().max_fibers != 0 ? store.limits().max_fibers : kDefaultMaxFibers;
  if (unfinished_.size() >= limit) {
    return Failed(
        ErrorKind::kExhausted,
        "fiber limit exceeded: the store already has the allowed " + std::to_string(limit));
  }
  runtime::StackMemory memory;
  // The newest that fits: its memory is the warmest.
  const auto found = std::find_if(stacks_.rbegin(), stacks_.rend(), [&](const auto& stack) {
    return stack.Fits(native_bytes, guest_bytes);
  });
  runtime::PoolBudget* const kept = store.impl().pool_budget.get();
  if (found != stacks_.rend()) {
    memory = std::move(*found);
    *found = std::move(stacks_.back());
    stacks_.pop_back();
  } else if (kept != nullptr) {
    memory = kept->TakeFiberStack(native_bytes, guest_bytes);
  }
  if (memory.empty() && !memory.Allocate(native_bytes, guest_bytes)) {
    return Failed(ErrorKind::kExhausted, "out of memory: no room for the stack of a fiber");
  }
  std::unique_ptr<FiberState> fiber;
  if (states_.empty()) {
    fiber = std::make_unique<FiberState>();
  } else {
    fiber = std::move(states_.back());
    states_.pop_back();
    *fiber = FiberState();
  }
  fiber->pool = this;
  fiber->body = std::move(body);
  fiber->waiting = memory.NewStack();
  fiber->context =
      boost::context::detail::make_fcontext(memory.native_end(), memory.native_size(), &RunBody);
  fiber->memory = std::move(memory);
  fiber->index = unfinished_.size();
  unfinished_.push_back(fiber.get());
  ++num_handles_;
  return fiber.release();
}

void FiberPool::Finish(FiberState& fiber) {
  fiber.phase = Phase::kFinished;
  EndOf(fiber);
  unfinished_[fiber.index] = unfinished_.back();
  unfinished_[fiber.index]->index = fiber.index;
  unfinished_.pop_back();
#ifdef TRENAIL_ASAN
  // Frames that were not returned from.
  __asan_unpoison_memory_region(fiber.memory.native_begin(), fiber.memory.native_size());
#endif
  runtime::StackMemory memory = std::move(fiber.memory);
  if (stacks_.size() < kMaxPooled) stacks_.push_back(std::move(memory));
  // Last: it may own whatever it likes, the handle included.
  const std::move_only_function<void()> body = std::move(fiber.body);
}

void FiberPool::Recycle(FiberState* fiber) {
  if (!closed_ && states_.size() < kMaxPooled)
    states_.emplace_back(fiber);
  else
    delete fiber;
  if (--num_handles_ == 0 && closed_) delete this;
}

void FiberPool::Close() {
  // Each may end others on its way, or even make new ones.
  while (!unfinished_.empty()) End(*unfinished_.back());
  if (runtime::PoolBudget* const kept = store.impl().pool_budget.get(); kept != nullptr)
    for (runtime::StackMemory& stack : stacks_) kept->GiveFiberStack(std::move(stack));
  stacks_.clear();
  states_.clear();
  closed_ = true;
  if (num_handles_ == 0) delete this;
}

}  // namespace internal

using internal::FiberPool;
using internal::FiberState;

Result<Fiber> Fiber::Create(Store& store, std::move_only_function<void()> body,
                            const FiberOptions& options) {
  runtime::Store& internal = store.internal();
  size_t native_bytes = options.native_stack_bytes;
  size_t guest_bytes = options.guest_stack_bytes;
  if (native_bytes > runtime::StackMemory::kMaxBytes ||
      guest_bytes > runtime::StackMemory::kMaxBytes)
    return internal::Failed(ErrorKind::kHost, "the stack of a fiber cannot be larger than 1 GiB");
  if (native_bytes == 0) native_bytes = internal::kDefaultNativeBytes;
  if (guest_bytes == 0) guest_bytes = internal::kDefaultGuestBytes;
  if (const uint64_t limit = internal.limits().max_stack_bytes; limit != 0)
    guest_bytes = std::min<uint64_t>(guest_bytes, limit);
  guest_bytes = std::max(guest_bytes, internal::kMinGuestBytes);
  runtime::WaitingStacks*& stacks = internal.impl().waiting_stacks;
  if (stacks == nullptr) stacks = new FiberPool(internal);
  auto& pool = static_cast<FiberPool&>(*stacks);
  return Fiber(TRY(pool.New(std::move(body), native_bytes, guest_bytes)));
}

Fiber::~Fiber() {
  if (state_ == nullptr) return;
  if (state_->phase != FiberState::Phase::kFinished) internal::End(*state_);
  state_->pool->Recycle(state_);
}

Result<void> Fiber::Resume() {
  using Phase = FiberState::Phase;
  WASM_CHECK(state_ != nullptr);
  FiberState& fiber = *state_;
  const uint64_t native_thread = internal::NativeThreadId();
  switch (fiber.phase) {
    case Phase::kFinished:
      return internal::Failed(ErrorKind::kHost, "the fiber has finished");
    case Phase::kRunning:
      return internal::Failed(ErrorKind::kHost, "the fiber is running");
    case Phase::kSuspended:
      if (fiber.native_thread != native_thread)
        return internal::Failed(ErrorKind::kHost, "the fiber belongs to another native thread");
      break;
    case Phase::kNew:
      fiber.native_thread = native_thread;
      break;
  }
  runtime::Store& store = fiber.pool->store;
  if (store.thread().unwinding) return std::unexpected(runtime::UnwindingError(store.thread()));
  internal::Continue(fiber);
  store.EndUse();
  return {};
}

bool Fiber::finished() const {
  return state_ != nullptr && state_->phase == FiberState::Phase::kFinished;
}

Result<void> Fiber::Suspend(Store& store) { return internal::SuspendIn(store.internal(), false); }
Result<void> Fiber::Suspend(Caller& caller) { return internal::SuspendIn(caller.store(), false); }
Result<void> Fiber::SuspendAll(Store& store) { return internal::SuspendIn(store.internal(), true); }

bool Fiber::IsRunningIn(const Store& store) {
  return internal::running_fiber != nullptr &&
         &internal::running_fiber->pool->store == &store.internal();
}

}  // namespace trenail
