// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the compiler is told about a component.

#ifndef TRENAIL_CLI_AOT_COMPONENT_H_
#define TRENAIL_CLI_AOT_COMPONENT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "cli/aot_library.h"
#include "libcomponent/libcomponent.h"

namespace trenail::cli {

// `bytes`: of the component, which the result keeps.
inline wasm::Result<Compiled> CompileAotComponent(const Component& component,
                                                  std::span<const uint8_t> bytes,
                                                  const CompileRequest& request) {
  std::vector<TrenailAotcModule> modules;
  const std::vector<Component::CoreModule> parts = component.modules();
  for (const Component::CoreModule& part : parts)
    modules.push_back({part.bytes.data(), part.bytes.size(), part.is_adapter});
  std::vector<TrenailAotcBinding> bindings;
  for (const Component::Binding& binding : component.bindings())
    bindings.push_back({binding.module, binding.import, binding.callee_module,
                        binding.callee_function, binding.parent});
  return CompileAotComponent(bytes, modules, bindings, request);
}

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_AOT_COMPONENT_H_
