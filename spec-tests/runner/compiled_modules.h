// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scripts whose modules run as native code: compiled on the spot, or, for a runner without the
// compiler (another machine, an instrumented build), loaded from a folder that an earlier run of
// the same scripts filled. The files there are called by the hash of the module.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_COMPILED_MODULES_H_
#define TRENAIL_SPEC_TESTS_RUNNER_COMPILED_MODULES_H_

#include <functional>
#include <string>
#include <vector>

#include "spec-tests/runner/wast_runner.h"

namespace trenail::spec {

// From a module to a shared library.
using CompileFunction = std::function<Result<std::vector<uint8_t>>(std::span<const uint8_t> wasm,
                                                                   const FeatureSet& features)>;

using CompileComponentFunction =
    std::function<Result<std::vector<uint8_t>>(const Component& component)>;

struct CompiledModules {
  // Scripts link modules with each other. If only every second one is compiled, imports cross
  // between the engines: kMixed compiles the first, third, … of a script, kMixedOthers the rest.
  enum class Which : uint8_t { kAll, kMixed, kMixedOthers };

  Which which = Which::kAll;
  // Whether the code relies on guard pages, so that all memories that it may import need them.
  bool guarded = true;
  CompileFunction compile;  // may be empty with `artefacts`
  // All modules of a component together, if all are compiled, and here; may be empty.
  CompileComponentFunction compile_component;
  std::string artefacts;  // the folder to load from, instead of compiling
  std::string emit;       // the folder to write to, instead of running anything
};

// "aot", "mixed", "mixed-others"; anything else is an engine without compiled modules.
bool CompiledModulesOf(std::string_view engine, CompiledModules::Which* which);

// Makes the modules of a run compiled ones. A module that cannot be compiled or loaded fails its
// command as kHost, which no script expects. Errors: kHost if the folder cannot be made.
Result<void> UseCompiledModules(CompiledModules how, WastOptions& options);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_COMPILED_MODULES_H_
