// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SIGINT and SIGTERM, while a component runs.

#ifndef TRENAIL_CLI_END_SIGNALS_H_
#define TRENAIL_CLI_END_SIGNALS_H_

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace trenail::cli {

// Ends the program by the exit code that shells give for one that a signal has ended. Once
// something waits, there may be what the guest wrote and nobody has taken: then the guest is
// interrupted, and the program ends after that has been passed on. What does not end soon, such as
// compiled code without checks, is ended where it is. There may be one of these at a time.
class EndSignals {
 public:
  explicit EndSignals(std::function<void()> interrupt);
  ~EndSignals();
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  // From here on signals interrupt, if there is one of these. It takes a thread, which programs
  // that never wait do without.
  static void SomethingWaits();

  // What came, or 0.
  int number() const { return number_; }
  int exit_code() const { return 128 + number_; }

 private:
  static constexpr std::chrono::seconds kPatience{1};

  static void Handle(int number);
  void StartWaiting();
  void Wait();

  const std::function<void()> interrupt_;
  sigset_t signals_;
  struct sigaction actions_before_[2];
  std::atomic<int> number_ = 0;
  // Once there is a thread:
  std::atomic<bool> interrupting_ = false;
  pthread_t thread_;
  sigset_t mask_before_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_END_SIGNALS_H_
