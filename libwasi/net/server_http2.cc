// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A server's connection of HTTP/2. [RFC 9113]

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "libwasi/net/error_map.h"
#include "libwasi/net/fields.h"
#include "libwasi/net/http2_session.h"
#include "libwasi/net/server_core.h"

namespace trenail::wasi::http {
namespace {

constexpr uint32_t kMaxStreams = 128;

class Http2ServerConnection final : public Http2Session, public ServerConnection {
 public:
  Http2ServerConnection(ServerCorePointer core, WirePointer wire, bool secure);

  bool Serve(std::span<const uint8_t> received);
  void Shutdown() override;
  void Close() override { End(ErrorOf(ErrorKind::kConnectionTerminated)); }

  const ServerCorePointer& core() const { return core_; }
  bool secure() const { return secure_; }
  const std::string& remote() const { return remote_; }
  // Of streams, and of such that have been given up, but are still being answered.
  const std::shared_ptr<size_t>& live() const { return live_; }

 private:
  Http2StreamPointer NewStream(int32_t stream_id) override;
  void OnStep() override;
  void OnEnded(const ErrorCode& error) override;
  void GoAway();

  const ServerCorePointer core_;
  const bool secure_;
  const std::string remote_;
  const std::shared_ptr<size_t> live_ = std::make_shared<size_t>(0);
  Deadline idle_, going_;
};

class Http2ServerStream final : public Http2Stream {
 public:
  Http2ServerStream(Http2ServerConnection& connection, int32_t stream_id)
      : Http2Stream(connection, stream_id), core_(connection.core()), live_(connection.live()) {
    ++*live_;
  }
  ~Http2ServerStream() override { --*live_; }

  void SendInformational(uint16_t status, const FieldList& fields);
  void Respond(Response response, Done done);
  void OnGone(std::function<void()> gone);

 private:
  void OnHead(FieldList fields, bool end_stream) override;
  void OnClosed(const ErrorCode& error) override;
  void OnAllSent() override;
  void OnReadTimeout() override;
  void OnWanted() override;
  void OnDropped() override { MaybeEnd(); }

  std::shared_ptr<Http2ServerConnection> connection() const {
    return std::static_pointer_cast<Http2ServerConnection>(session());
  }
  static std::optional<Request> TakeRequest(const Http2ServerConnection& connection,
                                            FieldList fields);
  void MaybeEnd();
  void Gone();

  const ServerCorePointer core_;
  const std::shared_ptr<size_t> live_;
  bool is_head_ = false, expects_continue_ = false, answered_ = false, gave_up_ = false;
  bool is_gone_ = false;
  std::vector<std::function<void()>> gone_;
  Done done_;
};

class Http2Responder final : public Responder {
 public:
  explicit Http2Responder(std::shared_ptr<Http2ServerStream> stream) : stream_(std::move(stream)) {}
  ~Http2Responder() override {
    if (!answered_) stream_->Respond({.status = 500, .headers = {}, .body = nullptr}, nullptr);
  }
  void SendInformational(uint16_t status, FieldList fields) override {
    if (!answered_) stream_->SendInformational(status, fields);
  }
  void Respond(Response response, Http2Stream::Done done) override {
    answered_ = true;
    stream_->Respond(std::move(response), std::move(done));
  }
  void OnGone(std::function<void()> gone) override { stream_->OnGone(std::move(gone)); }

 private:
  const std::shared_ptr<Http2ServerStream> stream_;
  bool answered_ = false;
};

// --- Requests -----------------------------------------------------------------------------------

// Null: not well-formed. nghttp2 has seen to the pseudo-header fields being there, once.
std::optional<Request> Http2ServerStream::TakeRequest(const Http2ServerConnection& connection,
                                                      FieldList fields) {
  Request request;
  std::string path, cookies;
  for (auto& [name, value] : fields) {
    if (name == ":method") {
      request.method = std::move(value);
    } else if (name == ":authority") {
      request.authority = std::move(value);
    } else if (name == ":path") {
      path = std::move(value);
    } else if (name == "host") {
      if (request.authority.empty()) request.authority = std::move(value);
    } else if (name == "cookie") {
      // They may have been split to be compressed better [RFC 9113, 8.2.3].
      cookies += (cookies.empty() ? "" : "; ") + value;
    } else if (!name.starts_with(':')) {
      request.headers.emplace_back(std::move(name), std::move(value));
    }
  }
  request.headers = WithoutConnectionFields(std::move(request.headers));
  if (!cookies.empty()) request.headers.emplace_back("cookie", std::move(cookies));
  auto target = ParseTarget(request.method, path, &request.authority);
  if (!target) return std::nullopt;
  request.authority = std::move(target->authority);
  request.path_with_query = std::move(target->path_with_query);
  request.scheme = connection.secure() ? "https" : "http";
  request.remote_address = connection.remote();
  return request;
}

void Http2ServerStream::OnHead(FieldList fields, bool end_stream) {
  const auto connection = this->connection();
  if (connection == nullptr || connection->ended()) return;
  const auto self = std::static_pointer_cast<Http2ServerStream>(shared_from_this());
  const auto refuse = [&](uint16_t status) {
    gave_up_ = true;
    if (pipe_ != nullptr) pipe_->Drop();
    Respond({.status = status, .headers = {}, .body = nullptr}, nullptr);
  };
  if (too_large_) return refuse(431);
  const std::string* method = FindField(fields, ":method");
  if (method != nullptr && *method == "CONNECT") return refuse(501);
  is_head_ = method != nullptr && *method == "HEAD";
  auto request = TakeRequest(*connection, std::move(fields));
  if (!request) return refuse(400);
  const std::string* expect = FindField(request->headers, "expect");
  if (expect != nullptr && !EqualsIgnoringCase(*expect, "100-continue")) return refuse(417);
  expects_continue_ = expect != nullptr && !end_stream;
  if (!end_stream) {
    std::optional<uint64_t> length;
    if (const std::string* declared = FindField(request->headers, "content-length"))
      length = ParseLength(*declared);
    request->body = MakePipeBody(pipe_, length);
  }
  core_->handler(std::move(*request), std::make_shared<Http2Responder>(self));
}

void Http2ServerStream::OnWanted() {
  if (std::exchange(expects_continue_, false) && !answered_) SendInformational(100, {});
}

void Http2ServerStream::OnReadTimeout() {
  gave_up_ = true;
  const auto self = shared_from_this();
  pipe_->Fail(ErrorOf(ErrorKind::kConnectionReadTimeout));
  Gone();
  if (!answered_)
    Respond({.status = 408, .headers = {}, .body = nullptr}, nullptr);
  else
    MaybeEnd();
}

// --- Responses ----------------------------------------------------------------------------------

void Http2ServerStream::SendInformational(uint16_t status, const FieldList& fields) {
  const auto connection = this->connection();
  if (connection == nullptr || connection->ended() || closed_ || answered_) return;
  if (status < 100 || status > 199 || status == 101) return;
  if (status == 100) expects_continue_ = false;
  Http2Fields sent;
  sent.Add(":status", std::to_string(status));
  if (!sent.AddAll(WithoutConnectionFields(fields))) return;
  // Nobody reads: a guest may send no end of these.
  constexpr size_t kMaxQueue = 1000;
  if (nghttp2_session_get_outbound_queue_size(connection->native()) > kMaxQueue) return;
  nghttp2_submit_headers(connection->native(), NGHTTP2_FLAG_NONE, id_, nullptr, sent.data(),
                         sent.size(), nullptr);
  connection->Kick();
}

void Http2ServerStream::Respond(Response response, Done done) {
  const auto connection = this->connection();
  if (connection == nullptr || connection->ended() || closed_ || std::exchange(answered_, true)) {
    if (done == nullptr) return;
    asio::post(core_->io, [pending = AsioEventLoop::Pending(core_->loop), done = std::move(done)] {
      done(ErrorOf(ErrorKind::kConnectionTerminated));
    });
    return;
  }
  FieldList headers = WithoutConnectionFields(std::move(response.headers));
  std::optional<uint64_t> declared;
  if (const std::string* length = FindField(headers, "content-length"))
    declared = ParseLength(*length);
  std::erase_if(
      headers, [](const auto& field) { return EqualsIgnoringCase(field.first, "content-length"); });
  if (FindField(headers, "date") == nullptr) headers.emplace_back("date", DateNow());
  Http2Fields sent;
  sent.Add(":status", std::to_string(response.status));
  if (response.status < 200 || response.status > 999 || !sent.AddAll(headers)) {
    answered_ = false;
    Respond({.status = 500, .headers = {}, .body = nullptr}, [done = std::move(done)](
                                                                 std::optional<ErrorCode> error) {
      if (done == nullptr) return;
      done(error ? error : ErrorOf(ErrorKind::kInternalError, "the response cannot be sent"));
    });
    return;
  }
  done_ = std::move(done);
  const bool has_content =
      response.body != nullptr && !is_head_ && response.status != 204 && response.status != 304;
  std::optional<uint64_t> length = response.body == nullptr ? 0 : response.body->length();
  if (!length || (response.body == nullptr && (is_head_ || response.status == 304)))
    length = declared;
  if (length && response.status != 204) sent.Add("content-length", std::to_string(*length));
  nghttp2_data_provider content = Http2Session::Content(*this);
  if (has_content) StartSending(std::move(response.body), length, ErrorKind::kHttpResponseBodySize);
  nghttp2_submit_response(connection->native(), id_, sent.data(), sent.size(),
                          has_content ? &content : nullptr);
  connection->Kick();
}

void Http2ServerStream::OnAllSent() {
  if (const Done done = std::exchange(done_, nullptr)) done(std::nullopt);
  MaybeEnd();
}

// All is said, and nobody wants to hear more [RFC 9113, 8.1].
void Http2ServerStream::MaybeEnd() {
  if (!all_sent_ || remote_done_ || closed_) return;
  if (gave_up_ || pipe_ == nullptr || pipe_->dropped()) Reset(NGHTTP2_NO_ERROR);
}

void Http2ServerStream::OnClosed(const ErrorCode& error) {
  if (const Done done = std::exchange(done_, nullptr)) done(error);
  if (!all_sent_) Gone();
  gone_.clear();
}

void Http2ServerStream::OnGone(std::function<void()> gone) {
  if (!closed_ && !is_gone_) return gone_.push_back(std::move(gone));
  if (all_sent_) return;
  asio::post(core_->io,
             [pending = AsioEventLoop::Pending(core_->loop), gone = std::move(gone)] { gone(); });
}

void Http2ServerStream::Gone() {
  if (std::exchange(is_gone_, true)) return;
  const auto gone = std::exchange(gone_, {});
  for (const auto& callback : gone) callback();
}

// --- The connection -----------------------------------------------------------------------------

Http2ServerConnection::Http2ServerConnection(ServerCorePointer core, WirePointer wire, bool secure)
    : Http2Session(core->loop, wire,
                   {.max_header_bytes = core->limits.max_header_bytes,
                    .max_streams = kMaxStreams,
                    .header_timeout_ns = core->limits.header_timeout_ns,
                    .body_timeout_ns = core->limits.body_timeout_ns}),
      core_(std::move(core)),
      secure_(secure),
      remote_(ToText(wire->peer())),
      idle_(core_->io),
      going_(core_->io) {}

bool Http2ServerConnection::Serve(std::span<const uint8_t> received) {
  if (!Open(true)) return false;
  const auto self = std::static_pointer_cast<Http2ServerConnection>(shared_from_this());
  core_->Add(self);
  idle_.Set(core_->limits.header_timeout_ns, [self] { self->GoAway(); });
  Start(received);
  return true;
}

// A client that begins and gives up again and again makes no more work than one that waits.
Http2StreamPointer Http2ServerConnection::NewStream(int32_t stream_id) {
  if (*live_ >= kMaxStreams) {
    nghttp2_submit_rst_stream(native(), NGHTTP2_FLAG_NONE, stream_id, NGHTTP2_REFUSED_STREAM);
    return nullptr;
  }
  return std::make_shared<Http2ServerStream>(*this, stream_id);
}

void Http2ServerConnection::OnStep() {
  if (!streams_.empty()) return idle_.Clear();
  if (idle_.is_set()) return;
  const auto self = std::static_pointer_cast<Http2ServerConnection>(shared_from_this());
  idle_.Set(core_->limits.idle_timeout_ns, [self] { self->GoAway(); });
}

void Http2ServerConnection::OnEnded(const ErrorCode&) {
  idle_.Clear();
  going_.Clear();
  core_->Remove(this);
}

void Http2ServerConnection::GoAway() {
  if (ended()) return;
  nghttp2_submit_goaway(native(), NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(native()), NGHTTP2_NO_ERROR,
                        nullptr, 0);
  Kick();
}

// Requests that are on their way get the time to arrive [RFC 9113, 6.8].
void Http2ServerConnection::Shutdown() {
  if (ended()) return;
  if (streams_.empty()) return GoAway();
  nghttp2_submit_shutdown_notice(native());
  Kick();
  constexpr uint64_t kOnTheWayNs = 100'000'000;
  const auto self = std::static_pointer_cast<Http2ServerConnection>(shared_from_this());
  going_.Set(kOnTheWayNs, [self] { self->GoAway(); });
}

}  // namespace

void ServeHttp2(const ServerCorePointer& core, WirePointer wire, bool secure,
                std::span<const uint8_t> received) {
  const auto connection = std::make_shared<Http2ServerConnection>(core, wire, secure);
  if (!connection->Serve(received)) wire->Close();
}

}  // namespace trenail::wasi::http
