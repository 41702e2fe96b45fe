// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the official WASI tests (WebAssembly/wasi-testsuite, preview 1 and wasi-threads). A suite is
// a folder with a manifest.json; a test is X.wasm in it and, where it needs more than to end with
// exit code 0, X.json: {args, env, root, exit_code, stdout, stderr}. `root` names a folder of the
// suite of which every test gets a fresh copy, preopened as "/".

#ifndef TRENAIL_SPEC_TESTS_RUNNER_WASI_RUNNER_H_
#define TRENAIL_SPEC_TESTS_RUNNER_WASI_RUNNER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "libwasm/libwasm.h"

namespace trenail::spec {

struct WasiRunOptions {
  // Called with each module before it is instantiated, and its bytes: may attach compiled code.
  std::function<Result<void>(Module& module, std::span<const uint8_t> bytes)> module_hook;
  std::string filter;  // only tests whose name contains it
  std::chrono::seconds time_limit{60};
  std::string scratch;  // a folder for copies and unpacked suites, which the caller removes
};

struct WasiTestOutcome {
  enum class Kind : uint8_t { kPassed, kFailed, kSkipped };
  Kind kind = Kind::kPassed;
  std::string name;     // suite/test
  std::string message;  // why it failed or was skipped
};

// The tests of a suite in alphabetical order. `path` is the suite's folder, or without such a
// folder there is PATH.tar.xz. Errors: kHost when the suite cannot be read.
Result<std::vector<WasiTestOutcome>> RunWasiSuite(const Engine& engine, const std::string& path,
                                                  const WasiRunOptions& options);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_WASI_RUNNER_H_
