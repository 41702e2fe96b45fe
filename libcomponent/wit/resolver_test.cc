// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/resolver.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include "libcomponent/wit/printer.h"

namespace component::wit {
namespace {

ResolvedPackage Resolved(std::string text, const ResolveOptions& options = {}) {
  auto out = ResolveText("t.wit", std::move(text), options);
  INFO((out ? "" : out.error().Format()));
  REQUIRE(out);
  return *std::move(out);
}

// `line: message`
std::string Refusal(std::string text, const ResolveOptions& options = {}) {
  const auto out = ResolveText("t.wit", std::move(text), options);
  if (out) return {};
  CHECK(out.error().file == "t.wit");
  return std::to_string(out.error().position.line) + ": " + out.error().message;
}

std::string Names(const Resolve& resolve, const std::vector<WorldItem>& items) {
  std::string out;
  for (const WorldItem& item : items)
    out += (out.empty() ? "" : " ") + resolve.NameOf(item) + (item.implied ? "*" : "");
  return out;
}

std::string Imports(const ResolvedPackage& package, std::string_view world) {
  const WorldId id = *package.resolve.FindWorld(package.root, world);
  return Names(package.resolve, package.resolve[id].imports);
}
std::string Exports(const ResolvedPackage& package, std::string_view world) {
  const WorldId id = *package.resolve.FindWorld(package.root, world);
  return Names(package.resolve, package.resolve[id].exports);
}

TEST_CASE("Names lead to types in any order of definition") {
  const ResolvedPackage package = Resolved(R"(package a:b;
    interface user { use types.{id as key, file}; get: func(k: key) -> option<file>; }
    interface types { record pair { a: id, b: id } type id = raw; type raw = u64; resource file; }
  )");
  const Resolve& resolve = package.resolve;
  // What is used comes first.
  REQUIRE(resolve[package.root].interfaces.size() == 2);
  CHECK(resolve.interfaces[0].name == "types");
  const InterfaceId types(0), user(1);
  CHECK(resolve[resolve[types].types[0]].name == "raw");
  CHECK(resolve[resolve[types].types[1]].name == "id");

  const TypeId key = *resolve.FindType(user, "key");
  CHECK(resolve.UsedFrom(key) == types);
  CHECK(resolve[key].args[0] == Type::Of(*resolve.FindType(types, "id")));
  CHECK(resolve.Dealias(Type::Of(key)).kind == TypeKind::kU64);
  CHECK(resolve.Dependencies(user) == std::vector{types});
  CHECK(resolve.Dependencies(types).empty());

  const Function& get = resolve[user].functions[0];
  CHECK(get.params[0].type == Type::Of(key));
  // A resource's name means an owned handle.
  const TypeDef& option = resolve[get.result->id];
  CHECK(resolve[option.args[0]->id].kind == TypeDefKind::kOwn);
}

TEST_CASE("Resources have functions") {
  const ResolvedPackage package = Resolved(R"(package a:b;
    interface i {
      resource r {
        constructor(a: u8);
        m: async func() -> r;
        s: static func(x: borrow<r>) -> result<own<r>>;
      }
      resource q { constructor() -> result<q, string>; }
    })");
  const std::vector<Function>& functions = package.resolve.interfaces[0].functions;
  REQUIRE(functions.size() == 4);
  CHECK(functions[0].name == "[constructor]r");
  CHECK(PrintType(package.resolve, *functions[0].result) == "r");
  CHECK(functions[1].name == "[method]r.m");
  CHECK(functions[1].is_async);
  CHECK(functions[1].params[0].name == "self");
  CHECK(PrintType(package.resolve, functions[1].params[0].type) == "borrow<r>");
  CHECK(functions[1].ItemName() == "m");
  CHECK(functions[2].name == "[static]r.s");
  // Equal anonymous types are one: `r` and `own<r>` in particular.
  const TypeDef& result = package.resolve[functions[2].result->id];
  CHECK(result.args[0] == functions[1].result);
  CHECK(functions[3].ItemName().empty());
}

TEST_CASE("What worlds need they import") {
  const ResolvedPackage package = Resolved(R"(package a:b;
    interface i1 { type t = u8; }
    interface i2 { use i1.{t}; }
    interface i3 { use i2.{t}; }
    world imports { import i3; import f: func(); type t = u8; }
    world exports { export i3; export f: func(); }
    world both { export i2; export i1; import i3; }
    world inline { export x: interface { use i2.{t}; } use i1.{t}; import y: i2; }
  )");
  CHECK(Imports(package, "imports") == "a:b/i1* a:b/i2* a:b/i3 t f");
  CHECK(Imports(package, "exports") == "a:b/i1* a:b/i2*");
  CHECK(Exports(package, "exports") == "f a:b/i3");
  CHECK(Imports(package, "both") == "a:b/i1* a:b/i2* a:b/i3");
  CHECK(Exports(package, "both") == "a:b/i1 a:b/i2");
  CHECK(Imports(package, "inline") == "a:b/i1* y a:b/i2* t");
  CHECK(Exports(package, "inline") == "x");
  // i3 would need i1 as an export and, through i2, as an import.
  CHECK(Refusal(R"(package a:b;
    interface i1 { type t = u8; }
    interface i2 { use i1.{t}; }
    interface i3 { use i2.{t}; }
    world w { export i1; export i3; })")
            .starts_with("5: the export `a:b/i3` needs `a:b/i1` as an export and"));
}

TEST_CASE("Worlds include worlds") {
  const ResolvedPackage package = Resolved(R"(package a:b;
    interface i {}
    interface store {}
    world base {
      import i;
      import cache: store;
      resource r { constructor(); m: func(x: r) -> option<r>; }
      export f: func(x: borrow<r>);
    }
    world twice { include base; import i; export i; }
    world renamed { import cache: func(); include base with { cache as my-cache, r as s, f as g } }
  )");
  CHECK(Imports(package, "twice") == "a:b/i cache r [constructor]r [method]r.m");
  CHECK(Imports(package, "renamed") == "a:b/i my-cache s cache [constructor]s [method]s.m");
  CHECK(Exports(package, "renamed") == "g");
  const Resolve& resolve = package.resolve;
  const World& renamed = resolve[*resolve.FindWorld(package.root, "renamed")];
  for (const WorldItem& item : renamed.imports) {
    if (item.name == "my-cache") {
      CHECK(resolve.Implements(item));
      CHECK(resolve.NameOf(item.interface) == "a:b/store");
    }
    // The functions are about the including world's own resource.
    if (item.name == "[method]s.m") CHECK(PrintType(resolve, *item.function.result) == "option<s>");
  }
  CHECK(PrintType(resolve, renamed.exports[0].function.params[0].type) == "borrow<s>");

  const std::string base =
      "package a:b; interface i {} world base { import i; import f: func(); }\n";
  CHECK(Refusal(base + "world w { include base with { i as j } }")
            .starts_with("2: the world `base` has no import or export of the plain name `i`"));
  CHECK(Refusal(base + "world w { include base; include base; }")
            .starts_with("2: the import `f` is there already, as a function"));
  CHECK(Refusal(base + "world w { include i; }") == "2: `i` is an interface, not a world");
  CHECK(Refusal(base + "world w { include base with { f as a, f as b } }") ==
        "2: `f` is renamed twice");
}

TEST_CASE("An include takes what the world says, not what that world needs") {
  const ResolvedPackage package = Resolved(R"(package a:b;
    interface i1 { type t = u8; }
    interface i2 { use i1.{t}; }
    world base { export i2; }
    world w { include base; export i1; }
  )");
  CHECK(Imports(package, "base") == "a:b/i1*");
  CHECK(Imports(package, "w") == "");
  CHECK(Exports(package, "w") == "a:b/i1 a:b/i2");
}

TEST_CASE("Cycles are refused") {
  const std::string package = "package a:b;\n";
  CHECK(Refusal(package + "interface i { type t = t; }") == "2: the type `t` depends on itself");
  CHECK(Refusal(package + "interface i {\ntype a = list<b>;\nrecord b { x: a } }") ==
        "3: the type `b` depends on itself");
  CHECK(Refusal(package + "interface i { use j.{t}; type u = u8; }\n"
                          "interface j { use i.{u}; type t = u8; }") == "3: `j` depends on itself");
  CHECK(Refusal(package + "world v { include w; }\nworld w { include v; }") ==
        "3: `w` depends on itself");
  CHECK(Refusal(package + "interface i { use c:d/j.{t}; }\n"
                          "package c:d { interface j { type t = u8; }\nworld w { import a:b/i; } }")
            .ends_with("depends on itself, through what it uses"));
  CHECK(Refusal(package + "use x as y;\nuse y as x;").find("stands for itself") !=
        std::string::npos);
  // Chains of names do not need the stack.
  std::string chain = package + "interface i {";
  for (int i = 0; i < 100000; ++i)
    chain += "type t" + std::to_string(i) + " = t" + std::to_string(i + 1) + ";";
  CHECK(Refusal(chain + "type t100000 = u8; }").ends_with("types nest too deeply here"));
  chain = package;
  for (int i = 0; i < 20000; ++i) {
    chain += "interface i" + std::to_string(i) + " { use i" + std::to_string(i + 1) + ".{}; }\n";
  }
  CHECK(Refusal(chain + "interface i20000 {}") == "");
}

TEST_CASE("A small text cannot ask for much memory") {
  std::string text = "package a:b;\n";
  std::string uses;
  for (int i = 0; i < 2000; ++i) {
    text += "interface i" + std::to_string(i) + " { type t = u8; }\n";
    uses += "use i" + std::to_string(i) + ".{t as t" + std::to_string(i) + "};";
  }
  text += "interface all { " + uses + " }\n";
  for (int i = 0; i < 2000; ++i) text += "world w" + std::to_string(i) + " { import all; }\n";
  CHECK(Refusal(text).ends_with("the packages have too many items"));
}

TEST_CASE("Names are unique whatever their case") {
  const auto in = [](const std::string& kind, const std::string& items) {
    return Refusal("package a:b;\n" + kind + " x {\n" + items + "}");
  };
  CHECK(in("interface", "f: func(); F: func();") == "3: the name `F` is taken here");
  CHECK(in("interface", "type f = u8; f: func();") == "3: the name `f` is taken here");
  CHECK(in("interface", "f: func(a: u8, A: u8);") == "3: the parameter `A` is there already");
  CHECK(in("interface", "record r { a: u8, A: u8 }") == "3: the name `A` is taken here");
  CHECK(in("interface", "resource r { a: func(); a: static func(); }") ==
        "3: the name `[static]r.a` is taken here");
  CHECK(in("interface", "resource r { constructor(); constructor(); }") ==
        "3: the name `[constructor]r` is taken here");
  CHECK(in("world", "import f: func(); export f: func();") == "");
  CHECK(in("world", "import f: func(); import F: interface {}")
            .starts_with("3: the import `F` is there already"));
  CHECK(Refusal("package a:b;\ninterface i {}\nworld I {}").starts_with("3: the name `I`"));
  CHECK(Refusal("package a:b;\nuse i as j;\ninterface i {}\ninterface j {}")
            .starts_with("4: the name `j`"));
}

TEST_CASE("Types keep the rules of the component model") {
  const auto in = [](const std::string& items) {
    return Refusal("package a:b;\ninterface x {\nresource r; type not-r = u8;\n" + items + "}");
  };
  CHECK(in("f: func() -> borrow<r>;") == "4: the result of `f` contains a borrowed handle");
  CHECK(in("type a = list<borrow<r>>; record q { x: a } f: func() -> option<q>;") ==
        "4: the result of `f` contains a borrowed handle");
  CHECK(in("f: func(a: stream<borrow<r>>);") ==
        "4: borrowed handles cannot be sent through futures and streams");
  CHECK(in("type t = own<not-r>;") == "4: `not-r` is not a resource, so it has no handles");
  CHECK(in("type t = nothing;") == "4: there is no type `nothing`");
  CHECK(in("f: func(); g: func(x: f);") == "4: `f` is a function, not a type");
  CHECK(in("resource q { constructor() -> q; }")
            .starts_with("4: a constructor's result is not written, or is a `result`"));
  CHECK(in("resource q { constructor() -> result<r>; }") ==
        "4: a constructor makes its own resource, `q`");
  std::string flags = "flags f { ";
  for (int i = 0; i < 33; ++i) flags += "label" + std::to_string(i) + ",";
  CHECK(in(flags + "}") == "4: flags have at most 32 labels");
  // Not a keyword.
  CHECK(in("type error-context = u8; f: func(a: error-context);") == "");
}

TEST_CASE("Gates open for features") {
  const std::string text = R"(package a:b@1.0.0;
    interface i {
      @unstable(feature = fancy) type t = u8;
      @unstable(feature = fancy) f: func(x: t);
      @since(version = 1.0.0) g: func();
    }
    @unstable(feature = fancy) world w {})";
  const ResolvedPackage without = Resolved(text);
  CHECK(without.resolve.interfaces[0].types.empty());
  CHECK(without.resolve.interfaces[0].functions.size() == 1);
  CHECK(without.resolve.worlds.empty());
  ResolveOptions options;
  options.features = {"fancy"};
  const ResolvedPackage with = Resolved(text, options);
  CHECK(with.resolve.interfaces[0].functions.size() == 2);
  CHECK(with.resolve.interfaces[0].functions[0].stability.unstable == "fancy");
  CHECK(with.resolve.interfaces[0].functions[1].stability.since->ToString() == "1.0.0");
  CHECK(with.resolve.worlds.size() == 1);

  CHECK(Refusal("package a:b@1.0.0; interface i { @unstable(feature = a) type t = u8;\n"
                "f: func(x: t); }") == "2: `t` is left out: its feature is not enabled");
  CHECK(
      Refusal("package a:b@1.0.0; @unstable(feature = a) interface i {}\nworld w { import i; }") ==
      "2: `i` is left out: its feature `a` is not enabled");
  CHECK(Refusal("package a:b@1.0.0;\n@unstable(feature = a) interface i { f: func(); }")
            .starts_with("2: this item needs the gate of `i`"));
  CHECK(Refusal("package a:b@1.0.0-rc;\n@since(version = 1.0.0) interface i {}")
            .starts_with("2: this item is there `@since` 1.0.0, which is later"));
  CHECK(Refusal("package a:b;\n@since(version = 1.0.0) interface i {}")
            .ends_with("but the package `a:b` has no version"));
}

TEST_CASE(
    "what is implied is as stable as what needs it first, in whatever order that is written") {
  const std::string interfaces = R"(package a:b@1.0.0;
    interface c { type t = u8; }
    interface d { use c.{t}; }
    interface e { use c.{t}; use d.{t as u}; })";
  const std::string stable = "@since(version = 1.0.0) ", unstable = "@unstable(feature = x) ";
  ResolveOptions options;
  options.all_features = true;
  for (const std::string side : {"import ", "export "}) {
    const std::string d = stable + side + "d; ", e = unstable + side + "e; ";
    for (const std::string& items : {d + e, e + d}) {
      const auto package = ResolveText("t.wit", interfaces + "world w { " + items + "}", options);
      REQUIRE(package.has_value());
      const Resolve& resolve = package->resolve;
      const WorldItem& implied = resolve[*resolve.FindWorld(package->root, "w")].imports.front();
      CHECK(resolve.NameOf(implied) == "a:b/c@1.0.0");
      CHECK(implied.implied);
      CHECK(implied.stability.since.has_value());
    }
  }
}

TEST_CASE("Packages are found by name and version") {
  const std::string two = R"(
    package c:d@1.0.0 { interface i { type t = u8; } }
    package c:d@2.0.0 { interface i { type t = u16; } })";
  const ResolvedPackage package = Resolved(R"(package a:b;
    use c:d/i@1.0.0 as one;
    interface j { use one.{t}; use c:d/i@2.0.0.{t as t2}; })" +
                                           two);
  const InterfaceId j = *package.resolve.FindInterface(package.root, "j");
  CHECK(package.resolve.Dealias(Type::Of(*package.resolve.FindType(j, "t"))).kind == TypeKind::kU8);
  CHECK(package.resolve.Dealias(Type::Of(*package.resolve.FindType(j, "t2"))).kind ==
        TypeKind::kU16);
  CHECK(Refusal("package a:b;\nworld w { import c:d/i; }" + two) ==
        "2: the package `c:d` is not there; there is `c:d@1.0.0`, `c:d@2.0.0`");
  CHECK(Refusal("package a:b;\nworld w { import c:d/k@1.0.0; }" + two) ==
        "2: there is no interface or world `k` in the package `c:d@1.0.0`");
  // By its own name, too.
  CHECK(Refusal("package a:b; interface i { type t = u8; } interface j { use a:b/i.{t}; }") == "");
}

TEST_CASE("A package is many files, each with its own top-level names") {
  std::vector<PackageSources> packages(2);
  packages[0] = {"deps/c", {{"c.wit", "package c:d; interface i { type t = u8; }"}}};
  packages[1] = {
      "root",
      {{"1.wit", "use c:d/i as x; interface a { use x.{t}; use b.{u}; }"},
       {"2.wit", "package a:b; use c:d/i as y; interface b { use y.{t}; type u = t; }"}}};
  REQUIRE(ResolvePackages(packages));
  // The names of one file are not those of another.
  packages[1].files[0].text = "interface a { use y.{t}; }";
  auto refused = ResolvePackages(packages);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().file == "1.wit");
  CHECK(refused.error().message == "there is no interface or world `y`");
  packages[1].files[0].text = "package a:c;";
  refused = ResolvePackages(packages);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().file == "2.wit");
  // The same package twice, once with other white space, then in another way.
  packages[1].files[0].text = "package c:d { interface %i { type t=u8; } }";
  CHECK(ResolvePackages(packages));
  packages[1].files[0].text = "package c:d { interface i { type t=u16; } }";
  refused = ResolvePackages(packages);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "the package `c:d` is also defined at c.wit:1");
}

TEST_CASE("Worlds are selected") {
  const ResolvedPackage package =
      Resolved("package a:b; world v {} world w {} package c:d@1.0.0 { world only {} }");
  const auto name = [&](PackageId root, std::optional<std::string_view> world) {
    const auto id = SelectWorld(package.resolve, root, world);
    return id ? package.resolve.NameOf(*id) : "refused: " + id.error();
  };
  CHECK(name(package.root, "w") == "a:b/w");
  CHECK(name(package.root, "c:d/only@1.0.0") == "c:d/only@1.0.0");
  CHECK(name(package.root, "only") ==
        "refused: there is no world `only`; the package `a:b` has `v`, `w`");
  CHECK(name(package.root, std::nullopt).starts_with("refused: the package `a:b` has several"));
  const PackageId other = *package.resolve.FindPackage({"c", "d", SemVer::Parse("1.0.0")});
  CHECK(name(other, std::nullopt) == "c:d/only@1.0.0");
}

}  // namespace
}  // namespace component::wit
