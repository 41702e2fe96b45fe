// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pipe or terminal that polls as writable takes PIPE_BUF bytes without blocking, so longer writes
// go in pieces of that size with a look at the interrupt between them.

#include "libwasi/core/host_io.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "libwasi/core/clocks.h"

namespace trenail::wasi {
namespace {

constexpr size_t kMaxTransfer = 0x7ffff000;  // what read(2) and write(2) move at most
constexpr uint64_t kNanosPerMilli = 1'000'000;
constexpr uint64_t kNanosPerSecond = 1'000'000'000;
constexpr uint64_t kSliceWithoutEvent = 20 * kNanosPerMilli;

Timestamp ToTimestamp(const timespec& time) {
  return {time.tv_sec, static_cast<uint32_t>(time.tv_nsec)};
}

// Writing to a pipe without a reader must be an error for the guest, not a signal for the host, and
// a library cannot decide what the process does with signals: the signal is held back on this
// thread while it writes, and taken away if it came.
class SigpipeHeldBack {
 public:
  SigpipeHeldBack() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &old_mask_);
  }
  ~SigpipeHeldBack() {
    if (failed_ && !was_pending_) {
      timespec zero = {};
      while (sigtimedwait(&sigpipe_, nullptr, &zero) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
  }
  void set_failed() { failed_ = true; }

 private:
  sigset_t sigpipe_;
  sigset_t old_mask_;
  bool was_pending_ = false;
  bool failed_ = false;
};

}  // namespace

int VectorCount(IoVectors buffers) {
  return static_cast<int>(std::min<size_t>(buffers.size(), IOV_MAX));
}

size_t TotalLength(IoVectors buffers) {
  size_t total = 0;
  for (const iovec& buffer : buffers) {
    total += std::min(buffer.iov_len, kMaxTransfer - total);
  }
  return total;
}

IoResult<int> WaitForAny(std::span<pollfd> entries, uint64_t deadline, const Interrupt* interrupt) {
  std::vector<pollfd> watched(entries.begin(), entries.end());
  bool has_event = interrupt != nullptr && interrupt->fd() >= 0;
  if (has_event) watched.push_back({interrupt->fd(), POLLIN, 0});
  for (;;) {
    uint64_t now = MonotonicNow();
    uint64_t until = deadline;
    if (interrupt != nullptr) {
      if (interrupt->IsDue()) return std::unexpected(Errno::kCanceled);
      until = std::min(until, interrupt->deadline());
      if (!has_event) until = std::min(until, now + kSliceWithoutEvent);
    }
    timespec timeout = {};
    if (until != Interrupt::kNoDeadline && until > now) {
      timeout.tv_sec = static_cast<time_t>((until - now) / kNanosPerSecond);
      timeout.tv_nsec = static_cast<long>((until - now) % kNanosPerSecond);
    }
    int ready = ::ppoll(watched.data(), watched.size(),
                        until == Interrupt::kNoDeadline ? nullptr : &timeout, nullptr);
    if (ready < 0) {
      if (errno == EINTR) continue;
      return HostFailure();
    }
    if (interrupt != nullptr && interrupt->IsDue()) return std::unexpected(Errno::kCanceled);
    if (ready > 0) {
      for (size_t i = 0; i < entries.size(); ++i) entries[i].revents = watched[i].revents;
      return ready;
    }
    if (deadline != Interrupt::kNoDeadline && MonotonicNow() >= deadline) {
      for (pollfd& entry : entries) entry.revents = 0;
      return 0;
    }
  }
}

IoResult<short> WaitUntilReady(int fd, short events, bool nonblock, const Interrupt* interrupt) {
  pollfd entry = {fd, events, 0};
  IoResult<int> ready = WaitForAny({&entry, 1}, nonblock ? 0 : Interrupt::kNoDeadline, interrupt);
  if (!ready) return std::unexpected(ready.error());
  if (*ready == 0) return std::unexpected(Errno::kAgain);
  if ((entry.revents & POLLNVAL) != 0) return std::unexpected(Errno::kBadf);
  return entry.revents;
}

IoResult<size_t> HostRead(int fd, IoVectors buffers, HostIoMode mode, const Interrupt* interrupt) {
  if (mode.may_block && TotalLength(buffers) == 0) return 0;
  for (;;) {
    if (mode.may_block) {
      IoResult<short> ready = WaitUntilReady(fd, POLLIN, mode.nonblock, interrupt);
      if (!ready) return std::unexpected(ready.error());
    }
    ssize_t result = ::readv(fd, buffers.data(), VectorCount(buffers));
    if (result >= 0) return static_cast<size_t>(result);
    if (errno == EINTR || (errno == EAGAIN && mode.may_block && !mode.nonblock)) continue;
    return HostFailure();
  }
}

IoResult<size_t> HostWrite(int fd, IoVectors buffers, HostIoMode mode, const Interrupt* interrupt) {
  if (!mode.may_block) {
    for (;;) {
      ssize_t result = ::writev(fd, buffers.data(), VectorCount(buffers));
      if (result >= 0) return static_cast<size_t>(result);
      if (errno != EINTR) return HostFailure();
    }
  }
  SigpipeHeldBack held_back;
  size_t written = 0;
  auto ended = [&](Errno error) -> IoResult<size_t> {
    if (written > 0 && error != Errno::kCanceled) return written;
    return std::unexpected(error);
  };
  for (const iovec& buffer : buffers) {
    auto* bytes = static_cast<const uint8_t*>(buffer.iov_base);
    size_t left = std::min(buffer.iov_len, kMaxTransfer - written);
    while (left > 0) {
      IoResult<short> ready = WaitUntilReady(fd, POLLOUT, mode.nonblock, interrupt);
      if (!ready) return ended(ready.error());
      ssize_t result = ::write(fd, bytes, std::min<size_t>(left, PIPE_BUF));
      if (result < 0) {
        if (errno == EINTR || (errno == EAGAIN && !mode.nonblock)) continue;
        if (errno == EPIPE) held_back.set_failed();
        return ended(FromHostErrno(errno));
      }
      written += static_cast<size_t>(result);
      bytes += result;
      left -= static_cast<size_t>(result);
    }
  }
  return written;
}

FileType FileTypeOf(int fd, const struct stat& status) {
  switch (status.st_mode & S_IFMT) {
    case S_IFREG:
      return FileType::kRegularFile;
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFLNK:
      return FileType::kSymbolicLink;
    case S_IFCHR:
      return FileType::kCharacterDevice;
    case S_IFBLK:
      return FileType::kBlockDevice;
    case S_IFIFO:
      return FileType::kFifo;
    case S_IFSOCK: {
      int type = 0;
      socklen_t length = sizeof(type);
      bool known = fd >= 0 && ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
      return known && type == SOCK_DGRAM ? FileType::kSocketDatagram : FileType::kSocketStream;
    }
    default:
      return FileType::kUnknown;
  }
}

FileStat ToFileStat(int fd, const struct stat& status) {
  return {
      .device = status.st_dev,
      .inode = status.st_ino,
      .type = FileTypeOf(fd, status),
      .link_count = status.st_nlink,
      .size = static_cast<uint64_t>(status.st_size),
      .access_time = ToTimestamp(status.st_atim),
      .modification_time = ToTimestamp(status.st_mtim),
      .change_time = ToTimestamp(status.st_ctim),
  };
}

}  // namespace trenail::wasi
