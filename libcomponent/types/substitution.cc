// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/types/substitution.h"

#include <algorithm>

namespace component {

using wasm::Result;

void Substitution::MapNames(const ExternType& from, const ExternType& to) {
  if (from.sort != to.sort) return;
  if (from.sort == Sort::kInstance) {
    if (!named_.insert(from.instance).second) return;
    for (const NamedExtern& item : from.instance->exports) {
      const NamedExtern* actual = to.instance->Find(item.name.name);
      if (actual != nullptr) MapNames(item.type, actual->type);
    }
  } else if (from.sort == Sort::kType && from.type.kind == to.type.kind) {
    if (from.type.kind == TypeEntry::Kind::kResource) {
      names_[Key({from.type.resource, from.type.resource_name})] = {to.type.resource,
                                                                    to.type.resource_name};
    } else if (from.type.kind == TypeEntry::Kind::kVal && from.type.val != to.type.val) {
      done_[from.type.val] = to.type.val;
      renames_ = true;
    }
  }
}

Substitution::Named Substitution::Resolve(Named named) {
  if (const auto it = names_.find(Key(named)); it != names_.end()) return it->second;
  Named result = named;
  if (const auto it = map_.find(named.resource); it != map_.end()) result.resource = it->second;
  // A new name of what is known by another name now becomes a new name of that.
  uint32_t renamed = names_.empty() ? 0 : arena_.RenamedResource(named.name);
  for (uint32_t steps = 0; renamed != 0 && steps < kMaxTypeDepth; ++steps) {
    if (const auto it = names_.find(Key({named.resource, renamed})); it != names_.end()) {
      result = {it->second.resource, arena_.NewResourceName(it->second.name)};
      names_[Key(named)] = result;
      break;
    }
    renamed = arena_.RenamedResource(renamed);
  }
  return result;
}

Result<ExternType> Substitution::Apply(ExternType type) {
  if (!Concerns(ContainsResource(type))) return type;
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
    case TypeEntry::Kind::kResource: {
      const Named named = Resolve({entry.resource, entry.resource_name});
      entry.resource = named.resource;
      entry.resource_name = named.name;
      break;
    }
  }
  return entry;
}

Result<const ValType*> Substitution::Apply(const ValType* type) {
  if (type == nullptr || !Concerns(type->contains_resource)) return type;
  if (type->is_primitive() && type->renamed == nullptr) return type;
  if (const auto it = done_.find(type); it != done_.end())
    return static_cast<const ValType*>(it->second);
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
    const Named old{copy.resource, copy.resource_name};
    const Named named = Resolve(old);
    copy.resource = named.resource;
    copy.resource_name = named.name;
    changed |= named != old;
  }
  const ValType* renamed = TRY(Apply(copy.renamed));
  changed |= renamed != copy.renamed;
  copy.renamed = renamed;
  // The layout stays.
  const ValType* result = changed ? TRY(arena_.Copy(copy)) : type;
  done_[type] = result;
  return result;
}

Result<const FuncType*> Substitution::Apply(const FuncType* type) {
  if (!Concerns(type->contains_resource)) return type;
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

namespace {

// Whether a substitution that was given one of them made the other out of it.
bool SameNode(const ExternType& a, const ExternType& b) {
  return a.func == b.func && a.value == b.value && a.component == b.component &&
         a.instance == b.instance && a.type.val == b.type.val && a.type.func == b.type.func &&
         a.type.component == b.type.component && a.type.instance == b.type.instance &&
         a.type.resource == b.type.resource && a.type.resource_name == b.type.resource_name;
}

}  // namespace

Result<std::vector<NamedExtern>> Substitution::Apply(const std::vector<NamedExtern>& externs,
                                                     bool* changed) {
  std::vector<NamedExtern> result;
  result.reserve(externs.size());
  for (const NamedExtern& item : externs) {
    result.push_back({.name = item.name, .type = TRY(Apply(item.type))});
    *changed |= !SameNode(result.back().type, item.type);
  }
  return result;
}

Result<std::vector<NamedExtern>> Substitution::Apply(const std::vector<NamedExtern>& externs) {
  bool changed = false;
  return Apply(externs, &changed);
}

Result<const InstanceType*> Substitution::Apply(const InstanceType* type) {
  if (!Concerns(type->contains_resource)) return type;
  if (const auto it = done_.find(type); it != done_.end())
    return static_cast<const InstanceType*>(it->second);
  bool changed = false;
  InstanceType copy;
  copy.exports = TRY(Apply(type->exports, &changed));
  copy.resources = type->resources;
  const InstanceType* result = changed ? TRY(arena_.Add(std::move(copy))) : type;
  done_[type] = result;
  return result;
}

Result<const ComponentType*> Substitution::Apply(const ComponentType* type) {
  if (!Concerns(type->contains_resource)) return type;
  if (const auto it = done_.find(type); it != done_.end())
    return static_cast<const ComponentType*>(it->second);
  bool changed = false;
  ComponentType copy;
  copy.imports = TRY(Apply(type->imports, &changed));
  copy.exports = TRY(Apply(type->exports, &changed));
  copy.imported_resources = type->imported_resources;
  copy.defined_resources = type->defined_resources;
  const ComponentType* result = changed ? TRY(arena_.Add(std::move(copy))) : type;
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
