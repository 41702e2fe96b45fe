// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A time until which something has to happen; set again as often as it does.

#ifndef TRENAIL_LIBWASI_NET_DEADLINE_H_
#define TRENAIL_LIBWASI_NET_DEADLINE_H_

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace trenail::wasi::http {

class Deadline {
 public:
  explicit Deadline(boost::asio::io_context& io) : timer_(io) {}

  // `expired` keeps alive what the deadline is a member of.
  void Set(uint64_t after_ns, std::function<void()> expired) {
    const uint64_t max = std::chrono::nanoseconds(std::chrono::hours(24 * 365)).count();
    timer_.expires_after(std::chrono::nanoseconds(std::min(after_ns, max)));
    set_ = true;
    // One that has expired but was not run yet is overtaken by the next.
    timer_.async_wait([this, turn = ++turn_,
                       expired = std::move(expired)](const boost::system::error_code& error) {
      if (error || turn != turn_) return;
      set_ = false;
      expired();
    });
  }
  void Clear() {
    if (!std::exchange(set_, false)) return;
    ++turn_;
    timer_.cancel();
  }
  bool is_set() const { return set_; }

 private:
  boost::asio::steady_timer timer_;
  uint64_t turn_ = 0;
  bool set_ = false;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_DEADLINE_H_
