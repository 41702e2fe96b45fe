// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A call of a component's export that is written in WAVE.

#ifndef TRENAIL_CLI_COMPONENT_CALL_H_
#define TRENAIL_CLI_COMPONENT_CALL_H_

#include <optional>
#include <string>

#include "libcomponent/libcomponent.h"

namespace trenail::cli {

// Instantiates a component that imports nothing and makes the call, if it is not empty; the result
// is printed. Errors: kHost if the call does not fit; kUnlinkable; those of the call.
Result<void> CallComponent(const Component& component, const std::string& call,
                           const StoreLimits& limits = {},
                           std::optional<uint64_t> fuel = std::nullopt);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_COMPONENT_CALL_H_
