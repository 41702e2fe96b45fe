// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A valid module printed as text parses back to the same module.

#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/text/parse_module.h"
#include "libwasm/text/printer.h"
#include "libwasm/text/structurally_equal.h"
#include "libwasm/validate/module_validator.h"

namespace {
void RoundTrip(std::span<const uint8_t> bytes, bool must_be_valid) {
  auto module = wasm::binary::DecodeModule(bytes, {});
  wasm::TypeStore types;
  if (!module || !wasm::validate::ValidateModule(*module, types)) {
    FUZZ_CHECK(!must_be_valid);
    return;
  }
  auto text = wasm::text::PrintModule(**module);
  FUZZ_CHECK(text.has_value());
  auto parsed = wasm::text::ParseWat(*text);
  FUZZ_CHECK(parsed.has_value());
  auto again = wasm::binary::DecodeModule(*parsed, {});
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(wasm::text::StructurallyEqual(**module, **again));
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  RoundTrip({data, size}, false);
  trenail::fuzz::Entropy entropy(std::span(data, size));
  RoundTrip(trenail::fuzz::GenerateModule(entropy), true);
  return 0;
}
