// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The static half of the canonical ABI for value types: alignment, size, discriminants and flat
// types [cabi:Alignment] [cabi:Element Size] [cabi:Flattening].

#ifndef TRENAIL_LIBCOMPONENT_TYPES_LAYOUT_H_
#define TRENAIL_LIBCOMPONENT_TYPES_LAYOUT_H_

#include "libcomponent/types/types.h"

namespace component {

// Fills discriminant_size, contains_* and layouts from the parts. False if the type is larger than
// kMaxElemSize with either width of pointers.
bool ComputeLayout(ValType* type);

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_TYPES_LAYOUT_H_
