// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/link.h"

#include <catch2/catch_test_macros.hpp>

namespace component::runtime {
namespace {

TEST_CASE("versions are ordered and compatible as semantic versions are") {
  CHECK(CompareVersions("0.2.9", "0.2.12") < 0);
  CHECK(CompareVersions("1.0.0", "1.0.0") == 0);
  CHECK(CompareVersions("1.0.0-rc.1", "1.0.0") < 0);
  CHECK(CompareVersions("2.0.0", "1.99.99") > 0);

  CHECK(CompatibleVersions("0.2.0", "0.2.12"));
  CHECK(CompatibleVersions("1.2.3", "1.9.0"));
  CHECK_FALSE(CompatibleVersions("0.2.0", "0.3.0"));
  CHECK_FALSE(CompatibleVersions("1.0.0", "2.0.0"));
  CHECK_FALSE(CompatibleVersions("0.0.1", "0.0.2"));
  CHECK_FALSE(CompatibleVersions("1.0.0-rc.1", "1.0.0"));
  CHECK(CompatibleVersions("1.0.0-rc.1", "1.0.0-rc.1"));
}

TEST_CASE("the best name is the same one, then the highest compatible version") {
  const std::vector<std::string> names = {"a:b/c@0.2.1", "a:b/c@0.2.10", "a:b/c@0.2.9",
                                          "a:b/c@0.3.0", "a:b/d@0.2.99", "plain"};
  const auto find = [&](std::string_view name) -> std::string {
    const auto* found =
        FindByName(names, name, [](const std::string& item) { return std::string_view(item); });
    return found != nullptr ? *found : "";
  };
  CHECK(find("a:b/c@0.2.1") == "a:b/c@0.2.1");
  CHECK(find("a:b/c@0.2.5") == "a:b/c@0.2.10");
  CHECK(find("a:b/c@0.4.0") == "");
  CHECK(find("a:b/c") == "");
  CHECK(find("plain") == "plain");
}

}  // namespace
}  // namespace component::runtime
