// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of compiled code for the profiler perf, in the two forms that it reads: the map of a
// process, and jitdump (the kernel's tools/perf/Documentation/jitdump-specification.txt). Once
// started, each is told of every module that is loaded.

#ifndef TRENAIL_LIBWASM_NATIVE_PROFILE_H_
#define TRENAIL_LIBWASM_NATIVE_PROFILE_H_

#include <string>

#include "libwasm/support/error.h"

namespace wasm::native {

// Both do nothing if they have been started before. `folder`: where the file goes; empty: /tmp, or
// the current one. Errors: kHost where it cannot be made.
Result<void> StartPerfMap(const std::string& folder);
Result<void> StartJitDump(const std::string& folder);

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_PROFILE_H_
