// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clocks of the host, as unsigned nanoseconds: a time before 1970 reads as 0.

#include "libwasi/core/clocks.h"

#include <time.h>

#include <limits>

namespace trenail::wasi {
namespace {

IoResult<clockid_t> HostClock(ClockId id) {
  switch (id) {
    case ClockId::kRealtime:
      return CLOCK_REALTIME;
    case ClockId::kMonotonic:
      return CLOCK_MONOTONIC;
    case ClockId::kProcessCpuTime:
      return CLOCK_PROCESS_CPUTIME_ID;
    case ClockId::kThreadCpuTime:
      return CLOCK_THREAD_CPUTIME_ID;
  }
  return std::unexpected(Errno::kInval);
}

uint64_t Now(clockid_t clock) {
  timespec time = {};
  ::clock_gettime(clock, &time);
  return Nanoseconds(time);
}

}  // namespace

uint64_t Nanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(time.tv_nsec);
}

IoResult<uint64_t> ClockResolution(ClockId id) {
  IoResult<clockid_t> clock = HostClock(id);
  if (!clock) return std::unexpected(clock.error());
  timespec time = {};
  if (::clock_getres(*clock, &time) != 0) return HostFailure();
  // "Implementations are required to provide a non-zero value for supported clocks."
  uint64_t resolution = Nanoseconds(time);
  return resolution == 0 ? 1 : resolution;
}

IoResult<uint64_t> ClockTime(ClockId id) {
  IoResult<clockid_t> clock = HostClock(id);
  if (!clock) return std::unexpected(clock.error());
  timespec time = {};
  if (::clock_gettime(*clock, &time) != 0) return HostFailure();
  return Nanoseconds(time);
}

uint64_t MonotonicNow() { return Now(CLOCK_MONOTONIC); }
uint64_t RealtimeNow() { return Now(CLOCK_REALTIME); }

uint64_t MonotonicAfter(uint64_t nanoseconds) {
  uint64_t now = MonotonicNow();
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  return nanoseconds > kMax - now ? kMax : now + nanoseconds;
}

}  // namespace trenail::wasi
