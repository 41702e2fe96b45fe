// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types [Binary: type] and core types [Binary: core:type].

#include "libcomponent/binary/format.h"
#include "libcomponent/binary/writers.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"

namespace component::binary {
namespace {

using wasm::WriteUnsignedLeb;
using wasm::binary::WriteName;

void WriteOptionalValType(Bytes& out, const std::optional<ValTypeUse>& type) {
  out.push_back(type ? 1 : 0);
  if (type) WriteValType(out, *type);
}

void WriteLabelValTypes(Bytes& out, const std::vector<LabelValType>& types) {
  WriteUnsignedLeb(out, types.size());
  for (const LabelValType& type : types) {
    WriteName(out, type.label);
    WriteValType(out, type.type);
  }
}

void WriteElements(Bytes& out, uint8_t form, const std::vector<ValTypeUse>& elements) {
  out.push_back(form);
  for (const ValTypeUse& element : elements) WriteValType(out, element);
}

void Write(Bytes& out, const DefValType& type) {  // [Binary: defvaltype]
  switch (type.kind) {
    case DefValType::Kind::kPrim:
      out.push_back(static_cast<uint8_t>(type.prim));
      break;
    case DefValType::Kind::kRecord:
      out.push_back(code::kRecord);
      WriteLabelValTypes(out, type.fields);
      break;
    case DefValType::Kind::kVariant:
      out.push_back(code::kVariant);
      WriteUnsignedLeb(out, type.cases.size());
      for (const CaseSyntax& variant_case : type.cases) {
        WriteName(out, variant_case.label);
        WriteOptionalValType(out, variant_case.type);
        out.push_back(0x00);
      }
      break;
    case DefValType::Kind::kList:
      WriteElements(out, code::kList, type.elements);
      break;
    case DefValType::Kind::kFixedLengthList:
      WriteElements(out, code::kFixedLengthList, type.elements);
      WriteUnsignedLeb(out, type.length);
      break;
    case DefValType::Kind::kTuple:
      out.push_back(code::kTuple);
      WriteUnsignedLeb(out, type.elements.size());
      for (const ValTypeUse& element : type.elements) WriteValType(out, element);
      break;
    case DefValType::Kind::kFlags:
    case DefValType::Kind::kEnum:
      out.push_back(type.kind == DefValType::Kind::kFlags ? code::kFlags : code::kEnum);
      WriteUnsignedLeb(out, type.labels.size());
      for (const std::string& label : type.labels) WriteName(out, label);
      break;
    case DefValType::Kind::kOption:
      WriteElements(out, code::kOption, type.elements);
      break;
    case DefValType::Kind::kResult:
      out.push_back(code::kResult);
      WriteOptionalValType(out, type.ok);
      WriteOptionalValType(out, type.error);
      break;
    case DefValType::Kind::kOwn:
    case DefValType::Kind::kBorrow:
      out.push_back(type.kind == DefValType::Kind::kOwn ? code::kOwn : code::kBorrow);
      WriteUnsignedLeb(out, type.resource);
      break;
    case DefValType::Kind::kStream:
    case DefValType::Kind::kFuture:
      out.push_back(type.kind == DefValType::Kind::kStream ? code::kStream : code::kFuture);
      WriteOptionalValType(out, type.ok);
      break;
    case DefValType::Kind::kMap:
      WriteElements(out, code::kMap, type.elements);
      break;
  }
}

void Write(Bytes& out, const FuncTypeSyntax& type) {  // [Binary: functype]
  out.push_back(type.is_async ? code::kAsyncFunc : code::kFunc);
  WriteLabelValTypes(out, type.params);
  WriteResultList(out, type.result);
}

void Write(Bytes& out, const ResourceTypeSyntax& type) {  // [Binary: resourcetype]
  out.push_back(code::kResource);
  wasm::binary::WriteValType(out, type.rep);
  out.push_back(type.dtor ? 1 : 0);
  if (type.dtor) WriteUnsignedLeb(out, *type.dtor);
}

// [Binary: componentdecl, instancedecl]
void WriteDecl(Bytes& out, const CoreType& type) {
  out.push_back(code::kDeclCoreType);
  WriteCoreType(out, type);
}
void WriteDecl(Bytes& out, const std::shared_ptr<const TypeDef>& type) {
  out.push_back(code::kDeclType);
  WriteType(out, *type);
}
void WriteDecl(Bytes& out, const Alias& alias) {
  out.push_back(code::kDeclAlias);
  WriteAlias(out, alias);
}
void WriteDecl(Bytes& out, const ImportDecl& import) {
  out.push_back(code::kDeclImport);
  WriteExternName(out, import.name);
  WriteExternType(out, import.type);
}
void WriteDecl(Bytes& out, const ExportDecl& exported) {
  out.push_back(code::kDeclExport);
  WriteExternName(out, exported.name);
  WriteExternType(out, exported.type);
}

void WriteDecls(Bytes& out, uint8_t form, const std::vector<Declarator>& decls) {
  out.push_back(form);
  WriteUnsignedLeb(out, decls.size());
  for (const Declarator& decl : decls)
    std::visit([&out](const auto& d) { WriteDecl(out, d); }, decl.decl);
}
void Write(Bytes& out, const ComponentTypeSyntax& type) {
  WriteDecls(out, code::kComponentType, type.decls);
}
void Write(Bytes& out, const InstanceTypeSyntax& type) {
  WriteDecls(out, code::kInstanceType, type.decls);
}

void WriteCoreExternType(Bytes& out, const CoreExternType& type) {  // [binary-externtype]
  out.push_back(static_cast<uint8_t>(type.kind));
  switch (type.kind) {
    case wasm::ExternKind::kFunc:
      WriteUnsignedLeb(out, type.type);
      break;
    case wasm::ExternKind::kTable:
      wasm::binary::WriteTableType(out, type.table);
      break;
    case wasm::ExternKind::kMemory:
      wasm::binary::WriteMemType(out, type.memory);
      break;
    case wasm::ExternKind::kGlobal:
      wasm::binary::WriteGlobalType(out, type.global);
      break;
    case wasm::ExternKind::kTag:
      out.push_back(0x00);
      WriteUnsignedLeb(out, type.type);
      break;
  }
}

// `whole`: as a core type of a component, not of a module type.
void WriteRecType(Bytes& out, const CoreRecType& type, bool whole) {
  if (type.explicit_group || type.types.size() != 1) {
    out.push_back(code::kRec);
    WriteUnsignedLeb(out, type.types.size());
  } else if (whole && !type.types[0].is_final) {
    out.push_back(code::kSubPrefix);
  }
  for (const wasm::SubType& sub_type : type.types) wasm::binary::WriteSubType(out, sub_type);
}

void WriteModuleDecl(Bytes& out, const CoreModuleDecl& decl) {  // [Binary: core:moduledecl]
  switch (decl.kind) {
    case CoreModuleDecl::Kind::kImport:
      out.push_back(0x00);
      WriteName(out, decl.module);
      WriteName(out, decl.name);
      WriteCoreExternType(out, decl.type);
      break;
    case CoreModuleDecl::Kind::kType:
      out.push_back(0x01);
      if (const auto* rec_type = std::get_if<CoreRecType>(&decl.core_type->type))
        WriteRecType(out, *rec_type, false);
      else
        WriteCoreType(out, *decl.core_type);
      break;
    case CoreModuleDecl::Kind::kAlias:
      out.push_back(0x02);
      out.push_back(code::kCoreAliasType);
      out.push_back(code::kCoreAliasOuter);
      WriteUnsignedLeb(out, decl.outer_count);
      WriteUnsignedLeb(out, decl.outer_index);
      break;
    case CoreModuleDecl::Kind::kExport:
      out.push_back(0x03);
      WriteName(out, decl.name);
      WriteCoreExternType(out, decl.type);
      break;
  }
}

}  // namespace

void WriteType(Bytes& out, const TypeDef& type) {
  std::visit([&out](const auto& t) { Write(out, t); }, type.type);
}

void WriteCoreType(Bytes& out, const CoreType& type) {
  if (const auto* rec_type = std::get_if<CoreRecType>(&type.type)) {
    WriteRecType(out, *rec_type, true);
    return;
  }
  const auto& decls = std::get<CoreModuleType>(type.type).decls;
  out.push_back(code::kModuleType);
  WriteUnsignedLeb(out, decls.size());
  for (const CoreModuleDecl& decl : decls) WriteModuleDecl(out, decl);
}

void WriteValType(Bytes& out, const ValTypeUse& type) {
  if (type.is_index)
    wasm::WriteSignedLeb(out, type.index);
  else
    out.push_back(static_cast<uint8_t>(type.prim));
}

void WriteResultList(Bytes& out, const std::optional<ValTypeUse>& result) {
  out.push_back(result ? 0x00 : 0x01);
  if (result)
    WriteValType(out, *result);
  else
    out.push_back(0x00);
}

}  // namespace component::binary
