// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The answer to a request that a component handles: given once, by whoever has it, and known to
// the server's side by its state.

#ifndef TRENAIL_LIBWASI_COMPONENT_HTTP_REPLY_H_
#define TRENAIL_LIBWASI_COMPONENT_HTTP_REPLY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "libwasi/http/errors.h"
#include "libwasi/http/outgoing_body.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi {

class HttpReply : public std::enable_shared_from_this<HttpReply> {
 public:
  using OnSent = std::function<void(std::optional<http::ErrorCode>)>;

  HttpReply(std::shared_ptr<http::Responder> responder, bool is_to_head)
      : responder_(std::move(responder)), is_to_head_(is_to_head) {}

  void SendInformational(uint16_t status, http::FieldList headers) {
    if (responder_ != nullptr) responder_->SendInformational(status, std::move(headers));
  }
  // `body`: what the response's body is written to, if it is a guest that does.
  void Respond(http::Response response, std::shared_ptr<http::OutgoingBody> body,
               OnSent on_sent = nullptr) {
    if (responder_ == nullptr) {
      if (on_sent) on_sent(http::ErrorCode{.kind = http::ErrorKind::kConnectionTerminated});
      return;
    }
    status_ = response.status;
    body_ = std::move(body);
    // Kept for OnGone; a second answer is not given.
    const auto responder = std::exchange(responder_, nullptr);
    responder->Respond(std::move(response),
                       [weak = weak_from_this(), on_sent](std::optional<http::ErrorCode> error) {
                         if (on_sent) on_sent(error);
                         if (const auto self = weak.lock()) self->End();
                       });
    // The connection keeps what it needs of it.
    answered_by_ = responder;
  }
  void RespondError(const http::ErrorCode& error) {
    Respond({.status = http::ToStatus(error)}, nullptr);
  }

  // The guest does nothing more for it: 500 where there is no answer, an incomplete body where
  // there is a part of one.
  void Abandon() {
    if (responder_ != nullptr) Respond({.status = 500}, nullptr);
    if (body_ != nullptr) body_->Abandon();
  }
  // Nobody waits for it.
  void Cancel() {
    responder_ = nullptr;
    answered_by_ = nullptr;
    if (body_ != nullptr) body_->Abandon();
    End();
  }

  bool is_to_head() const { return is_to_head_; }
  bool answered() const { return status_.has_value(); }
  // Sent as far as it ever will be.
  bool ended() const { return ended_; }
  std::optional<uint16_t> status() const { return status_; }
  void OnEnd(std::function<void()> on_end) { on_end_ = std::move(on_end); }

 private:
  void End() {
    if (std::exchange(ended_, true)) return;
    if (const auto called = std::exchange(on_end_, nullptr)) called();
  }

  std::shared_ptr<http::Responder> responder_;
  std::shared_ptr<http::Responder> answered_by_;
  const bool is_to_head_;
  std::shared_ptr<http::OutgoingBody> body_;
  std::optional<uint16_t> status_;
  bool ended_ = false;
  std::function<void()> on_end_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_HTTP_REPLY_H_
