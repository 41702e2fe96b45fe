// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resources and errors of wasi:sockets of WASI 0.2. [wasi:sockets@0.2.12]

#ifndef TRENAIL_LIBWASI_P2_SOCKETS_H_
#define TRENAIL_LIBWASI_P2_SOCKETS_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "libwasi/component/socket_values.h"
#include "libwasi/core/tcp_socket.h"
#include "libwasi/core/udp_socket.h"
#include "libwasi/p2/io.h"

namespace trenail::wasi::p2 {

// [wasi:sockets/network.error-code]: the first cases of SocketError.
enum class NetworkError : uint8_t {};
constexpr uint32_t ComponentCases(NetworkError) {
  return static_cast<uint32_t>(SocketError::kConnectionBroken);
}
template <typename T>
using NetworkReturn = std::expected<T, NetworkError>;

NetworkError ToNetworkError(SocketError error);
template <typename T>
NetworkReturn<T> Failed(SocketError error) {
  return std::unexpected(ToNetworkError(error));
}

template <typename T>
NetworkReturn<T> ToReturn(SocketResult<T> result) {
  if (!result) return Failed<T>(result.error());
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return *std::move(result);
}
NetworkReturn<SocketAddressValue> ToReturn(const SocketResult<SocketAddress>& result);

// [wasi:sockets/network.network] There is one, of which the grants say what it is.
struct Network {
  static const ComponentResource& ComponentType();
};

void LinkNetwork(ComponentLinker& linker);
void LinkTcp(ComponentLinker& linker);
void LinkUdp(ComponentLinker& linker);
void LinkNameLookup(ComponentLinker& linker);

}  // namespace trenail::wasi::p2

#endif  // TRENAIL_LIBWASI_P2_SOCKETS_H_
