// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Addresses: their notation, their kinds, and the host's form of them.

#include "libwasi/core/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace trenail::wasi {
namespace {

bool AreZero(std::span<const uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; });
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(const std::string& text) {
  if (text.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address;
  if (::inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address;
  address = {.family = IpFamily::kIpv6};
  if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN];
  const int host_family = family == IpFamily::kIpv4 ? AF_INET : AF_INET6;
  return ::inet_ntop(host_family, bytes.data(), text, sizeof text) != nullptr ? text : "";
}

bool IpAddress::is_unspecified() const { return AreZero(octets()); }

bool IpAddress::is_unicast() const {
  if (family == IpFamily::kIpv6) return bytes[0] != 0xff;
  const bool is_multicast = bytes[0] >= 224 && bytes[0] <= 239;
  const bool is_broadcast =
      std::ranges::all_of(octets(), [](uint8_t byte) { return byte == 0xff; });
  return !is_multicast && !is_broadcast;
}

bool IpAddress::is_ipv4_mapped() const {
  return family == IpFamily::kIpv6 && AreZero(std::span(bytes).first(10)) && bytes[10] == 0xff &&
         bytes[11] == 0xff;
}

bool IpAddress::is_ipv4_compatible() const {
  // :: and ::1 have meanings of their own.
  return family == IpFamily::kIpv6 && AreZero(std::span(bytes).first(12)) &&
         !(AreZero(std::span(bytes).first(15)) && bytes[15] <= 1);
}

IpAddress IpAddress::Canonical() const {
  if (!is_ipv4_mapped()) return *this;
  IpAddress address;
  std::copy_n(bytes.begin() + 12, 4, address.bytes.begin());
  return address;
}

std::string SocketAddress::ToString() const {
  const std::string text = ip.ToString();
  return (ip.family == IpFamily::kIpv4 ? text : "[" + text + "]") + ":" + std::to_string(port);
}

socklen_t SocketAddress::ToHost(sockaddr_storage& storage) const {
  storage = {};
  if (ip.family == IpFamily::kIpv4) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    std::memcpy(&address.sin_addr, ip.bytes.data(), sizeof address.sin_addr);
    std::memcpy(&storage, &address, sizeof address);
    return sizeof address;
  }
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_flowinfo = flow_info;
  address.sin6_scope_id = scope_id;
  std::memcpy(&address.sin6_addr, ip.bytes.data(), sizeof address.sin6_addr);
  std::memcpy(&storage, &address, sizeof address);
  return sizeof address;
}

std::optional<SocketAddress> SocketAddress::FromHost(const sockaddr_storage& storage) {
  SocketAddress result;
  if (storage.ss_family == AF_INET) {
    sockaddr_in address;
    std::memcpy(&address, &storage, sizeof address);
    result.port = ntohs(address.sin_port);
    std::memcpy(result.ip.bytes.data(), &address.sin_addr, sizeof address.sin_addr);
    return result;
  }
  if (storage.ss_family != AF_INET6) return std::nullopt;
  sockaddr_in6 address;
  std::memcpy(&address, &storage, sizeof address);
  result.ip.family = IpFamily::kIpv6;
  result.port = ntohs(address.sin6_port);
  result.flow_info = address.sin6_flowinfo;
  result.scope_id = address.sin6_scope_id;
  std::memcpy(result.ip.bytes.data(), &address.sin6_addr, sizeof address.sin6_addr);
  return result;
}

}  // namespace trenail::wasi
