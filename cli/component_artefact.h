// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components as native code: one artefact with all of their core modules.

#ifndef TRENAIL_CLI_COMPONENT_ARTEFACT_H_
#define TRENAIL_CLI_COMPONENT_ARTEFACT_H_

#include <cstdint>
#include <span>

#include "cli/aot_library.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {

// Errors: kMalformed, kInvalid; those of the compiler.
Result<Compiled> CompileComponent(std::span<const uint8_t> component,
                                  const CompileRequest& request);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_COMPONENT_ARTEFACT_H_
