// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/wasi_grants.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

namespace trenail::cli {
namespace {

TEST_CASE("a directory is granted under its own name or another, read-only if asked") {
  auto grant = ParseDirectoryGrant("/tmp/a");
  REQUIRE(grant);
  CHECK((grant->host == "/tmp/a" && grant->guest == "/tmp/a" && !grant->read_only));
  grant = ParseDirectoryGrant("/tmp/a::/data:ro");
  REQUIRE(grant);
  CHECK((grant->host == "/tmp/a" && grant->guest == "/data" && grant->read_only));
  grant = ParseDirectoryGrant(".:ro");
  REQUIRE(grant);
  CHECK((grant->host == "." && grant->guest == "." && grant->read_only));
  CHECK_FALSE(ParseDirectoryGrant(""));
  CHECK_FALSE(ParseDirectoryGrant("::/data"));
  CHECK_FALSE(ParseDirectoryGrant("/tmp::"));
  CHECK_FALSE(ParseDirectoryGrant(":ro"));
}

TEST_CASE("a variable is set, or passed on where the caller has it") {
  using Variable = std::optional<std::pair<std::string, std::string>>;
  CHECK(*ParseVariable("A=b=c") == Variable({"A", "b=c"}));
  CHECK(*ParseVariable("A=") == Variable({"A", ""}));
  setenv("TRENAIL_A_TEST", "x", 1);
  CHECK(*ParseVariable("TRENAIL_A_TEST") == Variable({"TRENAIL_A_TEST", "x"}));
  unsetenv("TRENAIL_A_TEST");
  CHECK(*ParseVariable("TRENAIL_A_TEST") == Variable());
  CHECK_FALSE(ParseVariable("=x"));
  CHECK_FALSE(ParseVariable(""));
}

}  // namespace
}  // namespace trenail::cli
