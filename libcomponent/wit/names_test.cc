// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/names.h"

#include <catch2/catch_test_macros.hpp>

namespace component::wit {
namespace {

TEST_CASE("Labels are in kebab case") {
  for (const char* good : {"a", "a-b-c", "a1-2-3", "A", "A-B-C", "A1-2-3", "a11-w0rds",
                           "A11-4CR0NYMS", "m1x3d-4CR0NYMS", "is-XML"}) {
    CAPTURE(good);
    CHECK(IsLabel(good));
  }
  for (const char* bad : {"", "1-2-3", "-a", "a-", "a--b", "aB", "a_b", "a.b", "Ab"}) {
    CAPTURE(bad);
    CHECK_FALSE(IsLabel(bad));
  }
  CHECK(IsWords("a-1"));
  CHECK_FALSE(IsWords("a-B"));
}

// The examples of [explainer:name-uniqueness].
TEST_CASE("Names that differ only in case or kind are the same") {
  CHECK(CanonicalName("foo") == CanonicalName("FOO"));
  CHECK(CanonicalName("[method]foo.foo") == CanonicalName("foo"));
  CHECK(CanonicalName("[static]foo-BAR.FOO-bar") == CanonicalName("foo-bar"));
  CHECK(CanonicalName("[method]foo.bar") == CanonicalName("[static]foo.BAR"));
  CHECK(CanonicalName("[constructor]foo") != CanonicalName("foo"));
  CHECK(CanonicalName("[constructor]foo") == CanonicalName("[constructor]FOO"));
  CHECK(CanonicalName("[method]foo.bar") != CanonicalName("[method]foo.baz"));
}

TEST_CASE("Versions follow semver.org") {
  for (const char* good :
       {"0.0.0", "1.2.3", "1.0.1--", "1.0.1-1a+1a", "1.0.0-a1.1-a", "1.0.0+01"}) {
    CAPTURE(good);
    const auto version = SemVer::Parse(good);
    REQUIRE(version);
    CHECK(version->ToString() == good);
  }
  for (const char* bad : {"", "1", "1.2", "01.2.3", "1.2.3-", "1.2.3+", "1.2.3-01", "1.2.3-a..b",
                          "1.2.18446744073709551616", "1.2.3 "}) {
    CAPTURE(bad);
    CHECK_FALSE(SemVer::Parse(bad));
  }
}

// The chain of examples in semver.org, item 11.
TEST_CASE("Versions have an order") {
  const char* ordered[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                           "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                           "1.0.0-rc.1",  "1.0.0",         "1.0.1",
                           "1.1.0",       "2.0.0"};
  for (size_t i = 0; i < std::size(ordered); ++i) {
    for (size_t j = 0; j < std::size(ordered); ++j) {
      CAPTURE(ordered[i], ordered[j]);
      CHECK((SemVer::Parse(ordered[i])->Compare(*SemVer::Parse(ordered[j])) == (i <=> j)));
    }
  }
  CHECK((SemVer::Parse("1.0.0+a")->Compare(*SemVer::Parse("1.0.0+b")) == 0));
}

// The examples of [explainer:canonical-interface-name].
TEST_CASE("Versions split where compatibility ends") {
  const auto split = [](const char* text) {
    const SemVer version = *SemVer::Parse(text);
    return version.CanonVersion() + " " + version.VersionSuffix();
  };
  CHECK(split("1.2.3") == "1 .2.3");
  CHECK(split("0.2.6-rc.1") == "0.2 .6-rc.1");
  CHECK(split("0.0.1-alpha") == "0.0.1 -alpha");
}

TEST_CASE("A version ends before what does not belong to it") {
  std::string_view text = "1.0.0.{a}";
  REQUIRE(SemVer::ParsePrefix(&text));
  CHECK(text == ".{a}");
  text = "1.0.0-rc.1.{a}";
  REQUIRE(SemVer::ParsePrefix(&text));
  CHECK(text == ".{a}");
}

TEST_CASE("Keywords are escaped") {
  CHECK(EscapedLabel("record") == "%record");
  CHECK(EscapedLabel("records") == "records");
  CHECK(EscapedLabel("s8") == "%s8");
  CHECK(EscapedLabel("world") == "%world");
}

}  // namespace
}  // namespace component::wit
