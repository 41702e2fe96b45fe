// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Requests that a component sends: whether it may, and what comes back.

#ifndef TRENAIL_LIBWASI_COMPONENT_HTTP_CLIENT_H_
#define TRENAIL_LIBWASI_COMPONENT_HTTP_CLIENT_H_

#include <expected>
#include <functional>
#include <memory>
#include <optional>

#include "libwasi/component/context.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi {

// One of them. Ready once there is a response or an error; given up with the last reference, of
// which the body of the response is one.
class HttpCall final : public Waitable, public std::enable_shared_from_this<HttpCall> {
 public:
  using OnSent = std::function<void(std::optional<http::ErrorCode>)>;

  // Whether the request may be sent. Errors: HTTP-request-denied, with the sentence.
  static std::expected<void, http::ErrorCode> CheckGranted(Context& context,
                                                           const http::Request& request);
  // Errors: those of Context::Transport.
  static Result<std::shared_ptr<HttpCall>> Send(Context& context, http::Request request,
                                                const http::ClientOptions& options);

  bool ready() override { return result_.has_value(); }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;
  // The result, once; its body keeps the call.
  std::expected<http::Response, http::ErrorCode> Take();
  // Called once, when the request is sent or could not be; at once if that is known.
  void SetOnSent(OnSent on_sent);

 private:
  void OnResponse(std::expected<http::Response, http::ErrorCode> response);
  void OnSentResult(std::optional<http::ErrorCode> error);

  std::unique_ptr<http::Exchange> exchange_;
  std::optional<std::expected<http::Response, http::ErrorCode>> result_;
  std::optional<std::optional<http::ErrorCode>> sent_;
  OnSent on_sent_;
  Signal changed_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_HTTP_CLIENT_H_
