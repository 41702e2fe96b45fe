// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A TimeChange as futimens(2) takes it.

#ifndef TRENAIL_LIBWASI_CORE_TIME_CHANGE_H_
#define TRENAIL_LIBWASI_CORE_TIME_CHANGE_H_

#include <sys/stat.h>
#include <time.h>

#include "libwasi/core/descriptor.h"

namespace trenail::wasi {

inline timespec HostTime(TimeChange change) {
  timespec time = {};
  switch (change.kind) {
    case TimeChange::kKeep:
      time.tv_nsec = UTIME_OMIT;
      break;
    case TimeChange::kNow:
      time.tv_nsec = UTIME_NOW;
      break;
    case TimeChange::kSet:
      time.tv_sec = change.time.seconds;
      time.tv_nsec = change.time.nanoseconds;
      break;
  }
  return time;
}

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_TIME_CHANGE_H_
