// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When two components are the same but for the freedom of their formats: offsets, the forms that
// integers and sections were written in, and what libwasm/text/structurally_equal.h leaves open in
// core modules. The judge of round trips through bytes and through text.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_STRUCTURALLY_EQUAL_H_
#define TRENAIL_LIBCOMPONENT_BINARY_STRUCTURALLY_EQUAL_H_

#include <optional>
#include <string>

#include "libcomponent/syntax/component.h"

namespace component::binary {

struct CompareOptions {
  bool names = true;            // what the name section says, or the identifiers of a text
  bool custom_sections = true;  // other custom sections: name, contents, place
  bool module_bytes = false;    // core modules are compared byte by byte
};

// The first difference found, in words; nothing if the components are structurally equal.
std::optional<std::string> FindDifference(const Component& a, const Component& b,
                                          const CompareOptions& options = {});

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_STRUCTURALLY_EQUAL_H_
