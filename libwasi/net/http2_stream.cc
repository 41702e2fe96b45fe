// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One exchange of HTTP/2: its content both ways, and the times that it may take.

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "libwasi/net/error_map.h"
#include "libwasi/net/http2_session.h"

namespace trenail::wasi::http {

Http2Stream::Http2Stream(Http2Session& session, int32_t stream_id)
    : session_(session.weak_from_this()),
      id_(stream_id),
      read_deadline_(session.loop().io()),
      write_deadline_(session.loop().io()),
      timeout_ns_(session.settings().body_timeout_ns) {}

void Http2Stream::OpenPipe() {
  pipe_ = std::make_shared<BodyPipe>();
  pipe_->on_read = [weak = weak_from_this()](size_t count) {
    const Http2StreamPointer self = weak.lock();
    const auto session = self == nullptr ? nullptr : self->session();
    if (session == nullptr || session->ended()) return;
    // As much as was read may follow. Of a stream that has been closed the connection's window
    // is still owed.
    if (count > 0) nghttp2_session_consume(session->native(), self->id_, count);
    if (self->pipe_->waiting()) self->OnWanted();
    self->WatchReading();
    session->Kick();
  };
  pipe_->on_dropped = [weak = weak_from_this()] {
    const Http2StreamPointer self = weak.lock();
    if (self == nullptr) return;
    self->WatchReading();
    self->OnDropped();
  };
}

void Http2Stream::WatchReading() {
  const auto session = this->session();
  const bool waits = !closed_ && !remote_done_ && pipe_ != nullptr && pipe_->waiting();
  OnWaits(waits);
  if (!waits || session == nullptr) return read_deadline_.Clear();
  if (!read_deadline_.is_set())
    read_deadline_.Set(timeout_ns_, [self = shared_from_this()] { self->OnReadTimeout(); });
}

// A time runs while there are bytes and the other side's window is closed.
void Http2Stream::WatchWriting(bool progress) {
  const auto session = this->session();
  if (closed_ || session == nullptr || out_taken_ == out_.size()) return write_deadline_.Clear();
  if (!progress && write_deadline_.is_set()) return;
  write_deadline_.Set(timeout_ns_, [self = shared_from_this()] {
    self->out_error_ = ErrorOf(ErrorKind::kConnectionWriteTimeout);
    self->Reset(NGHTTP2_CANCEL);
  });
}

void Http2Stream::Reset(uint32_t code) {
  const auto session = this->session();
  if (session == nullptr || session->ended() || closed_) return;
  nghttp2_submit_rst_stream(session->native(), NGHTTP2_FLAG_NONE, id_, code);
  session->Kick();
}

// --- What goes out ------------------------------------------------------------------------------

void Http2Stream::StartSending(std::unique_ptr<Body> content, std::optional<uint64_t> length,
                               ErrorKind size_error) {
  body_ = std::move(content);
  left_ = length;
  size_error_ = size_error;
  Pull();
}

void Http2Stream::Pull() {
  constexpr size_t kPieceSize = 64 * 1024;
  if (pulling_ || out_end_ || out_error_ || closed_ || body_ == nullptr || !out_.empty()) return;
  pulling_ = true;
  body_->Read(kPieceSize,
              [self = shared_from_this()](Body::Chunk chunk) { self->OnChunk(std::move(chunk)); });
}

void Http2Stream::OnChunk(Body::Chunk chunk) {
  pulling_ = false;
  const auto session = this->session();
  if (closed_ || session == nullptr || session->ended()) return;
  const size_t size = chunk.bytes.size();
  if (chunk.error) {
    out_error_ = std::move(chunk.error);
  } else if (left_ && (size > *left_ || (chunk.end && size < *left_))) {
    out_error_ = ErrorOf(size_error_);
  } else {
    if (left_) *left_ -= size;
    out_.append(reinterpret_cast<const char*>(chunk.bytes.data()), size);
    out_end_ = chunk.end;
    out_trailers_ = std::move(chunk.trailers);
    // Nothing, again and again, would not be taken for progress.
    if (size == 0 && !chunk.end)
      return asio::post(session->loop().io(), [self = shared_from_this()] { self->Pull(); });
  }
  WatchWriting(false);
  if (std::exchange(deferred_, false)) nghttp2_session_resume_data(session->native(), id_);
  session->Kick();
}

}  // namespace trenail::wasi::http
