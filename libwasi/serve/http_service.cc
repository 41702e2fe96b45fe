// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A session's parts end in this order: exchange, fiber, store, WASI. A session is not destroyed on
// its own fiber, nor inside of a callback, but by RunSessions.

#include "libwasi/serve/http_service.h"

#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libwasi/core/clocks.h"
#include "libwasi/http_service.h"
#include "libwasm/fiber.h"

namespace trenail {
namespace {

using Clock = std::chrono::steady_clock;
using wasi::http::Request;
using wasi::http::Responder;

std::unexpected<Error> Interrupted() {
  return std::unexpected(Error(ErrorKind::kInterrupted, "the request took too long"));
}

void RespondWithText(Responder& responder, uint16_t status) {
  wasi::http::Response response;
  response.status = status;
  if (status == 503) response.headers.emplace_back("retry-after", "1");
  responder.Respond(std::move(response), [](const std::optional<wasi::http::ErrorCode>&) {});
}

}  // namespace

class HttpService::Impl {
 public:
  Impl(const Component& component, const HttpServiceOptions& options, wasi::NetSource& net,
       HttpServiceCounters& counters, OnReport on_report)
      : component_(component),
        options_(options),
        net_(net),
        counters_(counters),
        on_report_(std::move(on_report)),
        linker_(component.engine()),
        reuses_(options.max_reuse > 1 && !ExportsOldHandler(component)) {
    WasiComponent::Link(linker_);
  }

  Result<void> Check() {
    if (!HttpHandler::IsExportedBy(component_)) {
      return std::unexpected(Error(
          ErrorKind::kUnlinkable,
          "there is nothing to serve: the component exports neither wasi:http/handler@0.3 nor "
          "wasi:http/incoming-handler@0.2"));
    }
    TRY_VOID(net_.Loop());
    Worker worker;
    return MakeWorker(worker);
  }

  void OnRequest(Request request, std::shared_ptr<Responder> responder);
  bool RunSessions();
  size_t size() const { return sessions_.size(); }
  void InterruptIfOver(std::chrono::nanoseconds turn);

 private:
  // An instance and what it needs.
  struct Worker {
    std::unique_ptr<WasiComponent> wasi;
    std::unique_ptr<ComponentStore> store;
    std::optional<HttpHandler> handler;
    uint32_t requests = 0;
  };
  struct Session {
    uint64_t id = 0;
    HttpRequestReport report;
    Clock::time_point arrived = Clock::now();
    Worker worker;
    std::optional<Request> request;
    std::shared_ptr<Responder> responder;
    std::optional<HttpExchange> exchange;
    std::optional<Fiber> fiber;
    wasi::WaitHandle deadline;
    Result<void> outcome;
    bool queued = false;
    bool timed_out = false;
    bool finished = false;
  };

  static bool ExportsOldHandler(const Component& component) {
    for (const auto& item : component.exports())
      if (item.name.name.starts_with("wasi:http/handler@0.3")) return false;
    return true;
  }

  Result<void> MakeWorker(Worker& worker);
  void Begin(Session& session);
  Result<void> Serve(Session& session);
  void Queue(Session& session);
  void TakeTurn(Session& session);
  void OnDeadline(Session& session);
  void Finish(Session& session);

  const Component component_;
  const HttpServiceOptions& options_;
  wasi::NetSource& net_;
  HttpServiceCounters& counters_;
  const OnReport on_report_;
  ComponentLinker linker_;
  const bool reuses_;
  uint64_t next_id_ = 1;
  std::unordered_map<uint64_t, std::unique_ptr<Session>> sessions_;
  std::deque<uint64_t> ready_;
  std::vector<Worker> idle_;  // instances that may answer again

  std::mutex turn_mutex_;  // of what follows, which the watchdog reads
  Store* turn_store_ = nullptr;
  Clock::time_point turn_began_;
};

Result<void> HttpService::Impl::MakeWorker(Worker& worker) {
  const Clock::time_point begin = Clock::now();
  worker.wasi = TRY(WasiComponent::Create(options_.config(), options_.grants, net_));
  worker.store = std::make_unique<ComponentStore>(component_.engine(), options_.limits);
  worker.wasi->Attach(*worker.store);
  Store& core = worker.store->core();
  if (options_.fuel) core.SetFuel(*options_.fuel);
  worker.store->SetIdle([&core, wasi = worker.wasi.get()]() -> Result<bool> {
    if (wasi->context().interrupt.IsDue()) return Interrupted();
    if (!Fiber::IsRunningIn(core))
      return std::unexpected(Error(ErrorKind::kTrap, "the component waits while it starts"));
    TRY_VOID(Fiber::SuspendAll(core));
    if (wasi->context().interrupt.IsDue()) return Interrupted();
    return true;
  });
  const ComponentInstance instance = TRY(linker_.Instantiate(*worker.store, component_));
  worker.handler = TRY(HttpHandler::Find(instance));
  ++counters_.instances;
  counters_.instantiate_ns += static_cast<uint64_t>((Clock::now() - begin).count());
  return {};
}

void HttpService::Impl::OnRequest(Request request, std::shared_ptr<Responder> responder) {
  ++counters_.requests;
  if (sessions_.size() >= options_.max_sessions) {
    ++counters_.refused;
    RespondWithText(*responder, 503);
    return;
  }
  auto session = std::make_unique<Session>();
  session->id = next_id_++;
  session->report.remote_address = request.remote_address;
  session->report.method = request.method;
  session->report.path = request.path_with_query;
  session->request = std::move(request);
  session->responder = std::move(responder);
  ++counters_.active;
  Session& added = *session;
  sessions_.emplace(added.id, std::move(session));
  Begin(added);
}

void HttpService::Impl::Begin(Session& session) {
  const auto failed = [&](Error error) {
    session.outcome = std::unexpected(std::move(error));
    session.finished = true;
    Queue(session);
  };
  if (!idle_.empty()) {
    session.worker = std::move(idle_.back());
    idle_.pop_back();
  } else {
    // On this stack: what a component does when it starts does not wait.
    const Clock::time_point begin = Clock::now();
    Result<void> made = MakeWorker(session.worker);
    session.report.instantiate = Clock::now() - begin;
    if (!made) return failed(std::move(made.error()));
  }
  ++session.worker.requests;
  session.worker.store->SetOnProgress([this, &session] { Queue(session); });
  auto fiber = Fiber::Create(session.worker.store->core(), [this, &session] {
    session.outcome = Serve(session);
    session.finished = true;
  });
  if (!fiber) return failed(std::move(fiber.error()));
  session.fiber.emplace(*std::move(fiber));
  const uint64_t deadline = wasi::MonotonicAfter(
      static_cast<uint64_t>(std::max<int64_t>(options_.request_timeout.count(), 0)));
  session.deadline = (*net_.Loop())->At(deadline, [this, &session] { OnDeadline(session); });
  Queue(session);
}

Result<void> HttpService::Impl::Serve(Session& session) {
  session.exchange.emplace(TRY(session.worker.handler->NewExchange(
      session.worker.wasi->context(), std::move(*session.request), session.responder)));
  session.request.reset();
  session.responder.reset();
  return session.exchange->Run(*session.worker.store);
}

void HttpService::Impl::Queue(Session& session) {
  if (session.queued) return;
  session.queued = true;
  ready_.push_back(session.id);
}

void HttpService::Impl::OnDeadline(Session& session) {
  session.timed_out = true;
  session.worker.wasi->Interrupt();
  session.worker.store->core().Interrupt();
  if (session.exchange) session.exchange->Cancel();
  Queue(session);
}

void HttpService::Impl::TakeTurn(Session& session) {
  if (!session.finished) {
    const Clock::time_point begin = Clock::now();
    {
      std::lock_guard lock(turn_mutex_);
      turn_store_ = &session.worker.store->core();
      turn_began_ = begin;
    }
    Result<void> resumed = session.fiber->Resume();
    {
      std::lock_guard lock(turn_mutex_);
      turn_store_ = nullptr;
    }
    session.report.work += Clock::now() - begin;
    if (!resumed) {
      session.outcome = std::move(resumed);
      session.finished = true;
    }
  }
  if (session.finished) Finish(session);
}

void HttpService::Impl::Finish(Session& session) {
  const std::unique_ptr<Session> owned = std::move(sessions_.extract(session.id).mapped());
  session.report.total = Clock::now() - session.arrived;
  if (session.exchange) session.report.status = session.exchange->status().value_or(0);
  if (session.responder != nullptr) {
    session.report.status = 500;
    RespondWithText(*session.responder, 500);
  }
  if (!session.outcome) {
    ++counters_.failures;
    session.report.error =
        session.timed_out ? "the request took too long" : session.outcome.error().message();
  }
  counters_.work_ns += static_cast<uint64_t>(session.report.work.count());
  --counters_.active;
  if (on_report_) on_report_(session.report);
  session.exchange.reset();
  session.fiber.reset();
  if (session.worker.store == nullptr) return;
  session.worker.store->SetOnProgress(nullptr);
  if (reuses_ && session.outcome && session.worker.requests < options_.max_reuse)
    idle_.push_back(std::move(session.worker));
  else
    session.worker.store.reset();
}

bool HttpService::Impl::RunSessions() {
  bool any = false;
  // Those that are queued meanwhile have their turn after the loop's.
  for (size_t left = ready_.size(); left > 0 && !ready_.empty(); --left) {
    const uint64_t id = ready_.front();
    ready_.pop_front();
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) continue;
    any = true;
    found->second->queued = false;
    TakeTurn(*found->second);
  }
  return any;
}

void HttpService::Impl::InterruptIfOver(std::chrono::nanoseconds turn) {
  std::lock_guard lock(turn_mutex_);
  if (turn_store_ != nullptr && Clock::now() - turn_began_ > turn) turn_store_->Interrupt();
}

HttpService::HttpService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpService::~HttpService() = default;

Result<std::unique_ptr<HttpService>> HttpService::Create(const Component& component,
                                                         const HttpServiceOptions& options,
                                                         wasi::NetSource& net,
                                                         HttpServiceCounters& counters,
                                                         OnReport on_report) {
  auto impl = std::make_unique<Impl>(component, options, net, counters, std::move(on_report));
  TRY_VOID(impl->Check());
  return std::unique_ptr<HttpService>(new HttpService(std::move(impl)));
}

wasi::http::Handler HttpService::handler() {
  return [impl = impl_.get()](Request request, std::shared_ptr<Responder> responder) {
    impl->OnRequest(std::move(request), std::move(responder));
  };
}
bool HttpService::RunSessions() { return impl_->RunSessions(); }
size_t HttpService::sessions() const { return impl_->size(); }
void HttpService::InterruptIfOver(std::chrono::nanoseconds turn) { impl_->InterruptIfOver(turn); }

}  // namespace trenail
