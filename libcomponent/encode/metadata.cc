// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/metadata.h"

#include <utility>

#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/encode/all_features.h"
#include "libcomponent/encode/producers.h"
#include "libcomponent/validate/component_validator.h"
#include "libcomponent/wit/decode.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/engine_impl.h"
#include "libwasm/support/leb128.h"
#include "libwasm/validate/module_validator.h"

namespace component::encode {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

constexpr std::string_view kSectionPrefix = "component-type";
constexpr std::string_view kEncodingSection = "wit-component-encoding";
constexpr uint8_t kVersion = 4;

std::unexpected<Error> Unreadable(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}

Result<wit::StringEncoding> EncodingOf(const Component& component) {
  for (const Definition& definition : component.definitions) {
    const auto* custom = std::get_if<CustomSection>(&definition.def);
    if (custom == nullptr || custom->name != kEncodingSection) continue;
    if (custom->payload.size() != 2 || custom->payload[0] != kVersion)
      return Unreadable("the section `" + std::string(kEncodingSection) +
                        "` is of an unknown version");
    if (custom->payload[1] > static_cast<uint8_t>(wit::StringEncoding::kLatin1Utf16))
      return Unreadable("the section `" + std::string(kEncodingSection) +
                        "` names an unknown string encoding");
    return static_cast<wit::StringEncoding>(custom->payload[1]);
  }
  return Unreadable("the section `" + std::string(kEncodingSection) + "` is missing");
}

Result<EmbeddedWorld> ReadWorld(const trenail::Engine& engine, std::span<const uint8_t> bytes,
                                Producers* producers) {
  const auto syntax = TRY(binary::DecodeComponent(bytes, {}, engine.options().features));
  EmbeddedWorld out;
  out.encoding = TRY(EncodingOf(*syntax));
  const auto component = TRY(Validate(engine, syntax, AllFeatures()));
  wit::ResolvedPackage package = TRY(wit::Decode(*component));
  if (!wit::IsPackage(*component) || package.resolve[package.root].worlds.size() != 1)
    return Unreadable("it holds no world");
  for (const Definition& definition : syntax->definitions)
    if (const auto* custom = std::get_if<CustomSection>(&definition.def);
        custom != nullptr && custom->name == kProducersSection)
      producers->Read(custom->payload);
  out.world = package.resolve[package.root].worlds[0];
  out.resolve = std::move(package.resolve);
  return out;
}

void AppendCustomSection(std::string_view name, std::span<const uint8_t> payload,
                         std::vector<uint8_t>* out) {
  std::vector<uint8_t> head;
  wasm::binary::WriteName(head, name);
  out->push_back(0);
  wasm::WriteUnsignedLeb(*out, head.size() + payload.size());
  out->insert(out->end(), head.begin(), head.end());
  out->insert(out->end(), payload.begin(), payload.end());
}

}  // namespace

Result<DescribedModule> ReadMetadata(const trenail::Engine& engine, std::span<const uint8_t> bytes,
                                     bool is_adapter) {
  const auto module =
      TRY(wasm::binary::DecodeModule(bytes, engine.options().features, {.borrow = true}));
  TRY(wasm::validate::ValidateModule(module, *engine.impl()->types,
                                     {.lazy_bodies = is_adapter, .discard_code = true}));
  DescribedModule out;
  wasm::binary::StripOptions strip;
  Producers of_module, of_worlds;
  for (const wasm::CustomSection& custom : module->customs) {
    if (custom.name == kProducersSection) of_module.Read(module->Bytes(custom.payload));
    if (!custom.name.starts_with(kSectionPrefix)) continue;
    strip.only.emplace_back(custom.name);
    auto world = ReadWorld(engine, module->Bytes(custom.payload), &of_worlds);
    if (!world)
      return std::unexpected(Error(world.error().kind(), "section `" + std::string(custom.name) +
                                                             "`: " + world.error().message())
                                 .WithOffset(custom.section.begin));
    out.worlds.push_back(*std::move(world));
  }
  // Whoever made the bindings has a part in the module.
  if (!of_worlds.empty()) {
    of_module.Read(of_worlds.Write());
    strip.only.emplace_back(kProducersSection);
  }
  if (strip.only.empty())
    out.bytes.assign(bytes.begin(), bytes.end());
  else
    out.bytes = wasm::binary::StripModule(*module, strip);
  if (!of_worlds.empty()) AppendCustomSection(kProducersSection, of_module.Write(), &out.bytes);
  return out;
}

}  // namespace component::encode
