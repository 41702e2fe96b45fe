// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:http/client@0.3.0] [wasi:http/handler@0.3.0]: requests on their way to the wire and
// responses from it, and the other way round.

#include "libwasi/p3/http.h"

#include <string>

#include "libwasi/p3/cli.h"

namespace trenail::wasi::p3 {
namespace {

using http::ErrorCode;
using Answer = std::expected<ComponentOwn<Response>, ErrorCode>;
using Done = ComponentCompletion<Answer>;

Result<Answer> TakeResponse(Context& context, HttpCall& call) {
  auto wire = call.Take();
  if (!wire) return GuestError{std::move(wire.error())};
  auto headers = http::Fields::FromWire(context.budget(), std::move(wire->headers));
  if (!headers)
    return GuestError{ErrorCode{.kind = http::ErrorKind::kHttpResponseHeaderSectionSize}};
  auto response = TRY(context.New<Response>());
  response->status = wire->status;
  response->headers = *std::move(headers);
  response->content.incoming =
      std::make_shared<http::IncomingBody>(context.budget(), std::move(wire->body));
  return Answer(ComponentOwn<Response>{std::move(response)});
}

// The call while the request is being sent, which may take longer than until there is a response.
struct Sending {
  explicit Sending(std::shared_ptr<HttpCall> sent) : call(std::move(sent)) {}
  ~Sending() { call->SetOnSent(nullptr); }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;
  const std::shared_ptr<HttpCall> call;
};

std::expected<http::Request, ErrorCode> ToGrantedWire(Context& context, const Request& request) {
  auto wire = request.line.ToWire(*request.headers);
  if (!wire) return wire;
  if (auto granted = HttpCall::CheckGranted(context, *wire); !granted)
    return std::unexpected(std::move(granted.error()));
  return wire;
}

Result<void> Send(Context& context, const Done& done, Request& request) {
  const std::shared_ptr<TransmissionResult> transmission = request.content.transmission;
  const auto fail = [&](const ErrorCode& error) {
    if (transmission != nullptr) transmission->Resolve(error);
    return done.Return(std::unexpected(error));
  };
  auto wire = ToGrantedWire(context, request);
  if (!wire) return fail(wire.error());
  auto content = TRY(ToWire(context, request.content, *request.headers, http::Direction::kRequest));
  if (!content) return fail(content.error());
  wire->body = std::move(content->body);
  const http::ClientOptions options =
      request.options != nullptr ? request.options->options : http::ClientOptions();
  const auto call = TRY(HttpCall::Send(context, *std::move(wire), options));
  request.content.transmission = nullptr;
  const uint64_t sending = context.Hold(std::make_shared<Sending>(call));
  call->SetOnSent([&context, sending, transmission](const std::optional<ErrorCode>& error) {
    if (transmission != nullptr) transmission->Resolve(error);
    context.CancelWait(sending);
  });
  const uint64_t waiting = TRY(context.WhenReady(call, [&context, call, done] {
    auto response = TakeResponse(context, *call);
    if (!response) return done.Fail(std::move(response.error()));
    done.Finish(*std::move(response));
  }));
  if (waiting != 0 && done.pending()) {
    done.OnCancel([&context, waiting, sending] {
      context.CancelWait(waiting);
      context.CancelWait(sending);
    });
  }
  return {};
}

// Answers of which there is no content, whatever their headers say of it [RFC 9110: 6.4.1].
bool HasNoContent(const HttpReply& reply, uint16_t status) {
  return reply.is_to_head() || status == 204 || status == 304;
}

}  // namespace

Result<std::shared_ptr<Request>> NewRequest(Context& context, http::Request wire) {
  const auto too_large = [] {
    return std::unexpected(Error(ErrorKind::kExhausted, "a request is too large"));
  };
  auto request = TRY(context.New<Request>(context.budget()));
  if (!request->line.Assign(wire)) return too_large();
  auto headers = http::Fields::FromWire(context.budget(), std::move(wire.headers));
  if (!headers) return too_large();
  request->headers = *std::move(headers);
  request->content.incoming =
      std::make_shared<http::IncomingBody>(context.budget(), std::move(wire.body));
  return request;
}

Result<void> Respond(Context& context, HttpReply& reply,
                     std::expected<ComponentOwn<Response>, ErrorCode> result) {
  if (!result) {
    reply.RespondError(result.error());
    return {};
  }
  Response& response = *result->object;
  const std::shared_ptr<TransmissionResult> transmission =
      std::exchange(response.content.transmission, nullptr);
  const auto fail = [&](const ErrorCode& error) {
    if (transmission != nullptr) transmission->Resolve(error);
    reply.RespondError(error);
    return Result<void>();
  };
  // [RFC 9110: 15.2] Informational responses are not the answer.
  if (response.status < 200) return fail({.kind = http::ErrorKind::kHttpProtocolError});
  auto content = TRY(ToWire(context, response.content, *response.headers,
                            http::Direction::kResponse, HasNoContent(reply, response.status)));
  if (!content) return fail(content.error());
  http::Response wire{.status = response.status,
                      .headers = http::ToWireFields(*response.headers, content->body != nullptr)};
  wire.body = std::move(content->body);
  reply.Respond(std::move(wire), std::move(content->outgoing),
                [transmission](const std::optional<ErrorCode>& error) {
                  if (transmission != nullptr) transmission->Resolve(error);
                });
  return {};
}

void LinkHttp(ComponentLinker& linker) {
  auto types = linker.Instance(std::string("wasi:http/types") + kVersion);
  LinkHttpFields(types);
  LinkHttpMessages(types);

  auto client = linker.Instance(std::string("wasi:http/client") + kVersion);
  client.Resource("request", Request::ComponentType());
  client.Resource("response", Response::ComponentType());
  client.AsyncFunc("send", TypedAsyncHost([](Context& context, Done done,
                                             ComponentOwn<Request> request) -> Result<void> {
                     return Send(context, done, *request.object);
                   }));

  // The next handler of a middleware is another component, if there is one.
  auto handler = linker.Instance(std::string("wasi:http/handler") + kVersion);
  handler.Resource("request", Request::ComponentType());
  handler.Resource("response", Response::ComponentType());
  handler.AsyncFunc(
      "handle",
      TypedAsyncHost([](Context& context, Done done, ComponentOwn<Request>) -> Result<void> {
        context.Denied("wasi:http handler.handle", "", "a component that is plugged in");
        return done.Return(std::unexpected(ErrorCode{.kind = http::ErrorKind::kHttpRequestDenied}));
      }));
}

}  // namespace trenail::wasi::p3
