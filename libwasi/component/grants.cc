// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The notation of grants, and what they match.

#include "libwasi/component/grants.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "libwasi/core/ip_address.h"
#include "libwasi/core/name_lookup.h"

namespace trenail::wasi {
namespace {

// Digits only, and no more than `max`.
std::optional<uint32_t> ParseNumber(std::string_view text, uint32_t max) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  uint32_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  if (number > max) return std::nullopt;
  return number;
}

// What stands before the port, and the port if there is one. An address of IPv6 without brackets
// has no port.
std::pair<std::string_view, std::optional<std::string_view>> SplitPort(std::string_view text) {
  const size_t bracket = text.rfind(']');
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {text, std::nullopt};
  if (bracket != std::string_view::npos ? colon < bracket : text.find(':') != colon)
    return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// "*", "80", "80-90"
bool ParsePorts(std::string_view text, uint16_t& first, uint16_t& last) {
  if (text == "*") return true;
  const size_t dash = text.find('-');
  const auto low = ParseNumber(text.substr(0, dash), 65535);
  const auto high =
      dash == std::string_view::npos ? low : ParseNumber(text.substr(dash + 1), 65535);
  if (!low || !high || *low > *high) return false;
  first = static_cast<uint16_t>(*low);
  last = static_cast<uint16_t>(*high);
  return true;
}

// As it is compared: an address in its shortest form, or a name in ASCII.
std::optional<std::string> ToHostName(const std::string& text) {
  if (const auto address = ParseHostAddress(text)) return address->Canonical().ToString();
  return ToAsciiHostName(text);
}

}  // namespace

std::optional<AddressPattern> AddressPattern::Parse(const std::string& text) {
  AddressPattern pattern;
  const auto [host, ports] = SplitPort(text);
  if (ports && !ParsePorts(*ports, pattern.first_port, pattern.last_port)) return std::nullopt;
  if (host == "*") return pattern;

  // The length of a prefix stands in the brackets or after them.
  std::string_view rest = host;
  std::optional<std::string_view> prefix;
  const auto take_prefix = [&] {
    const size_t slash = rest.rfind('/');
    if (slash == std::string_view::npos) return true;
    if (prefix) return false;
    prefix = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
    return true;
  };
  const bool has_brackets = rest.starts_with('[');
  if (has_brackets) {
    const size_t bracket = rest.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    if (const std::string_view behind = rest.substr(bracket + 1); !behind.empty()) {
      if (behind.front() != '/') return std::nullopt;
      prefix = behind.substr(1);
    }
    rest = rest.substr(1, bracket - 1);
  }
  if (!take_prefix()) return std::nullopt;
  const auto address = IpAddress::Parse(std::string(rest));
  if (!address || (has_brackets && address->family != IpFamily::kIpv6)) return std::nullopt;
  // Guests never see it, so it would match nothing.
  if (address->is_ipv4_mapped()) return std::nullopt;
  pattern.address.assign(address->octets().begin(), address->octets().end());
  const auto bits = static_cast<uint32_t>(pattern.address.size() * 8);
  const auto prefix_bits = prefix ? ParseNumber(*prefix, bits) : bits;
  if (!prefix_bits) return std::nullopt;
  pattern.prefix_bits = *prefix_bits;
  return pattern;
}

bool AddressPattern::Matches(std::span<const uint8_t> other, uint16_t port) const {
  if (port < first_port || port > last_port) return false;
  if (address.empty()) return true;
  if (address.size() != other.size()) return false;
  const size_t bytes = prefix_bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<ptrdiff_t>(bytes), other.begin()))
    return false;
  const unsigned rest = prefix_bits % 8;
  return rest == 0 || ((address[bytes] ^ other[bytes]) >> (8 - rest)) == 0;
}

std::optional<HostPattern> HostPattern::Parse(const std::string& text) {
  HostPattern pattern;
  const auto [host, port] = SplitPort(text);
  if (port && *port != "*") {
    const auto number = ParseNumber(*port, 65535);
    if (!number || *number == 0) return std::nullopt;
    pattern.port = static_cast<uint16_t>(*number);
  }
  if (host == "*") return pattern;
  pattern.subdomains = host.starts_with("*.");
  const auto name =
      pattern.subdomains ? ToAsciiHostName(host.substr(2)) : ToHostName(std::string(host));
  if (!name) return std::nullopt;
  pattern.name = *name;
  return pattern;
}

bool HostPattern::Matches(const std::string& host, uint16_t other_port) const {
  if (port && *port != other_port) return false;
  if (name.empty()) return true;
  const auto other = ToHostName(host);
  if (!other) return false;
  if (!subdomains) return *other == name;
  return other->size() > name.size() + 1 && other->ends_with(name) &&
         (*other)[other->size() - name.size() - 1] == '.';
}

std::string DeniedSentence(const std::string& what, const std::string& object,
                           const std::string& option) {
  return "denied: " + what + (object.empty() ? "" : " " + object) + " (grant it with " + option +
         ")";
}

}  // namespace trenail::wasi
