// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interpreter as a back end for trenail::Engine (libwasm/libwasm.h).

#ifndef TRENAIL_INTERP_INTERP_H_
#define TRENAIL_INTERP_INTERP_H_

#include <memory>

namespace wasm::runtime {
class ExecutionEngine;
}

namespace [[gnu::visibility("default")]] trenail {

// The in-place interpreter. It has no state of its own: every call gives the same one. Thread-safe.
[[gnu::visibility("default")]] std::shared_ptr<wasm::runtime::ExecutionEngine> MakeInterpreter();

}  // namespace trenail

#endif  // TRENAIL_INTERP_INTERP_H_
