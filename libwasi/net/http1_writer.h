// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Messages of HTTP/1.1 as they go out: the head, and the content that a Body gives, piece by piece
// as fast as the connection takes it.

#ifndef TRENAIL_LIBWASI_NET_HTTP1_WRITER_H_
#define TRENAIL_LIBWASI_NET_HTTP1_WRITER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "libwasi/http/transport.h"
#include "libwasi/net/asio_event_loop.h"
#include "libwasi/net/deadline.h"
#include "libwasi/net/wire.h"

namespace trenail::wasi::http {

// How the end of the content is told.
struct Http1Framing {
  enum class Kind : uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  uint64_t length = 0;
};

// Lines, and the empty one after them if `end`. False: a name or a value could not be sent.
bool AppendFields(std::string& out, const FieldList& fields);
std::string_view ReasonOf(unsigned status);

// Sends one message.
class Http1Writer : public std::enable_shared_from_this<Http1Writer> {
 public:
  using Done = std::function<void(std::optional<ErrorCode>)>;

  // `size_error`: of content that is not as long as was said.
  Http1Writer(AsioEventLoop& loop, WirePointer wire, uint64_t timeout_ns, ErrorKind size_error)
      : loop_(loop),
        wire_(std::move(wire)),
        deadline_(loop.io()),
        timeout_ns_(timeout_ns),
        size_error_(size_error) {}

  // `done` is called once, and not from inside. After an error the connection is of no use.
  void Start(std::string head, std::unique_ptr<Body> body, Http1Framing framing, Done done);
  // The connection has gone. `done` is called, from inside.
  void Abort(const ErrorCode& error);

  // After an error: whether the connection was its reason.
  bool wire_failed() const { return wire_failed_; }
  // Called whenever bytes have gone out.
  std::function<void()> on_progress;

 private:
  void Step();
  void Flush();
  void OnChunk(Body::Chunk chunk);
  void Add(const Body::Chunk& chunk);
  void End(std::optional<ErrorCode> error);

  AsioEventLoop& loop_;
  const WirePointer wire_;
  Deadline deadline_;
  const uint64_t timeout_ns_;
  const ErrorKind size_error_;
  std::unique_ptr<Body> body_;
  Http1Framing framing_;
  uint64_t left_ = 0;  // of the length
  std::string out_, on_the_way_;
  std::optional<ErrorCode> error_;
  Done done_;
  std::optional<AsioEventLoop::Pending> pending_;
  bool wire_failed_ = false, reading_ = false, writing_ = false, finished_ = false,
       in_step_ = false;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_HTTP1_WRITER_H_
