// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Definitions that are neither types nor canonical: instances, aliases, start, imports, exports and
// values.

#include <utility>

#include "libcomponent/binary/limits.h"
#include "libcomponent/binary/section_decoder.h"

namespace component::binary {

// [Binary: core:instanceexpr]
CoreInstanceDef SectionDecoder::DecodeCoreInstance() {
  CoreInstanceDef instance;
  const uint8_t* at = r_.position();
  const uint8_t form = r_.ReadByte();
  if (form == 0x00) {
    instance.instantiate = true;
    instance.module = r_.ReadU32();
    const uint32_t count = ReadCount(limits::kListElements, "arguments");
    for (uint32_t i = 0; i < count && r_.ok(); ++i) {
      CoreInstantiateArg arg;
      arg.name = ReadString();
      at = r_.position();
      if (r_.ReadByte() != SortCode(Sort::kCoreInstance)) Refuse(at, "instantiation arg kind");
      arg.instance = r_.ReadU32();
      instance.args.push_back(std::move(arg));
    }
  } else if (form == 0x01) {
    const uint32_t count = ReadCount(limits::kListElements, "exports");
    for (uint32_t i = 0; i < count && r_.ok(); ++i) {
      std::string name = ReadString();
      instance.exports.push_back({.name = std::move(name), .item = DecodeCoreSortIdx()});
    }
  } else {
    Refuse(at, "core instance");
  }
  return instance;
}

// [Binary: instanceexpr]
InstanceDef SectionDecoder::DecodeInstance() {
  InstanceDef instance;
  const uint8_t* at = r_.position();
  const uint8_t form = r_.ReadByte();
  if (form == 0x00) {
    instance.instantiate = true;
    instance.component = r_.ReadU32();
    const uint32_t count = ReadCount(limits::kListElements, "arguments");
    for (uint32_t i = 0; i < count && r_.ok(); ++i) {
      std::string name = ReadString();
      instance.args.push_back(
          {.name = std::move(name), .item = DecodeSortIdx("component external kind")});
    }
  } else if (form == 0x01) {
    const uint32_t count = ReadCount(limits::kListElements, "exports");
    for (uint32_t i = 0; i < count && r_.ok(); ++i) {
      ExternName name = DecodeExternName();
      instance.exports.push_back(
          {.name = std::move(name), .item = DecodeSortIdx("component external kind")});
    }
  } else {
    Refuse(at, "instance");
  }
  return instance;
}

std::optional<Sort> SectionDecoder::DecodeSort(const uint8_t** at) {
  *at = r_.position();
  uint8_t byte = r_.ReadByte();
  const bool core = byte == kCoreSort;
  if (core) {
    *at = r_.position();
    byte = r_.ReadByte();
  }
  for (int i = 0; i < kNumSorts && r_.ok(); ++i) {
    const Sort sort = static_cast<Sort>(i);
    if (IsCore(sort) == core && SortCode(sort) == byte) return sort;
  }
  return std::nullopt;
}

// [Binary: sortidx]
SortIdx SectionDecoder::DecodeSortIdx(std::string_view what) {
  const uint8_t* at;
  const std::optional<Sort> sort = DecodeSort(&at);
  if (!sort) Refuse(at, what);
  return {.sort = sort.value_or(Sort::kFunc), .index = r_.ReadU32()};
}

// [Binary: core:sortidx]
SortIdx SectionDecoder::DecodeCoreSortIdx() {
  const uint8_t* at = r_.position();
  const uint8_t byte = r_.ReadByte();
  for (int i = 0; i < kNumSorts && r_.ok(); ++i) {
    const Sort sort = static_cast<Sort>(i);
    if (IsCore(sort) && SortCode(sort) == byte) return {.sort = sort, .index = r_.ReadU32()};
  }
  Refuse(at, "external kind");
  return {};
}

// [Binary: alias]
Alias SectionDecoder::DecodeAlias() {
  Alias alias;
  const uint8_t* sort_at;
  // What a sort may be depends on the target behind it.
  const std::optional<Sort> sort = DecodeSort(&sort_at);
  alias.sort = sort.value_or(Sort::kFunc);
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case 0x00:
      if (!sort) Refuse(sort_at, "component external kind");
      alias.kind = Alias::Kind::kExport;
      alias.instance = r_.ReadU32();
      alias.name = ReadString();
      break;
    case 0x01:
      if (!sort) Refuse(sort_at, "core instance export kind");
      alias.kind = Alias::Kind::kCoreExport;
      alias.instance = r_.ReadU32();
      alias.name = ReadString();
      break;
    case 0x02:
      // [Binary: outeraliassort]
      if (sort != Sort::kCoreModule && sort != Sort::kCoreType && sort != Sort::kType &&
          sort != Sort::kComponent)
        Refuse(sort_at, "component outer alias kind");
      alias.kind = Alias::Kind::kOuter;
      alias.outer_count = r_.ReadU32();
      alias.outer_index = r_.ReadU32();
      break;
    default:
      Refuse(at, "alias");
      break;
  }
  return alias;
}

// [Binary: start]
Start SectionDecoder::DecodeStart() {
  Start start;
  start.func = r_.ReadU32();
  const uint32_t count = ReadCount(limits::kStartArgs, "arguments");
  for (uint32_t i = 0; i < count && r_.ok(); ++i) start.args.push_back(r_.ReadU32());
  const uint8_t* at = r_.position();
  start.results = r_.ReadU32();
  if (start.results > limits::kStartResults && r_.ok())
    r_.MalformedAt(at, "start function results size is out of bounds");
  return start;
}

// [Binary: nameattributes]
ExternName SectionDecoder::DecodeExternName() {
  ExternName name;
  const uint8_t* at = r_.position();
  const uint8_t form = r_.ReadByte();
  if (form > code::kNameWithAttributes) Refuse(at, "component name");
  if (form == code::kNameWithAttributes && !context_.features.Has(Feature::kImplements) &&
      !context_.features.Has(Feature::kCanonicalNames))
    r_.MalformedAt(at, "the `cm-implements` feature is not active");
  name.name = ReadString();
  if (form != code::kNameWithAttributes) return name;
  const uint32_t count = ReadCount(limits::kListElements, "attributes");
  for (uint32_t i = 0; i < count && r_.ok(); ++i) DecodeAttribute(&name);
  return name;
}

// [Binary: attribute]
void SectionDecoder::DecodeAttribute(ExternName* name) {
  const uint8_t* at = r_.position();
  const uint8_t kind = r_.ReadByte();
  std::optional<std::string>* value = nullptr;
  std::string_view keyword;
  switch (kind) {
    case code::kImplements:
      value = &name->implements;
      keyword = "implements";
      break;
    case code::kVersionSuffix:
      value = &name->version_suffix;
      keyword = "versionsuffix";
      break;
    case code::kExternalId:
      value = &name->external_id;
      keyword = "external-id";
      break;
    default:
      Refuse(at, "name option");
      return;
  }
  // A rule of validation, but the syntax has no place for a second one.
  if (value->has_value() && r_.ok()) {
    r_.sink().Invalid(r_.OffsetOf(at), "duplicate '" + std::string(keyword) + "' option in name");
    return;
  }
  *value = ReadString();
}

// [Binary: externtype]
ExternDesc SectionDecoder::DecodeExternType() {
  ExternDesc type;
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case kCoreSort:
      at = r_.position();
      if (r_.ReadByte() != SortCode(Sort::kCoreModule)) Refuse(at, "component external kind");
      type.sort = Sort::kCoreModule;
      type.index = r_.ReadU32();
      break;
    case SortCode(Sort::kFunc):
      type.sort = Sort::kFunc;
      type.index = r_.ReadU32();
      break;
    case SortCode(Sort::kValue):
      type.sort = Sort::kValue;
      at = r_.position();
      switch (r_.ReadByte()) {
        case 0x00:
          type.index = r_.ReadU32();
          break;
        case 0x01:
          type.value_type = DecodeValType();
          break;
        default:
          Refuse(at, "value bound");
          break;
      }
      break;
    case SortCode(Sort::kType):
      type.sort = Sort::kType;
      at = r_.position();
      switch (r_.ReadByte()) {
        case 0x00:
          type.index = r_.ReadU32();
          break;
        case 0x01:
          type.bound = ExternDesc::Bound::kSubResource;
          break;
        default:
          Refuse(at, "type bound");
          break;
      }
      break;
    case SortCode(Sort::kComponent):
      type.sort = Sort::kComponent;
      type.index = r_.ReadU32();
      break;
    case SortCode(Sort::kInstance):
      type.sort = Sort::kInstance;
      type.index = r_.ReadU32();
      break;
    default:
      Refuse(at, "component external kind");
      break;
  }
  return type;
}

Import SectionDecoder::DecodeImport() {
  ExternName name = DecodeExternName();
  return {.name = std::move(name), .type = DecodeExternType()};
}

Export SectionDecoder::DecodeExport() {
  Export exported;
  exported.name = DecodeExternName();
  exported.item = DecodeSortIdx("component external kind");
  const uint8_t* at = r_.position();
  switch (r_.ReadByte()) {
    case 0x00:
      break;
    case 0x01:
      exported.type = DecodeExternType();
      break;
    default:
      Refuse(at, "optional component export type");
      break;
  }
  return exported;
}

// [Binary: value]
ValueDef SectionDecoder::DecodeValue() {
  ValueDef value;
  value.type = DecodeValType();
  const auto bytes = r_.ReadBytes(r_.ReadU32());
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

}  // namespace component::binary
