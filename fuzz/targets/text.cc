// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any text through the text parser: an error with a position, or bytes that decode or are refused.

#include "fuzz/targets/target.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/text/parse_module.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto bytes = wasm::text::ParseWat({reinterpret_cast<const char*>(data), size});
  if (!bytes) {
    FUZZ_CHECK(bytes.error().kind() == wasm::ErrorKind::kMalformed);
    FUZZ_CHECK(bytes.error().position().has_value());
    return 0;
  }
  (void)wasm::binary::DecodeModule(*bytes, {});
  return 0;
}
