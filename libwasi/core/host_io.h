// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading, writing and waiting on host descriptors that may block. Nothing here blocks without
// looking at the interrupt, whatever the state of the descriptor's O_NONBLOCK, which may be shared
// with other processes and is left alone: non-blocking mode is emulated by asking first.

#ifndef TRENAIL_LIBWASI_CORE_HOST_IO_H_
#define TRENAIL_LIBWASI_CORE_HOST_IO_H_

#include <poll.h>
#include <sys/stat.h>

#include "libwasi/core/descriptor.h"

namespace trenail::wasi {

struct HostIoMode {
  bool may_block = false;  // false for regular files, which are always ready
  bool nonblock = false;   // the guest's wish: kAgain instead of waiting
};

IoResult<size_t> HostRead(int fd, IoVectors buffers, HostIoMode mode, const Interrupt* interrupt);
IoResult<size_t> HostWrite(int fd, IoVectors buffers, HostIoMode mode, const Interrupt* interrupt);

// Waits until one of the events (of poll(2)) holds and returns those that do. kAgain at once if
// `nonblock` and none holds; kCanceled if the interrupt is due.
IoResult<short> WaitUntilReady(int fd, short events, bool nonblock, const Interrupt* interrupt);

// Waits for host descriptors until `deadline` of the monotonic clock (Interrupt::kNoDeadline: no
// end). The entries' revents are set; returns how many are ready, 0 after the deadline.
IoResult<int> WaitForAny(std::span<pollfd> entries, uint64_t deadline, const Interrupt* interrupt);

FileType FileTypeOf(int fd, const struct stat& status);
FileStat ToFileStat(int fd, const struct stat& status);

// The number of bytes, at most what one system call of Linux moves.
size_t TotalLength(IoVectors buffers);

// For readv(2) and its kin.
int VectorCount(IoVectors buffers);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_HOST_IO_H_
