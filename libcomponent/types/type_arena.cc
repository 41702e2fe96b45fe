// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/types/type_arena.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "libcomponent/types/layout.h"

namespace component {

namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

std::unexpected<Error> Invalid(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}

// Adds up the extents of the parts of a node.
class ExtentSum {
 public:
  void Add(const TypeExtent& part) {
    size_ += part.size;
    depth_ = std::max(depth_, part.depth + 1);
  }
  Result<TypeExtent> Check() const {
    if (size_ > kMaxTypeSize)
      return Invalid("effective type size exceeds the limit of " + std::to_string(kMaxTypeSize));
    if (depth_ > kMaxTypeDepth)
      return Invalid("type nesting is too deep: the limit is " + std::to_string(kMaxTypeDepth));
    return TypeExtent{.size = static_cast<uint32_t>(size_), .depth = depth_};
  }

 private:
  uint64_t size_ = 1;
  uint32_t depth_ = 1;
};

// In units of kMaxArenaSize.
constexpr uint64_t kValTypeCost = 6;
constexpr uint64_t kFuncTypeCost = 2;
constexpr uint64_t kExternCost = 6;
constexpr uint64_t kInstanceTypeCost = 3;

std::vector<uint32_t> SortByName(const std::vector<NamedExtern>& externs) {
  std::vector<uint32_t> order(externs.size());
  std::iota(order.begin(), order.end(), 0);
  // Equal names are an error that is reported elsewhere; until then the first one counts.
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const int difference = externs[a].name.name.compare(externs[b].name.name);
    return difference != 0 ? difference < 0 : a < b;
  });
  return order;
}

const NamedExtern* FindByName(const std::vector<NamedExtern>& externs,
                              const std::vector<uint32_t>& order, std::string_view name) {
  const auto it = std::lower_bound(
      order.begin(), order.end(), name,
      [&](uint32_t index, std::string_view n) { return externs[index].name.name < n; });
  if (it == order.end() || externs[*it].name.name != name) return nullptr;
  return &externs[*it];
}

}  // namespace

const NamedExtern* InstanceType::Find(std::string_view name) const {
  return FindByName(exports, by_name, name);
}
const NamedExtern* ComponentType::FindImport(std::string_view name) const {
  return FindByName(imports, imports_by_name, name);
}
const NamedExtern* ComponentType::FindExport(std::string_view name) const {
  return FindByName(exports, exports_by_name, name);
}

TypeExtent ExtentOf(const TypeEntry& entry) {
  switch (entry.kind) {
    case TypeEntry::Kind::kVal:
      return entry.val->extent;
    case TypeEntry::Kind::kFunc:
      return entry.func->extent;
    case TypeEntry::Kind::kComponent:
      return entry.component->extent;
    case TypeEntry::Kind::kInstance:
      return entry.instance->extent;
    case TypeEntry::Kind::kResource:
      return {};
  }
  return {};
}

TypeExtent ExtentOf(const ExternType& type) {
  switch (type.sort) {
    case Sort::kCoreModule:
      return type.module->extent;
    case Sort::kFunc:
      return type.func->extent;
    case Sort::kValue:
      return type.value->extent;
    case Sort::kType:
      return ExtentOf(type.type);
    case Sort::kComponent:
      return type.component->extent;
    case Sort::kInstance:
      return type.instance->extent;
    default:
      return {};
  }
}

bool ContainsResource(const TypeEntry& entry) {
  switch (entry.kind) {
    case TypeEntry::Kind::kVal:
      return entry.val->contains_resource;
    case TypeEntry::Kind::kFunc:
      return entry.func->contains_resource;
    case TypeEntry::Kind::kComponent:
      return entry.component->contains_resource;
    case TypeEntry::Kind::kInstance:
      return entry.instance->contains_resource;
    case TypeEntry::Kind::kResource:
      return true;
  }
  return false;
}

bool ContainsResource(const ExternType& type) {
  switch (type.sort) {
    case Sort::kFunc:
      return type.func->contains_resource;
    case Sort::kValue:
      return type.value->contains_resource;
    case Sort::kType:
      return ContainsResource(type.type);
    case Sort::kComponent:
      return type.component->contains_resource;
    case Sort::kInstance:
      return type.instance->contains_resource;
    default:
      return false;
  }
}

ValKind KindOf(PrimType prim) {
  switch (prim) {
#define PRIM_TYPE(Name, word) \
  case PrimType::k##Name:     \
    return ValKind::k##Name;
#include "libcomponent/syntax/val_types.def"
  }
  return ValKind::kBool;
}

TypeArena::TypeArena() {
  for (size_t i = 0; i < prims_.size(); ++i) {
    prims_[i].kind = static_cast<ValKind>(i);
    ComputeLayout(&prims_[i]);
  }
}

Result<void> TypeArena::Charge(uint64_t size) {
  size_ += size;
  if (size_ > kMaxArenaSize) return Invalid("too many types");
  return {};
}

Result<const ValType*> TypeArena::Add(ValType type) {
  bool fits = true;
  const ValType* added = TRY(AddOfAnySize(std::move(type), &fits));
  if (!fits) return Invalid("type exceeds maximum byte size of " + std::to_string(kMaxElemSize));
  return added;
}

Result<const ValType*> TypeArena::AddOfAnySize(ValType type, bool* fits) {
  TRY_VOID(Charge(kValTypeCost + type.fields.size()));
  ExtentSum sum;
  for (const ValType::Field& field : type.fields)
    sum.Add(field.type != nullptr ? field.type->extent : TypeExtent{.size = 1, .depth = 0});
  if (type.element != nullptr) sum.Add(type.element->extent);
  type.extent = TRY(sum.Check());
  *fits = ComputeLayout(&type);
  return &vals_.emplace_back(std::move(type));
}

Result<const FuncType*> TypeArena::Add(FuncType type) {
  TRY_VOID(Charge(kFuncTypeCost + type.params.size()));
  ExtentSum sum;
  type.contains_resource = false;
  const auto add = [&](const ValType* part) {
    sum.Add(part->extent);
    type.contains_resource |= part->contains_resource;
  };
  for (const ValType::Field& param : type.params) add(param.type);
  if (type.result != nullptr) add(type.result);
  type.extent = TRY(sum.Check());
  return &funcs_.emplace_back(std::move(type));
}

Result<const ModuleType*> TypeArena::Add(ModuleType type) {
  TRY_VOID(Charge(kInstanceTypeCost + kExternCost * (type.imports.size() + type.exports.size())));
  if (type.imports.size() + type.exports.size() >= kMaxTypeSize)
    return Invalid("effective type size exceeds the limit of " + std::to_string(kMaxTypeSize));
  type.extent.size = static_cast<uint32_t>(1 + type.imports.size() + type.exports.size());
  return &modules_.emplace_back(std::move(type));
}

Result<const InstanceType*> TypeArena::Add(InstanceType type) {
  TRY_VOID(Charge(kInstanceTypeCost + kExternCost * type.exports.size() + type.resources.size()));
  ExtentSum sum;
  type.contains_resource = false;
  for (const NamedExtern& item : type.exports) {
    sum.Add(ExtentOf(item.type));
    type.contains_resource |= ContainsResource(item.type);
  }
  type.extent = TRY(sum.Check());
  type.by_name = SortByName(type.exports);
  return &instances_.emplace_back(std::move(type));
}

Result<const ComponentType*> TypeArena::Add(ComponentType type) {
  TRY_VOID(Charge(kInstanceTypeCost + kExternCost * (type.imports.size() + type.exports.size()) +
                  type.imported_resources.size() + type.defined_resources.size()));
  ExtentSum sum;
  type.contains_resource = false;
  for (const auto* items : {&type.imports, &type.exports}) {
    for (const NamedExtern& item : *items) {
      sum.Add(ExtentOf(item.type));
      type.contains_resource |= ContainsResource(item.type);
    }
  }
  type.extent = TRY(sum.Check());
  type.imports_by_name = SortByName(type.imports);
  type.exports_by_name = SortByName(type.exports);
  return &components_.emplace_back(std::move(type));
}

Result<const ValType*> TypeArena::List(const ValType* element) {
  ValType type;
  type.kind = ValKind::kList;
  type.element = element;
  return Add(std::move(type));
}

namespace {

ValType MakeTuple(std::span<const ValType* const> elements) {
  ValType type;
  type.kind = ValKind::kTuple;
  type.fields.reserve(elements.size());
  for (size_t i = 0; i < elements.size(); ++i)
    type.fields.push_back({.label = std::to_string(i), .type = elements[i]});
  return type;
}

}  // namespace

Result<const ValType*> TypeArena::Tuple(std::span<const ValType* const> elements) {
  return Add(MakeTuple(elements));
}

Result<const ValType*> TypeArena::MapEntry(const ValType* key, const ValType* value) {
  bool fits = true;  // each of the two does
  return AddOfAnySize(MakeTuple(std::array{key, value}), &fits);
}

Result<const ValType*> TypeArena::Option(const ValType* some) {
  ValType type;
  type.kind = ValKind::kOption;
  type.fields = {{.label = "none", .type = nullptr}, {.label = "some", .type = some}};
  return Add(std::move(type));
}

Result<const ValType*> TypeArena::ResultOf(const ValType* ok, const ValType* error) {
  ValType type;
  type.kind = ValKind::kResult;
  type.fields = {{.label = "ok", .type = ok}, {.label = "error", .type = error}};
  return Add(std::move(type));
}

Result<const ValType*> TypeArena::Handle(ValKind own_or_borrow, ResourceId resource,
                                         uint32_t resource_name) {
  ValType type;
  type.kind = own_or_borrow;
  type.resource = resource;
  type.resource_name = resource_name;
  return Add(std::move(type));
}

Result<const ValType*> TypeArena::Copy(const ValType& type) {
  TRY_VOID(Charge(kValTypeCost + type.fields.size()));
  return &vals_.emplace_back(type);
}

Result<const ValType*> TypeArena::Rename(const ValType& type) {
  TRY_VOID(Charge(kValTypeCost + type.fields.size()));
  ValType& result = vals_.emplace_back(type);
  const bool known = type.num_renamed < kMaxTypeDepth;
  result.renamed = known ? &type : nullptr;
  result.num_renamed = known ? type.num_renamed + 1 : 0;
  return &result;
}

}  // namespace component
