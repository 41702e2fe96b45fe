// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A server's connection of HTTP/1.1: one request after the other. While one is answered the
// connection is read on, as far as its buffer goes, so that it is noticed when the client has gone.

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "libwasi/net/body_pipe.h"
#include "libwasi/net/deadline.h"
#include "libwasi/net/error_map.h"
#include "libwasi/net/fields.h"
#include "libwasi/net/http1_parser.h"
#include "libwasi/net/http1_writer.h"
#include "libwasi/net/server_core.h"

namespace trenail::wasi::http {
namespace {

// Of a request's content that nobody wants, what is read to keep the connection.
constexpr uint64_t kMaxDiscarded = 256 * 1024;
constexpr size_t kBufferSize = 64 * 1024;

class Http1Connection final : public ServerConnection,
                              public std::enable_shared_from_this<Http1Connection> {
 public:
  Http1Connection(ServerCorePointer core, WirePointer wire, bool secure)
      : core_(std::move(core)),
        wire_(std::move(wire)),
        secure_(secure),
        remote_(ToText(wire_->peer())),
        buffer_(std::max(kBufferSize, core_->limits.max_header_bytes)),
        parser_(true, core_->limits.max_header_bytes),
        deadline_(core_->io) {}

  void Start() {
    core_->Add(shared_from_this());
    deadline_.Set(core_->limits.header_timeout_ns, [self = shared_from_this()] { self->Expire(); });
    waits_for_ = Waits::kHeader;
    Read();
  }
  void Shutdown() override {
    keep_alive_ = false;
    Kick();
  }
  void Close() override { End(false); }

  // The responder's.
  void SendInformational(uint64_t exchange, uint16_t status, const FieldList& fields);
  void Respond(uint64_t exchange, Response response, Http1Writer::Done done);
  void OnGone(uint64_t exchange, std::function<void()> gone);

 private:
  enum class State : uint8_t { kHead, kExchange, kClosed };
  enum class Waits : uint8_t { kNothing, kIdle, kHeader, kBody };

  void Kick();
  void Read();
  void OnRead(const SystemError& error, size_t count);
  void Advance();
  void AdvanceHead();
  void AdvanceBody();
  void AdvanceEnd();
  void WaitFor(Waits what, uint64_t timeout_ns);
  void Expire();

  void BeginExchange();
  void RequestEnds();
  void RequestFails(ErrorCode error);
  void Refuse(unsigned status);
  void SendResponse();
  std::optional<std::string> ResponseHead(Response& response, Http1Framing& framing) const;
  void SendRaw(std::string_view text);
  void FlushRaw();
  void Gone();
  // `gently`: what was sent has still to be read.
  void End(bool gently);

  const ServerCorePointer core_;
  const WirePointer wire_;
  const bool secure_;
  const std::string remote_;
  ReadBuffer buffer_;
  Http1Parser parser_;
  Deadline deadline_;
  State state_ = State::kHead;
  Waits waits_for_ = Waits::kNothing;
  bool kicked_ = false, reading_ = false, eof_ = false, keep_alive_ = true, first_ = true;

  // The request that is being answered.
  uint64_t exchange_ = 0;
  std::shared_ptr<BodyPipe> pipe_;
  std::vector<std::function<void()>> gone_;
  bool request_done_ = false, answered_ = false, response_done_ = false, is_gone_ = false;
  bool is_head_ = false, expects_continue_ = false;
  int version_ = 11;
  uint64_t discarded_ = 0;
  // What goes out before the response: 1xx.
  std::string raw_, raw_on_the_way_;
  bool raw_writing_ = false;
  std::optional<Response> response_;
  Http1Writer::Done done_;
  std::shared_ptr<Http1Writer> writer_;
};

class Http1Responder final : public Responder {
 public:
  Http1Responder(std::shared_ptr<Http1Connection> connection, uint64_t exchange)
      : connection_(std::move(connection)), exchange_(exchange) {}
  ~Http1Responder() override {
    if (!answered_) connection_->Respond(exchange_, {.status = 500, .headers = {}, .body = {}}, {});
  }
  void SendInformational(uint16_t status, FieldList fields) override {
    if (!answered_) connection_->SendInformational(exchange_, status, fields);
  }
  void Respond(Response response, Http1Writer::Done done) override {
    // Once: another answer has nowhere to go.
    connection_->Respond(std::exchange(answered_, true) ? 0 : exchange_, std::move(response),
                         std::move(done));
  }
  void OnGone(std::function<void()> gone) override {
    connection_->OnGone(exchange_, std::move(gone));
  }

 private:
  const std::shared_ptr<Http1Connection> connection_;
  const uint64_t exchange_;
  bool answered_ = false;
};

// --- Reading ------------------------------------------------------------------------------------

void Http1Connection::Kick() {
  if (std::exchange(kicked_, true)) return;
  asio::post(core_->io, [self = shared_from_this()] {
    self->kicked_ = false;
    self->Advance();
  });
}

void Http1Connection::Read() {
  if (state_ == State::kClosed || reading_ || eof_ || buffer_.full()) return;
  reading_ = true;
  wire_->Read(buffer_.Room(), [self = shared_from_this()](const SystemError& error, size_t count) {
    self->OnRead(error, count);
  });
}

void Http1Connection::OnRead(const SystemError& error, size_t count) {
  reading_ = false;
  if (state_ == State::kClosed) return error ? wire_->Close() : wire_->CloseGently(false);
  buffer_.Commit(count);
  if (error && error != asio::error::eof) return End(false);
  if (error) eof_ = true;
  Advance();
}

void Http1Connection::Advance() {
  if (state_ == State::kHead) AdvanceHead();
  if (state_ == State::kExchange) AdvanceBody();
  if (state_ == State::kExchange && eof_ && !response_done_) Gone();
  if (state_ == State::kExchange) AdvanceEnd();
  Read();
}

void Http1Connection::AdvanceHead() {
  const std::string_view text = buffer_.text();
  if (first_ && !text.empty() &&
      (kHttp2Preface.starts_with(text) || text.starts_with(kHttp2Preface))) {
    if (text.size() < kHttp2Preface.size()) {
      if (eof_) End(false);
      return;
    }
    state_ = State::kClosed;
    deadline_.Clear();
    ServeHttp2(core_, wire_, secure_, buffer_.bytes());
    core_->Remove(this);
    return;
  }
  const Http1Parser::Step step = parser_.ParseHead(buffer_);
  if (step == Http1Parser::Step::kMore) {
    const bool begun = parser_.started() || !buffer_.empty();
    if (eof_ || (core_->shutting_down() && !begun)) return End(false);
    if (begun)
      WaitFor(Waits::kHeader, core_->limits.header_timeout_ns);
    else if (!first_)
      WaitFor(Waits::kIdle, core_->limits.idle_timeout_ns);
    return;
  }
  WaitFor(Waits::kNothing, 0);
  first_ = false;
  if (step == Http1Parser::Step::kDone) return BeginExchange();
  switch (parser_.fault()) {
    case Http1Fault::kVersion:
      return Refuse(505);
    case Http1Fault::kTargetTooLong:
      return Refuse(414);
    case Http1Fault::kHeaderTooLarge:
      return Refuse(431);
    case Http1Fault::kTransferCoding:
      return Refuse(501);
    default:
      return Refuse(400);
  }
}

void Http1Connection::BeginExchange() {
  Http1Head& head = parser_.head();
  state_ = State::kExchange;
  ++exchange_;
  keep_alive_ = head.keep_alive && !core_->shutting_down();
  version_ = head.version;
  is_head_ = head.method == "HEAD";
  request_done_ = !head.has_body;
  answered_ = response_done_ = is_gone_ = false;
  discarded_ = 0;

  size_t hosts = 0;
  for (const auto& [name, value] : head.fields) hosts += EqualsIgnoringCase(name, "host");
  const std::string* host = FindField(head.fields, "host");
  if (hosts > 1 || (hosts == 0 && version_ >= 11)) return Refuse(400);
  if (head.method == "CONNECT") return Refuse(501);
  auto target = ParseTarget(head.method, head.target, host);
  if (!target) return Refuse(400);
  const std::string* expect = FindField(head.fields, "expect");
  if (expect != nullptr && !EqualsIgnoringCase(*expect, "100-continue")) return Refuse(417);
  expects_continue_ = expect != nullptr && version_ >= 11 && head.has_body && buffer_.empty();

  Request request;
  request.method = std::move(head.method);
  request.scheme = secure_ ? "https" : "http";
  request.authority = std::move(target->authority);
  request.path_with_query = std::move(target->path_with_query);
  request.headers = WithoutConnectionFields(std::move(head.fields));
  request.remote_address = remote_;
  if (head.has_body) {
    pipe_ = std::make_shared<BodyPipe>();
    pipe_->on_read = [weak = weak_from_this()](size_t) {
      if (const auto self = weak.lock()) self->Kick();
    };
    pipe_->on_dropped = [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->Kick();
    };
    request.body = MakePipeBody(pipe_, head.length);
  }
  core_->handler(std::move(request),
                 std::make_shared<Http1Responder>(shared_from_this(), exchange_));
}

void Http1Connection::AdvanceBody() {
  if (request_done_ || pipe_ == nullptr) return;
  const bool dropped = pipe_->dropped();
  if (!dropped && (!pipe_->waiting() || pipe_->buffered() > 0)) return WaitFor(Waits::kNothing, 0);
  if (dropped && (expects_continue_ || discarded_ >= kMaxDiscarded))
    return WaitFor(Waits::kNothing, 0);
  if (std::exchange(expects_continue_, false) && !answered_)
    SendRaw("HTTP/1.1 100 Continue\r\n\r\n");

  std::vector<uint8_t> content;
  const Http1Parser::Step step = parser_.ParseBody(buffer_, content);
  discarded_ += dropped ? content.size() : 0;
  if (!content.empty()) waits_for_ = Waits::kNothing;
  // The reader may do anything from inside of these, ending this connection included.
  pipe_->Push(content);
  if (state_ != State::kExchange || pipe_ == nullptr) return;
  if (step == Http1Parser::Step::kDone) {
    RequestEnds();
  } else if (step == Http1Parser::Step::kFault) {
    RequestFails(parser_.fault() == Http1Fault::kTrailersTooLarge
                     ? ErrorOf(ErrorKind::kHttpRequestTrailerSectionSize)
                     : ErrorOf(ErrorKind::kHttpProtocolError));
  } else if (eof_) {
    RequestFails(ErrorOf(ErrorKind::kConnectionTerminated));
  } else {
    WaitFor(Waits::kBody, core_->limits.body_timeout_ns);
  }
}

void Http1Connection::RequestEnds() {
  request_done_ = true;
  WaitFor(Waits::kNothing, 0);
  std::optional<FieldList> trailers = std::move(parser_.trailers());
  if (trailers) trailers = WithoutConnectionFields(std::move(*trailers));
  if (trailers && trailers->empty()) trailers.reset();
  pipe_->Finish(std::move(trailers));
}

void Http1Connection::RequestFails(ErrorCode error) {
  request_done_ = true;
  keep_alive_ = false;
  WaitFor(Waits::kNothing, 0);
  pipe_->Fail(std::move(error));
}

void Http1Connection::AdvanceEnd() {
  if (!response_done_) return;
  if (!request_done_) {
    // Whoever answers early may still read; else what comes has no end that is worth waiting for.
    if (!pipe_->dropped() && !expects_continue_) return;
    if (!expects_continue_ && discarded_ < kMaxDiscarded && !eof_) return;
    return End(true);
  }
  if (pipe_ != nullptr) pipe_->Detach();
  pipe_ = nullptr;
  writer_ = nullptr;
  gone_.clear();
  if (!keep_alive_ || core_->shutting_down()) return End(true);
  state_ = State::kHead;
  expects_continue_ = false;
  parser_.Reset();
  buffer_.Shrink();
  Kick();
}

// --- Time ---------------------------------------------------------------------------------------

// The time of a header runs from its first byte on, that of a body anew with every byte.
void Http1Connection::WaitFor(Waits what, uint64_t timeout_ns) {
  if (waits_for_ == what) return;
  waits_for_ = what;
  if (what == Waits::kNothing) return deadline_.Clear();
  deadline_.Set(timeout_ns, [self = shared_from_this()] { self->Expire(); });
}

void Http1Connection::Expire() {
  if (state_ == State::kClosed) return;
  const Waits waited = std::exchange(waits_for_, Waits::kNothing);
  if (waited == Waits::kIdle || (waited == Waits::kHeader && buffer_.empty() && !parser_.started()))
    return End(false);
  if (waited == Waits::kHeader) return Refuse(408);
  if (waited != Waits::kBody) return;
  RequestFails(ErrorOf(ErrorKind::kConnectionReadTimeout));
  if (state_ != State::kExchange) return;
  Gone();
  if (state_ == State::kExchange && !answered_)
    Respond(exchange_, {.status = 408, .headers = {}, .body = nullptr}, nullptr);
  Kick();
}

// --- Writing ------------------------------------------------------------------------------------

void Http1Connection::Refuse(unsigned status) {
  if (state_ == State::kHead) {
    state_ = State::kExchange;
    ++exchange_;
    version_ = 11;
    response_done_ = is_head_ = false;
  }
  keep_alive_ = false;
  request_done_ = true;
  answered_ = false;
  Respond(exchange_, {.status = static_cast<uint16_t>(status), .headers = {}, .body = nullptr},
          nullptr);
}

void Http1Connection::SendInformational(uint64_t exchange, uint16_t status,
                                        const FieldList& fields) {
  if (exchange != exchange_ || state_ != State::kExchange || answered_ || version_ < 11) return;
  // 101 would promise another protocol.
  if (status < 100 || status > 199 || status == 101) return;
  if (status == 100) expects_continue_ = false;
  std::string text = "HTTP/1.1 " + std::to_string(status) + " ";
  text.append(ReasonOf(status)).append("\r\n");
  FieldList sent = WithoutConnectionFields(fields);
  if (!AppendFields(text, sent)) return;
  SendRaw(text.append("\r\n"));
}

void Http1Connection::SendRaw(std::string_view text) {
  // Nobody reads: a guest may send no end of these.
  constexpr size_t kMaxRaw = 256 * 1024;
  if (raw_.size() + text.size() > kMaxRaw) return;
  raw_ += text;
  FlushRaw();
}

void Http1Connection::FlushRaw() {
  if (raw_writing_ || raw_.empty() || state_ == State::kClosed) return;
  raw_writing_ = true;
  raw_on_the_way_ = std::exchange(raw_, {});
  wire_->Write(asio::buffer(raw_on_the_way_),
               [self = shared_from_this()](const SystemError& error, size_t) {
                 self->raw_writing_ = false;
                 if (error) return self->End(false);
                 self->FlushRaw();
                 if (self->response_) self->SendResponse();
               });
}

void Http1Connection::OnGone(uint64_t exchange, std::function<void()> gone) {
  if (exchange != exchange_ || state_ != State::kExchange || is_gone_) {
    // Not from inside of the call; and only if it has gone, not if all is over.
    if (state_ == State::kClosed || is_gone_)
      asio::post(core_->io, [pending = AsioEventLoop::Pending(core_->loop),
                             gone = std::move(gone)] { gone(); });
    return;
  }
  gone_.push_back(std::move(gone));
}

void Http1Connection::Gone() {
  if (std::exchange(is_gone_, true)) return;
  const auto gone = std::exchange(gone_, {});
  for (const auto& callback : gone) callback();
}

void Http1Connection::Respond(uint64_t exchange, Response response, Http1Writer::Done done) {
  if (exchange != exchange_ || state_ != State::kExchange || std::exchange(answered_, true)) {
    if (done == nullptr) return;
    asio::post(core_->io, [pending = AsioEventLoop::Pending(core_->loop), done = std::move(done)] {
      done(ErrorOf(ErrorKind::kConnectionTerminated));
    });
    return;
  }
  response_ = std::move(response);
  done_ = std::move(done);
  if (!raw_writing_) SendResponse();
}

std::optional<std::string> Http1Connection::ResponseHead(Response& response,
                                                         Http1Framing& framing) const {
  if (response.status < 200 || response.status > 999) return std::nullopt;
  std::string head = version_ >= 11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  head.append(std::to_string(response.status)).append(" ");
  head.append(ReasonOf(response.status)).append("\r\n");
  FieldList fields = WithoutConnectionFields(std::move(response.headers));
  std::optional<uint64_t> declared;
  if (const std::string* length = FindField(fields, "content-length"))
    declared = ParseLength(*length);
  std::erase_if(
      fields, [](const auto& field) { return EqualsIgnoringCase(field.first, "content-length"); });
  if (!AppendFields(head, fields)) return std::nullopt;
  if (FindField(fields, "date") == nullptr) head.append("Date: ").append(DateNow()).append("\r\n");

  using enum Http1Framing::Kind;
  std::optional<uint64_t> length = response.body == nullptr ? 0 : response.body->length();
  if (!length) length = declared;
  framing = {};
  if (is_head_ || response.status == 304) {
    // What the content would have been.
    if (response.body == nullptr) length = declared;
  } else if (response.status == 204) {
    length.reset();
  } else if (length) {
    if (response.body != nullptr) framing = {.kind = kLength, .length = *length};
  } else if (version_ >= 11) {
    framing = {.kind = kChunked};
    head += "Transfer-Encoding: chunked\r\n";
  } else {
    framing = {.kind = kUntilClose};
  }
  if (length) head.append("Content-Length: ").append(std::to_string(*length)).append("\r\n");
  const bool keep = keep_alive_ && framing.kind != kUntilClose && !core_->shutting_down();
  if (!keep)
    head += "Connection: close\r\n";
  else if (version_ < 11)
    head += "Connection: keep-alive\r\n";
  return head += "\r\n";
}

void Http1Connection::SendResponse() {
  Response response = std::move(*response_);
  response_.reset();
  // What was promised with 100 has not been asked for, so it may come or not.
  if (expects_continue_) keep_alive_ = false;
  Http1Framing framing;
  auto head = ResponseHead(response, framing);
  bool replaced = false;
  if (!head) {
    replaced = true;
    response = {.status = 500, .headers = {}, .body = nullptr};
    head = ResponseHead(response, framing);
  }
  if (core_->shutting_down() || framing.kind == Http1Framing::Kind::kUntilClose)
    keep_alive_ = false;
  writer_ = std::make_shared<Http1Writer>(core_->loop, wire_, core_->limits.body_timeout_ns,
                                          ErrorKind::kHttpResponseBodySize);
  writer_->Start(std::move(*head), std::move(response.body), framing,
                 [self = shared_from_this(), replaced](std::optional<ErrorCode> error) {
                   self->response_done_ = true;
                   const bool failed = error.has_value();
                   const bool unread = failed && error->kind == ErrorKind::kConnectionWriteTimeout;
                   if (replaced && !error)
                     error = ErrorOf(ErrorKind::kInternalError, "the response cannot be sent");
                   if (const auto done = std::exchange(self->done_, nullptr))
                     done(std::move(error));
                   if (unread) self->wire_->Abort();
                   if (failed) return self->End(false);
                   self->Kick();
                 });
}

void Http1Connection::End(bool gently) {
  if (std::exchange(state_, State::kClosed) == State::kClosed) return;
  const auto self = shared_from_this();
  deadline_.Clear();
  if (gently && !eof_)
    wire_->CloseGently(reading_);
  else
    wire_->Close();
  const ErrorCode error = ErrorOf(ErrorKind::kConnectionTerminated);
  const bool unanswered = exchange_ > 0 && !response_done_;
  response_.reset();
  if (pipe_ != nullptr) {
    pipe_->Detach();
    pipe_->Fail(error);
  }
  if (writer_ != nullptr) writer_->Abort(error);
  if (const auto done = std::exchange(done_, nullptr)) done(error);
  if (unanswered) Gone();
  gone_.clear();
  core_->Remove(this);
}

}  // namespace

void ServeHttp1(const ServerCorePointer& core, WirePointer wire, bool secure) {
  std::make_shared<Http1Connection>(core, std::move(wire), secure)->Start();
}

}  // namespace trenail::wasi::http
