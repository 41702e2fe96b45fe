// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instances, of the core and of components [Explainer: Instance Definitions].

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PARSE_INSTANCES_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PARSE_INSTANCES_H_

#include "libcomponent/text/state.h"

namespace component::text {

// Behind `( core instance`, with the closing parenthesis.
bool ParseCoreInstance(State& s);
// [Explainer: instanceexpr]
bool ParseInstanceExpr(State& s, InstanceDef* instance);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PARSE_INSTANCES_H_
