// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a guest writes on its way to the wire: a bounded buffer between the two, so that the guest
// is as fast as the wire. It outlives its guest, whose end it tells the wire: as an incomplete
// message if the guest has not said that it is complete.

#ifndef TRENAIL_LIBWASI_HTTP_OUTGOING_BODY_H_
#define TRENAIL_LIBWASI_HTTP_OUTGOING_BODY_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <vector>

#include "libwasi/core/budget.h"
#include "libwasi/core/byte_stream.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

enum class Direction : uint8_t { kRequest, kResponse };

class OutgoingBody final : public OutputStream, public std::enable_shared_from_this<OutgoingBody> {
 public:
  // `length`: what Content-Length says, to which what is written is held.
  OutgoingBody(std::shared_ptr<Budget> budget, Direction direction,
               std::optional<uint64_t> length = std::nullopt)
      : direction_(direction), length_(length), charge_(std::move(budget)) {}

  // The wire's side, once.
  std::unique_ptr<Body> Take();

  // The guest's side: as a stream, whose errors are of HTTP (IoError::detail).
  StreamResult<size_t> CheckWrite() override;
  StreamResult<void> Write(std::span<const uint8_t> bytes) override;
  // Flushed is what the wire has taken; before there is one, what is in the buffer.
  StreamResult<void> Flush() override;
  bool flushed() override { return buffer_.empty() || !taken_ || closed(); }
  bool ready() override;
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;

  // The content is complete. Errors: less was written than the length says; the wire is told.
  std::expected<void, ErrorCode> Finish(std::optional<FieldList> trailers);
  // It will never be. Nothing happens after an end of whatever kind.
  void Fail(ErrorCode error);
  // Fails with what is said of messages that end too early.
  void Abandon();

  bool finished() const { return finished_; }
  bool has_trailers() const { return trailers_.has_value(); }
  const std::optional<ErrorCode>& failure() const { return failure_; }
  // Whether the wire wants no more.
  bool reader_gone() const { return reader_gone_; }

 private:
  class Reader;

  bool closed() const { return finished_ || failure_ || reader_gone_; }
  StreamEnd End() const;
  ErrorCode SizeError() const;
  // Gives the wire what it waits for.
  void Serve();
  Body::Chunk NextChunk();
  void OnReaderGone();

  const Direction direction_;
  const std::optional<uint64_t> length_;
  Charge charge_;
  std::vector<uint8_t> buffer_;
  uint64_t written_ = 0;
  bool flushing_ = false;
  bool taken_ = false;
  bool finished_ = false;
  bool reader_gone_ = false;
  std::optional<FieldList> trailers_;
  std::optional<ErrorCode> failure_;
  size_t wanted_ = 0;
  Body::OnChunk waiting_;
  Signal changed_;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_HTTP_OUTGOING_BODY_H_
