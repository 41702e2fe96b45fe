// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Addresses of the internet, as both versions of wasi:sockets have them. [wasi:sockets/network]

#ifndef TRENAIL_LIBWASI_CORE_IP_ADDRESS_H_
#define TRENAIL_LIBWASI_CORE_IP_ADDRESS_H_

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace trenail::wasi {

enum class IpFamily : uint8_t { kIpv4, kIpv6 };

struct IpAddress {
  IpFamily family = IpFamily::kIpv4;
  std::array<uint8_t, 16> bytes{};  // in the order of the network; the first 4 of IPv4

  // The usual notation without brackets, and nothing else: no names, no zones, no short forms of
  // IPv4.
  static std::optional<IpAddress> Parse(const std::string& text);
  std::string ToString() const;

  std::span<const uint8_t> octets() const {
    return std::span(bytes).first(family == IpFamily::kIpv4 ? 4 : 16);
  }
  bool is_unspecified() const;  // 0.0.0.0 or ::
  bool is_unicast() const;      // neither multicast nor the limited broadcast
  bool is_ipv4_mapped() const;  // ::ffff:a.b.c.d
  // ::a.b.c.d, which RFC 4291 has abolished and systems treat as they like.
  bool is_ipv4_compatible() const;
  // The IPv4 address that an IPv4-mapped one stands for; any other as it is.
  IpAddress Canonical() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

struct SocketAddress {
  IpAddress ip;
  uint16_t port = 0;
  uint32_t flow_info = 0;  // of IPv6, like the next one
  uint32_t scope_id = 0;

  static SocketAddress Any(IpFamily family) { return {.ip = {.family = family}}; }
  // "1.2.3.4:80", "[::1]:80"
  std::string ToString() const;
  socklen_t ToHost(sockaddr_storage& storage) const;
  // Nothing if it is of neither family.
  static std::optional<SocketAddress> FromHost(const sockaddr_storage& storage);

  friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_IP_ADDRESS_H_
