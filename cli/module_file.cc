// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files to modules and components; see module_file.h.

#include "cli/module_file.h"

#include <utility>

#include "cli/input.h"
#include "libwasm/libwasm.h"
#include "libwasm/text/parse_module.h"
#ifdef TRENAIL_COMPONENTS
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/text/parse_component.h"
#endif

namespace trenail::cli {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Feature;
using wasm::FeatureSet;
using wasm::Result;

namespace {

#ifndef TRENAIL_COMPONENTS
constexpr char kNoComponents[] =
    "this is a component, and this build of trenail knows core modules only";
#endif

std::unexpected<Error> Refused(const char* why) {
  return std::unexpected(Error(ErrorKind::kMalformed, why));
}

}  // namespace

Result<WasmFile> ParseAnyText(std::string_view text, const component::FeatureSet& features) {
  if (wasm::text::IsComponentText(text)) {
#ifdef TRENAIL_COMPONENTS
    component::text::TextComponent parsed =
        TRY(component::text::ParseComponentText(text, {.features = features}));
    if (parsed.component != nullptr)
      parsed.binary = component::binary::EncodeComponent(*parsed.component);
    return WasmFile{FileBytes(parsed.binary), true};
#else
    (void)features;
    return Refused(kNoComponents);
#endif
  }
  return WasmFile{FileBytes(TRY(ParseText(text))), false};
}

Result<WasmFile> LoadWasm(const std::string& path, const component::FeatureSet& features) {
  return WasmIn(TRY(ReadFile(path)), features);
}

Result<WasmFile> WasmIn(FileBytes bytes, const component::FeatureSet& features) {
  switch (Detect(bytes)) {
    case FileKind::kEmpty:
      return std::unexpected(Error::Malformed(0, "unexpected end: the file is empty"));
    case FileKind::kComponent:
#ifdef TRENAIL_COMPONENTS
      return WasmFile{std::move(bytes), true};
#else
      return Refused(kNoComponents);
#endif
    case FileKind::kImage:
      return Refused("this is native code (ELF), and WebAssembly is needed");
    case FileKind::kText:
      return ParseAnyText(AsText(bytes), features);
    case FileKind::kModule:
    case FileKind::kUnknown:
      break;
  }
  return WasmFile{std::move(bytes), false};
}

Result<FileBytes> LoadModule(const std::string& path) {
  WasmFile file = TRY(LoadWasm(path));
  if (file.is_component) return Refused("this is a component, and a core module is needed");
  return std::move(file.bytes);
}

component::FeatureSet AllComponentFeatures() {
  component::FeatureSet features;
#define COMPONENT_FEATURE(Name, option, on) features.Set(component::Feature::k##Name, true);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  // Not more syntax but another one.
  features.Set(component::Feature::kLegacyIndices, false);
  return features;
}

Result<void> ApplyFeatures(std::string_view text, FeatureSet& features,
                           component::FeatureSet& component_features) {
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (item.empty()) continue;
    bool on = item.front() != '-';
    std::string_view name = item.front() == '+' || item.front() == '-' ? item.substr(1) : item;
    if (const auto feature = component::FeatureFromName(name)) {
      component_features.Set(*feature, on);
      continue;
    }
    std::optional<Feature> feature = wasm::FeatureFromName(name);
    if (!feature) {
      std::string message = "no feature is called \"" + std::string(name) + "\"; there are:";
#define FEATURE(Name, option, parent) \
  if (!std::string_view(option).empty()) message += " " option;
#include "libwasm/types/features.def"
#undef FEATURE
#define COMPONENT_FEATURE(Name, option, on_by_default) message += " " option;
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
      return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
    }
    if (on) {
      features.Enable(*feature);
    } else {
      features.Disable(*feature);
    }
  }
  return {};
}

}  // namespace trenail::cli
