// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/wac.h"

#include <map>
#include <string>

#include "libcomponent/compose/compose_test_util.h"

namespace component::compose::wac {
namespace {

// A package of WIT in binary, with an interface that uses another, and a world.
const char kWit[] = R"((component
  (type (component
    (type (instance (export "r" (type $r (sub resource)))
                    (export "make" (func (param "x" u32) (result (own $r))))))
    (export "w:p/types@1.0.0" (instance (type 0)))))
  (export "types" (type 0))
  (type (component
    (type (instance (export "r" (type (sub resource)))))
    (import "w:p/types@1.0.0" (instance (type 0)))
    (alias export 0 "r" (type $r))
    (type (instance (alias outer 1 $r (type $r0)) (export "r" (type $r (eq $r0)))
                    (export "wrap" (func (param "x" u32) (result (own $r))))))
    (export "w:p/left@1.0.0" (instance (type 2)))))
  (export "left" (type 2))
  (type (component
    (type (component
      (type (instance (export "f" (func (param "x" u32) (result u32)))))
      (import "t:p/a" (instance (type 0)))
      (export "t:p/out" (instance (type 0)))))
    (export "w:p/w@1.0.0" (component (type 0)))))
  (export "w" (type 4))))";

const std::map<std::string, std::string>& Packages() {
  static const std::map<std::string, std::string> packages = {
      {"t:one", Adds("t:p/a", 1)},
      {"t:p", Adds("t:p/a", 1)},
      {"t:ten", Adds("t:p/a", 10)},
      {"t:new", Adds("t:p/a@1.3.0", 10)},
      {"t:user", AddsAfter("t:p/a", "t:p/out", 100)},
      {"t:layer", AddsAfter("t:p/a", "t:p/a", 1000)},
      {"t:old-user", AddsAfter("t:p/a@1.1.0", "t:p/out", 100)},
      {"t:fn", R"((component
        (core module $m (func (export "f") (param i32) (result i32) local.get 0))
        (core instance $i (instantiate $m))
        (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
        (export "f" (func $f)) (export "g" (func $f))))"},
      {"t:wants-r", R"((component
        (import "w:p/types@1.0.0" (instance $t (export "r" (type (sub resource)))))
        (alias export $t "r" (type $r))
        (import "w:p/left@1.0.0" (instance $l (alias outer 1 $r (type $r))
          (export "r" (type $r2 (eq $r)))
          (export "wrap" (func (param "x" u32) (result (own $r2))))))
        (export "left" (instance $l))))"},
      {"t:typed", R"((component
        (core module $m (func (export "f") (param i32)))
        (core instance $i (instantiate $m))
        (type $p' (record (field "x" u32)))
        (export $p "p" (type $p'))
        (func $f (param "p" $p) (canon lift (core func $i "f")))
        (export "f" (func $f))))"},
      {"w:p@1.0.0", kWit},
  };
  return packages;
}

// A package of WIT texts.
const char kWitText[] = R"(package w:t@1.0.0;
  interface types { resource r { constructor(n: u32); get: func() -> u32; } enum e { a, b } }
  interface use-types {
    use types.{r as s, e};
    record p { e: e, s: option<list<tuple<u8, e>>> }
    f: async func(s: borrow<s>, p: p) -> result<s>;
  }
  world w { import use-types; export types; export run: func(x: u32) -> u32; }
  world plain { export f: func(x: u32) -> u32; })";

wasm::Result<Package> Find(const wit::PackageName& name) {
  if (name.ToString() == "w:t@1.0.0") {
    auto resolved = wit::ResolveText("t.wit", kWitText);
    REQUIRE(resolved.has_value());
    return Package{.component = nullptr,
                   .wit = std::make_shared<const wit::ResolvedPackage>(*std::move(resolved))};
  }
  const auto it = Packages().find(name.ToString());
  if (it == Packages().end())
    return std::unexpected(
        wasm::Error(wasm::ErrorKind::kHost, "there is no package `" + name.ToString() + "`"));
  return Package{.component = Valid(it->second), .wit = nullptr};
}

std::string Document(const std::string& statements) {
  return "package test:composed;\n" + statements;
}

std::shared_ptr<const Component> Composed(const std::string& text) {
  INFO(text);
  auto result = Compose(TestEngine(), {.name = "t.wac", .text = text}, Find);
  if (!result) FAIL(result.error().Format());
  return *std::move(result);
}

std::string ErrorOf(const std::string& statements) {
  const auto result = Compose(TestEngine(), {.name = "t.wac", .text = Document(statements)}, Find);
  if (result) return "none";
  return std::to_string(result.error().position.line - 1) + ":" +
         std::to_string(result.error().position.column) + " " + result.error().message;
}

uint32_t Result(const std::string& statements, const std::string& path = "t:p/out.f") {
  return Run(*Composed(Document(statements)), path, 10000);
}
std::string SignatureOf(const std::string& statements) {
  return Signature(Reread(*Composed(Document(statements))));
}

TEST_CASE("arguments are inferred, named or spread") {
  const std::string make = "let one = new t:one {};\n";
  const std::string out = "export u...;\n";
  CHECK(Result(make + "let a = one.a; let u = new t:user { a };" + out) == 10101);
  CHECK(Result(make + "let other = one.a; let u = new t:user { other };" + out) == 10101);
  CHECK(Result(make + "let u = new t:user { a: one.a };" + out) == 10101);
  CHECK(Result(make + "let u = new t:user { \"t:p/a\": one[\"t:p/a\"] };" + out) == 10101);
  CHECK(Result(make + "let u = new t:user { ...one };" + out) == 10101);
  CHECK(Result("let u = new t:user { a: (new t:one {}).a };" + out) == 10101);
  CHECK(Result("let u = new t:user { a: new t:layer { a: new t:ten {}.a }.a };" + out) == 11110);
  CHECK(Result(make + "let ten = new t:ten {}; let u = new t:user { ...ten }; " + out) == 10110);
}

TEST_CASE("compatible versions are arguments, too") {
  const std::string make = "let n = new t:new {};\n";
  const std::string out = "export u.out;\n";
  CHECK(Result(make + "let u = new t:old-user { ...n };" + out) == 10110);
  CHECK(Result(make + "let a = n.a; let u = new t:old-user { a };" + out) == 10110);
}

TEST_CASE("exports have inferred names, or others, or are spread") {
  const std::string f = "let i = new t:fn {};\n";
  CHECK(SignatureOf(f + "export i.f;") == " -> f");
  CHECK(SignatureOf(f + "let h = i.f; export h;") == " -> f");
  CHECK(SignatureOf(f + "export i.f as h;") == " -> h");
  CHECK(SignatureOf(f + "export i as \"x:y/z\";") == " -> x:y/z");
  CHECK(SignatureOf(f + "export i.g as f; export i...;") == " -> f g");
  CHECK(SignatureOf("export new t:one {}.a;") == " -> t:p/a");
  CHECK(Result(f + "export i.f as h;", "h") == 10000);
}

TEST_CASE("missing arguments are imported once for all") {
  CHECK(SignatureOf("let x = new t:user { ... }; let y = new t:user { ... };"
                    "export x.out as x; export y.out as y;") == "t:p/a -> x y");
  CHECK(SignatureOf("let l = new t:layer { ... }; let u = new t:user { a: l.a, ... };"
                    "export u...;") == "t:p/a -> t:p/out");
}

TEST_CASE("imports of every kind") {
  CHECK(SignatureOf("import f: func(x: u32) -> u32; export f as g;") == "f -> g");
  CHECK(SignatureOf("import f as \"other\": func(); export f as g;") == "other -> g");
  CHECK(SignatureOf("type t = func() -> string; type u = t; import f: u; export f as g;") ==
        "f -> t u g");
  CHECK(SignatureOf("import i: interface { f: func(x: u32) -> u32; };"
                    "let u = new t:user { a: i }; export u...;") == "i -> t:p/out");
  CHECK(SignatureOf("interface a { f: func(x: u32) -> u32; } import i: a;"
                    "let u = new t:user { a: i }; export u...;") == "test:composed/a -> a t:p/out");
  // What an interface uses is imported with it, under its own name.
  CHECK(SignatureOf("import l: w:p/left@1.0.0; let w = new t:wants-r { l, ... };"
                    "export w.left;") == "w:p/types@1.0.0, w:p/left@1.0.0 -> left");
  // A component stands for its interfaces as well.
  CHECK(SignatureOf("import a: t:p/a; let u = new t:user { a }; export u...;") ==
        "t:p/a -> t:p/out");
}

TEST_CASE("types of every kind, in what they are imported with") {
  const trenail::Component component = Reread(*Composed(Document(R"(
    interface base {
      record point { x: s32, y: s32 }
      resource file { constructor(name: string); read: func() -> list<u8>; open: static func(); }
      type num = u64;
    }
    import all: interface {
      use base.{point, file as handle};
      variant shape { dot(point), none }
      flags perms { r, w }
      enum color { red, blue }
      type shapes = list<shape>;
      type callback = func(s: shape) -> option<color>;
      on: callback;
      f: func(a: tuple<u8, char>, h: borrow<handle>) -> result<shapes, perms>;
      g: async func() -> stream<u8>;
      h: func(p: point) -> own<handle>;
    }
    export all as x;)")));
  CHECK(Signature(component) == "test:composed/base, all -> base x");
  const InstanceType& base = *component.imports()[0].type.instance;
  const InstanceType& all = *component.imports()[1].type.instance;
  CHECK(base.Find("[method]file.read")->type.func->params[0].type->resource ==
        all.Find("f")->type.func->params[1].type->resource);
  CHECK(all.Find("handle")->type.type.resource == base.Find("file")->type.type.resource);
  CHECK(all.Find("on")->type.func->params[0].type == all.Find("shape")->type.type.val);
  CHECK(all.Find("f")->type.func->result->fields[0].type == all.Find("shapes")->type.type.val);
}

TEST_CASE("types of the document are exports") {
  CHECK(SignatureOf("record p { x: u32 } type ps = list<p>; export p as q;") == " -> p ps q");
  CHECK(ErrorOf("record p { x: u32 } export p;") == "1:28 `p` is exported already");
  CHECK(ErrorOf("let u = new t:one {}; export u.a as p; record p { x: u32 }") ==
        "1:47 `p` is exported already, and a type is an export, too");
  // Interfaces and worlds are as in a package in its binary form.
  const trenail::Component component = Reread(*Composed(Document(R"(
    type id = u64;
    record point { x: id, y: id }
    type place = point;
    interface i { resource r; f: func(at: u64) -> r; }
    world w { use i.{r}; import g: func(of: borrow<r>); export i; })")));
  CHECK(Signature(component) == " -> id point place i w");
  const auto& exports = component.exports();
  const ValType& point = *exports[1].type.type.val;
  CHECK(point.fields[0].type->renamed != nullptr);
  CHECK(exports[2].type.type.val->renamed == &point);
  const ComponentType& i = *exports[3].type.type.component;
  CHECK(i.imports.empty());
  CHECK(i.exports[0].name.name == "test:composed/i");
  CHECK(i.exports[0].type.instance->Find("f")->type.func->result->kind == ValKind::kOwn);
  const ComponentType& w = *exports[4].type.type.component->exports[0].type.component;
  CHECK(w.FindImport("test:composed/i") != nullptr);
  CHECK(w.FindExport("test:composed/i") != nullptr);
}

TEST_CASE("a composition can be held to a world") {
  const auto compose = [](const std::string& statements) {
    const auto result =
        Compose(TestEngine(),
                {.name = "t.wac", .text = "package a:b targets w:p/w@1.0.0;" + statements}, Find);
    return result ? "fits" : result.error().message;
  };
  CHECK(compose("let u = new t:user { ... }; export u...;") == "fits");
  CHECK(compose("let u = new t:user { a: new t:one {}.a }; export u...;") == "fits");
  CHECK(
      compose("let u = new t:one {}; export u...;") ==
      "the world `w:p/w@1.0.0` asks for an export `t:p/out`, which the composition does not have");
  CHECK(compose("let u = new t:old-user { ... }; export u...;") ==
        "the composition imports `t:p/a@1.1.0`, which the world `w:p/w@1.0.0` does not have");
  CHECK(compose("let i = new t:fn {}; export i as \"t:p/out\";") == "fits");
  CHECK(compose("import a as \"t:p/out\": interface { f: func(x: u8); } export a;") ==
        "the composition imports `t:p/out`, which the world `w:p/w@1.0.0` does not have");
  CHECK(compose("import a as \"t:p/a\": interface { f: func(x: u8); } export a as \"t:p/out\";")
            .starts_with("the composition does not fit the world `w:p/w@1.0.0`; first "
                         "difference: in import `t:p/a`, `f`"));
  // A world of the document itself.
  const std::string world =
      "package a:b targets a:b/world; world %world { export f: func(x: u32) -> u32; }";
  CHECK(Compose(TestEngine(), {.name = "t.wac", .text = world + "let i = new t:fn {}; export i.f;"},
                Find)
            .has_value());
}

TEST_CASE("worlds include others, and share what is used") {
  const std::string world = R"(package a:b targets a:b/w;
    interface i { resource r; record p { x: u32 } }
    interface j { use i.{r}; take: func(r: own<r>); }
    world base { import j; import log: func(s: string); export run: func(); }
    world w {
      include base with { run as start };
      use i.{p};
      type q = list<p>;
      import tick: func(q: q);
      export f: func(x: u32) -> u32;
      export t: interface { use i.{r}; }
    })";
  const auto result = Compose(
      TestEngine(), {.name = "t.wac", .text = world + "let k = new t:fn {}; export k.f;"}, Find);
  REQUIRE(!result.has_value());
  CHECK(result.error().message ==
        "the world `a:b/w` asks for an export `start`, which the composition does not have");
}

TEST_CASE("what is wrong is said with its place") {
  CHECK(ErrorOf("let x = new t:none {};") == "1:13 there is no package `t:none`");
  CHECK(ErrorOf("let x = new t:user {};") ==
        "1:13 `t:user` has no argument for `t:p/a`; `...` at the end imports what is missing");
  CHECK(ErrorOf("let x = new t:one {}; let x = new t:one {};") ==
        "1:27 `x` is defined already; names are not variables");
  CHECK(ErrorOf("let x = new t:user { b: new t:one {} };") ==
        "1:22 `t:user` has no import `b`; it imports `t:p/a`");
  CHECK(ErrorOf("let o = new t:one {}; let x = new t:user { ...o, ...o };") ==
        "1:53 no export of `o` is an import of `t:user` that has no argument yet");
  CHECK(ErrorOf("let o = new t:one {};\nexport o.b;") ==
        "2:10 the instance has no export `b`; it exports `t:p/a`");
  CHECK(ErrorOf("let o = new t:fn {}; let p = o.f.g;") ==
        "1:30 only an instance has exports, and this is a func");
  CHECK(ErrorOf("export new t:one {};") ==
        "1:8 what is exported here has no name of its own: `as` gives it one");
  CHECK(ErrorOf("let i = new t:fn {}; export i.f; export i.f;") == "1:41 `f` is exported already");
  CHECK(ErrorOf("export new t:one {}... as x;") ==
        "1:24 what `...` exports keeps its names: there is no `as` behind it");
  CHECK(ErrorOf("let x = new t:user { ..., a: new t:one {} };") ==
        "1:27 `...` has to be the last argument");
  CHECK(ErrorOf("import a as \"t:p/a\": interface {}; let x = new t:user { ... };") ==
        "1:48 `t:user` needs `t:p/a`, which an import statement has already: pass that as an "
        "argument");
  CHECK(ErrorOf("import f: func(); import g as f: func();") == "1:31 `f` is imported already");
  CHECK(ErrorOf("import f: func() -> nothing;") == "1:21 there is no type `nothing` before this");
  CHECK(ErrorOf("import a: t:one/b;") == "1:17 the package `t:one` has no `b`");
  CHECK(ErrorOf("world w { resource x { y: func(); y: static func(); } }") ==
        "1:35 `[static]x.y` is there already");
  CHECK(ErrorOf("import f as \"url=<x>\": func(); export f;") ==
        "1:39 `url=<x>` is a name for imports alone");
  CHECK(ErrorOf("import f: interface { f: func(x: t:p/a); };") != "none");
  CHECK(ErrorOf("let = 1;") == "1:5 expected an identifier, found `=`");
  CHECK(ErrorOf("resource r;") == "1:1 a resource belongs to an interface or a world");
  CHECK(ErrorOf("let x = new test:composed {};") ==
        "1:13 `test:composed` is this composition itself");
}

TEST_CASE("arguments that do not fit are explained at the instance") {
  CHECK(ErrorOf("let i = interface {};") != "none");
  CHECK(ErrorOf("import a: interface { f: func(x: u32) -> u64; };\n"
                "let x = new t:user { a }; export x...;") ==
        "2:13 t:user wants `t:p/a`, and gets `a` of the composition's imports; first difference: "
        "in `f`, the result: expected `u32`, found `u64`");
  CHECK(ErrorOf("let i = new t:fn {};\nlet x = new t:user { a: i.f }; export x...;") ==
        "2:13 t:user wants `t:p/a`, and gets `f` of t:fn; first difference: expected instance, "
        "found func");
}

TEST_CASE("interfaces that use each other again and again do not add up") {
  std::string text = "interface i0 { resource r; }\n";
  for (int i = 1; i < 40; ++i) {
    const std::string from = "i" + std::to_string(i - 1);
    text += "interface i" + std::to_string(i) + " { use " + from + ".{r}; use " + from +
            ".{r as s}; }\n";
  }
  CHECK(
      SignatureOf(text + "import x: i39; export x as y;").contains("test:composed/i39 -> i0 i1 "));
}

TEST_CASE("a function without the types that it mentions cannot be exported") {
  CHECK(ErrorOf("let w = new t:typed {}; export w.f;") ==
        "0:9 the export `f` mentions the type `p`, which has to be exported before it");
  CHECK(SignatureOf("let w = new t:typed {}; export w.p; export w.f;") == " -> p f");
}

TEST_CASE("packages of WIT texts") {
  const trenail::Component component =
      Reread(*Composed(Document("import u: w:t/use-types@1.0.0; export u as x;")));
  CHECK(Signature(component) == "w:t/types@1.0.0, w:t/use-types@1.0.0 -> x");
  const InstanceType& types = *component.imports()[0].type.instance;
  const InstanceType& uses = *component.imports()[1].type.instance;
  CHECK(types.Find("r")->type.type.resource == uses.Find("s")->type.type.resource);
  // `use` stays `use`: the enum is that of the other interface.
  CHECK(uses.Find("e")->type.type.val->renamed == types.Find("e")->type.type.val);
  CHECK(types.Find("[constructor]r")->type.func->result->kind == ValKind::kOwn);
  CHECK(uses.Find("f")->type.func->is_async);

  const auto fits = [](const std::string& world, const std::string& statements) {
    const auto result = Compose(
        TestEngine(),
        {.name = "t.wac", .text = "package a:b targets w:t/" + world + "@1.0.0;" + statements},
        Find);
    return result ? "fits" : result.error().message;
  };
  CHECK(fits("plain", "export new t:fn {}.f;") == "fits");
  CHECK(fits("w", "export new t:fn {}.f as run;") ==
        "the world `w:t/w@1.0.0` asks for an export `w:t/types@1.0.0`, which the composition does "
        "not have");
  CHECK(fits("w",
             "import u: w:t/use-types@1.0.0; import t: w:t/types@1.0.0; export t;"
             "export new t:fn {}.f as run;") == "fits");
  CHECK(ErrorOf("let x = new w:t@1.0.0 {};") ==
        "1:13 `w:t@1.0.0` is WIT, and only a component has instances");
  CHECK(ErrorOf("import u: w:t/none@1.0.0;") == "1:15 the package `w:t@1.0.0` has no `none`");
}

TEST_CASE("expressions do not nest without end") {
  std::string deep = "export ";
  for (int i = 0; i < 5000; ++i) deep += "(";
  CHECK(ErrorOf(deep).ends_with("expressions nest too deeply here"));
}

}  // namespace
}  // namespace component::compose::wac
