// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core types of components [Explainer: core:type]: recursive types, which the core parser knows,
// and module types.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PARSE_CORE_TYPES_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PARSE_CORE_TYPES_H_

#include "libcomponent/text/state.h"

namespace component::text {

// Behind `( type` and `( rec` of the core: definitions of the innermost scope.
bool ParseCoreTypeDefinition(State& s);
bool ParseCoreRecDefinition(State& s);

// The declarations of a module type, up to the closing parenthesis, exclusive.
bool ParseModuleTypeBody(State& s, std::string_view id, CoreModuleType* type);

// Behind `( core module`: a type by index or inline, up to the closing parenthesis,
// exclusive; gives the index of the core type.
bool ParseCoreModuleTypeUse(State& s, uint32_t* index);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PARSE_CORE_TYPES_H_
