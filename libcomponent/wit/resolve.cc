// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/resolve.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace component::wit {

std::string_view Function::ItemName() const {
  if (kind == FunctionKind::kConstructor) return {};
  const std::string_view text = name;
  return kind == FunctionKind::kFreestanding ? text : text.substr(text.find('.') + 1);
}

std::optional<PackageId> Resolve::FindPackage(const PackageName& name) const {
  for (uint32_t i = 0; i < packages.size(); ++i)
    if (packages[i].name == name) return PackageId(i);
  return std::nullopt;
}

std::optional<InterfaceId> Resolve::FindInterface(PackageId package, std::string_view name) const {
  for (InterfaceId id : (*this)[package].interfaces)
    if ((*this)[id].name == name) return id;
  return std::nullopt;
}

std::optional<WorldId> Resolve::FindWorld(PackageId package, std::string_view name) const {
  for (WorldId id : (*this)[package].worlds)
    if ((*this)[id].name == name) return id;
  return std::nullopt;
}

std::optional<TypeId> Resolve::FindType(InterfaceId interface, std::string_view name) const {
  for (TypeId id : (*this)[interface].types)
    if ((*this)[id].name == name) return id;
  return std::nullopt;
}

std::string Resolve::NameOf(InterfaceId id) const {
  const Interface& interface = (*this)[id];
  return (*this)[interface.package].name.InterfaceName(interface.name);
}

std::string Resolve::NameOf(WorldId id) const {
  const World& world = (*this)[id];
  return (*this)[world.package].name.InterfaceName(world.name);
}

std::string Resolve::NameOf(const WorldItem& item) const {
  return item.name.empty() ? NameOf(item.interface) : item.name;
}

Type Resolve::Dealias(Type type) const {
  while (type.kind == TypeKind::kDefined && (*this)[type.id].kind == TypeDefKind::kAlias)
    type = *(*this)[type.id].args[0];
  return type;
}

std::optional<InterfaceId> Resolve::UsedFrom(TypeId id) const {
  const TypeDef& type = (*this)[id];
  if (type.kind != TypeDefKind::kAlias || type.args[0]->kind != TypeKind::kDefined)
    return std::nullopt;
  const TypeDef& target = (*this)[type.args[0]->id];
  if (target.owner.kind != Owner::Kind::kInterface || target.owner == type.owner)
    return std::nullopt;
  return InterfaceId(target.owner.index);
}

std::vector<InterfaceId> Resolve::Dependencies(InterfaceId id) const {
  std::vector<InterfaceId> out;
  std::unordered_set<uint32_t> known;
  for (TypeId type : (*this)[id].types) {
    const auto from = UsedFrom(type);
    if (from && known.insert(from->value).second) out.push_back(*from);
  }
  return out;
}

TypeId Resolve::Add(TypeDef type) {
  const auto include = [&](const std::optional<Type>& part) {
    if (!part || part->kind != TypeKind::kDefined) return;
    const TypeDef& def = (*this)[part->id];
    type.contains_borrow |= def.contains_borrow;
    type.depth = std::max(type.depth, def.depth + 1);
  };
  for (const Case& item : type.cases) include(item.type);
  for (const std::optional<Type>& arg : type.args) include(arg);
  if (type.kind == TypeDefKind::kBorrow) type.contains_borrow = true;
  types.push_back(std::move(type));
  return TypeId(static_cast<uint32_t>(types.size() - 1));
}

TypeId Resolve::Intern(TypeDef type) {
  std::string key = std::to_string(static_cast<int>(type.kind));
  if (type.kind == TypeDefKind::kFixedLengthList) key += "*" + std::to_string(type.length);
  for (const std::optional<Type>& arg : type.args) {
    key += ",";
    if (!arg) continue;
    key += std::to_string(static_cast<int>(arg->kind));
    if (arg->kind == TypeKind::kDefined) key += ":" + std::to_string(arg->id.value);
  }
  if (auto found = anonymous_.find(key); found != anonymous_.end()) return found->second;
  const TypeId id = Add(std::move(type));
  anonymous_.emplace(std::move(key), id);
  return id;
}

}  // namespace component::wit
