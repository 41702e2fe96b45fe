// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A store is interrupted with a lock, which no handler of a signal may take: so a thread does it.

#include "cli/end_signals.h"

#include <unistd.h>

#include <iterator>
#include <utility>

namespace trenail::cli {
namespace {

constexpr int kEnds[] = {SIGINT, SIGTERM};

// For the handler.
std::atomic<EndSignals*> active = nullptr;

}  // namespace

EndSignals::EndSignals(std::function<void()> interrupt) : interrupt_(std::move(interrupt)) {
  sigemptyset(&signals_);
  active = this;
  for (size_t i = 0; i < std::size(kEnds); ++i) {
    struct sigaction action = {};
    action.sa_handler = Handle;
    // The stack may be a guest's.
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigaction(kEnds[i], nullptr, &actions_before_[i]);
    // As the shell has it of what runs in the background.
    if (actions_before_[i].sa_handler == SIG_IGN) continue;
    sigaddset(&signals_, kEnds[i]);
    sigaction(kEnds[i], &action, nullptr);
  }
}

EndSignals::~EndSignals() {
  if (interrupting_) {
    {
      const std::lock_guard lock(mutex_);
      finished_ = true;
    }
    done_.notify_one();
    // Wakes it if nothing has come.
    pthread_kill(thread_, SIGTERM);
    pthread_join(thread_, nullptr);
  }
  for (size_t i = 0; i < std::size(kEnds); ++i) sigaction(kEnds[i], &actions_before_[i], nullptr);
  active = nullptr;
  if (interrupting_) pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void EndSignals::Handle(int number) {
  EndSignals* const self = active;
  if (self == nullptr || !self->interrupting_) _exit(128 + number);
  // This thread is older than the one that waits for it.
  pthread_kill(self->thread_, number);
}

void EndSignals::SomethingWaits() {
  if (EndSignals* const self = active; self != nullptr) self->StartWaiting();
}

void EndSignals::StartWaiting() {
  if (interrupting_) return;
  sigset_t waited = signals_;
  sigaddset(&waited, SIGTERM);
  // Threads that are made from here on leave them to this one.
  pthread_sigmask(SIG_BLOCK, &waited, &mask_before_);
  const auto wait = [](void* self) -> void* {
    static_cast<EndSignals*>(self)->Wait();
    return nullptr;
  };
  if (pthread_create(&thread_, nullptr, wait, this) != 0) {
    // They end the program at once, as before.
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    return;
  }
  interrupting_ = true;
}

void EndSignals::Wait() {
  sigset_t waited = signals_;
  sigaddset(&waited, SIGTERM);  // which the destructor sends
  int number = 0;
  std::unique_lock lock(mutex_, std::defer_lock);
  do {
    if (lock.owns_lock()) lock.unlock();
    sigwait(&waited, &number);
    lock.lock();
    if (finished_) return;
  } while (sigismember(&signals_, number) == 0);
  number_ = number;
  interrupt_();
  if (!done_.wait_for(lock, kPatience, [this] { return finished_; })) _exit(exit_code());
}

}  // namespace trenail::cli
