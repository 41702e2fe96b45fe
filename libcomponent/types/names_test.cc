// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/types/names.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace component {
namespace {

ParsedName Parse(std::string_view name, const FeatureSet& features = {}) {
  auto parsed = ParseExternName(name, features);
  INFO(name);
  REQUIRE(parsed.has_value());
  return *parsed;
}

std::string ErrorOf(std::string_view name, const FeatureSet& features = {}) {
  const auto parsed = ParseExternName(name, features);
  return parsed.has_value() ? "" : parsed.error().message();
}

TEST_CASE("labels are words and acronyms between hyphens") {
  for (const char* label : {"a", "a-b-c", "a1-2-3", "A", "A-B-C", "A1-2-3", "a11-w0rds",
                            "A11-4CR0NYMS", "m1x3d-4CR0NYMS"}) {
    INFO(label);
    CHECK(IsLabel(label));
  }
  for (const char* text : {"", "1", "1-a", "a-", "-a", "a--b", "aB", "Ab", "a_b", "a.b", "ä"}) {
    INFO(text);
    CHECK_FALSE(IsLabel(text));
  }
  CHECK(IsWords("a-1"));
  CHECK_FALSE(IsWords("a-B"));
}

TEST_CASE("names are told apart by their form") {
  CHECK(Parse("get-JSON").kind == ParsedName::Kind::kLabel);
  CHECK(Parse("[constructor]r").resource == "r");
  const ParsedName method = Parse("[method]r.do-it");
  CHECK(method.kind == ParsedName::Kind::kMethod);
  CHECK(method.resource == "r");
  CHECK(method.member == "do-it");
  const ParsedName interface = Parse("wasi:http/types@1.2.3-rc.1+build");
  CHECK(interface.kind == ParsedName::Kind::kInterface);
  CHECK(interface.package == "wasi:http");
  CHECK(interface.projection == "types");
  CHECK(interface.version == "1.2.3-rc.1+build");
  CHECK(Parse("url=<a>,integrity=<sha256-a>").kind == ParsedName::Kind::kUrl);
  CHECK(Parse("locked-dep=<a:b@1.2.3>").kind == ParsedName::Kind::kLockedDep);
  CHECK(Parse("unlocked-dep=<a:b@{>=1.2.3 <2.0.0}>").kind == ParsedName::Kind::kUnlockedDep);
}

TEST_CASE("errors of names say what is wrong where") {
  CHECK(ErrorOf("aBc") == "`aBc` is not a valid extern name: `aBc` is not in kebab case");
  CHECK(ErrorOf("wasi:http").ends_with("expected `/` after package name"));
  CHECK(ErrorOf("a:b/c/d").ends_with("trailing characters found: `/d`"));
  CHECK(ErrorOf("a:b/c@1.").find("unexpected end of input") != std::string::npos);
  CHECK(ErrorOf("a:b/c@01.0.0").find("invalid leading zero") != std::string::npos);
  CHECK(ErrorOf("[method]a").find("failed to find `.` character") != std::string::npos);
  CHECK(ErrorOf("[async]a").find("not in kebab case") != std::string::npos);
}

TEST_CASE("gated forms of names") {
  FeatureSet nested;
  nested.Set(Feature::kNestedNames, true);
  CHECK(Parse("a:b:c/d/e@1.0.0", nested).projection == "d/e");
  CHECK_FALSE(ErrorOf("a:b:c/d").empty());
  FeatureSet canonical;
  canonical.Set(Feature::kCanonicalNames, true);
  CHECK(Parse("a:b/c@0.2", canonical).version == "0.2");
  CHECK_FALSE(ErrorOf("a:b/c@0.2").empty());
  CHECK_FALSE(ErrorOf("a:b/c@0.02", canonical).empty());
}

TEST_CASE("what follows a canonical version completes it") {
  FeatureSet canonical;
  canonical.Set(Feature::kCanonicalNames, true);
  ExternName name{.name = "a:b/c@1", .version_suffix = ".2.3"};
  CHECK(CheckExternName(name, canonical).has_value());
  name.version_suffix = ".2";
  CHECK_FALSE(CheckExternName(name, canonical).has_value());
  CHECK(CanonVersion("1.2.3") == "1");
  CHECK(CanonVersion("0.2.6-rc.1") == "0.2");
  CHECK(CanonVersion("0.0.1-alpha") == "0.0.1");
  CHECK(CanonVersion("0.0.0") == "0.0.0");
  for (const char* version : {"1", "10", "0.2", "0.0.3", "0.0.0"}) CHECK(IsCanonVersion(version));
  for (const char* version : {"", "0", "0.0", "01", "1.0", "0.0.0.1", "0.02"})
    CHECK_FALSE(IsCanonVersion(version));
}

// [Explainer: Name Uniqueness]
TEST_CASE("names that are too much alike have equal keys") {
  const auto alike = [](std::string_view a, std::string_view b) {
    return UniquenessKey(a) == UniquenessKey(b);
  };
  CHECK(alike("foo-BAR", "FOO-bar"));
  CHECK(alike("[method]foo.bar", "[static]foo.BAR"));
  CHECK(alike("[method]foo.foo", "foo"));
  CHECK(alike("[static]foo-BAR.FOO-bar", "foo-bar"));
  CHECK(alike("foo:bar/BAZ", "foo:bar/baz"));
  CHECK_FALSE(alike("[constructor]foo", "foo"));
  CHECK_FALSE(alike("[method]foo.bar", "bar"));
  CHECK_FALSE(alike("[method]foo.foo-bar", "foo"));
}

}  // namespace
}  // namespace component
