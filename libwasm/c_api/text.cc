// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text format; apart from the rest, so that a program without it does not link it.

#include "libwasm/c_api/handles.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

trenail_error_t* trenail_wat_to_wasm(const char* text, size_t size, wasm_byte_vec_t* out) {
  *out = {};
  return Deliver(trenail::ParseText({text, size}), [out](const std::vector<uint8_t>& bytes) {
    SetName(out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  });
}
