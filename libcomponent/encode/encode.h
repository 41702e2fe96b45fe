// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a core module that carries its world to a component of that world: imports are lowered,
// exports are lifted, and modules of older interfaces are brought in by adapters.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_ENCODE_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_ENCODE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libcomponent/syntax/component.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"

namespace component::encode {

struct ModuleSource {
  std::string name;  // of an adapter: the module that it implements
  std::span<const uint8_t> bytes;
};

struct NewOptions {
  // Adapters allocate new pages, where the main module's realloc cannot be called early.
  bool realloc_via_memory_grow = false;
};

// The component, which is valid. Errors: kMalformed, kInvalid: a module is not valid, worlds
// contradict each other, an import or export is missing or of another type.
wasm::Result<std::shared_ptr<const Component>> NewComponent(
    const trenail::Engine& engine, const ModuleSource& module,
    const std::vector<ModuleSource>& adapters, const NewOptions& options = {});

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_ENCODE_H_
