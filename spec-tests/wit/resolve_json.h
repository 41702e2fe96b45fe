// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares a Resolve with the JSON that another implementation writes for the same package.

#ifndef TRENAIL_SPEC_TESTS_WIT_RESOLVE_JSON_H_
#define TRENAIL_SPEC_TESTS_WIT_RESOLVE_JSON_H_

#include <string>

#include "libcomponent/wit/resolve.h"

namespace trenail::spec {

// The differences in what matters: packages, the names and types of what they hold, imports and
// exports in their order, gates. Empty if there are none.
std::string DifferenceFromJson(const component::wit::Resolve& resolve, const std::string& json);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_WIT_RESOLVE_JSON_H_
