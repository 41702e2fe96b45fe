// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame of a component: preamble and sections [Binary: component].

#include "libcomponent/binary/component_decoder.h"

#include <cstring>
#include <utility>

#include "libcomponent/binary/limits.h"
#include "libcomponent/binary/name_section.h"
#include "libcomponent/binary/section_decoder.h"

namespace component::binary {

wasm::Result<std::shared_ptr<const Component>> DecodeComponent(
    std::span<const uint8_t> bytes, const component::FeatureSet& features,
    const wasm::FeatureSet& core_features) {
  if (bytes.size() > limits::kComponentSize)
    return std::unexpected(wasm::Error::Malformed(0, "component too large: the limit is 1 GiB"));
  DecodeContext context{.bytes = bytes, .features = features, .core_features = core_features};
  auto component = std::make_shared<Component>();
  SectionDecoder(bytes, 0, &context).DecodeComponent(component.get());
  if (context.sink.failed()) return std::unexpected(context.sink.TakeError());
  return component;
}

SectionDecoder::Nested::Nested(SectionDecoder& decoder)
    : decoder_(decoder), ok_(++decoder.context_.depth <= limits::kNesting) {
  if (!ok_)
    decoder_.r_.Malformed("nesting too deep: the limit is " + std::to_string(limits::kNesting));
}

void SectionDecoder::DecodeComponent(Component* component) {
  const Nested nested(*this);
  if (!nested.ok() || !DecodePreamble()) return;
  while (!r_.AtEnd() && r_.ok()) DecodeSection(component);
}

bool SectionDecoder::DecodePreamble() {
  const auto magic = r_.ReadBytes(4);
  if (!r_.ok()) return false;
  if (std::memcmp(magic.data(), kPreamble, 4) != 0)
    return r_.MalformedAt(magic.data(), "magic header not detected");
  const auto version = r_.ReadBytes(4);
  if (!r_.ok()) return false;
  if (std::memcmp(version.data(), kPreamble + 4, 4) == 0) return true;
  constexpr uint8_t kCoreVersion[4] = {1, 0, 0, 0};
  if (std::memcmp(version.data(), kCoreVersion, 4) == 0)
    return r_.MalformedAt(version.data(),
                          "expected a version header for a component: this is a core module");
  return r_.MalformedAt(version.data(), "unknown binary version");
}

void SectionDecoder::DecodeSection(Component* component) {
  const uint8_t* at = r_.position();
  const uint8_t id = r_.ReadByte();
  if (id >= kNumSections) {
    r_.MalformedAt(at, "malformed section id");
    return;
  }
  const auto contents = r_.ReadBytes(r_.ReadU32());
  if (!r_.ok()) return;
  SectionDecoder(contents, r_.OffsetOf(contents.data()), &context_)
      .DecodeSectionContents(static_cast<SectionId>(id), component);
}

void SectionDecoder::Define(uint64_t offset, decltype(Definition::def) def, Component* component) {
  if (CountDefinition()) component->definitions.push_back({offset, std::move(def)});
}

template <typename Decode>
void SectionDecoder::DecodeDefinitions(Component* component, Decode decode) {
  const uint32_t count = ReadCount(limits::kDefinitions, "definitions");
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    const uint64_t offset = r_.offset();
    Define(offset, (this->*decode)(), component);
  }
}

void SectionDecoder::DecodeSectionContents(SectionId id, Component* component) {
  const uint64_t offset = r_.offset();
  switch (id) {
    case SectionId::kCustom:
      Define(offset, DecodeCustom(component), component);
      break;
    case SectionId::kCoreModule:
      Define(offset, DecodeCoreModule(), component);
      break;
    case SectionId::kCoreInstance:
      DecodeDefinitions(component, &SectionDecoder::DecodeCoreInstance);
      break;
    case SectionId::kCoreType:
      DecodeDefinitions(component, &SectionDecoder::DecodeCoreType);
      break;
    case SectionId::kComponent: {
      auto nested = std::make_shared<Component>();
      DecodeComponent(nested.get());
      Define(offset, std::shared_ptr<const Component>(std::move(nested)), component);
      break;
    }
    case SectionId::kInstance:
      DecodeDefinitions(component, &SectionDecoder::DecodeInstance);
      break;
    case SectionId::kAlias:
      DecodeDefinitions(component, &SectionDecoder::DecodeAlias);
      break;
    case SectionId::kType:
      DecodeDefinitions(component, &SectionDecoder::DecodeType);
      break;
    case SectionId::kCanon:
      DecodeDefinitions(component, &SectionDecoder::DecodeCanon);
      break;
    case SectionId::kStart:
      Define(offset, DecodeStart(), component);
      if (r_.ok() && !r_.AtEnd()) r_.Malformed("unexpected content in the component start section");
      break;
    case SectionId::kImport:
      DecodeDefinitions(component, &SectionDecoder::DecodeImport);
      break;
    case SectionId::kExport:
      DecodeDefinitions(component, &SectionDecoder::DecodeExport);
      break;
    case SectionId::kValue:
      DecodeDefinitions(component, &SectionDecoder::DecodeValue);
      break;
  }
  if (r_.ok() && !r_.AtEnd()) r_.Malformed("unexpected data at the end of the section");
}

CustomSection SectionDecoder::DecodeCustom(Component* component) {
  CustomSection custom;
  custom.name = ReadString();
  const auto payload = r_.ReadBytes(r_.remaining());
  if (!r_.ok()) return custom;
  custom.payload.assign(payload.begin(), payload.end());
  // The first one counts: it should appear once.
  if (custom.name == kNameSection && IsEmpty(component->names))
    ReadNamesLeniently(custom.payload, &component->names);
  return custom;
}

CoreModuleDef SectionDecoder::DecodeCoreModule() {
  if (context_.copy == nullptr)
    context_.copy = std::make_shared<const wasm::ModuleBytes>(context_.bytes);
  const uint64_t offset = r_.offset();
  const auto bytes = r_.ReadBytes(r_.remaining());
  return {.bytes = context_.copy->span().subspan(static_cast<size_t>(offset), bytes.size()),
          .owner = context_.copy};
}

bool SectionDecoder::Refuse(const uint8_t* at, std::string_view what) {
  if (!r_.ok()) return false;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string message = "invalid leading byte (0x";
  if (*at >= 0x10) message += kDigits[*at >> 4];
  message += kDigits[*at & 0xf];
  message += ") for ";
  message += what;
  return r_.MalformedAt(at, std::move(message));
}

bool SectionDecoder::CountDefinition() {
  if (!r_.ok()) return false;
  if (++context_.definitions <= limits::kDefinitions) return true;
  return r_.Malformed("too many definitions: the limit is " + std::to_string(limits::kDefinitions));
}

}  // namespace component::binary
