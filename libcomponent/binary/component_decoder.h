// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From bytes to a Component [Binary: component]. Decoding checks the grammar; what the sections say
// is judged by the validator, which also decodes the nested core modules.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_COMPONENT_DECODER_H_
#define TRENAIL_LIBCOMPONENT_BINARY_COMPONENT_DECODER_H_

#include <cstdint>
#include <memory>
#include <span>

#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libwasm/support/error.h"
#include "libwasm/types/features.h"

namespace component::binary {

// The component keeps what it needs of `bytes`: core modules lie in one copy of all of them, made
// if there is one, with readable bytes behind each. A damaged name section does not fail the
// component: what could be read of it is kept. Of the switched-off features only attributes of
// names are refused here, since a list of none leaves no trace in the syntax; the others are the
// validator's.
wasm::Result<std::shared_ptr<const Component>> DecodeComponent(
    std::span<const uint8_t> bytes, const component::FeatureSet& features = {},
    const wasm::FeatureSet& core_features = {});

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_COMPONENT_DECODER_H_
