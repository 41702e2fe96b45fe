// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Targets by name, and LLVM's machine for one. Only the two that the runtime knows.

#ifndef TRENAIL_AOTC_TARGET_H_
#define TRENAIL_AOTC_TARGET_H_

#include <memory>
#include <string>

#include "libwasm/support/error.h"

namespace llvm {
class TargetMachine;
}

namespace wasm::aotc {

// The triple to hand to LLVM: the host's if `target` is empty, short forms ("aarch64") completed.
std::string ResolveTarget(const std::string& target);

// Position-independent, small code model, generic or `cpu`, "native" meaning this machine's.
// `features` as LLVM writes them. Errors: kHost for a target or processor that is not known.
Result<std::unique_ptr<llvm::TargetMachine>> MakeTargetMachine(const std::string& triple,
                                                               const std::string& cpu,
                                                               const std::string& features,
                                                               unsigned opt_level);

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_TARGET_H_
