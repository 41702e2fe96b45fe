// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces: types in an order in which each follows those it is made of, then functions
// [wit:name-resolution].

#include <algorithm>
#include <utility>

#include "libcomponent/wit/resolver_impl.h"

namespace component::wit {
namespace {

// [explainer:definition-types]
constexpr size_t kMaxFlags = 32;

void CollectNames(const ast::Type& type, std::vector<const ast::Name*>* out) {
  const bool named = type.kind == ast::TypeKind::kNamed || type.kind == ast::TypeKind::kOwn ||
                     type.kind == ast::TypeKind::kBorrow;
  if (named) out->push_back(&type.name);
  for (const ast::Type& arg : type.args) CollectNames(arg, out);
}

TypeKind PrimitiveKind(ast::TypeKind kind) {
  static_assert(static_cast<int>(ast::TypeKind::kString) == static_cast<int>(TypeKind::kString));
  return static_cast<TypeKind>(kind);
}

}  // namespace

bool Resolver::Claim(Context& context, std::string_view name, Span span) {
  return context.taken->insert(CanonicalName(name)).second ||
         Fail(span, "the name `" + std::string(name) + "` is taken here");
}

bool Resolver::CheckDepth(TypeId id, Span span) {
  return out_[id].depth <= kMaxTypeDepth || Fail(span, "types nest too deeply here");
}

bool Resolver::FindType(Context& context, const ast::Name& name, TypeId* out) {
  const auto found = context.scope->find(name.text);
  if (found == context.scope->end()) return Fail(name.span, "there is no type `" + name.text + "`");
  switch (found->second.kind) {
    case ScopeEntry::Kind::kFunction:
      return Fail(name.span, "`" + name.text + "` is a function, not a type");
    case ScopeEntry::Kind::kExcluded:
      return Fail(name.span, "`" + name.text + "` is left out: its feature is not enabled");
    case ScopeEntry::Kind::kType:
      break;
  }
  *out = found->second.type;
  return true;
}

// [wit:handles]
bool Resolver::ResolveHandle(Context& context, const ast::Type& type, TypeDef* out) {
  TypeId resource;
  if (!FindType(context, type.name, &resource)) return false;
  const Type target = out_.Dealias(Type::Of(resource));
  if (target.kind != TypeKind::kDefined || out_[target.id].kind != TypeDefKind::kResource)
    return Fail(type.name.span, "`" + type.name.text + "` is not a resource, so it has no handles");
  out->kind = type.kind == ast::TypeKind::kOwn ? TypeDefKind::kOwn : TypeDefKind::kBorrow;
  out->args = {Type::Of(resource)};
  return true;
}

// A type that is made of others.
bool Resolver::ResolveTypeDef(Context& context, const ast::Type& type, TypeDef* out) {
  switch (type.kind) {
    case ast::TypeKind::kTuple:
      out->kind = TypeDefKind::kTuple;
      break;
    case ast::TypeKind::kList:
      out->kind = TypeDefKind::kList;
      break;
    case ast::TypeKind::kFixedLengthList:
      out->kind = TypeDefKind::kFixedLengthList;
      out->length = type.length;
      break;
    case ast::TypeKind::kOption:
      out->kind = TypeDefKind::kOption;
      break;
    case ast::TypeKind::kResult:
      out->kind = TypeDefKind::kResult;
      break;
    case ast::TypeKind::kMap:
      out->kind = TypeDefKind::kMap;
      break;
    case ast::TypeKind::kFuture:
      out->kind = TypeDefKind::kFuture;
      break;
    case ast::TypeKind::kStream:
      out->kind = TypeDefKind::kStream;
      break;
    default:
      return ResolveHandle(context, type, out);
  }
  for (const ast::Type& arg : type.args) {
    std::optional<Type>& resolved = out->args.emplace_back();
    if (arg.kind == ast::TypeKind::kAbsent) continue;
    if (!ResolveType(context, arg, &resolved.emplace())) return false;
    const bool channel = out->kind == TypeDefKind::kFuture || out->kind == TypeDefKind::kStream;
    if (channel && resolved->kind == TypeKind::kDefined && out_[resolved->id].contains_borrow)
      return Fail(arg.span, "borrowed handles cannot be sent through futures and streams");
  }
  return true;
}

bool Resolver::ResolveType(Context& context, const ast::Type& type, Type* out) {
  if (type.kind <= ast::TypeKind::kString) {
    out->kind = PrimitiveKind(type.kind);
    return true;
  }
  TypeDef def;
  if (type.kind == ast::TypeKind::kNamed) {
    // Not a keyword: a type of this name takes precedence.
    if (type.name.text == "error-context" && !context.scope->contains(type.name.text)) {
      out->kind = TypeKind::kErrorContext;
      return true;
    }
    TypeId id;
    if (!FindType(context, type.name, &id)) return false;
    const Type target = out_.Dealias(Type::Of(id));
    // The name of a resource means a handle that owns it.
    if (target.kind != TypeKind::kDefined || out_[target.id].kind != TypeDefKind::kResource) {
      *out = Type::Of(id);
      return true;
    }
    def.kind = TypeDefKind::kOwn;
    def.args = {Type::Of(id)};
  } else if (!ResolveTypeDef(context, type, &def)) {
    return false;
  }
  *out = Type::Of(out_.Intern(std::move(def)));
  return CheckDepth(out->id, type.span) && Count(1 + type.args.size(), type.span);
}

TypeId Resolver::AddType(Context& context, TypeDef type, const ast::Name& name,
                         const ast::Attributes& attributes) {
  type.name = name.text;
  type.owner = context.owner;
  type.docs = attributes.docs;
  type.stability = StabilityOf(attributes);
  type.external_id = attributes.external_id;
  const TypeId id = out_.Add(std::move(type));
  (*context.scope)[name.text] = {ScopeEntry::Kind::kType, id};
  return id;
}

// [wit:item-use]
bool Resolver::ResolveUse(Context& context, const ast::Use& use, std::vector<TypeId>* out) {
  bool included = false;
  if (!Included(context.block, use.attributes, use.path.name.span, &included)) return false;
  if (!included) {
    for (const ast::UseName& name : use.names)
      context.scope->emplace(name.as.text, ScopeEntry{ScopeEntry::Kind::kExcluded, {}});
    return true;
  }
  const uint32_t item = FindItem(context.block, use.path, false);
  if (item == kNone) return false;
  for (const ast::UseName& name : use.names) {
    Context from{.scope = &scopes_[items_[item].interface_id.value]};
    TypeId target;
    if (!FindType(from, name.name, &target)) return false;
    if (!Claim(context, name.as.text, name.as.span) || !Count(1, name.as.span)) return false;
    ast::Attributes attributes = use.attributes;
    attributes.docs.clear();
    out->push_back(AddType(context, {.kind = TypeDefKind::kAlias, .args = {Type::Of(target)}},
                           name.as, attributes));
    if (!CheckDepth(out->back(), name.as.span)) return false;
  }
  return true;
}

bool Resolver::ResolveTypedef(Context& context, const ast::Typedef& item, TypeId* out) {
  TypeDef def;
  std::unordered_set<std::string> taken;
  for (const ast::Case& part : item.cases) {
    if (!taken.insert(CanonicalName(part.name.text)).second)
      return Fail(part.name.span, "the name `" + part.name.text + "` is taken here");
    Case& resolved = def.cases.emplace_back();
    resolved.name = part.name.text;
    resolved.docs = part.docs;
    if (part.type && !ResolveType(context, *part.type, &resolved.type.emplace())) return false;
  }
  switch (item.kind) {
    case ast::TypedefKind::kRecord:
      def.kind = TypeDefKind::kRecord;
      break;
    case ast::TypedefKind::kFlags:
      def.kind = TypeDefKind::kFlags;
      if (item.cases.size() > kMaxFlags)
        return Fail(item.name.span, "flags have at most 32 labels");
      break;
    case ast::TypedefKind::kVariant:
      def.kind = TypeDefKind::kVariant;
      break;
    case ast::TypedefKind::kEnum:
      def.kind = TypeDefKind::kEnum;
      break;
    case ast::TypedefKind::kResource:
      def.kind = TypeDefKind::kResource;
      break;
    case ast::TypedefKind::kAlias: {
      const ast::Type& aliased = item.aliased;
      TypeId target;
      if (aliased.kind == ast::TypeKind::kNamed && context.scope->contains(aliased.name.text)) {
        if (!FindType(context, aliased.name, &target)) return false;
        def.args = {Type::Of(target)};
      } else if (aliased.kind <= ast::TypeKind::kNamed) {
        if (!ResolveType(context, aliased, &def.args.emplace_back().emplace())) return false;
      } else if (!ResolveTypeDef(context, aliased, &def)) {
        return false;
      }
      break;
    }
  }
  if (!Count(1 + item.cases.size() + def.args.size(), item.name.span)) return false;
  *out = AddType(context, std::move(def), item.name, item.attributes);
  return CheckDepth(*out, item.name.span);
}

// `use` first, then definitions behind what they are made of.
bool Resolver::ResolveTypes(Context& context, const TypeItems& items, std::vector<TypeId>* out) {
  for (const ast::Use* use : items.uses)
    if (!ResolveUse(context, *use, out)) return false;
  std::vector<const ast::Typedef*> typedefs;
  std::unordered_map<std::string_view, uint32_t> index;
  for (const ast::Typedef* item : items.typedefs) {
    bool included = false;
    if (!Included(context.block, item->attributes, item->name.span, &included)) return false;
    if (!included) {
      context.scope->emplace(item->name.text, ScopeEntry{ScopeEntry::Kind::kExcluded, {}});
      continue;
    }
    if (!Claim(context, item->name.text, item->name.span)) return false;
    index.emplace(item->name.text, static_cast<uint32_t>(typedefs.size()));
    typedefs.push_back(item);
  }
  std::vector<std::vector<Edge>> edges(typedefs.size());
  std::vector<const ast::Name*> names;
  for (uint32_t i = 0; i < typedefs.size(); ++i) {
    names.clear();
    CollectNames(typedefs[i]->aliased, &names);
    for (const ast::Case& part : typedefs[i]->cases)
      if (part.type) CollectNames(*part.type, &names);
    for (const ast::Name* name : names)
      if (auto found = index.find(name->text); found != index.end())
        edges[i].push_back({found->second, name->span});
  }
  std::vector<uint32_t> order;
  if (const auto cycle = Sort(edges, &order)) {
    return Fail(cycle->entered,
                "the type `" + typedefs[cycle->node]->name.text + "` depends on itself");
  }
  for (uint32_t at : order)
    if (!ResolveTypedef(context, *typedefs[at], &out->emplace_back())) return false;
  return true;
}

// [wit:item-resource]: a constructor that can fail says `result<the-resource, …>`.
bool Resolver::CheckConstructorResult(const ast::Type& written, TypeId resource,
                                      const Function& function) {
  if (written.kind != ast::TypeKind::kResult)
    return Fail(written.span, "a constructor's result is not written, or is a `result`");
  const std::optional<Type>& ok = out_[function.result->id].args[0];
  const bool is_own =
      ok && ok->kind == TypeKind::kDefined && out_[ok->id].kind == TypeDefKind::kOwn;
  if (is_own && out_.Dealias(*out_[ok->id].args[0]).id == resource) return true;
  const Span span =
      written.args[0].kind == ast::TypeKind::kAbsent ? written.span : written.args[0].span;
  return Fail(span, "a constructor makes its own resource, `" + out_[resource].name + "`");
}

bool Resolver::ResolveFunction(Context& context, const ast::Func& func, const TypeId* resource,
                               Function* out) {
  out->is_async = func.is_async;
  out->docs = func.attributes.docs;
  out->stability = StabilityOf(func.attributes);
  out->external_id = func.attributes.external_id;
  out->name = func.name.text;
  std::unordered_set<std::string> taken;
  if (resource != nullptr) {
    out->resource = *resource;
    const std::string& owner = out_[*resource].name;
    switch (func.kind) {
      case ast::FuncKind::kFreestanding:
      case ast::FuncKind::kMethod: {
        out->kind = FunctionKind::kMethod;
        out->name = "[method]" + owner + "." + func.name.text;
        TypeDef self{.kind = TypeDefKind::kBorrow, .args = {Type::Of(*resource)}};
        out->params.push_back({"self", Type::Of(out_.Intern(std::move(self)))});
        taken.insert("self");
        break;
      }
      case ast::FuncKind::kStatic:
        out->kind = FunctionKind::kStatic;
        out->name = "[static]" + owner + "." + func.name.text;
        break;
      case ast::FuncKind::kConstructor:
        out->kind = FunctionKind::kConstructor;
        out->name = "[constructor]" + owner;
        break;
    }
  }
  if (!Count(1 + func.params.size(), func.name.span)) return false;
  for (const ast::Param& param : func.params) {
    if (!taken.insert(CanonicalName(param.name.text)).second)
      return Fail(param.name.span, "the parameter `" + param.name.text + "` is there already");
    out->params.push_back({param.name.text, {}});
    if (!ResolveType(context, param.type, &out->params.back().type)) return false;
  }
  if (func.result && !ResolveType(context, *func.result, &out->result.emplace())) return false;
  if (func.kind == ast::FuncKind::kConstructor) {
    if (func.result) {
      if (!CheckConstructorResult(*func.result, *resource, *out)) return false;
    } else {
      TypeDef own{.kind = TypeDefKind::kOwn, .args = {Type::Of(*resource)}};
      out->result = Type::Of(out_.Intern(std::move(own)));
    }
  }
  if (out->result && out->result->kind == TypeKind::kDefined &&
      out_[out->result->id].contains_borrow)
    return Fail(func.name.span, "the result of `" + out->name + "` contains a borrowed handle");
  return true;
}

bool Resolver::ResolveResourceFunctions(Context& context, const ast::Typedef& resource,
                                        std::vector<Function>* out) {
  bool resource_included = false;
  if (!Included(context.block, resource.attributes, resource.name.span, &resource_included))
    return false;
  for (const ast::Func& func : resource.funcs) {
    bool included = false;
    if (!Included(context.block, func.attributes, func.name.span, &included)) return false;
    if (!included) continue;
    if (!resource_included) {
      return Fail(func.name.span, "`" + func.name.text + "` needs the gate of its resource `" +
                                      resource.name.text + "`, whose feature is not enabled");
    }
    const TypeId id = context.scope->at(resource.name.text).type;
    Function function;
    if (!ResolveFunction(context, func, &id, &function)) return false;
    if (!Claim(context, function.name, func.name.span)) return false;
    out->push_back(std::move(function));
  }
  return true;
}

bool Resolver::FillInterface(InterfaceId id, uint32_t block,
                             const std::vector<ast::InterfaceItem>& items) {
  TypeScope scope;
  std::unordered_set<std::string> taken;
  Context context{.block = block, .owner = Owner::Of(id), .scope = &scope, .taken = &taken};
  TypeItems types;
  for (const ast::InterfaceItem& item : items) {
    if (const auto* use = std::get_if<ast::Use>(&item)) types.uses.push_back(use);
    if (const auto* def = std::get_if<ast::Typedef>(&item)) types.typedefs.push_back(def);
    if (const auto* func = std::get_if<ast::Func>(&item))
      scope.emplace(func->name.text, ScopeEntry{ScopeEntry::Kind::kFunction, {}});
  }
  std::vector<TypeId> type_ids;
  if (!ResolveTypes(context, types, &type_ids)) return false;
  std::vector<Function> functions;
  for (const ast::InterfaceItem& item : items) {
    if (const auto* def = std::get_if<ast::Typedef>(&item)) {
      if (!ResolveResourceFunctions(context, *def, &functions)) return false;
    } else if (const auto* func = std::get_if<ast::Func>(&item)) {
      bool included = false;
      if (!Included(block, func->attributes, func->name.span, &included)) return false;
      if (!included) continue;
      if (!Claim(context, func->name.text, func->name.span) ||
          !ResolveFunction(context, *func, nullptr, &functions.emplace_back()))
        return false;
    }
  }
  out_[id].types = std::move(type_ids);
  out_[id].functions = std::move(functions);
  scopes_[id.value] = std::move(scope);
  dependencies_[id.value] = out_.Dependencies(id);
  return true;
}

InterfaceId Resolver::NewInterface(Interface interface) {
  out_.interfaces.push_back(std::move(interface));
  scopes_.emplace_back();
  dependencies_.emplace_back();
  return InterfaceId(static_cast<uint32_t>(out_.interfaces.size() - 1));
}

bool Resolver::ResolveInterface(Item& item) {
  const ast::Interface& interface = *item.interface;
  const PackageId package = UnitOf(item.block).id;
  item.interface_id = NewInterface({.name = interface.name.text,
                                    .package = package,
                                    .types = {},
                                    .functions = {},
                                    .docs = interface.attributes.docs,
                                    .stability = StabilityOf(interface.attributes)});
  out_[package].interfaces.push_back(item.interface_id);
  return Count(1, interface.name.span) &&
         FillInterface(item.interface_id, item.block, interface.items);
}

}  // namespace component::wit
