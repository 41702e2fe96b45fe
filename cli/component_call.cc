// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Planning a call says what is wrong with it, with a mark below the place, before anything is made.

#include "cli/component_call.h"

#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "libcomponent/wave/wave.h"

namespace trenail::cli {
namespace {

constexpr std::string_view kRunInterface = "wasi:cli/run";

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

}  // namespace

Result<PlannedCall> PlanCall(const Component& component, const std::string& invoke) {
  const std::vector<ExportedFunc> functions = ExportedFuncs(component);
  if (!invoke.empty()) return PlanInvocation(functions, invoke);
  // Components of today export it for 0.2 and 0.3: the newest is what they are written for.
  const ExportedFunc* newest = nullptr;
  for (const ExportedFunc& function : functions) {
    const std::string_view interface = function.interface;
    if (interface.substr(0, interface.find('@')) == kRunInterface && function.name == "run" &&
        function.type->params.empty() &&
        (newest == nullptr || newest->interface < function.interface))
      newest = &function;
  }
  if (newest != nullptr) return PlannedCall{.function = *newest, .is_command = true};
  std::string message = "there is no wasi:cli/run to run";
  if (functions.empty()) {
    message += ", and no function is exported";
  } else {
    message += "; --invoke '" + functions.front().name + "(…)' calls one of" + ListFuncs(functions);
  }
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

Result<void> MakeCall(const PlannedCall& plan, const ComponentInstance& instance) {
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

}  // namespace trenail::cli
