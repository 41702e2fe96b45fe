// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What has an external type: imports and exports, and the sections of functions, tables, memories,
// globals and tags.

#include "libwasm/binary/limits.h"
#include "libwasm/binary/section_decoder.h"
#include "libwasm/opcodes/immediates.h"

namespace wasm::binary {

namespace {
// [binary-limits]
constexpr uint8_t kHasMax = 0x01;
constexpr uint8_t kShared = 0x02;
constexpr uint8_t kAddr64 = 0x04;
constexpr uint8_t kPageSize = 0x08;
}  // namespace

// [binary-importsec]
void SectionDecoder::DecodeImports() {
  const uint32_t count = ReadCount(limits::kImports, "imports");
  m_.imports.reserve(Plausible(count, 4));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    Import import;
    import.offset = Offset();
    import.module = ReadName();
    import.name = ReadName();
    const uint8_t* at = r_.position();
    const uint8_t kind = r_.ReadByte();
    const uint32_t offset = Offset();
    if (!r_.ok()) return;
    import.kind = static_cast<ExternKind>(kind);
    switch (kind) {
      case 0:
        import.index = m_.num_imported_functions++;
        m_.functions.push_back({.type = TypeIdx(r_.ReadU32()), .body = {}, .offset = offset});
        break;
      case 1:
        import.index = m_.num_imported_tables++;
        m_.tables.push_back({.type = DecodeTableType(), .init = {}, .offset = offset});
        break;
      case 2:
        import.index = m_.num_imported_memories++;
        m_.memories.push_back({.type = DecodeMemType(), .offset = offset});
        break;
      case 3:
        import.index = m_.num_imported_globals++;
        m_.globals.push_back({.type = DecodeGlobalType(), .init = {}, .offset = offset});
        break;
      case 4:
        if (Has(Feature::kExceptions)) {
          import.index = m_.num_imported_tags++;
          m_.tags.push_back({.type = DecodeTagType(), .offset = offset});
          break;
        }
        [[fallthrough]];
      default:
        r_.MalformedAt(at, "malformed import kind");
        return;
    }
    m_.imports.push_back(import);
  }
}

// [binary-funcsec]
void SectionDecoder::DecodeFunctions() {
  const uint32_t count = ReadCount(limits::kFunctions, "functions");
  m_.functions.reserve(m_.functions.size() + count);
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    const uint32_t offset = Offset();
    m_.functions.push_back({.type = TypeIdx(r_.ReadU32()), .body = {}, .offset = offset});
  }
}

// [binary-tablesec]
void SectionDecoder::DecodeTables() {
  const uint32_t count = ReadCount(limits::kTables, "tables");
  m_.tables.reserve(m_.tables.size() + Plausible(count, 3));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    Table table{.type = {}, .init = {}, .offset = Offset()};
    if (r_.PeekByte() == 0x40 && Has(Feature::kFunctionReferences)) {
      r_.ReadByte();
      const uint8_t* at = r_.position();
      if (r_.ReadByte() != 0 && r_.ok()) r_.MalformedAt(at, "malformed table");
      table.type = DecodeTableType();
      table.init = DecodeExpr();
    } else {
      table.type = DecodeTableType();
    }
    m_.tables.push_back(table);
  }
}

// [binary-memsec]
void SectionDecoder::DecodeMemories() {
  const uint32_t count = ReadCount(limits::kMemories, "memories");
  m_.memories.reserve(m_.memories.size() + Plausible(count, 2));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    const uint32_t offset = Offset();
    m_.memories.push_back({.type = DecodeMemType(), .offset = offset});
  }
}

// [binary-globalsec]
void SectionDecoder::DecodeGlobals() {
  const uint32_t count = ReadCount(limits::kGlobals, "globals");
  m_.globals.reserve(m_.globals.size() + Plausible(count, 3));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    Global global{.type = {}, .init = {}, .offset = Offset()};
    global.type = DecodeGlobalType();
    global.init = DecodeExpr();
    m_.globals.push_back(global);
  }
}

// [binary-tagsec]
void SectionDecoder::DecodeTags() {
  const uint32_t count = ReadCount(limits::kTags, "tags");
  m_.tags.reserve(m_.tags.size() + Plausible(count, 2));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    const uint32_t offset = Offset();
    m_.tags.push_back({.type = DecodeTagType(), .offset = offset});
  }
}

// [binary-exportsec]
void SectionDecoder::DecodeExports() {
  const uint32_t count = ReadCount(limits::kExports, "exports");
  m_.exports.reserve(Plausible(count, 3));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    Export exported;
    exported.offset = Offset();
    exported.name = ReadName();
    const uint8_t* at = r_.position();
    const uint8_t kind = r_.ReadByte();
    if (kind > (Has(Feature::kExceptions) ? 4 : 3)) r_.MalformedAt(at, "malformed export kind");
    exported.kind = static_cast<ExternKind>(kind);
    exported.index = r_.ReadU32();
    m_.exports.push_back(exported);
  }
}

// [binary-tabletype]
TableType TypeDecoder::DecodeTableType() {
  TableType type;
  type.element = DecodeRefType();
  const uint8_t* at = r_.position();
  const uint8_t flags = r_.ReadByte();
  if (r_.ok() &&
      ((flags & ~(kHasMax | kAddr64)) != 0 || ((flags & kAddr64) != 0 && !Has(Feature::kMemory64))))
    r_.MalformedAt(at, "malformed limits flags");
  type.addr_type = (flags & kAddr64) != 0 ? AddrType::kI64 : AddrType::kI32;
  type.limits = DecodeLimits(flags);
  return type;
}

// [binary-memtype]
MemType TypeDecoder::DecodeMemType() {
  MemType type;
  const uint8_t* at = r_.position();
  const uint8_t flags = r_.ReadByte();
  uint8_t known = kHasMax;
  if (Has(Feature::kThreads)) known |= kShared;
  if (Has(Feature::kMemory64)) known |= kAddr64;
  if (Has(Feature::kCustomPageSizes)) known |= kPageSize;
  if (r_.ok() && (flags & ~known) != 0) r_.MalformedAt(at, "malformed limits flags");
  type.addr_type = (flags & kAddr64) != 0 ? AddrType::kI64 : AddrType::kI32;
  type.shared = (flags & kShared) != 0;
  type.limits = DecodeLimits(flags);
  if ((flags & kPageSize) != 0) {
    at = r_.position();
    const uint32_t log2 = r_.ReadU32();
    // Larger than any address: not even a candidate for validation.
    if (log2 >= 64) r_.MalformedAt(at, "invalid custom page size");
    type.page_size_log2 = static_cast<uint8_t>(log2);
  }
  return type;
}

Limits TypeDecoder::DecodeLimits(uint8_t flags) {
  const auto read = [&] {
    const uint8_t* at = r_.position();
    const uint64_t limit = r_.ReadU64();
    // Before memory64 limits were u32; the text is that of a number too large for it.
    if (limit > UINT32_MAX && !Has(Feature::kMemory64) && r_.ok())
      r_.MalformedAt(at, "i32 constant out of range");
    return limit;
  };
  Limits limits;
  limits.min = read();
  if ((flags & kHasMax) != 0) limits.max = read();
  return limits;
}

// [binary-globaltype]
GlobalType TypeDecoder::DecodeGlobalType() {
  GlobalType type;
  type.type = imm::ReadValType(r_);
  type.is_mutable = DecodeMutability();
  return type;
}

// [binary-tagtype]
TypeIdx TypeDecoder::DecodeTagType() {
  const uint8_t* at = r_.position();
  if (r_.ReadByte() != 0 && r_.ok()) r_.MalformedAt(at, "malformed tag attribute");
  return TypeIdx(r_.ReadU32());
}

// [binary-reftype]
ValType TypeDecoder::DecodeRefType() {
  const uint8_t* at = r_.position();
  const uint8_t byte = r_.PeekByte();
  if (!r_.AtEnd() &&
      (!imm::IsValTypeByte(byte) || (byte >= ValType::kV128 && byte <= ValType::kI32))) {
    r_.MalformedAt(at, "malformed reference type");
    return kFuncRef;
  }
  return imm::ReadValType(r_);
}

}  // namespace wasm::binary
