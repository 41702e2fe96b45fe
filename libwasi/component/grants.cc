// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The notation of grants, and what they match.

#include "libwasi/component/grants.h"

#include <algorithm>
#include <charconv>

namespace trenail::wasi {
namespace {

std::string ToLower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace

std::optional<HostPattern> HostPattern::Parse(const std::string& text) {
  HostPattern pattern;
  std::string host = text;
  const size_t colon = text.rfind(':');
  const bool has_port = colon != text.npos && (text[colon - 1] == ']' || text.find(':') == colon);
  if (has_port) {
    host = text.substr(0, colon);
    const std::string port = text.substr(colon + 1);
    uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (port != "*") {
      if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
      pattern.port = number;
    }
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "*") return pattern;
  pattern.subdomains = host.starts_with("*.");
  pattern.name = ToLower(pattern.subdomains ? host.substr(2) : host);
  if (pattern.name.empty()) return std::nullopt;
  return pattern;
}

bool HostPattern::Matches(const std::string& host, uint16_t other_port) const {
  if (port && *port != other_port) return false;
  if (name.empty()) return true;
  const std::string other = ToLower(host);
  if (!subdomains) return other == name;
  return other.size() > name.size() + 1 && other.ends_with(name) &&
         other[other.size() - name.size() - 1] == '.';
}

std::string DeniedSentence(const std::string& what, const std::string& object,
                           const std::string& option) {
  return "denied: " + what + (object.empty() ? "" : " " + object) + " (grant it with " + option +
         ")";
}

}  // namespace trenail::wasi
