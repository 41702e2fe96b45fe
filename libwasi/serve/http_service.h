// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component that answers HTTP requests, a session for each.

#ifndef TRENAIL_LIBWASI_SERVE_HTTP_SERVICE_H_
#define TRENAIL_LIBWASI_SERVE_HTTP_SERVICE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "libwasi/http/transport.h"
#include "libwasi/http_service.h"
#include "libwasi/serve/session_host.h"

namespace trenail {

// How one request went.
struct HttpRequestReport {
  std::string remote_address;
  std::string method;
  std::string path;
  uint16_t status = 0;  // 0: none was sent
  SessionReport session;
};

// On one thread, with the loop of its NetSource.
class HttpService {
 public:
  using OnReport = std::function<void(const HttpRequestReport&)>;

  // Instances of wasi:http/handler@0.3 may be reused as the options say; those of 0.2 answer one
  // request: guests of that kind cannot do more. Errors: kUnlinkable and the like, if the component
  // cannot be linked or exports no handler.
  static Result<std::unique_ptr<HttpService>> Create(const Component& component,
                                                     const SessionOptions& options,
                                                     wasi::NetSource& net,
                                                     SessionCounters& counters, OnReport on_report);

  // For the transport's server. One request too many gets 503.
  void Handle(wasi::http::Request request, std::shared_ptr<wasi::http::Responder> responder);
  SessionHost& host() { return host_; }

 private:
  class ExchangeWork;

  HttpService(const Component& component, const SessionOptions& options, wasi::NetSource& net,
              SessionCounters& counters, OnReport on_report)
      : host_(component, options, HttpHandler::MayBeReused(component), net, counters),
        on_report_(std::move(on_report)) {}

  SessionHost host_;
  const OnReport on_report_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_SERVE_HTTP_SERVICE_H_
