// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and core values in WAVE; see invoke.h. Numbers go through <charconv>, which knows no locale
// and rounds exactly.

#include "cli/invoke.h"

#include <bit>
#include <charconv>
#include <optional>
#include <system_error>

namespace trenail::cli {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

std::unexpected<Error> Usage(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string_view Trim(std::string_view text) {
  size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

// The length of the quoted string at the front of `text`, with both quotes; 0 if it is not closed.
size_t StringLength(std::string_view text) {
  char quote = text.front();
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return 0;
}

// Splits at the commas that stand in no bracket and no string.
Result<std::vector<std::string>> SplitArguments(std::string_view text) {
  std::vector<std::string> arguments;
  if (Trim(text).empty()) return arguments;
  std::string closers;
  size_t start = 0;
  auto add = [&](size_t end) -> bool {
    std::string_view argument = Trim(text.substr(start, end - start));
    arguments.emplace_back(argument);
    start = end + 1;
    return !argument.empty();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"' || c == '\'') {
      size_t length = StringLength(text.substr(i));
      if (length == 0) return Usage("a string is not closed: " + std::string(text.substr(i)));
      i += length - 1;
    } else if (c == '(' || c == '[' || c == '{') {
      closers += c == '(' ? ')' : c == '[' ? ']' : '}';
    } else if (c == ')' || c == ']' || c == '}') {
      if (closers.empty() || closers.back() != c) {
        return Usage("brackets do not match: " + std::string(text));
      }
      closers.pop_back();
    } else if (c == ',' && closers.empty()) {
      if (!add(i)) return Usage("an argument is empty: (" + std::string(text) + ")");
    }
  }
  if (!closers.empty()) return Usage("brackets do not match: " + std::string(text));
  // One comma may close the list.
  if (start == text.size() || Trim(text.substr(start)).empty()) return arguments;
  add(text.size());
  return arguments;
}

struct Integer {
  bool negative = false;
  uint64_t magnitude = 0;
};

std::optional<Integer> ParseInteger(std::string_view text) {
  Integer integer;
  if (text.starts_with('-') || text.starts_with('+')) {
    integer.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), integer.magnitude, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return integer;
}

Result<CoreBits> ParseInt(std::string_view text, CoreType type) {
  int width = type == CoreType::kI32 ? 32 : 64;
  std::optional<Integer> integer = ParseInteger(text);
  uint64_t sign_bit = uint64_t{1} << (width - 1);
  uint64_t all_bits = sign_bit | (sign_bit - 1);
  if (!integer ||
      (integer->negative ? integer->magnitude > sign_bit : integer->magnitude > all_bits)) {
    return Usage(Quoted(text) + " is no " + std::string(CoreTypeName(type)));
  }
  uint64_t bits = integer->negative ? -integer->magnitude : integer->magnitude;
  return CoreBits{.low = bits & all_bits};
}

// Float and the unsigned integer of its size.
template <typename Float, typename Bits>
Result<CoreBits> ParseFloat(std::string_view text, CoreType type) {
  constexpr int kFraction = sizeof(Bits) == 4 ? 23 : 52;
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  constexpr Bits kInfinity = (kSign - 1) >> kFraction << kFraction;
  auto failed = [&] { return Usage(Quoted(text) + " is no " + std::string(CoreTypeName(type))); };
  std::string_view rest = text;
  Bits sign = 0;
  if (rest.starts_with('-') || rest.starts_with('+')) {
    if (rest.front() == '-') sign = kSign;
    rest.remove_prefix(1);
  }
  if (rest == "inf") return CoreBits{.low = static_cast<Bits>(sign | kInfinity)};
  if (rest == "nan") {
    return CoreBits{.low = static_cast<Bits>(sign | kInfinity | Bits{1} << (kFraction - 1))};
  }
  if (rest.starts_with("nan:0x")) {
    std::optional<Integer> payload = ParseInteger(rest.substr(4));
    if (!payload || payload->magnitude == 0 || payload->magnitude >> kFraction != 0)
      return failed();
    return CoreBits{
        .low = static_cast<Bits>(sign | kInfinity | static_cast<Bits>(payload->magnitude))};
  }
  // from_chars would also take "infinity" and "nan(…)".
  if (rest.empty() || ((rest.front() < '0' || rest.front() > '9') && rest.front() != '.')) {
    return failed();
  }
  Float value = 0;
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc() || end != rest.data() + rest.size()) return failed();
  return CoreBits{.low = static_cast<Bits>(std::bit_cast<Bits>(value) | sign)};
}

Result<CoreBits> ParseVector(std::string_view text) {
  auto failed = [&] {
    return Usage(Quoted(text) + " is no v128: write 0x and up to 32 hexadecimal digits");
  };
  if (!text.starts_with("0x") || text.size() < 3 || text.size() > 34) return failed();
  CoreBits bits;
  for (char c : text.substr(2)) {
    uint64_t digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint64_t>(c - '0');
    } else if ((c | 32) >= 'a' && (c | 32) <= 'f') {
      digit = static_cast<uint64_t>((c | 32) - 'a' + 10);
    } else {
      return failed();
    }
    bits.high = bits.high << 4 | bits.low >> 60;
    bits.low = bits.low << 4 | digit;
  }
  return bits;
}

std::string Hex(uint64_t value, int digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int i = digits - 1; i >= 0; --i) text += kDigits[value >> (4 * i) & 15];
  return text;
}

template <typename Float, typename Bits>
std::string FormatFloat(uint64_t bits) {
  constexpr int kFraction = sizeof(Bits) == 4 ? 23 : 52;
  Bits raw = static_cast<Bits>(bits);
  Float value = std::bit_cast<Float>(raw);
  std::string sign = raw >> (sizeof(Bits) * 8 - 1) ? "-" : "";
  if (value != value) {
    Bits payload = raw & ((Bits{1} << kFraction) - 1);
    if (payload == Bits{1} << (kFraction - 1)) return sign + "nan";
    return sign + "nan:0x" + Hex(payload, sizeof(Bits) == 4 ? 6 : 13);
  }
  char buffer[64];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return error == std::errc() ? std::string(buffer, end) : std::string("?");
}

}  // namespace

Result<Invocation> ParseInvocation(std::string_view text) {
  text = Trim(text);
  if (text.empty()) return Usage("--invoke needs a function: --invoke 'f(1, 2)'");
  Invocation invocation;
  size_t name_end;
  if (text.front() == '"' || text.front() == '\'') {
    name_end = StringLength(text);
    if (name_end == 0) return Usage("a string is not closed: " + std::string(text));
    for (size_t i = 1; i + 1 < name_end; ++i) {
      if (text[i] == '\\' && i + 2 < name_end) ++i;
      invocation.function += text[i];
    }
  } else {
    name_end = text.find('(');
    if (name_end == std::string_view::npos) name_end = text.size();
    invocation.function = Trim(text.substr(0, name_end));
  }
  std::string_view rest = Trim(text.substr(name_end));
  if (rest.empty()) return invocation;
  if (rest.front() != '(' || rest.size() < 2 || rest.back() != ')') {
    return Usage("cannot understand the call " + std::string(text) + ": write --invoke 'f(1, 2)'");
  }
  invocation.arguments = TRY(SplitArguments(rest.substr(1, rest.size() - 2)));
  return invocation;
}

std::string_view CoreTypeName(CoreType type) {
  switch (type) {
    case CoreType::kI32:
      return "i32";
    case CoreType::kI64:
      return "i64";
    case CoreType::kF32:
      return "f32";
    case CoreType::kF64:
      return "f64";
    case CoreType::kV128:
      return "v128";
  }
  return "";
}

Result<CoreBits> ParseCoreValue(std::string_view text, CoreType type) {
  switch (type) {
    case CoreType::kI32:
    case CoreType::kI64:
      // WAVE's booleans are i32 at the core level.
      if (text == "true") return CoreBits{.low = 1};
      if (text == "false") return CoreBits{.low = 0};
      return ParseInt(text, type);
    case CoreType::kF32:
      return ParseFloat<float, uint32_t>(text, type);
    case CoreType::kF64:
      return ParseFloat<double, uint64_t>(text, type);
    case CoreType::kV128:
      return ParseVector(text);
  }
  return Usage("no such type");
}

std::string FormatCoreValue(CoreBits bits, CoreType type) {
  switch (type) {
    case CoreType::kI32:
      return std::to_string(static_cast<int32_t>(bits.low));
    case CoreType::kI64:
      return std::to_string(static_cast<int64_t>(bits.low));
    case CoreType::kF32:
      return FormatFloat<float, uint32_t>(bits.low);
    case CoreType::kF64:
      return FormatFloat<double, uint64_t>(bits.low);
    case CoreType::kV128:
      return "0x" + Hex(bits.high, 16) + Hex(bits.low, 16);
  }
  return "";
}

}  // namespace trenail::cli
