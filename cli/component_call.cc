// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/component_call.h"

#include <cstdio>
#include <utility>

#include "libcomponent/wave/wave.h"

namespace trenail::cli {
namespace {

namespace wave = component::wave;

Result<ComponentFunc> FindFunc(const ComponentInstance& instance, const wave::Call& call) {
  std::optional<ComponentFunc> func;
  if (call.interface.empty()) {
    func = instance.GetFunc(call.function);
  } else if (const auto interface = instance.GetInstance(call.interface)) {
    func = interface->GetFunc(call.function);
  }
  if (func) return *func;
  std::string names;
  for (const std::string& name : instance.names()) names += " " + name;
  return std::unexpected(
      Error(ErrorKind::kHost,
            "no exported function is called \"" + std::string(call.callee) +
                (names.empty() ? "\"; the component exports nothing" : "\"; there are:" + names)));
}

}  // namespace

Result<void> CallComponent(const Component& component, const std::string& invoke,
                           const StoreLimits& limits, std::optional<uint64_t> fuel) {
  ComponentStore store(component.engine(), limits);
  if (fuel) store.core().SetFuel(*fuel);
  const ComponentLinker linker(component.engine());
  const ComponentInstance instance = TRY(linker.Instantiate(store, component));
  if (invoke.empty()) return {};
  const wave::Call call = TRY(wave::ParseCall(invoke));
  const ComponentFunc func = TRY(FindFunc(instance, call));
  const component::FuncType& type = *func.type();
  const ComponentValue result = TRY(func.Call(TRY(wave::ParseArguments(call, type))));
  if (type.result != nullptr) std::printf("%s\n", wave::Print(result, *type.result).c_str());
  return {};
}

}  // namespace trenail::cli
