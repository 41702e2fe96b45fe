// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The four clocks, in nanoseconds. [wasi_snapshot_preview1.clockid] [wasi:clocks]

#ifndef TRENAIL_LIBWASI_CORE_CLOCKS_H_
#define TRENAIL_LIBWASI_CORE_CLOCKS_H_

#include <time.h>

#include <cstdint>

#include "libwasi/core/errno.h"

namespace trenail::wasi {

// The numbers are those of preview 1.
enum class ClockId : uint32_t {
  kRealtime = 0,
  kMonotonic = 1,
  kProcessCpuTime = 2,
  kThreadCpuTime = 3,
};

// A timestamp of WASI; times before 1970 become 0.
uint64_t Nanoseconds(const timespec& time);

// kInval for an identifier outside the enumeration, so that a guest's number can be passed as it
// is.
IoResult<uint64_t> ClockResolution(ClockId id);
IoResult<uint64_t> ClockTime(ClockId id);

uint64_t MonotonicNow();
uint64_t RealtimeNow();
// The moment of the monotonic clock so long after now; the maximum if there is none.
uint64_t MonotonicAfter(uint64_t nanoseconds);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_CLOCKS_H_
