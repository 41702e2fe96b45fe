// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail up: runs what a manifest (manifest.h) describes, on one thread: HTTP routes, messages of
// Redis and MQTT, times. Each event has an instance of its own.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <thread>

#include "cli/commands.h"
#include "cli/component_call.h"
#include "cli/component_grants.h"
#include "cli/manifest.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/serve_common.h"
#include "libcomponent/wave/wave.h"
#include "libwasi/core/clocks.h"
#include "libwasi/net_source.h"
#include "libwasi/serve/event_service.h"

namespace trenail::cli {
namespace {

using wasi::http::Request;
using wasi::http::Responder;

constexpr std::chrono::nanoseconds kGrace = std::chrono::seconds(10);
constexpr std::chrono::milliseconds kWatch{50};

// A component of the manifest, with what it does.
struct Served {
  std::string name;
  std::string file;
  std::optional<Component> component;
  SessionOptions options;
  std::unique_ptr<HttpService> http;
  std::unique_ptr<EventService> events;
};

// An export that events call.
struct EventTarget {
  Served* served = nullptr;
  std::string what;  // "redis orders.*"
  ExportedFunc function;
};

class Up {
 public:
  Outcome<void> Prepare(const Manifest& manifest, bool stats);
  Outcome<void> Listen(const Manifest& manifest, const wasi::Triggers& triggers);
  void Run();
  void Stop();  // from any thread
  // Interrupts guests whose turn takes too long. From any thread, until this is destroyed.
  void Watch();
  bool over() const { return stopped_; }

 private:
  Outcome<void> Load(const std::string& name, const ManifestComponent& entry);
  Outcome<void> PrepareEvent(EventTarget& target, const std::string& component,
                             const std::string& function);
  void Route(Request request, const std::shared_ptr<Responder>& responder);
  void OnMessage(const EventTarget& target, wasi::BrokerMessage message);
  void Call(const EventTarget& target, std::vector<ComponentValue> args);
  void Schedule(size_t index);

  wasi::NetLibrary net_;
  wasi::EventLoop* loop_ = nullptr;
  SessionCounters counters_;
  AccessLog log_;
  bool stats_ = false;
  std::map<std::string, Served> served_;
  std::vector<std::pair<std::string, Served*>> routes_;  // the longest first
  std::vector<std::unique_ptr<EventTarget>> targets_;
  std::vector<std::unique_ptr<wasi::Subscription>> subscriptions_;
  struct Timer {
    EventTarget* target = nullptr;
    wasi::CronSchedule schedule;
    wasi::WaitHandle wait;
  };
  std::vector<Timer> timers_;
  std::unique_ptr<wasi::http::Server> server_;
  wasi::WaitHandle deadline_;
  bool stopping_ = false;
  std::atomic<bool> stopped_ = false;
};

// What a trigger passes, as the export takes it. Nothing if it takes something else.
std::optional<std::vector<ComponentValue>> MessageArguments(const component::FuncType& type,
                                                            const wasi::BrokerMessage& message) {
  using component::ValKind;
  if (type.params.size() != 2 || type.params[0].type->kind != ValKind::kString) return std::nullopt;
  const component::ValType& payload = *type.params[1].type;
  std::vector<ComponentValue> args = {ComponentValue::String(message.channel)};
  if (payload.kind == ValKind::kString)
    args.push_back(ComponentValue::String(message.payload));
  else if (payload.kind == ValKind::kList && payload.element->kind == ValKind::kU8)
    args.push_back(ComponentValue::Bytes(message.payload));
  else
    return std::nullopt;
  return args;
}

Outcome<void> Up::Load(const std::string& name, const ManifestComponent& entry) {
  Served& served = served_[name];
  served.name = name;
  served.file = entry.run.file;
  RunOptions run = entry.run;
  // So that compiled code can be interrupted.
  if (!run.timeout) run.timeout = served.options.timeout;
  Outcome<Component> component = LoadComponent(run);
  if (!component) return std::unexpected(std::move(component.error()));
  served.component.emplace(*std::move(component));
  Result<WasiConfig> config = ToWasiConfig(run.grants);
  if (!config) return FailedIn("component " + name, std::move(config.error()));
  config->stdin_stream = WasiStream();
  served.options.config = [config = *config] { return config; };
  Result<wasi::Grants> grants = ToGrants(run.grants);
  if (!grants) return FailedIn("component " + name, std::move(grants.error()));
  served.options.grants = *std::move(grants);
  served.options.limits = LimitsOf(run);
  served.options.fuel = run.fuel;
  served.options.timeout = *run.timeout;
  served.options.max_reuse = entry.reuse;
  if (entry.max_concurrent)
    served.options.max_sessions = static_cast<size_t>(*entry.max_concurrent);
  return {};
}

Outcome<void> Up::PrepareEvent(EventTarget& target, const std::string& component,
                               const std::string& function) {
  Served& served = served_.at(component);
  target.served = &served;
  const std::vector<ExportedFunc> functions = ExportedFuncs(*served.component);
  if (function.empty()) {
    for (const ExportedFunc& candidate : functions)
      if (candidate.interface.starts_with("wasi:cli/run@") && candidate.name == "run")
        target.function = candidate;
  } else {
    const std::string text = function + "()";
    const auto call = component::wave::ParseCall(text);
    if (!call)
      return FailedIn(served.file, Error(ErrorKind::kHost, "\"" + function + "\" is no export"));
    Result<ExportedFunc> found = FindFunc(functions, *call);
    if (!found) return FailedIn(served.file, std::move(found.error()));
    target.function = *std::move(found);
  }
  if (target.function.type == nullptr) {
    return FailedIn(served.file, Error(ErrorKind::kHost,
                                       "there is no wasi:cli/run to run; export = \"…\" names "
                                       "another function" +
                                           ListFuncs(functions)));
  }
  if (served.events == nullptr)
    served.events =
        std::make_unique<EventService>(*served.component, served.options, net_, counters_);
  if (auto tried = served.events->Try(
          [&target](const ComponentInstance& instance) { return target.function.In(instance); });
      !tried)
    return FailedIn(served.file, std::move(tried.error()));
  return {};
}

Outcome<void> Up::Prepare(const Manifest& manifest, bool stats) {
  stats_ = stats;
  Result<wasi::EventLoop*> loop = net_.Loop();
  if (!loop) return FailedIn("", std::move(loop.error()));
  loop_ = *loop;
  for (const auto& [name, entry] : manifest.components) {
    if (auto loaded = Load(name, entry); !loaded) return loaded;
  }
  for (const HttpTrigger& trigger : manifest.http) {
    Served& served = served_.at(trigger.component);
    if (served.http == nullptr) {
      auto service = HttpService::Create(
          *served.component, served.options, net_, counters_,
          [this](const HttpRequestReport& report) { log_.Write(report, stats_); });
      if (!service) return FailedIn(served.file, std::move(service.error()));
      served.http = *std::move(service);
    }
    routes_.emplace_back(trigger.route, &served);
  }
  std::ranges::sort(routes_, [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a.first < b.first;
  });
  for (const MessageTrigger& trigger : manifest.messages) {
    auto target = std::make_unique<EventTarget>();
    target->what = std::string(trigger.is_mqtt ? "mqtt " : "redis ") + trigger.subscription.channel;
    if (auto ready = PrepareEvent(*target, trigger.component, trigger.function); !ready)
      return ready;
    if (!MessageArguments(*target->function.type, {})) {
      return FailedIn(
          target->served->file,
          Error(ErrorKind::kHost,
                "a message is passed as (string, list<u8>) or (string, string), but this is " +
                    DescribeFunc(target->function.full_name(), *target->function.type)));
    }
    targets_.push_back(std::move(target));
  }
  for (const CronTrigger& trigger : manifest.cron) {
    auto target = std::make_unique<EventTarget>();
    target->what = "cron " + trigger.text;
    if (auto ready = PrepareEvent(*target, trigger.component, trigger.function); !ready)
      return ready;
    if (!target->function.type->params.empty()) {
      return FailedIn(
          target->served->file,
          Error(ErrorKind::kHost,
                "a schedule calls a function without parameters, but this is " +
                    DescribeFunc(target->function.full_name(), *target->function.type)));
    }
    timers_.push_back({.target = target.get(), .schedule = trigger.schedule});
    targets_.push_back(std::move(target));
  }
  return {};
}

Outcome<void> Up::Listen(const Manifest& manifest, const wasi::Triggers& triggers) {
  if (!routes_.empty()) {
    Result<wasi::http::Transport*> transport = net_.Transport();
    if (!transport) return FailedIn("", std::move(transport.error()));
    auto server = (*transport)
                      ->Listen({.address = manifest.listen.host,
                                .port = manifest.listen.port,
                                .certificate_file = manifest.certificate,
                                .key_file = manifest.key},
                               [this](Request request, std::shared_ptr<Responder> responder) {
                                 Route(std::move(request), responder);
                               });
    if (!server) {
      return FailedIn("", Error(ErrorKind::kHost, "cannot listen on " + manifest.listen.host + ":" +
                                                      std::to_string(manifest.listen.port) + ": " +
                                                      server.error()));
    }
    server_ = *std::move(server);
    std::fprintf(
        stderr, "serving %s\n",
        ToUrl({manifest.listen.host, server_->port()}, !manifest.certificate.empty()).c_str());
  }
  for (size_t i = 0; i < manifest.messages.size(); ++i) {
    const MessageTrigger& trigger = manifest.messages[i];
    const EventTarget& target = *targets_[i];
    const auto subscribe = trigger.is_mqtt ? triggers.subscribe_mqtt : triggers.subscribe_redis;
    subscriptions_.push_back(subscribe(
        *loop_, trigger.subscription,
        {.on_message = [this, &target](
                           wasi::BrokerMessage message) { OnMessage(target, std::move(message)); },
         .on_state =
             [&target](bool connected, const std::string& text) {
               std::fprintf(stderr, "%s: %s%s\n", target.what.c_str(), text.c_str(),
                            connected ? "" : "; trying again");
             }}));
  }
  for (size_t i = 0; i < timers_.size(); ++i) {
    Schedule(i);
    std::fprintf(stderr, "%s: scheduled\n", timers_[i].target->what.c_str());
  }
  return {};
}

void Up::Route(Request request, const std::shared_ptr<Responder>& responder) {
  const std::string path = request.path_with_query.substr(0, request.path_with_query.find('?'));
  for (const auto& [route, served] : routes_) {
    if (route.ends_with('/') ? path.starts_with(route) : path == route)
      return served->http->Handle(std::move(request), responder);
  }
  RespondText(*responder, 404, "no route leads here\n");
}

void Up::OnMessage(const EventTarget& target, wasi::BrokerMessage message) {
  Call(target, *MessageArguments(*target.function.type, message));
}

void Up::Call(const EventTarget& target, std::vector<ComponentValue> args) {
  const auto find = [&target](const ComponentInstance& instance) {
    return target.function.In(instance);
  };
  const auto on_end = [this, &target](const SessionReport& report, const ComponentValue& result) {
    std::string error = report.error;
    const component::ValType* const type = target.function.type->result;
    if (error.empty() && type != nullptr && type->kind == component::ValKind::kResult &&
        result.case_index() != 0)
      error = "returned " + component::wave::Print(result, *type);
    if (!error.empty()) std::fprintf(stderr, "error: %s: %s\n", target.what.c_str(), error.c_str());
    if (stats_) {
      const auto micro = [](std::chrono::nanoseconds time) {
        return std::chrono::duration<double, std::micro>(time).count();
      };
      std::fprintf(stderr, "%s: instantiate %.1f us, work %.1f us, total %.1f us\n",
                   target.what.c_str(), micro(report.instantiate), micro(report.work),
                   micro(report.total));
    }
  };
  if (!target.served->events->Call(find, std::move(args), on_end))
    std::fprintf(stderr, "error: %s: too many events at once\n", target.what.c_str());
}

void Up::Schedule(size_t index) {
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  Timer& timer = timers_[index];
  const auto now = static_cast<int64_t>(wasi::RealtimeNow());
  const std::optional<int64_t> next = timer.schedule.Next(now / kNanosPerSecond);
  if (!next) return;
  const uint64_t due = wasi::MonotonicNow() +
                       static_cast<uint64_t>(std::max<int64_t>(*next * kNanosPerSecond - now, 0));
  timer.wait = loop_->At(due, [this, index, next = *next] {
    const wasi::WaitHandle done = std::move(timers_[index].wait);
    // The clock may have been set back meanwhile.
    if (static_cast<int64_t>(wasi::RealtimeNow()) >= next * kNanosPerSecond)
      Call(*timers_[index].target, {});
    Schedule(index);
  });
}

void Up::Run() {
  const auto run_sessions = [this] {
    bool any = false;
    for (auto& [name, served] : served_) {
      if (served.http != nullptr) any |= served.http->host().RunSessions();
      if (served.events != nullptr) any |= served.events->host().RunSessions();
    }
    return any;
  };
  const auto sessions = [this] {
    size_t count = 0;
    for (auto& [name, served] : served_) {
      if (served.http != nullptr) count += served.http->host().sessions();
      if (served.events != nullptr) count += served.events->host().sessions();
    }
    return count;
  };
  while (!stopped_) {
    if (run_sessions())
      loop_->RunReady();
    else if (stopping_ && server_ == nullptr && sessions() == 0)
      break;
    else if (const auto happened = loop_->RunOnce(nullptr); !happened || !*happened)
      break;
  }
  server_.reset();
  for (auto& [name, served] : served_) {
    if (served.http != nullptr) served.http->host().End();
    if (served.events != nullptr) served.events->host().End();
  }
  stopped_ = true;
}

void Up::Stop() {
  loop_->Post([this] {
    if (stopping_) {
      stopped_ = true;
      return;
    }
    stopping_ = true;
    timers_.clear();
    subscriptions_.clear();
    // Not from within its own callback.
    if (server_ != nullptr) server_->Shutdown([this] { loop_->Post([this] { server_.reset(); }); });
    deadline_ = loop_->At(wasi::MonotonicAfter(static_cast<uint64_t>(kGrace.count())),
                          [this] { stopped_ = true; });
  });
}

void Up::Watch() {
  for (auto& [name, served] : served_) {
    if (served.http != nullptr) served.http->host().InterruptIfOver(served.options.timeout);
    if (served.events != nullptr) served.events->host().InterruptIfOver(served.options.timeout);
  }
}

}  // namespace

int UpCommand(const Arguments& arguments) {
  std::string file;
  bool stats = false;
  Options options("up",
                  "Runs what a manifest describes: components that HTTP requests, messages of "
                  "Redis and MQTT, or times start, each event in an instance of its own.",
                  "FILE is a trenail.toml; without it, the one of this folder. SIGINT and SIGTERM "
                  "let what is under\nway end. Exit codes: 0; 1 a component or the manifest is "
                  "wrong; 2 wrong usage or unreadable file.");
  options.File(&file, "the manifest");
  options.Flag("--stats", &stats, "print each event's times to stderr");
  if (arguments.empty()) file = "trenail.toml";
  if (!arguments.empty() || file.empty())
    if (auto code = options.Parse(arguments)) return *code;

  const auto triggers = wasi::LoadTriggers();
  if (!triggers) return Report(triggers.error(), "");
  Result<Manifest> manifest = LoadManifest(file, **triggers);
  if (!manifest) return Report(manifest.error(), file);
  BlockEndSignals();
  Up up;
  if (auto ready = up.Prepare(*manifest, stats); !ready)
    return Report(ready.error().error, ready.error().file);
  if (auto listens = up.Listen(*manifest, **triggers); !listens)
    return Report(listens.error().error, listens.error().file);
  std::thread thread([&up] { up.Run(); });
  while (!up.over()) {
    if (WaitForEndSignal(kWatch))
      up.Stop();
    else
      up.Watch();
  }
  thread.join();
  return kExitOk;
}

}  // namespace trenail::cli
