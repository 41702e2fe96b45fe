// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components.

#include <string_view>

#include "libcomponent/c_api/handles.h"
#include "libcomponent/c_api/options.h"
#include "libwasm/c_api/artefact.h"

namespace trenail::c_api {

Result<ComponentOptions> ToOptions(const char* features) {
  ComponentOptions options;
  std::string_view rest = features != nullptr ? features : "";
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    std::string_view name = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const bool on = !name.starts_with('-');
    if (!on) name.remove_prefix(1);
    const auto feature = component::FeatureFromName(name);
    if (!feature) {
      return std::unexpected(
          Error(ErrorKind::kHost, "there is no feature \"" + std::string(name) + "\""));
    }
    options.features.Set(*feature, on);
  }
  return options;
}

trenail_error_t* GiveComponent(Result<Component> component, trenail_component_t** out) {
  *out = nullptr;
  return Deliver(std::move(component),
                 [out](Component c) { *out = new trenail_component_t{std::move(c)}; });
}

namespace {

Result<Component> Parse(const wasm_engine_t* engine, std::span<const uint8_t> bytes,
                        const char* features) {
  return Component::Parse(engine->engine, bytes, TRY(ToOptions(features)));
}

}  // namespace
}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::Component;

bool trenail_is_component(const void* bytes, size_t size) {
  return Component::IsComponent({static_cast<const uint8_t*>(bytes), size});
}
trenail_error_t* trenail_component_new(const wasm_engine_t* engine, const void* bytes, size_t size,
                                       const char* features, trenail_component_t** out) {
  return GiveComponent(Parse(engine, {static_cast<const uint8_t*>(bytes), size}, features), out);
}
trenail_error_t* trenail_component_from_artefact(const wasm_engine_t* engine,
                                                 const trenail_artefact_t* artefact,
                                                 trenail_component_t** out) {
  return GiveComponent(Component::FromArtefact(engine->engine, artefact->artefact), out);
}
trenail_error_t* trenail_component_attach(trenail_component_t* component,
                                          const trenail_artefact_t* artefact) {
  return ToError(component->component.Attach(artefact->artefact));
}
trenail_component_t* trenail_component_copy(const trenail_component_t* component) {
  return component != nullptr ? new trenail_component_t(*component) : nullptr;
}
void trenail_component_delete(trenail_component_t* component) { delete component; }
