// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/types/substitution.h"

#include <algorithm>

namespace component {

using wasm::Result;

Result<ExternType> Substitution::Apply(ExternType type) {
  if (!ContainsResource(type)) return type;
  switch (type.sort) {
    case Sort::kFunc:
      type.func = TRY(Apply(type.func));
      break;
    case Sort::kValue:
      type.value = TRY(Apply(type.value));
      break;
    case Sort::kType:
      type.type = TRY(Apply(type.type));
      break;
    case Sort::kComponent:
      type.component = TRY(Apply(type.component));
      break;
    case Sort::kInstance:
      type.instance = TRY(Apply(type.instance));
      break;
    default:
      break;
  }
  return type;
}

Result<TypeEntry> Substitution::Apply(TypeEntry entry) {
  switch (entry.kind) {
    case TypeEntry::Kind::kVal:
      entry.val = TRY(Apply(entry.val));
      break;
    case TypeEntry::Kind::kFunc:
      entry.func = TRY(Apply(entry.func));
      break;
    case TypeEntry::Kind::kComponent:
      entry.component = TRY(Apply(entry.component));
      break;
    case TypeEntry::Kind::kInstance:
      entry.instance = TRY(Apply(entry.instance));
      break;
    case TypeEntry::Kind::kResource:
      entry.resource = Resolve(entry.resource);
      break;
  }
  return entry;
}

Result<const ValType*> Substitution::Apply(const ValType* type) {
  if (type == nullptr || !type->contains_resource) return type;
  if (const auto it = done_.find(type); it != done_.end())
    return static_cast<const ValType*>(it->second);
  // Copied when the first part changes.
  ValType copy = *type;
  bool changed = false;
  for (ValType::Field& field : copy.fields) {
    const ValType* part = TRY(Apply(field.type));
    changed |= part != field.type;
    field.type = part;
  }
  const ValType* element = TRY(Apply(copy.element));
  changed |= element != copy.element;
  copy.element = element;
  if (copy.resource != kNoResource) {
    copy.resource = Resolve(copy.resource);
    changed |= copy.resource != type->resource;
  }
  // The layout stays.
  const ValType* result = changed ? TRY(arena_.Rename(copy)) : type;
  done_[type] = result;
  return result;
}

Result<const FuncType*> Substitution::Apply(const FuncType* type) {
  if (!type->contains_resource) return type;
  if (const auto it = done_.find(type); it != done_.end())
    return static_cast<const FuncType*>(it->second);
  FuncType copy = *type;
  bool changed = false;
  for (ValType::Field& param : copy.params) {
    const ValType* part = TRY(Apply(param.type));
    changed |= part != param.type;
    param.type = part;
  }
  copy.result = TRY(Apply(copy.result));
  changed |= copy.result != type->result;
  const FuncType* result = changed ? TRY(arena_.Add(std::move(copy))) : type;
  done_[type] = result;
  return result;
}

Result<std::vector<NamedExtern>> Substitution::Apply(const std::vector<NamedExtern>& externs) {
  std::vector<NamedExtern> result;
  result.reserve(externs.size());
  for (const NamedExtern& item : externs)
    result.push_back({.name = item.name, .type = TRY(Apply(item.type))});
  return result;
}

Result<const InstanceType*> Substitution::Apply(const InstanceType* type) {
  if (!type->contains_resource) return type;
  if (const auto it = done_.find(type); it != done_.end())
    return static_cast<const InstanceType*>(it->second);
  InstanceType copy;
  copy.exports = TRY(Apply(type->exports));
  copy.resources = type->resources;
  const InstanceType* result = TRY(arena_.Add(std::move(copy)));
  done_[type] = result;
  return result;
}

Result<const ComponentType*> Substitution::Apply(const ComponentType* type) {
  if (!type->contains_resource) return type;
  if (const auto it = done_.find(type); it != done_.end())
    return static_cast<const ComponentType*>(it->second);
  // Most component types are closed: they stay as they are.
  FreeResources free;
  free.Collect(*type);
  const bool changes = std::any_of(map_.begin(), map_.end(),
                                   [&](const auto& entry) { return free.Contains(entry.first); });
  const ComponentType* result = type;
  if (changes) {
    ComponentType copy;
    copy.imports = TRY(Apply(type->imports));
    copy.exports = TRY(Apply(type->exports));
    copy.imported_resources = type->imported_resources;
    copy.defined_resources = type->defined_resources;
    result = TRY(arena_.Add(std::move(copy)));
  }
  done_[type] = result;
  return result;
}

void FreeResources::Collect(const ExternType& type) {
  switch (type.sort) {
    case Sort::kFunc:
      return Collect(*type.func);
    case Sort::kValue:
      return Collect(*type.value);
    case Sort::kType:
      return Collect(type.type);
    case Sort::kComponent:
      return Collect(*type.component);
    case Sort::kInstance:
      return Collect(*type.instance);
    default:
      return;
  }
}

void FreeResources::Collect(const TypeEntry& entry) {
  switch (entry.kind) {
    case TypeEntry::Kind::kVal:
      return Collect(*entry.val);
    case TypeEntry::Kind::kFunc:
      return Collect(*entry.func);
    case TypeEntry::Kind::kComponent:
      return Collect(*entry.component);
    case TypeEntry::Kind::kInstance:
      return Collect(*entry.instance);
    case TypeEntry::Kind::kResource:
      used_.insert(entry.resource);
      return;
  }
}

void FreeResources::Collect(const ValType& type) {
  if (!Enter(&type, type.contains_resource)) return;
  for (const ValType::Field& field : type.fields)
    if (field.type != nullptr) Collect(*field.type);
  if (type.element != nullptr) Collect(*type.element);
  if (type.resource != kNoResource) used_.insert(type.resource);
}

void FreeResources::Collect(const FuncType& type) {
  if (!Enter(&type, type.contains_resource)) return;
  for (const ValType::Field& param : type.params) Collect(*param.type);
  if (type.result != nullptr) Collect(*type.result);
}

void FreeResources::Collect(const InstanceType& type) {
  if (!Enter(&type, type.contains_resource)) return;
  for (const NamedExtern& item : type.exports) Collect(item.type);
  bound_.insert(type.resources.begin(), type.resources.end());
}

void FreeResources::Collect(const ComponentType& type) {
  if (!Enter(&type, type.contains_resource)) return;
  for (const NamedExtern& item : type.imports) Collect(item.type);
  for (const NamedExtern& item : type.exports) Collect(item.type);
  bound_.insert(type.imported_resources.begin(), type.imported_resources.end());
  bound_.insert(type.defined_resources.begin(), type.defined_resources.end());
}

bool FreeResources::empty() const {
  return std::all_of(used_.begin(), used_.end(),
                     [&](ResourceId id) { return bound_.contains(id); });
}

}  // namespace component
