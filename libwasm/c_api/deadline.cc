// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The thread sleeps until the earliest deadline. It is made when there is the first one, and never
// ends: what it looks at lives as long as the process.

#include "libwasm/c_api/deadline.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <utility>

namespace trenail::c_api {
namespace {

using Clock = std::chrono::steady_clock;

class Timers {
 public:
  static Timers& Get() {
    static Timers& timers = *new Timers;
    return timers;
  }

  uint64_t Start(std::shared_ptr<InterruptTarget> target, uint64_t nanoseconds) {
    // A century is as good as never, and can be added to any time.
    constexpr uint64_t kLongest = uint64_t{100} * 365 * 86400 * 1'000'000'000;
    const Clock::time_point when =
        Clock::now() + std::chrono::nanoseconds(std::min(nanoseconds, kLongest));
    const std::lock_guard lock(mutex_);
    if (!running_ && !Run()) return 0;
    const uint64_t id = next_id_++;
    by_time_.emplace(std::pair(when, id), std::move(target));
    by_id_.emplace(id, when);
    if (by_time_.begin()->first.second == id) changed_.notify_one();
    return id;
  }

  void Cancel(uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    by_time_.erase({found->second, id});
    by_id_.erase(found);
  }

 private:
  bool Run() {
    // Signals are for the host's own threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    running_ = pthread_create(
                   &thread, nullptr,
                   [](void* self) -> void* {
                     static_cast<Timers*>(self)->Watch();
                     return nullptr;
                   },
                   this) == 0;
    if (running_) pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return running_;
  }

  void Watch() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (by_time_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const auto first = by_time_.begin();
      if (const Clock::time_point when = first->first.first; Clock::now() < when) {
        changed_.wait_until(lock, when);
        continue;
      }
      const std::shared_ptr<InterruptTarget> target = std::move(first->second);
      by_id_.erase(first->first.second);
      by_time_.erase(first);
      // Under the lock: who cancels knows that it does not happen afterwards.
      const std::lock_guard target_lock(target->mutex);
      if (target->store != nullptr) target->store->Interrupt();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false;
  uint64_t next_id_ = 1;
  std::map<std::pair<Clock::time_point, uint64_t>, std::shared_ptr<InterruptTarget>> by_time_;
  std::map<uint64_t, Clock::time_point> by_id_;
};

}  // namespace

uint64_t StartTimer(std::shared_ptr<InterruptTarget> target, uint64_t nanoseconds) {
  return Timers::Get().Start(std::move(target), nanoseconds);
}
void CancelTimer(uint64_t timer) { Timers::Get().Cancel(timer); }

}  // namespace trenail::c_api
