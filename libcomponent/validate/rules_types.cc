// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type definitions [Explainer: Type Definitions] [Binary: Type Definitions].

#include <algorithm>
#include <iterator>
#include <utility>

#include "libcomponent/types/subtyping.h"
#include "libcomponent/validate/rules.h"

namespace component {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

namespace {

// Checks the labels of one record, variant and so on, one after the other.
class Labels {
 public:
  // "record field name `x` conflicts with previous field name `X`"
  Labels(std::string_view what, std::string_view previous) : what_(what), previous_(previous) {}

  Result<void> Add(const std::string& label) {
    const std::string what(what_);
    if (label.empty()) return Invalid(what + " name cannot be empty");
    if (!IsLabel(label)) return Invalid(what + " name `" + label + "` is not in kebab case");
    const auto [it, added] = seen_.emplace(UniquenessKey(label), label);
    if (!added)
      return Invalid(what + " name `" + label + "` conflicts with previous " +
                     std::string(previous_) + " name `" + std::string(it->second) + '`');
    return {};
  }

 private:
  static std::unexpected<Error> Invalid(std::string message) {
    return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
  }

  std::string_view what_;
  std::string_view previous_;
  std::unordered_map<std::string, std::string_view> seen_;
};

constexpr size_t kMaxFlags = 32;

// [Explainer: keytype]
bool IsKeyType(ValKind kind) {
  switch (kind) {
    case ValKind::kF32:
    case ValKind::kF64:
    case ValKind::kErrorContext:
      return false;
    default:
      return kind <= ValKind::kString;
  }
}

}  // namespace

Result<ResourceId> Rules::GetResource(const Scope& scope, uint32_t index, uint32_t* name) const {
  const TypeEntry entry = TRY(Get(scope.types, index, "type"));
  if (entry.kind != TypeEntry::Kind::kResource)
    return Invalid("type index " + std::to_string(index) + " is not a resource type");
  if (name != nullptr) *name = entry.resource_name;
  return entry.resource;
}

Result<TypeEntry> Rules::CheckType(Scope* scope, const TypeDef& type) {
  TypeEntry entry;
  if (const auto* val = std::get_if<DefValType>(&type.type)) {
    entry.kind = TypeEntry::Kind::kVal;
    entry.val = TRY(CheckDefValType(*scope, *val));
  } else if (const auto* func = std::get_if<FuncTypeSyntax>(&type.type)) {
    entry.kind = TypeEntry::Kind::kFunc;
    entry.func = TRY(CheckFuncType(*scope, *func));
  } else if (const auto* component = std::get_if<ComponentTypeSyntax>(&type.type)) {
    entry.kind = TypeEntry::Kind::kComponent;
    entry.component = TRY(CheckComponentType(scope, *component));
  } else if (const auto* instance = std::get_if<InstanceTypeSyntax>(&type.type)) {
    entry.kind = TypeEntry::Kind::kInstance;
    entry.instance = TRY(CheckInstanceType(scope, *instance));
  } else {
    return CheckResourceType(scope, std::get<ResourceTypeSyntax>(type.type));
  }
  return entry;
}

Result<const ValType*> Rules::CheckValType(const Scope& scope, const ValTypeUse& use) {
  if (!use.is_index) {
    if (use.prim == PrimType::kErrorContext)
      TRY_VOID(Need(Feature::kErrorContext, "`error-context`"));
    return arena_->Prim(KindOf(use.prim));
  }
  const TypeEntry entry = TRY(Get(scope.types, use.index, "type"));
  if (entry.kind != TypeEntry::Kind::kVal)
    return Invalid("type index " + std::to_string(use.index) + " is not a defined type");
  return entry.val;
}

Result<const ValType*> Rules::CheckDefValType(const Scope& scope, const DefValType& syntax) {
  ValType type;
  switch (syntax.kind) {
    case DefValType::Kind::kPrim:
      return CheckValType(scope, ValTypeUse::Prim(syntax.prim));
    case DefValType::Kind::kRecord: {
      type.kind = ValKind::kRecord;
      if (syntax.fields.empty()) return Invalid("record type must have at least one field");
      Labels labels("record field", "field");
      for (const LabelValType& field : syntax.fields) {
        TRY_VOID(At(labels.Add(field.label)));
        type.fields.push_back({.label = field.label, .type = TRY(CheckValType(scope, field.type))});
      }
      break;
    }
    case DefValType::Kind::kVariant: {
      type.kind = ValKind::kVariant;
      if (syntax.cases.empty()) return Invalid("variant type must have at least one case");
      Labels labels("variant case", "case");
      for (const CaseSyntax& c : syntax.cases) {
        TRY_VOID(At(labels.Add(c.label)));
        const ValType* payload = c.type.has_value() ? TRY(CheckValType(scope, *c.type)) : nullptr;
        type.fields.push_back({.label = c.label, .type = payload});
      }
      break;
    }
    case DefValType::Kind::kFlags: {
      type.kind = ValKind::kFlags;
      if (syntax.labels.empty()) return Invalid("flags must have at least one entry");
      if (syntax.labels.size() > kMaxFlags) return Invalid("cannot have more than 32 flags");
      Labels labels("flag", "flag");
      for (const std::string& label : syntax.labels) {
        TRY_VOID(At(labels.Add(label)));
        type.fields.push_back({.label = label, .type = nullptr});
      }
      break;
    }
    case DefValType::Kind::kEnum: {
      type.kind = ValKind::kEnum;
      if (syntax.labels.empty()) return Invalid("enum type must have at least one variant");
      Labels labels("enum tag", "tag");
      for (const std::string& label : syntax.labels) {
        TRY_VOID(At(labels.Add(label)));
        type.fields.push_back({.label = label, .type = nullptr});
      }
      break;
    }
    case DefValType::Kind::kTuple: {
      if (syntax.elements.empty()) return Invalid("tuple type must have at least one type");
      std::vector<const ValType*> elements;
      for (const ValTypeUse& element : syntax.elements)
        elements.push_back(TRY(CheckValType(scope, element)));
      return At(arena_->Tuple(elements));
    }
    case DefValType::Kind::kOption:
      return At(arena_->Option(TRY(CheckValType(scope, syntax.elements.at(0)))));
    case DefValType::Kind::kResult: {
      const ValType* ok = syntax.ok.has_value() ? TRY(CheckValType(scope, *syntax.ok)) : nullptr;
      const ValType* error =
          syntax.error.has_value() ? TRY(CheckValType(scope, *syntax.error)) : nullptr;
      return At(arena_->ResultOf(ok, error));
    }
    case DefValType::Kind::kOwn:
    case DefValType::Kind::kBorrow: {
      uint32_t name = 0;
      const ResourceId resource = TRY(GetResource(scope, syntax.resource, &name));
      return At(
          arena_->Handle(syntax.kind == DefValType::Kind::kOwn ? ValKind::kOwn : ValKind::kBorrow,
                         resource, name));
    }
    default:
      type = TRY(CheckElementType(scope, syntax));
      break;
  }
  return At(arena_->Add(std::move(type)));
}

// The types of one element: lists, maps, streams and futures.
Result<ValType> Rules::CheckElementType(const Scope& scope, const DefValType& syntax) {
  ValType type;
  switch (syntax.kind) {
    case DefValType::Kind::kFixedLengthList:
      TRY_VOID(Need(Feature::kFixedLengthLists, "a fixed-length list"));
      if (syntax.length == 0)
        return Invalid("fixed-length lists must have more than zero elements");
      type.kind = ValKind::kFixedLengthList;
      type.length = syntax.length;
      type.element = TRY(CheckValType(scope, syntax.elements.at(0)));
      break;
    case DefValType::Kind::kMap: {
      TRY_VOID(Need(Feature::kMap, "`map`"));
      const ValType* key = TRY(CheckValType(scope, syntax.elements.at(0)));
      const ValType* value = TRY(CheckValType(scope, syntax.elements.at(1)));
      if (!IsKeyType(key->kind))
        return Invalid("invalid map key type: " + std::string(KindName(key->kind)));
      type.kind = ValKind::kMap;
      type.element = TRY(At(arena_->MapEntry(key, value)));
      break;
    }
    case DefValType::Kind::kStream:
    case DefValType::Kind::kFuture: {
      const bool is_stream = syntax.kind == DefValType::Kind::kStream;
      TRY_VOID(Need(Feature::kAsync, is_stream ? "`stream`" : "`future`"));
      type.kind = is_stream ? ValKind::kStream : ValKind::kFuture;
      if (!syntax.ok.has_value()) break;
      type.element = TRY(CheckValType(scope, *syntax.ok));
      if (type.element->contains_borrow)
        return Invalid(std::string(is_stream ? "stream" : "future") +
                       " element type cannot contain a `borrow` type");
      if (is_stream && type.element->kind == ValKind::kChar)
        return Invalid(
            "`stream<char>` is not valid at this time, use `stream<u8>` with a defined by encoding "
            "instead for now");
      break;
    }
    default:
      type.kind = ValKind::kList;
      type.element = TRY(CheckValType(scope, syntax.elements.at(0)));
      break;
  }
  return type;
}

Result<const FuncType*> Rules::CheckFuncType(const Scope& scope, const FuncTypeSyntax& syntax) {
  FuncType type;
  if (syntax.is_async) TRY_VOID(Need(Feature::kAsync, "an async function type"));
  type.is_async = syntax.is_async;
  Labels labels("function parameter", "parameter");
  for (const LabelValType& param : syntax.params) {
    TRY_VOID(At(labels.Add(param.label)));
    type.params.push_back({.label = param.label, .type = TRY(CheckValType(scope, param.type))});
  }
  if (syntax.result.has_value()) {
    type.result = TRY(CheckValType(scope, *syntax.result));
    if (type.result->contains_borrow)
      return Invalid("function result cannot contain a `borrow` type");
  }
  return At(arena_->Add(std::move(type)));
}

Result<TypeEntry> Rules::CheckResourceType(Scope* scope, const ResourceTypeSyntax& syntax) {
  if (scope->kind != Scope::Kind::kComponent)
    return Invalid("resources can only be defined within a concrete component");
  const bool rep_is_known = syntax.rep == wasm::ValType::kI32 ||
                            (syntax.rep == wasm::ValType::kI64 && Has(Feature::kMemory64));
  if (!rep_is_known)
    return Invalid(Has(Feature::kMemory64) ? "resources can only be represented by `i32` or `i64`"
                                           : "resources can only be represented by `i32`");
  if (syntax.dtor.has_value()) {
    const wasm::TypeId id = TRY(Get(scope->core_funcs, *syntax.dtor, "function"));
    const wasm::FuncType& dtor = store_.Get(id).type.comp.func;
    if (dtor != wasm::FuncType{.params = {syntax.rep}, .results = {}})
      return Invalid("core function " + std::to_string(*syntax.dtor) +
                     " has wrong signature for a destructor");
  }
  TypeEntry entry;
  entry.kind = TypeEntry::Kind::kResource;
  entry.resource = arena_->NewResource();
  scope->defined_resources.push_back(entry.resource);
  scope->local_resources[entry.resource] = syntax.rep;
  return entry;
}

Result<const ComponentType*> Rules::CheckComponentType(const Scope* outer,
                                                       const ComponentTypeSyntax& syntax) {
  Scope scope(Scope::Kind::kComponentType, outer);
  TRY_VOID(CheckDeclarators(&scope, syntax.decls));
  ComponentType type;
  type.imports = std::move(scope.imports);
  type.exports = std::move(scope.exports);
  type.imported_resources = std::move(scope.imported_resources);
  type.defined_resources = std::move(scope.defined_resources);
  return At(arena_->Add(std::move(type)));
}

Result<const InstanceType*> Rules::CheckInstanceType(const Scope* outer,
                                                     const InstanceTypeSyntax& syntax) {
  Scope scope(Scope::Kind::kInstanceType, outer);
  TRY_VOID(CheckDeclarators(&scope, syntax.decls));
  InstanceType type;
  type.exports = std::move(scope.exports);
  type.resources = std::move(scope.defined_resources);
  return At(arena_->Add(std::move(type)));
}

Result<void> Rules::CheckDeclarators(Scope* scope, const std::vector<Declarator>& decls) {
  TRY_VOID(CheckNesting(*scope));
  const uint64_t outer_offset = offset_;
  for (const Declarator& decl : decls) {
    if (decl.offset != 0) offset_ = decl.offset;
    if (const auto* core_type = std::get_if<CoreType>(&decl.decl)) {
      TRY_VOID(CheckCoreType(scope, *core_type));
    } else if (const auto* type = std::get_if<std::shared_ptr<const TypeDef>>(&decl.decl)) {
      scope->types.push_back(TRY(CheckType(scope, **type)));
    } else if (const auto* alias = std::get_if<Alias>(&decl.decl)) {
      TRY_VOID(CheckAlias(scope, *alias));
    } else if (const auto* import = std::get_if<ImportDecl>(&decl.decl)) {
      if (scope->kind == Scope::Kind::kInstanceType)
        return Invalid("an instance type cannot have imports");
      TRY_VOID(CheckImport(scope, import->name, import->type));
    } else {
      const auto& exported = std::get<ExportDecl>(decl.decl);
      TRY_VOID(CheckExportDecl(scope, exported.name, exported.type));
    }
  }
  offset_ = outer_offset;
  return {};
}

}  // namespace component
