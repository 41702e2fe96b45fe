// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A core module that imports and exports whatever a world has words for, and does nothing: for
// tests of what is made of modules.

#ifndef TRENAIL_SPEC_TESTS_WIT_DUMMY_MODULE_H_
#define TRENAIL_SPEC_TESTS_WIT_DUMMY_MODULE_H_

#include <cstdint>
#include <vector>

#include "libcomponent/wit/resolve.h"

namespace trenail::spec {

enum class NameScheme { kLegacy, kStandard };

// By the standard's names nothing is asynchronous: there are none for that.
std::vector<uint8_t> DummyModule(const component::wit::Resolve& resolve,
                                 component::wit::WorldId world, NameScheme scheme);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_WIT_DUMMY_MODULE_H_
