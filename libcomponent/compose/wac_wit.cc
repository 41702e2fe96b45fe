// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packages of WIT texts: their interfaces and worlds as types of the component model. An interface
// is read once: its resource types are the same for all that use it.

#include <algorithm>

#include "libcomponent/compose/wac_types.h"

namespace component::compose::wac {

namespace {

static_assert(static_cast<int>(wit::TypeKind::kErrorContext) ==
              static_cast<int>(ValKind::kErrorContext));

ValKind CompoundKind(wit::TypeDefKind kind) {
  switch (kind) {
    case wit::TypeDefKind::kRecord:
      return ValKind::kRecord;
    case wit::TypeDefKind::kFlags:
      return ValKind::kFlags;
    case wit::TypeDefKind::kVariant:
      return ValKind::kVariant;
    case wit::TypeDefKind::kEnum:
      return ValKind::kEnum;
    case wit::TypeDefKind::kList:
      return ValKind::kList;
    case wit::TypeDefKind::kFixedLengthList:
      return ValKind::kFixedLengthList;
    case wit::TypeDefKind::kFuture:
      return ValKind::kFuture;
    default:
      return ValKind::kStream;
  }
}

component::ExternType TypeExtern(const TypeEntry& entry) {
  component::ExternType type;
  type.sort = Sort::kType;
  type.type = entry;
  return type;
}

}  // namespace

Checked<const ValType*> Types::WitType(Wit* wit, const std::optional<wit::Type>& type, Span span) {
  if (!type) return nullptr;
  if (type->kind != wit::TypeKind::kDefined)
    return arena_.Prim(static_cast<ValKind>(static_cast<int>(type->kind)));
  const TypeEntry entry = TRY(WitEntry(wit, type->id, span));
  if (entry.kind == TypeEntry::Kind::kVal) return entry.val;
  return At(span, arena_.Handle(ValKind::kOwn, entry.resource, entry.resource_name));
}

Checked<const ValType*> Types::WitValue(Wit* wit, const wit::TypeDef& def, Span span) {
  std::vector<const ValType*> args;
  if (def.kind != wit::TypeDefKind::kOwn && def.kind != wit::TypeDefKind::kBorrow)
    for (const std::optional<wit::Type>& arg : def.args)
      args.push_back(TRY(WitType(wit, arg, span)));
  switch (def.kind) {
    case wit::TypeDefKind::kTuple:
      return At(span, arena_.Tuple(args));
    case wit::TypeDefKind::kOption:
      return At(span, arena_.Option(args[0]));
    case wit::TypeDefKind::kResult:
      return At(span, arena_.ResultOf(args[0], args[1]));
    case wit::TypeDefKind::kMap: {
      ValType map;
      map.kind = ValKind::kMap;
      map.element = TRY(At(span, arena_.MapEntry(args[0], args[1])));
      return At(span, arena_.Add(std::move(map)));
    }
    case wit::TypeDefKind::kOwn:
    case wit::TypeDefKind::kBorrow: {
      const TypeEntry resource = TRY(WitEntry(wit, def.args[0]->id, span));
      return At(span,
                arena_.Handle(def.kind == wit::TypeDefKind::kOwn ? ValKind::kOwn : ValKind::kBorrow,
                              resource.resource, resource.resource_name));
    }
    default:
      break;
  }
  ValType out;
  out.kind = CompoundKind(def.kind);
  out.length = def.length;
  if (!args.empty()) out.element = args[0];
  for (const wit::Case& item : def.cases)
    out.fields.push_back({.label = item.name, .type = TRY(WitType(wit, item.type, span))});
  return At(span, arena_.Add(std::move(out)));
}

Checked<TypeEntry> Types::WitEntry(Wit* wit, wit::TypeId id, Span span) {
  if (const auto known = wit->types.find(id.value); known != wit->types.end()) return known->second;
  const wit::TypeDef& def = wit->resolve()[id];
  TypeEntry entry;
  if (def.kind == wit::TypeDefKind::kResource) {
    entry.kind = TypeEntry::Kind::kResource;
    entry.resource = arena_.NewResource();
    entry.resource_name = arena_.NewResourceName();
  } else if (def.kind == wit::TypeDefKind::kAlias) {
    const wit::Type& target = *def.args[0];
    if (target.kind == wit::TypeKind::kDefined)
      entry = TRY(WitEntry(wit, target.id, span));
    else
      entry.val = TRY(WitType(wit, target, span));
    entry = TRY(Named(span, entry));
  } else {
    entry.val = TRY(WitValue(wit, def, span));
  }
  wit->types[id.value] = entry;
  return entry;
}

Checked<const FuncType*> Types::WitFunc(Wit* wit, const wit::Function& func, Span span) {
  FuncType out;
  out.is_async = func.is_async;
  for (const wit::Param& param : func.params)
    out.params.push_back({.label = param.name, .type = TRY(WitType(wit, param.type, span))});
  out.result = TRY(WitType(wit, func.result, span));
  return At(span, arena_.Add(std::move(out)));
}

Checked<ExternDef> Types::WitInterface(Wit* wit, wit::InterfaceId id, Span span) {
  if (const auto known = wit->interfaces.find(id.value); known != wit->interfaces.end())
    return known->second;
  const wit::Interface& interface = wit->resolve()[id];
  ExternDef def;
  for (const wit::InterfaceId used : wit->resolve().Dependencies(id)) {
    ExternDef other = TRY(WitInterface(wit, used, span));
    other.needed.push_back(std::move(other.item));
    for (NamedExtern& needed : other.needed) {
      const bool known =
          std::any_of(def.needed.begin(), def.needed.end(),
                      [&](const NamedExtern& n) { return n.name.name == needed.name.name; });
      if (!known) def.needed.push_back(std::move(needed));
    }
  }
  InstanceType type;
  for (const wit::TypeId item : interface.types)
    type.exports.push_back({.name = {.name = wit->resolve()[item].name},
                            .type = TypeExtern(TRY(WitEntry(wit, item, span)))});
  for (const wit::Function& func : interface.functions) {
    component::ExternType item;
    item.sort = Sort::kFunc;
    item.func = TRY(WitFunc(wit, func, span));
    type.exports.push_back({.name = {.name = func.name}, .type = item});
  }
  if (!interface.name.empty()) def.item.name.name = wit->resolve().NameOf(id);
  def.item.type.sort = Sort::kInstance;
  def.item.type.instance = TRY(At(span, arena_.Add(std::move(type))));
  wit->interfaces[id.value] = def;
  return def;
}

Checked<ExternDef> Types::WitWorld(Wit* wit, wit::WorldId id, Span span) {
  const wit::World& world = wit->resolve()[id];
  ComponentType type;
  // What is exported is not what is imported: exported interfaces make resources of their own.
  Substitution exported(&arena_);
  for (const wit::WorldItem& item : world.exports) {
    if (item.kind != wit::WorldItem::Kind::kInterface) continue;
    for (const wit::TypeId owned : wit->resolve()[item.interface].types)
      if (wit->resolve()[owned].kind == wit::TypeDefKind::kResource)
        exported.Map(TRY(WitEntry(wit, owned, span)).resource, arena_.NewResource());
  }
  for (const bool is_export : {false, true}) {
    for (const wit::WorldItem& item : is_export ? world.exports : world.imports) {
      NamedExtern named;
      if (item.kind == wit::WorldItem::Kind::kInterface) {
        named = TRY(WitInterface(wit, item.interface, span)).item;
      } else if (item.kind == wit::WorldItem::Kind::kType) {
        named.type = TypeExtern(TRY(WitEntry(wit, item.type, span)));
      } else {
        named.type.sort = Sort::kFunc;
        named.type.func = TRY(WitFunc(wit, item.function, span));
      }
      named.name = {.name = wit->resolve().NameOf(item)};
      if (is_export) named.type = TRY(At(span, exported.Apply(named.type)));
      (is_export ? type.exports : type.imports).push_back(std::move(named));
    }
  }
  std::set<ResourceId> seen;
  for (const NamedExtern& item : type.imports)
    CollectResources(item.type, &seen, &type.imported_resources);
  for (const NamedExtern& item : type.exports)
    CollectResources(item.type, &seen, &type.defined_resources);
  ExternDef def;
  def.item.name.name = wit->resolve().NameOf(id);
  def.item.type.sort = Sort::kComponent;
  def.item.type.component = TRY(At(span, arena_.Add(std::move(type))));
  return def;
}

Checked<ExternDef> Types::FromWit(const wac::Package& package, const ast::UsePath& path) {
  Wit& wit = wits_[package.wit.get()];
  wit.package = package.wit;
  const wit::Resolve& resolve = package.wit->resolve;
  const wit::PackageId root = package.wit->root;
  if (const auto interface = resolve.FindInterface(root, path.name.text))
    return WitInterface(&wit, *interface, path.name.span);
  if (const auto world = resolve.FindWorld(root, path.name.text))
    return WitWorld(&wit, *world, path.name.span);
  return Fail(path.name.span,
              "the package `" + path.package->ToString() + "` has no `" + path.name.text + "`");
}

}  // namespace component::compose::wac
