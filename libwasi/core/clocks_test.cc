// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clocks: every clock of the enumeration has a resolution and does not go back.

#include "libwasi/core/clocks.h"

#include <catch2/catch_test_macros.hpp>

#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

TEST_CASE("clocks have a resolution and advance") {
  for (ClockId id : {ClockId::kRealtime, ClockId::kMonotonic, ClockId::kProcessCpuTime,
                     ClockId::kThreadCpuTime}) {
    IoResult<uint64_t> resolution = ClockResolution(id);
    REQUIRE(resolution.has_value());
    CHECK(*resolution > 0);
    uint64_t first = *ClockTime(id);
    CHECK(*ClockTime(id) >= first);
  }
  CHECK(RealtimeNow() > 1'600'000'000'000'000'000u);
}

TEST_CASE("an unknown clock is invalid") {
  CHECK(ErrorOf(ClockTime(static_cast<ClockId>(4))) == Errno::kInval);
  CHECK(ErrorOf(ClockResolution(static_cast<ClockId>(0xffffffff))) == Errno::kInval);
}

TEST_CASE("a moment beyond the clock's range is the end of time") {
  CHECK(MonotonicAfter(~uint64_t{0}) == ~uint64_t{0});
}

TEST_CASE("host errors map to the codes and back to names") {
  CHECK(FromHostErrno(ENOENT) == Errno::kNoent);
  CHECK(FromHostErrno(EWOULDBLOCK) == Errno::kAgain);
  CHECK(FromHostErrno(ENOTSUP) == Errno::kNotsup);
  CHECK(FromHostErrno(EXDEV) == Errno::kXdev);
  CHECK(FromHostErrno(0) == Errno::kIo);
  CHECK(FromHostErrno(99999) == Errno::kIo);
  CHECK(ErrnoName(Errno::kNotcapable) == "notcapable");
  CHECK(ErrnoName(static_cast<Errno>(77)) == "unknown");
  CHECK(static_cast<int>(Errno::kBadf) == 8);
  CHECK(static_cast<int>(Errno::kInval) == 28);
  CHECK(static_cast<int>(Errno::kNoent) == 44);
  CHECK(static_cast<int>(Errno::kNotdir) == 54);
  CHECK(static_cast<int>(Errno::kSpipe) == 70);
}

}  // namespace
}  // namespace trenail::wasi
