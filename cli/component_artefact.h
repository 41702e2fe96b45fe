// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components as native code: one shared library with all of their core modules, and its use.

#ifndef TRENAIL_CLI_COMPONENT_ARTEFACT_H_
#define TRENAIL_CLI_COMPONENT_ARTEFACT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cli/aot_library.h"
#include "cli/input.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {

// The binary format of a component that is in `bytes`, in binary or text; nothing if something else
// is. Errors: kMalformed.
Result<std::optional<FileBytes>> ComponentOf(std::span<const uint8_t> bytes);

// Errors: kMalformed, kInvalid; those of the compiler.
Result<Compiled> CompileComponent(std::span<const uint8_t> component,
                                  const CompileRequest& request);

// Instantiates a compiled component that imports nothing and makes the call `invoke`, in WAVE; the
// result is printed. Errors: kHost if the call does not fit; kUnlinkable; those of the call.
Result<void> RunComponentArtefact(const Artefact& artefact, const std::string& invoke,
                                  const StoreLimits& limits, std::optional<uint64_t> fuel);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_COMPONENT_ARTEFACT_H_
