// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/binary/strip.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace component::binary {
namespace {

using Bytes = std::vector<uint8_t>;
using wasm::binary::StripOptions;

Bytes Join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
Bytes Section(uint8_t id, const Bytes& contents) {
  return Join({{id, static_cast<uint8_t>(contents.size())}, contents});
}

const Bytes kComponent = {0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00};
const Bytes kModule = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
const Bytes kNote = {0x00, 0x06, 0x04, 'n', 'o', 't', 'e', 0xff};
const Bytes kNames = {0x00, 0x0f, 0x0e, 'c', 'o', 'm', 'p', 'o', 'n',
                      'e',  'n',  't',  '-', 'n', 'a', 'm', 'e'};
const Bytes kCoreNames = {0x00, 0x05, 0x04, 'n', 'a', 'm', 'e'};
const Bytes kType = {0x07, 0x05, 0x01, 0x40, 0x00, 0x01, 0x00};

Bytes Strip(const Bytes& bytes, const StripOptions& options = {}) {
  const auto stripped = StripComponent(bytes, options);
  REQUIRE(stripped.has_value());
  return *stripped;
}

TEST_CASE("custom sections go, at every level") {
  const Bytes whole = Join(
      {kComponent, kNote, kType, Section(1, Join({kModule, kNote, kCoreNames})),
       Section(4, Join({kComponent, kNote, Section(1, Join({kModule, kNote})), kNames})), kNames});
  CHECK(Strip(whole) == Join({kComponent, kType, Section(1, kModule),
                              Section(4, Join({kComponent, Section(1, kModule)}))}));
  CHECK(Strip(whole, {.keep_names = true}) ==
        Join({kComponent, kType, Section(1, Join({kModule, kCoreNames})),
              Section(4, Join({kComponent, Section(1, kModule), kNames})), kNames}));
  CHECK(Strip(whole, {.only = {"name"}}) ==
        Join({kComponent, kNote, kType, Section(1, Join({kModule, kNote})),
              Section(4, Join({kComponent, kNote, Section(1, Join({kModule, kNote})), kNames})),
              kNames}));
}

TEST_CASE("what does not change stays byte for byte") {
  // Lengths of two bytes where one would do.
  const Bytes whole = Join({kComponent,
                            {0x01, 0x88, 0x00},
                            kModule,
                            {0x07, 0x85, 0x00},
                            {0x01, 0x40, 0x00, 0x01, 0x00}});
  CHECK(Strip(whole) == whole);
  CHECK(Strip(kComponent) == kComponent);
}

TEST_CASE("what is malformed in a core module lies at a byte of the component") {
  const Bytes whole = Join({kComponent, kType, Section(1, Join({kModule, {0x7e, 0x00}}))});
  const auto stripped = StripComponent(whole, {});
  REQUIRE(!stripped.has_value());
  CHECK(stripped.error().kind() == wasm::ErrorKind::kMalformed);
  CHECK(stripped.error().offset() == kComponent.size() + kType.size() + 2 + kModule.size());
}

TEST_CASE("a component that does not decode is not stripped") {
  Bytes whole = Join({kComponent, kNote});
  whole.pop_back();
  CHECK(!StripComponent(whole, {}).has_value());
}

}  // namespace
}  // namespace component::binary
