// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:http/types@0.3.0.request] [wasi:http/types@0.3.0.response]

#include <expected>
#include <string>
#include <tuple>

#include "libwasi/p3/http.h"

namespace trenail::wasi::p3 {
namespace {

using Empty = std::monostate;
using Status = std::expected<void, Empty>;

Status ToStatusReturn(bool taken) {
  if (!taken) return std::unexpected(Empty());
  return {};
}

// The host's own from now on, whoever else still sees them.
std::shared_ptr<http::Fields> Freeze(const ComponentOwn<HttpFields>& headers) {
  headers.object->fields->Freeze();
  return headers.object->fields;
}

// Gives a message the content that a guest has made, and returns the future of its transmission.
ComponentFuture<Transmitted> SetContent(Content& content,
                                        std::optional<ComponentStream<uint8_t>> contents,
                                        ComponentFuture<Trailers> trailers) {
  content.contents = std::move(contents);
  content.trailers = std::move(trailers);
  auto [future, transmission] = TransmissionResult::New();
  content.transmission = std::move(transmission);
  return std::move(future);
}

template <typename T>
Result<ComponentOwn<HttpFields>> Headers(Context& context, const ComponentBorrow<T>& message) {
  return context.NewOwn<HttpFields>(message->headers);
}

}  // namespace

const ComponentResource& Request::ComponentType() {
  static const ComponentResource& type = *new ComponentResource(ComponentResource::Host("request"));
  return type;
}
const ComponentResource& Response::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("response"));
  return type;
}

void LinkHttpMessages(ComponentLinkerInstance& types) {
  using Self = ComponentBorrow<Request>;
  types.Resource("request", Request::ComponentType());
  types.Func(
      "[static]request.new",
      TypedHost([](Context& context, ComponentOwn<HttpFields> headers,
                   std::optional<ComponentStream<uint8_t>> contents,
                   ComponentFuture<Trailers> trailers,
                   std::optional<ComponentOwn<RequestOptions>> options)
                    -> Result<std::tuple<ComponentOwn<Request>, ComponentFuture<Transmitted>>> {
        auto request = TRY(context.New<Request>(context.budget()));
        request->headers = Freeze(headers);
        if (options) request->options = options->object;
        if (options) request->options->frozen = true;
        auto future = SetContent(request->content, std::move(contents), std::move(trailers));
        return std::tuple(ComponentOwn<Request>{std::move(request)}, std::move(future));
      }));
  types.Func("[method]request.get-method",
             TypedHost([](Self self) { return HttpMethod{self->line.method()}; }));
  types.Func("[method]request.set-method", TypedHost([](Self self, HttpMethod method) {
               return ToStatusReturn(self->line.SetMethod(std::move(method.text)));
             }));
  types.Func("[method]request.get-path-with-query",
             TypedHost([](Self self) { return self->line.path_with_query(); }));
  types.Func("[method]request.set-path-with-query",
             TypedHost([](Self self, std::optional<std::string> path) {
               return ToStatusReturn(self->line.SetPathWithQuery(std::move(path)));
             }));
  types.Func("[method]request.get-scheme",
             TypedHost([](Self self) { return ToScheme(self->line.scheme()); }));
  types.Func("[method]request.set-scheme",
             TypedHost([](Self self, std::optional<HttpScheme> scheme) {
               return ToStatusReturn(self->line.SetScheme(FromScheme(std::move(scheme))));
             }));
  types.Func("[method]request.get-authority",
             TypedHost([](Self self) { return self->line.authority(); }));
  types.Func("[method]request.set-authority",
             TypedHost([](Self self, std::optional<std::string> authority) {
               return ToStatusReturn(self->line.SetAuthority(std::move(authority)));
             }));
  types.Func("[method]request.get-options",
             TypedHost([](Context& context,
                          Self self) -> Result<std::optional<ComponentOwn<RequestOptions>>> {
               if (self->options == nullptr) return std::nullopt;
               return TRY(context.NewOwn<RequestOptions>(*self->options));
             }));
  types.Func("[method]request.get-headers",
             TypedHost([](Context& context, Self self) { return Headers(context, self); }));
  types.Func("[static]request.consume-body",
             TypedHost([](Context& context, ComponentOwn<Request> self,
                          ComponentFuture<Transmitted> result) {
               return ConsumeBody(context, self.object->content, result);
             }));

  using Answer = ComponentBorrow<Response>;
  types.Resource("response", Response::ComponentType());
  types.Func(
      "[static]response.new",
      TypedHost([](Context& context, ComponentOwn<HttpFields> headers,
                   std::optional<ComponentStream<uint8_t>> contents,
                   ComponentFuture<Trailers> trailers)
                    -> Result<std::tuple<ComponentOwn<Response>, ComponentFuture<Transmitted>>> {
        auto response = TRY(context.New<Response>());
        response->headers = Freeze(headers);
        auto future = SetContent(response->content, std::move(contents), std::move(trailers));
        return std::tuple(ComponentOwn<Response>{std::move(response)}, std::move(future));
      }));
  types.Func("[method]response.get-status-code",
             TypedHost([](Answer self) { return self->status; }));
  types.Func("[method]response.set-status-code", TypedHost([](Answer self, uint16_t status) {
               const bool valid = http::IsStatusCode(status);
               if (valid) self->status = status;
               return ToStatusReturn(valid);
             }));
  types.Func("[method]response.get-headers",
             TypedHost([](Context& context, Answer self) { return Headers(context, self); }));
  types.Func("[static]response.consume-body",
             TypedHost([](Context& context, ComponentOwn<Response> self,
                          ComponentFuture<Transmitted> result) {
               return ConsumeBody(context, self.object->content, result);
             }));
}

}  // namespace trenail::wasi::p3
