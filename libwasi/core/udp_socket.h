// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// UDP sockets, for both versions of wasi:sockets. Nothing is queued here: datagrams go to the host
// when they are sent and stay with it until they are asked for.
// [wasi:sockets/udp] [wasi:sockets/types.udp-socket]

#ifndef TRENAIL_LIBWASI_CORE_UDP_SOCKET_H_
#define TRENAIL_LIBWASI_CORE_UDP_SOCKET_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "libwasi/core/socket_handle.h"

namespace trenail::wasi {

struct Datagram {
  std::vector<uint8_t> data;
  SocketAddress remote;

  friend bool operator==(const Datagram&, const Datagram&) = default;
};

class UdpSocket {
 public:
  enum class State : uint8_t { kUnbound, kBindInProgress, kBound };
  // What IP can carry.
  static constexpr size_t kMaxDatagram = 65535;

  static SocketResult<std::shared_ptr<UdpSocket>> Create(IpFamily family,
                                                         std::shared_ptr<SocketOwner> owner);
  explicit UdpSocket(std::shared_ptr<SocketHandle> handle) : handle_(std::move(handle)) {}

  SocketStatus StartBind(const SocketAddress& local);
  SocketStatus FinishBind();
  SocketStatus Bind(const SocketAddress& local);
  // Binds to any address if it is not bound. May be called again for another peer.
  SocketStatus Connect(const SocketAddress& remote);
  SocketStatus Disconnect();
  // Without an address to the peer it is connected to. Binds as Connect does. kWouldBlock: nothing
  // was sent.
  SocketStatus Send(std::span<const uint8_t> data, const std::optional<SocketAddress>& remote);
  // Nothing: nothing is there for now.
  SocketResult<std::optional<Datagram>> Receive();

  State state() const { return state_; }
  IpFamily family() const { return handle_->family(); }
  SocketResult<SocketAddress> LocalAddress() const;
  SocketResult<SocketAddress> RemoteAddress() const;
  const SocketHandle& options() const { return *handle_; }

  std::shared_ptr<Waitable> Readable() const {
    return std::make_shared<SocketReadiness>(handle_, /*to_write=*/false);
  }
  std::shared_ptr<Waitable> Writable() const {
    return std::make_shared<SocketReadiness>(handle_, /*to_write=*/true);
  }

 private:
  SocketStatus BindImplicitly();
  // May this sender's datagrams be passed on?
  bool Accepts(const SocketAddress& sender) const;

  const std::shared_ptr<SocketHandle> handle_;
  State state_ = State::kUnbound;
  bool open_ = false;  // to anyone
  std::optional<SocketAddress> remote_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_UDP_SOCKET_H_
