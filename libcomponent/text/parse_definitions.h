// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The definitions of a component other than canonical ones [Explainer: definition].

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PARSE_DEFINITIONS_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PARSE_DEFINITIONS_H_

#include <memory>
#include <string_view>

#include "libcomponent/text/state.h"

namespace component::text {

// Definitions up to a closing parenthesis or the end, exclusive. `id` is for outer aliases, `name`
// for the names of the component.
bool ParseComponentBody(State& s, std::string_view id, std::string_view name,
                        std::shared_ptr<const Component>* component);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PARSE_DEFINITIONS_H_
