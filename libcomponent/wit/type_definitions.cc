// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/type_definitions.h"

#include <optional>
#include <utility>

namespace component::wit {
namespace {

constexpr PrimType kPrims[] = {
    PrimType::kBool, PrimType::kS8,   PrimType::kU8,     PrimType::kS16,         PrimType::kU16,
    PrimType::kS32,  PrimType::kU32,  PrimType::kS64,    PrimType::kU64,         PrimType::kF32,
    PrimType::kF64,  PrimType::kChar, PrimType::kString, PrimType::kErrorContext};

}  // namespace

ValTypeUse TypeDefinitions::Use(const Type& type) {
  if (type.kind == TypeKind::kDefined) return ValTypeUse::Index(Index(type.id));
  return ValTypeUse::Prim(kPrims[static_cast<size_t>(type.kind)]);
}

uint32_t TypeDefinitions::Index(TypeId id) {
  if (const auto it = types_.find(id.value); it != types_.end()) return it->second;
  uint32_t index = 0;
  if (resolve_[id].name.empty()) {
    DefValType definition = Definition(id);
    index = Define({std::move(definition)});
  } else {
    index = Named(id);
  }
  types_.insert_or_assign(id.value, index);
  return index;
}

void TypeDefinitions::ForgetAnonymous() {
  std::erase_if(types_,
                [&](const auto& entry) { return resolve_[TypeId(entry.first)].name.empty(); });
}

FuncTypeSyntax TypeDefinitions::FuncTypeOf(const Function& function) {
  FuncTypeSyntax syntax;
  syntax.is_async = function.is_async;
  for (const Param& param : function.params) syntax.params.push_back({param.name, Use(param.type)});
  if (function.result) syntax.result = Use(*function.result);
  return syntax;
}

ExternDesc TypeDefinitions::BoundOf(TypeId id) {
  const wit::TypeDef& type = resolve_[id];
  ExternDesc desc;
  desc.sort = Sort::kType;
  if (type.kind == TypeDefKind::kResource) {
    desc.bound = ExternDesc::Bound::kSubResource;
  } else if (type.kind == TypeDefKind::kAlias && type.args[0]->kind == TypeKind::kDefined) {
    desc.index = Index(type.args[0]->id);
  } else {
    DefValType definition = Definition(id);
    desc.index = Define({std::move(definition)});
  }
  return desc;
}

DefValType TypeDefinitions::Definition(TypeId id) {
  using Kind = DefValType::Kind;
  const wit::TypeDef& type = resolve_[id];
  DefValType out;
  const auto arg = [&](size_t i) -> std::optional<ValTypeUse> {
    if (i >= type.args.size() || !type.args[i]) return std::nullopt;
    return Use(*type.args[i]);
  };
  const auto elements = [&](Kind kind) {
    out.kind = kind;
    for (size_t i = 0; i < type.args.size(); ++i) out.elements.push_back(*arg(i));
  };
  switch (type.kind) {
    case TypeDefKind::kRecord:
      out.kind = Kind::kRecord;
      for (const Case& item : type.cases) out.fields.push_back({item.name, Use(*item.type)});
      break;
    case TypeDefKind::kVariant:
      out.kind = Kind::kVariant;
      for (const Case& item : type.cases) {
        CaseSyntax& syntax = out.cases.emplace_back();
        syntax.label = item.name;
        if (item.type) syntax.type = Use(*item.type);
      }
      break;
    case TypeDefKind::kFlags:
    case TypeDefKind::kEnum:
      out.kind = type.kind == TypeDefKind::kFlags ? Kind::kFlags : Kind::kEnum;
      for (const Case& item : type.cases) out.labels.push_back(item.name);
      break;
    case TypeDefKind::kTuple:
      elements(Kind::kTuple);
      break;
    case TypeDefKind::kOption:
      elements(Kind::kOption);
      break;
    case TypeDefKind::kList:
      elements(Kind::kList);
      break;
    case TypeDefKind::kFixedLengthList:
      elements(Kind::kFixedLengthList);
      out.length = type.length;
      break;
    case TypeDefKind::kMap:
      elements(Kind::kMap);
      break;
    case TypeDefKind::kResult:
      out.kind = Kind::kResult;
      out.ok = arg(0);
      out.error = arg(1);
      break;
    case TypeDefKind::kFuture:
    case TypeDefKind::kStream:
      out.kind = type.kind == TypeDefKind::kFuture ? Kind::kFuture : Kind::kStream;
      out.ok = arg(0);
      break;
    case TypeDefKind::kOwn:
    case TypeDefKind::kBorrow:
      out.kind = type.kind == TypeDefKind::kOwn ? Kind::kOwn : Kind::kBorrow;
      out.resource = Index(type.args[0]->id);
      break;
    case TypeDefKind::kAlias:  // of a primitive type
      out.prim = kPrims[static_cast<size_t>(type.args[0]->kind)];
      break;
    case TypeDefKind::kResource:
      break;
  }
  return out;
}

}  // namespace component::wit
