// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types [Binary: type]: value types, function types, resources, and the types of components and
// instances.

#include <utility>

#include "libcomponent/binary/limits.h"
#include "libcomponent/binary/section_decoder.h"
#include "libwasm/opcodes/immediates.h"

namespace component::binary {

// [Binary: deftype]
TypeDef SectionDecoder::DecodeType() {
  switch (r_.PeekByte()) {
    case code::kFunc:
    case code::kAsyncFunc:
      return {DecodeFuncType(r_.ReadByte() == code::kAsyncFunc)};
    case code::kComponentType:
      r_.ReadByte();
      return {ComponentTypeSyntax{DecodeDeclarators(true)}};
    case code::kInstanceType:
      r_.ReadByte();
      return {InstanceTypeSyntax{DecodeDeclarators(false)}};
    case code::kResource:
      r_.ReadByte();
      return {DecodeResourceType()};
    default:
      return {DecodeDefValType()};
  }
}

// [Binary: defvaltype]. Lists that validation wants to have elements may be empty here.
DefValType SectionDecoder::DecodeDefValType() {
  using Kind = DefValType::Kind;
  DefValType type;
  const uint8_t* at = r_.position();
  const uint8_t form = r_.ReadByte();
  if (!r_.ok()) return type;
  if (IsPrimTypeCode(form)) {
    type.prim = static_cast<PrimType>(form);
    return type;
  }
  switch (form) {
    case code::kRecord:
      type.kind = Kind::kRecord;
      type.fields = DecodeLabelValTypes("fields");
      break;
    case code::kVariant: {
      type.kind = Kind::kVariant;
      const uint32_t count = ReadCount(limits::kListElements, "cases");
      for (uint32_t i = 0; i < count && r_.ok(); ++i) {
        CaseSyntax& variant_case = type.cases.emplace_back();
        variant_case.label = ReadString();
        variant_case.type = DecodeOptionalValType();
        const uint8_t* zero = r_.position();
        if (r_.ReadByte() != 0x00) Refuse(zero, "zero byte required");
      }
      break;
    }
    case code::kList:
      type.kind = Kind::kList;
      type.elements.push_back(DecodeValType());
      break;
    case code::kFixedLengthList:
      type.kind = Kind::kFixedLengthList;
      type.elements.push_back(DecodeValType());
      type.length = r_.ReadU32();
      break;
    case code::kTuple: {
      type.kind = Kind::kTuple;
      const uint32_t count = ReadCount(limits::kListElements, "types in a tuple");
      for (uint32_t i = 0; i < count && r_.ok(); ++i) type.elements.push_back(DecodeValType());
      break;
    }
    case code::kFlags:
    case code::kEnum: {
      type.kind = form == code::kFlags ? Kind::kFlags : Kind::kEnum;
      const uint32_t count = ReadCount(limits::kListElements, "labels");
      for (uint32_t i = 0; i < count && r_.ok(); ++i) type.labels.push_back(ReadString());
      break;
    }
    case code::kOption:
      type.kind = Kind::kOption;
      type.elements.push_back(DecodeValType());
      break;
    case code::kResult:
      type.kind = Kind::kResult;
      type.ok = DecodeOptionalValType();
      type.error = DecodeOptionalValType();
      break;
    case code::kOwn:
    case code::kBorrow:
      type.kind = form == code::kOwn ? Kind::kOwn : Kind::kBorrow;
      type.resource = r_.ReadU32();
      break;
    case code::kStream:
    case code::kFuture:
      type.kind = form == code::kStream ? Kind::kStream : Kind::kFuture;
      type.ok = DecodeOptionalValType();
      break;
    case code::kMap:
      type.kind = Kind::kMap;
      type.elements.push_back(DecodeValType());
      type.elements.push_back(DecodeValType());
      break;
    default:
      Refuse(at, "component defined type");
      break;
  }
  return type;
}

// [Binary: valtype]
ValTypeUse SectionDecoder::DecodeValType() {
  const uint8_t* at = r_.position();
  const uint8_t byte = r_.PeekByte();
  if (IsPrimTypeCode(byte)) {
    r_.ReadByte();
    return ValTypeUse::Prim(static_cast<PrimType>(byte));
  }
  // As in the core format: indices are the numbers that are not negative.
  const int64_t index = r_.ReadS33();
  if (index < 0) Refuse(at, "component value type");
  return ValTypeUse::Index(static_cast<uint32_t>(index));
}

std::optional<ValTypeUse> SectionDecoder::DecodeOptionalValType() {
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case 0x00:
      return std::nullopt;
    case 0x01:
      return DecodeValType();
    default:
      Refuse(at, "optional component value type");
      return std::nullopt;
  }
}

// [Binary: labelvaltype]
std::vector<LabelValType> SectionDecoder::DecodeLabelValTypes(std::string_view what) {
  std::vector<LabelValType> types;
  const uint32_t count = ReadCount(limits::kListElements, what);
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    std::string label = ReadString();
    types.push_back({.label = std::move(label), .type = DecodeValType()});
  }
  return types;
}

// [Binary: resultlist]
std::optional<ValTypeUse> SectionDecoder::DecodeResultList() {
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case 0x00:
      return DecodeValType();
    case 0x01:
      at = r_.position();
      if (r_.ReadByte() != 0x00) Refuse(at, "number of results");
      return std::nullopt;
    default:
      Refuse(at, "component function results");
      return std::nullopt;
  }
}

// [Binary: functype]
FuncTypeSyntax SectionDecoder::DecodeFuncType(bool is_async) {
  FuncTypeSyntax type;
  type.is_async = is_async;
  type.params = DecodeLabelValTypes("parameters");
  type.result = DecodeResultList();
  return type;
}

// [Binary: resourcetype]
ResourceTypeSyntax SectionDecoder::DecodeResourceType() {
  ResourceTypeSyntax type;
  type.rep = wasm::imm::ReadValType(r_);
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case 0x00:
      break;
    case 0x01:
      type.dtor = r_.ReadU32();
      break;
    default:
      Refuse(at, "optional destructor");
      break;
  }
  return type;
}

// [Binary: componenttype, instancetype]
std::vector<Declarator> SectionDecoder::DecodeDeclarators(bool imports) {
  std::vector<Declarator> decls;
  const Nested nested(*this);
  const uint32_t count = ReadCount(limits::kDefinitions, "declarators");
  for (uint32_t i = 0; i < count && CountDefinition(); ++i)
    decls.push_back(DecodeDeclarator(imports));
  return decls;
}

// [Binary: componentdecl, instancedecl]
Declarator SectionDecoder::DecodeDeclarator(bool imports) {
  Declarator decl{.offset = r_.offset(), .decl = {}};
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case code::kDeclCoreType:
      decl.decl = DecodeCoreType();
      break;
    case code::kDeclType:
      decl.decl = std::make_shared<const TypeDef>(DecodeType());
      break;
    case code::kDeclAlias:
      decl.decl = DecodeAlias();
      break;
    case code::kDeclImport: {
      if (!imports) {
        Refuse(at, "component or instance type declaration");
        break;
      }
      ExternName name = DecodeExternName();
      decl.decl = ImportDecl{.name = std::move(name), .type = DecodeExternType()};
      break;
    }
    case code::kDeclExport: {
      ExternName name = DecodeExternName();
      decl.decl = ExportDecl{.name = std::move(name), .type = DecodeExternType()};
      break;
    }
    default:
      Refuse(at, "component or instance type declaration");
      break;
  }
  return decl;
}

}  // namespace component::binary
