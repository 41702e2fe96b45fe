// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the types of a component back to WIT [wit:binary-format]. A component that exports nothing
// but component types of a single interface or world is a package in its binary form; any other
// has one world, `root:component/root`, of its imports and exports.

#ifndef TRENAIL_LIBCOMPONENT_WIT_DECODE_H_
#define TRENAIL_LIBCOMPONENT_WIT_DECODE_H_

#include "libcomponent/validate/validated_component.h"
#include "libcomponent/wit/resolver.h"
#include "libwasm/support/error.h"

namespace component::wit {

bool IsPackage(const ValidatedComponent& component);

// The package, or the component's world in a package of its own, and the packages it needs. Errors
// are kInvalid: the component says what WIT has no words for.
wasm::Result<ResolvedPackage> Decode(const ValidatedComponent& component);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_DECODE_H_
