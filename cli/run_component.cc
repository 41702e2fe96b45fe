// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail run of a component: calls what --invoke names, or its wasi:cli/run. What is called and
// with which arguments is settled before anything is compiled or instantiated: a wrong name costs
// nothing.

#include <cstdio>

#include "cli/component_types.h"
#include "cli/run.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/wave/wave.h"

namespace trenail::cli {
namespace {

constexpr std::string_view kRunInterface = "wasi:cli/run";

struct PlannedCall {
  ExportedFunc function;
  std::vector<ComponentValue> arguments;
  bool is_command = false;  // wasi:cli/run, whose result is an exit code
};

// The call as it was written, and a mark below the place that is wrong.
Error InCall(const Error& error, const std::string& call) {
  std::string message = "--invoke: " + error.message();
  const auto& position = error.position();
  if (position && position->line == 1 && call.find('\n') == std::string::npos) {
    message += "\n  " + call + "\n  " + std::string(position->column - 1, ' ') + "^";
  }
  return Error(ErrorKind::kHost, std::move(message));
}

Result<PlannedCall> PlanInvocation(const std::vector<ExportedFunc>& functions,
                                   const std::string& text) {
  const Result<component::wave::Call> call = component::wave::ParseCall(text);
  if (!call) return std::unexpected(InCall(call.error(), text));
  PlannedCall plan{.function = TRY(FindFunc(functions, *call))};
  Result<std::vector<ComponentValue>> arguments =
      component::wave::ParseArguments(*call, *plan.function.type);
  if (!arguments) {
    Error error = InCall(arguments.error(), text);
    return std::unexpected(
        Error(ErrorKind::kHost, error.message() + "\nit is " +
                                    DescribeFunc(plan.function.full_name(), *plan.function.type)));
  }
  plan.arguments = std::move(*arguments);
  return plan;
}

Result<PlannedCall> Plan(const Component& component, const std::string& invoke) {
  const std::vector<ExportedFunc> functions = ExportedFuncs(component);
  if (!invoke.empty()) return PlanInvocation(functions, invoke);
  for (const ExportedFunc& function : functions) {
    const std::string_view interface = function.interface;
    if (interface.substr(0, interface.find('@')) == kRunInterface && function.name == "run" &&
        function.type->params.empty())
      return PlannedCall{.function = function, .is_command = true};
  }
  std::string message = "there is no wasi:cli/run to run";
  if (functions.empty()) {
    message += ", and no function is exported";
  } else {
    message += "; --invoke '" + functions.front().name + "(…)' calls one of" + ListFuncs(functions);
  }
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

Result<void> AttachCompiledCode(const Component& component, const RunOptions& options) {
  for (Component::CoreModule& nested : component.modules()) {
    const Artefact artefact = TRY(CompileThroughCache(options, nested.bytes));
    TRY_VOID(nested.module.Attach(artefact));
  }
  return {};
}

Result<void> Call(const PlannedCall& plan, const ComponentInstance& instance) {
  const std::optional<ComponentFunc> function = plan.function.In(instance);
  if (!function) {
    return std::unexpected(
        Error(ErrorKind::kHost, "the instance does not export " + plan.function.full_name()));
  }
  const ComponentValue result = TRY(function->Call(plan.arguments));
  const component::ValType* const type = plan.function.type->result;
  if (type == nullptr) return {};
  if (!plan.is_command) {
    const std::string text = component::wave::Print(result, *type);
    std::printf("%s\n", text.c_str());
  } else if (type->kind == component::ValKind::kResult && result.case_index() != 0) {
    // [wasi:cli/run]: err says no more than that it did not succeed.
    return std::unexpected(Error::Exit(1));
  }
  return {};
}

// `component` may be an error: then that is what is reported.
Outcome<void> Run(const RunOptions& options, Stats stats, const Engine& engine,
                  Result<Component> component, bool attach) {
  const auto failed = [&options](Error& error) { return FailedIn(options.file, std::move(error)); };
  if (!component) return failed(component.error());
  Result<PlannedCall> plan = Plan(*component, options.invoke);
  if (!plan) return failed(plan.error());
  if (attach) {
    if (auto attached = AttachCompiledCode(*component, options); !attached)
      return failed(attached.error());
  }
  stats.load = stats.Lap();

  ComponentStore store(engine, LimitsOf(options));
  if (options.fuel) store.core().SetFuel(*options.fuel);
  const Watchdog watchdog(options.timeout, [&core = store.core()] { core.Interrupt(); });
  const ComponentLinker linker(engine);
  Result<ComponentInstance> instance = linker.Instantiate(store, *component);
  stats.instantiate = stats.Lap();
  if (!instance) return failed(instance.error());

  Result<void> result = Call(*plan, *instance);
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

}  // namespace trenail::cli
