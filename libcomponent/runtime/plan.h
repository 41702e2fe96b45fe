// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all instantiations of a component have in common beyond its syntax: where its definitions
// find by position what they name, and the canonical ids of core types.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_PLAN_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

// A position that is only known at run time, since what is looked into came from elsewhere.
inline constexpr uint32_t kByName = ~uint32_t{0};

struct ComponentPlan {
  // component_instance.h
  bool needs_fibers = false;
  bool needs_tasks = false;
  bool names_threads = false;

  // Of core definitions that instantiate a module of this component.
  struct CoreImport {
    uint32_t instance = 0;
    uint32_t position = kByName;
    std::string name;
  };
  struct CoreInstance {
    bool is_known = false;  // else everything goes by name
    bool has_start = false;
    std::vector<CoreImport> imports;  // those of the module, in order
  };
  std::vector<CoreInstance> core_instances;  // by index

  // Each in the order of the definitions.
  std::vector<uint32_t> core_alias_positions;  // of aliases of exports of core instances
  std::vector<uint32_t> alias_positions;       // of aliases of exports of instances: likely ones
  std::vector<uint32_t> core_type_ids;         // of canonical definitions but lifts
  // By instance: the positions in its type of what resource types are bound by.
  std::vector<std::vector<uint32_t>> bound_exports;
  size_t num_resources = 0;  // about
  size_t num_core_funcs = 0;
  size_t num_funcs = 0;
};

// Made when it is first asked for. Thread-safe.
const ComponentPlan& PlanOf(const trenail::Engine& engine, const ValidatedComponent& component);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_PLAN_H_
