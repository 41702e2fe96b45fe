// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/binary/component_decoder.h"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>

#include "libcomponent/binary/binary_test_util.h"

namespace component::binary::test {
namespace {

using wasm::ErrorKind;

// "" if the component decodes.
std::string Problem(const Bytes& bytes, const FeatureSet& features = {},
                    const wasm::FeatureSet& core_features = {}) {
  const auto component = DecodeComponent(bytes, features, core_features);
  if (component) return "";
  CHECK(component.error().kind() == ErrorKind::kMalformed);
  REQUIRE(component.error().offset().has_value());
  CHECK(*component.error().offset() <= bytes.size());
  return component.error().message();
}

template <typename T>
const T& Get(const Component& component, size_t i) {
  REQUIRE(i < component.definitions.size());
  REQUIRE(std::holds_alternative<T>(component.definitions[i].def));
  return std::get<T>(component.definitions[i].def);
}

// The only definition of a component of one section.
template <typename T>
T DecodeOne(uint8_t section, const Bytes& definition) {
  const auto component = DecodeComponent(kComponent + Section(section, Bytes{1} + definition));
  REQUIRE(component.has_value());
  REQUIRE((*component)->definitions.size() == 1);
  CHECK((*component)->definitions[0].offset == 11);
  return Get<T>(**component, 0);
}
template <typename T>
T DecodeOneType(const Bytes& type) {
  return std::get<T>(DecodeOne<TypeDef>(7, type).type);
}

TEST_CASE("preambles") {
  CHECK(Problem(kComponent).empty());
  for (size_t size = 0; size < kComponent.size(); ++size)
    CHECK(Problem(Bytes(kComponent.begin(), kComponent.begin() + static_cast<ptrdiff_t>(size)))
              .starts_with("unexpected end"));
  CHECK(Problem({'a', 's', 'm', 0, 0x0d, 0, 1, 0}) == "magic header not detected");
  CHECK(Problem({0, 'a', 's', 'm', 0x0c, 0, 1, 0}) == "unknown binary version");
  CHECK(Problem({0, 'a', 's', 'm', 0x0d, 0, 2, 0}) == "unknown binary version");
  CHECK(Problem(kModule).starts_with("expected a version header for a component"));
  CHECK(Problem(kComponent + Section(4, kModule))
            .starts_with("expected a version header for a component"));
}

TEST_CASE("value types") {
  using Kind = DefValType::Kind;
  const auto prim = DecodeOneType<DefValType>({0x73});
  CHECK(prim.kind == Kind::kPrim);
  CHECK(prim.prim == PrimType::kString);
  const auto record =
      DecodeOneType<DefValType>(Bytes{0x72, 2} + Text("a") + Bytes{0x7d} + Text("b") + Bytes{0x05});
  CHECK(record.kind == Kind::kRecord);
  REQUIRE(record.fields.size() == 2);
  CHECK(record.fields[0].label == "a");
  CHECK(record.fields[0].type.prim == PrimType::kU8);
  CHECK(record.fields[1].type.is_index);
  CHECK(record.fields[1].type.index == 5);
  const auto variant = DecodeOneType<DefValType>(Bytes{0x71, 2} + Text("x") + Bytes{1, 0x7e, 0} +
                                                 Text("y") + Bytes{0, 0});
  CHECK(variant.kind == Kind::kVariant);
  REQUIRE(variant.cases.size() == 2);
  CHECK(variant.cases[0].type->prim == PrimType::kS8);
  CHECK_FALSE(variant.cases[1].type.has_value());
  const auto list = DecodeOneType<DefValType>({0x67, 0x7d, 0x83, 0x01});
  CHECK(list.kind == Kind::kFixedLengthList);
  CHECK(list.length == 131);
  const auto result = DecodeOneType<DefValType>({0x6a, 0, 1, 0x78});
  CHECK_FALSE(result.ok.has_value());
  CHECK(result.error->prim == PrimType::kS64);
  const auto map = DecodeOneType<DefValType>({0x63, 0x73, 0x79});
  CHECK(map.kind == Kind::kMap);
  CHECK(map.elements.size() == 2);
  CHECK(DecodeOneType<DefValType>({0x69, 7}).resource == 7);
  CHECK(DecodeOneType<DefValType>({0x66, 0}).kind == Kind::kStream);
  CHECK(DecodeOneType<DefValType>({0x65, 1, 0x74}).ok->prim == PrimType::kChar);
  // The byte 0x73 as an index takes two bytes, as it does in the core format.
  const auto index = DecodeOneType<DefValType>({0x70, 0xf3, 0x00});
  CHECK(index.elements[0].is_index);
  CHECK(index.elements[0].index == 0x73);
  CHECK(DecodeOneType<DefValType>({0x70, 0xff, 0xff, 0xff, 0xff, 0x0f}).elements[0].index ==
        UINT32_MAX);
  // Lists that validation does not want empty.
  for (const uint8_t form : {0x72, 0x71, 0x6f, 0x6e, 0x6d})
    CHECK(Problem(kComponent + Section(7, {1, form, 0})).empty());
}

TEST_CASE("other types") {
  const auto func =
      DecodeOneType<FuncTypeSyntax>(Bytes{0x43, 1} + Text("p") + Bytes{0x7f, 0, 0x79});
  CHECK(func.is_async);
  CHECK(func.params[0].label == "p");
  CHECK(func.result->prim == PrimType::kU32);
  CHECK_FALSE(DecodeOneType<FuncTypeSyntax>({0x40, 0, 1, 0}).result.has_value());
  const auto resource = DecodeOneType<ResourceTypeSyntax>({0x3f, 0x7e, 1, 4});
  CHECK(resource.rep == wasm::ValType::kI64);
  CHECK(resource.dtor == 4u);
  const auto component =
      DecodeOneType<ComponentTypeSyntax>(Bytes{0x41, 3, 0x01, 0x73, 0x03, 0x00} + Text("a") +
                                         Bytes{3, 0, 0, 0x04, 0x00} + Text("b") + Bytes{1, 2});
  REQUIRE(component.decls.size() == 3);
  CHECK(component.decls[1].offset == 15);
  CHECK(std::get<ImportDecl>(component.decls[1].decl).type.bound == ExternDesc::Bound::kEq);
  CHECK(std::get<ExportDecl>(component.decls[2].decl).type.index == 2);
  CHECK(DecodeOneType<InstanceTypeSyntax>({0x42, 1, 0x00, 0x60, 0, 0}).decls.size() == 1);
}

TEST_CASE("core types") {
  const auto func = std::get<CoreRecType>(DecodeOne<CoreType>(3, {0x60, 0, 0}).type);
  CHECK(func.types.size() == 1);
  CHECK(func.types[0].is_final);
  CHECK_FALSE(func.explicit_group);
  const auto sub = std::get<CoreRecType>(DecodeOne<CoreType>(3, {0x00, 0x50, 0, 0x60, 0, 0}).type);
  CHECK_FALSE(sub.types[0].is_final);
  const auto rec = std::get<CoreRecType>(
      DecodeOne<CoreType>(3, {0x4e, 2, 0x50, 0, 0x5f, 0, 0x5e, 0x7f, 1}).type);
  CHECK(rec.explicit_group);
  CHECK(rec.types.size() == 2);
  SECTION("a module type where a subtype could stand") {
    // The first declarator is a subtype, the second is no subtype.
    const auto module =
        std::get<CoreModuleType>(DecodeOne<CoreType>(3, {0x50, 3, 0x01, 0x50, 0, 0x60, 0, 0,  //
                                                         0x01, 0x50, 0, 0x01, 0x60, 0, 0})
                                     .type);
    REQUIRE(module.decls.size() == 3);
    CHECK(std::holds_alternative<CoreRecType>(module.decls[0].core_type->type));
    CHECK(std::holds_alternative<CoreModuleType>(module.decls[1].core_type->type));
    CHECK(std::holds_alternative<CoreRecType>(module.decls[2].core_type->type));
  }
  SECTION("declarators of a module type") {
    const auto module = std::get<CoreModuleType>(
        DecodeOne<CoreType>(3, Bytes{0x50, 3, 0x00} + Text("m") + Text("n") + Bytes{2, 1, 1, 2} +
                                   Bytes{0x03} + Text("t") + Bytes{4, 0, 5} +
                                   Bytes{0x02, 0x10, 0x01, 1, 6})
            .type);
    CHECK(module.decls[0].type.memory.limits == wasm::Limits{1, 2});
    CHECK(module.decls[1].type.kind == wasm::ExternKind::kTag);
    CHECK(module.decls[1].type.type == 5);
    CHECK(module.decls[2].outer_index == 6);
  }
  SECTION("core features act on them") {
    wasm::FeatureSet old;
    old.Disable(wasm::Feature::kGc);
    old.Disable(wasm::Feature::kExceptions);
    CHECK(Problem(kComponent + Section(3, {1, 0x5f, 0}), {}, old) == "malformed definition type");
    CHECK(Problem(kComponent + Section(3, Bytes{1, 0x50, 1, 3} + Text("e") + Bytes{4, 0, 0}), {},
                  old) == "invalid leading byte (0x4) for external kind");
  }
}

TEST_CASE("definitions that are not types") {
  const auto core = DecodeOne<CoreInstanceDef>(2, Bytes{0, 3, 1} + Text("a") + Bytes{0x12, 4});
  CHECK(core.instantiate);
  CHECK(core.module == 3);
  CHECK(core.args[0].instance == 4);
  const auto inlined = DecodeOne<CoreInstanceDef>(2, Bytes{1, 1} + Text("t") + Bytes{0x04, 2});
  CHECK_FALSE(inlined.instantiate);
  CHECK(inlined.exports[0].item.sort == Sort::kCoreTag);
  const auto instance =
      DecodeOne<InstanceDef>(5, Bytes{0, 3, 1} + Text("a") + Bytes{0x00, 0x11, 4});
  CHECK(instance.args[0].item.sort == Sort::kCoreModule);
  CHECK(instance.args[0].item.index == 4);
  const auto exported = DecodeOne<Alias>(6, Bytes{0x01, 0x00, 7} + Text("f"));
  CHECK(exported.kind == Alias::Kind::kExport);
  CHECK(exported.sort == Sort::kFunc);
  CHECK(exported.instance == 7);
  CHECK(exported.name == "f");
  const auto core_export = DecodeOne<Alias>(6, Bytes{0x00, 0x03, 0x01, 7} + Text("g"));
  CHECK(core_export.kind == Alias::Kind::kCoreExport);
  CHECK(core_export.sort == Sort::kCoreGlobal);
  const auto outer = DecodeOne<Alias>(6, {0x00, 0x10, 0x02, 2, 9});
  CHECK(outer.sort == Sort::kCoreType);
  CHECK(outer.outer_count == 2);
  CHECK(outer.outer_index == 9);
  const auto ascribed = DecodeOne<Export>(11, Bytes{0x00} + Text("e") + Bytes{0x01, 2, 1, 0x01, 3});
  CHECK(ascribed.item.index == 2);
  CHECK(ascribed.type->index == 3);
  const auto resource = DecodeOne<Import>(10, Bytes{0x00} + Text("r") + Bytes{0x03, 0x01});
  CHECK(resource.type.bound == ExternDesc::Bound::kSubResource);
  const auto value = DecodeOne<Import>(10, Bytes{0x00} + Text("v") + Bytes{0x02, 0x01, 0x73});
  CHECK(value.type.value_type->prim == PrimType::kString);
  CHECK(DecodeOne<ValueDef>(12, {0x73, 2, 1, 'x'}).bytes == Bytes{1, 'x'});
}

TEST_CASE("canonical definitions") {
  const auto lift = DecodeOne<Canon>(8, {0x00, 0, 1, 3, 0x00, 0x03, 2, 0x05, 4, 9});
  CHECK(lift.kind == CanonKind::kLift);
  CHECK(lift.func == 1);
  CHECK(lift.type == 9);
  REQUIRE(lift.options.size() == 3);
  CHECK(lift.options[1].kind == CanonOpt::Kind::kMemory);
  CHECK(lift.options[2].index == 4);
  const auto get = DecodeOne<Canon>(8, {0x0a, 0x7e, 1});
  CHECK(get.core_type == wasm::ValType::kI64);
  CHECK(get.slot == 1);
  const auto wait = DecodeOne<Canon>(8, {0x20, 1, 3});
  CHECK(wait.cancellable);
  CHECK(wait.memory == 3);
  const auto cancel = DecodeOne<Canon>(8, {0x12, 3, 1});
  CHECK(cancel.is_async);
  CHECK(cancel.type == 3);
  const auto returned = DecodeOne<Canon>(8, {0x09, 0x00, 0x79, 1, 0x01});
  CHECK(returned.result->prim == PrimType::kU32);
  CHECK(returned.options[0].kind == CanonOpt::Kind::kUtf16);
  const auto spawn = DecodeOne<Canon>(8, {0x41, 1, 2, 3});
  CHECK(spawn.shared);
  CHECK(spawn.type == 2);
  CHECK(spawn.table == 3);
}

TEST_CASE("attributes of names") {
  const Bytes bytes = Bytes{0x02} + Text("i") + Bytes{2, 0x02} + Text("id") + Bytes{0x00} +
                      Text("a:b/c") + Bytes{0x05, 6};
  const auto import = DecodeOne<Import>(10, bytes);
  CHECK(import.name.name == "i");
  CHECK(import.name.implements == "a:b/c");
  CHECK(import.name.external_id == "id");
  CHECK_FALSE(import.name.version_suffix.has_value());
  const Bytes none = kComponent + Section(10, Bytes{1, 0x02} + Text("a") + Bytes{0, 0x01, 0});
  CHECK(Problem(none).empty());
  FeatureSet without;
  without.Set(Feature::kImplements, false);
  CHECK(Problem(none, without) == "the `cm-implements` feature is not active");
  without.Set(Feature::kCanonicalNames, true);
  CHECK(Problem(none, without).empty());
  const auto twice = DecodeComponent(
      kComponent + Section(10, Bytes{1, 0x02} + Text("i") + Bytes{2, 0x00} + Text("a:b/x") +
                                   Bytes{0x00} + Text("a:b/y") + Bytes{0x05, 0}));
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().kind() == ErrorKind::kInvalid);
  CHECK(twice.error().message() == "duplicate 'implements' option in name");
}

TEST_CASE("core modules share one copy of the bytes") {
  std::shared_ptr<const Component> component;
  {
    const Bytes bytes = kComponent + Section(1, kModule) +
                        Section(4, kComponent + Section(1, kModule + Section(0, Text("x"))));
    component = *DecodeComponent(bytes);
  }
  const auto& outer = Get<CoreModuleDef>(*component, 0);
  const auto& nested = *Get<std::shared_ptr<const Component>>(*component, 1);
  const auto& inner = Get<CoreModuleDef>(nested, 0);
  CHECK(outer.owner == inner.owner);
  CHECK(Bytes(outer.bytes.begin(), outer.bytes.end()) == kModule);
  CHECK(inner.bytes.size() == 12);
  CHECK(inner.bytes.data() - outer.bytes.data() ==
        static_cast<ptrdiff_t>(nested.definitions[0].offset - component->definitions[0].offset));
}

TEST_CASE("sections") {
  for (const uint8_t id : {13, 60, 0xff})
    CHECK(Problem(kComponent + Bytes{id, 0}) == "malformed section id");
  CHECK(Problem(kComponent + Bytes{7}).starts_with("unexpected end"));
  CHECK(Problem(kComponent + Bytes{7, 3, 0}).starts_with("unexpected end"));
  CHECK(Problem(kComponent + Bytes{0, 0x80, 0x80}).starts_with("unexpected end"));
  CHECK(Problem(kComponent + Bytes{7, 0x81, 0x80, 0x80, 0x80, 0x00, 0}).empty());
  CHECK(Problem(kComponent + Bytes{7, 0x81, 0x80, 0x80, 0x80, 0x70, 0}) == "integer too large");
  CHECK(Problem(kComponent + Bytes{7, 1, 1, 0x73}).starts_with("unexpected end"));
  CHECK(
      Problem(kComponent + Section(7, {1, 0x70}) + Section(7, {0})).starts_with("unexpected end"));
  CHECK(Problem(kComponent + Section(3, {1, 0x50, 0, 0x60, 0, 0})) ==
        "unexpected data at the end of the section");
  CHECK(Problem(kComponent + Section(9, {0, 0, 0, 0xff})) ==
        "unexpected content in the component start section");
  CHECK(Problem(kComponent + Section(9, {0, 0, 0xff, 0xff, 0xff, 0})) ==
        "start function results size is out of bounds");
  CHECK(Problem(kComponent + Section(0, {5, 'a', 'b'})).starts_with("length out of bounds"));
  CHECK(Problem(kComponent + Section(0, {2, 0xff, 0xfe})) == "malformed UTF-8 encoding");
  CHECK(Problem(kComponent + Section(12, {1, 0x73, 0x05, 1})).starts_with("unexpected end"));
}

TEST_CASE("codes that nothing is allotted to") {
  struct Case {
    uint8_t section;
    Bytes definition;
    std::string_view text;
  };
  for (const Case& c : std::initializer_list<Case>{
           {2, {2, 0, 0}, "(0x2) for core instance"},
           {2, Bytes{0, 1, 1} + Text("i") + Bytes{0, 0}, "(0x0) for instantiation arg kind"},
           {2, Bytes{1, 1} + Text("i") + Bytes{0x05, 0}, "(0x5) for external kind"},
           {3, {0x00, 0x60, 0, 0}, "(0x60) for non-final sub type"},
           {3, {0x50, 1, 4}, "(0x4) for type definition"},
           {3, {0x50, 1, 2, 0, 1, 1, 0}, "(0x0) for outer alias kind"},
           {3, {0x50, 1, 2, 0x10, 0, 1, 0}, "(0x0) for outer alias target"},
           {3, Bytes{0x50, 1, 3} + Text("x") + Bytes{5, 0}, "(0x5) for external kind"},
           {5, {2, 0, 0}, "(0x2) for instance"},
           {5, Bytes{0, 0, 1} + Text("a") + Bytes{6, 0}, "(0x6) for component external kind"},
           {6, {3, 3, 0, 0}, "(0x3) for alias"},
           {6, {6, 2, 0, 0}, "(0x6) for component outer alias kind"},
           {6, {0, 5, 2, 0, 0}, "(0x5) for component outer alias kind"},
           {6, {0, 0x13, 2, 0, 0}, "(0x13) for component outer alias kind"},
           {6, {5, 2, 0, 0}, "(0x5) for component outer alias kind"},
           {6, {1, 2, 0, 0}, "(0x1) for component outer alias kind"},
           {6, {0, 0, 2, 0, 0}, "(0x0) for component outer alias kind"},
           {6, {6, 0, 0, 0}, "(0x6) for component external kind"},
           {7, {0x62}, "(0x62) for component defined type"},
           {7, {0x44}, "(0x44) for component defined type"},
           {7, {0x3e}, "(0x3e) for component defined type"},
           {7, {0x70, 0x40}, "(0x40) for component value type"},
           {7, {0x6a, 2}, "(0x2) for optional component value type"},
           {7, Bytes{0x71, 1} + Text("c") + Bytes{0, 1}, "(0x1) for zero byte required"},
           {7, {0x40, 0, 1, 1}, "(0x1) for number of results"},
           {7, {0x40, 0, 2, 0}, "(0x2) for component function results"},
           {7, {0x3f, 0x7f, 2}, "(0x2) for optional destructor"},
           {7, {0x41, 1, 5}, "(0x5) for component or instance type declaration"},
           {7, {0x42, 1, 3, 0}, "(0x3) for component or instance type declaration"},
           {8, {0x07}, "(0x7) for canonical function"},
           {8, {0x2e}, "(0x2e) for canonical function"},
           {8, {0x43}, "(0x43) for canonical function"},
           {8, {0, 1, 0, 0, 0}, "(0x1) for canonical function lift"},
           {8, {1, 1, 0, 0}, "(0x1) for canonical function lower"},
           {8, {1, 0, 0, 1, 0x0a}, "(0xa) for canonical option"},
           {10, Bytes{3} + Text("a") + Bytes{1, 0}, "(0x3) for component name"},
           {10, Bytes{2} + Text("a") + Bytes{1, 3}, "(0x3) for name option"},
           {10, Bytes{0} + Text("t") + Bytes{3, 2}, "(0x2) for type bound"},
           {10, Bytes{0} + Text("v") + Bytes{2, 2}, "(0x2) for value bound"},
           {10, Bytes{0} + Text("x") + Bytes{6, 0}, "(0x6) for component external kind"},
           {10, Bytes{0} + Text("m") + Bytes{0, 0}, "(0x0) for component external kind"},
           {11, Bytes{0} + Text("e") + Bytes{1, 0, 2}, "(0x2) for optional component export type"},
           {11, Bytes{0} + Text("e") + Bytes{6, 0, 0}, "(0x6) for component external kind"},
       }) {
    CHECK(Problem(kComponent + Section(c.section, Bytes{1} + c.definition)) ==
          "invalid leading byte " + std::string(c.text));
  }
  for (const Bytes& flag : {Bytes{0x0c, 2}, Bytes{0x20, 2, 0}, Bytes{0x06, 3}, Bytes{0x42, 2}})
    CHECK(Problem(kComponent + Section(8, Bytes{1} + flag)) == "invalid boolean value");
  CHECK(Problem(kComponent + Section(7, {1, 0x3f, 0x01, 0})) == "malformed value type");
}

TEST_CASE("huge counts are refused before memory is spent") {
  const Bytes huge = {0xff, 0xff, 0xff, 0xff, 0x0f};
  for (const Bytes& head :
       {Bytes{1, 0x72}, Bytes{1, 0x71}, Bytes{1, 0x6f}, Bytes{1, 0x6e}, Bytes{1, 0x6d},
        Bytes{1, 0x40}, Bytes{1, 0x41}, Bytes{1, 0x42}, Bytes{}})
    CHECK(Problem(kComponent + Section(7, head + huge)) == "length out of bounds");
  for (const Bytes& head : {Bytes{1, 0x50}, Bytes{1, 0x4e}, Bytes{1, 0x60}, Bytes{1, 0x5f}})
    CHECK(Problem(kComponent + Section(3, head + huge)) == "length out of bounds");
  for (const uint8_t id : {2, 5, 6, 8, 10, 11, 12})
    CHECK(Problem(kComponent + Section(id, huge)) == "length out of bounds");
  CHECK(Problem(kComponent + Section(2, Bytes{1, 0, 0} + huge)) == "length out of bounds");
  CHECK(Problem(kComponent + Section(8, Bytes{1, 0, 0, 0} + huge)) == "length out of bounds");
  CHECK(Problem(kComponent + Section(9, Bytes{0} + huge)) == "length out of bounds");
  CHECK(Problem(kComponent + Bytes{7} + huge).starts_with("unexpected end"));
  // A list that is there, but longer than the limit.
  Bytes labels = {1, 0x6e};
  wasm::WriteUnsignedLeb(labels, 100'001);
  labels.resize(labels.size() + 100'001);
  CHECK(Problem(kComponent + Section(7, labels)).starts_with("too many labels"));
}

TEST_CASE("the number of definitions is bounded over all sections") {
  Bytes types;
  wasm::WriteUnsignedLeb(types, 600'000);
  types.resize(types.size() + 600'000, 0x7f);
  const Bytes component = kComponent + Section(7, types);
  CHECK(Problem(component).empty());
  CHECK(Problem(component + Section(4, component)).starts_with("too many definitions"));
}

TEST_CASE("nesting is bounded") {
  const auto components = [](int depth) {
    Bytes bytes = kComponent;
    for (int i = 1; i < depth; ++i) bytes = kComponent + Section(4, bytes);
    return bytes;
  };
  CHECK(Problem(components(100)).empty());
  CHECK(Problem(components(101)).starts_with("nesting too deep"));
  // One byte for a type in a type: too deep for any stack if it were not bounded.
  const auto types = [](int depth, const Bytes& level) {
    Bytes bytes = {1};
    for (int i = 0; i < depth; ++i) bytes.insert(bytes.end(), level.begin(), level.end());
    return kComponent + Section(7, bytes + Bytes{0x73});
  };
  CHECK(Problem(types(99, {0x41, 1, 0x01})).empty());
  CHECK(Problem(types(100, {0x41, 1, 0x01})).starts_with("nesting too deep"));
  CHECK(Problem(types(1'000'000, {0x42, 1, 0x01})).starts_with("nesting too deep"));
  Bytes modules = {1};
  for (int i = 0; i < 1'000'000; ++i) modules.insert(modules.end(), {0x50, 1, 0x01});
  CHECK(Problem(kComponent + Section(3, modules)).starts_with("nesting too deep"));
}

TEST_CASE("names") {
  const auto names = [](const Bytes& payload) {
    const auto component =
        DecodeComponent(kComponent + Section(0, Text("component-name") + payload));
    REQUIRE(component.has_value());
    CHECK((*component)->definitions.size() == 1);
    return (*component)->names;
  };
  const Bytes good =
      Section(0, Text("c")) + Section(1, Bytes{0x01, 2, 0} + Text("f") + Bytes{3} + Text("g"));
  const auto read = names(good);
  CHECK(read.component == "c");
  const auto& funcs = read.by_sort[static_cast<size_t>(Sort::kFunc)];
  REQUIRE(funcs.size() == 2);
  CHECK(funcs[1] == std::pair<uint32_t, std::string>(3, "g"));
  // Damaged ones keep what stands before the damage.
  CHECK(names({0xff, 0xfe, 0x01}).component.empty());
  CHECK(names(Section(0, Text("c")) + Bytes{1, 0x7f}).component == "c");
  CHECK(names(Section(0, Bytes{1, 0xff})).component.empty());
  const auto unordered =
      names(Section(1, Bytes{0x00, 0x11, 2, 1} + Text("a") + Bytes{1} + Text("b")));
  CHECK(unordered.by_sort[static_cast<size_t>(Sort::kCoreModule)].size() == 1);
  CHECK(names(Section(1, Bytes{0x01, 0xff, 0xff, 0xff, 0xff, 0x0f})).by_sort[8].empty());
  // The first section counts.
  const Bytes section = Section(0, Text("component-name") + good);
  const auto twice = DecodeComponent(
      kComponent + section + Section(0, Text("component-name") + Section(0, Text("other"))));
  CHECK((*twice)->names.component == "c");
}

TEST_CASE("whatever is cut or changed is decoded or refused") {
  const Bytes everything = Everything();
  REQUIRE(Problem(everything).empty());
  for (size_t size = 0; size < everything.size(); ++size)
    Problem(Bytes(everything.begin(), everything.begin() + static_cast<ptrdiff_t>(size)));
  std::mt19937 random(1);
  for (size_t at = 0; at < everything.size(); ++at)
    for (const uint32_t value : {0x00u, 0x01u, 0x40u, 0x50u, 0x7fu, 0x80u, 0xffu,
                                 static_cast<uint32_t>(random() & 0xff)}) {
      Bytes changed = everything;
      changed[at] = static_cast<uint8_t>(value);
      const auto component = DecodeComponent(changed);
      if (!component) CHECK(*component.error().offset() <= changed.size());
    }
}

}  // namespace
}  // namespace component::binary::test
