// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Buffers are locked: the threads of a guest share their standard streams.

#include "libwasi/core/stdio.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace trenail::wasi {
namespace {

FileType StreamType(int fd) {
  struct stat status;
  if (::fstat(fd, &status) != 0) return FileType::kUnknown;
  FileType type = FileTypeOf(fd, status);
  if (type == FileType::kCharacterDevice && ::isatty(fd) == 0) return FileType::kUnknown;
  return type;
}

uint16_t StreamFlags(int fd) {
  int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_APPEND) != 0 ? FdFlags::kAppend : uint16_t{0};
}

}  // namespace

BorrowedStream::BorrowedStream(int host_fd)
    : File(UniqueFd(host_fd), StreamType(host_fd), StreamFlags(host_fd), /*read_only=*/false) {}

BorrowedStream::~BorrowedStream() { ReleaseFd(); }

IoResult<size_t> InputBuffer::Read(IoVectors buffers, const Interrupt*) {
  std::lock_guard lock(mutex_);
  size_t total = 0;
  for (const iovec& buffer : buffers) {
    size_t part = std::min(buffer.iov_len, content_.size() - position_);
    if (part == 0) continue;
    std::memcpy(buffer.iov_base, content_.data() + position_, part);
    position_ += part;
    total += part;
  }
  return total;
}

PollSource InputBuffer::poll_source() const {
  std::lock_guard lock(mutex_);
  return {.readable_bytes = content_.size() - position_};
}

IoResult<size_t> OutputBuffer::Write(IoVectors buffers, const Interrupt*) {
  std::lock_guard lock(mutex_);
  size_t total = 0;
  for (const iovec& buffer : buffers) {
    size_t part = std::min(buffer.iov_len, limit_ - content_.size());
    content_.append(static_cast<const char*>(buffer.iov_base), part);
    total += part;
    if (part < buffer.iov_len) break;
  }
  if (total == 0 && TotalLength(buffers) > 0) return std::unexpected(Errno::kNospc);
  return total;
}

std::string OutputBuffer::content() const {
  std::lock_guard lock(mutex_);
  return content_;
}

IoResult<size_t> NullStream::Read(IoVectors, const Interrupt*) { return 0; }
IoResult<size_t> NullStream::Write(IoVectors buffers, const Interrupt*) {
  return TotalLength(buffers);
}

}  // namespace trenail::wasi
