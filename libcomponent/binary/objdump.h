// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lies where in a component: its sections with their offsets and the definitions of each,
// nested components below the section that holds them. For people who look at bytes.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_OBJDUMP_H_
#define TRENAIL_LIBCOMPONENT_BINARY_OBJDUMP_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libcomponent/binary/format.h"
#include "libcomponent/syntax/component.h"

namespace component::binary {

struct ObjdumpOptions {
  bool headers = true;   // the sections
  bool details = false;  // the definitions, each with its offset and its place in its index space
};

// `component` must have been decoded from `bytes`.
std::string Objdump(const Component& component, std::span<const uint8_t> bytes,
                    const ObjdumpOptions& options = {});

std::string_view SectionName(SectionId id);

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_OBJDUMP_H_
