// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Things that can be ready and can be waited for: what a pollable of WASI 0.2 stands for, and what
// calls of WASI 0.3 wait for. [wasi:io/poll]

#ifndef TRENAIL_LIBWASI_CORE_WAITABLE_H_
#define TRENAIL_LIBWASI_CORE_WAITABLE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "libwasi/core/clocks.h"
#include "libwasi/core/event_loop.h"

namespace trenail::wasi {

class Waitable {
 public:
  virtual ~Waitable() = default;
  virtual bool ready() = 0;
  // Calls back once, when it may have become ready: whoever waits looks again. Not called inside of
  // this function.
  virtual WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) = 0;
};

// Is ready from a moment of the monotonic clock on.
class TimeWaitable final : public Waitable {
 public:
  explicit TimeWaitable(uint64_t monotonic_ns) : when_(monotonic_ns) {}
  bool ready() override { return MonotonicNow() >= when_; }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    return loop.At(when_, std::move(callback));
  }

 private:
  const uint64_t when_;
};

class ReadyWaitable final : public Waitable {
 public:
  bool ready() override { return true; }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    return loop.At(0, std::move(callback));
  }
};

// Tells those who wait that something in the host's own memory has changed.
class Signal {
 public:
  Signal() : waiters_(std::make_shared<Waiters>()) {}

  // The callback runs inside Notify.
  WaitHandle WhenNotified(EventLoop::Callback callback) {
    const uint64_t id = waiters_->next_id++;
    waiters_->list.emplace_back(id, std::move(callback));
    return std::make_unique<Handle>(waiters_, id);
  }
  void Notify() {
    // One of the callbacks may end what the signal is part of, or drop another's handle.
    const std::shared_ptr<Waiters> waiters = waiters_;
    const uint64_t end = waiters->next_id;
    while (!waiters->list.empty() && waiters->list.front().first < end) {
      EventLoop::Callback callback = std::move(waiters->list.front().second);
      waiters->list.erase(waiters->list.begin());
      callback();
    }
  }
  bool has_waiters() const { return !waiters_->list.empty(); }

 private:
  struct Waiters {
    uint64_t next_id = 0;
    std::vector<std::pair<uint64_t, EventLoop::Callback>> list;
  };
  class Handle final : public Wait {
   public:
    Handle(std::shared_ptr<Waiters> waiters, uint64_t id) : waiters_(std::move(waiters)), id_(id) {}
    ~Handle() override {
      std::erase_if(waiters_->list, [this](const auto& waiter) { return waiter.first == id_; });
    }

   private:
    const std::shared_ptr<Waiters> waiters_;
    const uint64_t id_;
  };

  std::shared_ptr<Waiters> waiters_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_WAITABLE_H_
