// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known while a component, a component type or an instance type is being validated: the
// index spaces that its definitions or declarators build up, and what it imports and exports.

#ifndef TRENAIL_LIBCOMPONENT_VALIDATE_SCOPE_H_
#define TRENAIL_LIBCOMPONENT_VALIDATE_SCOPE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libcomponent/types/types.h"
#include "libwasm/libwasm.h"
#include "libwasm/types/type_store.h"

namespace component {

// A resource type under one of its names.
constexpr uint64_t NamedResource(ResourceId resource, uint32_t name) {
  return uint64_t{resource} << 32 | name;
}

// The types that have an externally visible name [Explainer: External Visibility of Types].
struct VisibleTypes {
  std::unordered_set<const ValType*> vals;
  std::unordered_set<uint64_t> resources;
  // Nodes all of whose parts were found to be visible: they stay so, as names are only added.
  std::unordered_set<const void*> checked;
  // Instances whose types are among these already.
  std::unordered_set<const InstanceType*> introduced;
};

// Imports or exports that were declared: their names are strongly-unique, and the labels of
// annotated names are looked up among the resources.
struct DeclaredNames {
  std::unordered_map<std::string, std::string> by_key;  // UniquenessKey: the name
  std::unordered_map<uint64_t, std::string> resources;  // NamedResource: its name
  std::unordered_set<std::string> resource_names;
};

struct CoreTypeEntry {
  wasm::TypeId id = wasm::kNoTypeId;
  const ModuleType* module = nullptr;
};

struct CoreInstanceType {
  std::unordered_map<std::string, trenail::ExternType> exports;
};

struct ValueEntry {
  const ValType* type = nullptr;
  bool used = false;  // each is used exactly once
};

struct Scope {
  enum class Kind : uint8_t { kComponent, kComponentType, kInstanceType };

  Scope(Kind scope_kind, const Scope* outer)
      : kind(scope_kind), parent(outer), depth(outer == nullptr ? 0 : outer->depth + 1) {}

  Kind kind;
  const Scope* parent;
  uint32_t depth;

  // The index spaces.
  std::vector<TypeEntry> types;
  std::vector<const FuncType*> funcs;
  std::vector<ValueEntry> values;
  std::vector<const InstanceType*> instances;
  std::vector<const ComponentType*> components;
  std::vector<const ModuleType*> core_modules;
  std::vector<CoreTypeEntry> core_types;
  std::vector<wasm::TypeId> core_funcs;
  std::vector<wasm::TableType> core_tables;
  std::vector<wasm::MemType> core_memories;
  std::vector<wasm::GlobalType> core_globals;
  std::vector<wasm::TypeId> core_tags;
  std::vector<std::shared_ptr<const CoreInstanceType>> core_instances;

  std::vector<NamedExtern> imports;
  std::vector<NamedExtern> exports;
  DeclaredNames import_names;
  DeclaredNames export_names;
  // Types that imports may mention, and those that exports may.
  VisibleTypes imported;
  VisibleTypes exported;
  std::vector<ResourceId> imported_resources;
  std::vector<ResourceId> defined_resources;
  // The resource types defined here and what represents them.
  std::unordered_map<ResourceId, wasm::ValType> local_resources;
  std::optional<wasm::ValType> context_type;  // of all context.get and context.set
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_VALIDATE_SCOPE_H_
