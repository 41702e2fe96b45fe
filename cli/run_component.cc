// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail run of a component: calls what --invoke names, or its wasi:cli/run. What is called and
// with which arguments is settled before anything is compiled or instantiated: a wrong name costs
// nothing.

#include <utility>

#include "cli/component_call.h"
#include "cli/component_grants.h"
#include "cli/end_signals.h"
#include "cli/log.h"
#include "cli/module_file.h"
#include "cli/run.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libwasi/net_source.h"
#include "libwasi/wasi_component.h"

namespace trenail::cli {
namespace {

Result<void> AttachCompiledCode(Component& component, const RunOptions& options,
                                std::span<const uint8_t> bytes) {
  return component.Attach(TRY(CompileThroughCache(options, component, bytes)));
}

// `component` may be an error: then that is what is reported. It is compiled if there are bytes.
Outcome<void> Run(const RunOptions& options, Stats stats, Result<Component> component,
                  std::span<const uint8_t> to_compile = {}) {
  const auto failed = [&options](Error& error) { return FailedIn(options.file, std::move(error)); };
  if (!component) return failed(component.error());
  Result<PlannedCall> plan = PlanCall(*component, options.invoke);
  if (!plan) return failed(plan.error());
  if (!to_compile.empty()) {
    if (auto attached = AttachCompiledCode(*component, options, to_compile); !attached)
      return failed(attached.error());
  }
  stats.load = stats.Lap();

  Result<WasiConfig> config = ToWasiConfig(options.grants);
  if (!config) return FailedIn("", std::move(config.error()));
  Result<wasi::Grants> grants = ToGrants(options.grants);
  if (!grants) return FailedIn("", std::move(grants.error()));
  // These outlive the store, whose instances call them.
  wasi::NetLibrary net({.made = EndSignals::SomethingWaits});
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
  return Run(options, stats, FromBytes(options, bytes),
             options.engine == "aot" ? bytes : std::span<const uint8_t>());
}

Outcome<void> RunComponentArtefact(const RunOptions& options, Stats stats,
                                   const Artefact& artefact) {
  return Run(options, stats, FromArtefact(options, artefact));
}

Outcome<Component> LoadComponent(const RunOptions& options) {
  SetUpLog(options.verbose);
  const auto load = [&]() -> Result<Component> {
    if (IsArtefact(options.file)) return FromArtefact(options, TRY(Artefact::Open(options.file)));
    const WasmFile file = TRY(LoadWasm(options.file));
    if (!file.is_component) {
      return std::unexpected(
          Error(ErrorKind::kUnlinkable, "this is a module, and a component is needed"));
    }
    Component component = TRY(FromBytes(options, file.bytes));
    if (options.engine == "aot") TRY_VOID(AttachCompiledCode(component, options, file.bytes));
    return component;
  };
  Result<Component> component = load();
  if (!component) return FailedIn(options.file, std::move(component.error()));
  return *std::move(component);
}

}  // namespace trenail::cli
