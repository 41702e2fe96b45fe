// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The custom section `component-name` [Binary: namedata]. It cannot make a component malformed, so
// the reader is lenient.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_NAME_SECTION_H_
#define TRENAIL_LIBCOMPONENT_BINARY_NAME_SECTION_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "libcomponent/syntax/component.h"

namespace component::binary {

inline constexpr std::string_view kNameSection = "component-name";

// Keeps what stands before the first thing wrong.
void ReadNamesLeniently(std::span<const uint8_t> payload, ComponentNames* names);

// The payload of the section that says `names`.
std::vector<uint8_t> EncodeNames(const ComponentNames& names);

bool IsEmpty(const ComponentNames& names);

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_NAME_SECTION_H_
