// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/scope.h"

#include <catch2/catch_test_macros.hpp>

namespace trenail::spec {
namespace {

constexpr char kTable[] =
    "file\ton\toff\tmode\tout_of_scope\twhy\n"
    "spec/a.wast\t\tmulti-memory,reference-types\trun\t2,5-7\tolder features\n"
    "spec/b.wast\tcm-threading\t\tvalidate\t*\t\n";

TEST_CASE("a row is found by the path of its file, however it is written") {
  const auto scope = Scope::Parse(kTable, "/corpora");
  REQUIRE(scope);
  CHECK(scope->size() == 2);
  CHECK(scope->Find("/corpora/spec/a.wast") != nullptr);
  CHECK(scope->Find("/corpora/spec/../spec/./a.wast") != nullptr);
  CHECK(scope->Find("/corpora/spec/c.wast") == nullptr);
  CHECK(scope->Find("/corpora") == nullptr);
  CHECK(scope->Find("/corporation/spec/a.wast") == nullptr);
}

TEST_CASE("a row switches features off together with what depends on them") {
  const auto scope = Scope::Parse(kTable, "/corpora");
  REQUIRE(scope);
  const FileScope* row = scope->Find("/corpora/spec/a.wast");
  REQUIRE(row != nullptr);
  const FeatureSet features = row->Apply(FeatureSet());
  CHECK_FALSE(features.Has(Feature::kMultiMemory));
  CHECK_FALSE(features.Has(Feature::kReferenceTypes));
  CHECK_FALSE(features.Has(Feature::kGc));
  CHECK(features.Has(Feature::kSimd));
  CHECK_FALSE(row->validate_only);
}

TEST_CASE("a row switches features of components on, and says how errors are compared") {
  const auto scope = Scope::Parse(
      "file\ton\toff\tmode\tout_of_scope\n"
      "component/wasmtime/a.wast\tcm-threading,simd\tcm-map\trun\t\n"
      "component/component-model/b.wast\t\t\trun\t\n"
      "spec/c.wast\t\t\trun\t\n",
      "/corpora");
  REQUIRE(scope);
  const FileScope* a = scope->Find("/corpora/component/wasmtime/a.wast");
  REQUIRE(a != nullptr);
  const auto features = a->Apply(component::FeatureSet());
  CHECK(features.Has(component::Feature::kThreading));
  CHECK_FALSE(features.Has(component::Feature::kMap));
  CHECK(features.Has(component::Feature::kAsync));
  CHECK_FALSE(a->texts_matter);
  CHECK(a->malformed_is_invalid);
  CHECK(a->component_host);
  const FileScope* b = scope->Find("/corpora/component/component-model/b.wast");
  CHECK_FALSE(b->malformed_is_invalid);
  CHECK_FALSE(b->component_host);
  CHECK(scope->Find("/corpora/spec/c.wast")->texts_matter);
}

TEST_CASE("ordinals name single commands and ranges, a star the whole file") {
  const auto scope = Scope::Parse(kTable, "/corpora");
  REQUIRE(scope);
  const FileScope& a = *scope->Find("/corpora/spec/a.wast");
  CHECK_FALSE(a.IsOut(1));
  CHECK(a.IsOut(2));
  CHECK_FALSE(a.IsOut(4));
  CHECK(a.IsOut(6));
  CHECK(a.why == "older features");
  const FileScope& b = *scope->Find("/corpora/spec/b.wast");
  CHECK(b.IsOut(1000));
  CHECK(b.validate_only);
}

TEST_CASE("a table that cannot be understood is an error that names the line") {
  const auto few = Scope::Parse("header\na\tb\n", "/");
  REQUIRE_FALSE(few);
  CHECK(few.error().message() == "scope table, line 2: fewer than five columns");
  CHECK_FALSE(Scope::Parse("header\nf\t\t\trun\t0\t\n", "/"));
  CHECK_FALSE(Scope::Parse("header\nf\t\t\trun\t7-5\t\n", "/"));
  CHECK_FALSE(Scope::Parse("header\nf\t\t\tdance\t\t\n", "/"));
  CHECK_FALSE(Scope::Load("/nonexistent/SCOPE.tsv"));
}

TEST_CASE("a list of features applies from left to right") {
  const auto features = ParseFeatures("-simd,+relaxed-simd,gc");
  REQUIRE(features);
  CHECK_FALSE(features->Has(Feature::kSimd));
  CHECK(features->Has(Feature::kRelaxedSimd));
  CHECK_FALSE(ParseFeatures("+warp-drive"));
}

}  // namespace
}  // namespace trenail::spec
