// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/bind/bind.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "libcomponent/bind/names.h"
#include "libcomponent/bind/text.h"
#include "libcomponent/wit/resolver.h"

namespace component::bind {
namespace {

TEST_CASE("names of WIT in C++", "[bind]") {
  CHECK(CamelCase("log-entry") == "LogEntry");
  CHECK(CamelCase("HTTP-error") == "HttpError");
  CHECK(CamelCase("a-1") == "A1");
  CHECK(CamelCase("a1-1") == "A1_1");
  CHECK(SnakeCase("log-entry") == "log_entry");
  CHECK(SnakeCase("class") == "class_");
  CHECK(SnakeCase("stdin") == "stdin_");
  UniqueNames names({"a"});
  CHECK(names.Add("a") == "a_");
  CHECK(names.Add("a") == "a_2");
  CHECK(names.Add("a") == "a_3");
}

TEST_CASE("references have no more qualifiers than they need", "[bind]") {
  Scopes scopes;
  scopes.Open({}, "w");
  scopes.Open({"w"}, "types");
  scopes.Open({"w"}, "other");
  scopes.Declare({"w", "types"}, "Point");
  scopes.Declare({"w", "other"}, "Shape");
  CHECK(scopes.Reference({"w", "types"}, {"w", "types", "Point"}) == "Point");
  CHECK(scopes.Reference({"w", "other"}, {"w", "types", "Point"}) == "types::Point");
  CHECK(scopes.Reference({}, {"w", "types", "Point"}) == "w::types::Point");
  // A case of a variant that is called as its payload is.
  scopes.Declare({"w", "types", "Shape"}, "Point");
  CHECK(scopes.Reference({"w", "types", "Shape"}, {"w", "types", "Point"}) == "types::Point");
  // A namespace that hides another.
  scopes.Declare({"w", "other"}, "types");
  CHECK(scopes.Reference({"w", "other"}, {"w", "types", "Point"}) == "w::types::Point");
}

TEST_CASE("lines end at column 100", "[bind]") {
  Text text;
  text.List("void F", {"int a", "int b"}, ";");
  const std::string type(30, 'T');
  text.List("void Function", {type + " a", type + " b", type + " c"}, ";");
  text.List("void " + std::string(70, 'F'), {type + " a", type + " b"}, ";");
  CHECK(text.str() ==
        "void F(int a, int b);\n"
        "void Function(" +
            type + " a, " + type +
            " b,\n"
            "              " +
            type +
            " c);\n"
            "void " +
            std::string(70, 'F') +
            "(\n"
            "    " +
            type + " a, " + type + " b);\n");
  Text function;
  const std::string name(40, 'A');
  function.List("R<std::tuple<" + name + ", " + name + ", " + name + ">> F", {"int a"}, ";");
  CHECK(function.str() ==
        "R<std::tuple<" + name + ", " + name + ",\n             " + name + ">>\nF(int a);\n");
  Text comment;
  comment.Comment("One.\n\nEnds with a backslash\\\n" + std::string(60, 'a') + " " +
                  std::string(60, 'b') + "\n");
  CHECK(comment.str() == "// One.\n//\n// Ends with a backslash\n// " + std::string(60, 'a') +
                             "\n// " + std::string(60, 'b') + "\n");
}

// The header and the source of a world.
std::string Bound(const char* wit_text,
                  GeneratedFiles (*bind)(const wit::Resolve&, wit::WorldId, const BindOptions&)) {
  const auto package = wit::ResolveText("test.wit", wit_text);
  INFO((package ? "" : package.error().Format()));
  REQUIRE(package);
  const auto world = wit::SelectWorld(package->resolve, package->root, std::nullopt);
  REQUIRE(world);
  std::string text;
  for (const GeneratedFile& file : bind(package->resolve, *world, {}))
    if (file.name != "trenail_guest.h") text += file.text;
  return text;
}

constexpr const char* kWit = R"(package a:b;
interface shapes {
  /// Of a plane.
  record point { x: s32, class: s32 }
  variant shape { point(point), shape, other(f64), same(f64) }
  resource blob {
    constructor(size: u32);
    read: func(at: point) -> list<u8>;
  }
  draw: func(shape: shape, label: string, at: list<u32>) -> result<blob, string>;
}
world w {
  import shapes;
  export shapes;
}
)";

TEST_CASE("what a host gets of a world", "[bind]") {
  const std::string text = Bound(kWit, BindHostCpp);
  const auto has = [&](const char* part) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  };
  has("// Of a plane.\nstruct Point {\n  int32_t x = 0;\n  int32_t class_ = 0;\n");
  // Cases are types of their own, whatever they are called.
  has("  struct Point {\n    shapes::Point value;\n");
  has("  struct Shape_ {\n");
  has("std::variant<Point, Shape_, Other, Same> cases;");
  // Imported: the host's class; exported: a handle. Plain types are declared once.
  has("class Blob {\n public:\n  virtual ~Blob() = default;\n");
  has("class Blob : public trenail::ComponentHandle<Functions> {\n");
  has("namespace a::b::w::exports::shapes {");
  has("using Point = w::shapes::Point;");
  has("virtual trenail::Result<std::expected<trenail::ComponentOwn<Blob>, std::string>> Draw(\n"
      "      const Shape& shape, std::string_view label, std::span<const uint32_t> at) = 0;");
  has("trenail::Result<std::vector<uint8_t>> Read(const Point& at) const;");
  // The accessor `shapes` would hide the namespace.
  has("  static void Link(trenail::ComponentLinker& linker, w::shapes::Host& shapes);");
  has("  const exports::shapes::Exports& shapes() const { return shapes_; }");
}

TEST_CASE("what guests get of a world", "[bind]") {
  const std::string cpp = Bound(kWit, BindGuestCpp);
  const std::string c = Bound(kWit, BindGuestC);
  const auto has = [](const std::string& text, const char* part) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  };
  has(cpp, "class Blob : public trenail::Resource<Blob> {");
  has(cpp, "std::expected<trenail::Own<Blob>, std::string> Draw(");
  has(cpp, "TRENAIL_IMPORT(\"[export]a:b/shapes\", \"[resource-new]blob\")");
  has(cpp, "TRENAIL_EXPORT(\"cabi_post_a:b/shapes#draw\")");
  has(cpp, "component-type:a:b/w");
  has(c, "typedef struct {\n  int32_t x;\n  int32_t class_;\n} w_shapes_point_t;\n");
  has(c, "w_result_own_shapes_blob_string_t w_shapes_draw(");
  has(c, "void w_exports_shapes_blob_destroy(w_exports_shapes_blob_t* rep);");
  has(c, "TRENAIL_EXPORT(\"a:b/shapes#[dtor]blob\")");
}

TEST_CASE("versions of a package are told apart where there are several", "[bind]") {
  const std::string text = Bound(R"(package a:b;
package x:y@1.0.0 { interface i { type t = u8; } }
package x:y@2.0.0 { interface i { type t = u16; } }
world w { import x:y/i@1.0.0; import x:y/i@2.0.0; }
)",
                                 BindHostCpp);
  CHECK(text.find("namespace a::b::w::x::y_1_0_0::i {") != std::string::npos);
  CHECK(text.find("namespace a::b::w::x::y_2_0_0::i {") != std::string::npos);
}

}  // namespace
}  // namespace component::bind
