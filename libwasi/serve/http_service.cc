// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/serve/http_service.h"

#include <optional>
#include <utility>

#include "libwasi/http_service.h"

namespace trenail {
namespace {

using wasi::http::Request;
using wasi::http::Responder;

void RespondEmpty(Responder& responder, uint16_t status) {
  wasi::http::Response response;
  response.status = status;
  if (status == 503) response.headers.emplace_back("retry-after", "1");
  responder.Respond(std::move(response), [](const std::optional<wasi::http::ErrorCode>&) {});
}

}  // namespace

class HttpService::ExchangeWork final : public SessionHost::Work {
 public:
  ExchangeWork(Request request, std::shared_ptr<Responder> responder, const OnReport& on_report)
      : request_(std::move(request)), responder_(std::move(responder)), on_report_(on_report) {
    report_.remote_address = request_->remote_address;
    report_.method = request_->method;
    report_.path = request_->path_with_query;
  }

  Result<void> Run(WasiComponent& wasi, ComponentStore& store,
                   const ComponentInstance& instance) override {
    const HttpHandler handler = TRY(HttpHandler::Find(instance));
    exchange_.emplace(TRY(
        handler.NewExchange(wasi.context(), *std::exchange(request_, std::nullopt), responder_)));
    responder_ = nullptr;
    return exchange_->Run(store);
  }
  void OnTimeout() override {
    if (exchange_) exchange_->Cancel();
  }
  void OnEnd(const SessionReport& session) override {
    if (exchange_) report_.status = exchange_->status().value_or(0);
    // It has not come so far that the guest could have answered.
    if (responder_ != nullptr) Refuse(500);
    report_.session = session;
    if (on_report_) on_report_(report_);
  }
  void Refuse(uint16_t status) {
    report_.status = status;
    RespondEmpty(*std::exchange(responder_, nullptr), status);
  }
  const HttpRequestReport& report() const { return report_; }

 private:
  std::optional<Request> request_;
  std::shared_ptr<Responder> responder_;
  const OnReport& on_report_;
  HttpRequestReport report_;
  std::optional<HttpExchange> exchange_;
};

Result<std::unique_ptr<HttpService>> HttpService::Create(const Component& component,
                                                         const SessionOptions& options,
                                                         wasi::NetSource& net,
                                                         SessionCounters& counters,
                                                         OnReport on_report) {
  if (!HttpHandler::IsExportedBy(component)) {
    return std::unexpected(
        Error(ErrorKind::kUnlinkable,
              "there is nothing to serve: the component exports neither wasi:http/handler@0.3 nor "
              "wasi:http/incoming-handler@0.2"));
  }
  std::unique_ptr<HttpService> service(
      new HttpService(component, options, net, counters, std::move(on_report)));
  TRY_VOID(service->host_.Try([](const ComponentInstance& instance) -> Result<void> {
    TRY_VOID(HttpHandler::Find(instance));
    return {};
  }));
  return service;
}

void HttpService::Handle(Request request, std::shared_ptr<Responder> responder) {
  std::unique_ptr<SessionHost::Work> work =
      std::make_unique<ExchangeWork>(std::move(request), std::move(responder), on_report_);
  if (host_.Start(work)) return;
  auto& refused = static_cast<ExchangeWork&>(*work);
  refused.Refuse(503);
  if (on_report_) on_report_(refused.report());
}

}  // namespace trenail
