// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values of value definitions [Explainer: Value Definitions], written as the binary format has
// them [Binary: val], for only the type tells what a literal means.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PARSE_VALUES_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PARSE_VALUES_H_

#include <cstdint>
#include <vector>

#include "libcomponent/text/state.h"

namespace component::text {

// One [Explainer: val]. `type` is null where the text does not tell what it is: then only
// `(binary …)` will do.
bool ParseVal(State& s, const ValueType* type, std::vector<uint8_t>& out);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PARSE_VALUES_H_
