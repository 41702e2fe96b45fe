// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files: the host's own semantics, with offsets and lengths checked where the host's types are
// signed.

#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "libwasi/core/filesystem.h"
#include "libwasi/core/time_change.h"

namespace trenail::wasi {
namespace {

constexpr uint64_t kMaxOffset = std::numeric_limits<off_t>::max();

bool MayBlock(FileType type) {
  return type != FileType::kRegularFile && type != FileType::kDirectory &&
         type != FileType::kBlockDevice;
}

}  // namespace

File::File(UniqueFd fd, FileType type, uint16_t flags, bool read_only)
    : Descriptor(type),
      fd_(std::move(fd)),
      flags_(flags),
      read_only_(read_only),
      may_block_(MayBlock(type)) {}

HostIoMode File::mode() const {
  return {.may_block = may_block_, .nonblock = (flags() & FdFlags::kNonblock) != 0};
}

IoResult<size_t> File::Read(IoVectors buffers, const Interrupt* interrupt) {
  return HostRead(fd(), buffers, mode(), interrupt);
}

IoResult<size_t> File::Write(IoVectors buffers, const Interrupt* interrupt) {
  if (read_only_) return std::unexpected(Errno::kRofs);
  return HostWrite(fd(), buffers, mode(), interrupt);
}

IoResult<size_t> File::ReadAt(IoVectors buffers, uint64_t offset) {
  if (offset > kMaxOffset) return std::unexpected(Errno::kInval);
  for (;;) {
    ssize_t result =
        ::preadv(fd(), buffers.data(), VectorCount(buffers), static_cast<off_t>(offset));
    if (result >= 0) return static_cast<size_t>(result);
    if (errno != EINTR) return HostFailure();
  }
}

IoResult<size_t> File::WriteAt(IoVectors buffers, uint64_t offset) {
  if (read_only_) return std::unexpected(Errno::kRofs);
  if (offset > kMaxOffset) return std::unexpected(Errno::kInval);
  for (;;) {
    ssize_t result =
        ::pwritev(fd(), buffers.data(), VectorCount(buffers), static_cast<off_t>(offset));
    if (result >= 0) return static_cast<size_t>(result);
    if (errno != EINTR) return HostFailure();
  }
}

IoResult<size_t> File::Append(IoVectors buffers) {
  if (read_only_) return std::unexpected(Errno::kRofs);
  for (;;) {
    const ssize_t result = ::pwritev2(fd(), buffers.data(), VectorCount(buffers), 0, RWF_APPEND);
    if (result >= 0) return static_cast<size_t>(result);
    if (errno == EOPNOTSUPP || errno == ENOSYS) break;
    if (errno != EINTR) return HostFailure();
  }
  // Not where others append at the same time, but there is nothing better.
  struct stat status;
  if (::fstat(fd(), &status) != 0) return HostFailure();
  return WriteAt(buffers, static_cast<uint64_t>(status.st_size));
}

IoResult<uint64_t> File::Seek(int64_t delta, Whence whence) {
  int host_whence = whence == Whence::kSet       ? SEEK_SET
                    : whence == Whence::kCurrent ? SEEK_CUR
                                                 : SEEK_END;
  off_t offset = ::lseek(fd(), delta, host_whence);
  if (offset < 0) return HostFailure();
  return static_cast<uint64_t>(offset);
}

IoStatus File::Allocate(uint64_t offset, uint64_t length) {
  if (read_only_) return std::unexpected(Errno::kRofs);
  if (length == 0 || offset > kMaxOffset) return std::unexpected(Errno::kInval);
  if (length > kMaxOffset - offset) return std::unexpected(Errno::kFbig);
  int error = 0;
  do {
    // Not posix_fallocate: it would write the blocks one by one where the file system cannot
    // allocate.
    error = ::fallocate(fd(), 0, static_cast<off_t>(offset), static_cast<off_t>(length)) == 0
                ? 0
                : errno;
  } while (error == EINTR);
  if (error != 0) return std::unexpected(FromHostErrno(error));
  return {};
}

IoStatus File::Advise(uint64_t offset, uint64_t length, Advice advice) {
  if (offset > kMaxOffset || length > kMaxOffset) return std::unexpected(Errno::kInval);
  static constexpr int kHostAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL,
                                        POSIX_FADV_RANDOM,   POSIX_FADV_WILLNEED,
                                        POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE};
  auto index = static_cast<size_t>(advice);
  if (index >= std::size(kHostAdvice)) return std::unexpected(Errno::kInval);
  int error = ::posix_fadvise(fd(), static_cast<off_t>(offset), static_cast<off_t>(length),
                              kHostAdvice[index]);
  if (error != 0) return std::unexpected(FromHostErrno(error));
  return {};
}

IoStatus File::Sync() {
  if (::fsync(fd()) != 0) return HostFailure();
  return {};
}

IoStatus File::DataSync() {
  if (::fdatasync(fd()) != 0) return HostFailure();
  return {};
}

IoStatus File::SetSize(uint64_t size) {
  if (read_only_) return std::unexpected(Errno::kRofs);
  if (size > kMaxOffset) return std::unexpected(Errno::kInval);
  if (::ftruncate(fd(), static_cast<off_t>(size)) != 0) return HostFailure();
  return {};
}

IoStatus File::SetTimes(TimeChange access, TimeChange modification) {
  if (read_only_) return std::unexpected(Errno::kRofs);
  timespec times[2] = {HostTime(access), HostTime(modification)};
  if (::futimens(fd(), times) != 0) return HostFailure();
  return {};
}

IoResult<FileStat> File::Stat() {
  struct stat status;
  if (::fstat(fd(), &status) != 0) return HostFailure();
  FileStat result = ToFileStat(fd(), status);
  result.type = type();  // standard streams may hide theirs
  return result;
}

IoStatus File::SetFlags(uint16_t new_flags) {
  constexpr uint16_t kSyncFlags = FdFlags::kDsync | FdFlags::kRsync | FdFlags::kSync;
  uint16_t old_flags = flags();
  // Linux fixes these when the file is opened.
  if (((old_flags ^ new_flags) & kSyncFlags) != 0) return std::unexpected(Errno::kNotsup);
  if (((old_flags ^ new_flags) & FdFlags::kAppend) != 0) {
    int host_flags = ::fcntl(fd(), F_GETFL);
    if (host_flags < 0) return HostFailure();
    host_flags =
        (new_flags & FdFlags::kAppend) != 0 ? host_flags | O_APPEND : host_flags & ~O_APPEND;
    if (::fcntl(fd(), F_SETFL, host_flags) != 0) return HostFailure();
  }
  flags_.store(new_flags);
  return {};
}

PollSource File::poll_source() const {
  if (may_block_) return {.host_fd = fd()};
  struct stat status;
  off_t offset = ::lseek(fd(), 0, SEEK_CUR);
  if (::fstat(fd(), &status) != 0 || offset < 0 || offset > status.st_size) return {};
  return {.readable_bytes = static_cast<uint64_t>(status.st_size - offset)};
}

}  // namespace trenail::wasi
