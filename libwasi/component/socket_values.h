// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Addresses as values, which are of the same types in both versions of wasi:sockets.

#ifndef TRENAIL_LIBWASI_COMPONENT_SOCKET_VALUES_H_
#define TRENAIL_LIBWASI_COMPONENT_SOCKET_VALUES_H_

#include <cstdint>
#include <tuple>
#include <variant>

#include "libcomponent/typed.h"
#include "libwasi/core/ip_address.h"

namespace trenail::wasi {

constexpr uint32_t ComponentCases(IpFamily) { return 2; }

using Ipv4Value = std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>;
using Ipv6Value =
    std::tuple<uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t>;
using IpAddressValue = std::variant<Ipv4Value, Ipv6Value>;

struct Ipv4SocketAddressValue {
  uint16_t port = 0;
  Ipv4Value address;
  static constexpr auto ComponentFields() {
    return std::tuple(&Ipv4SocketAddressValue::port, &Ipv4SocketAddressValue::address);
  }
};
struct Ipv6SocketAddressValue {
  uint16_t port = 0;
  uint32_t flow_info = 0;
  Ipv6Value address;
  uint32_t scope_id = 0;
  static constexpr auto ComponentFields() {
    return std::tuple(&Ipv6SocketAddressValue::port, &Ipv6SocketAddressValue::flow_info,
                      &Ipv6SocketAddressValue::address, &Ipv6SocketAddressValue::scope_id);
  }
};
using SocketAddressValue = std::variant<Ipv4SocketAddressValue, Ipv6SocketAddressValue>;

IpAddressValue ToValue(const IpAddress& address);
SocketAddressValue ToValue(const SocketAddress& address);
SocketAddress FromValue(const SocketAddressValue& value);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_SOCKET_VALUES_H_
