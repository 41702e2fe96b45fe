// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/parser.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

namespace component::wit {
namespace {

// The first problem as `line:column: message`; empty if there is none.
std::string Refusal(std::string text) {
  Sources sources;
  sources.Add({"t.wit", std::move(text)});
  const auto file = ParseFile(sources, 0);
  if (file) return {};
  const Diagnostic diagnostic = sources.Describe(file.error());
  return std::to_string(diagnostic.position.line) + ":" +
         std::to_string(diagnostic.position.column) + ": " + diagnostic.message;
}

std::string InInterface(const std::string& items) {
  return Refusal("package a:b;\ninterface i {\n" + items + "\n}");
}
std::string InWorld(const std::string& items) {
  return Refusal("package a:b;\nworld w {\n" + items + "\n}");
}

TEST_CASE("All items of the grammar") {
  CHECK(Refusal(R"(
    /// docs
    package a:b:c/d/e@1.2.3-rc.1+build;
    use x:y/z@1.0.0 as zed;
    @since(version = 1.0.0)
    @deprecated(version = 1.2.0)
    interface i {
      use types.{a, b as c,};
      use x:y/z@1.0.0-a.{t};
      use n1:n2:x/y/z.{};
      type t1 = tuple<u8, list<string, 4>, option<char>,>;
      type t2 = result<_, stream<future>>;
      type t3 = map<string, result>;
      type t4 = borrow<r>;
      record rec { a: u32, %type: bool }
      record empty {}
      variant v { a(list<u8>), b, }
      enum e { a, b }
      flags f { a, }
      resource r;
      @external-id("über")
      resource r2 {
        constructor(a: u8) -> result<r2, e>;
        @unstable(feature = %async)
        m: async func();
        s: static async func(a: own<r>, ) -> r;
      }
      f1: func(a: error-context);
    }
    world w {
      include a:b/c with { x as y, z as %use }
      include other;
      import i;
      import a:b/c@1.0.0;
      import j:func();
      @external-id("x")
      export k: interface { f: func(); }
      export l: a:b/c;
      import m: async func() -> u8;
      use i.{t1};
      type t = u8;
    }
    package x:y@1.0.0 { interface z {} use z as q; world v {} }
  )") == "");
  CHECK(Refusal("") == "");
}

TEST_CASE("A colon without space belongs to a path") {
  CHECK(InWorld("import a:b;").starts_with("3:11: expected `/`"));
  CHECK(InWorld("import a: b;") == "");
  CHECK(InWorld("import a :b;") == "");
  CHECK(InWorld("import a:b:c/d;") == "");
  CHECK(InWorld("import a: b:c/d;") == "");
}

TEST_CASE("What is wrong is said where it is") {
  CHECK(InInterface("type a = list<u32;") == "3:18: expected `>`, found `;`");
  CHECK(InInterface("type a = list<u32, 0>;") == "3:20: a length begins with a digit from 1 to 9");
  CHECK(InInterface("type a = list<u32, 4294967296>;") ==
        "3:20: the length does not fit into 32 bits");
  CHECK(InInterface("type option = u32;") ==
        "3:6: expected an identifier, found the keyword `option`");
  CHECK(InInterface("enum e {}") == "3:8: an enum has at least one case");
  CHECK(InInterface("flags e {}") == "3:9: flags have at least one case");
  CHECK(InInterface("type t = tuple<>;") == "3:16: expected a type, found `>`");
  CHECK(InInterface("type t = map<f32, u8>;") ==
        "3:14: a key is an integer, a char, a bool or a string");
  CHECK(InInterface("type t = map<t, u8>;").starts_with("3:14: "));
  CHECK(InInterface("f: func()").starts_with("4:1: expected `;`"));
  CHECK(InInterface("resource r { async constructor(); }").starts_with("3:14: "));
  CHECK(InInterface("type t = u8").starts_with("4:1: "));
  CHECK(Refusal("package a:b; package c:d;").starts_with("1:25: expected `{`"));
  CHECK(Refusal("package a:B;") == "1:11: the names of packages are in lower case");
  CHECK(Refusal("package a:b@1.0;") == "1:13: expected a version such as 1.2.3");
  CHECK(Refusal("package a:b { package c:d {} }") == "1:15: packages do not nest in each other");
  CHECK(Refusal("interface i {").starts_with("1:14: "));
}

TEST_CASE("Gates come in combinations") {
  CHECK(InInterface("@deprecated(version = 1.0.0) f: func();")
            .starts_with("3:1: `@deprecated` needs"));
  CHECK(InInterface("@since(version = 1.0.0) @unstable(feature = a) f: func();")
            .starts_with("3:1: an item is either"));
  CHECK(InInterface("@since(version = 1.0.0) @since(version = 1.0.0) f: func();")
            .starts_with("3:26: `@since` is there already"));
  CHECK(InInterface("@hint f: func();").starts_with("3:2: unknown attribute `@hint`"));
  CHECK(InInterface("@since(feature = a) f: func();") ==
        "3:8: expected `version`, found `feature`");
  CHECK(InWorld("@external-id(\"x\") import i;")
            .starts_with("3:2: an interface under its own name has no external id"));
  CHECK(InWorld("@external-id(\"x\") include i;").starts_with("3:2: "));
}

TEST_CASE("Types nest within bounds") {
  const auto nested = [](size_t depth) {
    std::string type;
    for (size_t i = 0; i < depth; ++i) type += "option<";
    return "type t = " + type + "u8" + std::string(depth, '>') + ";";
  };
  CHECK(InInterface(nested(kMaxTypeNesting)) == "");
  CHECK(InInterface(nested(kMaxTypeNesting + 1)).ends_with("types nest too deeply here"));
  CHECK(InInterface(nested(1000000)).ends_with("types nest too deeply here"));
}

TEST_CASE("A diagnostic shows the place") {
  Sources sources;
  sources.Add({"dir/t.wit", "package a:b;\r\ninterface i {\n\ttype t\xc3\xa9 = bar;\r\n}\n"});
  const Diagnostic diagnostic = sources.Describe({.span = {0, 40, 43}, .message = "no such type"});
  CHECK(diagnostic.Format() ==
        "dir/t.wit:3:12: no such type\n"
        " 3 | \ttype t\xc3\xa9 = bar;\n"
        "   | \t          ^^^\n");
  CHECK(diagnostic.ToError().kind() == wasm::ErrorKind::kMalformed);
  CHECK(diagnostic.ToError().position()->column == 12);

  // Of a very long line only a part is shown.
  sources.Add({"long.wit", std::string(100000, ' ') + "x" + std::string(100000, ' ')});
  const std::string shown =
      sources.Describe({.span = {1, 100000, 100001}, .message = "here"}).Format();
  CHECK(shown.size() < 500);
  CHECK(shown.starts_with("long.wit:1:100001: here\n 1 | ..."));
}

TEST_CASE("Equal tokens make equal texts") {
  Sources sources;
  sources.Add({"a", "interface i { f: func(); } // x"});
  sources.Add({"b", "interface %i{\n  f:func ( ) ;\n}"});
  sources.Add({"c", "interface i { f: func() -> u8; }"});
  const auto all = [&](uint32_t file) {
    return Span{file, 0, static_cast<uint32_t>(sources.file(file).text.size())};
  };
  CHECK(SameTokens(sources, all(0), all(1)));
  CHECK_FALSE(SameTokens(sources, all(0), all(2)));
}

}  // namespace
}  // namespace component::wit
