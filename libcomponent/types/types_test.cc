// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layouts, limits, substitution and subtyping of types made by hand.

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "libcomponent/types/substitution.h"
#include "libcomponent/types/subtyping.h"
#include "libcomponent/types/type_arena.h"

namespace component {
namespace {

using Flat = std::vector<wasm::ValType>;
constexpr wasm::ValType kI32 = wasm::ValType::kI32;
constexpr wasm::ValType kI64 = wasm::ValType::kI64;
constexpr wasm::ValType kF32 = wasm::ValType::kF32;

ExternType ResourceExport(ResourceId id) {
  ExternType type;
  type.sort = Sort::kType;
  type.type.kind = TypeEntry::Kind::kResource;
  type.type.resource = id;
  return type;
}

ExternType ValExport(const ValType* val) {
  ExternType type;
  type.sort = Sort::kType;
  type.type.kind = TypeEntry::Kind::kVal;
  type.type.val = val;
  return type;
}

NamedExtern Named(std::string name, ExternType type) {
  return {.name = {.name = std::move(name)}, .type = type};
}

ValType RecordOf(std::vector<const ValType*> parts) {
  ValType record;
  record.kind = ValKind::kRecord;
  for (size_t i = 0; i < parts.size(); ++i)
    record.fields.push_back(
        {.label = std::string(1, static_cast<char>('a' + i)), .type = parts[i]});
  return record;
}

TEST_CASE("records are laid out like structs") {
  TypeArena arena;
  const ValType* record = *arena.Add(RecordOf(
      {arena.Prim(ValKind::kU8), arena.Prim(ValKind::kU64), arena.Prim(ValKind::kString)}));
  const ValType::Layout& narrow = record->layout(PtrType::kI32);
  CHECK(narrow.alignment == 8);
  CHECK(narrow.offsets == std::vector<uint32_t>{0, 8, 16});
  CHECK(narrow.size == 24);
  CHECK(narrow.flat == Flat{kI32, kI64, kI32, kI32});
  const ValType::Layout& wide = record->layout(PtrType::kI64);
  CHECK(wide.size == 32);
  CHECK(wide.flat == Flat{kI32, kI64, kI64, kI64});
  CHECK(record->contains_pointer);
  CHECK_FALSE(record->contains_resource);
}

TEST_CASE("the cases of a variant share their flat types") {
  TypeArena arena;
  ValType variant;
  variant.kind = ValKind::kVariant;
  variant.fields = {
      {.label = "a", .type = arena.Prim(ValKind::kF32)},
      {.label = "b", .type = arena.Prim(ValKind::kU32)},
      {.label = "c",
       .type = *arena.Tuple(std::array{arena.Prim(ValKind::kF32), arena.Prim(ValKind::kU64)})},
      {.label = "d", .type = nullptr}};
  const ValType* type = *arena.Add(std::move(variant));
  const ValType::Layout& layout = type->layout(PtrType::kI32);
  CHECK(type->discriminant_size == 1);
  CHECK(layout.payload_offset == 8);
  CHECK(layout.size == 24);
  CHECK(layout.flat == Flat{kI32, kI32, kI64});
  CHECK((*arena.Option(arena.Prim(ValKind::kF32)))->layout(PtrType::kI32).flat == Flat{kI32, kF32});

  ValType cases;
  cases.kind = ValKind::kEnum;
  cases.fields.resize(256);
  CHECK((*arena.Add(cases))->discriminant_size == 1);
  cases.fields.resize(257);
  CHECK((*arena.Add(cases))->discriminant_size == 2);
  cases.fields.resize(65537);
  CHECK((*arena.Add(cases))->discriminant_size == 4);
}

TEST_CASE("flat types are kept as far as they can be passed flat") {
  TypeArena arena;
  const std::vector<const ValType*> sixteen(16, arena.Prim(ValKind::kU8));
  CHECK((*arena.Tuple(sixteen))->layout(PtrType::kI32).flat.size() == 16);
  const std::vector<const ValType*> seventeen(17, arena.Prim(ValKind::kU8));
  const ValType::Layout& layout = (*arena.Tuple(seventeen))->layout(PtrType::kI32);
  CHECK(layout.flat_count == 17);
  CHECK(layout.flat.empty());
}

TEST_CASE("types are bounded in bytes, in size and in depth") {
  TypeArena arena;
  ValType list;
  list.kind = ValKind::kFixedLengthList;
  list.element = arena.Prim(ValKind::kU8);
  list.length = (1u << 28) - 1;
  CHECK(arena.Add(list).has_value());
  list.length = 1u << 28;
  CHECK_FALSE(arena.Add(list).has_value());
  list.length = ~0u;
  list.element = arena.Prim(ValKind::kU64);
  CHECK_FALSE(arena.Add(list).has_value());

  // Pairs of pairs double in size.
  const ValType* pair = arena.Prim(ValKind::kU8);
  for (int i = 0; i < 18; ++i) pair = *arena.Tuple(std::array{pair, pair});
  CHECK(pair->extent.size == (1u << 19) - 1);
  const auto too_large = arena.Tuple(std::array{pair, pair});
  REQUIRE_FALSE(too_large.has_value());
  CHECK(too_large.error().message().starts_with("effective type size exceeds the limit"));

  auto deep = wasm::Result<const ValType*>(arena.Prim(ValKind::kU8));
  uint32_t depth = 1;
  while (deep.has_value() && depth <= kMaxTypeDepth) {
    deep = arena.List(*deep);
    ++depth;
  }
  CHECK_FALSE(deep.has_value());
  CHECK(depth == kMaxTypeDepth + 1);
}

TEST_CASE("a substitution copies what changes and shares the rest") {
  TypeArena arena;
  const ResourceId a = arena.NewResource();
  const ResourceId b = arena.NewResource();
  const ValType* own = *arena.Handle(ValKind::kOwn, a, 0);
  const ValType* plain = *arena.List(arena.Prim(ValKind::kString));
  const ValType* record = *arena.Add(RecordOf({own, plain, own}));
  Substitution substitution(&arena);
  substitution.Map(a, b);
  const ValType* result = *substitution.Apply(record);
  REQUIRE(result != record);
  CHECK(result->fields[0].type->resource == b);
  CHECK(result->fields[1].type == plain);
  CHECK(result->fields[2].type == result->fields[0].type);
  CHECK(*substitution.Apply(record) == result);
  CHECK(*substitution.Apply(plain) == plain);
  FreeResources free;
  free.Collect(*result);
  CHECK(free.Contains(b));
  CHECK_FALSE(free.Contains(a));
}

TEST_CASE("abstract resources stand for what is offered") {
  TypeArena arena;
  wasm::TypeStore store;
  const ResourceId r1 = arena.NewResource();
  const ResourceId r2 = arena.NewResource();
  const ResourceId bound = arena.NewResource();

  InstanceType wanted;
  wanted.exports = {Named("r", ResourceExport(bound)),
                    Named("t", ValExport(*arena.Handle(ValKind::kOwn, bound, 0)))};
  wanted.resources = {bound};
  const InstanceType* super = *arena.Add(std::move(wanted));
  const auto offer = [&](ResourceId type, ResourceId handle) {
    InstanceType instance;
    instance.exports = {Named("t", ValExport(*arena.Handle(ValKind::kOwn, handle, 0))),
                        Named("r", ResourceExport(type)),
                        Named("more", ValExport(arena.Prim(ValKind::kU8)))};
    return *arena.Add(std::move(instance));
  };
  Matcher matcher(store);
  CHECK(matcher.Matches(*offer(r1, r1), *super));
  CHECK(matcher.Matches(*offer(r2, r2), *super));  // nothing is left of the first comparison
  CHECK_FALSE(matcher.Matches(*offer(r1, r2), *super));
  CHECK(matcher.TakeError() ==
        "type mismatch in instance export `t`: resource types are not the same");
  CHECK_FALSE(matcher.Matches(*super, *offer(r1, r1)));
  CHECK(matcher.Matches(*super, *super));
}

TEST_CASE("components may import less and export more") {
  TypeArena arena;
  wasm::TypeStore store;
  const auto component = [&](std::vector<std::string> imports, std::vector<std::string> exports) {
    ComponentType type;
    for (std::string& name : imports)
      type.imports.push_back(Named(std::move(name), ValExport(arena.Prim(ValKind::kU8))));
    for (std::string& name : exports)
      type.exports.push_back(Named(std::move(name), ValExport(arena.Prim(ValKind::kU8))));
    return *arena.Add(std::move(type));
  };
  Matcher matcher(store);
  CHECK(matcher.Matches(*component({"a"}, {"x", "y"}), *component({"a", "b"}, {"x"})));
  CHECK_FALSE(matcher.Matches(*component({"a", "b"}, {"x"}), *component({"a"}, {"x"})));
  CHECK(matcher.TakeError() == "missing expected import `b`");
  CHECK_FALSE(matcher.Matches(*component({}, {}), *component({}, {"x"})));
  CHECK(matcher.TakeError() == "missing expected export `x`");
}

// The resource that a component imports may be any, also one that its importer gets from it.
TEST_CASE("resources of component types are bound on either side") {
  TypeArena arena;
  wasm::TypeStore store;
  const auto make = [&](bool returns_import) {
    const ResourceId in = arena.NewResource();
    const ResourceId out = arena.NewResource();
    ComponentType type;
    type.imports = {Named("in", ResourceExport(in))};
    type.exports = {Named("out", ResourceExport(returns_import ? in : out))};
    type.imported_resources = {in};
    if (!returns_import) type.defined_resources = {out};
    return *arena.Add(std::move(type));
  };
  const ComponentType* same = make(true);
  const ComponentType* other = make(false);
  Matcher matcher(store);
  CHECK(matcher.Matches(*same, *make(true)));
  CHECK(matcher.Matches(*other, *make(false)));
  CHECK(matcher.Matches(*same, *other));  // that it is the same one may be forgotten
  CHECK_FALSE(matcher.Matches(*other, *same));
}

TEST_CASE("large types are compared in the time of their parts") {
  TypeArena arena;
  wasm::TypeStore store;
  const auto make = [&](ResourceId resource) {
    const ValType* pair = *arena.Handle(ValKind::kOwn, resource, 0);
    for (int i = 0; i < 18; ++i) pair = *arena.Tuple(std::array{pair, pair});
    return pair;
  };
  const ResourceId resource = arena.NewResource();
  const ValType* a = make(resource);
  const ValType* b = make(resource);
  Matcher matcher(store);
  // Half a million nodes each; this many comparisons of all would take minutes.
  for (int i = 0; i < 20'000; ++i) REQUIRE(matcher.Equal(*a, *b));
  CHECK_FALSE(matcher.Equal(*a, *make(arena.NewResource())));
}

}  // namespace
}  // namespace component
