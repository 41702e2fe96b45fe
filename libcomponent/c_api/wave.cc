// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values as text; apart from the rest, so that a program without it does not link that.

#include "libcomponent/wave/wave.h"

#include "libcomponent/c_api/handles.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

trenail_error_t* trenail_value_parse(const char* text, size_t size, const trenail_valtype_t* type,
                                     trenail_value_t** out) {
  *out = nullptr;
  return Deliver(component::wave::ParseValue({text, size}, FromC(type)),
                 [out](trenail::ComponentValue value) { *out = NewValue(std::move(value)); });
}
trenail_error_t* trenail_value_print(const trenail_value_t* value, const trenail_valtype_t* type,
                                     wasm_name_t* out) {
  *out = {};
  if (auto fits = CheckValue(FromC(value), FromC(type), true); !fits)
    return NewError(std::move(fits.error()));
  SetName(out, component::wave::Print(FromC(value), FromC(type)));
  return nullptr;
}
