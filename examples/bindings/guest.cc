// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What ../log-parser/log_parser.c does, in C++: what is exported is declared by what
// `trenail bind log-parser.wit --world parser --guest` wrote.

#include <parser.h>

namespace cyber::system::parser::log_parser {
namespace {

// The system counts hours from when its log begins.
constexpr uint64_t kLogBegins = 1715405600;

struct Event {
  std::string_view word, severity, message;
};
constexpr Event kEvents[] = {
    {"BREACH", "CRITICAL", "Perimeter breach detected"},
    {"DOOR", "WARNING", "A door was left open"},
    {"ALIVE", "INFO", "All sensors answer"},
};

// Two digits below `bound`.
std::optional<unsigned> Number(std::string_view digits, unsigned bound) {
  unsigned number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number < bound ? std::optional(number) : std::nullopt;
}

}  // namespace

std::expected<LogEntry, std::string> Parse(std::string line) {
  constexpr std::string_view kAt = " at ", kTime = "00:00";
  const size_t at = line.rfind(kAt);
  if (at == line.npos || line.size() != at + kAt.size() + kTime.size())
    return std::unexpected("no event and time: " + line);
  const std::string_view time = std::string_view(line).substr(at + kAt.size());
  const auto hour = Number(time.substr(0, 2), 24), minute = Number(time.substr(3), 60);
  if (!hour || !minute || time[2] != ':') return std::unexpected("no time: " + line);
  for (const Event& event : kEvents) {
    if (event.word != std::string_view(line).substr(0, at)) continue;
    return LogEntry{.timestamp = kLogBegins + *hour * 3600 + *minute * 60,
                    .severity = std::string(event.severity),
                    .message = std::string(event.message)};
  }
  return std::unexpected("unknown event: " + line.substr(0, at));
}

}  // namespace cyber::system::parser::log_parser
