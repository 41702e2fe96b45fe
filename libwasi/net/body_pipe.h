// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Between a connection, which receives a message's content, and the Body by which it is read. What
// is buffered is bounded by the connection: it gives more only as it is wanted.

#ifndef TRENAIL_LIBWASI_NET_BODY_PIPE_H_
#define TRENAIL_LIBWASI_NET_BODY_PIPE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

class BodyPipe {
 public:
  // What the connection is told: so many bytes were taken (0: it is waited for more), and that
  // nobody wants the rest. Both may come from inside of Push, Finish and Fail.
  std::function<void(size_t count)> on_read;
  std::function<void()> on_dropped;

  bool waiting() const { return waiting_ != nullptr; }
  bool dropped() const { return dropped_; }
  bool ended() const { return end_.has_value(); }
  size_t buffered() const { return bytes_.size() - taken_; }

  // The connection's side. Nothing has an effect after the end.
  void Push(std::span<const uint8_t> bytes);
  void Finish(std::optional<FieldList> trailers);
  void Fail(ErrorCode error);
  // The connection has gone, or is about something else now.
  void Detach() {
    on_read = nullptr;
    on_dropped = nullptr;
  }

  // The reader's.
  void Read(size_t max, Body::OnChunk done);
  void Drop();

 private:
  void Deliver();

  std::vector<uint8_t> bytes_;
  size_t taken_ = 0;
  std::optional<Body::Chunk> end_;
  Body::OnChunk waiting_;
  size_t max_ = 0;
  bool dropped_ = false;
};

std::unique_ptr<Body> MakePipeBody(std::shared_ptr<BodyPipe> pipe, std::optional<uint64_t> length);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_BODY_PIPE_H_
