// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host that the scripts of wasmtime import: functions, an instance with resources whose drops
// it counts, and functions that take their time.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_HOST_H_
#define TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_HOST_H_

#include <memory>
#include <vector>

#include "libcomponent/libcomponent.h"

namespace trenail::spec {

// What is left of it for a script: it must outlive the stores that use it.
class ComponentHost {
 public:
  // Defines everything in `linker`. Errors: the module that it offers does not parse.
  Result<void> Define(const Engine& engine, ComponentLinker& linker);
  // Lets the functions that are slow return; false: there are none (ComponentStore::SetIdle).
  Result<bool> LetSlowOnesReturn();
  // Forgets all calls, before the stores they were made in go.
  void ForgetCalls();

 private:
  void DefineResources(ComponentLinkerInstance& host);

  struct SlowCall {
    ComponentAsyncCall call;
    ComponentValue result;
  };
  std::vector<SlowCall> slow_;
  std::vector<ComponentAsyncCall> never_;
  uint32_t drops_ = 0;
  uint32_t last_drop_ = 0;
};

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_HOST_H_
