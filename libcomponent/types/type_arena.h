// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Owns resolved types. Nodes are immutable once added: layouts, extents and what a type contains
// are worked out then, from those of its parts. All limits on types are enforced here, so that
// nothing that walks a type later can run away: not in time, nor in depth of recursion.

#ifndef TRENAIL_LIBCOMPONENT_TYPES_TYPE_ARENA_H_
#define TRENAIL_LIBCOMPONENT_TYPES_TYPE_ARENA_H_

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/types/types.h"
#include "libwasm/support/error.h"

namespace component {

inline constexpr uint64_t kMaxElemSize = (uint64_t{1} << 28) - 1;  // [cabi:Element Size]
inline constexpr uint32_t kMaxTypeSize = 1'000'000;                // TypeExtent::size
inline constexpr uint32_t kMaxTypeDepth = 256;                     // TypeExtent::depth
// What all types of an arena may take together, in units of about fifty bytes. Instantiations copy
// types: this bounds what they may come to.
inline constexpr uint64_t kMaxArenaSize = 5'000'000;

class TypeArena {
 public:
  TypeArena();
  TypeArena(const TypeArena&) = delete;
  TypeArena& operator=(const TypeArena&) = delete;

  // A primitive type: always the same node.
  const ValType* Prim(ValKind kind) const { return &prims_[static_cast<size_t>(kind)]; }

  // Each takes a node whose parts and names are filled in, and works the rest out. Errors: kInvalid
  // without an offset, when a limit is exceeded.
  wasm::Result<const ValType*> Add(ValType type);
  wasm::Result<const FuncType*> Add(FuncType type);
  wasm::Result<const ModuleType*> Add(ModuleType type);
  wasm::Result<const InstanceType*> Add(InstanceType type);
  wasm::Result<const ComponentType*> Add(ComponentType type);

  // The usual nodes of one part.
  wasm::Result<const ValType*> List(const ValType* element);
  wasm::Result<const ValType*> Tuple(std::span<const ValType* const> elements);
  wasm::Result<const ValType*> Option(const ValType* some);
  // The elements of a map: no value type that a component defines, so that their size is not
  // bounded.
  wasm::Result<const ValType*> MapEntry(const ValType* key, const ValType* value);
  wasm::Result<const ValType*> ResultOf(const ValType* ok, const ValType* error);  // null: none
  wasm::Result<const ValType*> Handle(ValKind own_or_borrow, ResourceId resource,
                                      uint32_t resource_name);
  // A node of its own for the type: a name that is imported or exported.
  wasm::Result<const ValType*> Rename(const ValType& type);
  // The node, whose layout is known, with other parts of the same layout.
  wasm::Result<const ValType*> Copy(const ValType& type);

  ResourceId NewResource() { return num_resources_++; }
  uint32_t num_resources() const { return num_resources_; }
  uint32_t NewResourceName() { return ++num_resource_names_; }

 private:
  wasm::Result<void> Charge(uint64_t size);
  wasm::Result<const ValType*> AddOfAnySize(ValType type, bool* fits);

  std::array<ValType, static_cast<size_t>(ValKind::kErrorContext) + 1> prims_;
  // Addresses are stable.
  std::deque<ValType> vals_;
  std::deque<FuncType> funcs_;
  std::deque<ModuleType> modules_;
  std::deque<InstanceType> instances_;
  std::deque<ComponentType> components_;
  uint32_t num_resources_ = 0;
  uint32_t num_resource_names_ = 0;
  uint64_t size_ = 0;
};

TypeExtent ExtentOf(const TypeEntry& entry);
TypeExtent ExtentOf(const ExternType& type);
bool ContainsResource(const TypeEntry& entry);
bool ContainsResource(const ExternType& type);

// The kind of a primitive type.
ValKind KindOf(PrimType prim);

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_TYPES_TYPE_ARENA_H_
