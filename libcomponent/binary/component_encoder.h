// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a Component back to bytes. Consecutive definitions of one kind share a section; integers are
// as short as they can be. What was decoded encodes to the same syntax again.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_COMPONENT_ENCODER_H_
#define TRENAIL_LIBCOMPONENT_BINARY_COMPONENT_ENCODER_H_

#include <cstdint>
#include <vector>

#include "libcomponent/syntax/component.h"

namespace component::binary {

// Names make a name section at the end if the component has none among its custom sections.
std::vector<uint8_t> EncodeComponent(const Component& component);

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_COMPONENT_ENCODER_H_
