// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components from text; apart from the rest, so that a program without it does not link that.

#include "libcomponent/c_api/handles.h"
#include "libcomponent/c_api/options.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

trenail_error_t* trenail_component_new_from_text(const wasm_engine_t* engine, const char* text,
                                                 size_t size, const char* features,
                                                 trenail_component_t** out) {
  const auto parse = [&]() -> trenail::Result<trenail::Component> {
    return trenail::Component::ParseText(engine->engine, {text, size}, TRY(ToOptions(features)));
  };
  return GiveComponent(parse(), out);
}
