// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame of a component, and all definitions but types and canonical ones.

#include "libcomponent/binary/component_encoder.h"

#include "libcomponent/binary/format.h"
#include "libcomponent/binary/name_section.h"
#include "libcomponent/binary/writers.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"

namespace component::binary {
namespace {

using wasm::WriteUnsignedLeb;
using wasm::binary::WriteName;

template <typename Container>
void Append(Bytes& out, const Container& bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void WriteSort(Bytes& out, Sort sort) {
  if (IsCore(sort)) out.push_back(kCoreSort);
  out.push_back(SortCode(sort));
}
void WriteSortIdx(Bytes& out, const SortIdx& item) {
  WriteSort(out, item.sort);
  WriteUnsignedLeb(out, item.index);
}

void Write(Bytes& out, const CustomSection& custom) {
  WriteName(out, custom.name);
  Append(out, custom.payload);
}

void Write(Bytes& out, const CoreModuleDef& module) { Append(out, module.bytes); }

void Write(Bytes& out, const CoreInstanceDef& instance) {  // [Binary: core:instanceexpr]
  if (instance.instantiate) {
    out.push_back(0x00);
    WriteUnsignedLeb(out, instance.module);
    WriteUnsignedLeb(out, instance.args.size());
    for (const CoreInstantiateArg& arg : instance.args) {
      WriteName(out, arg.name);
      out.push_back(SortCode(Sort::kCoreInstance));
      WriteUnsignedLeb(out, arg.instance);
    }
  } else {
    out.push_back(0x01);
    WriteUnsignedLeb(out, instance.exports.size());
    for (const CoreInlineExport& exported : instance.exports) {
      WriteName(out, exported.name);
      out.push_back(SortCode(exported.item.sort));
      WriteUnsignedLeb(out, exported.item.index);
    }
  }
}

void Write(Bytes& out, const CoreType& type) { WriteCoreType(out, type); }

void Write(Bytes& out, const std::shared_ptr<const Component>& component) {
  Append(out, EncodeComponent(*component));
}

void Write(Bytes& out, const InstanceDef& instance) {  // [Binary: instanceexpr]
  if (instance.instantiate) {
    out.push_back(0x00);
    WriteUnsignedLeb(out, instance.component);
    WriteUnsignedLeb(out, instance.args.size());
    for (const InstantiateArg& arg : instance.args) {
      WriteName(out, arg.name);
      WriteSortIdx(out, arg.item);
    }
  } else {
    out.push_back(0x01);
    WriteUnsignedLeb(out, instance.exports.size());
    for (const InlineExport& exported : instance.exports) {
      WriteExternName(out, exported.name);
      WriteSortIdx(out, exported.item);
    }
  }
}

void Write(Bytes& out, const Alias& alias) { WriteAlias(out, alias); }
void Write(Bytes& out, const TypeDef& type) { WriteType(out, type); }
void Write(Bytes& out, const Canon& canon) { WriteCanon(out, canon); }

void Write(Bytes& out, const Start& start) {  // [Binary: start]
  WriteUnsignedLeb(out, start.func);
  WriteUnsignedLeb(out, start.args.size());
  for (const uint32_t arg : start.args) WriteUnsignedLeb(out, arg);
  WriteUnsignedLeb(out, start.results);
}

void Write(Bytes& out, const Import& import) {
  WriteExternName(out, import.name);
  WriteExternType(out, import.type);
}

void Write(Bytes& out, const Export& exported) {
  WriteExternName(out, exported.name);
  WriteSortIdx(out, exported.item);
  out.push_back(exported.type ? 1 : 0);
  if (exported.type) WriteExternType(out, *exported.type);
}

void Write(Bytes& out, const ValueDef& value) {  // [Binary: value]
  WriteValType(out, value.type);
  WriteUnsignedLeb(out, value.bytes.size());
  Append(out, value.bytes);
}

// In the order of the alternatives of Definition::def.
constexpr SectionId kSectionOf[] = {
    SectionId::kCustom,    SectionId::kCoreModule, SectionId::kCoreInstance, SectionId::kCoreType,
    SectionId::kComponent, SectionId::kInstance,   SectionId::kAlias,        SectionId::kType,
    SectionId::kCanon,     SectionId::kStart,      SectionId::kImport,       SectionId::kExport,
    SectionId::kValue};
static_assert(std::size(kSectionOf) == std::variant_size_v<decltype(Definition::def)>);

void WriteSection(Bytes& out, SectionId id, size_t count, const Bytes& contents) {
  Bytes head;
  if (!HoldsOneDefinition(id)) WriteUnsignedLeb(head, count);
  out.push_back(static_cast<uint8_t>(id));
  WriteUnsignedLeb(out, head.size() + contents.size());
  Append(out, head);
  Append(out, contents);
}

}  // namespace

std::vector<uint8_t> EncodeComponent(const Component& component) {
  Bytes out(std::begin(kPreamble), std::end(kPreamble));
  bool has_names = false;
  const auto& definitions = component.definitions;
  for (size_t i = 0; i < definitions.size();) {
    const size_t alternative = definitions[i].def.index();
    const SectionId id = kSectionOf[alternative];
    Bytes contents;
    const size_t first = i;
    do {
      std::visit([&contents](const auto& def) { Write(contents, def); }, definitions[i].def);
      ++i;
    } while (!HoldsOneDefinition(id) && i < definitions.size() &&
             definitions[i].def.index() == alternative);
    WriteSection(out, id, i - first, contents);
    if (id == SectionId::kCustom)
      has_names |= std::get<CustomSection>(definitions[first].def).name == kNameSection;
  }
  if (!has_names && !IsEmpty(component.names)) {
    Bytes contents;
    WriteName(contents, kNameSection);
    Append(contents, EncodeNames(component.names));
    WriteSection(out, SectionId::kCustom, 1, contents);
  }
  return out;
}

void WriteExternName(Bytes& out, const ExternName& name) {  // [Binary: nameattributes]
  const std::pair<uint8_t, const std::optional<std::string>*> attributes[] = {
      {code::kImplements, &name.implements},
      {code::kVersionSuffix, &name.version_suffix},
      {code::kExternalId, &name.external_id}};
  size_t count = 0;
  for (const auto& [kind, value] : attributes) count += value->has_value();
  out.push_back(count == 0 ? code::kName : code::kNameWithAttributes);
  WriteName(out, name.name);
  if (count == 0) return;
  WriteUnsignedLeb(out, count);
  for (const auto& [kind, value] : attributes) {
    if (!value->has_value()) continue;
    out.push_back(kind);
    WriteName(out, **value);
  }
}

void WriteExternType(Bytes& out, const ExternDesc& type) {  // [Binary: externtype]
  WriteSort(out, type.sort);
  if (type.sort == Sort::kValue) {
    out.push_back(type.value_type ? 0x01 : 0x00);
    if (type.value_type) {
      WriteValType(out, *type.value_type);
      return;
    }
  } else if (type.sort == Sort::kType) {
    const bool is_resource = type.bound == ExternDesc::Bound::kSubResource;
    out.push_back(is_resource ? 0x01 : 0x00);
    if (is_resource) return;
  }
  WriteUnsignedLeb(out, type.index);
}

void WriteAlias(Bytes& out, const Alias& alias) {  // [Binary: alias]
  WriteSort(out, alias.sort);
  switch (alias.kind) {
    case Alias::Kind::kExport:
    case Alias::Kind::kCoreExport:
      out.push_back(alias.kind == Alias::Kind::kExport ? 0x00 : 0x01);
      WriteUnsignedLeb(out, alias.instance);
      WriteName(out, alias.name);
      break;
    case Alias::Kind::kOuter:
      out.push_back(0x02);
      WriteUnsignedLeb(out, alias.outer_count);
      WriteUnsignedLeb(out, alias.outer_index);
      break;
  }
}

}  // namespace component::binary
