// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guest program behind the public Wasi: its context, and the threads of wasi-threads. Every
// thread is an instance of its own in a store of its own; they share the imported memory and the
// context. The first thread that ends the program, by proc_exit or a trap, or the main one by
// returning, decides the outcome; the others are stopped.

#ifndef TRENAIL_LIBWASI_PROGRAM_H_
#define TRENAIL_LIBWASI_PROGRAM_H_

#include <pthread.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "libwasi/libwasi.h"
#include "libwasi/p1/function.h"

namespace trenail {

class Wasi::Program {
 public:
  explicit Program(const WasiConfig& config);
  ~Program();

  wasi::p1::Context& context() { return context_; }

  Result<void> Link(Linker& linker, const Module& module);
  void Interrupt();
  Result<void> Finish(Result<void> main_result);

 private:
  struct Thread;
  // An imported memory of a module with threads, as a store has it.
  struct SharedMemory {
    std::string module;
    std::string name;
    Memory memory;
  };

  // [wasi-threads] The new thread's identifier, or a negative errno.
  int32_t Spawn(const Module& module, const std::vector<SharedMemory>& memories,
                int32_t start_argument);
  void DefineSpawn(Linker& linker, const Module& module, std::vector<SharedMemory> memories);
  static void* RunThread(void* thread);
  // Takes the outcome if there is none yet and stops every other thread.
  void End(Result<void> outcome);
  void JoinFinished();

  wasi::p1::Context context_;
  const uint32_t max_threads_;
  const StoreLimits thread_limits_;
  const std::optional<uint64_t> thread_fuel_;

  std::mutex mutex_;  // of what follows
  std::condition_variable thread_ended_;
  Store* main_store_ = nullptr;  // set when threads can be spawned
  bool main_was_interrupted_ = false;
  std::optional<Result<void>> outcome_;
  int32_t last_thread_id_ = 0;
  std::vector<Thread*> running_;
  std::vector<pthread_t> finished_;  // to be joined
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_PROGRAM_H_
