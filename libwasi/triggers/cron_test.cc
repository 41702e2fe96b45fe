// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/triggers/cron.h"

#include <catch2/catch_test_macros.hpp>

namespace trenail::wasi {
namespace {

constexpr int64_t kFriday = 1715299200;  // 2024-05-10T00:00:00Z
constexpr int64_t kMinute = 60, kHour = 3600, kDay = 86400;

std::optional<int64_t> NextOf(std::string_view text, int64_t now) {
  const auto schedule = CronSchedule::Parse(text);
  if (!schedule) FAIL(schedule.error());
  return schedule->Next(now);
}

TEST_CASE("the next time is after now, in UTC") {
  CHECK(NextOf("* * * * *", kFriday) == kFriday + kMinute);
  CHECK(NextOf("* * * * *", kFriday + 59) == kFriday + kMinute);
  CHECK(NextOf("0 0 * * *", kFriday) == kFriday + kDay);
  CHECK(NextOf("30 4 * * *", kFriday) == kFriday + 4 * kHour + 30 * kMinute);
  CHECK(NextOf("*/15 9-17 * * mon-fri", kFriday + 17 * kHour + 50 * kMinute) ==
        kFriday + 3 * kDay + 9 * kHour);
  CHECK(NextOf("5/20 * * * *", kFriday + 6 * kMinute) == kFriday + 25 * kMinute);
  CHECK(NextOf("0 12 1 jan *", kFriday) == 1735732800);  // 2025-01-01T12:00:00Z
  CHECK(NextOf("@hourly", kFriday + 1) == kFriday + kHour);
  CHECK(NextOf("@weekly", kFriday) == kFriday + 2 * kDay);
  CHECK(NextOf("@every 90s", kFriday) == kFriday / 90 * 90 + 90);
}

TEST_CASE("days of the month and of the week") {
  // Either, if both are restricted; 7 is Sunday too.
  CHECK(NextOf("0 0 13 * 7", kFriday) == kFriday + 2 * kDay);
  CHECK(NextOf("0 0 13 * 0", kFriday + 2 * kDay) == kFriday + 3 * kDay);
  CHECK(NextOf("0 0 29 2 *", kFriday) == 1835395200);  // 2028-02-29
  CHECK(NextOf("0 0 30 2 *", kFriday) == std::nullopt);
}

TEST_CASE("what is no schedule is refused with the field") {
  for (const char* text : {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *",
                           "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "1, * * * *",
                           "a * * * *", "@sometimes", "@every", "@every 5", "@every 0s"}) {
    CAPTURE(text);
    CHECK_FALSE(CronSchedule::Parse(text).has_value());
  }
  CHECK(CronSchedule::Parse("* 24 * * *").error().find("hour") != std::string::npos);
}

}  // namespace
}  // namespace trenail::wasi
