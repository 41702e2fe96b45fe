// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any text through the parser of components: an error with a position, or a component; what parses
// can be printed, unless a core module in it is malformed, and parses to the same component again.

#include <string_view>

#include "fuzz/targets/target.h"
#include "libcomponent/binary/structurally_equal.h"
#include "libcomponent/text/parse_component.h"
#include "libcomponent/text/printer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = component::text::ParseComponentText(text);
  if (!parsed) {
    FUZZ_CHECK(parsed.error().kind() == wasm::ErrorKind::kMalformed ||
               parsed.error().kind() == wasm::ErrorKind::kInvalid);
    FUZZ_CHECK(parsed.error().position().has_value());
    return 0;
  }
  if (!parsed->component) return 0;
  const auto printed = component::text::PrintComponent(*parsed->component);
  if (!printed) return 0;
  const auto again = component::text::ParseComponentText(*printed);
  FUZZ_CHECK(again.has_value());
  // An identifier that stands twice is one only once.
  FUZZ_CHECK(
      !component::binary::FindDifference(*parsed->component, *again->component, {.names = false}));
  return 0;
}
