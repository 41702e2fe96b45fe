// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Content from a connection to its reader.

#include "libwasi/net/body_pipe.h"

#include <algorithm>
#include <utility>

namespace trenail::wasi::http {
namespace {

class PipeBody final : public Body {
 public:
  PipeBody(std::shared_ptr<BodyPipe> pipe, std::optional<uint64_t> length)
      : pipe_(std::move(pipe)), length_(length) {}
  ~PipeBody() override { pipe_->Drop(); }
  void Read(size_t max, OnChunk done) override {
    // The reader may drop the body from inside of its callback.
    const std::shared_ptr<BodyPipe> pipe = pipe_;
    pipe->Read(max, std::move(done));
  }
  std::optional<uint64_t> length() const override { return length_; }

 private:
  const std::shared_ptr<BodyPipe> pipe_;
  const std::optional<uint64_t> length_;
};

}  // namespace

void BodyPipe::Push(std::span<const uint8_t> bytes) {
  if (end_ || bytes.empty()) return;
  if (!dropped_) bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  if (waiting_ != nullptr) Deliver();
}

void BodyPipe::Finish(std::optional<FieldList> trailers) {
  if (end_) return;
  end_ = Body::Chunk{.bytes = {}, .end = true, .trailers = std::move(trailers), .error = {}};
  if (waiting_ != nullptr) Deliver();
}

void BodyPipe::Fail(ErrorCode error) {
  if (end_) return;
  end_ = Body::Chunk{.bytes = {}, .end = true, .trailers = {}, .error = std::move(error)};
  if (waiting_ != nullptr) Deliver();
}

void BodyPipe::Read(size_t max, Body::OnChunk done) {
  waiting_ = std::move(done);
  max_ = max;
  if (buffered() > 0 || end_) return Deliver();
  if (on_read != nullptr) on_read(0);
}

void BodyPipe::Deliver() {
  Body::Chunk chunk;
  const size_t count = std::min(max_, buffered());
  if (taken_ == 0 && count == bytes_.size()) {
    chunk.bytes = std::exchange(bytes_, {});
  } else {
    const auto begin = bytes_.begin() + static_cast<ptrdiff_t>(taken_);
    chunk.bytes.assign(begin, begin + static_cast<ptrdiff_t>(count));
    taken_ += count;
    if (taken_ == bytes_.size()) {
      bytes_.clear();
      taken_ = 0;
    }
  }
  if (buffered() == 0 && end_) {
    chunk.end = true;
    chunk.trailers = std::move(end_->trailers);
    chunk.error = std::move(end_->error);
  }
  const Body::OnChunk done = std::exchange(waiting_, nullptr);
  if (count > 0 && on_read != nullptr) on_read(count);
  done(std::move(chunk));
}

void BodyPipe::Drop() {
  if (std::exchange(dropped_, true)) return;
  const size_t count = buffered();
  std::vector<uint8_t>().swap(bytes_);
  taken_ = 0;
  waiting_ = nullptr;
  if (count > 0 && on_read != nullptr) on_read(count);
  if (on_dropped != nullptr) on_dropped();
}

std::unique_ptr<Body> MakePipeBody(std::shared_ptr<BodyPipe> pipe, std::optional<uint64_t> length) {
  return std::make_unique<PipeBody>(std::move(pipe), length);
}

}  // namespace trenail::wasi::http
