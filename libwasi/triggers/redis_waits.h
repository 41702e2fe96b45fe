// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lets a connection of hiredis wait on our loop.

#ifndef TRENAIL_LIBWASI_TRIGGERS_REDIS_WAITS_H_
#define TRENAIL_LIBWASI_TRIGGERS_REDIS_WAITS_H_

#include <hiredis/async.h>

#include <functional>
#include <utility>

#include "libwasi/core/event_loop.h"

namespace trenail::wasi {

class RedisWaits {
 public:
  // `after` is called when hiredis has read or written something, in which the connection may have
  // ended: the owner says so by Detach.
  RedisWaits(EventLoop& loop, std::function<void()> after)
      : loop_(loop), after_(std::move(after)) {}
  RedisWaits(const RedisWaits&) = delete;
  RedisWaits& operator=(const RedisWaits&) = delete;

  void Attach(redisAsyncContext* context) {
    context_ = context;
    context->ev.data = this;
    context->ev.addRead = [](void* self) { Self(self).WantRead(true); };
    context->ev.delRead = [](void* self) { Self(self).WantRead(false); };
    context->ev.addWrite = [](void* self) { Self(self).WantWrite(true); };
    context->ev.delWrite = [](void* self) { Self(self).WantWrite(false); };
    context->ev.cleanup = [](void* self) { Self(self).Detach(); };
  }
  // hiredis frees the connection.
  void Detach() {
    context_ = nullptr;
    read_ = Direction();
    write_ = Direction();
  }
  // Whether the loop waits for what the server says; without it, nothing is waited for.
  void Listen(bool listening) {
    listening_ = listening;
    Arm(read_);
  }

 private:
  struct Direction {
    bool wanted = false;
    WaitHandle wait;
  };

  static RedisWaits& Self(void* self) { return *static_cast<RedisWaits*>(self); }
  void WantRead(bool wanted) {
    read_.wanted = wanted;
    Arm(read_);
  }
  void WantWrite(bool wanted) {
    write_.wanted = wanted;
    Arm(write_);
  }
  void Arm(Direction& direction) {
    const bool reads = &direction == &read_;
    const bool waits = direction.wanted && (listening_ || !reads) && context_ != nullptr;
    if (!waits) {
      direction.wait = nullptr;
    } else if (direction.wait == nullptr) {
      const auto ready = [this, &direction] { OnReady(direction); };
      direction.wait = reads ? loop_.WhenReadable(context_->c.fd, ready)
                             : loop_.WhenWritable(context_->c.fd, ready);
    }
  }
  void OnReady(Direction& direction) {
    const WaitHandle done = std::move(direction.wait);
    if (context_ == nullptr) return;
    if (&direction == &read_)
      redisAsyncHandleRead(context_);
    else
      redisAsyncHandleWrite(context_);
    Arm(direction);
    after_();
  }

  EventLoop& loop_;
  const std::function<void()> after_;
  redisAsyncContext* context_ = nullptr;
  bool listening_ = true;
  Direction read_, write_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_TRIGGERS_REDIS_WAITS_H_
