// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A connection of HTTP/2, of either side: nghttp2 keeps its state, this moves the bytes, ties the
// windows of streams to how fast their content is read, and lets nobody make it work for nothing.
// [RFC 9113]

#ifndef TRENAIL_LIBWASI_NET_HTTP2_SESSION_H_
#define TRENAIL_LIBWASI_NET_HTTP2_SESSION_H_

#include <nghttp2/nghttp2.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "libwasi/http/transport.h"
#include "libwasi/net/asio_event_loop.h"
#include "libwasi/net/body_pipe.h"
#include "libwasi/net/deadline.h"
#include "libwasi/net/wire.h"

namespace trenail::wasi::http {

class Http2Session;

// One exchange: what comes in by `pipe`, what goes out from a Body.
class Http2Stream : public std::enable_shared_from_this<Http2Stream> {
 public:
  using Done = std::function<void(std::optional<ErrorCode>)>;

  Http2Stream(Http2Session& session, int32_t stream_id);
  virtual ~Http2Stream() = default;

  // The head is complete; not an informational one. What it is too large for is not in it.
  virtual void OnHead(FieldList fields, bool end_stream) = 0;
  // Both sides are done with it, or one has had enough. It is in no list any more.
  virtual void OnClosed(const ErrorCode& error) = 0;
  // The last of what goes out is on its way.
  virtual void OnAllSent() = 0;
  virtual void OnReadTimeout() = 0;
  // Of the pipe's reader: waits for more; wants no more.
  virtual void OnWanted() {}
  virtual void OnDropped() {}
  // Whether bytes of the other side are waited for now.
  virtual void OnWaits(bool) {}
  // What the content lacks when the stream is reset.
  virtual ErrorKind WhenReset() const { return ErrorKind::kConnectionTerminated; }

  // Makes `pipe` and ties it to the stream's window.
  void OpenPipe();
  void StartSending(std::unique_ptr<Body> content, std::optional<uint64_t> length,
                    ErrorKind size_error);
  // Ends the stream, by an error of nghttp2's numbers.
  void Reset(uint32_t code);

  int32_t id() const { return id_; }
  bool closed() const { return closed_; }

 protected:
  friend class Http2Session;

  void Pull();
  void OnChunk(Body::Chunk chunk);
  // A time runs while somebody waits for bytes of the other side.
  void WatchReading();
  void WatchWriting(bool progress);

  // Null once it has gone.
  std::shared_ptr<Http2Session> session() const { return session_.lock(); }

  const std::weak_ptr<Http2Session> session_;
  const int32_t id_;
  // The section that is being received, pseudo-header fields included.
  FieldList fields_;
  size_t field_bytes_ = 0;
  bool too_large_ = false, got_head_ = false;

  std::shared_ptr<BodyPipe> pipe_;
  bool remote_done_ = false;
  Deadline read_deadline_, write_deadline_;
  uint64_t timeout_ns_;  // of silence

  std::unique_ptr<Body> body_;
  std::optional<uint64_t> left_;
  ErrorKind size_error_ = ErrorKind::kInternalError;
  std::string out_;
  size_t out_taken_ = 0;
  std::optional<FieldList> out_trailers_;
  std::optional<ErrorCode> out_error_;
  bool pulling_ = false, out_end_ = false, deferred_ = false, all_sent_ = false, closed_ = false;
};
using Http2StreamPointer = std::shared_ptr<Http2Stream>;

class Http2Session : public std::enable_shared_from_this<Http2Session> {
 public:
  struct Settings {
    size_t max_header_bytes = 64 * 1024;
    uint32_t max_streams = 100;
    uint64_t header_timeout_ns = 0, body_timeout_ns = 0;  // of silence
  };
  virtual ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  AsioEventLoop& loop() { return loop_; }
  const Settings& settings() const { return settings_; }
  nghttp2_session* native() const { return native_; }
  bool ended() const { return ended_; }
  // Sends the head of a message, whose content \`stream\` has begun to send, if it has any.
  static nghttp2_data_provider Content(Http2Stream& stream);
  // Sends what there is to send, soon.
  void Kick();

 protected:
  friend class Http2Stream;

  Http2Session(AsioEventLoop& loop, WirePointer wire, const Settings& settings);
  // False: there is no memory.
  bool Open(bool is_server);
  void Start(std::span<const uint8_t> received);
  void End(const ErrorCode& error, bool gently = false);
  void Register(const Http2StreamPointer& stream) { streams_[stream->id()] = stream; }

  // A server's: the other side opens a stream; null: it may not, and has been told.
  virtual Http2StreamPointer NewStream(int32_t stream_id) = 0;
  // After each step: what has changed?
  virtual void OnStep() = 0;
  virtual void OnEnded(const ErrorCode& error) = 0;

  AsioEventLoop& loop_;
  const WirePointer wire_;
  std::unordered_map<int32_t, Http2StreamPointer> streams_;
  // Run after nghttp2's own functions have returned.
  std::vector<std::function<void()>> later_;

 private:
  struct Callbacks;

  void Read();
  void Receive(std::span<const uint8_t> bytes);
  void Send();
  void RunLater();
  Http2StreamPointer Find(int32_t stream_id);
  static void Close(const Http2StreamPointer& stream, const ErrorCode& error);
  // Of frames that cost the sender nothing: whether this one is too much.
  bool IsFlood();

  const Settings settings_;
  nghttp2_session* native_ = nullptr;
  std::array<uint8_t, 16 * 1024> in_;
  std::string out_;
  std::vector<Http2StreamPointer> to_pull_;
  Deadline write_deadline_;
  bool kicked_ = false, reading_ = false, writing_ = false, ended_ = false, busy_ = false;
  double frames_left_;
  std::chrono::steady_clock::time_point frames_since_;
};

// For nghttp2, which copies: names in lower case, nothing that is about a connection.
class Http2Fields {
 public:
  void Add(std::string name, std::string value);
  // False: a field cannot be sent.
  bool AddAll(const FieldList& fields);
  const nghttp2_nv* data();
  size_t size() const { return fields_.size(); }

 private:
  FieldList fields_;
  std::vector<nghttp2_nv> native_;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_HTTP2_SESSION_H_
