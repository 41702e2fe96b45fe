// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes through the decoder: an error or a module, nothing else; what decodes encodes again.

#include "fuzz/targets/target.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/text/structurally_equal.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto module = wasm::binary::DecodeModule({data, size}, {});
  if (!module) return 0;
  const std::vector<uint8_t> bytes = wasm::binary::EncodeModule(**module);
  auto again = wasm::binary::DecodeModule(bytes, {});
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(wasm::text::StructurallyEqual(**module, **again));
  return 0;
}
