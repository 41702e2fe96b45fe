// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/task.h"

#include <algorithm>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/store.h"

namespace component::runtime {

Task::~Task() { Abandon(); }

Thread& Task::NewThread(Thread::Body body) {
  return *owned_.emplace_back(std::make_unique<Thread>(*this, std::move(body)));
}

void Task::Release(Thread& thread) {
  const auto at = std::find_if(owned_.begin(), owned_.end(),
                               [&](const auto& owned) { return owned.get() == &thread; });
  if (at == owned_.end()) return;  // on its caller's stack
  if (implicit_thread == &thread) implicit_thread = nullptr;
  owned_.erase(at);
  // May be the last reference to this task.
  if (owned_.empty()) inst_.store.Forget(*this);
}

void Task::Abandon() {
  for (const auto& thread : owned_)
    if (!thread->running()) thread->Abandon();
  site_ = nullptr;  // which may refer back to this
}

bool Task::HasBackpressure() const {
  return inst_.backpressure > 0 || (NeedsExclusive() && inst_.exclusive_thread != nullptr);
}

wasm::Result<void> Task::EnterImplicitThread(Thread& thread) {
  if (direct_ && !inst_.names_threads) return {};
  if (type_.is_async && NeedsExclusive()) inst_.exclusive_thread = &thread;
  return RegisterThread(thread);
}

wasm::Result<void> Task::ExitImplicitThread(Thread& thread) {
  if (direct_ && !inst_.names_threads) return {};
  TRY_VOID(UnregisterThread(thread));
  if (type_.is_async && NeedsExclusive()) inst_.exclusive_thread = nullptr;
  return {};
}

wasm::Result<void> Task::RegisterThread(Thread& thread) {
  threads_.push_back(&thread);
  thread.index = TRY(inst_.threads.Add(&thread));
  return {};
}

wasm::Result<void> Task::UnregisterThread(Thread& thread) {
  threads_.erase(std::find(threads_.begin(), threads_.end(), &thread));
  if (threads_.empty() && state_ != State::kResolved)
    return Trap("async-lifted export failed to produce a result");
  inst_.threads.Remove(thread.index);
  return {};
}

wasm::Result<void> Task::RequestCancellation(ComponentInstance* caller) {
  if (state_ == State::kInitial) {
    state_ = State::kCancelDelivered;
    return implicit_thread->Resume(Cancelled::kTrue);
  }
  if (state_ != State::kStarted) return {};
  const bool implicit_is_shut_out = NeedsExclusive() && inst_.exclusive_thread != nullptr &&
                                    inst_.exclusive_thread != implicit_thread;
  const auto candidate = std::find_if(threads_.begin(), threads_.end(), [&](const Thread* thread) {
    return !thread->running() && thread->cancellable() &&
           !(implicit_is_shut_out && thread == implicit_thread);
  });
  if (candidate == threads_.end() || !inst_.MayEnterFrom(caller)) {
    state_ = State::kPendingCancel;
    return {};
  }
  state_ = State::kCancelDelivered;
  inst_.EnterFrom(caller);
  TRY_VOID((*candidate)->Resume(Cancelled::kTrue));
  inst_.LeaveTo(caller);
  return {};
}

bool Task::DeliverPendingCancel(bool cancellable) {
  if (!cancellable || state_ != State::kPendingCancel) return false;
  state_ = State::kCancelDelivered;
  return true;
}

wasm::Result<void> Task::Start(abi::Context& cx, abi::Types types, std::span<uint64_t> slots) {
  state_ = State::kStarted;
  return site_->LowerArgs(cx, types, slots);
}

wasm::Result<void> Task::CheckReturn() const {
  if (state_ == State::kResolved) return Trap("`task.return` or `task.cancel` called already");
  if (num_borrows > 0) return Trap("borrow handles still remain at the end of the call");
  return {};
}

wasm::Result<void> Task::Return(abi::Context& cx, uint32_t max_flat,
                                std::span<const uint64_t> slots, abi::Types types) {
  TRY_VOID(CheckReturn());
  TRY_VOID(site_->LiftResult(cx, max_flat, slots, types));
  state_ = State::kResolved;
  return {};
}

wasm::Result<void> Task::ReturnAlone() {
  TRY_VOID(CheckReturn());
  state_ = State::kResolved;
  return {};
}

wasm::Result<void> Task::Cancel() {
  if (state_ != State::kCancelDelivered)
    return Trap("`task.cancel` called by task which has not been cancelled");
  TRY_VOID(CheckReturn());
  TRY_VOID(site_->OnCancelled());
  state_ = State::kResolved;
  return {};
}

}  // namespace component::runtime
