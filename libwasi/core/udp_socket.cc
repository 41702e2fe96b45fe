// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A socket that was bound only to send, to a port of the host's choice, hears those alone it may
// send to: the grant to ask one server is none to listen to the world.

#include "libwasi/core/udp_socket.h"

#include <sys/socket.h>

#include <cerrno>

namespace trenail::wasi {
namespace {

// How many datagrams of strangers are thrown away in one call.
constexpr int kMaxDropped = 64;

std::unexpected<SocketError> Fail(SocketError error) { return std::unexpected(error); }

// Of sending, connecting and what came back of it.
SocketError SendError(int host_errno) {
  switch (host_errno) {
    case EADDRNOTAVAIL:
      return SocketError::kAddressInUse;  // no port of this side is free
    case ECONNRESET:
    case ENETRESET:
      return SocketError::kRemoteUnreachable;
    case EISCONN:
    case EDESTADDRREQ:
    case EAFNOSUPPORT:
      return SocketError::kInvalidArgument;
    default:
      return ToSocketError(NetworkErrno(host_errno));
  }
}

SocketStatus DisconnectHost(int fd) {
  sockaddr nowhere = {};
  nowhere.sa_family = AF_UNSPEC;
  // Some systems report that there is no such address, and have disconnected all the same.
  if (::connect(fd, &nowhere, sizeof nowhere) != 0 && errno != EAFNOSUPPORT) return SocketFailure();
  return {};
}

// Linux forgets on disconnecting a port that it chose itself, and not one that was asked for: so it
// is asked for the one that it has chosen.
SocketStatus BindToFreePort(const SocketHandle& socket, SocketAddress local) {
  constexpr int kAttempts = 16;  // as somebody else may be faster
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    local.port = 0;
    if (SocketStatus bound = socket.Bind(local); !bound) return bound;
    const SocketResult<SocketAddress> chosen = socket.LocalAddress();
    if (!chosen) return Fail(chosen.error());
    if (SocketStatus disconnected = DisconnectHost(socket.fd()); !disconnected) return disconnected;
    if (socket.LocalAddress() == chosen) return {};
    local.port = chosen->port;
    SocketStatus bound = socket.Bind(local);
    if (bound || bound.error() != SocketError::kAddressInUse) return bound;
  }
  return Fail(SocketError::kAddressInUse);
}

}  // namespace

SocketResult<std::shared_ptr<UdpSocket>> UdpSocket::Create(IpFamily family,
                                                           std::shared_ptr<SocketOwner> owner) {
  auto handle = SocketHandle::Open(family, SocketHandle::Kind::kDatagram, std::move(owner));
  if (!handle) return Fail(handle.error());
  return std::make_shared<UdpSocket>(*std::move(handle));
}

SocketStatus UdpSocket::StartBind(const SocketAddress& local) {
  if (!handle_->Fits(local.ip)) return Fail(SocketError::kInvalidArgument);
  if (state_ == State::kBindInProgress) return Fail(SocketError::kConcurrencyConflict);
  if (state_ != State::kUnbound) return Fail(SocketError::kInvalidState);
  SocketOwner& owner = handle_->owner();
  if (!owner.Permits(SocketUse::kUdpBind, local)) return Fail(SocketError::kAccessDenied);
  if (SocketStatus bound = local.port == 0 ? BindToFreePort(*handle_, local) : handle_->Bind(local);
      !bound)
    return bound;
  open_ = owner.Permits(SocketUse::kUdpOpen, local);
  state_ = State::kBindInProgress;
  return {};
}

SocketStatus UdpSocket::FinishBind() {
  if (state_ != State::kBindInProgress) return Fail(SocketError::kNotInProgress);
  state_ = State::kBound;
  return {};
}

SocketStatus UdpSocket::Bind(const SocketAddress& local) {
  if (SocketStatus started = StartBind(local); !started) return started;
  return FinishBind();
}

SocketStatus UdpSocket::BindImplicitly() {
  if (state_ != State::kUnbound) return {};
  SocketStatus bound = Bind(SocketAddress::Any(family()));
  if (!bound && bound.error() == SocketError::kAddressNotBindable)
    return Fail(SocketError::kAddressInUse);
  return bound;
}

SocketStatus UdpSocket::Connect(const SocketAddress& remote) {
  if (state_ == State::kBindInProgress) return Fail(SocketError::kConcurrencyConflict);
  if (!handle_->FitsRemote(remote)) return Fail(SocketError::kInvalidArgument);
  if (!handle_->owner().Permits(SocketUse::kUdpConnect, remote))
    return Fail(SocketError::kAccessDenied);
  if (SocketStatus bound = BindImplicitly(); !bound) return bound;
  // A host may keep the local address that was best for the former peer.
  if (remote_) {
    if (SocketStatus disconnected = Disconnect(); !disconnected) return disconnected;
  }
  sockaddr_storage storage;
  const socklen_t length = remote.ToHost(storage);
  int result;
  do {
    result = ::connect(handle_->fd(), reinterpret_cast<const sockaddr*>(&storage), length);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return Fail(SendError(errno));
  remote_ = remote;
  return {};
}

SocketStatus UdpSocket::Disconnect() {
  if (!remote_) return Fail(SocketError::kInvalidState);
  if (SocketStatus disconnected = DisconnectHost(handle_->fd()); !disconnected) return disconnected;
  remote_.reset();
  return {};
}

SocketStatus UdpSocket::Send(std::span<const uint8_t> data,
                             const std::optional<SocketAddress>& remote) {
  if (state_ == State::kBindInProgress) return Fail(SocketError::kConcurrencyConflict);
  if (remote_) {
    // As it was given: the host may have filled in a scope.
    if (remote && *remote != *remote_) return Fail(SocketError::kInvalidArgument);
  } else {
    if (!remote || !handle_->FitsRemote(*remote)) return Fail(SocketError::kInvalidArgument);
    if (!handle_->owner().Permits(SocketUse::kUdpSend, *remote))
      return Fail(SocketError::kAccessDenied);
  }
  if (SocketStatus bound = BindImplicitly(); !bound) return bound;
  if (data.size() > kMaxDatagram) return Fail(SocketError::kDatagramTooLarge);
  sockaddr_storage storage;
  const socklen_t length = remote_ ? 0 : remote->ToHost(storage);
  const sockaddr* const to = remote_ ? nullptr : reinterpret_cast<const sockaddr*>(&storage);
  ssize_t sent;
  do {
    sent = ::sendto(handle_->fd(), data.data(), data.size(), MSG_NOSIGNAL, to, length);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return Fail(SendError(errno));
  return {};
}

bool UdpSocket::Accepts(const SocketAddress& sender) const {
  // What came before the socket was connected may be from anyone.
  if (remote_) return sender.ip == remote_->ip && sender.port == remote_->port;
  return open_ || handle_->owner().Permits(SocketUse::kUdpReceive, sender);
}

SocketResult<std::optional<Datagram>> UdpSocket::Receive() {
  if (state_ == State::kBindInProgress) return Fail(SocketError::kConcurrencyConflict);
  if (state_ != State::kBound) return Fail(SocketError::kInvalidState);
  for (int dropped = 0; dropped < kMaxDropped;) {
    // Its size first, so that a small one does not cost 64 KiB.
    const ssize_t size = ::recv(handle_->fd(), nullptr, 0, MSG_PEEK | MSG_TRUNC);
    Datagram datagram;
    sockaddr_storage storage = {};
    socklen_t length = sizeof storage;
    ssize_t received = size;
    if (size >= 0) {
      datagram.data.resize(static_cast<size_t>(size));
      received = ::recvfrom(handle_->fd(), datagram.data.data(), datagram.data.size(), 0,
                            reinterpret_cast<sockaddr*>(&storage), &length);
    }
    if (received < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
      return Fail(SendError(errno));
    }
    datagram.data.resize(static_cast<size_t>(received));
    const auto sender = SocketAddress::FromHost(storage);
    if (sender && Accepts(*sender)) {
      datagram.remote = *sender;
      return datagram;
    }
    ++dropped;
  }
  return std::nullopt;
}

SocketResult<SocketAddress> UdpSocket::LocalAddress() const {
  if (state_ != State::kBound) return Fail(SocketError::kInvalidState);
  return handle_->LocalAddress();
}

SocketResult<SocketAddress> UdpSocket::RemoteAddress() const {
  if (!remote_) return Fail(SocketError::kInvalidState);
  return *remote_;
}

}  // namespace trenail::wasi
