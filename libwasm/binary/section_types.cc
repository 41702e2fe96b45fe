// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The type section [binary-typesec].

#include "libwasm/binary/limits.h"
#include "libwasm/binary/section_decoder.h"
#include "libwasm/opcodes/immediates.h"

namespace wasm::binary {

namespace {
constexpr uint8_t kRec = 0x4e;
constexpr uint8_t kSubFinal = 0x4f;
constexpr uint8_t kSub = 0x50;
constexpr uint8_t kArray = 0x5e;
constexpr uint8_t kStruct = 0x5f;
constexpr uint8_t kFunc = 0x60;
}  // namespace

void SectionDecoder::DecodeTypes() {
  const uint32_t count = ReadCount(limits::kTypes, "types");
  m_.types.reserve(Plausible(count, 3));
  m_.rec_groups.reserve(Plausible(count, 2));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    RecGroup group{.first = static_cast<uint32_t>(m_.types.size())};
    group.explicit_group = DecodeRecType(&m_.types);
    group.size = static_cast<uint32_t>(m_.types.size()) - group.first;
    m_.rec_groups.push_back(group);
  }
}

// [binary-rectype]
bool TypeDecoder::DecodeRecType(std::vector<SubType>* types) {
  if (r_.PeekByte() != kRec || !Has(Feature::kGc)) {
    DecodeSubType(&types->emplace_back());
    return false;
  }
  const uint8_t* at = r_.position();
  r_.ReadByte();
  const uint32_t size = ReadCount(limits::kTypes, "types");
  if (size > limits::kTypes - types->size()) {
    r_.MalformedAt(at, "too many types: the limit is " + std::to_string(limits::kTypes));
    return true;
  }
  for (uint32_t i = 0; i < size && r_.ok(); ++i) DecodeSubType(&types->emplace_back());
  return true;
}

// [binary-subtype]
void TypeDecoder::DecodeSubType(SubType* type) {
  const uint8_t* at = r_.position();
  uint8_t form = r_.ReadByte();
  if ((form == kSub || form == kSubFinal) && Has(Feature::kGc)) {
    type->is_final = form == kSubFinal;
    const uint32_t count = ReadCount(UINT32_MAX, "supertypes");
    if (count > 1 && r_.ok()) {
      // Valid types have one supertype at most, so that more need no place in the Module.
      r_.MalformedAt(at, "sub type with several supertypes");
      return;
    }
    for (uint32_t i = 0; i < count; ++i) type->supertypes.push_back(r_.ReadU32());
    form = r_.ReadByte();
  }
  DecodeCompType(form, &type->comp);
}

// [binary-comptype]
void TypeDecoder::DecodeCompType(uint8_t form, CompType* comp) {
  if (!r_.ok()) return;
  if (form == kFunc) {
    comp->kind = CompType::Kind::kFunc;
    DecodeResultType(limits::kParams, &comp->func.params);
    DecodeResultType(limits::kResults, &comp->func.results);
  } else if (form == kStruct && Has(Feature::kGc)) {
    comp->kind = CompType::Kind::kStruct;
    const uint32_t count = ReadCount(limits::kStructFields, "fields");
    comp->fields.reserve(Plausible(count, 2));
    for (uint32_t i = 0; i < count && r_.ok(); ++i) comp->fields.push_back(DecodeFieldType());
  } else if (form == kArray && Has(Feature::kGc)) {
    comp->kind = CompType::Kind::kArray;
    comp->fields.push_back(DecodeFieldType());
  } else {
    r_.MalformedAt(r_.position() - 1, (form & 0x80) != 0 ? "integer representation too long"
                                                         : "malformed definition type");
  }
}

// [binary-resulttype]
void TypeDecoder::DecodeResultType(uint32_t limit, ResultType* types) {
  const uint32_t count = ReadCount(limit, "types in a list");
  types->reserve(count);
  for (uint32_t i = 0; i < count && r_.ok(); ++i) types->push_back(imm::ReadValType(r_));
}

// [binary-fieldtype] [binary-storagetype]
FieldType TypeDecoder::DecodeFieldType() {
  FieldType field;
  const uint8_t* at = r_.position();
  const uint8_t byte = r_.PeekByte();
  if (byte == ValType::kI8 || byte == ValType::kI16) {
    r_.ReadByte();
    field.type = static_cast<ValType::Code>(byte);
  } else if (imm::IsValTypeByte(byte) || r_.AtEnd()) {
    field.type = imm::ReadValType(r_);
  } else {
    r_.MalformedAt(at, "malformed storage type");
  }
  field.is_mutable = DecodeMutability();
  return field;
}

bool TypeDecoder::DecodeMutability() {
  const uint8_t* at = r_.position();
  const uint8_t byte = r_.ReadByte();
  if (byte > 1) r_.MalformedAt(at, "malformed mutability");
  return byte == 1;
}

}  // namespace wasm::binary
