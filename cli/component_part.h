// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The components that `plug` and `compose` put together: read from files, in either format, and the
// result written.

#ifndef TRENAIL_CLI_COMPONENT_PART_H_
#define TRENAIL_CLI_COMPONENT_PART_H_

#include <memory>
#include <string>

#include "libcomponent/syntax/component.h"
#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"

namespace trenail::cli {

// kHost: unreadable; kMalformed, kInvalid: not a component, or one that is wrong.
wasm::Result<std::shared_ptr<const component::ValidatedComponent>> LoadPart(
    const Engine& engine, const std::string& path);

// Writes the component as bytes.
wasm::Result<void> WriteComponent(const std::string& path, const component::Component& component);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_COMPONENT_PART_H_
