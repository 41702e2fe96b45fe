// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Short forms are compared with what they stand for, written out.

#include "libcomponent/text/parse_component.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "libcomponent/binary/structurally_equal.h"
#include "libwasm/binary/module_decoder.h"

namespace component::text {
namespace {

std::shared_ptr<const Component> Parse(const std::string& fields,
                                       const ParseOptions& options = {}) {
  const auto parsed = ParseComponentText("(component " + fields + ")", options);
  INFO(fields);
  if (!parsed) FAIL(parsed.error().message());
  return parsed->component;
}

template <typename T>
const T& Get(const Component& component, size_t i) {
  REQUIRE(i < component.definitions.size());
  const T* definition = std::get_if<T>(&component.definitions[i].def);
  REQUIRE(definition != nullptr);
  return *definition;
}

// Whether two rows of definitions are the same but for names.
void CheckSame(const std::string& a, const std::string& b, const ParseOptions& options = {}) {
  INFO(a);
  INFO(b);
  const auto difference =
      binary::FindDifference(*Parse(a, options), *Parse(b, options), {.names = false});
  CHECK(difference.value_or("") == "");
}

std::string ErrorOf(const std::string& text, const ParseOptions& options = {}) {
  const auto parsed = ParseComponentText(text, options);
  if (parsed) return "none";
  CHECK(parsed.error().kind() == wasm::ErrorKind::kMalformed);
  const auto position = parsed.error().position().value_or(wasm::TextPosition{});
  return std::to_string(position.line) + ":" + std::to_string(position.column) + " " +
         parsed.error().message();
}

std::string FieldsError(const std::string& fields) { return ErrorOf("(component " + fields + ")"); }

// ---- definitions -------------------------------------------------------------------------------

TEST_CASE("types of every kind") {
  const auto c = Parse(R"(
    (type bool) (type error-context)
    (type (record (field "a" u8) (field "b" 0)))
    (type (variant (case "x") (case "y" string)))
    (type (list char)) (type (list u32 7))
    (type (tuple u8 s64)) (type (flags "f" "g")) (type (enum "e"))
    (type (option f32))
    (type (result)) (type (result u8)) (type (result (error u16))) (type (result u8 (error u16)))
    (type (map string u8))
    (type (resource (rep i32)))
    (type (own 15)) (type (borrow 15))
    (type (stream)) (type (future u8))
    (type (func async (param "p" string) (result u8)))
    (type (resource (rep i64) (dtor 3))))");
  REQUIRE(c->definitions.size() == 22);
  const auto def = [&](size_t i) -> const DefValType& {
    return std::get<DefValType>(Get<TypeDef>(*c, i).type);
  };
  CHECK(def(0).prim == PrimType::kBool);
  CHECK(def(1).prim == PrimType::kErrorContext);
  REQUIRE(def(2).fields.size() == 2);
  CHECK(def(2).fields[0].label == "a");
  CHECK(def(2).fields[1].type.is_index);
  REQUIRE(def(3).cases.size() == 2);
  CHECK(!def(3).cases[0].type);
  CHECK(def(3).cases[1].type->prim == PrimType::kString);
  CHECK(def(4).kind == DefValType::Kind::kList);
  CHECK(def(5).kind == DefValType::Kind::kFixedLengthList);
  CHECK(def(5).length == 7);
  CHECK(def(6).elements.size() == 2);
  CHECK(def(7).labels == std::vector<std::string>{"f", "g"});
  CHECK(def(8).kind == DefValType::Kind::kEnum);
  CHECK(def(9).elements.at(0).prim == PrimType::kF32);
  CHECK((!def(10).ok && !def(10).error));
  CHECK((def(11).ok && !def(11).error));
  CHECK((!def(12).ok && def(12).error->prim == PrimType::kU16));
  CHECK((def(13).ok && def(13).error));
  CHECK(def(14).elements.size() == 2);
  CHECK(def(16).resource == 15);
  CHECK(def(17).kind == DefValType::Kind::kBorrow);
  CHECK(!def(18).ok);
  CHECK(def(19).ok->prim == PrimType::kU8);
  const auto& func = std::get<FuncTypeSyntax>(Get<TypeDef>(*c, 20).type);
  CHECK(func.is_async);
  CHECK(func.params.at(0).label == "p");
  CHECK(func.result->prim == PrimType::kU8);
  const auto& resource = std::get<ResourceTypeSyntax>(Get<TypeDef>(*c, 21).type);
  CHECK(resource.rep == wasm::ValType::kI64);
  CHECK(resource.dtor == 3);
}

TEST_CASE("imports, exports and their attributes") {
  const auto c = Parse(R"(
    (import "a" (implements "n:p/i") (external-id "x y") (instance $i))
    (import "n:p/i@1" (versionsuffix ".2.3") (instance))
    (export $e "b" (instance $i) (instance (type 0)))
    (export "c" (instance $e)))");
  const auto& import = Get<Import>(*c, 1);
  CHECK(import.name.implements == "n:p/i");
  CHECK(import.name.external_id == "x y");
  CHECK(import.type.sort == Sort::kInstance);
  CHECK(Get<Import>(*c, 3).name.version_suffix == ".2.3");
  const auto& exported = Get<Export>(*c, 4);
  CHECK(exported.item.index == 0);
  REQUIRE(exported.type.has_value());
  // An export is an item of its own.
  CHECK(Get<Export>(*c, 5).item.index == 2);
}

TEST_CASE("canonical definitions and their operands") {
  const auto c = Parse(R"(
    (canon lift (core func 1) string-encoding=latin1+utf16 (memory 2) (realloc 3) (post-return 4)
                async (callback 5) (func $f (type 6)))
    (canon lower (func $f) string-encoding=utf8 (core func $l))
    (canon resource.drop 1 (core func))
    (canon task.return (result u8) (memory 0) (core func))
    (canon context.get i32 1 (core func))
    (canon waitable-set.wait cancellable (memory 3) (core func))
    (canon stream.cancel-read 1 async (core func))
    (canon subtask.cancel async (core func))
    (canon thread.new-indirect 7 8 (core func))
    (canon thread.yield cancellable (core func))
    (canon thread.spawn-indirect shared 7 (core table 8) (core func))
    (canon backpressure.inc (core func)))");
  const auto& lift = Get<Canon>(*c, 0);
  CHECK(lift.func == 1);
  CHECK(lift.type == 6);
  REQUIRE(lift.options.size() == 6);
  CHECK(lift.options[0].kind == CanonOpt::Kind::kLatin1Utf16);
  CHECK(lift.options[3].kind == CanonOpt::Kind::kPostReturn);
  CHECK(lift.options[3].index == 4);
  CHECK(lift.options[4].kind == CanonOpt::Kind::kAsync);
  CHECK(Get<Canon>(*c, 1).kind == CanonKind::kLower);
  CHECK(Get<Canon>(*c, 2).type == 1);
  CHECK(Get<Canon>(*c, 3).result->prim == PrimType::kU8);
  CHECK(Get<Canon>(*c, 3).options.size() == 1);
  CHECK(Get<Canon>(*c, 4).slot == 1);
  CHECK(Get<Canon>(*c, 4).core_type == wasm::ValType::kI32);
  CHECK((Get<Canon>(*c, 5).cancellable && Get<Canon>(*c, 5).memory == 3));
  CHECK((Get<Canon>(*c, 6).is_async && Get<Canon>(*c, 6).type == 1));
  CHECK(Get<Canon>(*c, 7).is_async);
  CHECK((Get<Canon>(*c, 8).type == 7 && Get<Canon>(*c, 8).table == 8));
  CHECK(Get<Canon>(*c, 9).cancellable);
  CHECK(Get<Canon>(*c, 10).shared);
  CHECK(c->names.by_sort[static_cast<size_t>(Sort::kCoreFunc)].at(0).second == "l");
}

TEST_CASE("core types") {
  const auto c = Parse(R"(
    (core type $f (func (param i32) (result (ref null $f))))
    (core rec (type $a (struct (field (ref $b)))) (type $b (array (mut i8))))
    (core type (sub (struct)))
    (core type (module
      (alias outer 1 $f (type $g))
      (import "a" "f" (func (type $g)))
      (import "a" "g" (func (param i32)))
      (export "h" (func (param i32)))
      (export "m" (memory i64 1 2))
      (export "t" (table 1 funcref))
      (export "v" (global (mut i64))))))");
  const auto& f = std::get<CoreRecType>(Get<CoreType>(*c, 0).type);
  CHECK(f.types.at(0).comp.func.results.at(0).heap_type().concrete() == 0);
  const auto& rec = std::get<CoreRecType>(Get<CoreType>(*c, 1).type);
  CHECK(rec.explicit_group);
  CHECK(rec.types.at(0).comp.fields.at(0).type.heap_type().concrete() == 2);
  CHECK(!std::get<CoreRecType>(Get<CoreType>(*c, 2).type).types.at(0).is_final);
  const auto& module = std::get<CoreModuleType>(Get<CoreType>(*c, 3).type);
  // The alias, the first import, the type of the second, which the first export shares, …
  REQUIRE(module.decls.size() == 8);
  CHECK(module.decls[0].kind == CoreModuleDecl::Kind::kAlias);
  CHECK(module.decls[2].kind == CoreModuleDecl::Kind::kType);
  CHECK(module.decls[3].type.type == 1);
  CHECK(module.decls[4].type.type == 1);
  CHECK(module.decls[5].type.memory.addr_type == wasm::AddrType::kI64);
  CHECK(module.decls[7].type.global.is_mutable);
}

TEST_CASE("nested modules and components, with their names") {
  const auto c = Parse(R"(
    (core module $m (func (export "f")))
    (core module $n (@name "other") (export "x"))
    (component $c (component $d)))");
  const auto module = wasm::binary::DecodeModule(Get<CoreModuleDef>(*c, 0).bytes, {});
  REQUIRE(module.has_value());
  CHECK((*module)->exports.at(0).name == "f");
  CHECK((*module)->names.module == "m");
  const auto other = wasm::binary::DecodeModule(Get<CoreModuleDef>(*c, 1).bytes, {});
  CHECK((*other)->names.module == "other");
  CHECK(Get<Export>(*c, 2).name.name == "x");
  const auto& names = c->names.by_sort[static_cast<size_t>(Sort::kCoreModule)];
  REQUIRE(names.size() == 2);
  CHECK(names[1].second == "n");
  CHECK(Get<std::shared_ptr<const Component>>(*c, 3)->names.component == "c");
}

TEST_CASE("instances") {
  const auto c = Parse(R"(
    (core module $m) (component $c)
    (core instance $i (instantiate $m (with "a" (instance 0))))
    (core instance (export "f" (func 1)) (export "m" (memory 2)))
    (instance (instantiate $c (with "a" (func 1)) (with "b" (core module $m))))
    (instance (export "t" (external-id "x") (type 1)) (export "m" (core module $m))))");
  CHECK(Get<CoreInstanceDef>(*c, 2).args.at(0).name == "a");
  const auto& bundle = Get<CoreInstanceDef>(*c, 3);
  CHECK(!bundle.instantiate);
  CHECK(bundle.exports.at(1).item.sort == Sort::kCoreMemory);
  CHECK(Get<InstanceDef>(*c, 4).args.at(1).item.sort == Sort::kCoreModule);
  CHECK(Get<InstanceDef>(*c, 5).exports.at(0).name.external_id == "x");
}

TEST_CASE("start functions") {
  const auto c = Parse(R"(
    (import "f" (func $f)) (import "v" (value $v string))
    (start $f (value $v) (result (value $r)) (result (value)))
    (export "r" (value $r)))");
  const auto& start = Get<Start>(*c, 3);
  CHECK(start.args == std::vector<uint32_t>{0});
  CHECK(start.results == 2);
  CHECK(Get<Export>(*c, 4).item.index == 1);
}

TEST_CASE("custom sections stand where they are written") {
  const auto c = Parse(R"((type u8) (@custom "x" "a\00" "b") (type u16))");
  const auto& custom = Get<CustomSection>(*c, 1);
  CHECK(custom.name == "x");
  CHECK(custom.payload == std::vector<uint8_t>{'a', 0, 'b'});
}

// ---- short forms -------------------------------------------------------------------------------

TEST_CASE("inline value types become definitions in front of their use") {
  CheckSame(R"((type (func (param "a" (list (option u8))) (result (tuple string u8)))))",
            R"((type (option u8)) (type (list 0)) (type (tuple string u8))
               (type (func (param "a" 1) (result 2))))");
  CheckSame(R"((import "f" (func (param "a" (own 0)))))",
            R"((type (own 0)) (type (func (param "a" 0))) (import "f" (func (type 1))))");
  // In the scope of the use.
  CheckSame(R"((type (instance (export "f" (func (result (list u8)))))))",
            R"((type (instance
                 (type (list u8)) (type (func (result 0))) (export "f" (func (type 1))))))");
}

TEST_CASE("inline aliases") {
  CheckSame(R"((import "i" (instance $i)) (export "x" (func $i "a" "b")))",
            R"((import "i" (instance $i))
               (alias export $i "a" (instance $a)) (alias export $a "b" (func $f))
               (export "x" (func $f)))");
  CheckSame(R"((core func (canon lower (func 0 "f") (memory (core memory 0 "m")))))"
            R"((core func (canon resource.new (type 0 "t"))))",
            R"((alias export 0 "f" (func)) (alias core export 0 "m" (core memory))
               (canon lower (func 0) (memory 0) (core func))
               (alias export 0 "t" (type)) (canon resource.new 0 (core func)))");
}

TEST_CASE("identifiers of enclosing scopes become outer aliases, once each") {
  CheckSame(R"((type $t u8) (component (type (list $t)) (type (option $t))))",
            R"((type u8) (component (alias outer 1 0 (type)) (type (list 0)) (type (option 0))))");
  CheckSame(R"((component $c) (component (component (instance (instantiate $c)))))",
            R"((component) (component (component (alias outer 2 0 (component))
                                                 (instance (instantiate 0)))))");
  CheckSame(R"((core module $m) (component (core instance (instantiate $m))))",
            R"((core module) (component (alias outer 1 0 (core module))
                                        (core instance (instantiate 0))))");
  // The innermost one wins, and an item is not yet there while it is being defined.
  CheckSame(R"((type $t u8) (component (type $t (list $t)) (type (option $t))))",
            R"((type u8) (component (alias outer 1 0 (type)) (type (list 0)) (type (option 1))))");
  CHECK(FieldsError(R"((import "f" (func $f)) (component (export "f" (func $f))))") ==
        "1:64 outer item $f is not a module, type, or component");
}

TEST_CASE("outer aliases by name") {
  CheckSame(
      R"((component $A (type $t u8) (component $B (alias outer $A $t (type $u))
                                                     (alias outer $B $u (type)))))",
      R"((component (type u8) (component (alias outer 1 0 (type)) (alias outer 0 0 (type)))))");
  CheckSame(R"((type $T (component (type $t u8) (type (instance (alias outer $T $t (type)))))))",
            R"((type (component (type u8) (type (instance (alias outer 1 0 (type)))))))");
}

TEST_CASE("inverted forms") {
  CheckSame(R"((func $f (import "a") (param "x" u8)) (export "b" (func $f)))",
            R"((import "a" (func $f (param "x" u8))) (export "b" (func $f)))");
  CheckSame(R"((instance $i (import "i") (export "a" (func))))",
            R"((import "i" (instance $i (export "a" (func)))))");
  CheckSame(
      R"((type $r (import "r") (sub resource)) (core module (import "m") (export "f" (func))))",
      R"((import "r" (type (sub resource))) (import "m" (core module (export "f" (func)))))");
  CheckSame(R"((component (import "c") (import "x" (func))) (value (import "v") string))",
            R"((import "c" (component (import "x" (func)))) (import "v" (value string)))");
  CheckSame(R"((func (alias export 0 "f")) (core memory (alias core export 0 "m"))
               (core module (alias export 0 "c")))",
            R"((alias export 0 "f" (func)) (alias core export 0 "m" (core memory))
               (alias export 0 "c" (core module)))");
  CheckSame(R"((type $t (export "t") (export "u" (external-id "x")) u8))",
            R"((type $t u8) (export "t" (type 0)) (export "u" (external-id "x") (type 0)))");
  CheckSame(R"((instance (export "i") (export "j" (func 0))))",
            R"((instance (export "j" (func 0))) (export "i" (instance 0)))");
  // A component that begins with an alias or an import is not the inverted form of one.
  const auto c =
      Parse(R"((component (alias export 0 "f" (func))) (component (import "f" (func))))");
  CHECK(Get<std::shared_ptr<const Component>>(*c, 0)->definitions.size() == 1);
  CHECK(Get<std::shared_ptr<const Component>>(*c, 1)->definitions.size() == 2);
}

TEST_CASE("functions from canonical definitions") {
  CheckSame(R"((func $f (export "f") async (param "x" u8) (canon lift (core func 0 "f") async)))",
            R"((type (func async (param "x" u8))) (alias core export 0 "f" (core func))
               (canon lift (core func 0) async (func (type 0))) (export "f" (func 0)))");
  CheckSame(R"((core func $f (canon resource.rep 3)))", R"((canon resource.rep 3 (core func $f)))");
}

TEST_CASE("inline instances as arguments") {
  CheckSame(R"((core instance (instantiate 0 (with "a" (instance (export "f" (func 1)))))))",
            R"((core instance (export "f" (func 1)))
               (core instance (instantiate 0 (with "a" (instance 0)))))");
  CheckSame(R"((instance (instantiate 0 (with "a" (instance (export "f" (func 0 "g")))))))",
            R"((alias export 0 "g" (func)) (instance (export "f" (func 0)))
               (instance (instantiate 0 (with "a" (instance 0)))))");
}

// ---- values ------------------------------------------------------------------------------------

TEST_CASE("values are written as their type has them") {
  const auto value = [](const std::string& types, const std::string& type_and_value) {
    const auto c = Parse(types + "(value " + type_and_value + ")");
    return std::get<ValueDef>(c->definitions.back().def).bytes;
  };
  using Bytes = std::vector<uint8_t>;
  CHECK(value("", "bool true") == Bytes{1});
  CHECK(value("", "s8 -1") == Bytes{0xff});
  CHECK(value("", "u16 300") == Bytes{0xac, 0x02});
  CHECK(value("", "s64 -1") == Bytes{0x7f});
  CHECK(value("", "f32 nan") == Bytes{0, 0, 0xc0, 0x7f});
  CHECK(value("", "char 'a'") == Bytes{'a'});
  CHECK(value("", "char '('") == Bytes{'('});
  CHECK(value("", R"(char '\'')") == Bytes{'\''});
  CHECK(value("", R"(char '\u{e9}')") == Bytes{0xc3, 0xa9});
  CHECK(value("", R"x(char '"')x") == Bytes{'"'});
  CHECK(value("", R"(string "hi")") == Bytes{2, 'h', 'i'});
  CHECK(value("", R"((record (field "a" bool) (field "b" u8)) (record true 1))") == Bytes{1, 1});
  CHECK(value("", R"((variant (case "a" bool) (case "b" u8)) (variant "b" 1))") == Bytes{1, 1});
  CHECK(value("", "(list (result (option u8))) (list error (ok (some 1)) (ok none))") ==
        Bytes{3, 1, 0, 1, 1, 0, 0});
  CHECK(value(R"((type $f (flags "a" "b" "c")))", R"($v (type $f) (flags "a" "c"))") == Bytes{5});
  CHECK(value("", R"((enum "a" "b") (enum "b"))") == Bytes{1});
  CHECK(value("", R"(string (binary "\07example"))").size() == 8);
  // Through an alias and an export.
  CHECK(value(R"((type $t (tuple u8 u8)) (export $u "u" (type $t)))", "$v (type $u) (tuple 1 2)") ==
        Bytes{1, 2});
  CHECK(FieldsError("(value u8 256)") == "1:22 u8 constant out of range");
  CHECK(FieldsError("(value s8 128)") == "1:22 s8 constant out of range");
  CHECK(FieldsError(R"((value (enum "a") (enum "b")))") == "1:36 unknown label \"b\"");
  CHECK(FieldsError("(value f64 nan:0x1)") == "1:23 unexpected token nan:0x1");
}

// ---- errors ------------------------------------------------------------------------------------

TEST_CASE("errors name a place") {
  CHECK(FieldsError("(export \"x\" (func $f))") == "1:30 unknown func $f");
  CHECK(ErrorOf("(component\n  (type $t u8)\n  (type $t u8))") == "3:9 duplicate type $t");
  CHECK(ErrorOf("(component (type (list)))") == "1:23 unexpected token )");
  CHECK(ErrorOf("(component) (component)") == "1:13 unexpected token (");
  CHECK(ErrorOf("(module)").ends_with("unexpected token module"));
  CHECK(FieldsError("(type (component (type (export \"\") (func))))") ==
        "1:36 unexpected token export");
  CHECK(FieldsError("(type (variant (case $x \"x\") (case $x \"y\")))") ==
        "1:47 duplicate variant case identifier $x");
  CHECK(FieldsError("(core module (func (i32.frob)))") == "1:32 unknown operator i32.frob");
  CHECK(FieldsError("(core type (module (type (alias export 0 \"t\"))))") ==
        "1:44 unexpected token export");
  CHECK(FieldsError("(alias outer 0 0 (func))").ends_with("not a module, type, or component"));
  CHECK(FieldsError("(start 0) (start 0)") ==
        "1:29 a component cannot have more than one start function");
  CHECK(FieldsError("(import \"a\" (external-id \"x\") (external-id \"y\") (func))") ==
        "1:43 duplicate attribute external-id");
  CHECK(FieldsError("(core type $t (struct)) (core type (module (type (sub $t (struct)))))")
            .ends_with("unknown core type $t"));
}

TEST_CASE("nesting is bounded") {
  const auto nest = [](const std::string& open, const std::string& close, int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += open;
    for (int i = 0; i < n; ++i) text += close;
    return text;
  };
  CHECK(FieldsError(nest("(component ", ")", 90)) == "none");
  CHECK(FieldsError(nest("(component ", ")", 100000)).ends_with("nesting too deep"));
  CHECK(FieldsError("(type " + nest("(list ", ")", 100000) + ")").ends_with("nesting too deep"));
  CHECK(FieldsError(nest("(type (component ", "))", 100000)).ends_with("nesting too deep"));
  CHECK(FieldsError("(core type " + nest("(module (type ", "))", 100000) + ")")
            .ends_with("nesting too deep"));
}

TEST_CASE("a long chain of types does not exhaust the stack") {
  std::string text = "(type bool)";
  for (int i = 0; i < 200'000; ++i) text += "(type (list " + std::to_string(i) + "))";
  CHECK(FieldsError(text) == "none");
  CHECK(FieldsError("(type bool)" + text + "(component (alias outer 1 200000 (type)) (frob))")
            .ends_with("unknown operator frob"));
}

TEST_CASE("legacy indices") {
  ParseOptions legacy;
  legacy.features.Set(Feature::kLegacyIndices, true);
  const std::string old_form =
      R"((core func (canon lower (func 0) (memory 0 "m") (realloc (func 0 "r")))))";
  CHECK(ErrorOf("(component " + old_form + ")") != "none");
  CheckSame(old_form,
            R"((core func (canon lower (func 0) (memory (core memory 0 "m"))
                                              (realloc (core func 0 "r")))))",
            legacy);
}

TEST_CASE("whole files") {
  const auto binary = ParseComponentText(R"((component $x binary "\00as" "m"))");
  REQUIRE(binary.has_value());
  CHECK(!binary->component);
  CHECK(binary->binary == std::vector<uint8_t>{0, 'a', 's', 'm'});
  const auto quote = ParseComponentText(R"x((component quote "(type " "u8)"))x");
  REQUIRE(quote.has_value());
  CHECK(quote->component->definitions.size() == 1);
}

}  // namespace
}  // namespace component::text
