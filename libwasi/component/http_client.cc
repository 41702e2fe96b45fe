// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/component/http_client.h"

#include <algorithm>
#include <utility>

#include "libwasi/http/request.h"

namespace trenail::wasi {
namespace {

class ResponseBody final : public http::Body {
 public:
  ResponseBody(std::unique_ptr<http::Body> body, std::shared_ptr<HttpCall> call)
      : call_(std::move(call)), body_(std::move(body)) {}

  void Read(size_t max, OnChunk done) override { body_->Read(max, std::move(done)); }
  std::optional<uint64_t> length() const override { return body_->length(); }

 private:
  const std::shared_ptr<HttpCall> call_;
  const std::unique_ptr<http::Body> body_;  // goes before the call
};

}  // namespace

std::expected<void, http::ErrorCode> HttpCall::CheckGranted(Context& context,
                                                            const http::Request& request) {
  const auto [address, is_literal] = http::DestinationOf(request);
  const bool granted = std::ranges::any_of(context.grants.http, [&](const HostPattern& pattern) {
    return pattern.Matches(address.host, *address.port);
  });
  if (granted) return {};
  context.Denied("wasi:http request to", request.authority, "--http " + request.authority);
  return std::unexpected(http::ErrorCode{.kind = http::ErrorKind::kHttpRequestDenied});
}

Result<std::shared_ptr<HttpCall>> HttpCall::Send(Context& context, http::Request request,
                                                 const http::ClientOptions& options) {
  http::Transport* const transport = TRY(context.Transport());
  auto call = std::make_shared<HttpCall>();
  const std::weak_ptr<HttpCall> weak = call;
  http::ClientCallbacks callbacks;
  callbacks.on_response = [weak](std::expected<http::Response, http::ErrorCode> response) {
    if (const auto self = weak.lock()) self->OnResponse(std::move(response));
  };
  callbacks.on_sent = [weak](std::optional<http::ErrorCode> error) {
    if (const auto self = weak.lock()) self->OnSentResult(std::move(error));
  };
  const http::AddressFilter filter = http::FilterFor(http::DestinationOf(request));
  call->exchange_ = transport->Send(std::move(request), options, filter, std::move(callbacks));
  return call;
}

WaitHandle HttpCall::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  if (ready()) return loop.At(0, std::move(callback));
  return changed_.WhenNotified(std::move(callback));
}

std::expected<http::Response, http::ErrorCode> HttpCall::Take() {
  auto result = *std::exchange(result_, std::nullopt);
  if (result && result->body != nullptr)
    result->body = std::make_unique<ResponseBody>(std::move(result->body), shared_from_this());
  return result;
}

void HttpCall::SetOnSent(OnSent on_sent) {
  on_sent_ = std::move(on_sent);
  if (!sent_ || on_sent_ == nullptr) return;
  if (const OnSent called = std::exchange(on_sent_, nullptr)) called(*sent_);
}

void HttpCall::OnResponse(std::expected<http::Response, http::ErrorCode> response) {
  if (!response) {
    // What was not answered was not sent, as far as anybody can tell; and who writes the body of
    // the request learns that nobody reads it.
    OnSentResult(response.error());
    exchange_ = nullptr;
  }
  result_ = std::move(response);
  changed_.Notify();
}

void HttpCall::OnSentResult(std::optional<http::ErrorCode> error) {
  if (sent_) return;
  sent_.emplace(std::move(error));
  if (const OnSent called = std::exchange(on_sent_, nullptr)) called(*sent_);
}

}  // namespace trenail::wasi
