// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What goes out: requests and responses with their bodies, and where they are answered.
// [wasi:http/types@0.2.12]

#include <expected>
#include <string>

#include "libwasi/p2/http.h"

namespace trenail::wasi::p2 {
namespace {

using Empty = std::monostate;
using http::Direction;
using http::ErrorCode;
using Status = std::expected<void, Empty>;

Status ToStatusReturn(bool taken) {
  if (!taken) return std::unexpected(Empty());
  return {};
}

template <typename T>
ComponentResource Parent(const char* name) {
  return ComponentResource::HostObject(
      name, [name](void* object) { return static_cast<T*>(object)->children.CheckNone(name); });
}

// The host's own from now on, whoever else still sees them.
std::shared_ptr<http::Fields> Freeze(const ComponentOwn<HttpFields>& headers) {
  headers.object->fields->Freeze();
  return headers.object->fields;
}

template <typename T>
Result<ComponentOwn<HttpFields>> Headers(Context& context, const ComponentBorrow<T>& parent) {
  return context.NewOwn<HttpFields>(parent->headers, parent->children.token());
}

template <typename T>
Result<std::expected<ComponentOwn<OutgoingBodyResource>, Empty>> MakeBody(
    Context& context, const ComponentBorrow<T>& message, Direction direction) {
  if (message->body != nullptr) return GuestError{Empty()};
  const auto length = http::ContentLength(*message->headers);
  if (!length) return GuestError{Empty()};
  message->body = std::make_shared<http::OutgoingBody>(context.budget(), direction, *length);
  return TRY(context.NewOwn<OutgoingBodyResource>(message->body));
}

Result<std::expected<void, ErrorCode>> SendInformational(HttpReply& reply, uint16_t status,
                                                         const http::Fields& headers) {
  if (status < 100 || status > 199)
    return GuestError{ErrorCode{.kind = http::ErrorKind::kHttpProtocolError}};
  reply.SendInformational(status, http::ToWireFields(headers, /*has_body=*/true));
  return std::expected<void, ErrorCode>();
}

using ResponseOrError = std::expected<ComponentOwn<OutgoingResponse>, ErrorCode>;

Result<void> Respond(HttpReply& reply, const ResponseOrError& result) {
  if (!result) {
    reply.RespondError(result.error());
    return {};
  }
  OutgoingResponse& response = *result->object;
  TRY_VOID(response.children.CheckNone("outgoing-response"));
  // [RFC 9110: 15.2] Informational responses are not the answer.
  if (response.status < 200) {
    reply.RespondError({.kind = http::ErrorKind::kHttpProtocolError});
    return {};
  }
  http::Response wire{.status = response.status,
                      .headers = http::ToWireFields(*response.headers, response.body != nullptr)};
  if (response.body != nullptr) wire.body = response.body->Take();
  reply.Respond(std::move(wire), response.body);
  return {};
}

Result<std::expected<void, ErrorCode>> FinishBody(
    const ComponentOwn<OutgoingBodyResource>& self,
    const std::optional<ComponentOwn<HttpFields>>& trailers) {
  TRY_VOID(self.object->children.CheckNone("outgoing-body"));
  std::optional<http::FieldList> list;
  if (trailers) list = trailers->object->fields->list();
  return self.object->body->Finish(std::move(list));
}

using Duration = std::optional<uint64_t>;

void LinkOption(ComponentLinkerInstance& types, const std::string& name,
                std::optional<uint64_t> http::ClientOptions::* option) {
  using Self = ComponentBorrow<RequestOptions>;
  types.Func("[method]request-options." + name,
             TypedHost([option](Self self) { return self->options.*option; }));
  types.Func("[method]request-options.set-" + name,
             TypedHost([option](Self self, Duration duration) {
               self->options.*option = duration;
               return Status();
             }));
}

}  // namespace

const ComponentResource& OutgoingRequest::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(Parent<OutgoingRequest>("outgoing-request"));
  return type;
}
const ComponentResource& RequestOptions::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("request-options"));
  return type;
}
const ComponentResource& ResponseOutparam::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("response-outparam"));
  return type;
}
const ComponentResource& OutgoingResponse::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(Parent<OutgoingResponse>("outgoing-response"));
  return type;
}
const ComponentResource& OutgoingBodyResource::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(Parent<OutgoingBodyResource>("outgoing-body"));
  return type;
}

void LinkHttpOutgoing(ComponentLinkerInstance& types) {
  using Request = ComponentBorrow<OutgoingRequest>;
  types.Resource("outgoing-request", OutgoingRequest::ComponentType());
  types.Func("[constructor]outgoing-request",
             TypedHost([](Context& context, ComponentOwn<HttpFields> headers) {
               return context.NewOwn<OutgoingRequest>(context.budget(), Freeze(headers));
             }));
  types.Func("[method]outgoing-request.body", TypedHost([](Context& context, Request self) {
               return MakeBody(context, self, Direction::kRequest);
             }));
  types.Func("[method]outgoing-request.method",
             TypedHost([](Request self) { return HttpMethod{self->line.method()}; }));
  types.Func("[method]outgoing-request.set-method", TypedHost([](Request self, HttpMethod method) {
               return ToStatusReturn(self->line.SetMethod(std::move(method.text)));
             }));
  types.Func("[method]outgoing-request.path-with-query",
             TypedHost([](Request self) { return self->line.path_with_query(); }));
  types.Func("[method]outgoing-request.set-path-with-query",
             TypedHost([](Request self, std::optional<std::string> path) {
               return ToStatusReturn(self->line.SetPathWithQuery(std::move(path)));
             }));
  types.Func("[method]outgoing-request.scheme",
             TypedHost([](Request self) { return ToScheme(self->line.scheme()); }));
  types.Func("[method]outgoing-request.set-scheme",
             TypedHost([](Request self, std::optional<HttpScheme> scheme) {
               return ToStatusReturn(self->line.SetScheme(FromScheme(std::move(scheme))));
             }));
  types.Func("[method]outgoing-request.authority",
             TypedHost([](Request self) { return self->line.authority(); }));
  types.Func("[method]outgoing-request.set-authority",
             TypedHost([](Request self, std::optional<std::string> authority) {
               return ToStatusReturn(self->line.SetAuthority(std::move(authority)));
             }));
  types.Func("[method]outgoing-request.headers",
             TypedHost([](Context& context, Request self) { return Headers(context, self); }));

  types.Resource("request-options", RequestOptions::ComponentType());
  types.Func("[constructor]request-options",
             TypedHost([](Context& context) { return context.NewOwn<RequestOptions>(); }));
  LinkOption(types, "connect-timeout", &http::ClientOptions::connect_timeout);
  LinkOption(types, "first-byte-timeout", &http::ClientOptions::first_byte_timeout);
  LinkOption(types, "between-bytes-timeout", &http::ClientOptions::between_bytes_timeout);

  types.Resource("response-outparam", ResponseOutparam::ComponentType());
  types.Func("[method]response-outparam.send-informational",
             TypedHost([](ComponentBorrow<ResponseOutparam> self, uint16_t status,
                          ComponentOwn<HttpFields> headers) {
               return SendInformational(*self->reply, status, *headers.object->fields);
             }));
  types.Func("[static]response-outparam.set",
             TypedHost([](ComponentOwn<ResponseOutparam> self, ResponseOrError response) {
               return Respond(*self.object->reply, response);
             }));

  using Response = ComponentBorrow<OutgoingResponse>;
  types.Resource("outgoing-response", OutgoingResponse::ComponentType());
  types.Func("[constructor]outgoing-response",
             TypedHost([](Context& context, ComponentOwn<HttpFields> headers) {
               return context.NewOwn<OutgoingResponse>(Freeze(headers));
             }));
  types.Func("[method]outgoing-response.status-code",
             TypedHost([](Response self) { return self->status; }));
  types.Func("[method]outgoing-response.set-status-code",
             TypedHost([](Response self, uint16_t status) {
               const bool valid = http::IsStatusCode(status);
               if (valid) self->status = status;
               return ToStatusReturn(valid);
             }));
  types.Func("[method]outgoing-response.headers",
             TypedHost([](Context& context, Response self) { return Headers(context, self); }));
  types.Func("[method]outgoing-response.body", TypedHost([](Context& context, Response self) {
               return MakeBody(context, self, Direction::kResponse);
             }));

  types.Resource("outgoing-body", OutgoingBodyResource::ComponentType());
  types.Func("[method]outgoing-body.write",
             TypedHost([](Context& context, ComponentBorrow<OutgoingBodyResource> self)
                           -> Result<std::expected<ComponentOwn<OutputStreamResource>, Empty>> {
               if (std::exchange(self->has_stream, true)) return GuestError{Empty()};
               return TRY(context.NewOwn<OutputStreamResource>(self->body, self->children.token()));
             }));
  types.Func("[static]outgoing-body.finish",
             TypedHost([](ComponentOwn<OutgoingBodyResource> self,
                          std::optional<ComponentOwn<HttpFields>> trailers) {
               return FinishBody(self, trailers);
             }));
}

}  // namespace trenail::wasi::p2
