// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/http/outgoing_body.h"

#include <algorithm>
#include <utility>

#include "libwasi/http/errors.h"

namespace trenail::wasi::http {

class OutgoingBody::Reader final : public Body {
 public:
  explicit Reader(std::shared_ptr<OutgoingBody> body) : body_(std::move(body)) {}
  ~Reader() override { body_->OnReaderGone(); }

  void Read(size_t max, OnChunk done) override {
    body_->wanted_ = max;
    body_->waiting_ = std::move(done);
    // The callback may end this.
    const std::shared_ptr<OutgoingBody> body = body_;
    body->Serve();
  }
  std::optional<uint64_t> length() const override { return body_->length_; }

 private:
  const std::shared_ptr<OutgoingBody> body_;
};

std::unique_ptr<Body> OutgoingBody::Take() {
  taken_ = true;
  return std::make_unique<Reader>(shared_from_this());
}

StreamResult<size_t> OutgoingBody::CheckWrite() {
  if (closed()) return std::unexpected(End());
  if (flushing_ && !flushed()) return 0;
  return kBufferSize - buffer_.size();
}

StreamResult<void> OutgoingBody::Write(std::span<const uint8_t> bytes) {
  if (closed()) return std::unexpected(End());
  if (length_ && bytes.size() > *length_ - written_) {
    written_ += bytes.size();
    Fail(SizeError());
    return std::unexpected(End());
  }
  if (!charge_.Resize(buffer_.size() + bytes.size())) {
    Fail({.kind = ErrorKind::kInternalError, .text = "the component's buffers are full"});
    return std::unexpected(End());
  }
  written_ += bytes.size();
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  Serve();
  return {};
}

StreamResult<void> OutgoingBody::Flush() {
  if (closed()) return std::unexpected(End());
  flushing_ = !flushed();
  return {};
}

bool OutgoingBody::ready() {
  return closed() || (flushing_ ? flushed() : buffer_.size() < kBufferSize);
}

WaitHandle OutgoingBody::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  if (ready()) return loop.At(0, std::move(callback));
  return changed_.WhenNotified(std::move(callback));
}

std::expected<void, ErrorCode> OutgoingBody::Finish(std::optional<FieldList> trailers) {
  if (failure_) return std::unexpected(*failure_);
  if (finished_) return {};
  if (length_ && written_ != *length_) {
    const ErrorCode error = SizeError();
    Fail(error);
    return std::unexpected(error);
  }
  finished_ = true;
  trailers_ = std::move(trailers);
  Serve();
  changed_.Notify();
  return {};
}

void OutgoingBody::Fail(ErrorCode error) {
  if (finished_ || failure_) return;
  failure_ = std::move(error);
  Serve();
  changed_.Notify();
}

void OutgoingBody::Abandon() {
  Fail({.kind = direction_ == Direction::kResponse ? ErrorKind::kHttpResponseIncomplete
                                                   : ErrorKind::kConnectionTerminated});
}

StreamEnd OutgoingBody::End() const {
  if (failure_) return {ToIoError(*failure_)};
  return StreamEnd::Closed();
}

ErrorCode OutgoingBody::SizeError() const {
  return {.kind = direction_ == Direction::kRequest ? ErrorKind::kHttpRequestBodySize
                                                    : ErrorKind::kHttpResponseBodySize,
          .number = written_};
}

void OutgoingBody::Serve() {
  if (waiting_ == nullptr || (buffer_.empty() && !finished_ && !failure_)) return;
  const std::shared_ptr<OutgoingBody> keep = shared_from_this();
  const Body::OnChunk done = std::exchange(waiting_, nullptr);
  done(NextChunk());
  if (buffer_.empty()) flushing_ = false;
  changed_.Notify();
}

Body::Chunk OutgoingBody::NextChunk() {
  Body::Chunk chunk;
  const size_t size = std::min(wanted_, buffer_.size());
  if (size == buffer_.size()) {
    chunk.bytes = std::exchange(buffer_, {});
  } else {
    const auto end = buffer_.begin() + static_cast<ptrdiff_t>(size);
    chunk.bytes.assign(buffer_.begin(), end);
    buffer_.erase(buffer_.begin(), end);
  }
  charge_.Resize(buffer_.size());
  if (failure_ && buffer_.empty()) {
    chunk.error = failure_;
    chunk.end = true;
  } else if (finished_ && buffer_.empty()) {
    chunk.trailers = std::move(trailers_);
    chunk.end = true;
  }
  return chunk;
}

void OutgoingBody::OnReaderGone() {
  waiting_ = nullptr;
  reader_gone_ = true;
  buffer_.clear();
  charge_.Resize(0);
  changed_.Notify();
}

}  // namespace trenail::wasi::http
