// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resources of wasi:http@0.2. Those that others are children of know how many are alive: where
// the documentation says that a child must be gone first, the drop of its parent traps.
// [wasi:http/types@0.2.12]

#ifndef TRENAIL_LIBWASI_P2_HTTP_H_
#define TRENAIL_LIBWASI_P2_HTTP_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "libwasi/component/context.h"
#include "libwasi/component/http_client.h"
#include "libwasi/component/http_reply.h"
#include "libwasi/component/http_values.h"
#include "libwasi/http/fields.h"
#include "libwasi/http/incoming_body.h"
#include "libwasi/http/outgoing_body.h"
#include "libwasi/http/request.h"
#include "libwasi/p2/io.h"

namespace trenail::wasi::p2 {

// What a parent gives to each of its children.
class Children {
 public:
  const std::shared_ptr<void>& token() const { return token_; }
  // Errors: kTrap if some are alive.
  Result<void> CheckNone(const char* parent) const;

 private:
  std::shared_ptr<void> token_ = std::make_shared<char>();
};

struct HttpFields {
  std::shared_ptr<http::Fields> fields;
  std::shared_ptr<void> parent = nullptr;
  static const ComponentResource& ComponentType();
};

struct IncomingRequest {
  explicit IncomingRequest(const std::shared_ptr<Budget>& budget) : line(budget) {}
  http::RequestLine line;
  std::shared_ptr<http::Fields> headers;
  std::shared_ptr<http::IncomingBody> body;  // null once it was consumed
  Children children;
  static const ComponentResource& ComponentType();
};

struct OutgoingRequest {
  OutgoingRequest(const std::shared_ptr<Budget>& budget, std::shared_ptr<http::Fields> fields)
      : line(budget), headers(std::move(fields)) {}
  http::RequestLine line;
  std::shared_ptr<http::Fields> headers;
  std::shared_ptr<http::OutgoingBody> body;  // null: nobody has asked for it
  Children children;
  static const ComponentResource& ComponentType();
};

struct RequestOptions {
  http::ClientOptions options;
  static const ComponentResource& ComponentType();
};

struct ResponseOutparam {
  std::shared_ptr<HttpReply> reply;
  static const ComponentResource& ComponentType();
};

struct IncomingResponse {
  uint16_t status = 0;
  std::shared_ptr<http::Fields> headers;
  std::shared_ptr<http::IncomingBody> body;
  Children children;
  static const ComponentResource& ComponentType();
};

struct IncomingBodyResource {
  std::shared_ptr<http::IncomingBody> body;
  bool has_stream = false;
  Children children;
  static const ComponentResource& ComponentType();
};

struct FutureTrailers {
  std::shared_ptr<http::Drained> drained;
  bool taken = false;
  Children children;
  static const ComponentResource& ComponentType();
};

struct OutgoingResponse {
  std::shared_ptr<http::Fields> headers;
  uint16_t status = 200;
  std::shared_ptr<http::OutgoingBody> body;
  Children children;
  static const ComponentResource& ComponentType();
};

struct OutgoingBodyResource {
  explicit OutgoingBodyResource(std::shared_ptr<http::OutgoingBody> outgoing)
      : body(std::move(outgoing)) {}
  // [wasi:http/types.outgoing-body] "If the user code drops this resource …": an incomplete body.
  ~OutgoingBodyResource() { body->Abandon(); }
  OutgoingBodyResource(const OutgoingBodyResource&) = delete;
  OutgoingBodyResource& operator=(const OutgoingBodyResource&) = delete;

  const std::shared_ptr<http::OutgoingBody> body;
  bool has_stream = false;
  Children children;
  static const ComponentResource& ComponentType();
};

struct FutureIncomingResponse {
  std::shared_ptr<HttpCall> call;
  bool taken = false;
  static const ComponentResource& ComponentType();
};

// The parts of the interface, by the resources that they are about.
void LinkHttpFields(ComponentLinkerInstance& types);
void LinkHttpIncoming(ComponentLinkerInstance& types);
void LinkHttpOutgoing(ComponentLinkerInstance& types);
void LinkHttp(ComponentLinker& linker);

// An argument for incoming-handler.handle. Errors: kExhausted.
Result<std::shared_ptr<IncomingRequest>> NewIncomingRequest(Context& context,
                                                            http::Request request);

}  // namespace trenail::wasi::p2

#endif  // TRENAIL_LIBWASI_P2_HTTP_H_
