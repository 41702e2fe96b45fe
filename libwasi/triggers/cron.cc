// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/triggers/cron.h"

#include <array>
#include <charconv>
#include <chrono>
#include <span>

namespace trenail::wasi {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};

struct Field {
  const char* what;
  unsigned first, last;
  std::span<const std::string_view> names = {};  // of first, first + 1, …
};
constexpr Field kMinute = {"minute", 0, 59}, kHour = {"hour", 0, 23}, kDay = {"day", 1, 31},
                kMonth = {"month", 1, 12, kMonths}, kWeekday = {"weekday", 0, 7, kWeekdays};

std::unexpected<std::string> Wrong(const Field& field, std::string_view text) {
  return std::unexpected("\"" + std::string(text) + "\" is no " + field.what + ": " +
                         std::to_string(field.first) + " to " + std::to_string(field.last) +
                         ", or *, lists, ranges and steps of them");
}

std::optional<unsigned> ParseNumber(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<unsigned> ParseValue(const Field& field, std::string_view text) {
  for (size_t i = 0; i < field.names.size(); ++i)
    if (text == field.names[i]) return field.first + static_cast<unsigned>(i);
  const std::optional<unsigned> value = ParseNumber(text);
  if (!value || *value < field.first || *value > field.last) return std::nullopt;
  return value;
}

std::string_view TakeUntil(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

std::expected<uint64_t, std::string> ParseField(const Field& field, std::string_view text) {
  if (text.empty() || text.ends_with(',')) return Wrong(field, text);
  const std::string_view whole = text;
  uint64_t bits = 0;
  while (!text.empty()) {
    std::string_view item = TakeUntil(text, ',');
    unsigned step = 1;
    const bool has_step = item.find('/') != std::string_view::npos;
    std::string_view range = TakeUntil(item, '/');
    if (has_step) {
      const std::optional<unsigned> number = ParseNumber(item);
      if (!number || *number == 0 || *number > field.last) return Wrong(field, whole);
      step = *number;
    }
    unsigned first = field.first, last = field.last;
    if (range != "*") {
      const bool has_end = range.find('-') != std::string_view::npos;
      const std::optional<unsigned> begin = ParseValue(field, TakeUntil(range, '-'));
      const std::optional<unsigned> end = has_end ? ParseValue(field, range) : begin;
      if (!begin || !end || *begin > *end) return Wrong(field, whole);
      first = *begin;
      // "5/10" counts from 5 to the end.
      last = has_step && !has_end ? field.last : *end;
    }
    for (unsigned value = first; value <= last; value += step) bits |= uint64_t{1} << value;
  }
  return bits;
}

std::expected<int64_t, std::string> ParseEvery(std::string_view text) {
  const auto wrong = [text] {
    return std::unexpected("\"@every " + std::string(text) +
                           "\" needs a time such as 30s, 5m or 2h");
  };
  if (text.empty()) return wrong();
  const int64_t unit = text.back() == 's'   ? 1
                       : text.back() == 'm' ? 60
                       : text.back() == 'h' ? 3600
                                            : 0;
  const std::optional<unsigned> number = ParseNumber(text.substr(0, text.size() - 1));
  if (unit == 0 || !number || *number == 0) return wrong();
  return int64_t{*number} * unit;
}

bool Has(uint64_t bits, unsigned value) { return (bits >> value & 1) != 0; }

}  // namespace

std::expected<CronSchedule, std::string> CronSchedule::Parse(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kShorthands[] = {
      {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
      {"@weekly", "0 0 * * 0"},  {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
      {"@annually", "0 0 1 1 *"}};
  for (const auto& [shorthand, meaning] : kShorthands)
    if (text == shorthand) text = meaning;
  CronSchedule schedule;
  if (text.starts_with("@every ")) {
    const auto every = ParseEvery(text.substr(7));
    if (!every) return std::unexpected(every.error());
    schedule.every_ = *every;
    return schedule;
  }
  std::array<std::string_view, 5> fields;
  size_t count = 0;
  while (!text.empty()) {
    const std::string_view field = TakeUntil(text, ' ');
    if (field.empty()) continue;
    if (count == fields.size()) {
      count = 0;
      break;
    }
    fields[count++] = field;
  }
  if (count != fields.size())
    return std::unexpected("a schedule has five fields: minute hour day month weekday");
  const std::pair<const Field*, uint64_t*> parts[] = {{&kMinute, &schedule.minutes_},
                                                      {&kHour, &schedule.hours_},
                                                      {&kDay, &schedule.days_},
                                                      {&kMonth, &schedule.months_},
                                                      {&kWeekday, &schedule.weekdays_}};
  for (size_t i = 0; i < count; ++i) {
    const auto bits = ParseField(*parts[i].first, fields[i]);
    if (!bits) return std::unexpected(bits.error());
    *parts[i].second = *bits;
  }
  if (Has(schedule.weekdays_, 7)) schedule.weekdays_ |= 1;
  schedule.any_day_ = fields[2].starts_with('*');
  schedule.any_weekday_ = fields[4].starts_with('*');
  return schedule;
}

bool CronSchedule::DayMatches(unsigned day, unsigned weekday) const {
  const bool by_day = Has(days_, day), by_weekday = Has(weekdays_, weekday);
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

std::optional<int64_t> CronSchedule::Next(int64_t now) const {
  if (every_ != 0) return (now / every_ + 1) * every_;
  using std::chrono::days;
  using std::chrono::sys_days;
  // 29 February may be eight years away.
  constexpr int kDays = 9 * 366;
  const auto start = std::chrono::sys_seconds(std::chrono::seconds(now));
  sys_days day = std::chrono::floor<days>(start);
  const int64_t minute_of_day = (now - day.time_since_epoch().count() * 86400) / 60;
  for (int i = 0; i < kDays; ++i, day += days(1)) {
    const std::chrono::year_month_day date(day);
    if (!Has(months_, unsigned(date.month())) ||
        !DayMatches(unsigned(date.day()), std::chrono::weekday(day).c_encoding()))
      continue;
    for (int64_t minute = i == 0 ? minute_of_day + 1 : 0; minute < 24 * 60; ++minute) {
      if (Has(hours_, static_cast<unsigned>(minute / 60)) &&
          Has(minutes_, static_cast<unsigned>(minute % 60)))
        return day.time_since_epoch().count() * 86400 + minute * 60;
    }
  }
  return std::nullopt;
}

}  // namespace trenail::wasi
