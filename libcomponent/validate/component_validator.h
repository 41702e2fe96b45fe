// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Validation of components [Explainer] [Binary] [cabi:Canonical Definitions]: of their definitions
// in order, with everything nested in them, core modules included.

#ifndef TRENAIL_LIBCOMPONENT_VALIDATE_COMPONENT_VALIDATOR_H_
#define TRENAIL_LIBCOMPONENT_VALIDATE_COMPONENT_VALIDATOR_H_

#include <memory>

#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"

namespace component {

// Components, component types and instance types inside of each other.
inline constexpr uint32_t kMaxNesting = 100;

// `engine` validates the core modules, with its own features. Errors: kInvalid with the offset of
// the definition, or whatever is wrong with a core module (kMalformed, kInvalid).
wasm::Result<std::shared_ptr<const ValidatedComponent>> Validate(
    const trenail::Engine& engine, std::shared_ptr<const Component> component,
    const FeatureSet& features = {});

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_VALIDATE_COMPONENT_VALIDATOR_H_
