// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sets of characters, and the grammars that are made of them.

#include "libwasi/http/rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace trenail::wasi::http {
namespace {

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsOneOf(char c, std::string_view set) { return set.contains(c); }
bool IsTokenChar(char c) { return IsAlpha(c) || IsDigit(c) || IsOneOf(c, "!#$%&'*+-.^_`|~"); }
bool IsUnreserved(char c) { return IsAlpha(c) || IsDigit(c) || IsOneOf(c, "-._~"); }
bool IsSubDelimiter(char c) { return IsOneOf(c, "!$&'()*+,;="); }

// Characters that may stand for themselves, and those that are encoded as %XX.
template <typename Allowed>
bool IsEncoded(std::string_view text, Allowed allowed) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) return false;
      i += 2;
    } else if (!allowed(text[i])) {
      return false;
    }
  }
  return true;
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

struct Parts {
  std::string_view user_info;
  bool has_user_info = false;
  std::string_view host;  // with brackets
  std::string_view port;
};

bool IsIpv6(std::string_view text) {
  in6_addr address;
  return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

std::optional<Parts> Split(std::string_view text) {
  Parts parts;
  if (const size_t at = text.rfind('@'); at != text.npos) {
    parts.has_user_info = true;
    parts.user_info = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  size_t host_end = text.find(':');
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == text.npos || !IsIpv6(text.substr(1, close - 1))) return std::nullopt;
    host_end = close + 1 < text.size() ? close + 1 : text.npos;
  } else if (!IsEncoded(text.substr(0, host_end),
                        [](char c) { return IsUnreserved(c) || IsSubDelimiter(c); })) {
    return std::nullopt;
  }
  parts.host = text.substr(0, host_end);
  if (parts.host.empty()) return std::nullopt;
  if (host_end == text.npos) return parts;
  if (text[host_end] != ':') return std::nullopt;
  parts.port = text.substr(host_end + 1);
  if (!parts.port.empty() && !ParsePort(parts.port)) return std::nullopt;
  return parts;
}

}  // namespace

bool SameName(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenChar);
}

bool IsValidValue(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool IsForbiddenField(std::string_view name) {
  constexpr std::string_view kForbidden[] = {
      "connection",
      "host",
      "http2-settings",
      "keep-alive",
      "proxy-authenticate",
      "proxy-authorization",
      "proxy-connection",
      "transfer-encoding",
      "upgrade",
  };
  return std::ranges::any_of(kForbidden,
                             [name](std::string_view other) { return SameName(name, other); });
}

bool IsScheme(std::string_view text) {
  return !text.empty() && IsAlpha(text[0]) && std::ranges::all_of(text, [](char c) {
    return IsAlpha(c) || IsDigit(c) || IsOneOf(c, "+-.");
  });
}

bool IsValidAuthority(std::string_view text) {
  const std::optional<Parts> parts = Split(text);
  return parts && IsEncoded(parts->user_info, [](char c) {
           return IsUnreserved(c) || IsSubDelimiter(c) || c == ':';
         });
}

bool IsPathWithQuery(std::string_view text) {
  const size_t query = std::min(text.find('?'), text.size());
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && !IsOneOf(c, "#<>");
  };
  return std::ranges::all_of(text.substr(0, query),
                             [&](char c) { return is_plain(c) && c != '`'; }) &&
         std::ranges::all_of(text.substr(query), is_plain);
}

bool IsStatusCode(uint16_t status) { return status >= 100 && status <= 599; }

std::optional<Authority> ParseAuthority(std::string_view authority) {
  const std::optional<Parts> parts = Split(authority);
  if (!parts || parts->has_user_info) return std::nullopt;
  std::string_view host = parts->host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  Authority result{.host = std::string(host), .port = ParsePort(parts->port)};
  std::ranges::transform(result.host, result.host.begin(), Lower);
  return result;
}

bool IsIpAddress(const std::string& host) {
  in_addr address;
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 || IsIpv6(host);
}

}  // namespace trenail::wasi::http
