// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of a resource [cabi:canon resource.drop]: its destructor, called by a guest or the host.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_RESOURCE_DROP_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_RESOURCE_DROP_H_

#include <cstdint>

#include "libcomponent/runtime/resource.h"

namespace component::runtime {

// `caller`: null for the host.
wasm::Result<void> DestroyResource(const ResourceType& type, uint64_t rep,
                                   ComponentInstance* caller);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_RESOURCE_DROP_H_
