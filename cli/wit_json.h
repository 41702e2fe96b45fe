// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resolved WIT as JSON: {"packages": […], "worlds": […]}. Types are written as WIT has them.

#ifndef TRENAIL_CLI_WIT_JSON_H_
#define TRENAIL_CLI_WIT_JSON_H_

#include <optional>

#include "cli/json.h"
#include "libcomponent/wit/resolve.h"

namespace trenail::cli {

// Everything; with a world, that alone, without packages.
void WriteWitJson(JsonWriter& json, const component::wit::Resolve& resolve,
                  std::optional<component::wit::WorldId> only);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_WIT_JSON_H_
