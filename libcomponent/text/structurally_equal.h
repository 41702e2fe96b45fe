// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When two components are the same but for the freedom of their formats: offsets, and what
// libwasm/text/structurally_equal.h leaves open in core modules. The judge of round trips.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_STRUCTURALLY_EQUAL_H_
#define TRENAIL_LIBCOMPONENT_TEXT_STRUCTURALLY_EQUAL_H_

#include <optional>
#include <string>

#include "libcomponent/syntax/component.h"
#include "libwasm/text/structurally_equal.h"

namespace component::text {

// The first difference found, in words; nothing if the components are structurally equal.
std::optional<std::string> FindDifference(const Component& a, const Component& b,
                                          const wasm::text::CompareOptions& options = {});

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_STRUCTURALLY_EQUAL_H_
