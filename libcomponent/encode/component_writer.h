// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component under construction: definitions are appended, and their indices returned. Types of
// WIT are reached through the instances that export them.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_COMPONENT_WRITER_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_COMPONENT_WRITER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "libcomponent/syntax/component.h"
#include "libcomponent/wit/resolve.h"
#include "libcomponent/wit/type_definitions.h"

namespace component::encode {

class ComponentWriter : public wit::TypeDefinitions {
 public:
  explicit ComponentWriter(const wit::Resolve& resolve) : TypeDefinitions(resolve) {}

  uint32_t Define(component::TypeDef type) override { return Append(Sort::kType, std::move(type)); }
  // The item's index in its sort's space.
  uint32_t Import(ExternName name, const ExternDesc& type) {
    const Sort sort = type.sort;
    return Append(sort, component::Import{std::move(name), type});
  }
  uint32_t Export(ExternName name, SortIdx item, std::optional<ExternDesc> type = {}) {
    return Append(item.sort, component::Export{std::move(name), item, std::move(type)});
  }
  // A type under its name, known by the new index from here on.
  void ImportType(wit::TypeId id, ExternName name);
  uint32_t CoreModule(std::vector<uint8_t> bytes, std::string_view name);
  uint32_t CoreInstantiate(uint32_t module, std::vector<CoreInstantiateArg> args,
                           std::string_view name);
  uint32_t CoreInstance(std::vector<CoreInlineExport> exports, std::string_view name);
  // The same item has one alias.
  uint32_t CoreAlias(uint32_t instance, Sort sort, const std::string& name);
  uint32_t FuncAlias(uint32_t instance, const std::string& name);
  uint32_t CoreCanon(Canon canon) { return Append(Sort::kCoreFunc, std::move(canon)); }
  uint32_t Lift(Canon canon) { return Append(Sort::kFunc, std::move(canon)); }
  uint32_t CoreFuncType(const wasm::FuncType& type);
  uint32_t NestedComponent(Component component);
  uint32_t Instantiate(uint32_t component, std::vector<InstantiateArg> args);

  // The instance that an interface is from here on.
  void SetInstance(wit::InterfaceId interface, uint32_t instance) {
    instances_[interface.value] = instance;
  }
  uint32_t InstanceOf(wit::InterfaceId interface) const { return instances_.at(interface.value); }
  // Forgets which type is which, but for types of instances that are there and of the world, and
  // for resource types: an exported instance has come in between.
  void ForgetDefinitions();

  Component Take() { return std::move(component_); }

 protected:
  uint32_t Named(wit::TypeId id) override;

 private:
  template <typename Def>
  uint32_t Append(Sort sort, Def def) {
    component_.definitions.push_back({.offset = 0, .def = std::move(def)});
    return counts_[static_cast<size_t>(sort)]++;
  }
  void Name(Sort sort, uint32_t index, std::string_view name) {
    component_.names.by_sort[static_cast<size_t>(sort)].emplace_back(index, std::string(name));
  }

  Component component_;
  uint32_t counts_[kNumSorts] = {};
  std::unordered_map<uint32_t, uint32_t> instances_;  // by interface
  std::map<std::tuple<uint32_t, Sort, std::string>, uint32_t> aliases_;
};

// The exported instance of an interface whose functions have been lifted: a small component
// imports them and their types, and exports them with the types that the interface says.
// `functions` are in the order of the interface. Returns the instance.
uint32_t WrapInstance(ComponentWriter& writer, wit::InterfaceId interface,
                      const std::vector<uint32_t>& functions);

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_COMPONENT_WRITER_H_
