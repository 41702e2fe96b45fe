// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/http/incoming_body.h"

#include <algorithm>
#include <utility>

#include "libwasi/http/errors.h"

namespace trenail::wasi::http {

StreamResult<std::vector<uint8_t>> IncomingBody::Read(size_t max) {
  if (max == 0 && !at_end()) return std::vector<uint8_t>();
  if (!ready()) return std::vector<uint8_t>();
  if (buffer_.empty() && error_) return std::unexpected(StreamEnd{ToIoError(*error_)});
  if (buffer_.empty()) return std::unexpected(StreamEnd::Closed());
  std::vector<uint8_t> bytes;
  if (max >= buffer_.size()) {
    bytes = std::exchange(buffer_, {});
  } else {
    const auto end = buffer_.begin() + static_cast<ptrdiff_t>(max);
    bytes.assign(buffer_.begin(), end);
    buffer_.erase(buffer_.begin(), end);
  }
  charge_.Resize(buffer_.size());
  return bytes;
}

bool IncomingBody::ready() {
  if (buffer_.empty() && !ended_) Pull();
  return !buffer_.empty() || ended_;
}

WaitHandle IncomingBody::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  if (ready()) return loop.At(0, std::move(callback));
  return changed_.WhenNotified(std::move(callback));
}

std::expected<std::optional<FieldList>, ErrorCode> IncomingBody::TakeTrailers() {
  if (error_) return std::unexpected(*error_);
  return std::exchange(trailers_, std::nullopt);
}

void IncomingBody::Abort(ErrorCode error) {
  if (ended_) return;
  ended_ = true;
  error_ = std::move(error);
  buffer_.clear();
  charge_.Resize(0);
  body_ = nullptr;
  changed_.Notify();
}

std::unique_ptr<Body> IncomingBody::Release() {
  if (begun_) return nullptr;
  begun_ = ended_ = true;
  return std::move(body_);
}

void IncomingBody::Pull() {
  // Pieces without bytes come at once, perhaps, and many of them: not by recursion.
  while (!pulling_ && buffer_.empty() && !ended_) {
    pulling_ = begun_ = true;
    body_->Read(kPiece, [weak = weak_from_this()](Body::Chunk chunk) {
      if (const auto self = weak.lock()) self->OnChunk(std::move(chunk));
    });
  }
}

void IncomingBody::OnChunk(Body::Chunk chunk) {
  pulling_ = false;
  if (ended_) return;
  buffer_ = std::move(chunk.bytes);
  if (!charge_.Resize(buffer_.size()))
    return Abort({.kind = ErrorKind::kInternalError, .text = "the component's buffers are full"});
  ended_ = chunk.end || chunk.error.has_value();
  trailers_ = std::move(chunk.trailers);
  error_ = std::move(chunk.error);
  changed_.Notify();
}

bool Drained::ready() {
  while (!body_->at_end()) {
    if (!body_->ready()) return false;
    const auto bytes = body_->Read(IncomingBody::kPiece);
    if (!bytes) break;
    if (bytes->size() > left_) {
      body_->Abort({.kind = ErrorKind::kConnectionTerminated});
      break;
    }
    left_ -= bytes->size();
  }
  return true;
}

}  // namespace trenail::wasi::http
