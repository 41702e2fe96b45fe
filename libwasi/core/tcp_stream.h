// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two streams of a TCP connection.

#ifndef TRENAIL_LIBWASI_CORE_TCP_STREAM_H_
#define TRENAIL_LIBWASI_CORE_TCP_STREAM_H_

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "libwasi/core/byte_stream.h"
#include "libwasi/core/socket_handle.h"

namespace trenail::wasi {

class TcpInput final : public InputStream {
 public:
  explicit TcpInput(std::shared_ptr<SocketHandle> socket) : socket_(std::move(socket)) {}

  StreamResult<std::vector<uint8_t>> Read(size_t max) override;
  bool ready() override;
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;
  // The end for the reader, whatever is still there.
  SocketStatus Shutdown();

 private:
  const std::shared_ptr<SocketHandle> socket_;
  std::optional<StreamEnd> end_;
};

// What the host does not take at once waits in a buffer and is passed on even if the guest has let
// go of the stream.
class TcpOutput final : public OutputStream, public std::enable_shared_from_this<TcpOutput> {
 public:
  explicit TcpOutput(std::shared_ptr<SocketHandle> socket) : socket_(std::move(socket)) {}

  StreamResult<size_t> CheckWrite() override;
  StreamResult<void> Write(std::span<const uint8_t> bytes) override;
  StreamResult<void> Flush() override;
  bool flushed() override { return buffer_.empty() || end_; }
  bool ready() override;
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;
  // Nothing more may be written; the peer is told once everything is sent.
  SocketStatus Shutdown();

 private:
  // As much as is taken at once.
  size_t Send(std::span<const uint8_t> bytes);
  void SendLater();
  void OnWritable();

  const std::shared_ptr<SocketHandle> socket_;
  std::vector<uint8_t> buffer_;
  bool waiting_ = false;   // until more can be sent
  bool flushing_ = false;  // until everything is sent
  bool closed_ = false;    // by Shutdown
  std::optional<StreamEnd> end_;
  Signal changed_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_TCP_STREAM_H_
