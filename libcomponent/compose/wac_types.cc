// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Value and function types, and interfaces; worlds are in wac_worlds.cc, other packages in
// wac_packages.cc.

#include "libcomponent/compose/wac_types.h"

#include <algorithm>
#include <set>

namespace component::compose::wac {

using wit::Problem;

// What an interface has so far. Names are unique as the component model asks for it.
struct Types::Scope {
  Names names;
  std::vector<NamedExtern> items;
  std::vector<NamedExtern> needed;
  std::set<std::string> taken;
};

const Declared* Names::Find(std::string_view name) const {
  for (const Names* at = this; at != nullptr; at = at->outer)
    if (const auto it = at->names.find(name); it != at->names.end()) return &it->second;
  return nullptr;
}

namespace {

ValKind PrimKind(ast::TypeKind kind) {
  switch (kind) {
    case ast::TypeKind::kBool:
      return ValKind::kBool;
    case ast::TypeKind::kS8:
      return ValKind::kS8;
    case ast::TypeKind::kU8:
      return ValKind::kU8;
    case ast::TypeKind::kS16:
      return ValKind::kS16;
    case ast::TypeKind::kU16:
      return ValKind::kU16;
    case ast::TypeKind::kS32:
      return ValKind::kS32;
    case ast::TypeKind::kU32:
      return ValKind::kU32;
    case ast::TypeKind::kS64:
      return ValKind::kS64;
    case ast::TypeKind::kU64:
      return ValKind::kU64;
    case ast::TypeKind::kF32:
      return ValKind::kF32;
    case ast::TypeKind::kF64:
      return ValKind::kF64;
    case ast::TypeKind::kChar:
      return ValKind::kChar;
    default:
      return ValKind::kString;
  }
}

component::ExternType TypeExtern(const TypeEntry& entry) {
  component::ExternType type;
  type.sort = Sort::kType;
  type.type = entry;
  return type;
}

component::ExternType FuncExtern(const FuncType* func) {
  component::ExternType type;
  type.sort = Sort::kFunc;
  type.func = func;
  return type;
}

TypeEntry ValEntry(const ValType* type) {
  TypeEntry entry;
  entry.kind = TypeEntry::Kind::kVal;
  entry.val = type;
  return entry;
}

}  // namespace

// ---- value types -------------------------------------------------------------------------------

Checked<TypeEntry> Types::Handled(const Names& names, const ast::Name& name) {
  const Declared* declared = names.Find(name.text);
  const auto* entry = declared == nullptr ? nullptr : std::get_if<TypeEntry>(&declared->what);
  if (entry == nullptr || entry->kind != TypeEntry::Kind::kResource)
    return Fail(name.span, declared == nullptr ? "there is no resource `" + name.text + "` here"
                                               : "`" + name.text + "` is not a resource");
  return *entry;
}

Checked<const ValType*> Types::Type(const Names& names, const ast::Type& type) {
  const auto argument = [&](size_t i) -> Checked<const ValType*> {
    if (type.args[i].kind == ast::TypeKind::kAbsent) return nullptr;
    return Type(names, type.args[i]);
  };
  switch (type.kind) {
    case ast::TypeKind::kNamed: {
      const Declared* declared = names.Find(type.name.text);
      if (declared == nullptr)
        return Fail(type.span, "there is no type `" + type.name.text + "` before this");
      const auto* entry = std::get_if<TypeEntry>(&declared->what);
      if (entry == nullptr) return Fail(type.span, "`" + type.name.text + "` is not a value type");
      if (entry->kind == TypeEntry::Kind::kVal) return entry->val;
      return At(type.span, arena_.Handle(ValKind::kOwn, entry->resource, entry->resource_name));
    }
    case ast::TypeKind::kOwn:
    case ast::TypeKind::kBorrow: {
      const TypeEntry entry = TRY(Handled(names, type.name));
      return At(type.span,
                arena_.Handle(type.kind == ast::TypeKind::kOwn ? ValKind::kOwn : ValKind::kBorrow,
                              entry.resource, entry.resource_name));
    }
    case ast::TypeKind::kTuple: {
      std::vector<const ValType*> elements;
      for (const ast::Type& arg : type.args) elements.push_back(TRY(Type(names, arg)));
      return At(type.span, arena_.Tuple(elements));
    }
    case ast::TypeKind::kList:
      return At(type.span, arena_.List(TRY(argument(0))));
    case ast::TypeKind::kOption:
      return At(type.span, arena_.Option(TRY(argument(0))));
    case ast::TypeKind::kResult: {
      const ValType* ok = TRY(argument(0));
      return At(type.span, arena_.ResultOf(ok, TRY(argument(1))));
    }
    case ast::TypeKind::kMap: {
      const ValType* key = TRY(argument(0));
      ValType map;
      map.kind = ValKind::kMap;
      map.element = TRY(At(type.span, arena_.MapEntry(key, TRY(argument(1)))));
      return At(type.span, arena_.Add(std::move(map)));
    }
    case ast::TypeKind::kFixedLengthList:
    case ast::TypeKind::kFuture:
    case ast::TypeKind::kStream: {
      ValType out;
      out.kind = type.kind == ast::TypeKind::kFuture   ? ValKind::kFuture
                 : type.kind == ast::TypeKind::kStream ? ValKind::kStream
                                                       : ValKind::kFixedLengthList;
      out.length = type.length;
      out.element = TRY(argument(0));
      return At(type.span, arena_.Add(std::move(out)));
    }
    default:
      return arena_.Prim(PrimKind(type.kind));
  }
}

const FuncType* Types::AliasedFunc(const Names& names, const ast::Typedef& type) {
  if (type.kind != ast::TypedefKind::kAlias || type.aliased.kind != ast::TypeKind::kNamed)
    return nullptr;
  const Declared* declared = names.Find(type.aliased.name.text);
  const auto* func = declared == nullptr ? nullptr : std::get_if<const FuncType*>(&declared->what);
  return func == nullptr ? nullptr : *func;
}

Checked<TypeEntry> Types::DeclareType(const Names& names, const ast::Typedef& type) {
  if (type.kind == ast::TypedefKind::kAlias) {
    if (type.aliased.kind == ast::TypeKind::kNamed) {
      const Declared* declared = names.Find(type.aliased.name.text);
      const auto* entry = declared == nullptr ? nullptr : std::get_if<TypeEntry>(&declared->what);
      if (entry != nullptr) return *entry;
    }
    return ValEntry(TRY(Type(names, type.aliased)));
  }
  ValType out;
  out.kind = type.kind == ast::TypedefKind::kRecord    ? ValKind::kRecord
             : type.kind == ast::TypedefKind::kVariant ? ValKind::kVariant
             : type.kind == ast::TypedefKind::kFlags   ? ValKind::kFlags
                                                       : ValKind::kEnum;
  std::set<std::string> labels;
  for (const ast::Case& item : type.cases) {
    if (!labels.insert(wit::CanonicalName(item.name.text)).second)
      return Fail(item.name.span, "`" + item.name.text + "` is there already");
    const ValType* payload = item.type ? TRY(Type(names, *item.type)) : nullptr;
    out.fields.push_back({.label = item.name.text, .type = payload});
  }
  if (out.fields.empty()) return Fail(type.name.span, "a record has at least one field");
  if (out.kind == ValKind::kFlags && out.fields.size() > 32)
    return Fail(type.name.span, "flags have 32 labels at most");
  return ValEntry(TRY(At(type.name.span, arena_.Add(std::move(out)))));
}

Checked<const FuncType*> Types::Func(const Names& names, const ast::Func& func) {
  return Func(names, func, nullptr);
}

Checked<const FuncType*> Types::Func(const Names& names, const ast::Func& func,
                                     const TypeEntry* resource) {
  FuncType out;
  out.is_async = func.is_async;
  const auto handle = [&](ValKind kind) {
    return At(func.name.span, arena_.Handle(kind, resource->resource, resource->resource_name));
  };
  if (func.kind == ast::FuncKind::kMethod)
    out.params.push_back({.label = "self", .type = TRY(handle(ValKind::kBorrow))});
  std::set<std::string> labels;
  for (const ast::Param& param : func.params) {
    if (!labels.insert(wit::CanonicalName(param.name.text)).second)
      return Fail(param.name.span, "`" + param.name.text + "` is there already");
    out.params.push_back({.label = param.name.text, .type = TRY(Type(names, param.type))});
  }
  if (func.result) out.result = TRY(Type(names, *func.result));
  if (out.result != nullptr && out.result->contains_borrow)
    return Fail(func.result->span, "a result cannot contain a borrow");
  if (func.kind == ast::FuncKind::kConstructor && !func.result)
    out.result = TRY(handle(ValKind::kOwn));
  return At(func.name.span, arena_.Add(std::move(out)));
}

// ---- interfaces --------------------------------------------------------------------------------

// A type gets a node of its own where it gets a name.
Checked<TypeEntry> Types::Named(Span span, TypeEntry entry) {
  if (entry.kind == TypeEntry::Kind::kVal)
    entry.val = TRY(At(span, arena_.Rename(*entry.val)));
  else if (entry.kind == TypeEntry::Kind::kResource)
    entry.resource_name = arena_.NewResourceName();
  return entry;
}

Checked<TypeEntry> Types::Packaged(Span span, const ExternDef& def) {
  ComponentType type;
  std::set<ResourceId> seen;
  for (const NamedExtern& needed : def.needed)
    CollectResources(needed.type, &seen, &type.imported_resources);
  CollectResources(def.item.type, &seen, &type.defined_resources);
  type.imports = def.needed;
  type.exports.push_back(def.item);
  TypeEntry entry;
  entry.kind = TypeEntry::Kind::kComponent;
  entry.component = TRY(At(span, arena_.Add(std::move(type))));
  return entry;
}

Checked<void> Types::AddItem(Scope* scope, Span span, std::string name,
                             component::ExternType type) {
  if (!scope->taken.insert(wit::CanonicalName(name)).second)
    return Fail(span, "`" + name + "` is there already");
  scope->items.push_back({.name = {.name = std::move(name)}, .type = type});
  return {};
}

Checked<void> Types::AddUse(Scope* scope, const ast::Use& use) {
  ExternDef def = TRY(Resolve(scope->names, use.path));
  if (def.item.type.sort != Sort::kInstance)
    return Fail(use.path.name.span, "`" + use.path.name.text + "` is not an interface");
  if (def.item.name.name.empty())
    return Fail(use.path.name.span, "types can only be used from an interface with a name");
  for (const ast::UseName& used : use.names) {
    const NamedExtern* item = def.item.type.instance->Find(used.name.text);
    if (item == nullptr || item->type.sort != Sort::kType)
      return Fail(used.name.span,
                  "`" + def.item.name.name + "` has no type `" + used.name.text + "`");
    const TypeEntry entry = TRY(Named(used.as.span, item->type.type));
    TRY_VOID(AddItem(scope, used.as.span, used.as.text, TypeExtern(entry)));
    scope->names.names[used.as.text] = {.what = entry};
  }
  // Each once: interfaces that use each other again and again would add up.
  def.needed.push_back(std::move(def.item));
  for (NamedExtern& needed : def.needed) {
    const bool known =
        std::any_of(scope->needed.begin(), scope->needed.end(), [&](const NamedExtern& other) {
          return other.name.name == needed.name.name && other.type.instance == needed.type.instance;
        });
    if (!known) scope->needed.push_back(std::move(needed));
  }
  return {};
}

Checked<void> Types::AddResourceFunc(Scope* scope, const ast::Typedef& type,
                                     const TypeEntry& resource, const ast::Func& func) {
  const std::string& owner = type.name.text;
  const std::string name = func.kind == ast::FuncKind::kConstructor ? "[constructor]" + owner
                           : func.kind == ast::FuncKind::kMethod
                               ? "[method]" + owner + "." + func.name.text
                               : "[static]" + owner + "." + func.name.text;
  const FuncType* func_type = TRY(Func(scope->names, func, &resource));
  return AddItem(scope, func.name.span, name, FuncExtern(func_type));
}

Checked<void> Types::AddType(Scope* scope, const ast::Typedef& type) {
  TypeEntry entry;
  if (type.kind == ast::TypedefKind::kResource) {
    entry.kind = TypeEntry::Kind::kResource;
    entry.resource = arena_.NewResource();
    entry.resource_name = arena_.NewResourceName();
  } else {
    entry = TRY(Named(type.name.span, TRY(DeclareType(scope->names, type))));
  }
  TRY_VOID(AddItem(scope, type.name.span, type.name.text, TypeExtern(entry)));
  scope->names.names[type.name.text] = {.what = entry};
  for (const ast::Func& func : type.funcs) TRY_VOID(AddResourceFunc(scope, type, entry, func));
  return {};
}

Checked<const InstanceType*> Types::Items(const Names& names, const Interface& interface,
                                          std::vector<NamedExtern>* needed) {
  Scope scope;
  scope.names.outer = &names;
  for (const InterfaceItem& item : interface.items) {
    if (const auto* use = std::get_if<ast::Use>(&item)) {
      TRY_VOID(AddUse(&scope, *use));
    } else if (const auto* type = std::get_if<ast::Typedef>(&item)) {
      if (const FuncType* func = AliasedFunc(scope.names, *type))
        scope.names.names[type->name.text] = {.what = func};
      else
        TRY_VOID(AddType(&scope, *type));
    } else if (const auto* func = std::get_if<ast::Func>(&item)) {
      const FuncType* func_type = TRY(Func(scope.names, *func));
      TRY_VOID(AddItem(&scope, func->name.span, func->name.text, FuncExtern(func_type)));
    } else if (const auto* alias = std::get_if<FuncAlias>(&item)) {
      const FuncType* func_type = TRY(Func(scope.names, alias->type));
      scope.names.names[alias->name.text] = {.what = func_type};
    } else if (const auto* ref = std::get_if<FuncRef>(&item)) {
      const Declared* declared = scope.names.Find(ref->type.text);
      const auto* found =
          declared == nullptr ? nullptr : std::get_if<const FuncType*>(&declared->what);
      if (found == nullptr)
        return Fail(ref->type.span,
                    "there is no function type `" + ref->type.text + "` before this");
      TRY_VOID(AddItem(&scope, ref->name.span, ref->name.text, FuncExtern(*found)));
    }
  }
  *needed = std::move(scope.needed);
  InstanceType type;
  type.exports = std::move(scope.items);
  return At(interface.name.span, arena_.Add(std::move(type)));
}

Checked<ExternDef> Types::DeclareInterface(const Names& names, const Interface& interface) {
  ExternDef def;
  if (!interface.name.text.empty())
    def.item.name.name = package_.InterfaceName(interface.name.text);
  def.item.type.sort = Sort::kInstance;
  def.item.type.instance = TRY(Items(names, interface, &def.needed));
  return def;
}

Checked<ExternDef> Types::Resolve(const Names& names, const ExternType& type, std::string name) {
  ExternDef def;
  if (const auto* path = std::get_if<ast::UsePath>(&type)) {
    def = TRY(Resolve(names, *path));
    if (!name.empty()) def.item.name = {.name = std::move(name)};
    return def;
  }
  if (const auto* func = std::get_if<ast::Func>(&type))
    def.item.type = FuncExtern(TRY(Func(names, *func)));
  else
    def = TRY(DeclareInterface(names, std::get<Interface>(type)));
  def.item.name = {.name = std::move(name)};
  return def;
}

}  // namespace component::compose::wac
