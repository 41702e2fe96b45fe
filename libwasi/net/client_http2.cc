// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A client's connection of HTTP/2, which takes several calls at once. Servers offer it by ALPN.

#include <utility>

#include "libwasi/net/client_core.h"
#include "libwasi/net/error_map.h"
#include "libwasi/net/fields.h"
#include "libwasi/net/http2_session.h"

namespace trenail::wasi::http {
namespace {

class Http2ClientConnection final : public Http2Session, public ClientConnection {
 public:
  Http2ClientConnection(ClientCorePointer core, WirePointer wire);

  bool Connect();
  const ClientCorePointer& core() const { return core_; }
  void Begin(CallPointer call) override;
  void Abandon(const CallPointer& call) override;
  bool is_shared() const override { return true; }
  bool can_take() const override;
  bool is_busy() const override { return !streams_.empty(); }
  Tcp::endpoint peer() const override { return wire_->peer(); }
  void Close() override { End(ErrorOf(ErrorKind::kConnectionTerminated)); }

 private:
  Http2StreamPointer NewStream(int32_t) override { return nullptr; }
  void OnStep() override;
  void OnEnded(const ErrorCode& error) override;

  const ClientCorePointer core_;
  Deadline idle_;
  bool used_ = false;
};

class Http2ClientStream final : public Http2Stream {
 public:
  Http2ClientStream(Http2ClientConnection& connection, int32_t stream_id, CallPointer call)
      : Http2Stream(connection, stream_id),
        core_(connection.core()),
        call_(std::move(call)),
        pending_(call_->loop) {
    timeout_ns_ = call_->between_bytes_timeout_ns;
  }

  void WaitForFirstByte();
  const CallPointer& call() const { return call_; }

 private:
  void OnHead(FieldList fields, bool end_stream) override;
  void OnClosed(const ErrorCode& error) override;
  void OnAllSent() override;
  void OnReadTimeout() override;
  void OnDropped() override;
  void OnWaits(bool waits) override;
  ErrorKind WhenReset() const override {
    return got_head_ ? ErrorKind::kHttpResponseIncomplete : ErrorKind::kConnectionTerminated;
  }

  const ClientCorePointer core_;
  const CallPointer call_;
  // While somebody waits for what the other side may send. [Transport]
  std::optional<AsioEventLoop::Pending> pending_;
};

// --- A call -------------------------------------------------------------------------------------

void Http2ClientStream::WaitForFirstByte() {
  const auto self = std::static_pointer_cast<Http2ClientStream>(shared_from_this());
  read_deadline_.Set(call_->first_byte_timeout_ns, [self] {
    self->call_->Fail(ErrorOf(ErrorKind::kConnectionReadTimeout));
    self->Reset(NGHTTP2_CANCEL);
  });
}

void Http2ClientStream::OnHead(FieldList fields, bool end_stream) {
  pending_.reset();
  const std::string* status = FindField(fields, ":status");
  const auto number = status == nullptr ? std::nullopt : ParseLength(*status);
  constexpr uint64_t kMaxStatus = 999;
  if (!number || *number > kMaxStatus || too_large_) {
    call_->Fail(ErrorOf(too_large_ ? ErrorKind::kHttpResponseHeaderSectionSize
                                   : ErrorKind::kHttpProtocolError));
    return Reset(NGHTTP2_CANCEL);
  }
  Response response;
  response.status = static_cast<uint16_t>(*number);
  std::erase_if(fields, [](const auto& field) { return field.first.starts_with(':'); });
  response.headers = WithoutConnectionFields(std::move(fields));
  if (!end_stream) {
    std::optional<uint64_t> length;
    if (const std::string* declared = FindField(response.headers, "content-length"))
      length = ParseLength(*declared);
    response.body = MakePipeBody(pipe_, length);
  }
  call_->Respond(std::move(response));
}

void Http2ClientStream::OnClosed(const ErrorCode& error) {
  pending_.reset();
  if (!got_head_ && !call_->over && call_->may_retry &&
      error.kind == ErrorKind::kConnectionTerminated)
    return core_->Retry(call_);
  call_->Respond(std::unexpected(error));
  call_->Sent(all_sent_ ? std::nullopt : std::optional(error));
}

void Http2ClientStream::OnAllSent() {
  call_->Sent(std::nullopt);
  if (!got_head_ && !closed_) WaitForFirstByte();
}

void Http2ClientStream::OnReadTimeout() {
  pipe_->Fail(ErrorOf(ErrorKind::kConnectionReadTimeout));
  Reset(NGHTTP2_CANCEL);
}

void Http2ClientStream::OnDropped() {
  if (!remote_done_) Reset(NGHTTP2_CANCEL);
}

void Http2ClientStream::OnWaits(bool waits) {
  if (!waits)
    pending_.reset();
  else if (!pending_)
    pending_.emplace(call_->loop);
}

// --- The connection -----------------------------------------------------------------------------

Http2ClientConnection::Http2ClientConnection(ClientCorePointer core, WirePointer wire)
    : Http2Session(core->loop, std::move(wire),
                   {.max_header_bytes = core->limits.max_header_bytes,
                    .max_streams = 0,
                    .header_timeout_ns = 0,
                    .body_timeout_ns = core->limits.idle_timeout_ns}),
      core_(std::move(core)),
      idle_(core_->io) {}

bool Http2ClientConnection::Connect() {
  if (!Open(false)) return false;
  Start({});
  return true;
}

bool Http2ClientConnection::can_take() const {
  return !ended() && nghttp2_session_check_request_allowed(native()) != 0 &&
         streams_.size() <
             nghttp2_session_get_remote_settings(native(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

void Http2ClientConnection::Begin(CallPointer call) {
  if (ended()) return call->Fail(ErrorOf(ErrorKind::kConnectionTerminated));
  idle_.Clear();
  call->may_retry = call->may_retry && std::exchange(used_, true);
  Request& request = call->request;
  Http2Fields fields;
  fields.Add(":method", request.method);
  fields.Add(":scheme", request.scheme);
  fields.Add(":authority", request.authority);
  fields.Add(":path", request.path_with_query);
  FieldList headers = WithoutConnectionFields(request.headers);
  std::optional<uint64_t> length;
  if (request.body != nullptr) length = request.body->length();
  if (const std::string* declared = FindField(headers, "content-length");
      declared != nullptr && request.body != nullptr && !length)
    length = ParseLength(*declared);
  std::erase_if(headers, [](const auto& field) {
    return EqualsIgnoringCase(field.first, "content-length") ||
           (EqualsIgnoringCase(field.first, "te") && !EqualsIgnoringCase(field.second, "trailers"));
  });
  // Checked when the request was taken.
  fields.AddAll(headers);
  if (length) fields.Add("content-length", std::to_string(*length));

  const int32_t next = static_cast<int32_t>(nghttp2_session_get_next_stream_id(native()));
  const auto stream = std::make_shared<Http2ClientStream>(*this, next, call);
  nghttp2_data_provider content = Content(*stream);
  const bool has_content = request.body != nullptr;
  std::unique_ptr<Body> body = std::move(request.body);
  if (nghttp2_submit_request(native(), nullptr, fields.data(), fields.size(),
                             has_content ? &content : nullptr, nullptr) != next)
    return call->Fail(ErrorOf(ErrorKind::kConnectionTerminated));
  Register(stream);
  stream->WaitForFirstByte();
  if (has_content) stream->StartSending(std::move(body), length, ErrorKind::kHttpRequestBodySize);
  Kick();
}

void Http2ClientConnection::Abandon(const CallPointer& call) {
  for (const auto& [id, stream] : streams_)
    if (static_cast<Http2ClientStream&>(*stream).call() == call)
      return stream->Reset(NGHTTP2_CANCEL);
}

void Http2ClientConnection::OnStep() {
  if (!streams_.empty()) return idle_.Clear();
  if (idle_.is_set()) return;
  const auto self = std::static_pointer_cast<Http2ClientConnection>(shared_from_this());
  idle_.Set(core_->limits.idle_timeout_ns, [self] { self->Close(); });
}

void Http2ClientConnection::OnEnded(const ErrorCode&) {
  idle_.Clear();
  core_->Closed(this);
}

}  // namespace

std::shared_ptr<ClientConnection> MakeHttp2ClientConnection(const ClientCorePointer& core,
                                                            WirePointer wire) {
  auto connection = std::make_shared<Http2ClientConnection>(core, wire);
  if (connection->Connect()) return connection;
  wire->Close();
  return nullptr;
}

}  // namespace trenail::wasi::http
