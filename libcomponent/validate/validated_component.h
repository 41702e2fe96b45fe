// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component that passed validation: its syntax with the type of everything in its index spaces.
// Instantiation walks the syntax once more, in the same order, and looks types up here.

#ifndef TRENAIL_LIBCOMPONENT_VALIDATE_VALIDATED_COMPONENT_H_
#define TRENAIL_LIBCOMPONENT_VALIDATE_VALIDATED_COMPONENT_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libcomponent/syntax/component.h"
#include "libcomponent/types/types.h"
#include "libwasm/libwasm.h"

namespace component {

class TypeArena;  // types/type_arena.h: owns all types
namespace runtime {
struct ComponentPlan;  // runtime/plan.h
}

// How the instances of a component call each other.
struct GuestCalls {
  struct Adapter {
    trenail::Module module;
    std::vector<uint8_t> bytes;
  };
  // Core modules that stand between them (runtime/adapter.h), by what they are made for.
  std::map<std::string, Adapter> adapters;
  // Whether values go from memory to memory (abi/fused.h), without Values in between.
  bool copies = true;
};

struct ValidatedComponent {
  std::shared_ptr<const Component> syntax;
  std::shared_ptr<TypeArena> arena;  // shared by all nested components
  // Likewise; filled in before the component is used, and only read then.
  std::shared_ptr<GuestCalls> guest_calls;
  const ComponentType* type = nullptr;

  // The complete index spaces, by index.
  std::vector<TypeEntry> types;
  std::vector<const FuncType*> funcs;
  std::vector<const ValType*> values;
  std::vector<const InstanceType*> instances;
  std::vector<const ComponentType*> components;
  std::vector<const ModuleType*> core_modules;
  std::vector<trenail::FuncType> core_funcs;
  // The core types that thread.new-indirect and spawn-* name, by core type index: canonical ids;
  // module types: kNoTypeId.
  std::vector<uint32_t> core_type_ids;

  // The definitions of nested components and core modules, in the order of the syntax.
  std::vector<std::shared_ptr<const ValidatedComponent>> nested_components;
  std::vector<trenail::Module> nested_modules;

  // What instantiating it takes beyond the syntax; made for the first instance.
  struct ForInstances {
    std::once_flag once;
    std::shared_ptr<const runtime::ComponentPlan> plan;
  };
  mutable ForInstances for_instances;
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_VALIDATE_VALIDATED_COMPONENT_H_
