// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When two components are the same but for where they come from: offsets, and the forms that
// integers and sections were written in. The judge of round trips through bytes and through text.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_EQUAL_H_
#define TRENAIL_LIBCOMPONENT_BINARY_EQUAL_H_

#include "libcomponent/syntax/component.h"

namespace component::binary {

struct CompareOptions {
  bool names = true;            // what the name section says, or the identifiers of a text
  bool custom_sections = true;  // other custom sections: name, contents, place
};

// Core modules are compared byte by byte. A name section counts as the names it holds.
bool Equal(const Component& a, const Component& b, const CompareOptions& options = {});

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_EQUAL_H_
