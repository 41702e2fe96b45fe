// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the official suites are. They are data from outside, named by an environment variable;
// docs/testing.md lists what the folder holds and where it comes from.

#ifndef TRENAIL_SPEC_TESTS_CORPORA_H_
#define TRENAIL_SPEC_TESTS_CORPORA_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace trenail::spec {

// Meson's exit code of a test that was skipped.
inline constexpr int kSkipped = 77;

// The folder of TRENAIL_CORPORA. Without it the program ends: as skipped, or, if
// TRENAIL_REQUIRE_CORPORA is 1, as failed.
inline std::string CorporaOrExit() {
  const char* folder = std::getenv("TRENAIL_CORPORA");
  if (folder != nullptr && *folder != 0) return folder;
  const char* required = std::getenv("TRENAIL_REQUIRE_CORPORA");
  const bool fail = required != nullptr && std::string_view(required) == "1";
  std::printf(
      "the official suites are not here: set TRENAIL_CORPORA to a folder with\n"
      "  spec/core, spec/custom, spec/legacy-exceptions  from github.com/WebAssembly/spec\n"
      "  spec/proposals                                  from github.com/WebAssembly/testsuite\n"
      "  component  from github.com/WebAssembly/component-model, bytecodealliance/wasmtime\n"
      "             and bytecodealliance/wasm-tools\n"
      "docs/testing.md names the commits\n");
  std::exit(fail ? 1 : kSkipped);
}

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_CORPORA_H_
