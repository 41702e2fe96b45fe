// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instances of a component, each for one event, many at once on one thread, none of which waits for
// another.
//
// Each session runs on a fiber of its own. Where its guest waits for the host, all of its store is
// suspended (Fiber::SuspendAll); when something has happened for it (ComponentStore::SetOnProgress)
// it is queued, and has its turn after the loop's callbacks. So a sleeping, slow or blocked guest
// costs memory only. One that computes without end is interrupted by the embedder's watchdog.

#ifndef TRENAIL_LIBWASI_SERVE_SESSION_HOST_H_
#define TRENAIL_LIBWASI_SERVE_SESSION_HOST_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libwasi/component/context.h"
#include "libwasi/libwasi.h"
#include "libwasi/wasi_component.h"

namespace trenail {

// Of any number of hosts on any number of threads; must outlive them.
struct SessionOptions {
  std::function<WasiConfig()> config;  // of each instance
  wasi::Grants grants;
  StoreLimits limits;
  std::optional<uint64_t> fuel;                                // of each instance
  std::chrono::nanoseconds timeout = std::chrono::minutes(5);  // of each session
  size_t max_sessions = 1'000;                                 // at once
  // How many sessions an instance may have, one after the other, as long as none fails.
  uint32_t max_reuse = 1;
};

// Counts since the start; read from any thread.
struct SessionCounters {
  std::atomic<uint64_t> sessions = 0;
  std::atomic<uint64_t> failures = 0;  // traps, time-outs
  std::atomic<uint64_t> refused = 0;   // too many at once
  std::atomic<uint64_t> instances = 0;
  std::atomic<uint64_t> instantiate_ns = 0;
  std::atomic<uint64_t> work_ns = 0;
  std::atomic<int64_t> active = 0;
};

// How a session went.
struct SessionReport {
  std::chrono::nanoseconds instantiate{};  // 0: the instance was there
  std::chrono::nanoseconds work{};         // the guest's own turns
  std::chrono::nanoseconds total{};
  std::string error;  // empty: none
};

class SessionHost {
 public:
  // What a session does.
  class Work {
   public:
    virtual ~Work() = default;
    // On the session's fiber, once.
    virtual Result<void> Run(WasiComponent& wasi, ComponentStore& store,
                             const ComponentInstance& instance) = 0;
    // It has taken too long: the guest is being interrupted.
    virtual void OnTimeout() {}
    // It is over, or could not begin. Not on the fiber, and before the instance goes.
    virtual void OnEnd(const SessionReport& report) = 0;
  };

  // `may_reuse`: whether the component bears what options.max_reuse allows.
  SessionHost(const Component& component, const SessionOptions& options, bool may_reuse,
              wasi::NetSource& net, SessionCounters& counters);
  ~SessionHost();

  // Makes an instance and throws it away. Errors: it cannot be made; what `check` says of it.
  Result<void> Try(const std::function<Result<void>(const ComponentInstance&)>& check);
  // False if there are as many sessions as there may be: the work is not taken.
  bool Start(std::unique_ptr<Work>& work);
  // Lets those sessions go on for which something has happened. To be called after the loop has
  // run; false if there were none.
  bool RunSessions();
  size_t sessions() const { return sessions_.size(); }
  // Ends sessions that are under way, and instances that wait for more. By the thread that ran
  // them: their stacks can only be unwound there, so otherwise what these own is lost.
  void End();
  // Interrupts the guest that has its turn, if it has had it for so long. From any thread.
  void InterruptIfOver(std::chrono::nanoseconds turn);

 private:
  struct Worker;
  struct Session;

  Result<void> MakeWorker(Worker& worker);
  void Begin(Session& session);
  void Queue(Session& session);
  void TakeTurn(Session& session);
  void OnDeadline(Session& session);
  void Finish(Session& session);

  const Component component_;
  const SessionOptions& options_;
  const uint32_t max_reuse_;
  wasi::NetSource& net_;
  SessionCounters& counters_;
  ComponentLinker linker_;
  std::optional<PreparedComponent> prepared_;  // with the first instance
  uint64_t next_id_ = 1;
  std::unordered_map<uint64_t, std::unique_ptr<Session>> sessions_;
  std::deque<uint64_t> ready_;
  std::vector<Worker> idle_;  // instances that may have another session

  std::mutex turn_mutex_;  // of what follows, which the watchdog reads
  Store* turn_store_ = nullptr;
  bool turn_interrupted_ = false;
  std::chrono::steady_clock::time_point turn_began_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_SERVE_SESSION_HOST_H_
