// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sockets of the host, with what differs between systems levelled as the interfaces want it.

#include "libwasi/core/socket_handle.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace trenail::wasi {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;
// What Linux takes at most.
constexpr uint64_t kMaxKeepAliveSeconds = 32767;
constexpr uint32_t kMaxKeepAliveCount = 127;

std::unexpected<SocketError> Fail(SocketError error) { return std::unexpected(error); }

template <typename To>
SocketResult<To> As(SocketResult<int> value) {
  if (!value) return Fail(value.error());
  return static_cast<To>(*value);
}

int ToSeconds(uint64_t nanoseconds) {
  return static_cast<int>(
      std::clamp<uint64_t>(nanoseconds / kNanosPerSecond, 1, kMaxKeepAliveSeconds));
}

SocketResult<uint64_t> ToNanoseconds(SocketResult<int> seconds) {
  if (!seconds) return Fail(seconds.error());
  return static_cast<uint64_t>(*seconds) * kNanosPerSecond;
}

int ToBufferSize(uint64_t value) {
  // Linux doubles what it is given.
  return static_cast<int>(std::min<uint64_t>(value, INT_MAX / 2));
}

// [wasi:sockets/tcp.tcp-socket] "… reading the same setting back": the half is what was set.
SocketResult<uint64_t> FromBufferSize(SocketResult<int> doubled) {
  if (!doubled) return Fail(doubled.error());
  return static_cast<uint64_t>(*doubled) / 2;
}

}  // namespace

SocketError ToSocketError(Errno code) {
  switch (code) {
    case Errno::kAcces:
    case Errno::kPerm:
      return SocketError::kAccessDenied;
    case Errno::kNotsup:
    case Errno::kNoprotoopt:
    case Errno::kProtonosupport:
    case Errno::kPrototype:
    case Errno::kAfnosupport:
      return SocketError::kNotSupported;
    case Errno::kInval:
    case Errno::kDestaddrreq:
      return SocketError::kInvalidArgument;
    case Errno::kNomem:
    case Errno::kNobufs:
      return SocketError::kOutOfMemory;
    case Errno::kTimedout:
      return SocketError::kTimeout;
    case Errno::kAlready:
      return SocketError::kConcurrencyConflict;
    case Errno::kAgain:
      return SocketError::kWouldBlock;
    case Errno::kIsconn:
    case Errno::kNotconn:
      return SocketError::kInvalidState;
    case Errno::kMfile:
    case Errno::kNfile:
      return SocketError::kNewSocketLimit;
    case Errno::kAddrnotavail:
      return SocketError::kAddressNotBindable;
    case Errno::kAddrinuse:
      return SocketError::kAddressInUse;
    case Errno::kHostunreach:
    case Errno::kNetunreach:
    case Errno::kNetdown:
    case Errno::kNetreset:
      return SocketError::kRemoteUnreachable;
    case Errno::kConnrefused:
      return SocketError::kConnectionRefused;
    case Errno::kConnreset:
      return SocketError::kConnectionReset;
    case Errno::kConnaborted:
      return SocketError::kConnectionAborted;
    case Errno::kMsgsize:
      return SocketError::kDatagramTooLarge;
    case Errno::kPipe:
      return SocketError::kConnectionBroken;
    default:
      return SocketError::kUnknown;
  }
}

Errno NetworkErrno(int host_errno) {
  switch (host_errno) {
    case EHOSTDOWN:
    case ENONET:
      return Errno::kHostunreach;
    case ESOCKTNOSUPPORT:
    case EPFNOSUPPORT:
      return Errno::kNotsup;
    default:
      return FromHostErrno(host_errno);
  }
}

std::unexpected<SocketError> SocketFailure() { return Fail(ToSocketError(NetworkErrno(errno))); }

SocketResult<std::shared_ptr<SocketHandle>> SocketHandle::Open(IpFamily family, Kind kind,
                                                               std::shared_ptr<SocketOwner> owner) {
  std::shared_ptr<void> charge = owner->TakeSocket();
  if (charge == nullptr) return Fail(SocketError::kNewSocketLimit);
  const int domain = family == IpFamily::kIpv4 ? AF_INET : AF_INET6;
  const int type = (kind == Kind::kStream ? SOCK_STREAM : SOCK_DGRAM);
  UniqueFd fd(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return SocketFailure();
  // "On IPv6 sockets, IPV6_V6ONLY is enabled by default and can't be configured otherwise."
  const int on = 1;
  if (family == IpFamily::kIpv6 &&
      ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
    return SocketFailure();
  return std::make_shared<SocketHandle>(std::move(fd), family, std::move(owner), std::move(charge));
}

bool SocketHandle::Fits(const IpAddress& ip) const {
  return ip.family == family_ && !ip.is_ipv4_mapped() && !ip.is_ipv4_compatible();
}

bool SocketHandle::FitsRemote(const SocketAddress& address) const {
  return Fits(address.ip) && !address.ip.is_unspecified() && address.port != 0;
}

SocketStatus SocketHandle::Bind(const SocketAddress& address) const {
  sockaddr_storage storage;
  const socklen_t length = address.ToHost(storage);
  if (::bind(fd(), reinterpret_cast<const sockaddr*>(&storage), length) == 0) return {};
  if (errno == EAFNOSUPPORT) return Fail(SocketError::kInvalidArgument);
  return SocketFailure();
}

SocketResult<SocketAddress> SocketHandle::LocalAddress() const {
  sockaddr_storage storage = {};
  socklen_t length = sizeof storage;
  if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
    return SocketFailure();
  const auto address = SocketAddress::FromHost(storage);
  if (!address) return Fail(SocketError::kUnknown);
  return *address;
}

SocketResult<SocketAddress> SocketHandle::RemoteAddress() const {
  sockaddr_storage storage = {};
  socklen_t length = sizeof storage;
  if (::getpeername(fd(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
    return SocketFailure();
  const auto address = SocketAddress::FromHost(storage);
  if (!address) return Fail(SocketError::kUnknown);
  return *address;
}

SocketResult<int> SocketHandle::Option(int level, int name) const {
  int value = 0;
  socklen_t length = sizeof value;
  if (::getsockopt(fd(), level, name, &value, &length) != 0) return SocketFailure();
  return value;
}

SocketStatus SocketHandle::SetOption(int level, int name, int value) const {
  if (::setsockopt(fd(), level, name, &value, sizeof value) != 0) return SocketFailure();
  return {};
}

SocketResult<bool> SocketHandle::KeepAliveEnabled() const {
  return As<bool>(Option(SOL_SOCKET, SO_KEEPALIVE));
}
SocketStatus SocketHandle::SetKeepAliveEnabled(bool value) const {
  return SetOption(SOL_SOCKET, SO_KEEPALIVE, value ? 1 : 0);
}

SocketResult<uint64_t> SocketHandle::KeepAliveIdleTime() const {
  return ToNanoseconds(Option(IPPROTO_TCP, TCP_KEEPIDLE));
}
SocketStatus SocketHandle::SetKeepAliveIdleTime(uint64_t value) const {
  if (value == 0) return Fail(SocketError::kInvalidArgument);
  return SetOption(IPPROTO_TCP, TCP_KEEPIDLE, ToSeconds(value));
}

SocketResult<uint64_t> SocketHandle::KeepAliveInterval() const {
  return ToNanoseconds(Option(IPPROTO_TCP, TCP_KEEPINTVL));
}
SocketStatus SocketHandle::SetKeepAliveInterval(uint64_t value) const {
  if (value == 0) return Fail(SocketError::kInvalidArgument);
  return SetOption(IPPROTO_TCP, TCP_KEEPINTVL, ToSeconds(value));
}

SocketResult<uint32_t> SocketHandle::KeepAliveCount() const {
  return As<uint32_t>(Option(IPPROTO_TCP, TCP_KEEPCNT));
}
SocketStatus SocketHandle::SetKeepAliveCount(uint32_t value) const {
  if (value == 0) return Fail(SocketError::kInvalidArgument);
  return SetOption(IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(std::min(value, kMaxKeepAliveCount)));
}

SocketResult<uint8_t> SocketHandle::HopLimit() const {
  return As<uint8_t>(family_ == IpFamily::kIpv4 ? Option(IPPROTO_IP, IP_TTL)
                                                : Option(IPPROTO_IPV6, IPV6_UNICAST_HOPS));
}
SocketStatus SocketHandle::SetHopLimit(uint8_t value) const {
  if (value == 0) return Fail(SocketError::kInvalidArgument);
  return family_ == IpFamily::kIpv4 ? SetOption(IPPROTO_IP, IP_TTL, value)
                                    : SetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS, value);
}

SocketResult<uint64_t> SocketHandle::ReceiveBufferSize() const {
  return FromBufferSize(Option(SOL_SOCKET, SO_RCVBUF));
}
SocketStatus SocketHandle::SetReceiveBufferSize(uint64_t value) const {
  if (value == 0) return Fail(SocketError::kInvalidArgument);
  return SetOption(SOL_SOCKET, SO_RCVBUF, ToBufferSize(value));
}

SocketResult<uint64_t> SocketHandle::SendBufferSize() const {
  return FromBufferSize(Option(SOL_SOCKET, SO_SNDBUF));
}
SocketStatus SocketHandle::SetSendBufferSize(uint64_t value) const {
  if (value == 0) return Fail(SocketError::kInvalidArgument);
  return SetOption(SOL_SOCKET, SO_SNDBUF, ToBufferSize(value));
}

bool IsSocketReady(int fd, short events) {
  pollfd entry = {fd, events, 0};
  return ::poll(&entry, 1, 0) > 0;
}

bool SocketReadiness::ready() { return IsSocketReady(socket_->fd(), to_write_ ? POLLOUT : POLLIN); }

WaitHandle SocketReadiness::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  return to_write_ ? loop.WhenWritable(socket_->fd(), std::move(callback))
                   : loop.WhenReadable(socket_->fd(), std::move(callback));
}

}  // namespace trenail::wasi
