// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of hosts in other scripts, and what is a name at all. [rfc3492] [rfc1123] [uts46]

#include <algorithm>
#include <cstdint>

#include "libwasi/core/name_lookup.h"
#include "libwasm/support/utf8.h"

namespace trenail::wasi {
namespace {

constexpr size_t kMaxName = 253;
constexpr size_t kMaxLabel = 63;

bool IsDot(char32_t code) {
  return code == '.' || code == 0x3002 || code == 0xff0e || code == 0xff61;
}

char32_t ToLower(char32_t code) {
  if ((code >= 'A' && code <= 'Z') || (code >= 0xc0 && code <= 0xde && code != 0xd7) ||
      (code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f))
    return code + 0x20;
  if (code >= 0x400 && code <= 0x40f) return code + 0x50;
  return code;
}

// Neither letters nor marks: controls, spaces, private and unassigned codes.
bool IsForbidden(char32_t code) {
  if (code < 0x80) {
    const bool is_letter = code >= 'a' && code <= 'z';
    const bool is_digit = code >= '0' && code <= '9';
    return !is_letter && !is_digit && code != '-' && code != '_';
  }
  return code < 0xb7 || code == 0xd7 || code == 0xf7 || (code >= 0x2000 && code <= 0x206f) ||
         code == 0x3000 || code == 0xfeff || (code >= 0xe000 && code <= 0xf8ff) ||
         (code >= 0xfff0 && code <= 0xffff) || code >= 0xe0000;
}

// [rfc3492 6.1]
uint32_t Adapt(uint32_t delta, uint32_t points, bool first) {
  delta = first ? delta / 700 : delta / 2;
  delta += delta / points;
  uint32_t k = 0;
  for (; delta > 455; k += 36) delta /= 35;
  return k + 36 * delta / (delta + 38);
}

char Digit(uint32_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + value - 26);
}

// [rfc3492 6.3] A label is short, so that nothing can overflow.
std::string Punycode(std::u32string_view label) {
  std::string out = "xn--";
  for (const char32_t code : label)
    if (code < 0x80) out += static_cast<char>(code);
  const auto basic = static_cast<uint32_t>(out.size() - 4);
  if (basic > 0) out += '-';
  uint32_t n = 0x80, delta = 0, bias = 72;
  for (uint32_t handled = basic; handled < label.size();) {
    char32_t next = 0x10ffff;
    for (const char32_t code : label)
      if (code >= n) next = std::min(next, code);
    delta += (next - n) * (handled + 1);
    n = next;
    for (const char32_t code : label) {
      if (code < n) ++delta;
      if (code != n) continue;
      uint32_t q = delta;
      for (uint32_t k = 36;; k += 36) {
        const uint32_t threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
        if (q < threshold) break;
        out += Digit(threshold + (q - threshold) % (36 - threshold));
        q = (q - threshold) / (36 - threshold);
      }
      out += Digit(q);
      bias = Adapt(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

std::optional<std::string> ToAsciiLabel(std::u32string_view label) {
  if (label.empty() || label.size() > kMaxLabel) return std::nullopt;
  if (label.front() == '-' || label.back() == '-') return std::nullopt;
  if (std::ranges::any_of(label, IsForbidden)) return std::nullopt;
  const bool is_ascii = std::ranges::all_of(label, [](char32_t code) { return code < 0x80; });
  std::string out = is_ascii ? std::string(label.begin(), label.end()) : Punycode(label);
  if (out.size() > kMaxLabel) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string> ToAsciiHostName(std::string_view utf8) {
  // Each scalar value becomes a byte at least.
  if (utf8.size() > 4 * (kMaxName + 1)) return std::nullopt;
  std::u32string label;
  std::string name, last;
  const auto add_label = [&]() -> bool {
    const auto ascii = ToAsciiLabel(label);
    if (!ascii) return false;
    if (!name.empty()) name += '.';
    name += *ascii;
    last = *ascii;
    label.clear();
    return true;
  };
  while (!utf8.empty()) {
    const auto code = wasm::DecodeUtf8(&utf8);
    if (!code) return std::nullopt;
    if (!IsDot(*code)) {
      label += ToLower(*code);
    } else if (!add_label()) {
      return std::nullopt;
    }
  }
  if (!label.empty() && !add_label()) return std::nullopt;
  if (name.empty() || name.size() > kMaxName) return std::nullopt;
  // Whatever ends in a number is an address, or a mistake.
  if (std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  return name;
}

std::optional<IpAddress> ParseHostAddress(const std::string& text) {
  if (!text.starts_with('[')) return IpAddress::Parse(text);
  if (!text.ends_with(']')) return std::nullopt;
  const auto address = IpAddress::Parse(text.substr(1, text.size() - 2));
  if (!address || address->family != IpFamily::kIpv6) return std::nullopt;
  return address;
}

}  // namespace trenail::wasi
