// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/printer.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include "libcomponent/wit/resolver.h"

namespace component::wit {
namespace {

ResolvedPackage Resolved(std::string text) {
  ResolveOptions options;
  options.all_features = true;
  auto out = ResolveText("t.wit", std::move(text), options);
  INFO((out ? "" : out.error().Format()));
  REQUIRE(out);
  return *std::move(out);
}

// Text in the form that is printed.
constexpr const char* kCanonical = R"(/// About the package.
package test:%async@1.0.0;

/// Two lines
///
///  and indentation.
@since(version = 1.0.0)
@deprecated(version = 1.0.0)
interface types {
  /// A record.
  record pair {
    /// The first.
    a: u32,
    %type: list<u8, 4>,
  }

  variant v {
    none,
    some(tuple<u8, result<_, string>>),
  }

  @unstable(feature = %use)
  enum e {
    a,
  }

  flags f {
    a,
    B,
  }

  @external-id("\"\\\u{a}☃")
  resource r {
    constructor(a: u8);
    /// A method.
    @external-id("m")
    m: async func() -> r;
    s: static func(x: borrow<r>) -> result<r>;
  }

  resource fallible {
    constructor() -> result<fallible, error-context>;
  }

  type t1 = map<string, option<r>>;

  type t2 = own<r>;

  type t3 = stream<future<result>>;

  type t4 = stream;

  type t5 = r;
}

interface user {
  use types.{pair, v as %variant};
  @since(version = 1.0.0)
  use types.{r};
  use dep:dep/%interface@0.1.0.{t};

  f: func(a: pair, b: %variant) -> t;
}

world w {
  import user;
  /// Under another name.
  @external-id("store")
  import other: dep:dep/%interface@0.1.0;
  import inline: interface {
    use types.{pair};

    f: func(p: pair);
  }

  use types.{r};

  resource own-resource {
    m: func(x: r);
  }

  import f: func();

  export g: func(x: own-resource);
  export user;
}

package dep:dep@0.1.0 {
  interface %interface {
    type t = u8;
  }
}
)";

TEST_CASE("Canonical text is printed as it is") {
  const ResolvedPackage package = Resolved(kCanonical);
  CHECK(PrintAll(package.resolve, package.root) == kCanonical);
}

TEST_CASE("Equality sees every difference") {
  const ResolvedPackage package = Resolved(kCanonical);
  CHECK(Equal(package.resolve, Resolved(kCanonical).resolve));
  const std::pair<const char*, const char*> changes[] = {
      {"About the package", "About a package"},
      {"and indentation", "an indentation"},
      {"@since(version = 1.0.0)\n@deprecated", "@since(version = 0.1.0)\n@deprecated"},
      {"@deprecated(version = 1.0.0)\n", ""},
      {"The first", "The last"},
      {"a: u32", "a: u64"},
      {"a: u32", "b: u32"},
      {"list<u8, 4>", "list<u8, 5>"},
      {"list<u8, 4>", "list<u8>"},
      {"result<_, string>", "result<string>"},
      {"some(tuple", "more(tuple"},
      {"@unstable(feature = %use)\n", ""},
      {"    B,\n", ""},
      {"\\u{a}", "\\u{b}"},
      {"constructor(a: u8)", "constructor()"},
      {"async func() -> r", "func() -> r"},
      {"s: static func(x: borrow<r>)", "s: static func(x: r)"},
      {"\"m\"", "\"n\""},
      {"type t2 = own<r>", "type t2 = r"},
      {"type t4 = stream", "type t4 = future"},
      {"v as %variant}", "v as %variant, e}"},
      {"  @since(version = 1.0.0)\n  use", "  use"},
      {"b: %variant", "c: %variant"},
      {"-> t;", "-> u8;"},
      {"other: dep:dep/%interface@0.1.0", "other: types"},
      {"Under another", "Under some"},
      {"f: func(p: pair)", "f: func(p: pair, q: u8)"},
      {"  import user;\n", ""},
      {"import f: func()", "export f: func()"},
      {"  export user;\n", ""},
      {"type t = u8", "type t = u16"},
  };
  for (const auto& [from, to] : changes) {
    CAPTURE(from, to);
    std::string text = kCanonical;
    const size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, std::string_view(from).size(), to);
    const ResolvedPackage changed = Resolved(text);
    CHECK_FALSE(Equal(package.resolve, changed.resolve));
    CHECK_FALSE(Equal(changed.resolve, package.resolve));
  }
}

TEST_CASE("Order and ids do not make a difference") {
  const ResolvedPackage a = Resolved(
      "package a:b; interface i { f: func(); g: func(); type t = u8; type u = u8; } interface j "
      "{}");
  const ResolvedPackage b = Resolved(
      "package a:b; interface j {} interface i { type u = u8; type t = u8; g: func(); f: func(); "
      "}");
  CHECK(Equal(a.resolve, b.resolve));
}

TEST_CASE("Included worlds are printed as part of the world") {
  const ResolvedPackage package = Resolved(R"(package a:b;
    interface i { type t = u8; }
    world base { use i.{t}; import x: interface { use i.{t}; f: func(a: t); } import f: func(a: t); }
    world w { include base with { t as t2, x as y } type %own = u8; export g: func(); })");
  const std::string text = PrintPackage(package.resolve, package.root);
  CHECK(text.ends_with(R"(world w {
  import y: interface {
    use i.{t};

    f: func(a: t);
  }

  use i.{t as t2};

  type %own = u8;

  import f: func(a: t2);

  export g: func();
}
)"));
  CHECK(Equal(package.resolve, Resolved(text).resolve));
}

}  // namespace
}  // namespace component::wit
