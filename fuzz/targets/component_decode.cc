// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes through the decoder of components: an error or a component, nothing else; what decodes
// encodes to the same component again, and can be dumped.

#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fuzz/targets/target.h"
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/binary/format.h"
#include "libcomponent/binary/objdump.h"
#include "libcomponent/binary/structurally_equal.h"
#include "libwasm/support/leb128.h"

namespace {

using namespace component::binary;  // NOLINT: the target is about nothing else

void Decode(std::span<const uint8_t> bytes) {
  const auto component = DecodeComponent(bytes);
  if (!component) {
    const std::optional<uint64_t> offset = component.error().offset();
    FUZZ_CHECK(offset.has_value() && *offset <= bytes.size());
    return;
  }
  FUZZ_CHECK(!Objdump(**component, bytes, {.headers = true, .details = true}).empty());
  const std::vector<uint8_t> encoded = EncodeComponent(**component);
  const auto again = DecodeComponent(encoded);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(!FindDifference(**component, **again, {.module_bytes = true}));
  FUZZ_CHECK(EncodeComponent(**again) == encoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Decode({data, size});
  if (size == 0) return 0;
  // The same bytes as one section, whose size then needs no luck: most inputs get past the frame.
  std::vector<uint8_t> bytes(std::begin(kPreamble), std::end(kPreamble));
  bytes.push_back(data[0] % kNumSections);
  wasm::WriteUnsignedLeb(bytes, size - 1);
  bytes.insert(bytes.end(), data + 1, data + size);
  Decode(bytes);
  return 0;
}
