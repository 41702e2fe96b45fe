// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waiting for the first of several events. [wasi_snapshot_preview1.poll_oneoff] [wasi:io/poll]

#ifndef TRENAIL_LIBWASI_CORE_POLL_H_
#define TRENAIL_LIBWASI_CORE_POLL_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "libwasi/core/clocks.h"
#include "libwasi/core/descriptor.h"

namespace trenail::wasi {

struct Subscription {
  enum Kind : uint8_t { kClock, kReadable, kWritable };
  Kind kind = kClock;
  // kClock
  ClockId clock = ClockId::kMonotonic;
  uint64_t timeout = 0;  // nanoseconds
  bool absolute = false;
  // kReadable, kWritable
  std::shared_ptr<Descriptor> descriptor;
  // An error found before the wait, which makes the subscription ready at once.
  Errno error = Errno::kSuccess;
};

struct Event {
  size_t subscription = 0;  // its index
  Errno error = Errno::kSuccess;
  uint64_t bytes = 0;   // that can be read, or written, without waiting: at least so many
  bool hangup = false;  // the peer has gone
};

// Blocks until at least one event is there, and returns all that are, in the order of the
// subscriptions. A descriptor without a host descriptor, such as a regular file, is always ready.
// kInval without subscriptions, kCanceled if the interrupt is due.
IoResult<std::vector<Event>> Poll(std::span<const Subscription> subscriptions,
                                  const Interrupt* interrupt);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_POLL_H_
