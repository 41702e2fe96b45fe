// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decimal floats go through std::from_chars, which rounds correctly. Hexadecimal ones are rounded
// here, once, to the precision the value's own exponent leaves, so subnormals are exact, too.

#include "libwasm/text/numbers.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <string>

namespace wasm::text {
namespace {

struct FloatFormat {
  int fraction_bits;  // without the hidden one
  int max_exponent;   // of normal numbers; also the bias
  uint64_t sign_bit() const { return uint64_t{1} << (fraction_bits == 23 ? 31 : 63); }
  uint64_t infinity() const { return static_cast<uint64_t>(2 * max_exponent + 1) << fraction_bits; }
};
constexpr FloatFormat kF32{23, 127};
constexpr FloatFormat kF64{52, 1023};

uint32_t DigitValue(char c) {
  return c <= '9' ? static_cast<uint32_t>(c - '0') : static_cast<uint32_t>((c | 0x20) - 'a' + 10);
}

// The sign, cut off.
bool TakeSign(std::string_view* literal) {
  const bool negative = literal->starts_with('-');
  if (negative || literal->starts_with('+')) literal->remove_prefix(1);
  return negative;
}

// An exponent, limited to a range that is far beyond every format but cannot overflow.
int64_t ParseExponent(std::string_view text) {
  const bool negative = TakeSign(&text);
  int64_t value = 0;
  for (char c : text)
    if (c != '_' && value < 1'000'000'000'000) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

// mantissa * 2^exponent, with `sticky` for bits lost below; mantissa != 0.
std::optional<uint64_t> Round(uint64_t mantissa, bool sticky, int64_t exponent,
                              FloatFormat format) {
  const int top = 63 - std::countl_zero(mantissa);
  int64_t magnitude = exponent + top;  // the value lies in [2^magnitude, 2^(magnitude+1))
  if (magnitude > format.max_exponent) return std::nullopt;
  const int64_t min_exponent = 1 - format.max_exponent;
  // Weight of the last bit that the result keeps.
  const int64_t last = (magnitude < min_exponent ? min_exponent : magnitude) - format.fraction_bits;
  const int64_t shift = last - exponent;
  uint64_t fraction;
  if (shift <= 0) {
    fraction = mantissa << -shift;
  } else if (shift > 64) {
    fraction = 0;
  } else {
    fraction = shift == 64 ? 0 : mantissa >> shift;
    const uint64_t half = uint64_t{1} << (shift - 1);
    const uint64_t rest = mantissa & (half | (half - 1));
    if (rest > half || (rest == half && (sticky || (fraction & 1) != 0))) ++fraction;
  }
  // The carry of rounding up runs into the exponent field, which is just right.
  const uint64_t bits =
      magnitude < min_exponent
          ? fraction
          : fraction + (static_cast<uint64_t>(magnitude - min_exponent) << format.fraction_bits);
  if (bits >= format.infinity()) return std::nullopt;
  return bits;
}

std::optional<uint64_t> ParseHexFloat(std::string_view digits, FloatFormat format) {
  int64_t exponent = 0;
  if (const size_t p = digits.find_first_of("pP"); p != std::string_view::npos) {
    exponent = ParseExponent(digits.substr(p + 1));
    digits = digits.substr(0, p);
  }
  uint64_t mantissa = 0;
  bool sticky = false;
  bool fraction = false;
  for (char c : digits) {
    if (c == '_') continue;
    if (c == '.') {
      fraction = true;
      continue;
    }
    const uint32_t digit = DigitValue(c);
    if (mantissa >> 60 == 0) {
      mantissa = mantissa << 4 | digit;
      if (fraction) exponent -= 4;
    } else {
      sticky |= digit != 0;
      if (!fraction) exponent += 4;
    }
  }
  if (mantissa == 0) return 0;
  return Round(mantissa, sticky, exponent, format);
}

template <typename Float, typename Bits>
std::optional<uint64_t> ParseDecimal(std::string_view digits) {
  std::string plain;
  plain.reserve(digits.size());
  bool zero = true;
  // Decimal exponent of the leading digit, to tell overflow from underflow.
  int64_t leading = 0;
  bool point = false;
  size_t i = 0;
  for (; i < digits.size(); ++i) {
    const char c = digits[i];
    if (c == 'e' || c == 'E') break;
    if (c == '_') continue;
    plain.push_back(c);
    if (c == '.') {
      point = true;
    } else {
      if (c != '0') zero = false;
      if (!zero && !point) ++leading;
      if (zero && point) --leading;
    }
  }
  if (zero) return 0;
  int64_t exponent = i < digits.size() ? ParseExponent(digits.substr(i + 1)) : 0;
  if (leading + exponent > 400) return std::nullopt;
  if (leading + exponent < -400) return 0;
  plain.push_back('e');
  plain += std::to_string(exponent);
  Float value = 0;
  const auto result = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    if (leading + exponent > 0) return std::nullopt;
    return 0;
  }
  if (std::isinf(value)) return std::nullopt;
  return std::bit_cast<Bits>(value);
}

std::optional<uint64_t> ParseFloat(std::string_view literal, FloatFormat format) {
  const uint64_t sign = TakeSign(&literal) ? format.sign_bit() : 0;
  std::optional<uint64_t> magnitude;
  if (literal == "inf") {
    magnitude = format.infinity();
  } else if (literal == "nan") {
    magnitude = format.infinity() | uint64_t{1} << (format.fraction_bits - 1);
  } else if (literal.starts_with("nan:")) {
    const auto payload = ParseNat(literal.substr(4), (uint64_t{1} << format.fraction_bits) - 1);
    if (payload && *payload != 0) magnitude = format.infinity() | *payload;
  } else if (literal.starts_with("0x")) {
    magnitude = ParseHexFloat(literal.substr(2), format);
  } else if (format.fraction_bits == 23) {
    magnitude = ParseDecimal<float, uint32_t>(literal);
  } else {
    magnitude = ParseDecimal<double, uint64_t>(literal);
  }
  if (!magnitude) return std::nullopt;
  return *magnitude | sign;
}

}  // namespace

std::optional<uint64_t> ParseNat(std::string_view literal, uint64_t max) {
  const bool hex = literal.starts_with("0x");
  if (hex) literal.remove_prefix(2);
  const uint64_t base = hex ? 16 : 10;
  uint64_t value = 0;
  for (char c : literal) {
    if (c == '_') continue;
    const uint32_t digit = DigitValue(c);
    if (value > (max - digit) / base || digit > max) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

std::optional<uint64_t> ParseInt(std::string_view literal, int bits) {
  const bool negative = TakeSign(&literal);
  const uint64_t mask = ~uint64_t{0} >> (64 - bits);
  const auto magnitude = ParseNat(literal, negative ? uint64_t{1} << (bits - 1) : mask);
  if (!magnitude) return std::nullopt;
  return (negative ? -*magnitude : *magnitude) & mask;
}

std::optional<uint32_t> ParseF32(std::string_view literal) {
  const auto bits = ParseFloat(literal, kF32);
  if (!bits) return std::nullopt;
  return static_cast<uint32_t>(*bits);
}

std::optional<uint64_t> ParseF64(std::string_view literal) { return ParseFloat(literal, kF64); }

}  // namespace wasm::text
