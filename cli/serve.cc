// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail serve: answers HTTP requests by a component, on a thread per processor, each with a loop
// and a listener of its own. Guests' turns that take too long are interrupted by a watchdog.

#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <cstring>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/commands.h"
#include "cli/component_grants.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/serve_common.h"
#include "libwasi/net_source.h"
#include "libwasi/serve/http_service.h"

namespace trenail::cli {
namespace {

using wasi::http::ServerOptions;

constexpr std::chrono::nanoseconds kDefaultTimeout = std::chrono::minutes(5);
constexpr std::chrono::nanoseconds kDefaultGrace = std::chrono::seconds(10);
constexpr std::chrono::milliseconds kWatch{50};

struct ServeOptions {
  RunOptions run;
  std::string address = "127.0.0.1:8080";
  std::string metrics;
  std::string access_log;
  std::string certificate, key;
  std::optional<uint64_t> threads, max_concurrent, max_connections, reuse, max_headers;
  std::optional<std::chrono::nanoseconds> idle_timeout, header_timeout, body_timeout, grace, turn;
};

std::string MetricsText(const SessionCounters& counters) {
  std::string text;
  const auto add = [&text](const char* name, const char* type, const char* help, auto value) {
    text += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n" +
            name + " " + std::to_string(value) + "\n";
  };
  const auto seconds = [](uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; };
  add("trenail_requests_total", "counter", "Requests that came.", counters.sessions.load());
  add("trenail_failures_total", "counter", "Requests whose guest failed.",
      counters.failures.load());
  add("trenail_refused_total", "counter", "Requests that were refused by 503.",
      counters.refused.load());
  add("trenail_active_requests", "gauge", "Requests that are being answered.",
      counters.active.load());
  add("trenail_instances_total", "counter", "Instances that were made.", counters.instances.load());
  add("trenail_instantiate_seconds_total", "counter", "Time that making them took.",
      seconds(counters.instantiate_ns.load()));
  add("trenail_work_seconds_total", "counter", "Time that guests had.",
      seconds(counters.work_ns.load()));
  return text;
}

// A thread's part.
class Worker {
 public:
  Result<void> Prepare(const Component& component, const SessionOptions& options,
                       SessionCounters& counters, AccessLog& log, bool stats) {
    loop_ = TRY(net_.Loop());
    transport_ = TRY(net_.Transport());
    service_ = TRY(HttpService::Create(
        component, options, net_, counters,
        [&log, stats](const HttpRequestReport& report) { log.Write(report, stats); }));
    return {};
  }
  // The port.
  Result<uint16_t> Listen(const ServerOptions& options) {
    auto server = transport_->Listen(
        options, [service = service_.get()](wasi::http::Request request,
                                            std::shared_ptr<wasi::http::Responder> responder) {
          service->Handle(std::move(request), std::move(responder));
        });
    if (!server) return Failed(options, server.error());
    server_ = *std::move(server);
    return server_->port();
  }
  Result<uint16_t> ListenForMetrics(const ServerOptions& options, const SessionCounters& counters) {
    auto server = transport_->Listen(
        options, [&counters](const wasi::http::Request& request,
                             const std::shared_ptr<wasi::http::Responder>& responder) {
          if (request.path_with_query == "/metrics")
            RespondText(*responder, 200, MetricsText(counters));
          else
            RespondText(*responder, 404, "there is /metrics\n");
        });
    if (!server) return Failed(options, server.error());
    metrics_ = *std::move(server);
    return metrics_->port();
  }
  void Run() {
    while (!stopped_) {
      if (service_->host().RunSessions())
        loop_->RunReady();
      else if (const auto happened = loop_->RunOnce(nullptr); !happened || !*happened)
        break;
    }
    server_.reset();
    service_->host().End();
  }
  // From any thread: what is under way may end, within `grace`.
  void Stop(std::chrono::nanoseconds grace) {
    loop_->Post([this, grace] {
      if (stopping_) {
        stopped_ = true;
        return;
      }
      stopping_ = true;
      metrics_.reset();
      server_->Shutdown([this] { stopped_ = true; });
      deadline_ = loop_->At(wasi::MonotonicAfter(static_cast<uint64_t>(grace.count())),
                            [this] { stopped_ = true; });
    });
  }
  // From any thread, until this is destroyed.
  void Watch(std::chrono::nanoseconds turn) { service_->host().InterruptIfOver(turn); }

 private:
  static std::unexpected<Error> Failed(const ServerOptions& options, const std::string& why) {
    return std::unexpected(Error(ErrorKind::kHost, "cannot listen on " + options.address + ":" +
                                                       std::to_string(options.port) + ": " + why));
  }

  wasi::NetLibrary net_;
  wasi::EventLoop* loop_ = nullptr;
  wasi::http::Transport* transport_ = nullptr;
  std::unique_ptr<HttpService> service_;
  std::unique_ptr<wasi::http::Server> server_, metrics_;
  wasi::WaitHandle deadline_;
  bool stopping_ = false;
  bool stopped_ = false;
};

ServerOptions ToServerOptions(const ServeOptions& options, const Endpoint& endpoint) {
  ServerOptions server{.address = endpoint.host,
                       .port = endpoint.port,
                       .certificate_file = options.certificate,
                       .key_file = options.key};
  const auto set = [](uint64_t& field, const std::optional<std::chrono::nanoseconds>& value) {
    if (value) field = static_cast<uint64_t>(value->count());
  };
  set(server.limits.idle_timeout_ns, options.idle_timeout);
  set(server.limits.header_timeout_ns, options.header_timeout);
  set(server.limits.body_timeout_ns, options.body_timeout);
  if (options.max_connections)
    server.limits.max_connections = static_cast<size_t>(*options.max_connections);
  if (options.max_headers)
    server.limits.max_header_bytes = static_cast<size_t>(*options.max_headers);
  return server;
}

Outcome<void> Serve(const ServeOptions& options, const Component& component) {
  const auto failed = [&options](Error& error) {
    return FailedIn(options.run.file, std::move(error));
  };
  Result<WasiConfig> config = ToWasiConfig(options.run.grants);
  if (!config) return FailedIn("", std::move(config.error()));
  Result<wasi::Grants> grants = ToGrants(options.run.grants);
  if (!grants) return FailedIn("", std::move(grants.error()));
  // Requests have no standard input.
  config->stdin_stream = WasiStream();
  SessionOptions service;
  service.config = [config = *config] { return config; };
  service.grants = *std::move(grants);
  service.limits = LimitsOf(options.run);
  service.fuel = options.run.fuel;
  service.timeout = options.run.timeout.value_or(kDefaultTimeout);
  if (options.max_concurrent) service.max_sessions = static_cast<size_t>(*options.max_concurrent);
  service.max_reuse = static_cast<uint32_t>(options.reuse.value_or(1));

  AccessLog log;
  if (!options.access_log.empty() && !log.Open(options.access_log)) {
    return FailedIn(options.access_log,
                    Error(ErrorKind::kHost, std::string("cannot be opened: ") + strerror(errno)));
  }
  SessionCounters counters;
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const size_t threads = static_cast<size_t>(options.threads.value_or(processors));
  const Endpoint endpoint = *ParseEndpoint(options.address);
  ServerOptions server = ToServerOptions(options, endpoint);
  server.reuse_port = threads > 1;

  BlockEndSignals();
  std::vector<std::unique_ptr<Worker>> workers;
  for (size_t i = 0; i < threads; ++i) {
    auto& worker = *workers.emplace_back(std::make_unique<Worker>());
    if (auto ready = worker.Prepare(component, service, counters, log, options.run.stats); !ready)
      return failed(ready.error());
    Result<uint16_t> port = worker.Listen(server);
    if (!port) return FailedIn("", std::move(port.error()));
    server.port = *port;
  }
  std::fprintf(stderr, "serving %s\n",
               ToUrl({endpoint.host, server.port}, !options.certificate.empty()).c_str());
  if (!options.metrics.empty()) {
    const Endpoint at = *ParseEndpoint(options.metrics);
    Result<uint16_t> port =
        workers.front()->ListenForMetrics({.address = at.host, .port = at.port}, counters);
    if (!port) return FailedIn("", std::move(port.error()));
    std::fprintf(stderr, "metrics %smetrics\n", ToUrl({at.host, *port}, false).c_str());
  }

  std::vector<std::thread> running;
  std::atomic<size_t> left = workers.size();
  const pthread_t main_thread = pthread_self();
  for (auto& worker : workers) {
    running.emplace_back([&worker = *worker, &left, main_thread] {
      worker.Run();
      if (--left == 0) pthread_kill(main_thread, SIGTERM);
    });
  }
  const std::chrono::nanoseconds turn = options.turn.value_or(service.timeout);
  const std::chrono::nanoseconds grace = options.grace.value_or(kDefaultGrace);
  while (left > 0) {
    const bool end = WaitForEndSignal(kWatch);
    if (left == 0) break;
    for (auto& worker : workers) {
      if (end)
        worker->Stop(grace);
      else
        worker->Watch(turn);
    }
  }
  for (std::thread& thread : running) thread.join();
  return {};
}

}  // namespace

int ServeCommand(const Arguments& arguments) {
  ServeOptions serve;
  RunOptions& run = serve.run;
  Options options(
      "serve",
      "Answers HTTP requests by a component that exports wasi:http/handler@0.3 or "
      "wasi:http/incoming-handler@0.2: a fresh instance for each.",
      "SIGINT and SIGTERM let requests end that are under way, a second one does not. Nothing is\n"
      "granted that no option names. Exit codes: 0; 1 malformed, invalid, nothing to serve, or "
      "the\n"
      "address is taken; 2 wrong usage or unreadable file.");
  options.File(&run.file, "a component, binary, text or compiled");
  options.String("--addr", &serve.address, "HOST:PORT",
                 "where to listen (127.0.0.1:8080); port 0: any");
  options.String("--tls-cert", &serve.certificate, "FILE",
                 "certificate chain, PEM; with --tls-key");
  options.String("--tls-key", &serve.key, "FILE", "private key, PEM");
  options.Strings("--dir", &run.grants.directories, "HOST[::GUEST][:ro]",
                  "grant a directory, under another name, read-only");
  options.Strings("--env", &run.grants.environment, "NAME=VALUE",
                  "set a variable; NAME alone passes on the caller's");
  AddGrantOptions(options, &run.grants);
  options.Duration("--timeout", &run.timeout, "TIME", "for each request (5m)");
  options.Duration("--turn", &serve.turn, "TIME",
                   "how long a guest may compute without waiting (as --timeout)");
  options.Count("--fuel", &run.fuel, "N", "instructions for each instance");
  options.Size("--max-memory", &run.max_memory, "SIZE", "bound each memory, for instance 64M");
  options.Size("--max-stack", &run.max_stack, "SIZE", "bound the guest's stack");
  options.Size("--max-heap", &run.max_heap, "SIZE", "bound the garbage-collected heap");
  options.Count("--max-concurrent", &serve.max_concurrent, "N",
                "requests at once on each thread (1000); more get 503");
  options.Count("--max-connections", &serve.max_connections, "N",
                "connections at once on each thread (10000)");
  options.Size("--max-headers", &serve.max_headers, "SIZE", "of a request (64K)");
  options.Duration("--header-timeout", &serve.header_timeout, "TIME",
                   "for a request's headers to come (10s)");
  options.Duration("--body-timeout", &serve.body_timeout, "TIME", "without a byte moving (30s)");
  options.Duration("--idle-timeout", &serve.idle_timeout, "TIME",
                   "of a connection between requests (1m)");
  options.Duration("--grace", &serve.grace, "TIME", "for requests under way at the end (10s)");
  options.Count("--reuse", &serve.reuse, "N",
                "requests that an instance of wasi:http/handler@0.3 answers (1)");
  options.Count("--threads", &serve.threads, "N", "threads (one per processor)");
  options.Choice("--engine", &run.engine, {"interp", "aot"},
                 "interpret, or compile first, into a cache");
  options.Choice("-O", &run.level, {"0", "1", "2", "3"}, "how much --engine aot optimises (2)");
  options.String("--access-log", &serve.access_log, "FILE", "a line per request; -: stderr");
  options.Flag("--stats", &run.stats, "print each request's times to stderr");
  options.String("--metrics", &serve.metrics, "HOST:PORT", "serve counters at /metrics");
  if (auto code = options.Parse(arguments)) return *code;
  if (!ParseEndpoint(serve.address))
    return options.WrongUsage("--addr needs HOST:PORT, not \"" + serve.address + "\"");
  if (!serve.metrics.empty() && !ParseEndpoint(serve.metrics))
    return options.WrongUsage("--metrics needs HOST:PORT, not \"" + serve.metrics + "\"");
  if (serve.certificate.empty() != serve.key.empty())
    return options.WrongUsage("--tls-cert and --tls-key belong together");
  if (serve.threads && (*serve.threads == 0 || *serve.threads > 1024))
    return options.WrongUsage("--threads needs a number from 1 to 1024");
  if (serve.reuse && *serve.reuse == 0) return options.WrongUsage("--reuse needs at least 1");
  if (auto grants = ToGrants(run.grants); !grants)
    return options.WrongUsage(grants.error().message());
  // So that compiled code can be interrupted.
  if (!run.timeout) run.timeout = kDefaultTimeout;
  run.grants.arguments.push_back(run.file);

  Outcome<Component> component = LoadComponent(run);
  if (!component) return Report(component.error().error, component.error().file);
  const Outcome<void> outcome = Serve(serve, *component);
  return outcome ? kExitOk : Report(outcome.error().error, outcome.error().file);
}

}  // namespace trenail::cli
