// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Requests of HTTP answered by a component: what a server calls for each of them.
//
//   auto handler = trenail::HttpHandler::Find(*instance);
//   auto exchange = handler->NewExchange(wasi->context(), std::move(request), responder);
//   auto result = exchange->Run(store);          // until the answer is sent
//
// A handler is the export wasi:http/handler@0.3.x or wasi:http/incoming-handler@0.2.x of an
// instance, whichever it has; the newer one if it has both.
//
// Waiting: wherever the guest waits for the host, the store's idle function is called, from within
// Run; it runs the loop, or suspends the store's fibers until something has happened for it
// (Fiber::SuspendAll, ComponentStore::SetOnProgress). Nothing of this blocks otherwise.
//
// The answer: 500 if the guest traps or ends without one; an error-code of the guest's becomes the
// status that is nearest (ToStatus); a trap after the headers ends the body as incomplete. If the
// client goes away, the guest's call is cancelled, and ended if it does not come to its end by
// itself (kInterrupted).

#ifndef TRENAIL_LIBWASI_HTTP_SERVICE_H_
#define TRENAIL_LIBWASI_HTTP_SERVICE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "libcomponent/libcomponent.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi {
class Context;
}  // namespace trenail::wasi

namespace [[gnu::visibility("default")]] trenail {

// One request and its answer. Threads: as the store. It must end before the store does; what the
// transport still has of the answer then stays valid, as an incomplete body if it is not complete.
class HttpExchange {
 public:
  struct [[gnu::visibility("hidden")]] State;

  // Starts the guest's call and lets the store go on until the exchange is over, and then whatever
  // of the guest's work does not have to wait. Errors: a trap, or whatever the guest's execution
  // ended with; the answer has been completed or broken off accordingly.
  Result<void> Run(ComponentStore& store);

  // The same in parts, for a store with several exchanges at once: Start begins the call, and Fail
  // tells with what the store's execution ended. The caller ticks the store until it is over:
  Result<void> Start();
  void Fail(const Error& error);

  // The answer is sent as far as it ever will be, and the guest's call has returned. Asking gives
  // the answer, once the call has returned with one: not from within guest code.
  bool over() const;
  // Nobody waits for the answer any more. The Responder tells; the embedder may as well, for a
  // deadline of its own. From anywhere on the store's thread.
  void Cancel();
  // The status of the answer, once there is one.
  std::optional<uint16_t> status() const;

  // Internal: HttpHandler::NewExchange makes them.
  explicit HttpExchange(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~HttpExchange();
  HttpExchange(HttpExchange&&) = default;
  HttpExchange& operator=(HttpExchange&&) = delete;

 private:
  std::shared_ptr<State> state_;
};

class HttpHandler {
 public:
  // Whether a component exports a handler, before it is instantiated.
  static bool IsExportedBy(const Component& component);
  // Whether an instance may answer more than one request. Guests of 0.2 cannot.
  static bool MayBeReused(const Component& component);
  // Errors: kUnlinkable if the instance exports no handler.
  static Result<HttpHandler> Find(const ComponentInstance& instance);

  // `context`: of the instance's store. Errors: kExhausted.
  Result<HttpExchange> NewExchange(wasi::Context& context, wasi::http::Request request,
                                   std::shared_ptr<wasi::http::Responder> responder) const;

 private:
  enum class Version : uint8_t { k02, k03 };
  HttpHandler(Version version, ComponentFunc handle)
      : version_(version), handle_(std::move(handle)) {}

  Version version_;
  ComponentFunc handle_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_HTTP_SERVICE_H_
