// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a program says that is built without components.

#include "cli/module_file.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace trenail::cli {
namespace {

constexpr char kRefused[] =
    "this is a component, and this build of trenail knows core modules only";

std::string ErrorOfFile(const std::string& bytes) {
  const std::string path = "module_file_test.input";
  const std::span data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  REQUIRE(WriteFile(path, data).has_value());
  const auto file = LoadWasm(path);
  std::remove(path.c_str());
  return file ? "none" : file.error().message();
}

TEST_CASE("without components one is refused in the same words, be it bytes or a text") {
  CHECK(ErrorOfFile(std::string("\0asm\x0d\0\1\0", 8)) == kRefused);
  CHECK(ErrorOfFile("(component)") == kRefused);
  CHECK(ErrorOfFile(";; a comment\n(component (core module))") == kRefused);
  CHECK(ErrorOfFile("(module)") == "none");
  const auto parsed = ParseAnyText("(component)");
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().message() == kRefused);
}

}  // namespace
}  // namespace trenail::cli
