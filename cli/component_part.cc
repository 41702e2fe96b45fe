// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/component_part.h"

#include <utility>
#include <vector>

#include "cli/input.h"
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/text/parse_component.h"
#include "libcomponent/validate/component_validator.h"
#include "libwasm/text/parse_module.h"

namespace trenail::cli {

using component::ValidatedComponent;
using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

namespace {

std::unexpected<Error> NoComponent(const char* what) {
  return std::unexpected(Error(ErrorKind::kMalformed, what));
}

}  // namespace

Result<std::shared_ptr<const ValidatedComponent>> LoadPart(const Engine& engine,
                                                           const std::string& path) {
  const FileBytes bytes = TRY(ReadFile(path));
  std::shared_ptr<const component::Component> syntax;
  switch (Detect(bytes)) {
    case FileKind::kComponent:
      syntax = TRY(component::binary::DecodeComponent(bytes, {}, engine.options().features));
      break;
    case FileKind::kText: {
      if (!wasm::text::IsComponentText(AsText(bytes)))
        return NoComponent("this is the text of a core module, and a component is needed");
      auto parsed = TRY(component::text::ParseComponentText(AsText(bytes)));
      syntax = parsed.component;
      if (syntax == nullptr)
        syntax =
            TRY(component::binary::DecodeComponent(parsed.binary, {}, engine.options().features));
      break;
    }
    case FileKind::kModule:
      return NoComponent(
          "this is a core module, and a component is needed; `trenail component new` makes one");
    case FileKind::kImage:
      return NoComponent("this is native code (ELF), and a component is needed");
    case FileKind::kEmpty:
      return NoComponent("unexpected end: the file is empty");
    case FileKind::kUnknown:
      return NoComponent("this is neither a component nor the text of one");
  }
  return component::Validate(engine, std::move(syntax));
}

Result<void> WriteComponent(const std::string& path, const component::Component& component) {
  return WriteFile(path, component::binary::EncodeComponent(component));
}

}  // namespace trenail::cli
