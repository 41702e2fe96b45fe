// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantities of the command line. Everything is exact 64-bit arithmetic with overflow checks, in
// whole nanoseconds and bytes; a fraction is scaled digit by digit rather than through a double.

#include "cli/quantity.h"

#include <array>

namespace trenail::cli {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr uint64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 7> kDurationUnits = {{
    {"", kSecond},
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", kSecond},
    {"m", 60 * kSecond},
    {"h", 3600 * kSecond},
}};

constexpr uint64_t kKibi = 1024;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits, with an optional fraction, times `factor`: exact, or nothing. Takes from the front.
struct Number {
  uint64_t whole = 0;
  std::string_view fraction;
};

std::optional<Number> TakeNumber(std::string_view& text) {
  if (text.empty() || !IsDigit(text.front())) return std::nullopt;
  Number number;
  while (!text.empty() && IsDigit(text.front())) {
    if (__builtin_mul_overflow(number.whole, uint64_t{10}, &number.whole) ||
        __builtin_add_overflow(number.whole, static_cast<uint64_t>(text.front() - '0'),
                               &number.whole)) {
      return std::nullopt;
    }
    text.remove_prefix(1);
  }
  if (text.size() >= 2 && text.front() == '.' && IsDigit(text[1])) {
    size_t end = 1;
    while (end < text.size() && IsDigit(text[end])) ++end;
    number.fraction = text.substr(1, end - 1);
    text.remove_prefix(end);
  }
  return number;
}

std::optional<uint64_t> Scale(const Number& number, uint64_t factor) {
  uint64_t result;
  if (__builtin_mul_overflow(number.whole, factor, &result)) return std::nullopt;
  // The fraction is below one factor, and a factor is below 2^43: no overflow on the way.
  uint64_t scale = factor;
  uint64_t part = 0;
  for (char digit : number.fraction) {
    part += scale / 10 * static_cast<uint64_t>(digit - '0') +
            scale % 10 * static_cast<uint64_t>(digit - '0') / 10;
    scale /= 10;
  }
  if (__builtin_add_overflow(result, part, &result)) return std::nullopt;
  return result;
}

std::string_view TakeLetters(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && !IsDigit(text[end])) ++end;
  std::string_view letters = text.substr(0, end);
  text.remove_prefix(end);
  return letters;
}

}  // namespace

std::optional<std::chrono::nanoseconds> ParseDuration(std::string_view text) {
  uint64_t total = 0;
  bool first = true;
  do {
    std::optional<Number> number = TakeNumber(text);
    if (!number) return std::nullopt;
    std::string_view name = TakeLetters(text);
    // Without a unit a number stands alone: "1m30" would leave the reader guessing.
    if (name.empty() && !first) return std::nullopt;
    const Unit* unit = nullptr;
    for (const Unit& candidate : kDurationUnits) {
      if (candidate.name == name) unit = &candidate;
    }
    if (unit == nullptr) return std::nullopt;
    std::optional<uint64_t> part = Scale(*number, unit->factor);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
    first = false;
  } while (!text.empty());
  if (total > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  return std::chrono::nanoseconds(static_cast<int64_t>(total));
}

std::optional<uint64_t> ParseSize(std::string_view text) {
  std::optional<Number> number = TakeNumber(text);
  if (!number) return std::nullopt;
  uint64_t factor = 1;
  if (!text.empty()) {
    switch (text.front()) {
      case 'k':
      case 'K':
        factor = kKibi;
        break;
      case 'm':
      case 'M':
        factor = kKibi * kKibi;
        break;
      case 'g':
      case 'G':
        factor = kKibi * kKibi * kKibi;
        break;
      case 't':
      case 'T':
        factor = kKibi * kKibi * kKibi * kKibi;
        break;
      case 'b':
      case 'B':
        break;
      default:
        return std::nullopt;
    }
    bool prefixed = factor != 1;
    text.remove_prefix(1);
    if (!text.empty() && !(prefixed && (text == "B" || text == "b" || text == "iB"))) {
      return std::nullopt;
    }
  }
  if (factor == 1 && !number->fraction.empty()) return std::nullopt;
  return Scale(*number, factor);
}

std::optional<uint64_t> ParseCount(std::string_view text) {
  std::optional<Number> number = TakeNumber(text);
  if (!number) return std::nullopt;
  uint64_t factor = 1;
  if (text == "k" || text == "K") {
    factor = 1'000;
  } else if (text == "M") {
    factor = 1'000'000;
  } else if (text == "G") {
    factor = 1'000'000'000;
  } else if (!text.empty()) {
    return std::nullopt;
  }
  if (factor == 1 && !number->fraction.empty()) return std::nullopt;
  return Scale(*number, factor);
}

}  // namespace trenail::cli
