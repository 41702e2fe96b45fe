// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When two modules are the same but for the freedom of their formats: the width of integers, how
// locals are grouped, which of two forms a segment or a type was written in. The judge of round
// trips through text and through binary.

#ifndef TRENAIL_LIBWASM_TEXT_STRUCTURALLY_EQUAL_H_
#define TRENAIL_LIBWASM_TEXT_STRUCTURALLY_EQUAL_H_

#include <optional>
#include <string>

#include "libwasm/module/module.h"

namespace wasm::text {

struct CompareOptions {
  bool names = true;            // what the name section says of items that exist
  bool custom_sections = true;  // other custom sections: name, contents, place
};

// The first difference found, in words; nothing if the modules are structurally equal.
std::optional<std::string> FindDifference(const Module& a, const Module& b,
                                          const CompareOptions& options = {});
inline bool StructurallyEqual(const Module& a, const Module& b) {
  return !FindDifference(a, b).has_value();
}

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_STRUCTURALLY_EQUAL_H_
