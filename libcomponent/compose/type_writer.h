// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes resolved types down again, as the definitions of a new component. Where a type of some
// part was imported or exported by name, that name is what later types refer to [Explainer:
// External Visibility of Types]; so the writer knows, at each level of nesting, which types have an
// index there or can be reached through an instance.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_TYPE_WRITER_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_TYPE_WRITER_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libcomponent/compose/imports.h"
#include "libcomponent/compose/resources.h"
#include "libcomponent/syntax/component.h"
#include "libcomponent/types/types.h"
#include "libwasm/support/error.h"
#include "libwasm/types/type_store.h"

namespace component::compose {

class TypeWriter {
 public:
  TypeWriter(Resources* resources, const wasm::TypeStore& store, Component* component);

  // Adds a definition and returns the index that it gets in the index space of its sort.
  template <typename T>
  uint32_t Add(Sort sort, T definition) {
    component_.definitions.push_back({.offset = 0, .def = std::move(definition)});
    return levels_[0].counts[static_cast<size_t>(sort)]++;
  }

  // Adds the import and returns its index.
  wasm::Result<uint32_t> Import(const MergedItem& item);
  // From now on the types that `item` exports are those of the definition with that index.
  void Register(const MergedItem& item, uint32_t index);
  // The type's index in the component, whether it has a name or not. Errors: kUnlinkable if it
  // mentions a resource type that is not known.
  wasm::Result<uint32_t> TypeIndex(const SpacedType& type);
  // A description of the function with the types' names in the component.
  wasm::Result<ExternDesc> DescribeFunc(Space space, const FuncType& func);
  bool Knows(uint32_t identity) const;

 private:
  // What a type is looked up by: a node, or a resource under one of its names.
  struct Key {
    Space space = 0;
    const void* node = nullptr;
    uint64_t resource = 0;
    auto operator<=>(const Key&) const = default;
  };
  // Where a type is: an index, or reached through an instance.
  struct Place {
    std::optional<uint32_t> index;
    uint32_t instance = 0;
    std::vector<std::string> path;
  };
  struct Level {
    std::vector<Declarator>* decls = nullptr;  // null: the component itself
    std::array<uint32_t, kNumSorts> counts{};
    std::map<Key, Place> types;
    std::unordered_map<uint32_t, Place> resources;  // by identity
  };

  static Key KeyOf(Space space, const ValType* type) {
    return {.space = space, .node = type, .resource = 0};
  }
  static Key KeyOf(Space space, ResourceId id, uint32_t name) {
    return {.space = space, .node = nullptr, .resource = uint64_t{id} << 32 | name};
  }
  Level& level() { return levels_.back(); }

  uint32_t AddType(TypeDef type);
  uint32_t AddAlias(size_t level, Alias alias);
  uint32_t Resolve(size_t level, Place* place);
  // The index in the innermost level of what is found there or further out.
  template <typename Find>
  std::optional<uint32_t> LookUp(Find find);
  std::optional<uint32_t> LookUpType(const Key& key);
  std::optional<uint32_t> LookUpResource(Space space, ResourceId id, uint32_t name);

  wasm::Result<ValTypeUse> Use(Space space, const ValType* type);
  wasm::Result<std::optional<ValTypeUse>> UseOptional(Space space, const ValType* type);
  wasm::Result<DefValType> Define(Space space, const ValType& type);
  wasm::Result<uint32_t> DefineFunc(Space space, const FuncType& func);
  wasm::Result<uint32_t> DefineInstance(const std::vector<MergedItem>& items);
  wasm::Result<uint32_t> DefineComponent(Space space, const ComponentType& type,
                                         const std::string& by);
  wasm::Result<uint32_t> DefineModule(const ModuleType& type);
  wasm::Result<CoreExternType> DefineCore(CoreModuleType* module, uint32_t* num_types,
                                          const trenail::ExternType& type);
  wasm::Result<uint32_t> DefineEntry(Space space, const TypeEntry& entry, const std::string& by);
  wasm::Result<ExternDesc> Describe(const MergedItem& item);
  void Register(Level* level, const MergedItem& item, const Place& place);

  Resources& resources_;
  const wasm::TypeStore& store_;
  Component& component_;
  std::vector<Level> levels_;
};

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_TYPE_WRITER_H_
