// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core types in components [Binary: core:type]: those of modules, read as the core decoder reads
// them, and the types of modules.

#include <utility>

#include "libcomponent/binary/limits.h"
#include "libcomponent/binary/section_decoder.h"

namespace component::binary {

// [Binary: core:deftype]
CoreType SectionDecoder::DecodeCoreType() {
  const uint8_t form = r_.PeekByte();
  if (form == code::kModuleType) {
    r_.ReadByte();
    CoreModuleType type;
    const Nested nested(*this);
    const uint32_t count = ReadCount(limits::kDefinitions, "declarators");
    for (uint32_t i = 0; i < count && CountDefinition(); ++i)
      type.decls.push_back(DecodeCoreModuleDecl());
    return {std::move(type)};
  }
  CoreRecType type;
  if (form == code::kSubPrefix && !r_.AtEnd()) {
    r_.ReadByte();
    if (r_.PeekByte() != code::kSub) {
      if (r_.AtEnd())
        r_.UnexpectedEnd();
      else
        Refuse(r_.position(), "non-final sub type");
    }
    DecodeSubType(&type.types.emplace_back());
  } else {
    type.explicit_group = DecodeRecType(&type.types);
  }
  return {std::move(type)};
}

// Within a module type non-final subtypes have no zero before them. Module types are not allowed
// there, which however is a rule of validation: what does not go on as a subtype is one.
bool SectionDecoder::IsModuleTypeAhead() {
  if (r_.PeekByte() != code::kModuleType) return false;
  wasm::ErrorSink sink;
  wasm::CheckedReader ahead({r_.position(), r_.remaining()}, 0, &sink);
  ahead.ReadByte();
  if (ahead.ReadU32() == 1) ahead.ReadU32();
  const uint8_t form = ahead.ReadByte();
  return form != code::kCoreArray && form != code::kCoreStruct && form != code::kCoreFunc;
}

// [Binary: core:moduledecl]
CoreModuleDecl SectionDecoder::DecodeCoreModuleDecl() {
  CoreModuleDecl decl;
  decl.offset = r_.offset();
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case 0x00:
      decl.kind = CoreModuleDecl::Kind::kImport;
      decl.module = ReadString();
      decl.name = ReadString();
      decl.type = DecodeCoreExternType();
      break;
    case 0x01: {
      decl.kind = CoreModuleDecl::Kind::kType;
      if (IsModuleTypeAhead()) {
        decl.core_type = std::make_shared<const CoreType>(DecodeCoreType());
      } else {
        CoreRecType type;
        type.explicit_group = DecodeRecType(&type.types);
        decl.core_type = std::make_shared<const CoreType>(CoreType{std::move(type)});
      }
      break;
    }
    case 0x02:
      decl.kind = CoreModuleDecl::Kind::kAlias;
      at = r_.position();
      if (r_.ReadByte() != code::kCoreAliasType) Refuse(at, "outer alias kind");
      at = r_.position();
      if (r_.ReadByte() != code::kCoreAliasOuter) Refuse(at, "outer alias target");
      decl.outer_count = r_.ReadU32();
      decl.outer_index = r_.ReadU32();
      break;
    case 0x03:
      decl.kind = CoreModuleDecl::Kind::kExport;
      decl.name = ReadString();
      decl.type = DecodeCoreExternType();
      break;
    default:
      Refuse(at, "type definition");
      break;
  }
  return decl;
}

// [binary-externtype]
CoreExternType SectionDecoder::DecodeCoreExternType() {
  CoreExternType type;
  const uint8_t* at = r_.position();
  const uint8_t kind = r_.ReadByte();
  switch (static_cast<wasm::ExternKind>(kind)) {
    case wasm::ExternKind::kFunc:
      type.type = r_.ReadU32();
      break;
    case wasm::ExternKind::kTable:
      type.table = DecodeTableType();
      break;
    case wasm::ExternKind::kMemory:
      type.memory = DecodeMemType();
      break;
    case wasm::ExternKind::kGlobal:
      type.global = DecodeGlobalType();
      break;
    case wasm::ExternKind::kTag:
      if (Has(wasm::Feature::kExceptions)) {
        type.type = DecodeTagType().value;
        break;
      }
      [[fallthrough]];
    default:
      Refuse(at, "external kind");
      return type;
  }
  type.kind = static_cast<wasm::ExternKind>(kind);
  return type;
}

}  // namespace component::binary
