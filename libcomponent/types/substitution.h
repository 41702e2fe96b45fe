// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replacing resource types inside types: the elimination of universal and existential types when a
// component is instantiated or an instance is imported [Explainer: Type Checking].

#ifndef TRENAIL_LIBCOMPONENT_TYPES_SUBSTITUTION_H_
#define TRENAIL_LIBCOMPONENT_TYPES_SUBSTITUTION_H_

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libcomponent/types/type_arena.h"
#include "libcomponent/types/types.h"
#include "libwasm/support/error.h"

namespace component {

// One substitution, applied to any number of types. Nodes that do not change stay the same nodes;
// a node that does is copied once, so that what was shared is shared again. Beside resource types
// the names of types are replaced: whoever supplies an import knows it by another name.
class Substitution {
 public:
  explicit Substitution(TypeArena* arena) : arena_(*arena) {}

  void Map(ResourceId from, ResourceId to) { map_[from] = to; }
  // All names that `from`, the type of an import, introduces become those of `to`, which matches.
  void MapNames(const ExternType& from, const ExternType& to);

  wasm::Result<ExternType> Apply(ExternType type);
  wasm::Result<TypeEntry> Apply(TypeEntry entry);
  wasm::Result<const ValType*> Apply(const ValType* type);
  wasm::Result<const FuncType*> Apply(const FuncType* type);
  wasm::Result<const InstanceType*> Apply(const InstanceType* type);
  wasm::Result<const ComponentType*> Apply(const ComponentType* type);
  wasm::Result<std::vector<NamedExtern>> Apply(const std::vector<NamedExtern>& externs);

 private:
  // A resource under one of its names.
  struct Named {
    ResourceId resource = kNoResource;
    uint32_t name = 0;
    friend bool operator==(const Named&, const Named&) = default;
  };
  static uint64_t Key(Named named) { return uint64_t{named.resource} << 32 | named.name; }
  Named Resolve(Named named);
  bool Concerns(bool contains_resource) const { return contains_resource || renames_; }
  wasm::Result<std::vector<NamedExtern>> Apply(const std::vector<NamedExtern>& externs,
                                               bool* changed);

  TypeArena& arena_;
  std::unordered_map<ResourceId, ResourceId> map_;
  std::unordered_map<uint64_t, Named> names_;
  std::unordered_map<const void*, const void*> done_;
  std::unordered_set<const InstanceType*> named_;  // whose names are mapped
  bool renames_ = false;                           // value types, too
};

// The resource types that occur in types and are not bound inside of them.
class FreeResources {
 public:
  void Collect(const ExternType& type);
  void Collect(const TypeEntry& entry);
  void Collect(const ValType& type);
  void Collect(const FuncType& type);
  void Collect(const InstanceType& type);
  void Collect(const ComponentType& type);

  bool empty() const;
  size_t visited() const { return visited_.size(); }  // nodes: the work that was done
  bool Contains(ResourceId id) const { return used_.contains(id) && !bound_.contains(id); }

 private:
  bool Enter(const void* node, bool contains_resource) {
    return contains_resource && visited_.insert(node).second;
  }

  std::unordered_set<ResourceId> used_;
  // An id has one binder alone, so that where it is bound does not matter.
  std::unordered_set<ResourceId> bound_;
  std::unordered_set<const void*> visited_;
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_TYPES_SUBSTITUTION_H_
