// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component that answers HTTP requests: instances for each, many at once on one thread, none of
// which waits for another.
//
//   loop:  sockets ──▶ Request ──▶ Session (store, instance, fiber) ──▶ Responder ──▶ sockets
//
// Each session runs on a fiber of its own. Where its guest waits for the host, all of its store is
// suspended (Fiber::SuspendAll); when something has happened for it (ComponentStore::SetOnProgress)
// it is queued, and gets its turn after the loop's callbacks. So a sleeping, slow or blocked guest
// costs memory only. One that computes without end is interrupted by the watchdog of the embedder.

#ifndef TRENAIL_LIBWASI_SERVE_HTTP_SERVICE_H_
#define TRENAIL_LIBWASI_SERVE_HTTP_SERVICE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "libcomponent/libcomponent.h"
#include "libwasi/component/context.h"
#include "libwasi/http/transport.h"
#include "libwasi/libwasi.h"
#include "libwasi/wasi_component.h"

namespace trenail {

// What is served, for any number of services on any number of threads; must outlive them.
struct HttpServiceOptions {
  std::function<WasiConfig()> config;  // of each instance
  wasi::Grants grants;
  StoreLimits limits;
  std::optional<uint64_t> fuel;  // of each instance
  // From the request's arrival to the end of its answer.
  std::chrono::nanoseconds request_timeout = std::chrono::minutes(5);
  size_t max_sessions = 1'000;  // at once; what is more gets 503
  // How many requests an instance of wasi:http/handler@0.3 may answer, one after the other, as long
  // as none fails. One of 0.2 answers one request: guests of that kind cannot do more.
  uint32_t max_reuse = 1;
};

// How one request went.
struct HttpRequestReport {
  std::string remote_address;
  std::string method;
  std::string path;
  uint16_t status = 0;                     // 0: none was sent
  std::chrono::nanoseconds instantiate{};  // 0: the instance was there
  std::chrono::nanoseconds work{};         // the guest's own turns
  std::chrono::nanoseconds total{};
  std::string error;  // empty: none
};

// Counts since the start; read from any thread.
struct HttpServiceCounters {
  std::atomic<uint64_t> requests = 0;
  std::atomic<uint64_t> failures = 0;  // of guests: traps, no answer, time-outs
  std::atomic<uint64_t> refused = 0;   // 503
  std::atomic<uint64_t> instances = 0;
  std::atomic<uint64_t> instantiate_ns = 0;
  std::atomic<uint64_t> work_ns = 0;
  std::atomic<int64_t> active = 0;
};

// On one thread, with the loop of its NetSource.
class HttpService {
 public:
  using OnReport = std::function<void(const HttpRequestReport&)>;

  // Errors: kUnlinkable and the like, if the component cannot be linked or exports no handler: an
  // instance is made and thrown away.
  static Result<std::unique_ptr<HttpService>> Create(const Component& component,
                                                     const HttpServiceOptions& options,
                                                     wasi::NetSource& net,
                                                     HttpServiceCounters& counters,
                                                     OnReport on_report);
  ~HttpService();

  // A handler for the transport's server.
  wasi::http::Handler handler();
  // Lets those sessions go on for which something has happened. To be called after the loop has
  // run; false if there were none.
  bool RunSessions();
  size_t sessions() const;

  // Interrupts the guest that has its turn, if it has had it for so long. From any thread.
  void InterruptIfOver(std::chrono::nanoseconds turn);

 private:
  class Impl;
  explicit HttpService(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_SERVE_HTTP_SERVICE_H_
