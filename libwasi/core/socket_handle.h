// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What TCP and UDP sockets have in common: errors, options, and whose they are. Each socket is
// non-blocking and of one family; IPv6 ones never speak IPv4. [wasi:sockets]

#ifndef TRENAIL_LIBWASI_CORE_SOCKET_HANDLE_H_
#define TRENAIL_LIBWASI_CORE_SOCKET_HANDLE_H_

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <utility>

#include "libwasi/core/errno.h"
#include "libwasi/core/ip_address.h"
#include "libwasi/core/unique_fd.h"
#include "libwasi/core/waitable.h"

namespace trenail::wasi {

// In the order of WASI 0.2 [wasi:sockets/network.error-code]; 0.3 has most of them, and the last.
enum class SocketError : uint8_t {
  kUnknown,
  kAccessDenied,
  kNotSupported,
  kInvalidArgument,
  kOutOfMemory,
  kTimeout,
  kConcurrencyConflict,
  kNotInProgress,
  kWouldBlock,
  kInvalidState,
  kNewSocketLimit,
  kAddressNotBindable,
  kAddressInUse,
  kRemoteUnreachable,
  kConnectionRefused,
  kConnectionReset,
  kConnectionAborted,
  kDatagramTooLarge,
  kNameUnresolvable,
  kTemporaryResolverFailure,
  kPermanentResolverFailure,
  kConnectionBroken,
};

template <typename T>
using SocketResult = std::expected<T, SocketError>;
using SocketStatus = SocketResult<void>;

SocketError ToSocketError(Errno code);
// Of the calling thread's errno, ready to be returned.
std::unexpected<SocketError> SocketFailure();
// The same for streams, which have the codes of all of WASI: what is only known to the network goes
// to its nearest.
Errno NetworkErrno(int host_errno);

// What an address is used for.
enum class SocketUse : uint8_t {
  kTcpBind,
  kTcpListen,  // the address that was asked for, so the port may be 0
  kTcpConnect,
  kUdpBind,
  kUdpOpen,  // to receive from anyone at this address; else each sender is asked for
  kUdpConnect,
  kUdpSend,
  kUdpReceive,
};

// On whose behalf sockets are opened.
class SocketOwner {
 public:
  virtual ~SocketOwner() = default;
  // Asked before anything reaches the network.
  virtual bool Permits(SocketUse use, const SocketAddress& address) = 0;
  // For one more socket; what is returned is kept for as long as the socket. Null: there are too
  // many.
  virtual std::shared_ptr<void> TakeSocket() = 0;
  // Calls `then` once, when writing to the descriptor would not block, and not after the owner's
  // end. False where it cannot be waited for.
  virtual bool WhenWritable(int fd, std::function<void()> then) = 0;
};

class SocketHandle {
 public:
  enum class Kind : uint8_t { kStream, kDatagram };

  static SocketResult<std::shared_ptr<SocketHandle>> Open(IpFamily family, Kind kind,
                                                          std::shared_ptr<SocketOwner> owner);
  // One that is open already.
  SocketHandle(UniqueFd fd, IpFamily family, std::shared_ptr<SocketOwner> owner,
               std::shared_ptr<void> charge)
      : fd_(std::move(fd)), family_(family), owner_(std::move(owner)), charge_(std::move(charge)) {}

  int fd() const { return fd_.get(); }
  IpFamily family() const { return family_; }
  SocketOwner& owner() const { return *owner_; }
  const std::shared_ptr<SocketOwner>& shared_owner() const { return owner_; }

  // Of the socket's family, and no IPv4 in the guise of IPv6.
  bool Fits(const IpAddress& ip) const;
  // That, and somewhere.
  bool FitsRemote(const SocketAddress& address) const;

  SocketStatus Bind(const SocketAddress& address) const;
  SocketResult<SocketAddress> LocalAddress() const;
  SocketResult<SocketAddress> RemoteAddress() const;

  // Times are in nanoseconds; sizes, times and counts are rounded and clamped, but 0 is refused.
  SocketResult<bool> KeepAliveEnabled() const;
  SocketStatus SetKeepAliveEnabled(bool value) const;
  SocketResult<uint64_t> KeepAliveIdleTime() const;
  SocketStatus SetKeepAliveIdleTime(uint64_t value) const;
  SocketResult<uint64_t> KeepAliveInterval() const;
  SocketStatus SetKeepAliveInterval(uint64_t value) const;
  SocketResult<uint32_t> KeepAliveCount() const;
  SocketStatus SetKeepAliveCount(uint32_t value) const;
  SocketResult<uint8_t> HopLimit() const;
  SocketStatus SetHopLimit(uint8_t value) const;
  SocketResult<uint64_t> ReceiveBufferSize() const;
  SocketStatus SetReceiveBufferSize(uint64_t value) const;
  SocketResult<uint64_t> SendBufferSize() const;
  SocketStatus SetSendBufferSize(uint64_t value) const;

 private:
  SocketResult<int> Option(int level, int name) const;
  SocketStatus SetOption(int level, int name, int value) const;

  const UniqueFd fd_;
  const IpFamily family_;
  const std::shared_ptr<SocketOwner> owner_;
  const std::shared_ptr<void> charge_;
};

// Whether one of the events of poll(2) is there, or an error, or the end.
bool IsSocketReady(int fd, short events);

// Ready when the socket is readable or writable.
class SocketReadiness final : public Waitable {
 public:
  SocketReadiness(std::shared_ptr<SocketHandle> socket, bool to_write)
      : socket_(std::move(socket)), to_write_(to_write) {}
  bool ready() override;
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;

 private:
  const std::shared_ptr<SocketHandle> socket_;
  const bool to_write_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_SOCKET_HANDLE_H_
