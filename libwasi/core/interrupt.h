// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the host ends a guest that is blocked in a call of the host: a flag that wakes every wait. It
// is shared by all threads of a guest, sticky, and carries an optional deadline; a wait that it
// ends fails with Errno::kCanceled, which no other wait returns.

#ifndef TRENAIL_LIBWASI_CORE_INTERRUPT_H_
#define TRENAIL_LIBWASI_CORE_INTERRUPT_H_

#include <atomic>
#include <cstdint>
#include <limits>

#include "libwasi/core/unique_fd.h"

namespace trenail::wasi {

class Interrupt {
 public:
  static constexpr uint64_t kNoDeadline = std::numeric_limits<uint64_t>::max();

  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Ends all present and future waits. Safe on every thread and in a signal handler.
  void Raise();
  // The same at a moment of the monotonic clock, in nanoseconds. Waits that already began keep the
  // deadline they began with.
  void SetDeadline(uint64_t monotonic_ns) { deadline_.store(monotonic_ns); }

  // Raised, or past its deadline.
  bool IsDue() const;
  uint64_t deadline() const { return deadline_.load(); }
  // Becomes readable when raised. -1 if the host had no descriptor left; waits then look at IsDue
  // every few milliseconds.
  int fd() const { return event_.get(); }

 private:
  UniqueFd event_;
  std::atomic<bool> raised_ = false;
  std::atomic<uint64_t> deadline_ = kNoDeadline;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_INTERRUPT_H_
