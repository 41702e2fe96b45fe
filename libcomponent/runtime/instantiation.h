// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state of one instantiation: the index spaces as far as they are built up.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_INSTANTIATION_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_INSTANTIATION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "libcomponent/runtime/instantiate.h"
#include "libcomponent/runtime/plan.h"

namespace component::runtime {

class Instantiation {
 public:
  Instantiation(ComponentInstance& inst, const ImportLookup& imports);

  wasm::Result<std::shared_ptr<const InstanceValue>> Run();

 private:
  // Of an instance that lists its exports: those, in the order of the definition.
  struct CoreExports {
    const CoreInstanceDef* def;
    std::vector<trenail::Extern> values;
  };
  using CoreInstance = std::variant<trenail::Instance, CoreExports>;

  wasm::Result<void> Define(const CustomSection&) { return {}; }
  wasm::Result<void> Define(const CoreModuleDef& def);
  wasm::Result<void> Define(const CoreInstanceDef& def);
  wasm::Result<void> Define(const CoreType&) { return {}; }
  wasm::Result<void> Define(const std::shared_ptr<const Component>& def);
  wasm::Result<void> Define(const InstanceDef& def);
  wasm::Result<void> Define(const Alias& def);
  wasm::Result<void> Define(const TypeDef& def);
  wasm::Result<void> Define(const Canon& def);
  wasm::Result<void> Define(const Start& def);
  wasm::Result<void> Define(const Import& def);
  wasm::Result<void> Define(const Export& def);
  wasm::Result<void> Define(const ValueDef& def);

  trenail::Extern CoreItem(SortIdx item) const;
  // `position`: kByName, or where it is.
  trenail::Extern CoreExport(const CoreInstance& instance, uint32_t position,
                             std::string_view name) const;
  std::vector<trenail::Extern> CoreImports(const CoreInstanceDef& def,
                                           const ComponentPlan::CoreInstance& planned,
                                           const trenail::Module& module) const;
  void AddCore(const trenail::Extern& value);
  Extern Item(SortIdx item) const;
  // Appends to the index space of the sort, and binds the resources of its type there.
  void Add(Sort sort, const Extern& value);

  ComponentInstance& inst_;
  const ValidatedComponent& component_;
  const ImportLookup& imports_;

  const ComponentPlan& plan_;

  // The index spaces that only instantiation knows.
  std::vector<trenail::Global> core_globals_;
  std::vector<trenail::Tag> core_tags_;
  std::vector<CoreInstance> core_instances_;
  std::vector<Value> values_;
  std::vector<std::shared_ptr<const InstanceValue>> instances_;
  uint32_t num_types_ = 0;
  size_t num_nested_modules_ = 0;
  size_t num_nested_components_ = 0;
  size_t num_imports_ = 0;
  size_t num_core_aliases_ = 0;
  size_t num_aliases_ = 0;
  std::shared_ptr<InstanceValue> exports_ = std::make_shared<InstanceValue>();
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_INSTANTIATION_H_
