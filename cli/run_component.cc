// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail run of a component: calls what --invoke names, or its wasi:cli/run. What is called and
// with which arguments is settled before anything is compiled or instantiated: a wrong name costs
// nothing.

#include "cli/component_call.h"
#include "cli/component_grants.h"
#include "cli/module_file.h"
#include "cli/net_library.h"
#include "cli/run.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libwasi/wasi_component.h"

namespace trenail::cli {
namespace {

Result<void> AttachCompiledCode(const Component& component, const RunOptions& options) {
  for (Component::CoreModule& nested : component.modules()) {
    const Artefact artefact = TRY(CompileThroughCache(options, nested.bytes));
    TRY_VOID(nested.module.Attach(artefact));
  }
  return {};
}

// `component` may be an error: then that is what is reported.
Outcome<void> Run(const RunOptions& options, Stats stats, const Engine& engine,
                  Result<Component> component, bool attach) {
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
  ComponentStore store(engine, LimitsOf(options));
  (*wasi)->Attach(store);
  if (options.fuel) store.core().SetFuel(*options.fuel);
  const Watchdog watchdog(options.timeout, [&core = store.core(), &wasi = **wasi] {
    core.Interrupt();
    wasi.Interrupt();
  });
  ComponentLinker linker(engine);
  WasiComponent::Link(linker);
  Result<ComponentInstance> instance = linker.Instantiate(store, *component);
  stats.instantiate = stats.Lap();
  if (!instance) return failed(instance.error());

  Result<void> result = (*wasi)->Finish(MakeCall(*plan, *instance));
  stats.work = stats.Lap();
  if (options.stats) PrintStats(stats, store.core(), options);
  if (!result) return failed(result.error());
  return {};
}

}  // namespace

Outcome<void> RunComponent(const RunOptions& options, Stats stats, std::span<const uint8_t> bytes) {
  const bool compiled = options.engine == "aot";
  const Engine engine(MakeInterpreter(),
                      {.lazy_validation = options.lazy, .guard_memories = compiled});
  return Run(options, stats, engine, Component::Parse(engine, bytes), compiled);
}

Outcome<void> RunComponentArtefact(const RunOptions& options, Stats stats,
                                   const Artefact& artefact) {
  if (auto checked = CheckLimits(artefact, options); !checked)
    return FailedIn(options.file, std::move(checked.error()));
  const Engine engine(MakeInterpreter(), {.guard_memories = true});
  return Run(options, stats, engine, Component::FromArtefact(engine, artefact), false);
}

Outcome<LoadedComponent> LoadComponent(const RunOptions& options) {
  const auto load = [&]() -> Result<Component> {
    if (IsArtefact(options.file)) {
      const Artefact artefact = TRY(Artefact::Open(options.file));
      TRY_VOID(CheckLimits(artefact, options));
      return Component::FromArtefact(Engine(MakeInterpreter(), {.guard_memories = true}), artefact);
    }
    const WasmFile file = TRY(LoadWasm(options.file));
    if (!file.is_component) {
      return std::unexpected(
          Error(ErrorKind::kUnlinkable, "this is a module, and a component is needed"));
    }
    const bool compiled = options.engine == "aot";
    Component component =
        TRY(Component::Parse(Engine(MakeInterpreter(), {.guard_memories = compiled}), file.bytes));
    if (compiled) TRY_VOID(AttachCompiledCode(component, options));
    return component;
  };
  Stats stats;
  Result<Component> component = load();
  if (!component) return FailedIn(options.file, std::move(component.error()));
  stats.load = stats.Lap();
  return LoadedComponent{*std::move(component), stats};
}

}  // namespace trenail::cli
