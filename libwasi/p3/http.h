// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resources of wasi:http@0.3. A request and a response are the same to whoever makes them and
// to whoever gets them: their content is a guest's, as a stream and a future of trailers, or comes
// from the wire; what is passed on untouched is not looked into. [wasi:http/types@0.3.0]

#ifndef TRENAIL_LIBWASI_P3_HTTP_H_
#define TRENAIL_LIBWASI_P3_HTTP_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <utility>

#include "libcomponent/streams.h"
#include "libwasi/component/context.h"
#include "libwasi/component/http_client.h"
#include "libwasi/component/http_reply.h"
#include "libwasi/component/http_values.h"
#include "libwasi/http/fields.h"
#include "libwasi/http/incoming_body.h"
#include "libwasi/http/outgoing_body.h"
#include "libwasi/http/request.h"

namespace trenail::wasi::p3 {

struct HttpFields {
  std::shared_ptr<http::Fields> fields;
  static const ComponentResource& ComponentType();
};

struct RequestOptions {
  http::ClientOptions options;
  bool frozen = false;
  static const ComponentResource& ComponentType();
};

using Transmitted = std::expected<void, http::ErrorCode>;
using Trailers = std::expected<std::optional<ComponentOwn<HttpFields>>, http::ErrorCode>;

// The future of how the transmission of a message ends. Resolved once: if by nobody else, then by
// its end, as the message is not sent any more.
class TransmissionResult {
 public:
  static std::pair<ComponentFuture<Transmitted>, std::shared_ptr<TransmissionResult>> New();
  explicit TransmissionResult(ComponentFutureWriter writer) : writer_(std::move(writer)) {}
  ~TransmissionResult();
  TransmissionResult(const TransmissionResult&) = delete;
  TransmissionResult& operator=(const TransmissionResult&) = delete;

  void Resolve(const std::optional<http::ErrorCode>& error);

 private:
  std::optional<ComponentFutureWriter> writer_;
};

// Where what a message carries comes from: `incoming`, or else a guest.
struct Content {
  Content() = default;
  // Drops the ends that nobody has taken, so that their writers learn of it.
  ~Content();
  Content(Content&&) = default;
  Content& operator=(Content&&) = delete;

  std::shared_ptr<http::IncomingBody> incoming;
  std::optional<ComponentStream<uint8_t>> contents;
  std::optional<ComponentFuture<Trailers>> trailers;
  std::shared_ptr<TransmissionResult> transmission;
};

struct Request {
  explicit Request(const std::shared_ptr<Budget>& budget) : line(budget) {}
  http::RequestLine line;
  std::shared_ptr<http::Fields> headers;
  std::shared_ptr<RequestOptions> options;  // null: none
  Content content;
  static const ComponentResource& ComponentType();
};

struct Response {
  uint16_t status = 200;
  std::shared_ptr<http::Fields> headers;
  Content content;
  static const ComponentResource& ComponentType();
};

// What consume-body returns: the content as a stream, and a future of the trailers.
using Consumed = std::tuple<ComponentStream<uint8_t>, ComponentFuture<Trailers>>;
Result<Consumed> ConsumeBody(Context& context, Content& content,
                             const ComponentFuture<Transmitted>& result);

// The content on its way to the wire: as the wire's own if it came from there, else pumped from the
// guest. Either may be null.
struct WireContent {
  std::unique_ptr<http::Body> body;
  std::shared_ptr<http::OutgoingBody> outgoing;
};
// Errors of the inner kind: what cannot be sent. `may_omit`: Content-Length may be that of a
// content which is not there.
Result<std::expected<WireContent, http::ErrorCode>> ToWire(Context& context, Content& content,
                                                           const http::Fields& headers,
                                                           http::Direction direction,
                                                           bool may_omit = false);

// An argument for handler.handle, and what becomes of its result. Errors: kExhausted.
Result<std::shared_ptr<Request>> NewRequest(Context& context, http::Request request);
Result<void> Respond(Context& context, HttpReply& reply,
                     std::expected<ComponentOwn<Response>, http::ErrorCode> result);

void LinkHttpFields(ComponentLinkerInstance& types);
void LinkHttpMessages(ComponentLinkerInstance& types);
void LinkHttp(ComponentLinker& linker);

}  // namespace trenail::wasi::p3

#endif  // TRENAIL_LIBWASI_P3_HTTP_H_
