// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A session's parts end in this order: work, fiber, store, WASI. A session is not destroyed on its
// own fiber, nor inside of a callback, but by RunSessions.

#include "libwasi/serve/session_host.h"

#include <algorithm>
#include <utility>

#include "libwasi/core/clocks.h"
#include "libwasm/fiber.h"

namespace trenail {
namespace {

using Clock = std::chrono::steady_clock;

std::unexpected<Error> Interrupted() {
  return std::unexpected(Error(ErrorKind::kInterrupted, "it took too long"));
}

}  // namespace

// An instance and what it needs.
struct SessionHost::Worker {
  std::unique_ptr<WasiComponent> wasi;
  std::unique_ptr<ComponentStore> store;
  std::optional<ComponentInstance> instance;
  uint32_t sessions = 0;
};

struct SessionHost::Session {
  uint64_t id = 0;
  SessionReport report;
  Clock::time_point began = Clock::now();
  Worker worker;
  std::optional<Fiber> fiber;
  std::unique_ptr<Work> work;
  wasi::WaitHandle deadline;
  Result<void> outcome;
  bool queued = false;
  bool timed_out = false;
  bool finished = false;

  ~Session() {
    work.reset();
    fiber.reset();
  }
};

SessionHost::SessionHost(const Component& component, const SessionOptions& options, bool may_reuse,
                         wasi::NetSource& net, SessionCounters& counters)
    : component_(component),
      options_(options),
      max_reuse_(may_reuse ? options.max_reuse : 1),
      net_(net),
      counters_(counters),
      linker_(component.engine()) {
  WasiComponent::Link(linker_, component_);
}

SessionHost::~SessionHost() = default;

Result<void> SessionHost::Try(const std::function<Result<void>(const ComponentInstance&)>& check) {
  TRY_VOID(net_.Loop());
  Worker worker;
  TRY_VOID(MakeWorker(worker));
  return check(*worker.instance);
}

Result<void> SessionHost::MakeWorker(Worker& worker) {
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
  if (!prepared_) prepared_ = TRY(linker_.Prepare(component_));
  worker.instance = TRY(prepared_->Instantiate(*worker.store));
  ++counters_.instances;
  counters_.instantiate_ns += static_cast<uint64_t>((Clock::now() - begin).count());
  return {};
}

bool SessionHost::Start(std::unique_ptr<Work>& work) {
  ++counters_.sessions;
  if (sessions_.size() >= options_.max_sessions) {
    ++counters_.refused;
    return false;
  }
  auto session = std::make_unique<Session>();
  session->id = next_id_++;
  session->work = std::move(work);
  ++counters_.active;
  Session& added = *session;
  sessions_.emplace(added.id, std::move(session));
  Begin(added);
  return true;
}

void SessionHost::Begin(Session& session) {
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
  ++session.worker.sessions;
  session.worker.store->SetOnProgress([this, &session] { Queue(session); });
  auto fiber = Fiber::Create(session.worker.store->core(), [&session] {
    session.outcome =
        session.work->Run(*session.worker.wasi, *session.worker.store, *session.worker.instance);
    session.finished = true;
  });
  if (!fiber) return failed(std::move(fiber.error()));
  session.fiber.emplace(*std::move(fiber));
  const auto timeout = static_cast<uint64_t>(std::max<int64_t>(options_.timeout.count(), 0));
  session.deadline =
      (*net_.Loop())->At(wasi::MonotonicAfter(timeout), [this, &session] { OnDeadline(session); });
  Queue(session);
}

void SessionHost::Queue(Session& session) {
  if (session.queued) return;
  session.queued = true;
  ready_.push_back(session.id);
}

void SessionHost::OnDeadline(Session& session) {
  session.timed_out = true;
  session.worker.wasi->Interrupt();
  session.worker.store->core().Interrupt();
  session.work->OnTimeout();
  Queue(session);
}

void SessionHost::TakeTurn(Session& session) {
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
      session.timed_out |= std::exchange(turn_interrupted_, false);
    }
    session.report.work += Clock::now() - begin;
    if (!resumed) {
      session.outcome = std::move(resumed);
      session.finished = true;
    }
  }
  if (session.finished) Finish(session);
}

void SessionHost::Finish(Session& session) {
  const std::unique_ptr<Session> owned = std::move(sessions_.extract(session.id).mapped());
  session.deadline = nullptr;
  session.report.total = Clock::now() - session.began;
  if (!session.outcome) {
    ++counters_.failures;
    session.report.error =
        session.timed_out ? "it took too long" : session.outcome.error().message();
  }
  counters_.work_ns += static_cast<uint64_t>(session.report.work.count());
  --counters_.active;
  session.work->OnEnd(session.report);
  session.work.reset();
  session.fiber.reset();
  if (session.worker.store == nullptr) return;
  session.worker.store->SetOnProgress(nullptr);
  if (session.outcome && session.worker.sessions < max_reuse_)
    idle_.push_back(std::move(session.worker));
}

void SessionHost::End() {
  const auto sessions = std::exchange(sessions_, {});
  const auto idle = std::exchange(idle_, {});
}

bool SessionHost::RunSessions() {
  bool any = false;
  // Those that are queued meanwhile have their turn after the loop's.
  for (size_t left = ready_.size(); left > 0 && !ready_.empty(); --left) {
    const auto found = sessions_.find(ready_.front());
    ready_.pop_front();
    if (found == sessions_.end()) continue;
    any = true;
    found->second->queued = false;
    TakeTurn(*found->second);
  }
  return any;
}

void SessionHost::InterruptIfOver(std::chrono::nanoseconds turn) {
  std::lock_guard lock(turn_mutex_);
  if (turn_store_ == nullptr || Clock::now() - turn_began_ <= turn) return;
  turn_store_->Interrupt();
  turn_interrupted_ = true;
}

}  // namespace trenail
