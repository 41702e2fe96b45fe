// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A call of a component's export that is written in WAVE, or of its wasi:cli/run.

#ifndef TRENAIL_CLI_COMPONENT_CALL_H_
#define TRENAIL_CLI_COMPONENT_CALL_H_

#include <string>
#include <vector>

#include "cli/component_types.h"
#include "libcomponent/libcomponent.h"

namespace trenail::cli {

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
