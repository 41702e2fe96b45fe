// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes through decoder and validator, eagerly and lazily: both must agree on what is valid.

#include "fuzz/targets/target.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/validate/module_validator.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto module = wasm::binary::DecodeModule({data, size}, {});
  if (!module) return 0;
  wasm::TypeStore types;
  auto eager = wasm::validate::ValidateModule(*module, types);
  auto lazy = wasm::validate::ValidateModule(*module, types, {.lazy_bodies = true});
  if (eager) FUZZ_CHECK(lazy.has_value());
  if (!lazy) FUZZ_CHECK(!eager.has_value());
  return 0;
}
