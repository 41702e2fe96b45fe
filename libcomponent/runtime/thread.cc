// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Continuations are fibers: to block is to suspend the fiber, which hands the thread to switch to,
// if there is one, to whoever resumed [cabi:Stack Switching].

#include "libcomponent/runtime/thread.h"

#include <utility>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/task.h"

namespace component::runtime {

Thread::Thread(Task& task, Body body)
    : task_(task), store_(task.inst().store), body_(std::move(body)) {}

Thread::~Thread() { StopWaiting(); }

void Thread::StartWaiting(Ready ready, bool cancellable) {
  WASM_DCHECK(!is_waiting_);
  cancellable_ = cancellable;
  ready_ = std::move(ready);
  is_waiting_ = true;
  place_ = store_.waiting().insert(store_.waiting().end(), this);
}

void Thread::StopWaiting() {
  if (!is_waiting_) return;
  is_waiting_ = false;
  ready_ = nullptr;
  store_.waiting().erase(place_);
}

void Thread::ResumeLater() {
  StartWaiting([] { return true; }, cancellable_);
}

wasm::Result<void> Thread::Resume(Cancelled cancelled) {
  WASM_DCHECK(!running_ && (cancellable_ || cancelled == Cancelled::kFalse));
  StopWaiting();
  Thread* thread = this;
  while (thread != nullptr) {
    thread = TRY(thread->RunUntilBlocked(cancelled));
    cancelled = Cancelled::kFalse;
  }
  return {};
}

wasm::Result<Thread*> Thread::RunUntilBlocked(Cancelled cancelled) {
  const Store::CurrentThread current(store_, this);
  running_ = true;
  block_result_ = cancelled;
  switch_to_ = nullptr;
  if (task_.inst().needs_fibers) {
    if (!fiber_) {
      auto fiber = trenail::Fiber::Create(store_.core(), [this] { FiberMain(); });
      if (!fiber) return std::unexpected(std::move(fiber.error()));
      fiber_.emplace(std::move(*fiber));
    }
    TRY_VOID(fiber_->Resume());
  } else {
    wasm::Result<bool> done = body_(cancelled);
    finished_ = !done || *done;
    if (!done) failure_ = std::move(done.error());
  }
  running_ = false;
  Thread* const next = std::exchange(switch_to_, nullptr);
  if (!finished_) return next;
  std::optional<wasm::Error> failure = std::move(failure_);
  task_.Release(*this);
  if (failure) return std::unexpected(std::move(*failure));
  return next;
}

void Thread::FiberMain() {
  for (;;) {
    wasm::Result<bool> done = body_(block_result_);
    if (!done) failure_ = std::move(done.error());
    if (!done || *done) break;
    if (!trenail::Fiber::Suspend(store_.core())) return;
  }
  finished_ = true;
}

void Thread::Abandon() {
  StopWaiting();
  fiber_.reset();
}

wasm::Result<Cancelled> Thread::Block(bool cancellable, Thread* switch_to) {
  cancellable_ = cancellable;
  switch_to_ = switch_to;
  TRY_VOID(trenail::Fiber::Suspend(store_.core()));
  return block_result_;
}

wasm::Result<Cancelled> Thread::Suspend(bool cancellable) {
  if (task_.DeliverPendingCancel(cancellable)) return Cancelled::kTrue;
  return Block(cancellable, nullptr);
}

wasm::Result<Cancelled> Thread::WaitUntil(Ready ready, bool cancellable) {
  if (task_.DeliverPendingCancel(cancellable)) return Cancelled::kTrue;
  if (ready()) return Cancelled::kFalse;
  StartWaiting(std::move(ready), cancellable);
  return Block(cancellable, nullptr);
}

wasm::Result<Cancelled> Thread::Yield(bool cancellable) {
  if (task_.DeliverPendingCancel(cancellable)) return Cancelled::kTrue;
  StartWaiting([] { return true; }, cancellable);
  return Block(cancellable, nullptr);
}

wasm::Result<Cancelled> Thread::SuspendThenResume(bool cancellable, Thread& other) {
  if (task_.DeliverPendingCancel(cancellable)) return Cancelled::kTrue;
  return Block(cancellable, &other);
}

wasm::Result<Cancelled> Thread::YieldThenResume(bool cancellable, Thread& other) {
  if (task_.DeliverPendingCancel(cancellable)) return Cancelled::kTrue;
  StartWaiting([] { return true; }, cancellable);
  return Block(cancellable, &other);
}

wasm::Result<Cancelled> Thread::SuspendThenPromote(bool cancellable, Thread& other) {
  if (task_.DeliverPendingCancel(cancellable)) return Cancelled::kTrue;
  if (!other.ready()) return Suspend(cancellable);
  other.StopWaiting();
  return SuspendThenResume(cancellable, other);
}

wasm::Result<Cancelled> Thread::YieldThenPromote(bool cancellable, Thread& other) {
  if (task_.DeliverPendingCancel(cancellable)) return Cancelled::kTrue;
  if (!other.ready()) return Yield(cancellable);
  other.StopWaiting();
  return YieldThenResume(cancellable, other);
}

}  // namespace component::runtime
