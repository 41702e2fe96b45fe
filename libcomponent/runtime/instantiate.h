// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instantiation of components: a walk over the definitions in their order [Explainer: Component
// Definitions].

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_INSTANTIATE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_INSTANTIATE_H_

#include <functional>
#include <memory>
#include <string_view>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/extern.h"
#include "libcomponent/runtime/store.h"

namespace component::runtime {

// What is there for the import of that number; null: nothing.
using ImportLookup = std::function<const Extern*(const ExternName& name, size_t index)>;

// The new instance, and what it exports. The imports must be of the types that the component says.
// Errors: kUnlinkable for an import that is missing; kTrap … from core code that starts.
// `index`: where it goes in the parent's index space of instances.
struct Instantiated {
  ComponentInstance* instance = nullptr;
  std::shared_ptr<const InstanceValue> value;
};
wasm::Result<Instantiated> Instantiate(Store& store, const ComponentClosure& component,
                                       ComponentInstance* parent, const ImportLookup& imports,
                                       uint32_t index = 0);

// Tells `inst` which resource types the ids in a type of its component stand for, now that there
// is something of that type.
void BindResources(ComponentInstance& inst, const ExternType& type, const Extern& value);
void BindResources(ComponentInstance& inst, const InstanceType& type, const InstanceValue& value);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_INSTANTIATE_H_
