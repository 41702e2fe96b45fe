// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A connection's descriptor is ours alone and does not block: what can be read or written is found
// out by trying.

#include "libwasi/core/tcp_stream.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace trenail::wasi {
namespace {

constexpr size_t kReadSize = 64 * 1024;

StreamEnd Failed() { return StreamEnd::Failed(NetworkErrno(errno)); }

}  // namespace

StreamResult<std::vector<uint8_t>> TcpInput::Read(size_t max) {
  if (end_) return std::unexpected(*end_);
  if (max == 0) return std::vector<uint8_t>();
  // No more memory than for what is there, or for finding out that nothing is.
  int available = 0;
  if (::ioctl(socket_->fd(), FIONREAD, &available) != 0 || available < 1) available = 1;
  std::vector<uint8_t> bytes(std::min({max, kReadSize, static_cast<size_t>(available)}));
  ssize_t size;
  do {
    size = ::recv(socket_->fd(), bytes.data(), bytes.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::vector<uint8_t>();
  if (size <= 0) {
    end_ = size == 0 ? StreamEnd::Closed() : Failed();
    return std::unexpected(*end_);
  }
  bytes.resize(static_cast<size_t>(size));
  return bytes;
}

bool TcpInput::ready() { return end_ || IsSocketReady(socket_->fd(), POLLIN); }

WaitHandle TcpInput::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  if (end_) return loop.At(0, std::move(callback));
  return loop.WhenReadable(socket_->fd(), std::move(callback));
}

SocketStatus TcpInput::Shutdown() {
  if (end_) return {};
  // Whoever waits is woken by it too.
  const bool done = ::shutdown(socket_->fd(), SHUT_RD) == 0;
  const SocketStatus failure = done ? SocketStatus() : SocketFailure();
  end_ = StreamEnd::Closed();
  return failure;
}

StreamResult<size_t> TcpOutput::CheckWrite() {
  if (end_) return std::unexpected(*end_);
  if (closed_) return std::unexpected(StreamEnd::Closed());
  if (flushing_ && !buffer_.empty()) return 0;
  return kBufferSize - buffer_.size();
}

StreamResult<void> TcpOutput::Write(std::span<const uint8_t> bytes) {
  if (end_) return std::unexpected(*end_);
  if (closed_) return std::unexpected(StreamEnd::Closed());
  if (buffer_.empty()) bytes = bytes.subspan(Send(bytes));
  if (end_) return std::unexpected(*end_);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  if (!buffer_.empty()) SendLater();
  return {};
}

StreamResult<void> TcpOutput::Flush() {
  if (end_) return std::unexpected(*end_);
  flushing_ = !buffer_.empty();
  return {};
}

bool TcpOutput::ready() {
  return end_ || closed_ || buffer_.empty() || (!flushing_ && buffer_.size() < kBufferSize);
}

WaitHandle TcpOutput::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  if (ready()) return loop.At(0, std::move(callback));
  return changed_.WhenNotified(std::move(callback));
}

SocketStatus TcpOutput::Shutdown() {
  if (std::exchange(closed_, true) || end_) return {};
  SocketStatus result;
  if (buffer_.empty() && ::shutdown(socket_->fd(), SHUT_WR) != 0) result = SocketFailure();
  changed_.Notify();
  return result;
}

size_t TcpOutput::Send(std::span<const uint8_t> bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t sent =
        ::send(socket_->fd(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent >= 0) {
      done += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      end_ = errno == EPIPE ? StreamEnd::Closed() : Failed();
      break;
    }
  }
  return done;
}

void TcpOutput::SendLater() {
  if (waiting_) return;
  waiting_ = socket_->owner().WhenWritable(socket_->fd(),
                                           [self = shared_from_this()] { self->OnWritable(); });
  if (waiting_) return;
  end_ = StreamEnd::Failed(Errno::kIo);
  buffer_.clear();
}

void TcpOutput::OnWritable() {
  waiting_ = false;
  const size_t sent = Send(buffer_);
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(sent));
  if (end_) buffer_.clear();
  if (!buffer_.empty()) {
    SendLater();
  } else {
    flushing_ = false;
    if (closed_ && !end_) (void)::shutdown(socket_->fd(), SHUT_WR);
  }
  changed_.Notify();
}

}  // namespace trenail::wasi
