// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What running a module and running a component have in common: the options of trenail run, its
// limits, and what it measures.

#ifndef TRENAIL_CLI_RUN_H_
#define TRENAIL_CLI_RUN_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/wasi_grants.h"
#ifdef TRENAIL_COMPONENTS
#include "libcomponent/libcomponent.h"
#endif
#include "libwasm/libwasm.h"

namespace trenail::cli {

using Clock = std::chrono::steady_clock;

struct RunOptions {
  std::string file;
  std::string engine = "interp";
  std::string level = "2";
  std::string invoke;
  std::vector<std::string> preloads;
  WasiGrants grants;
  std::optional<uint64_t> fuel;
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<uint64_t> max_memory;
  std::optional<uint64_t> max_stack;
  std::optional<uint64_t> max_heap;
  std::optional<uint64_t> reservation;
  bool lazy = false;
  bool stats = false;
  bool bench_hooks = false;
  bool verbose = false;
  bool perf_map = false;
  bool jitdump = false;
  std::string coredump;
};

// A store whose failures are to leave a coredump, if the options say so; and that file, once there
// is a failure. Says where it is.
void PrepareCoredump(const RunOptions& options, Store& store);
void WriteCoredump(const RunOptions& options, const Error& error);
// Errors: kHost where a file cannot be made.
Result<void> StartProfiling(const RunOptions& options);

// Interrupts the guest when the time is up, in its code or in a call that waits. The thread exists
// only where a timeout was asked for.
class Watchdog {
 public:
  Watchdog(std::optional<std::chrono::nanoseconds> timeout, std::function<void()> interrupt) {
    if (!timeout) return;
    Clock::time_point end = Clock::now();
    // A timeout of centuries must not wrap around.
    end += std::min<std::chrono::nanoseconds>(*timeout, Clock::time_point::max() - end);
    thread_ = std::thread([this, interrupt = std::move(interrupt), end] {
      std::unique_lock lock(mutex_);
      if (done_.wait_until(lock, end, [this] { return finished_; })) return;
      interrupt();
    });
  }
  ~Watchdog() {
    if (!thread_.joinable()) return;
    {
      std::lock_guard lock(mutex_);
      finished_ = true;
    }
    done_.notify_one();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
  std::thread thread_;
};

// What --stats reports.
struct Stats {
  Clock::time_point begin = Clock::now();
  Clock::duration load{}, instantiate{}, work{};
  Clock::duration Lap() {
    Clock::time_point now = Clock::now();
    return now - std::exchange(begin, now);
  }
};

void PrintStats(const Stats& stats, const Store& store, const RunOptions& options);

// An error, and the file that it is about.
struct Failure {
  Error error;
  std::string file;
};
template <typename T>
using Outcome = std::expected<T, Failure>;

inline std::unexpected<Failure> FailedIn(const std::string& file, Error error) {
  return std::unexpected(Failure{std::move(error), file});
}

StoreLimits LimitsOf(const RunOptions& options);

// Through the cache. The code never leaves this machine, so it may use all of its processor.
Result<Artefact> CompileThroughCache(const RunOptions& options, std::span<const uint8_t> bytes);
#ifdef TRENAIL_COMPONENTS
// All of a component, whose bytes these are.
Result<Artefact> CompileThroughCache(const RunOptions& options, const Component& component,
                                     std::span<const uint8_t> bytes);
#endif

// Errors: kHost if the options need what the code was compiled without.
Result<void> CheckLimits(const Artefact& artefact, const RunOptions& options);

#ifdef TRENAIL_COMPONENTS
// run_component.cc
// Whatever the options' file is: it is parsed, compiled if the options say so, or loaded with its
// code.
Outcome<Component> LoadComponent(const RunOptions& options);
Outcome<void> RunComponent(const RunOptions& options, Stats stats, std::span<const uint8_t> bytes);
Outcome<void> RunComponentArtefact(const RunOptions& options, Stats stats,
                                   const Artefact& artefact);
#endif

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_RUN_H_
