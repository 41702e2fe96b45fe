// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/component_artefact.h"

#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/text/parse_component.h"
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
  const Component component = TRY(Component::FromArtefact(engine, artefact));
  ComponentStore store(engine, limits);
  if (fuel) store.core().SetFuel(*fuel);
  const ComponentLinker linker(engine);
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
