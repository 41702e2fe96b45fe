// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The public interface of WASI for embedders: what a guest is granted, and the functions it
// imports.
//
//   trenail::WasiConfig config;
//   config.args = {"program", "argument"};
//   config.preopens.push_back({.host = "data", .guest = "/"});
//   config.stdout_stream = trenail::WasiStream::Host(1);
//   auto wasi = trenail::Wasi::Create(std::move(config));
//   trenail::Linker linker(store);
//   (*wasi)->Link(linker, module);
//   auto instance = linker.Instantiate(module);
//   auto outcome = (*wasi)->Finish(instance->GetFunc("_start")->Call({}));
//
// A guest has nothing that its configuration does not name: no files, no environment, no streams.

#ifndef TRENAIL_LIBWASI_LIBWASI_H_
#define TRENAIL_LIBWASI_LIBWASI_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libwasm/libwasm.h"

namespace trenail::wasi {
class Descriptor;
class OutputBuffer;
}  // namespace trenail::wasi

namespace [[gnu::visibility("default")]] trenail {

// What a standard stream of a guest is connected to. Copies share one stream.
class WasiStream {
 public:
  // Reading gives the end of the file at once; what is written disappears.
  WasiStream();
  // A descriptor of the host, which stays the embedder's and has to stay open.
  static WasiStream Host(int fd);
  // A text to read.
  static WasiStream Text(std::string content);
  // Collects what is written, at most `limit` bytes.
  static WasiStream Capture(size_t limit = size_t{64} << 20);

  // What a Capture has collected so far.
  std::string captured() const;

  const std::shared_ptr<wasi::Descriptor>& internal() const { return descriptor_; }  // internal

 private:
  std::shared_ptr<wasi::Descriptor> descriptor_;
  std::shared_ptr<wasi::OutputBuffer> capture_;
};

struct WasiPreopen {
  std::string host;   // a directory
  std::string guest;  // the name that the guest sees it under
  bool read_only = false;
};

struct WasiConfig {
  std::vector<std::string> args;  // the first is the program's name
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<WasiPreopen> preopens;  // descriptors 3, 4, … of the guest, in this order
  // Listening or connected sockets of the host, the descriptors after the directories. They belong
  // to the guest from Create on and are closed with it.
  std::vector<int> sockets;
  WasiStream stdin_stream;
  WasiStream stdout_stream;
  WasiStream stderr_stream;
  // Fixes what the guest takes for randomness, for tests.
  std::optional<uint64_t> random_seed;
  // For wasi-threads: how many may run beside the main one, and the bounds of each one's store.
  uint32_t max_threads = 256;
  StoreLimits thread_limits;
  std::optional<uint64_t> thread_fuel;
};

// One guest program: its descriptors, environment and threads.
class Wasi {
 public:
  // Errors: kHost, naming the directory, variable or argument that cannot be granted.
  static Result<std::unique_ptr<Wasi>> Create(WasiConfig config);
  // Ends the threads of the guest that still run.
  ~Wasi();

  // Defines what `module` imports of WASI preview 1 (wasi_snapshot_preview1, and wasi_unstable
  // before it) and of wasi-threads (wasi.thread-spawn, and the shared memory that the threads have
  // in common, if nobody defined it). Imports it does not know are left for others. May be called
  // for several modules that run in the same store. The Wasi has to outlive the store's instances,
  // and the store has to outlive Finish.
  Result<void> Link(Linker& linker, const Module& module);

  // Ends the guest: calls of WASI that wait, now or later, return to the embedder with
  // kInterrupted, and its threads stop. The store of the main thread is not touched;
  // Store::Interrupt does that. Thread-safe.
  void Interrupt();
  // The same for waiting calls after so long; those that wait now are not affected.
  void SetTimeout(std::chrono::nanoseconds timeout);

  // Turns the result of the guest's _start into that of the program: stops and joins its threads;
  // proc_exit(0) is success; and if another thread ended the program, its error is the outcome.
  // The program is over afterwards.
  template <typename T>
  Result<void> Finish(Result<T> main_result) {
    if (main_result.has_value()) return FinishProgram({});
    return FinishProgram(std::unexpected(std::move(main_result.error())));
  }

  class [[gnu::visibility("hidden")]] Program;  // internal

 private:
  explicit Wasi(std::unique_ptr<Program> program);
  Result<void> FinishProgram(Result<void> main_result);

  std::unique_ptr<Program> program_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_LIBWASI_H_
