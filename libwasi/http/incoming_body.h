// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What comes from the wire, as a stream that a guest reads. Nothing is pulled before somebody asks
// whether there is something, and then one piece at a time.

#ifndef TRENAIL_LIBWASI_HTTP_INCOMING_BODY_H_
#define TRENAIL_LIBWASI_HTTP_INCOMING_BODY_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <vector>

#include "libwasi/core/budget.h"
#include "libwasi/core/byte_stream.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

class IncomingBody final : public InputStream, public std::enable_shared_from_this<IncomingBody> {
 public:
  static constexpr size_t kPiece = 64 * 1024;

  // `body` may be null: then it is empty.
  IncomingBody(std::shared_ptr<Budget> budget, std::unique_ptr<Body> body)
      : charge_(std::move(budget)), body_(std::move(body)) {
    ended_ = body_ == nullptr;
  }

  StreamResult<std::vector<uint8_t>> Read(size_t max) override;
  bool ready() override;
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;

  // Whether all of it has been read, or there was an error.
  bool at_end() const { return ended_ && buffer_.empty(); }
  // At the end: the trailers, if there were any.
  std::expected<std::optional<FieldList>, ErrorCode> TakeTrailers();
  // Nobody wants the rest: the wire is told, and readers get the error.
  void Abort(ErrorCode error);
  // What has not been begun is passed on as it is: the wire's own body. Null if it was begun, or if
  // there is none.
  std::unique_ptr<Body> Release();

 private:
  void Pull();
  void OnChunk(Body::Chunk chunk);

  Charge charge_;
  std::unique_ptr<Body> body_;
  std::vector<uint8_t> buffer_;
  bool pulling_ = false;
  bool begun_ = false;
  bool ended_ = false;
  std::optional<FieldList> trailers_;
  std::optional<ErrorCode> error_;
  Signal changed_;
};

// Is ready once everything has come, which is thrown away, up to a bound: trailers do not wait for
// a guest that does not read. [wasi:http/types.incoming-body.stream]
class Drained final : public Waitable {
 public:
  explicit Drained(std::shared_ptr<IncomingBody> body, uint64_t max_bytes = UINT64_MAX)
      : body_(std::move(body)), left_(max_bytes) {}
  bool ready() override;
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    return body_->WhenReady(loop, std::move(callback));
  }
  const std::shared_ptr<IncomingBody>& body() const { return body_; }

 private:
  const std::shared_ptr<IncomingBody> body_;
  uint64_t left_;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_HTTP_INCOMING_BODY_H_
