// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What comes in: requests and responses, their bodies and their trailers. [wasi:http/types@0.2.12]

#include <expected>
#include <string>

#include "libwasi/p2/http.h"

namespace trenail::wasi::p2 {
namespace {

using Empty = std::monostate;

template <typename T>
ComponentResource Parent(const char* name) {
  return ComponentResource::HostObject(
      name, [name](void* object) { return static_cast<T*>(object)->children.CheckNone(name); });
}

template <typename T>
Result<ComponentOwn<HttpFields>> Headers(Context& context, const ComponentBorrow<T>& parent) {
  return context.NewOwn<HttpFields>(parent->headers, parent->children.token());
}

template <typename T>
Result<std::expected<ComponentOwn<IncomingBodyResource>, Empty>> Consume(
    Context& context, const ComponentBorrow<T>& message) {
  if (message->body == nullptr) return GuestError{Empty()};
  return TRY(context.NewOwn<IncomingBodyResource>(std::exchange(message->body, nullptr)));
}

using Trailers = std::expected<std::optional<ComponentOwn<HttpFields>>, http::ErrorCode>;
using TrailersResult = std::optional<std::expected<Trailers, Empty>>;

Result<Trailers> TakeTrailers(Context& context, FutureTrailers& future) {
  auto trailers = future.drained->body()->TakeTrailers();
  if (!trailers) return GuestError{std::move(trailers.error())};
  if (!*trailers) return Trailers();
  auto fields = http::Fields::FromWire(context.budget(), **std::move(trailers));
  if (!fields)
    return GuestError{http::ErrorCode{.kind = http::ErrorKind::kHttpResponseTrailerSectionSize}};
  return Trailers(TRY(context.NewOwn<HttpFields>(*std::move(fields), future.children.token())));
}

Result<TrailersResult> GetTrailers(Context& context, FutureTrailers& future) {
  if (!future.drained->ready()) return TrailersResult();
  if (std::exchange(future.taken, true))
    return TrailersResult(std::expected<Trailers, Empty>(std::unexpected(Empty())));
  return TrailersResult(std::expected<Trailers, Empty>(TRY(TakeTrailers(context, future))));
}

}  // namespace

Result<void> Children::CheckNone(const char* parent) const {
  if (token_.use_count() == 1) return {};
  return std::unexpected(Error(ErrorKind::kTrap, std::string("a resource of type ") + parent +
                                                     " is dropped before its children"));
}

const ComponentResource& IncomingRequest::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(Parent<IncomingRequest>("incoming-request"));
  return type;
}
const ComponentResource& IncomingResponse::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(Parent<IncomingResponse>("incoming-response"));
  return type;
}
const ComponentResource& IncomingBodyResource::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(Parent<IncomingBodyResource>("incoming-body"));
  return type;
}
const ComponentResource& FutureTrailers::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(Parent<FutureTrailers>("future-trailers"));
  return type;
}

Result<std::shared_ptr<IncomingRequest>> NewIncomingRequest(Context& context,
                                                            http::Request request) {
  const auto too_large = [] {
    return std::unexpected(Error(ErrorKind::kExhausted, "a request is too large"));
  };
  auto incoming = TRY(context.New<IncomingRequest>(context.budget()));
  if (!incoming->line.Assign(request)) return too_large();
  auto headers = http::Fields::FromWire(context.budget(), std::move(request.headers));
  if (!headers) return too_large();
  incoming->headers = *std::move(headers);
  incoming->body = std::make_shared<http::IncomingBody>(context.budget(), std::move(request.body));
  return incoming;
}

void LinkHttpIncoming(ComponentLinkerInstance& types) {
  using Request = ComponentBorrow<IncomingRequest>;
  types.Resource("incoming-request", IncomingRequest::ComponentType());
  types.Func("[method]incoming-request.method",
             TypedHost([](Request self) { return HttpMethod{self->line.method()}; }));
  types.Func("[method]incoming-request.path-with-query",
             TypedHost([](Request self) { return self->line.path_with_query(); }));
  types.Func("[method]incoming-request.scheme",
             TypedHost([](Request self) { return ToScheme(self->line.scheme()); }));
  types.Func("[method]incoming-request.authority",
             TypedHost([](Request self) { return self->line.authority(); }));
  types.Func("[method]incoming-request.headers",
             TypedHost([](Context& context, Request self) { return Headers(context, self); }));
  types.Func("[method]incoming-request.consume",
             TypedHost([](Context& context, Request self) { return Consume(context, self); }));

  using Response = ComponentBorrow<IncomingResponse>;
  types.Resource("incoming-response", IncomingResponse::ComponentType());
  types.Func("[method]incoming-response.status",
             TypedHost([](Response self) { return self->status; }));
  types.Func("[method]incoming-response.headers",
             TypedHost([](Context& context, Response self) { return Headers(context, self); }));
  types.Func("[method]incoming-response.consume",
             TypedHost([](Context& context, Response self) { return Consume(context, self); }));

  types.Resource("incoming-body", IncomingBodyResource::ComponentType());
  types.Func("[method]incoming-body.stream",
             TypedHost([](Context& context, ComponentBorrow<IncomingBodyResource> self)
                           -> Result<std::expected<ComponentOwn<InputStreamResource>, Empty>> {
               if (std::exchange(self->has_stream, true)) return GuestError{Empty()};
               return TRY(context.NewOwn<InputStreamResource>(self->body, self->children.token()));
             }));
  types.Func(
      "[static]incoming-body.finish",
      TypedHost([](Context& context, ComponentOwn<IncomingBodyResource> self)
                    -> Result<ComponentOwn<FutureTrailers>> {
        TRY_VOID(self.object->children.CheckNone("incoming-body"));
        return context.NewOwn<FutureTrailers>(std::make_shared<http::Drained>(self.object->body));
      }));

  types.Resource("future-trailers", FutureTrailers::ComponentType());
  types.Func("[method]future-trailers.subscribe",
             TypedHost([](Context& context, ComponentBorrow<FutureTrailers> self) {
               return Subscribe(context, self->drained);
             }));
  types.Func("[method]future-trailers.get",
             TypedHost([](Context& context, ComponentBorrow<FutureTrailers> self) {
               return GetTrailers(context, *self);
             }));
}

}  // namespace trenail::wasi::p2
