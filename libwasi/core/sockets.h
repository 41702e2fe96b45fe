// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sockets that the embedder opened: listeners whose connections a guest may accept, and
// connections. A guest of preview 1 cannot create a socket, only receive one.

#ifndef TRENAIL_LIBWASI_CORE_SOCKETS_H_
#define TRENAIL_LIBWASI_CORE_SOCKETS_H_

#include <atomic>
#include <memory>

#include "libwasi/core/descriptor.h"
#include "libwasi/core/unique_fd.h"

namespace trenail::wasi {

struct ReceiveOptions {
  bool peek = false;      // leave the data in the queue
  bool wait_all = false;  // on a stream: until the buffers are full or the peer has ended
};

struct Received {
  size_t bytes = 0;
  bool truncated = false;  // the datagram was longer than the buffers
};

class Socket : public Descriptor {
 public:
  // Takes the descriptor of a socket; what kind of socket it is, it is asked.
  explicit Socket(UniqueFd fd, uint16_t flags = 0);

  IoResult<std::shared_ptr<Socket>> Accept(uint16_t flags, const Interrupt* interrupt);
  IoResult<Received> Receive(IoVectors buffers, ReceiveOptions options, const Interrupt* interrupt);
  // Sends everything unless the socket is non-blocking.
  IoResult<size_t> Send(IoVectors buffers, const Interrupt* interrupt);
  IoStatus Shutdown(bool receiving, bool sending);
  bool is_listening() const;

  IoResult<size_t> Read(IoVectors buffers, const Interrupt* interrupt) override;
  IoResult<size_t> Write(IoVectors buffers, const Interrupt* interrupt) override;
  IoResult<FileStat> Stat() override;
  uint16_t flags() const override { return flags_.load(); }
  // Only kNonblock has a meaning here.
  IoStatus SetFlags(uint16_t flags) override;
  PollSource poll_source() const override { return {.host_fd = fd_.get()}; }
  Socket* AsSocket() override { return this; }

 private:
  bool nonblock() const { return (flags() & FdFlags::kNonblock) != 0; }

  UniqueFd fd_;
  std::atomic<uint16_t> flags_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_SOCKETS_H_
