// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ahead-of-time compiler, which is a library of its own: only a verb that compiles loads it, so
// that all others start as if LLVM did not exist.

#ifndef TRENAIL_CLI_AOT_LIBRARY_H_
#define TRENAIL_CLI_AOT_LIBRARY_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "aotc/aotc.h"
#include "libwasm/support/error.h"
#include "libwasm/types/features.h"

namespace trenail::cli {

struct CompileRequest {
  std::string target;  // empty: this machine's
  std::string cpu;     // empty: the target's baseline
  unsigned opt_level = 2;
  unsigned jobs = 1;
  TrenailAotcOutput output = TRENAIL_AOTC_SHARED_LIBRARY;
  bool check_bounds = false;
  bool interruptible = false;
  bool fuel = false;
  bool debug_info = false;
  bool source_lines = false;  // at least what traces need of it
  wasm::FeatureSet features;
  std::string module_symbol;
  std::string member_name;
  std::string grants;  // of an executable: standalone/grants.h
  // Of one of a component: TrenailAotcRequest.
  std::string runtime, entry;
  std::vector<std::string> links;
  std::function<void(uint64_t done, uint64_t total)> progress = {};
};

struct Compiled {
  std::vector<uint8_t> bytes;
  std::string warnings;
};

// Errors: kMalformed, kInvalid; kHost if the compiler is not installed or cannot do it.
wasm::Result<Compiled> CompileAot(std::span<const uint8_t> wasm, const CompileRequest& request);

// A component: a shared library or a program. `modules`, `bindings`: of Component.
wasm::Result<Compiled> CompileAotComponent(std::span<const uint8_t> component,
                                           std::span<const TrenailAotcModule> modules,
                                           std::span<const TrenailAotcBinding> bindings,
                                           const CompileRequest& request);

// Another place for the library than beside the program. Before anything else is called.
void SetAotLibrary(std::string path);

// What distinguishes this compiler from all others, without loading it. Errors: kHost if there is
// none.
wasm::Result<std::string> AotFingerprint();
// "LLVM 19.1.7"; empty without a compiler.
std::string AotBackend();

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_AOT_LIBRARY_H_
