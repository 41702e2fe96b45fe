// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every call asks poll(2) first and then uses MSG_DONTWAIT, so that nothing blocks without looking
// at the interrupt.

#include "libwasi/core/sockets.h"

#include <limits.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "libwasi/core/clocks.h"
#include "libwasi/core/host_io.h"

namespace trenail::wasi {
namespace {

constexpr uint64_t kPeekPause = 5'000'000;  // nanoseconds

FileType SocketType(int fd) {
  int type = 0;
  socklen_t length = sizeof(type);
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return FileType::kUnknown;
  return type == SOCK_DGRAM ? FileType::kSocketDatagram : FileType::kSocketStream;
}

// The buffers behind the first `bytes` of them.
std::vector<iovec> Remaining(IoVectors buffers, size_t bytes) {
  std::vector<iovec> rest;
  for (const iovec& buffer : buffers) {
    size_t skipped = std::min(bytes, buffer.iov_len);
    bytes -= skipped;
    if (skipped == buffer.iov_len) continue;
    if (rest.size() == IOV_MAX) break;
    rest.push_back({static_cast<uint8_t*>(buffer.iov_base) + skipped, buffer.iov_len - skipped});
  }
  return rest;
}

msghdr MessageHeader(std::vector<iovec>& vectors) {
  msghdr message = {};
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  return message;
}

}  // namespace

Socket::Socket(UniqueFd fd, uint16_t flags)
    : Descriptor(SocketType(fd.get())), fd_(std::move(fd)), flags_(flags) {}

bool Socket::is_listening() const {
  int listening = 0;
  socklen_t length = sizeof(listening);
  return ::getsockopt(fd_.get(), SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 &&
         listening != 0;
}

IoResult<std::shared_ptr<Socket>> Socket::Accept(uint16_t flags, const Interrupt* interrupt) {
  if ((flags & ~FdFlags::kNonblock) != 0) return std::unexpected(Errno::kInval);
  if (!is_listening()) return std::unexpected(Errno::kInval);
  // The wait makes accept4 return at once, except when the connection is gone again by then: the
  // listener may be shared with other processes, so its O_NONBLOCK is not ours to set.
  IoResult<short> ready = WaitUntilReady(fd_.get(), POLLIN, nonblock(), interrupt);
  if (!ready) return std::unexpected(ready.error());
  for (;;) {
    UniqueFd accepted(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (accepted.valid()) return std::make_shared<Socket>(std::move(accepted), flags);
    if (errno != EINTR) return HostFailure();
  }
}

IoResult<Received> Socket::Receive(IoVectors buffers, ReceiveOptions options,
                                   const Interrupt* interrupt) {
  size_t wanted = TotalLength(buffers);
  bool is_stream = type() == FileType::kSocketStream;
  if (wanted == 0 && is_stream) return Received{};
  bool fills = options.wait_all && is_stream && !nonblock();
  Received received;
  for (;;) {
    IoResult<short> ready = WaitUntilReady(fd_.get(), POLLIN, nonblock(), interrupt);
    if (!ready) return std::unexpected(ready.error());
    std::vector<iovec> rest = Remaining(buffers, options.peek ? 0 : received.bytes);
    msghdr message = MessageHeader(rest);
    ssize_t result = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | (options.peek ? MSG_PEEK : 0));
    if (result < 0) {
      if (errno == EINTR || (errno == EAGAIN && !nonblock())) continue;
      if (received.bytes > 0) return received;
      return HostFailure();
    }
    size_t bytes = static_cast<size_t>(result);
    bool no_progress = options.peek ? bytes == received.bytes : bytes == 0;
    received.bytes = options.peek ? bytes : received.bytes + bytes;
    received.truncated = (message.msg_flags & MSG_TRUNC) != 0;
    if (!fills || received.bytes >= wanted || bytes == 0) return received;
    if (options.peek && no_progress) {
      // Data that is only looked at stays readable, so poll cannot tell when there is more.
      IoResult<int> paused = WaitForAny({}, MonotonicAfter(kPeekPause), interrupt);
      if (!paused) return std::unexpected(paused.error());
      pollfd entry = {fd_.get(), POLLIN | POLLRDHUP, 0};
      if (::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLRDHUP)) != 0) return received;
    }
  }
}

IoResult<size_t> Socket::Send(IoVectors buffers, const Interrupt* interrupt) {
  size_t wanted = TotalLength(buffers);
  bool is_stream = type() == FileType::kSocketStream;
  if (wanted == 0 && is_stream) return 0;
  size_t sent = 0;
  for (;;) {
    IoResult<short> ready = WaitUntilReady(fd_.get(), POLLOUT, nonblock(), interrupt);
    if (!ready) {
      if (sent > 0 && ready.error() == Errno::kAgain) return sent;
      return std::unexpected(ready.error());
    }
    std::vector<iovec> rest = Remaining(buffers, sent);
    msghdr message = MessageHeader(rest);
    ssize_t result = ::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (result < 0) {
      if (errno == EINTR || (errno == EAGAIN && !nonblock())) continue;
      if (sent > 0) return sent;
      return HostFailure();
    }
    sent += static_cast<size_t>(result);
    if (!is_stream || sent >= wanted) return sent;
  }
}

IoStatus Socket::Shutdown(bool receiving, bool sending) {
  if (!receiving && !sending) return std::unexpected(Errno::kInval);
  int how = receiving && sending ? SHUT_RDWR : receiving ? SHUT_RD : SHUT_WR;
  if (::shutdown(fd_.get(), how) != 0) return HostFailure();
  return {};
}

IoResult<size_t> Socket::Read(IoVectors buffers, const Interrupt* interrupt) {
  IoResult<Received> received = Receive(buffers, {}, interrupt);
  if (!received) return std::unexpected(received.error());
  return received->bytes;
}

IoResult<size_t> Socket::Write(IoVectors buffers, const Interrupt* interrupt) {
  return Send(buffers, interrupt);
}

IoResult<FileStat> Socket::Stat() {
  struct stat status;
  if (::fstat(fd_.get(), &status) != 0) return HostFailure();
  return ToFileStat(fd_.get(), status);
}

IoStatus Socket::SetFlags(uint16_t new_flags) {
  if ((new_flags & ~FdFlags::kNonblock) != 0) return std::unexpected(Errno::kNotsup);
  flags_.store(new_flags);
  return {};
}

}  // namespace trenail::wasi
