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

#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/instantiate.h"

namespace component::runtime {

class Instantiation {
 public:
  Instantiation(ComponentInstance& inst, const ImportLookup& imports)
      : inst_(inst), component_(*inst.component), imports_(imports) {}

  wasm::Result<std::shared_ptr<const InstanceValue>> Run();

 private:
  using CoreExports = std::vector<std::pair<std::string, trenail::Extern>>;
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

  // canon definitions
  CanonicalOptions Options(const Canon& canon) const;
  wasm::Result<Builtin> MakeBuiltinOf(const Canon& canon) const;

  trenail::Extern CoreItem(SortIdx item) const;
  trenail::Extern CoreExport(const CoreInstance& instance, std::string_view name) const;
  void AddCore(const trenail::Extern& value);
  Extern Item(SortIdx item) const;
  // Appends to the index space of the sort, and binds the resources of its type there.
  void Add(Sort sort, const Extern& value);

  ComponentInstance& inst_;
  const ValidatedComponent& component_;
  const ImportLookup& imports_;

  std::vector<trenail::Func> core_funcs_;
  std::vector<trenail::Table> core_tables_;
  std::vector<trenail::Memory> core_memories_;
  std::vector<trenail::Global> core_globals_;
  std::vector<trenail::Tag> core_tags_;
  std::vector<CoreInstance> core_instances_;
  std::vector<std::shared_ptr<FuncInst>> funcs_;
  std::vector<Value> values_;
  std::vector<std::shared_ptr<const InstanceValue>> instances_;
  uint32_t num_types_ = 0;
  size_t num_nested_modules_ = 0;
  size_t num_nested_components_ = 0;
  std::shared_ptr<InstanceValue> exports_ = std::make_shared<InstanceValue>();
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_INSTANTIATION_H_
