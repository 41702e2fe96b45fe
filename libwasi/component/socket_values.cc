// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes of addresses to the numbers of tuples and back.

#include "libwasi/component/socket_values.h"

#include <utility>

namespace trenail::wasi {
namespace {

template <size_t... i>
Ipv4Value ToIpv4(const IpAddress& address, std::index_sequence<i...>) {
  return {address.bytes[i]...};
}
template <size_t... i>
Ipv6Value ToIpv6(const IpAddress& address, std::index_sequence<i...>) {
  return {static_cast<uint16_t>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1])...};
}

IpAddress FromIpv4(const Ipv4Value& value) {
  return std::apply([](auto... byte) { return IpAddress{.bytes = {byte...}}; }, value);
}
IpAddress FromIpv6(const Ipv6Value& value) {
  IpAddress address{.family = IpFamily::kIpv6};
  size_t at = 0;
  const auto add = [&](uint16_t group) {
    address.bytes[at++] = static_cast<uint8_t>(group >> 8);
    address.bytes[at++] = static_cast<uint8_t>(group);
  };
  std::apply([&](auto... group) { (add(group), ...); }, value);
  return address;
}

Ipv4Value ToIpv4(const IpAddress& address) {
  return ToIpv4(address, std::make_index_sequence<4>());
}
Ipv6Value ToIpv6(const IpAddress& address) {
  return ToIpv6(address, std::make_index_sequence<8>());
}

}  // namespace

IpAddressValue ToValue(const IpAddress& address) {
  if (address.family == IpFamily::kIpv4) return ToIpv4(address);
  return ToIpv6(address);
}

SocketAddressValue ToValue(const SocketAddress& address) {
  if (address.ip.family == IpFamily::kIpv4)
    return Ipv4SocketAddressValue{.port = address.port, .address = ToIpv4(address.ip)};
  return Ipv6SocketAddressValue{.port = address.port,
                                .flow_info = address.flow_info,
                                .address = ToIpv6(address.ip),
                                .scope_id = address.scope_id};
}

SocketAddress FromValue(const SocketAddressValue& value) {
  if (const auto* const ipv4 = std::get_if<Ipv4SocketAddressValue>(&value))
    return {.ip = FromIpv4(ipv4->address), .port = ipv4->port};
  const auto& ipv6 = std::get<Ipv6SocketAddressValue>(value);
  return {.ip = FromIpv6(ipv6.address),
          .port = ipv6.port,
          .flow_info = ipv6.flow_info,
          .scope_id = ipv6.scope_id};
}

}  // namespace trenail::wasi
