// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/binary/component_encoder.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "libcomponent/binary/binary_test_util.h"
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/structurally_equal.h"

namespace component::binary::test {
namespace {

std::shared_ptr<const Component> Decode(const Bytes& bytes) {
  auto component = DecodeComponent(bytes);
  REQUIRE(component.has_value());
  return *std::move(component);
}

bool Equal(const Component& a, const Component& b, CompareOptions options = {}) {
  options.module_bytes = true;
  return !FindDifference(a, b, options);
}

TEST_CASE("what was decoded encodes to the same bytes") {
  Bytes everything = Everything();
  const auto component = Decode(everything);
  // The one form that is not written again: names of a second code.
  const Bytes old = {0x01, 0x01, 'f', 0x01, 0x02};
  const auto at = std::search(everything.begin(), everything.end(), old.begin(), old.end());
  REQUIRE(at != everything.end());
  *at = 0x00;
  CHECK(EncodeComponent(*component) == everything);
}

TEST_CASE("definitions are grouped into sections by their kinds") {
  // An empty section between, and an integer longer than it need be.
  const Bytes whole = kComponent + Section(7, {1, 0x73}) + Section(8, {0}) +
                      Section(7, {1, 0x70, 0x80, 0x00}) + Section(1, kModule) + Section(1, kModule);
  const auto component = Decode(whole);
  const Bytes encoded = EncodeComponent(*component);
  CHECK(encoded ==
        kComponent + Section(7, {2, 0x73, 0x70, 0x00}) + Section(1, kModule) + Section(1, kModule));
  CHECK(Equal(*component, *Decode(encoded)));
}

TEST_CASE("names without a section get one") {
  Component component;
  component.names.component = "c";
  component.names.by_sort[static_cast<size_t>(Sort::kCoreModule)] = {{0, "m"}, {7, "n"}};
  const auto decoded = Decode(EncodeComponent(component));
  CHECK(Equal(component, *decoded));
  CHECK(decoded->names.by_sort[static_cast<size_t>(Sort::kCoreModule)][1].second == "n");
  // Once only.
  CHECK(EncodeComponent(*decoded) == EncodeComponent(component));
}

TEST_CASE("a change anywhere is a difference, or none to the format") {
  const Bytes everything = Everything();
  // Of a name section only the names count, which have forms too.
  const std::string_view text(reinterpret_cast<const char*>(everything.data()), everything.size());
  const size_t end = text.find("component-name") - 3;
  const auto component = Decode(everything);
  CHECK(Equal(*component, *component));
  size_t decoded = 0, different = 0;
  for (size_t at = 8; at < end; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = everything;
      changed[at] ^= static_cast<uint8_t>(1 << bit);
      const auto other = DecodeComponent(changed);
      if (!other) continue;
      ++decoded;
      const Bytes encoded = EncodeComponent(**other);
      const auto again = DecodeComponent(encoded);
      REQUIRE(again.has_value());
      CHECK(Equal(**other, **again));
      CHECK(Equal(*component, **other) == (encoded == EncodeComponent(*component)));
      different += Equal(*component, **other) ? 0 : 1;
    }
  CHECK(decoded > 1000);
  CHECK(different > decoded * 9 / 10);
}

TEST_CASE("names and custom sections can be left out of a comparison") {
  const auto plain = Decode(kComponent + Section(7, {1, 0x73}));
  const auto named = Decode(kComponent + Section(7, {1, 0x73}) +
                            Section(0, Text("component-name") + Section(0, Text("c"))));
  const auto custom = Decode(kComponent + Section(0, Text("x")) + Section(7, {1, 0x73}));
  CHECK_FALSE(Equal(*plain, *named));
  CHECK(Equal(*plain, *named, {.names = false}));
  CHECK_FALSE(Equal(*plain, *custom));
  CHECK(Equal(*plain, *custom, {.custom_sections = false}));
  CHECK_FALSE(Equal(*plain, *Decode(kComponent), {.custom_sections = false}));
}

}  // namespace
}  // namespace component::binary::test
