// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments and variables: what a C program could not read back is refused.

#include "libwasi/core/environment.h"

#include <catch2/catch_test_macros.hpp>

#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

TEST_CASE("arguments and variables keep their order") {
  Environment environment;
  REQUIRE(environment.AddArgument("program").has_value());
  REQUIRE(environment.AddArgument("").has_value());
  REQUIRE(environment.SetVariable("B", "2").has_value());
  REQUIRE(environment.SetVariable("A", "x=y").has_value());
  REQUIRE(environment.SetVariable("B", "3").has_value());
  CHECK(environment.arguments() == std::vector<std::string>{"program", ""});
  REQUIRE(environment.variables().size() == 2);
  CHECK(environment.variables()[0] == std::pair<std::string, std::string>("B", "3"));
  CHECK(environment.variables()[1] == std::pair<std::string, std::string>("A", "x=y"));
}

TEST_CASE("strings that cannot be C strings are refused") {
  Environment environment;
  CHECK(ErrorOf(environment.AddArgument(std::string_view("a\0b", 3))) == Errno::kIlseq);
  CHECK(ErrorOf(environment.SetVariable("A", std::string_view("\0", 1))) == Errno::kIlseq);
  CHECK(ErrorOf(environment.SetVariable("", "x")) == Errno::kInval);
  CHECK(ErrorOf(environment.SetVariable("A=B", "x")) == Errno::kInval);
}

}  // namespace
}  // namespace trenail::wasi
