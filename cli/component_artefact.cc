// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/component_artefact.h"

#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"

namespace trenail::cli {

Result<Compiled> CompileComponent(std::span<const uint8_t> component,
                                  const CompileRequest& request) {
  const Engine engine(MakeInterpreter(), {.features = request.features});
  const Component parsed = TRY(Component::Parse(engine, component));
  std::vector<std::span<const uint8_t>> modules;
  for (const Component::CoreModule& module : parsed.modules()) modules.push_back(module.bytes);
  return CompileAotComponent(component, modules, request);
}

}  // namespace trenail::cli
