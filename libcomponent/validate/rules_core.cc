// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core types, module types and core instances [Explainer: core:type] [Explainer: core:instance].

#include <set>
#include <utility>

#include "libcomponent/types/subtyping.h"
#include "libcomponent/validate/rules.h"
#include "libwasm/binary/limits.h"
#include "libwasm/module/module.h"
#include "libwasm/validate/module_context.h"
#include "libwasm/validate/module_validator.h"

namespace component {

using wasm::HeapType;
using wasm::Result;
using wasm::SubType;
using wasm::TypeId;
using wasm::TypeStore;

Result<void> Rules::CheckCoreType(Scope* scope, const CoreType& type) {
  if (const auto* rec = std::get_if<CoreRecType>(&type.type))
    return AddRecType(&scope->core_types, *rec);
  const ModuleType* module = TRY(CheckModuleType(*scope, std::get<CoreModuleType>(type.type)));
  scope->core_types.push_back({.id = wasm::kNoTypeId, .module = module});
  return {};
}

// [valid-rectype] [valid-subtype], in terms of an index space that is not a module's.
Result<void> Rules::AddRecType(std::vector<CoreTypeEntry>* types, const CoreRecType& rec) {
  const uint32_t first = static_cast<uint32_t>(types->size());
  const uint32_t count = static_cast<uint32_t>(rec.types.size());
  if ((rec.explicit_group || count != 1) && !HasCore(wasm::Feature::kGc))
    return Invalid("rec group usage requires the feature gc");
  // As TypeStore::AddGroup wants indices: a TypeId, or a number within the group.
  const auto to_group = [&](uint32_t index, uint32_t limit) -> Result<uint32_t> {
    if (index >= limit) return std::unexpected(OutOfBounds(index, "type"));
    if (index >= first) return TypeStore::kRecBit | (index - first);
    if ((*types)[index].module != nullptr)
      return Invalid("core type index " + std::to_string(index) + " is a module type");
    return (*types)[index].id;
  };
  const auto val_to_group = [&](wasm::ValType* type) -> Result<void> {
    if (!wasm::validate::HasType(engine_.options().features, *type))
      return Invalid("type " + trenail::ToString(*type) + " needs a feature that is off");
    if (!type->is_ref() || !type->heap_type().is_concrete()) return {};
    const uint32_t number = TRY(to_group(type->heap_type().concrete(), first + count));
    *type = wasm::ValType::Ref(HeapType::Concrete(number), type->is_nullable());
    return {};
  };
  std::vector<SubType> group = rec.types;
  std::vector<uint32_t> depths(count);
  for (uint32_t i = 0; i < count; ++i) {
    SubType& type = group[i];
    const bool plain =
        type.is_final && type.supertypes.empty() && type.comp.kind == wasm::CompType::Kind::kFunc;
    if (!plain && !HasCore(wasm::Feature::kGc))
      return Invalid("struct, array and sub types require the feature gc");
    if (type.supertypes.size() > 1) return Invalid("multiple supertypes are not supported");
    for (uint32_t& super : type.supertypes) {
      super = TRY(to_group(super, first + i));
      depths[i] = 1 + ((super & TypeStore::kRecBit) != 0 ? depths[super & ~TypeStore::kRecBit]
                                                         : store_.Get(super).depth);
      if (depths[i] > wasm::limits::kSubtypeDepth) return Invalid("sub type hierarchy too deep");
    }
    for (wasm::ValType& t : type.comp.func.params) TRY_VOID(val_to_group(&t));
    for (wasm::ValType& t : type.comp.func.results) TRY_VOID(val_to_group(&t));
    for (wasm::FieldType& f : type.comp.fields) TRY_VOID(val_to_group(&f.type));
  }
  if (count == 0) return {};
  const TypeId id = TRY(At(store_.AddGroup(group)));
  for (uint32_t i = 0; i < count; ++i) types->push_back({.id = id + i, .module = nullptr});
  for (uint32_t i = 0; i < count; ++i) {
    const wasm::CanonType& type = store_.Get(id + i);
    for (const TypeId super_id : type.type.supertypes) {
      const SubType& super = store_.Get(super_id).type;
      if (super.is_final) return Invalid("sub type cannot have a final super type");
      if (!store_.Matches(type.type.comp, super.comp))
        return Invalid("sub type " + std::to_string(first + i) + " does not match its super type");
    }
  }
  return {};
}

Result<wasm::ValType> Rules::CanonicalCoreValType(const std::vector<CoreTypeEntry>& types,
                                                  wasm::ValType type) {
  if (!wasm::validate::HasType(engine_.options().features, type))
    return Invalid("type " + trenail::ToString(type) + " needs a feature that is off");
  if (!type.is_ref() || !type.heap_type().is_concrete()) return type;
  const uint32_t index = type.heap_type().concrete();
  const CoreTypeEntry entry = TRY(Get(types, index, "type"));
  if (entry.module != nullptr)
    return Invalid("core type index " + std::to_string(index) + " is a module type");
  return wasm::ValType::Ref(HeapType::Concrete(entry.id), type.is_nullable());
}

trenail::ExternType Rules::CoreFuncExtern(wasm::ExternKind kind, TypeId id) const {
  trenail::ExternType type;
  type.kind = kind;
  type.func = store_.Get(id).type.comp.func;
  type.type_id = id;
  return type;
}

Result<trenail::ExternType> Rules::CheckCoreExtern(const std::vector<CoreTypeEntry>& types,
                                                   const CoreExternType& syntax) {
  trenail::ExternType type;
  type.kind = syntax.kind;
  // Limits are judged by the rules for modules, in a module that imports nothing else.
  auto module = std::make_shared<wasm::Module>();
  module->features = engine_.options().features;
  switch (syntax.kind) {
    case wasm::ExternKind::kFunc:
    case wasm::ExternKind::kTag: {
      if (syntax.kind == wasm::ExternKind::kTag && !HasCore(wasm::Feature::kExceptions))
        return Invalid("tags need the feature exceptions");
      const CoreTypeEntry entry = TRY(Get(types, syntax.type, "type"));
      if (entry.module != nullptr ||
          store_.Get(entry.id).type.comp.kind != wasm::CompType::Kind::kFunc)
        return Invalid("core type index " + std::to_string(syntax.type) + " is not a func type");
      type = CoreFuncExtern(syntax.kind, entry.id);
      if (syntax.kind == wasm::ExternKind::kTag && !type.func.results.empty())
        return Invalid("non-empty tag result type");
      return type;
    }
    case wasm::ExternKind::kGlobal:
      type.global = syntax.global;
      type.global.type = TRY(CanonicalCoreValType(types, syntax.global.type));
      return type;
    case wasm::ExternKind::kTable:
      type.table = syntax.table;
      type.table.element = TRY(CanonicalCoreValType(types, syntax.table.element));
      module->tables.push_back({.type = syntax.table, .init = {}});
      module->tables.back().type.element = wasm::kFuncRef;
      module->num_imported_tables = 1;
      break;
    case wasm::ExternKind::kMemory:
      type.memory = syntax.memory;
      module->memories.push_back({.type = syntax.memory});
      module->num_imported_memories = 1;
      break;
  }
  auto judged = wasm::validate::ValidateWithoutBodies(std::move(module), store_);
  if (!judged.has_value()) return Invalid(judged.error().message());
  return type;
}

Result<const ModuleType*> Rules::CheckModuleType(const Scope& scope, const CoreModuleType& syntax) {
  ModuleType type;
  std::vector<CoreTypeEntry> types;
  std::set<std::string_view> export_names;
  for (const CoreModuleDecl& decl : syntax.decls) {
    switch (decl.kind) {
      case CoreModuleDecl::Kind::kImport:
        type.imports.push_back({.module = decl.module,
                                .name = decl.name,
                                .type = TRY(CheckCoreExtern(types, decl.type))});
        break;
      case CoreModuleDecl::Kind::kExport:
        if (!export_names.insert(decl.name).second)
          return Invalid("export name `" + decl.name + "` already defined");
        type.exports.push_back({.name = decl.name, .type = TRY(CheckCoreExtern(types, decl.type))});
        break;
      case CoreModuleDecl::Kind::kType: {
        const auto* rec = std::get_if<CoreRecType>(&decl.core_type->type);
        if (rec == nullptr) return Invalid("a module type cannot contain another one");
        TRY_VOID(AddRecType(&types, *rec));
        break;
      }
      case CoreModuleDecl::Kind::kAlias: {
        // The module type is a scope of its own: what it aliases lies at least one further out.
        const Scope* target = &scope;
        for (uint32_t i = 1; i < decl.outer_count && target != nullptr; ++i)
          target = target->parent;
        if (target == nullptr)
          return Invalid("invalid outer alias count of " + std::to_string(decl.outer_count));
        const CoreTypeEntry entry =
            TRY(Get(decl.outer_count == 0 ? types : target->core_types, decl.outer_index, "type"));
        if (entry.module != nullptr) return Invalid("a module type cannot alias another one");
        types.push_back(entry);
        break;
      }
    }
  }
  TRY_VOID(CheckImportsDiffer(type.imports));
  return At(arena_->Add(std::move(type)));
}

// Two imports of the same names could not be told apart when they are supplied.
Result<void> Rules::CheckImportsDiffer(const std::vector<trenail::ImportType>& imports) {
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (const trenail::ImportType& import : imports)
    if (!names.emplace(import.module, import.name).second)
      return Invalid("duplicate import name `" + import.module + ':' + import.name + '`');
  return {};
}

Result<trenail::ExternType> Rules::CoreItemType(const Scope& scope, const SortIdx& item) {
  trenail::ExternType type;
  switch (item.sort) {
    case Sort::kCoreFunc:
      return CoreFuncExtern(wasm::ExternKind::kFunc,
                            TRY(Get(scope.core_funcs, item.index, "function")));
    case Sort::kCoreTable:
      type.kind = wasm::ExternKind::kTable;
      type.table = TRY(Get(scope.core_tables, item.index, "table"));
      return type;
    case Sort::kCoreMemory:
      type.kind = wasm::ExternKind::kMemory;
      type.memory = TRY(Get(scope.core_memories, item.index, "memory"));
      return type;
    case Sort::kCoreGlobal:
      type.kind = wasm::ExternKind::kGlobal;
      type.global = TRY(Get(scope.core_globals, item.index, "global"));
      return type;
    case Sort::kCoreTag:
      if (!HasCore(wasm::Feature::kExceptions)) return Invalid("tags need the feature exceptions");
      return CoreFuncExtern(wasm::ExternKind::kTag, TRY(Get(scope.core_tags, item.index, "tag")));
    default:
      return Invalid("core instances cannot export the sort " + std::string(SortName(item.sort)));
  }
}

Result<std::shared_ptr<const CoreInstanceType>> Rules::CheckCoreInstance(
    const Scope& scope, const CoreInstanceDef& instance) {
  if (!instance.instantiate) {
    auto type = std::make_shared<CoreInstanceType>();
    for (const CoreInlineExport& exported : instance.exports)
      if (!type->exports.emplace(exported.name, TRY(CoreItemType(scope, exported.item))).second)
        return Invalid("export name `" + exported.name + "` already defined");
    return type;
  }
  const ModuleType* module = TRY(Get(scope.core_modules, instance.module, "module"));
  std::unordered_map<std::string_view, const CoreInstanceType*> args;
  for (const CoreInstantiateArg& arg : instance.args) {
    if (arg.instance >= scope.core_instances.size())
      return std::unexpected(OutOfBounds(arg.instance, "core instance"));
    if (!args.emplace(arg.name, scope.core_instances[arg.instance].get()).second)
      return Invalid("duplicate module instantiation argument named `" + arg.name + '`');
  }
  Matcher matcher(store_, &budget_);
  for (const trenail::ImportType& import : module->imports) {
    const auto arg = args.find(import.module);
    if (arg == args.end())
      return Invalid("missing module instantiation argument named `" + import.module + '`');
    const auto offered = arg->second->exports.find(import.name);
    if (offered == arg->second->exports.end())
      return Invalid("module instantiation argument `" + import.module +
                     "` does not export an item named `" + import.name + '`');
    if (!matcher.Matches(offered->second, import.type))
      return Invalid("type mismatch for export `" + import.name +
                     "` of module instantiation argument `" + import.module +
                     "`: " + matcher.TakeError());
  }
  std::shared_ptr<const CoreInstanceType>& type = core_instances_[module];
  if (type == nullptr) {
    auto made = std::make_shared<CoreInstanceType>();
    for (const trenail::ExportType& exported : module->exports)
      made->exports.emplace(exported.name, exported.type);
    type = std::move(made);
  }
  return type;
}

}  // namespace component
