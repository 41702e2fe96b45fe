// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packages and worlds as component types [wit:binary-format].

#ifndef TRENAIL_LIBCOMPONENT_WIT_ENCODE_H_
#define TRENAIL_LIBCOMPONENT_WIT_ENCODE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "libcomponent/syntax/component.h"
#include "libcomponent/wit/resolve.h"
#include "libwasm/support/error.h"

namespace component::wit {

// The binary form of the package: a component that exports a component type for each interface and
// world. Documentation and gates go to the custom section `package-docs`.
Component EncodePackage(const Resolve& resolve, PackageId package);

// The type of components of the world.
ComponentTypeSyntax EncodeWorldType(const Resolve& resolve, WorldId world);

// How strings lie in the memory of a module [cabi:string-encoding], with the codes of the section.
enum class StringEncoding : uint8_t { kUtf8 = 0, kUtf16 = 1, kLatin1Utf16 = 2 };

// What a custom section `component-type:…` of a core module holds: the world alone, as a package
// is encoded, and how the module encodes strings.
Component EncodeModuleWorld(const Resolve& resolve, WorldId world, StringEncoding encoding);

// The core module with that section behind all others. Errors: kMalformed, if `module` does not
// begin as a module does.
wasm::Result<std::vector<uint8_t>> EmbedWorld(std::span<const uint8_t> module,
                                              const Resolve& resolve, WorldId world,
                                              StringEncoding encoding);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_ENCODE_H_
