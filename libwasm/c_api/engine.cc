// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Engines without their making, which is for who knows an interpreter (default_engine.cc); and
// text.

#include "libwasm/c_api/handles.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

wasm_config_t* wasm_config_new(void) { return new wasm_config_t; }
void wasm_config_delete(wasm_config_t* config) { delete config; }
void wasm_engine_delete(wasm_engine_t* engine) { delete engine; }

bool trenail_config_set_feature(wasm_config_t* config, const char* name, bool on) {
  const auto feature = wasm::FeatureFromName(name);
  if (!feature) return false;
  if (on)
    config->options.features.Enable(*feature);
  else
    config->options.features.Disable(*feature);
  return true;
}
void trenail_config_set_lazy_validation(wasm_config_t* config, bool on) {
  config->options.lazy_validation = on;
}
void trenail_config_set_validation_threads(wasm_config_t* config, uint32_t threads) {
  config->options.validation_threads = threads != 0 ? threads : 1;
}
void trenail_config_set_guard_memories(wasm_config_t* config, bool on) {
  config->options.guard_memories = on;
}
void trenail_config_set_pool(wasm_config_t* config, uint32_t instances, uint64_t address_space) {
  config->options.pooled_instances = instances;
  config->options.pooled_address_space = address_space;
}

wasm_engine_t* trenail_engine_new_for_artefacts(wasm_config_t* config) {
  const std::unique_ptr<wasm_config_t> owned(config);
  trenail::EngineOptions options;
  if (owned != nullptr) options = owned->options;
  return new wasm_engine_t{trenail::Engine(trenail::MakeArtefactsOnly(), options)};
}

const char* trenail_version(void) { return TRENAIL_VERSION; }
