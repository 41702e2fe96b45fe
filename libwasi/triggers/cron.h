// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Schedules as cron has them: "minute hour day-of-month month day-of-week" with *, lists, ranges,
// steps and names, "@hourly", "@daily", "@weekly", "@monthly", "@yearly", and "@every 90s". Times
// are UTC. As in POSIX, where both days are restricted, either will do.

#ifndef TRENAIL_LIBWASI_TRIGGERS_CRON_H_
#define TRENAIL_LIBWASI_TRIGGERS_CRON_H_

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace trenail::wasi {

class CronSchedule {
 public:
  // Errors: a sentence that names the field.
  static std::expected<CronSchedule, std::string> Parse(std::string_view text);

  // The first time after `now`, both in seconds since 1970; nothing if there is none, as for 30
  // February.
  std::optional<int64_t> Next(int64_t now) const;

 private:
  bool DayMatches(unsigned day, unsigned weekday) const;

  int64_t every_ = 0;  // seconds; 0: by the fields
  uint64_t minutes_ = 0, hours_ = 0, days_ = 0, months_ = 0, weekdays_ = 0;  // a bit per value
  bool any_day_ = true, any_weekday_ = true;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_TRIGGERS_CRON_H_
