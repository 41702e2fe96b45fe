// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:http/types@0.2.12] as a whole, and [wasi:http/outgoing-handler@0.2.12]

#include "libwasi/p2/http.h"

#include <string>

namespace trenail::wasi::p2 {
namespace {

using Empty = std::monostate;
using http::ErrorCode;

using Handled = std::expected<ComponentOwn<FutureIncomingResponse>, ErrorCode>;

Result<Handled> Handle(Context& context, const ComponentOwn<OutgoingRequest>& request,
                       const std::optional<ComponentOwn<RequestOptions>>& options) {
  OutgoingRequest& outgoing = *request.object;
  TRY_VOID(outgoing.children.CheckNone("outgoing-request"));
  auto wire = outgoing.line.ToWire(*outgoing.headers);
  if (!wire) return GuestError{std::move(wire.error())};
  if (auto granted = HttpCall::CheckGranted(context, *wire); !granted)
    return GuestError{std::move(granted.error())};
  if (outgoing.body != nullptr) {
    wire->body = outgoing.body->Take();
  } else if (const auto length = http::ContentLength(*outgoing.headers); !length) {
    return GuestError{length.error()};
  } else if (length->value_or(0) != 0) {
    return GuestError{ErrorCode{.kind = http::ErrorKind::kHttpRequestBodySize, .number = 0}};
  }
  auto call = TRY(HttpCall::Send(context, *std::move(wire),
                                 options ? options->object->options : http::ClientOptions()));
  return TRY(context.NewOwn<FutureIncomingResponse>(std::move(call)));
}

using Response = std::expected<ComponentOwn<IncomingResponse>, ErrorCode>;
using ResponseResult = std::optional<std::expected<Response, Empty>>;

Result<Response> TakeResponse(Context& context, HttpCall& call) {
  auto response = call.Take();
  if (!response) return GuestError{std::move(response.error())};
  auto headers = http::Fields::FromWire(context.budget(), std::move(response->headers));
  if (!headers)
    return GuestError{ErrorCode{.kind = http::ErrorKind::kHttpResponseHeaderSectionSize}};
  auto body = std::make_shared<http::IncomingBody>(context.budget(), std::move(response->body));
  return TRY(
      context.NewOwn<IncomingResponse>(response->status, *std::move(headers), std::move(body)));
}

Result<ResponseResult> GetResponse(Context& context, FutureIncomingResponse& future) {
  if (future.taken) return ResponseResult(std::expected<Response, Empty>(std::unexpected(Empty())));
  if (!future.call->ready()) return ResponseResult();
  future.taken = true;
  return ResponseResult(std::expected<Response, Empty>(TRY(TakeResponse(context, *future.call))));
}

// For those who subscribe after the response was taken.
class CallOrTaken final : public Waitable {
 public:
  explicit CallOrTaken(ComponentBorrow<FutureIncomingResponse> future)
      : future_(std::move(future)) {}
  bool ready() override { return future_->taken || future_->call->ready(); }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    return future_->taken ? loop.At(0, std::move(callback))
                          : future_->call->WhenReady(loop, std::move(callback));
  }

 private:
  const ComponentBorrow<FutureIncomingResponse> future_;
};

}  // namespace

const ComponentResource& FutureIncomingResponse::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("future-incoming-response"));
  return type;
}

void LinkHttp(ComponentLinker& linker) {
  auto types = linker.Instance(std::string("wasi:http/types") + kVersion);
  types.Resource("pollable", Pollable::ComponentType());
  types.Resource("input-stream", InputStreamResource::ComponentType());
  types.Resource("output-stream", OutputStreamResource::ComponentType());
  types.Resource("io-error", ErrorResource::ComponentType());
  types.Func("http-error-code", TypedHost([](ComponentBorrow<ErrorResource> error) {
               return http::FromIoError(*error->error);
             }));
  LinkHttpFields(types);
  LinkHttpIncoming(types);
  LinkHttpOutgoing(types);

  types.Resource("future-incoming-response", FutureIncomingResponse::ComponentType());
  types.Func("[method]future-incoming-response.subscribe",
             TypedHost([](Context& context, ComponentBorrow<FutureIncomingResponse> self) {
               return Subscribe(context, std::make_shared<CallOrTaken>(self));
             }));
  types.Func("[method]future-incoming-response.get",
             TypedHost([](Context& context, ComponentBorrow<FutureIncomingResponse> self) {
               return GetResponse(context, *self);
             }));

  auto handler = linker.Instance(std::string("wasi:http/outgoing-handler") + kVersion);
  handler.Resource("outgoing-request", OutgoingRequest::ComponentType());
  handler.Resource("request-options", RequestOptions::ComponentType());
  handler.Resource("future-incoming-response", FutureIncomingResponse::ComponentType());
  handler.Func("handle", TypedHost([](Context& context, ComponentOwn<OutgoingRequest> request,
                                      std::optional<ComponentOwn<RequestOptions>> options) {
                 return Handle(context, request, options);
               }));
}

}  // namespace trenail::wasi::p2
