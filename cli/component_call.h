// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of a component's exports: the functions that there are, which one a name means, how it is
// called, in the notation of WIT; and a call that is written in WAVE, or that of its wasi:cli/run.

#ifndef TRENAIL_CLI_COMPONENT_CALL_H_
#define TRENAIL_CLI_COMPONENT_CALL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libcomponent/wave/wave.h"

namespace trenail::cli {

// "log-entry", "result<u8, string>"; records and the like are written out, because a component's
// types have no names of their own.
std::string DescribeType(const component::ValType& type);
// "f(line: string) -> u8", with `async ` in front.
std::string DescribeFunc(std::string_view name, const component::FuncType& type);

struct ExportedFunc {
  std::string interface;  // the instance it is exported by; empty: the component itself
  std::string name;
  const component::FuncType* type = nullptr;

  // "ns:pkg/iface.f"
  std::string full_name() const { return interface.empty() ? name : interface + "." + name; }
  std::optional<ComponentFunc> In(const ComponentInstance& instance) const;
};

// In the order of the component; valid while it is.
std::vector<ExportedFunc> ExportedFuncs(const Component& component);

// The one that the call means: by its whole name, or without version, package or interface where
// that is unique. Errors: kHost; the message lists what there is.
Result<ExportedFunc> FindFunc(const std::vector<ExportedFunc>& functions,
                              const component::wave::Call& call);

// One line for each function.
std::string ListFuncs(const std::vector<ExportedFunc>& functions);

struct PlannedCall {
  ExportedFunc function;
  std::vector<ComponentValue> arguments;
  bool is_command = false;  // wasi:cli/run, whose result is an exit code
};

// What `invoke` names, or wasi:cli/run if it is empty. Errors: kHost, with what would do.
Result<PlannedCall> PlanCall(const Component& component, const std::string& invoke);

// Makes the call and prints the result. Errors: kExit if a command did not succeed; those of the
// call.
Result<void> MakeCall(const PlannedCall& plan, const ComponentInstance& instance);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_COMPONENT_CALL_H_
