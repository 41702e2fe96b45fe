// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WIT out of components: the world of one, or a package in its binary form, as which packages may
// also lie in a folder `deps`.

#ifndef TRENAIL_CLI_WIT_PACKAGES_H_
#define TRENAIL_CLI_WIT_PACKAGES_H_

#include <span>
#include <string>

#include "libcomponent/wit/resolver.h"
#include "libwasm/support/error.h"

namespace trenail::cli {

// Of the bytes of a component, with whatever features it needs.
wasm::Result<component::wit::ResolvedPackage> DecodeWit(std::span<const uint8_t> component);

// Reads `*.wasm` and `*.wat` in folders `deps`; a component that is no package is refused.
component::wit::PackageReader BinaryPackages();

// "+x,-y" as of the other verbs; here a feature is what `@unstable` names.
component::wit::ResolveOptions ToResolveOptions(const std::string& features, bool all_features);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_WIT_PACKAGES_H_
