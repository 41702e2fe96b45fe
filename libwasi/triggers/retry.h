// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When to try again what has failed: after one second, and then up to thirty.

#ifndef TRENAIL_LIBWASI_TRIGGERS_RETRY_H_
#define TRENAIL_LIBWASI_TRIGGERS_RETRY_H_

#include <algorithm>
#include <cstdint>
#include <utility>

#include "libwasi/core/clocks.h"
#include "libwasi/core/event_loop.h"

namespace trenail::wasi {

class Retry {
 public:
  explicit Retry(EventLoop& loop) : loop_(loop) {}

  void Later(EventLoop::Callback callback) {
    wait_ = loop_.At(MonotonicAfter(delay_), std::move(callback));
    delay_ = std::min(delay_ * 2, kLongest);
  }
  void Succeeded() { delay_ = kFirst; }

 private:
  static constexpr uint64_t kFirst = 1'000'000'000, kLongest = 30'000'000'000;
  EventLoop& loop_;
  uint64_t delay_ = kFirst;
  WaitHandle wait_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_TRIGGERS_RETRY_H_
