// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A client's connection of HTTP/1.1. It is read on all the time: while it is kept for the next
// call, that is how its end is noticed.

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "libwasi/net/body_pipe.h"
#include "libwasi/net/client_core.h"
#include "libwasi/net/error_map.h"
#include "libwasi/net/fields.h"
#include "libwasi/net/http1_parser.h"
#include "libwasi/net/http1_writer.h"

namespace trenail::wasi::http {
namespace {

constexpr size_t kBufferSize = 64 * 1024;

ErrorCode ToErrorCode(Http1Fault fault) {
  switch (fault) {
    case Http1Fault::kHeaderTooLarge:
      return ErrorOf(ErrorKind::kHttpResponseHeaderSectionSize);
    case Http1Fault::kTrailersTooLarge:
      return ErrorOf(ErrorKind::kHttpResponseTrailerSectionSize);
    case Http1Fault::kTransferCoding:
      return ErrorOf(ErrorKind::kHttpResponseTransferCoding);
    case Http1Fault::kIncomplete:
      return ErrorOf(ErrorKind::kHttpResponseIncomplete);
    default:
      return ErrorOf(ErrorKind::kHttpProtocolError);
  }
}

class Http1ClientConnection final : public ClientConnection,
                                    public std::enable_shared_from_this<Http1ClientConnection> {
 public:
  Http1ClientConnection(ClientCorePointer core, WirePointer wire, const Route& route)
      : core_(std::move(core)),
        wire_(std::move(wire)),
        key_(route.key()),
        deadline_(core_->io),
        buffer_(std::max(kBufferSize, core_->limits.max_header_bytes)),
        parser_(false, core_->limits.max_header_bytes) {}

  void Begin(CallPointer call) override;
  void Abandon(const CallPointer&) override { Close(); }
  Tcp::endpoint peer() const override { return wire_->peer(); }
  void Close() override { End(ErrorOf(ErrorKind::kConnectionTerminated)); }

 private:
  enum class State : uint8_t { kIdle, kHead, kBody, kRest, kClosed };

  std::string RequestHead(const ClientCall& call, Http1Framing& framing) const;
  void OnSent(const CallPointer& call, std::optional<ErrorCode> error);
  void Kick();
  void Read();
  void OnRead(const SystemError& error, size_t count);
  void Advance();
  void AdvanceHead();
  void BeginBody();
  void AdvanceBody();
  void FinishBody();
  void MaybeIdle();
  void UpdatePending();
  void WaitForFirstByte();
  void End(const ErrorCode& error);

  const ClientCorePointer core_;
  const WirePointer wire_;
  const std::string key_;
  Deadline deadline_;
  ReadBuffer buffer_;
  Http1Parser parser_;
  State state_ = State::kIdle;
  bool kicked_ = false, reading_ = false, eof_ = false, used_ = false;
  std::optional<ErrorCode> read_error_;

  // Of the call that is made.
  CallPointer call_;
  bool is_head_ = false, sent_ = false, keep_alive_ = false, waits_for_bytes_ = false;
  bool retries_ = false;
  // A server that has seen enough answers and closes: what it says comes first.
  std::optional<ErrorCode> send_error_;
  size_t informational_ = 0;
  std::shared_ptr<Http1Writer> writer_;
  std::shared_ptr<BodyPipe> pipe_;
  std::optional<AsioEventLoop::Pending> pending_;
};

// --- The request --------------------------------------------------------------------------------

std::string Http1ClientConnection::RequestHead(const ClientCall& call,
                                               Http1Framing& framing) const {
  const Request& request = call.request;
  std::string head = request.method + " ";
  const bool by_proxy = call.route.proxy && !call.route.secure;
  if (by_proxy) head += "http://" + request.authority;
  head += request.path_with_query + " HTTP/1.1\r\nHost: " + request.authority + "\r\n";
  if (by_proxy && !call.route.proxy->authorization.empty())
    head += "Proxy-Authorization: " + call.route.proxy->authorization + "\r\n";
  FieldList fields = WithoutConnectionFields(request.headers);
  std::optional<uint64_t> length;
  if (request.body != nullptr) length = request.body->length();
  if (const std::string* declared = FindField(fields, "content-length");
      declared != nullptr && !length)
    length = ParseLength(*declared);
  std::erase_if(
      fields, [](const auto& field) { return EqualsIgnoringCase(field.first, "content-length"); });
  // Checked when the request was taken.
  AppendFields(head, fields);
  using enum Http1Framing::Kind;
  if (request.body == nullptr) {
    // Methods whose requests usually have content say that this one has none.
    if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
      head += "Content-Length: 0\r\n";
  } else if (length) {
    framing = {.kind = kLength, .length = *length};
    head += "Content-Length: " + std::to_string(*length) + "\r\n";
  } else {
    framing = {.kind = kChunked};
    head += "Transfer-Encoding: chunked\r\n";
  }
  return head += "\r\n";
}

void Http1ClientConnection::Begin(CallPointer call) {
  call_ = std::move(call);
  state_ = State::kHead;
  is_head_ = call_->request.method == "HEAD";
  sent_ = false;
  send_error_.reset();
  informational_ = 0;
  parser_.Reset(is_head_);
  call_->may_retry = call_->may_retry && used_;
  used_ = true;
  Http1Framing framing;
  std::string head = RequestHead(*call_, framing);
  writer_ = std::make_shared<Http1Writer>(core_->loop, wire_, call_->between_bytes_timeout_ns,
                                          ErrorKind::kHttpRequestBodySize);
  // Its callback and the connection end together.
  writer_->on_progress = [this] {
    if (state_ == State::kHead) WaitForFirstByte();
  };
  WaitForFirstByte();
  writer_->Start(std::move(head), std::move(call_->request.body), framing,
                 [self = shared_from_this(), call = call_](std::optional<ErrorCode> error) {
                   self->OnSent(call, std::move(error));
                 });
  UpdatePending();
  Read();
}

void Http1ClientConnection::OnSent(const CallPointer& call, std::optional<ErrorCode> error) {
  sent_ = true;
  if (retries_) return;
  if (error && state_ != State::kClosed) {
    if (!writer_->wire_failed()) return End(*error);
    send_error_ = std::move(error);
    return Kick();
  }
  call->Sent(std::move(error));
  if (state_ == State::kHead) WaitForFirstByte();
  Kick();
}

// --- The response -------------------------------------------------------------------------------

void Http1ClientConnection::Kick() {
  if (std::exchange(kicked_, true)) return;
  asio::post(core_->io, [self = shared_from_this()] {
    self->kicked_ = false;
    self->Advance();
  });
}

void Http1ClientConnection::Read() {
  if (state_ == State::kClosed || reading_ || eof_ || buffer_.full()) return;
  reading_ = true;
  wire_->Read(buffer_.Room(), [self = shared_from_this()](const SystemError& error, size_t count) {
    self->OnRead(error, count);
  });
}

void Http1ClientConnection::OnRead(const SystemError& error, size_t count) {
  reading_ = false;
  if (state_ == State::kClosed) return;
  buffer_.Commit(count);
  if (error) eof_ = true;
  if (error && error != asio::error::eof) read_error_ = http::ToErrorCode(error);
  Advance();
}

void Http1ClientConnection::Advance() {
  // Nothing is to be said before it is asked; and a kept connection that ends is of no use.
  if (state_ == State::kIdle && (eof_ || !buffer_.empty())) return Close();
  if (state_ == State::kHead) AdvanceHead();
  if (state_ == State::kBody) AdvanceBody();
  if (state_ == State::kRest) MaybeIdle();
  UpdatePending();
  Read();
}

void Http1ClientConnection::AdvanceHead() {
  for (;;) {
    switch (parser_.ParseHead(buffer_)) {
      case Http1Parser::Step::kMore: {
        if (!eof_) return;
        const bool begun = parser_.started() || !buffer_.empty();
        return End(begun ? ErrorOf(ErrorKind::kHttpResponseIncomplete)
                         : read_error_.value_or(ErrorOf(ErrorKind::kConnectionTerminated)));
      }
      case Http1Parser::Step::kFault:
        return End(ToErrorCode(parser_.fault()));
      case Http1Parser::Step::kDone:
        break;
    }
    const unsigned status = parser_.head().status;
    if (status >= 200) return BeginBody();
    constexpr size_t kMaxInformational = 100;
    if (status == 101) return End(ErrorOf(ErrorKind::kHttpUpgradeFailed));
    if (status < 100 || ++informational_ > kMaxInformational)
      return End(ErrorOf(ErrorKind::kHttpProtocolError));
    parser_.Reset(is_head_);
  }
}

void Http1ClientConnection::BeginBody() {
  Http1Head& head = parser_.head();
  deadline_.Clear();
  waits_for_bytes_ = false;
  keep_alive_ = head.keep_alive;
  Response response;
  response.status = static_cast<uint16_t>(head.status);
  response.headers = WithoutConnectionFields(std::move(head.fields));
  state_ = head.has_body ? State::kBody : State::kRest;
  if (head.has_body) {
    pipe_ = std::make_shared<BodyPipe>();
    pipe_->on_read = [weak = weak_from_this()](size_t) {
      if (const auto self = weak.lock()) self->Kick();
    };
    pipe_->on_dropped = [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->Kick();
    };
    response.body = MakePipeBody(pipe_, head.length);
  }
  call_->Respond(std::move(response));
}

void Http1ClientConnection::AdvanceBody() {
  if (pipe_->dropped()) return Close();
  if (!pipe_->waiting() || pipe_->buffered() > 0) {
    waits_for_bytes_ = false;
    return deadline_.Clear();
  }
  std::vector<uint8_t> content;
  Http1Parser::Step step = parser_.ParseBody(buffer_, content);
  if (!content.empty()) waits_for_bytes_ = false;
  // The reader may do anything from inside of this, ending this connection included.
  pipe_->Push(content);
  if (state_ != State::kBody) return;
  if (step == Http1Parser::Step::kMore && eof_ && buffer_.empty() && !read_error_)
    step = parser_.ParseEnd();
  if (step == Http1Parser::Step::kDone) return FinishBody();
  if (step == Http1Parser::Step::kFault) return End(ToErrorCode(parser_.fault()));
  if (eof_) return End(ErrorOf(ErrorKind::kHttpResponseIncomplete));
  if (!std::exchange(waits_for_bytes_, true))
    deadline_.Set(call_->between_bytes_timeout_ns, [self = shared_from_this()] {
      self->End(ErrorOf(ErrorKind::kConnectionReadTimeout));
    });
}

void Http1ClientConnection::FinishBody() {
  state_ = State::kRest;
  deadline_.Clear();
  const auto pipe = std::exchange(pipe_, nullptr);
  pipe->Detach();
  std::optional<FieldList> trailers = std::move(parser_.trailers());
  if (trailers) trailers = WithoutConnectionFields(std::move(*trailers));
  if (trailers && trailers->empty()) trailers.reset();
  pipe->Finish(std::move(trailers));
}

void Http1ClientConnection::MaybeIdle() {
  if (!keep_alive_ || eof_ || send_error_) return Close();
  if (!sent_) return;
  // Nothing is to be said before it is asked.
  if (!buffer_.empty()) return Close();
  state_ = State::kIdle;
  call_ = nullptr;
  buffer_.Shrink();
  deadline_.Set(core_->limits.idle_timeout_ns, [self = shared_from_this()] { self->Close(); });
  core_->Idle(key_, shared_from_this());
}

// While somebody waits for what this connection may bring. [Transport]
void Http1ClientConnection::UpdatePending() {
  const bool waits = state_ == State::kHead || (state_ == State::kBody && pipe_->waiting());
  if (!waits)
    pending_.reset();
  else if (!pending_)
    pending_.emplace(core_->loop);
}

void Http1ClientConnection::WaitForFirstByte() {
  deadline_.Set(call_->first_byte_timeout_ns, [self = shared_from_this()] {
    self->End(ErrorOf(ErrorKind::kConnectionReadTimeout));
  });
}

void Http1ClientConnection::End(const ErrorCode& error) {
  const State was = std::exchange(state_, State::kClosed);
  if (was == State::kClosed) return;
  const auto self = shared_from_this();
  deadline_.Clear();
  wire_->Close();
  pending_.reset();
  const CallPointer call = std::exchange(call_, nullptr);
  retries_ = was == State::kHead && call->may_retry && !call->over && !parser_.started() &&
             buffer_.empty() && error.kind == ErrorKind::kConnectionTerminated;
  if (writer_ != nullptr) writer_->Abort(error);
  if (const auto pipe = std::exchange(pipe_, nullptr)) {
    pipe->Detach();
    pipe->Fail(error);
  }
  if (call != nullptr && send_error_ && !retries_) call->Sent(send_error_);
  core_->Closed(this);
  if (retries_)
    core_->Retry(call);
  else if (was == State::kHead)
    call->Fail(error);
}

}  // namespace

std::shared_ptr<ClientConnection> MakeHttp1ClientConnection(const ClientCorePointer& core,
                                                            WirePointer wire, const Route& route) {
  return std::make_shared<Http1ClientConnection>(core, std::move(wire), route);
}

}  // namespace trenail::wasi::http
