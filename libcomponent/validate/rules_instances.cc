// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instances and aliases [Explainer: Instance Definitions] [Explainer: Alias Definitions].

#include <utility>

#include "libcomponent/types/substitution.h"
#include "libcomponent/types/subtyping.h"
#include "libcomponent/validate/rules.h"

namespace component {

using wasm::Result;

Result<const InstanceType*> Rules::CheckInstance(Scope* scope, const InstanceDef& instance) {
  if (instance.instantiate) return Instantiate(scope, instance);
  InstanceType type;
  // Nothing inside has an index, so that no function can speak of a resource next to it.
  DeclaredNames declared;
  for (const InlineExport& exported : instance.exports) {
    const ExternType item = TRY(ItemType(scope, exported.item));
    TRY_VOID(CheckName(Direction::kExport, exported.name, item, &declared));
    type.exports.push_back({.name = exported.name, .type = item});
  }
  return At(arena_->Add(std::move(type)));
}

Result<const InstanceType*> Rules::Instantiate(Scope* scope, const InstanceDef& instance) {
  const ComponentType* component = TRY(Get(scope->components, instance.component, "component"));
  std::unordered_map<std::string_view, ExternType> args;
  for (const InstantiateArg& arg : instance.args) {
    const ExternType item = TRY(ItemType(scope, arg.item));
    if (!args.emplace(arg.name, item).second)
      return Invalid("instantiation argument `" + arg.name +
                     "` conflicts with previous argument `" + arg.name + '`');
  }
  // The abstract types of the imports stand for the types of the arguments from here on.
  Matcher matcher(store_, &budget_);
  for (ResourceId id : component->imported_resources)
    matcher.Map(Matcher::Side::kSuper, id, kNoResource);
  for (const NamedExtern& import : component->imports) {
    const auto it = args.find(import.name.name);
    if (it == args.end()) return Invalid("missing import named `" + import.name.name + '`');
    if (!matcher.Matches(it->second, import.type))
      return Invalid("type mismatch for import `" + import.name.name + "`: " + matcher.TakeError());
  }

  InstanceType type;
  if (component->imports.empty() && component->defined_resources.empty()) {
    const InstanceType*& plain = plain_instances_[component];
    if (plain == nullptr) {
      type.exports = component->exports;
      plain = TRY(At(arena_->Add(std::move(type))));
    }
    return plain;
  }
  Substitution substitution(arena_.get());
  for (ResourceId id : component->imported_resources)
    substitution.Map(id, matcher.Resolve(Matcher::Side::kSuper, id));
  for (const NamedExtern& import : component->imports)
    substitution.MapNames(import.type, args.at(import.name.name));
  for (ResourceId id : component->defined_resources) {
    scope->defined_resources.push_back(arena_->NewResource());
    substitution.Map(id, scope->defined_resources.back());
  }
  type.exports = TRY(At(substitution.Apply(component->exports)));
  return At(arena_->Add(std::move(type)));
}

Result<void> Rules::CheckAlias(Scope* scope, const Alias& alias) {
  if (scope->kind != Scope::Kind::kComponent) {
    const bool allowed =
        alias.sort == Sort::kType ||
        alias.sort == (alias.kind == Alias::Kind::kOuter ? Sort::kCoreType : Sort::kInstance);
    if (!allowed || alias.kind == Alias::Kind::kCoreExport)
      return Invalid(
          "aliases in a component or instance type may only refer to types or instances");
  }
  switch (alias.kind) {
    case Alias::Kind::kExport:
      return CheckExportAlias(scope, alias);
    case Alias::Kind::kCoreExport:
      return CheckCoreExportAlias(scope, alias);
    case Alias::Kind::kOuter:
      return CheckOuterAlias(scope, alias);
  }
  return {};
}

Result<void> Rules::CheckExportAlias(Scope* scope, const Alias& alias) {
  const InstanceType* instance = TRY(Get(scope->instances, alias.instance, "instance"));
  const NamedExtern* exported = instance->Find(alias.name);
  if (exported == nullptr)
    return Invalid("instance " + std::to_string(alias.instance) + " has no export named `" +
                   alias.name + '`');
  if (exported->type.sort != alias.sort)
    return Invalid("export `" + alias.name + "` for instance " + std::to_string(alias.instance) +
                   " is not a " + std::string(SortName(alias.sort)));
  if (alias.sort == Sort::kValue) TRY_VOID(Need(Feature::kValues, "a value"));
  AddToIndexSpace(scope, exported->type);
  return {};
}

Result<void> Rules::CheckCoreExportAlias(Scope* scope, const Alias& alias) {
  if (alias.instance >= scope->core_instances.size())
    return std::unexpected(OutOfBounds(alias.instance, "core instance"));
  const auto& exports = scope->core_instances[alias.instance]->exports;
  const auto it = exports.find(alias.name);
  if (it == exports.end())
    return Invalid("core instance " + std::to_string(alias.instance) + " has no export named `" +
                   alias.name + '`');
  const trenail::ExternType& type = it->second;
  const auto expect = [&](wasm::ExternKind kind) -> Result<void> {
    if (type.kind != kind)
      return Invalid("export `" + alias.name + "` for core instance " +
                     std::to_string(alias.instance) + " is not a " +
                     std::string(SortName(alias.sort)));
    return {};
  };
  switch (alias.sort) {
    case Sort::kCoreFunc:
      TRY_VOID(expect(wasm::ExternKind::kFunc));
      scope->core_funcs.push_back(type.type_id);
      return {};
    case Sort::kCoreTable:
      TRY_VOID(expect(wasm::ExternKind::kTable));
      scope->core_tables.push_back(type.table);
      return {};
    case Sort::kCoreMemory:
      TRY_VOID(expect(wasm::ExternKind::kMemory));
      scope->core_memories.push_back(type.memory);
      return {};
    case Sort::kCoreGlobal:
      TRY_VOID(expect(wasm::ExternKind::kGlobal));
      scope->core_globals.push_back(type.global);
      return {};
    case Sort::kCoreTag:
      if (!HasCore(wasm::Feature::kExceptions)) return Invalid("tags need the feature exceptions");
      TRY_VOID(expect(wasm::ExternKind::kTag));
      scope->core_tags.push_back(type.type_id);
      return {};
    default:
      return Invalid("core instances have no exports of this sort");
  }
}

Result<void> Rules::CheckOuterAlias(Scope* scope, const Alias& alias) {
  const Scope* target = scope;
  bool leaves_component = false;
  for (uint32_t i = 0; i < alias.outer_count; ++i) {
    leaves_component |= target->kind == Scope::Kind::kComponent;
    target = target->parent;
    if (target == nullptr)
      return Invalid("invalid outer alias count of " + std::to_string(alias.outer_count));
  }
  // A component could be moved out of another: it may refer to what is the same everywhere only.
  const auto check_closed = [&](const auto& type) -> Result<void> {
    if (!leaves_component) return {};
    FreeResources free;
    free.Collect(type);
    if (free.visited() > budget_) return Invalid("types are too complex to be aliased");
    budget_ -= free.visited();
    if (!free.empty())
      return Invalid(
          "cannot alias outer type which transitively refers to resources not defined in the "
          "current component");
    return {};
  };
  switch (alias.sort) {
    case Sort::kCoreModule:
      scope->core_modules.push_back(TRY(Get(target->core_modules, alias.outer_index, "module")));
      return {};
    case Sort::kCoreType:
      scope->core_types.push_back(TRY(Get(target->core_types, alias.outer_index, "type")));
      return {};
    case Sort::kComponent: {
      const ComponentType* type = TRY(Get(target->components, alias.outer_index, "component"));
      TRY_VOID(check_closed(*type));
      scope->components.push_back(type);
      return {};
    }
    case Sort::kType: {
      const TypeEntry entry = TRY(Get(target->types, alias.outer_index, "type"));
      TRY_VOID(check_closed(entry));
      scope->types.push_back(entry);
      return {};
    }
    default:
      return Invalid("outer aliases cannot be of the sort " + std::string(SortName(alias.sort)));
  }
}

}  // namespace component
