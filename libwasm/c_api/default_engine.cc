// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The engine that wasm.h makes: the one place of the C API that knows the interpreter, and a
// library of its own, so that the rest links without (docs/decisions.md).

#include "interp/interp.h"
#include "libwasm/c_api/handles.h"

wasm_engine_t* wasm_engine_new(void) { return wasm_engine_new_with_config(nullptr); }

wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* config) {
  const std::unique_ptr<wasm_config_t> owned(config);
  trenail::EngineOptions options;
  if (owned != nullptr) options = owned->options;
  return new wasm_engine_t{trenail::Engine(trenail::MakeInterpreter(), options)};
}
