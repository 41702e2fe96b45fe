// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The flag is an eventfd that is written once and never read, so that it stays ready for every
// wait.

#include "libwasi/core/interrupt.h"

#include <sys/eventfd.h>

#include "libwasi/core/clocks.h"

namespace trenail::wasi {

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Interrupt::Raise() {
  if (raised_.exchange(true) || !event_.valid()) return;
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(event_.get(), &one, sizeof(one));
}

bool Interrupt::IsDue() const {
  if (raised_.load(std::memory_order_relaxed)) return true;
  uint64_t deadline = deadline_.load(std::memory_order_relaxed);
  return deadline != kNoDeadline && MonotonicNow() >= deadline;
}

}  // namespace trenail::wasi
