// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail run of a component: calls what --invoke names, or its wasi:cli/run. What is called and
// with which arguments is settled before anything is compiled or instantiated: a wrong name costs
// nothing.

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "cli/component_call.h"
#include "cli/component_grants.h"
#include "cli/log.h"
#include "cli/module_file.h"
#include "cli/net_library.h"
#include "cli/run.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libwasi/wasi_component.h"

namespace trenail::cli {
namespace {

// Lets SIGINT and SIGTERM end the guest and then, as what it wrote is passed on, the program: by
// the exit code that shells give for a program that a signal has ended. What does not end soon,
// such as compiled code without checks, is ended where it is.
class EndSignals {
 public:
  explicit EndSignals(std::function<void()> interrupt) : interrupt_(std::move(interrupt)) {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    // Threads that are made from here on leave them to this one.
    pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
    thread_ = std::thread([this] { Wait(); });
  }
  ~EndSignals() {
    {
      std::lock_guard lock(mutex_);
      finished_ = true;
    }
    done_.notify_one();
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  // What came, or 0.
  int number() const { return number_; }
  int exit_code() const { return 128 + number_; }

 private:
  static constexpr std::chrono::seconds kPatience{1};

  void Wait() {
    int number = 0;
    sigwait(&signals_, &number);
    std::unique_lock lock(mutex_);
    if (finished_) return;
    number_ = number;
    interrupt_();
    if (!done_.wait_for(lock, kPatience, [this] { return finished_; })) _exit(exit_code());
  }

  const std::function<void()> interrupt_;
  sigset_t signals_, mask_before_;
  std::atomic<int> number_ = 0;
  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
  std::thread thread_;
};

Result<void> AttachCompiledCode(const Component& component, const RunOptions& options) {
  for (Component::CoreModule& nested : component.modules()) {
    const Artefact artefact = TRY(CompileThroughCache(options, nested.bytes));
    TRY_VOID(nested.module.Attach(artefact));
  }
  return {};
}

// `component` may be an error: then that is what is reported.
Outcome<void> Run(const RunOptions& options, Stats stats, Result<Component> component,
                  bool attach) {
  const auto failed = [&options](Error& error) { return FailedIn(options.file, std::move(error)); };
  if (!component) return failed(component.error());
  Result<PlannedCall> plan = PlanCall(*component, options.invoke);
  if (!plan) return failed(plan.error());
  if (attach) {
    if (auto attached = AttachCompiledCode(*component, options); !attached)
      return failed(attached.error());
  }
  stats.load = stats.Lap();

  Result<WasiConfig> config = ToWasiConfig(options.grants);
  if (!config) return FailedIn("", std::move(config.error()));
  Result<wasi::Grants> grants = ToGrants(options.grants);
  if (!grants) return FailedIn("", std::move(grants.error()));
  // These outlive the store, whose instances call them.
  NetLibrary net;
  Result<std::unique_ptr<WasiComponent>> wasi =
      WasiComponent::Create(std::move(*config), std::move(*grants), net);
  if (!wasi) return FailedIn("", std::move(wasi.error()));
  const Engine& engine = component->engine();
  ComponentStore store(engine, LimitsOf(options));
  (*wasi)->Attach(store);
  if (options.fuel) store.core().SetFuel(*options.fuel);
  PrepareCoredump(options, store.core());
  const auto interrupt = [&core = store.core(), &wasi = **wasi] {
    core.Interrupt();
    wasi.Interrupt();
  };
  const EndSignals signals(interrupt);
  const Watchdog watchdog(options.timeout, interrupt);
  const auto ended = [&](Error& error) {
    if (signals.number() != 0 && error.kind() == ErrorKind::kInterrupted)
      return failed(error = Error::Exit(signals.exit_code()));
    return failed(error);
  };
  ComponentLinker linker(engine);
  WasiComponent::Link(linker, *component);
  Result<ComponentInstance> instance = linker.Instantiate(store, *component);
  stats.instantiate = stats.Lap();
  if (!instance) return ended(instance.error());

  Result<void> result = (*wasi)->Finish(MakeCall(*plan, *instance));
  stats.work = stats.Lap();
  if (options.stats) PrintStats(stats, store.core(), options);
  if (!result) return ended(result.error());
  return {};
}

Result<Component> FromBytes(const RunOptions& options, std::span<const uint8_t> bytes) {
  EngineOptions engine_options{.lazy_validation = options.lazy,
                               .guard_memories = options.engine == "aot"};
  AddLog(engine_options);
  return Component::Parse(Engine(MakeInterpreter(), engine_options), bytes);
}

Result<Component> FromArtefact(const RunOptions& options, const Artefact& artefact) {
  TRY_VOID(CheckLimits(artefact, options));
  EngineOptions engine_options{.guard_memories = true};
  AddLog(engine_options);
  return Component::FromArtefact(Engine(MakeInterpreter(), engine_options), artefact);
}

}  // namespace

Outcome<void> RunComponent(const RunOptions& options, Stats stats, std::span<const uint8_t> bytes) {
  return Run(options, stats, FromBytes(options, bytes), options.engine == "aot");
}

Outcome<void> RunComponentArtefact(const RunOptions& options, Stats stats,
                                   const Artefact& artefact) {
  return Run(options, stats, FromArtefact(options, artefact), false);
}

Outcome<Component> LoadComponent(const RunOptions& options) {
  const auto load = [&]() -> Result<Component> {
    if (IsArtefact(options.file)) return FromArtefact(options, TRY(Artefact::Open(options.file)));
    const WasmFile file = TRY(LoadWasm(options.file));
    if (!file.is_component) {
      return std::unexpected(
          Error(ErrorKind::kUnlinkable, "this is a module, and a component is needed"));
    }
    Component component = TRY(FromBytes(options, file.bytes));
    if (options.engine == "aot") TRY_VOID(AttachCompiledCode(component, options));
    return component;
  };
  Result<Component> component = load();
  if (!component) return FailedIn(options.file, std::move(component.error()));
  return *std::move(component);
}

}  // namespace trenail::cli
