// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Imports and exports, their names and types [Explainer: Import and Export Definitions].

#include <utility>

#include "libcomponent/types/substitution.h"
#include "libcomponent/types/subtyping.h"
#include "libcomponent/validate/rules.h"

namespace component {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

Result<const InstanceType*> Rules::Open(const InstanceType& type, std::vector<ResourceId>* fresh) {
  if (type.resources.empty()) return &type;
  Substitution substitution(arena_.get());
  for (ResourceId id : type.resources) {
    fresh->push_back(arena_->NewResource());
    substitution.Map(id, fresh->back());
  }
  InstanceType opened;
  opened.exports = TRY(At(substitution.Apply(type.exports)));
  return At(arena_->Add(std::move(opened)));
}

// The type of a new import or export; the resource types it brings with it are added to `fresh`.
Result<ExternType> Rules::Introduce(const Scope& scope, const ExternDesc& desc,
                                    std::vector<ResourceId>* fresh) {
  ExternType type;
  type.sort = desc.sort;
  const auto of_type = [&](TypeEntry::Kind kind, std::string_view what) -> Result<TypeEntry> {
    TypeEntry entry = TRY(Get(scope.types, desc.index, "type"));
    if (entry.kind != kind)
      return Invalid("type index " + std::to_string(desc.index) + " is not " + std::string(what));
    return entry;
  };
  switch (desc.sort) {
    case Sort::kCoreModule:
      type.module = TRY(Get(scope.core_types, desc.index, "type")).module;
      if (type.module == nullptr)
        return Invalid("core type index " + std::to_string(desc.index) + " is not a module type");
      break;
    case Sort::kFunc:
      type.func = TRY(of_type(TypeEntry::Kind::kFunc, "a function type")).func;
      break;
    case Sort::kComponent:
      type.component = TRY(of_type(TypeEntry::Kind::kComponent, "a component type")).component;
      break;
    case Sort::kInstance: {
      const TypeEntry entry = TRY(of_type(TypeEntry::Kind::kInstance, "an instance type"));
      type.instance = TRY(Open(*entry.instance, fresh));
      break;
    }
    case Sort::kValue:
      TRY_VOID(Need(Feature::kValues, "a value"));
      type.value = desc.value_type.has_value() ? TRY(CheckValType(scope, *desc.value_type))
                                               : TRY(Get(scope.values, desc.index, "value")).type;
      if (type.value->contains_borrow) return Invalid("a value cannot contain a `borrow` type");
      break;
    case Sort::kType:
      if (desc.bound == ExternDesc::Bound::kSubResource) {
        type.type.kind = TypeEntry::Kind::kResource;
        type.type.resource = arena_->NewResource();
        type.type.resource_name = arena_->NewResourceName();
        fresh->push_back(type.type.resource);
        break;
      }
      type.type = TRY(Get(scope.types, desc.index, "type"));
      if (type.type.kind == TypeEntry::Kind::kVal)
        type.type.val = TRY(At(arena_->Rename(*type.type.val)));
      else if (type.type.kind == TypeEntry::Kind::kResource)
        type.type.resource_name = arena_->NewResourceName(type.type.resource_name);
      break;
    default:
      return Invalid("core " + std::string(SortName(desc.sort)) +
                     "s cannot be imported or exported");
  }
  return type;
}

void Rules::AddToIndexSpace(Scope* scope, const ExternType& type) {
  switch (type.sort) {
    case Sort::kCoreModule:
      scope->core_modules.push_back(type.module);
      break;
    case Sort::kFunc:
      scope->funcs.push_back(type.func);
      break;
    case Sort::kValue:
      scope->values.push_back({.type = type.value});
      break;
    case Sort::kType:
      scope->types.push_back(type.type);
      break;
    case Sort::kComponent:
      scope->components.push_back(type.component);
      break;
    case Sort::kInstance:
      scope->instances.push_back(type.instance);
      break;
    default:
      break;
  }
}

Result<ExternType> Rules::ItemType(Scope* scope, const SortIdx& item) {
  ExternType type;
  type.sort = item.sort;
  switch (item.sort) {
    case Sort::kCoreModule:
      type.module = TRY(Get(scope->core_modules, item.index, "module"));
      break;
    case Sort::kFunc:
      type.func = TRY(Get(scope->funcs, item.index, "function"));
      break;
    case Sort::kValue:
      type.value = TRY(UseValue(scope, item.index));
      break;
    case Sort::kType:
      type.type = TRY(Get(scope->types, item.index, "type"));
      break;
    case Sort::kComponent:
      type.component = TRY(Get(scope->components, item.index, "component"));
      break;
    case Sort::kInstance:
      type.instance = TRY(Get(scope->instances, item.index, "instance"));
      break;
    default:
      return Invalid("core " + std::string(SortName(item.sort)) +
                     "s cannot be passed between components");
  }
  return type;
}

Result<void> Rules::CheckImport(Scope* scope, const ExternName& name, const ExternDesc& desc) {
  const ExternType type = TRY(Introduce(*scope, desc, &scope->imported_resources));
  AddToIndexSpace(scope, type);
  return Declare(scope, Direction::kImport, name, type);
}

Result<void> Rules::CheckExportDecl(Scope* scope, const ExternName& name, const ExternDesc& desc) {
  const ExternType type = TRY(Introduce(*scope, desc, &scope->defined_resources));
  AddToIndexSpace(scope, type);
  return Declare(scope, Direction::kExport, name, type);
}

Result<void> Rules::CheckExport(Scope* scope, const Export& exported) {
  ExternType type = TRY(ItemType(scope, exported.item));
  if (exported.type.has_value()) {
    const ExternType item = type;
    std::vector<ResourceId> fresh;
    type = TRY(Introduce(*scope, *exported.type, &fresh));
    Matcher matcher(store_, &budget_);
    for (ResourceId id : fresh) matcher.Map(Matcher::Side::kSuper, id, kNoResource);
    if (!matcher.Matches(item, type))
      return Invalid("ascribed type of export is not compatible with item's type: " +
                     matcher.TakeError());
    scope->defined_resources.insert(scope->defined_resources.end(), fresh.begin(), fresh.end());
  } else if (type.sort == Sort::kType) {
    if (type.type.kind == TypeEntry::Kind::kVal)
      type.type.val = TRY(At(arena_->Rename(*type.type.val)));
    else if (type.type.kind == TypeEntry::Kind::kResource)
      type.type.resource_name = arena_->NewResourceName(type.type.resource_name);
  }
  AddToIndexSpace(scope, type);
  // The value went out of the component already.
  if (type.sort == Sort::kValue) scope->values.back().used = true;
  return Declare(scope, Direction::kExport, exported.name, type);
}

Result<void> Rules::Declare(Scope* scope, Direction direction, const ExternName& name,
                            const ExternType& type) {
  const bool is_import = direction == Direction::kImport;
  DeclaredNames& declared = is_import ? scope->import_names : scope->export_names;
  // Methods and constructors are of resources that are imported or exported next to them.
  if (type.sort == Sort::kType && type.type.kind == TypeEntry::Kind::kResource) {
    declared.resources.emplace(NamedResource(type.type.resource, type.type.resource_name),
                               name.name);
    declared.resource_names.insert(name.name);
  }
  TRY_VOID(CheckName(direction, name, type, &declared));
  // An instance type is judged where it is imported or exported.
  if (scope->kind != Scope::Kind::kInstanceType) {
    if (!CheckVisible(type, is_import ? &scope->imported : &scope->exported))
      return Invalid(std::string(SortName(type.sort)) + " not valid to be used as " +
                     (is_import ? "import" : "export"));
    // Exports may mention what was imported.
    if (is_import) CheckVisible(type, &scope->exported);
  }
  (is_import ? scope->imports : scope->exports).push_back({.name = name, .type = type});
  return {};
}

Result<void> Rules::CheckName(Direction direction, const ExternName& name, const ExternType& type,
                              DeclaredNames* declared) {
  const std::string what = direction == Direction::kImport ? "import" : "export";
  const ParsedName parsed = TRY(At(CheckExternName(name, features_)));
  if (direction == Direction::kExport && parsed.kind > ParsedName::Kind::kInterface)
    return Invalid("name `" + name.name + "` is not a valid export name");
  if (type.sort != Sort::kInstance) {
    if (name.implements.has_value()) return Invalid("only instances can have an `implements`");
    if (name.version_suffix.has_value())
      return Invalid("only instances can have a `versionsuffix`");
  }
  TRY_VOID(CheckAnnotation(parsed, type, *declared));
  const auto [it, added] = declared->by_key.emplace(UniquenessKey(name.name), name.name);
  if (!added)
    return Invalid(what + " name `" + name.name + "` conflicts with previous name `" + it->second +
                   '`');
  return {};
}

// [Binary: Import and Export Definitions]: what annotated names ask of a function's type.
Result<void> Rules::CheckAnnotation(const ParsedName& name, const ExternType& type,
                                    const DeclaredNames& declared) {
  const bool is_constructor = name.kind == ParsedName::Kind::kConstructor;
  const bool is_method = name.kind == ParsedName::Kind::kMethod;
  if (!is_constructor && !is_method && name.kind != ParsedName::Kind::kStatic) return {};
  if (type.sort != Sort::kFunc)
    return Invalid("item with the name of a constructor, method or static function is not a func");
  const FuncType& func = *type.func;
  const ValType* handle = nullptr;
  if (is_constructor) {
    if (func.is_async) return Invalid("constructor function cannot be async");
    if (func.result == nullptr) return Invalid("function should return one value");
    handle = func.result->kind == ValKind::kResult ? func.result->fields[0].type : func.result;
    if (handle == nullptr || handle->kind != ValKind::kOwn)
      return Invalid("function should return `(own $T)` or `(result (own $T))`");
  } else if (is_method) {
    if (func.params.empty()) return Invalid("function should have at least one argument");
    if (func.params[0].label != "self")
      return Invalid("function should have a first argument called `self`");
    handle = func.params[0].type;
    if (handle->kind != ValKind::kBorrow)
      return Invalid("function should take a first argument of `(borrow $T)`");
  } else {
    if (!declared.resource_names.contains(std::string(name.resource)))
      return Invalid("static resource name is not known in this context");
    return {};
  }
  const auto it = declared.resources.find(NamedResource(handle->resource, handle->resource_name));
  if (it == declared.resources.end())
    return Invalid("resource used in function does not have a name in this context");
  if (it->second != name.resource)
    return Invalid("function does not match expected resource name `" + it->second + '`');
  return {};
}

namespace {

// [Explainer: External Visibility of Types]
class Visibility {
 public:
  explicit Visibility(VisibleTypes* visible) : visible_(*visible) {}

  // What may be used anonymously, of named parts.
  bool Named(const ValType& type) {
    switch (type.kind) {
      case ValKind::kRecord:
      case ValKind::kVariant:
      case ValKind::kFlags:
      case ValKind::kEnum:
        return visible_.vals.contains(&type);
      default:
        return PartsNamed(type);
    }
  }

  bool PartsNamed(const ValType& type) {
    if (type.is_primitive()) return true;
    if (type.resource != kNoResource)
      return visible_.resources.contains(NamedResource(type.resource, type.resource_name));
    if (visible_.checked.contains(&type)) return true;
    for (const ValType::Field& field : type.fields)
      if (field.type != nullptr && !Named(*field.type)) return false;
    if (type.element != nullptr && !Named(*type.element)) return false;
    visible_.checked.insert(&type);
    return true;
  }

  bool PartsNamed(const FuncType& type) {
    if (visible_.checked.contains(&type)) return true;
    for (const ValType::Field& param : type.params)
      if (!Named(*param.type)) return false;
    if (type.result != nullptr && !Named(*type.result)) return false;
    visible_.checked.insert(&type);
    return true;
  }

  // An instance type that is exported as a type names nothing by itself.
  bool PartsNamed(const InstanceType& type) {
    if (visible_.checked.contains(&type)) return true;
    for (const NamedExtern& item : type.exports) {
      switch (item.type.sort) {
        case Sort::kFunc:
          if (!PartsNamed(*item.type.func)) return false;
          break;
        case Sort::kValue:
          if (!PartsNamed(*item.type.value)) return false;
          break;
        case Sort::kType:
          if (!PartsNamed(item.type.type)) return false;
          break;
        case Sort::kInstance:
          if (!PartsNamed(*item.type.instance)) return false;
          break;
        default:
          break;
      }
    }
    visible_.checked.insert(&type);
    return true;
  }

  bool PartsNamed(const TypeEntry& entry) {
    switch (entry.kind) {
      case TypeEntry::Kind::kVal:
        return PartsNamed(*entry.val);
      case TypeEntry::Kind::kFunc:
        return PartsNamed(*entry.func);
      case TypeEntry::Kind::kInstance:
        return PartsNamed(*entry.instance);
      case TypeEntry::Kind::kComponent:  // judged when it was made
      case TypeEntry::Kind::kResource:
        return true;
    }
    return true;
  }

 private:
  VisibleTypes& visible_;
};

}  // namespace

bool CheckVisible(const ExternType& type, VisibleTypes* visible) {
  switch (type.sort) {
    case Sort::kFunc:
      return Visibility(visible).PartsNamed(*type.func);
    case Sort::kValue:
      return Visibility(visible).Named(*type.value);
    case Sort::kType:
      if (!Visibility(visible).PartsNamed(type.type)) return false;
      if (type.type.kind == TypeEntry::Kind::kVal)
        visible->vals.insert(type.type.val);
      else if (type.type.kind == TypeEntry::Kind::kResource)
        visible->resources.insert(NamedResource(type.type.resource, type.type.resource_name));
      return true;
    case Sort::kInstance:
      // In order, so that an export may mention the types before it.
      if (visible->introduced.contains(type.instance)) return true;
      for (const NamedExtern& item : type.instance->exports)
        if (!CheckVisible(item.type, visible)) return false;
      visible->introduced.insert(type.instance);
      return true;
    default:
      return true;  // modules and components are closed
  }
}

}  // namespace component
