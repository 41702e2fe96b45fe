// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The transitions. A method of a wrong state changes nothing.

#include "libwasi/core/tcp_socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "libwasi/core/tcp_stream.h"

namespace trenail::wasi {
namespace {

constexpr int kDefaultBacklog = 128;

std::unexpected<SocketError> Fail(SocketError error) { return std::unexpected(error); }

// Linux has no code of its own for a connection that finds no port of this side free.
SocketError ConnectError(int host_errno) {
  if (host_errno == EADDRNOTAVAIL) return SocketError::kAddressInUse;
  if (host_errno == EAFNOSUPPORT) return SocketError::kInvalidArgument;
  return ToSocketError(NetworkErrno(host_errno));
}

// [man accept(2)] "Linux accept() passes already-pending network errors on the new socket as an
// error code from accept()": to the listener they mean that a connection has come to nothing.
SocketError AcceptError(int host_errno) {
  switch (host_errno) {
    case ECONNABORTED:
    case ECONNRESET:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ETIMEDOUT:
    case EPERM:
      return SocketError::kConnectionAborted;
    default:
      return ToSocketError(NetworkErrno(host_errno));
  }
}

}  // namespace

TcpSocket::TcpSocket(std::shared_ptr<SocketHandle> handle, State state)
    : handle_(std::move(handle)), state_(state), backlog_(kDefaultBacklog) {
  if (state_ == State::kConnected) Connected();
}
TcpSocket::~TcpSocket() = default;

SocketResult<std::shared_ptr<TcpSocket>> TcpSocket::Create(IpFamily family,
                                                           std::shared_ptr<SocketOwner> owner) {
  auto handle = SocketHandle::Open(family, SocketHandle::Kind::kStream, std::move(owner));
  if (!handle) return Fail(handle.error());
  return std::make_shared<TcpSocket>(*std::move(handle), State::kUnbound);
}

bool TcpSocket::in_progress() const {
  return state_ == State::kBindInProgress || state_ == State::kListenInProgress ||
         state_ == State::kConnectInProgress;
}

std::unexpected<SocketError> TcpSocket::WrongState() const {
  return Fail(in_progress() ? SocketError::kConcurrencyConflict : SocketError::kInvalidState);
}

void TcpSocket::AllowReuse(bool allow) {
  const int value = allow ? 1 : 0;
  (void)::setsockopt(handle_->fd(), SOL_SOCKET, SO_REUSEADDR, &value, sizeof value);
}

SocketStatus TcpSocket::StartBind(const SocketAddress& local) {
  if (!handle_->Fits(local.ip) || !local.ip.is_unicast())
    return Fail(SocketError::kInvalidArgument);
  if (state_ != State::kUnbound) return WrongState();
  if (!handle_->owner().Permits(SocketUse::kTcpBind, local))
    return Fail(SocketError::kAccessDenied);
  // "this bind operation shouldn't be affected by the TIME_WAIT state", for which the sockets of
  // both times must allow reuse. But two that do and are only bound would share the address, so it
  // is allowed where the address is taken, and to those who come later once this socket is in use.
  SocketStatus bound = handle_->Bind(local);
  if (!bound && bound.error() == SocketError::kAddressInUse && local.port != 0) {
    AllowReuse(true);
    bound = handle_->Bind(local);
    AllowReuse(false);
  }
  if (!bound) return bound;
  bound_to_ = local;
  state_ = State::kBindInProgress;
  return {};
}

SocketStatus TcpSocket::FinishBind() {
  if (state_ != State::kBindInProgress) return Fail(SocketError::kNotInProgress);
  state_ = State::kBound;
  return {};
}

SocketStatus TcpSocket::Bind(const SocketAddress& local) {
  if (SocketStatus started = StartBind(local); !started) return started;
  return FinishBind();
}

SocketStatus TcpSocket::StartConnect(const SocketAddress& remote) {
  if (state_ != State::kUnbound && state_ != State::kBound) return WrongState();
  if (!handle_->FitsRemote(remote) || !remote.ip.is_unicast())
    return Fail(SocketError::kInvalidArgument);
  if (!handle_->owner().Permits(SocketUse::kTcpConnect, remote))
    return Fail(SocketError::kAccessDenied);
  AllowReuse(true);
  sockaddr_storage storage;
  const socklen_t length = remote.ToHost(storage);
  if (::connect(handle_->fd(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 &&
      errno != EINPROGRESS && errno != EINTR) {
    state_ = State::kClosed;
    return Fail(ConnectError(errno));
  }
  state_ = State::kConnectInProgress;
  return {};
}

SocketStatus TcpSocket::FinishConnect() {
  if (state_ != State::kConnectInProgress) return Fail(SocketError::kNotInProgress);
  if (!IsSocketReady(handle_->fd(), POLLOUT)) return Fail(SocketError::kWouldBlock);
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(handle_->fd(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error != 0) {
    state_ = State::kClosed;
    return Fail(ConnectError(error));
  }
  Connected();
  return {};
}

void TcpSocket::AbortConnect() {
  if (state_ != State::kConnectInProgress) return;
  (void)::shutdown(handle_->fd(), SHUT_RDWR);
  state_ = State::kClosed;
}

void TcpSocket::Connected() {
  state_ = State::kConnected;
  input_ = std::make_shared<TcpInput>(handle_);
  output_ = std::make_shared<TcpOutput>(handle_);
}

SocketStatus TcpSocket::StartListen() {
  if (state_ != State::kBound) return WrongState();
  if (!handle_->owner().Permits(SocketUse::kTcpListen, bound_to_))
    return Fail(SocketError::kAccessDenied);
  AllowReuse(true);
  if (::listen(handle_->fd(), backlog_) != 0) {
    state_ = State::kClosed;
    return SocketFailure();
  }
  state_ = State::kListenInProgress;
  return {};
}

SocketStatus TcpSocket::FinishListen() {
  if (state_ != State::kListenInProgress) return Fail(SocketError::kNotInProgress);
  state_ = State::kListening;
  return {};
}

SocketStatus TcpSocket::Listen() {
  if (state_ == State::kUnbound) {
    const SocketAddress any = SocketAddress::Any(family());
    if (!handle_->owner().Permits(SocketUse::kTcpListen, any))
      return Fail(SocketError::kAccessDenied);
    if (SocketStatus bound = Bind(any); !bound) return bound;
  }
  if (SocketStatus started = StartListen(); !started) return started;
  return FinishListen();
}

SocketResult<std::shared_ptr<TcpSocket>> TcpSocket::Accept() {
  if (state_ != State::kListening) return Fail(SocketError::kInvalidState);
  // First, as what has been accepted cannot be put back.
  std::shared_ptr<void> charge = handle_->owner().TakeSocket();
  if (charge == nullptr) return Fail(SocketError::kNewSocketLimit);
  for (;;) {
    UniqueFd fd(::accept4(handle_->fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      auto accepted = std::make_shared<SocketHandle>(std::move(fd), family(),
                                                     handle_->shared_owner(), std::move(charge));
      return std::make_shared<TcpSocket>(std::move(accepted), State::kConnected);
    }
    if (errno != EINTR) return Fail(AcceptError(errno));
  }
}

SocketStatus TcpSocket::Shutdown(bool receiving, bool sending) {
  if (state_ != State::kConnected) return Fail(SocketError::kInvalidState);
  SocketStatus result;
  if (receiving) result = input_->Shutdown();
  if (sending) {
    if (SocketStatus sent = output_->Shutdown(); !sent) result = sent;
  }
  return result;
}

SocketResult<SocketAddress> TcpSocket::LocalAddress() const {
  if (!bound()) return Fail(SocketError::kInvalidState);
  return handle_->LocalAddress();
}

SocketResult<SocketAddress> TcpSocket::RemoteAddress() const {
  if (state_ != State::kConnected) return Fail(SocketError::kInvalidState);
  return handle_->RemoteAddress();
}

SocketStatus TcpSocket::SetListenBacklogSize(uint64_t value) {
  if (value == 0) return Fail(SocketError::kInvalidArgument);
  if (state_ == State::kConnectInProgress || state_ == State::kConnected ||
      state_ == State::kClosed)
    return Fail(SocketError::kInvalidState);
  backlog_ = static_cast<int>(std::min<uint64_t>(value, INT_MAX));
  const bool listens = state_ == State::kListenInProgress || state_ == State::kListening;
  if (listens && ::listen(handle_->fd(), backlog_) != 0) return SocketFailure();
  return {};
}

SocketResult<const SocketHandle*> TcpSocket::Options() const {
  if (state_ == State::kClosed) return Fail(SocketError::kInvalidState);
  return handle_.get();
}

std::shared_ptr<InputStream> TcpSocket::input() const { return input_; }
std::shared_ptr<OutputStream> TcpSocket::output() const { return output_; }

bool TcpSocket::ready() {
  if (state_ == State::kConnectInProgress) return IsSocketReady(handle_->fd(), POLLOUT);
  if (state_ == State::kListening) return IsSocketReady(handle_->fd(), POLLIN);
  return true;
}

WaitHandle TcpSocket::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  if (state_ == State::kConnectInProgress)
    return loop.WhenWritable(handle_->fd(), std::move(callback));
  if (state_ == State::kListening) return loop.WhenReadable(handle_->fd(), std::move(callback));
  return loop.At(0, std::move(callback));
}

}  // namespace trenail::wasi
