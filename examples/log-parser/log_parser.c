// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component that reads the lines of an alarm system: "BREACH at 04:00".

#include "guest.h"

// The system counts hours from when its log begins.
static const uint64_t kLogBegins = 1715405600;

static const struct Event {
  String word, severity, message;
} kEvents[] = {
    {STRING("BREACH"), STRING("CRITICAL"), STRING("Perimeter breach detected")},
    {STRING("DOOR"), STRING("WARNING"), STRING("A door was left open")},
    {STRING("ALIVE"), STRING("INFO"), STRING("All sensors answer")},
};

static ParseResult* Error(ParseResult* result, String what, String line) {
  result->is_error = 1;
  result->error = Join((String[]){what, STRING(": "), line, {NULL, 0}});
  return result;
}

// Two digits below `bound`, or -1.
static int Number(const char* digits, int bound) {
  for (int i = 0; i < 2; ++i)
    if (digits[i] < '0' || digits[i] > '9') return -1;
  const int number = (digits[0] - '0') * 10 + digits[1] - '0';
  return number < bound ? number : -1;
}

EXPORT("cyber:system/log-parser#parse")
ParseResult* parse(const char* data, size_t size) {
  const String line = {data, size};
  const String at = STRING(" at ");
  const size_t time_size = sizeof("00:00") - 1;
  ParseResult* result = Allocate(_Alignof(ParseResult), sizeof(ParseResult));
  if (size < at.size + time_size ||
      !Equal((String){data + size - time_size - at.size, at.size}, at))
    return Error(result, STRING("no event and time"), line);
  const char* time = data + size - time_size;
  const int hour = Number(time, 24), minute = Number(time + 3, 60);
  if (hour < 0 || minute < 0 || time[2] != ':') return Error(result, STRING("no time"), line);
  const String word = {data, size - time_size - at.size};
  for (size_t i = 0; i < sizeof(kEvents) / sizeof(kEvents[0]); ++i) {
    if (!Equal(word, kEvents[i].word)) continue;
    result->is_error = 0;
    result->ok.timestamp = kLogBegins + (uint64_t)hour * 3600 + (uint64_t)minute * 60;
    result->ok.severity = kEvents[i].severity;
    result->ok.message = kEvents[i].message;
    return result;
  }
  return Error(result, STRING("unknown event"), word);
}

EXPORT("cabi_post_cyber:system/log-parser#parse")
void post_parse(ParseResult* result) {
  (void)result;
  FreeAll();
}
