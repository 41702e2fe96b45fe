// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The examples of FIPS 180, and a message of each length around the block size.

#include "libwasm/support/sha256.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string_view>
#include <vector>

namespace wasm {
namespace {

std::string HashOf(std::string_view text) {
  return ToHex(Sha256({reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
}

TEST_CASE("SHA-256 of the standard's examples") {
  CHECK(HashOf("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(HashOf("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(HashOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(HashOf(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 tells lengths apart") {
  std::set<std::string> seen;
  for (size_t length = 0; length < 200; ++length) seen.insert(HashOf(std::string(length, '\0')));
  CHECK(seen.size() == 200);
}

}  // namespace
}  // namespace wasm
