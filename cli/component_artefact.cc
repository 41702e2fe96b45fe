// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/component_artefact.h"

#include <utility>
#include <vector>

#include "cli/component_call.h"
#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/text/parse_component.h"

namespace trenail::cli {

Result<std::optional<FileBytes>> ComponentOf(std::span<const uint8_t> bytes) {
  if (Component::IsComponent(bytes)) return FileBytes(bytes);
  if (Detect(bytes) != FileKind::kText || !component::text::IsComponentText(AsText(bytes)))
    return std::nullopt;
  const component::text::TextComponent parsed =
      TRY(component::text::ParseComponentText(AsText(bytes)));
  return FileBytes(parsed.component != nullptr
                       ? component::binary::EncodeComponent(*parsed.component)
                       : parsed.binary);
}

Result<Compiled> CompileComponent(std::span<const uint8_t> component,
                                  const CompileRequest& request) {
  const Engine engine(MakeInterpreter(), {.features = request.features});
  const Component parsed = TRY(Component::Parse(engine, component));
  std::vector<std::span<const uint8_t>> modules;
  for (const Component::CoreModule& module : parsed.modules()) modules.push_back(module.bytes);
  return CompileAotComponent(component, modules, request);
}

Result<void> RunComponentArtefact(const Artefact& artefact, const std::string& invoke,
                                  const StoreLimits& limits, std::optional<uint64_t> fuel) {
  const Engine engine(MakeInterpreter(), {.guard_memories = true});
  return CallComponent(TRY(Component::FromArtefact(engine, artefact)), invoke, limits, fuel);
}

}  // namespace trenail::cli
