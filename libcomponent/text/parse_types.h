// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of components [Explainer: Type Definitions]. A value type that is no index and no primitive
// becomes a type definition of its own in front of what uses it, for only such can be named by the
// binary format.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PARSE_TYPES_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PARSE_TYPES_H_

#include <cstdint>
#include <string_view>

#include "libcomponent/text/state.h"

namespace component::text {

bool AtValType(const State& s);
bool ParseValType(State& s, ValTypeUse* use);

// Behind `( type` and the identifier (and inline exports): [Explainer: deftype], without the
// parenthesis behind it.
bool ParseDefType(State& s, std::string_view id, TypeDef* type);

// async? (param …)* (result …)?
bool ParseFuncType(State& s, FuncTypeSyntax* type);
// `(type <idx>)` or an inline type; what follows is the caller's.
bool ParseFuncTypeUse(State& s, uint32_t* index);

// [Explainer: bind-id(externtype)] with its parentheses; the identifier is left to the caller.
bool ParseExternType(State& s, ExternDesc* desc, Binder* binder);
// The same behind `( sort <id>?` up to the closing parenthesis, exclusive.
bool ParseExternDesc(State& s, Sort sort, ExternDesc* desc);
// The next index for what is imported or exported with this type.
bool DefineExtern(State& s, const ExternDesc& desc, const Binder& binder,
                  uint32_t* index = nullptr);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PARSE_TYPES_H_
