// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/types/type_store.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

namespace wasm {
namespace {

SubType Func(ResultType params, ResultType results) {
  SubType type;
  type.comp.func = {std::move(params), std::move(results)};
  return type;
}
SubType Struct(std::vector<FieldType> fields, std::vector<uint32_t> supertypes = {},
               bool is_final = false) {
  SubType type;
  type.is_final = is_final;
  type.supertypes = std::move(supertypes);
  type.comp.kind = CompType::Kind::kStruct;
  type.comp.fields = std::move(fields);
  return type;
}
SubType Array(FieldType element) {
  SubType type;
  type.comp.kind = CompType::Kind::kArray;
  type.comp.fields = {element};
  return type;
}
ValType RefTo(uint32_t type, bool nullable = true) {
  return ValType::Ref(HeapType::Concrete(type), nullable);
}
constexpr uint32_t Rec(uint32_t i) { return TypeStore::kRecBit | i; }

TEST_CASE("equal groups get equal ids, and only those") {
  TypeStore store;
  const SubType unary = Func({ValType::kI32}, {ValType::kI32});
  const TypeId a = *store.AddGroup({&unary, 1});
  CHECK(*store.AddGroup({&unary, 1}) == a);
  CHECK(store.AddFuncType({{ValType::kI32}, {ValType::kI32}}) == a);
  CHECK(store.AddFuncType({{ValType::kI32}, {ValType::kI64}}) != a);

  SECTION("a type is not the same type inside a larger group") {
    const SubType pair[] = {unary, unary};
    const TypeId b = *store.AddGroup(pair);
    CHECK(b != a);
    CHECK(b + 1 != a);
    CHECK(*store.AddGroup(pair) == b);
    CHECK_FALSE(store.IsSubtype(b, b + 1));
  }
  SECTION("finality and mutability tell types apart") {
    const SubType open = Struct({{ValType::kI32, false}});
    const SubType closed = Struct({{ValType::kI32, false}}, {}, true);
    const SubType writable = Struct({{ValType::kI32, true}});
    const TypeId o = *store.AddGroup({&open, 1});
    CHECK(o != *store.AddGroup({&closed, 1}));
    CHECK(o != *store.AddGroup({&writable, 1}));
  }
  SECTION("recursion is iso-recursive") {
    // (rec (type $list (struct (field (ref null $list)))))
    const SubType list = Struct({{RefTo(Rec(0)), false}});
    const TypeId id = *store.AddGroup({&list, 1});
    CHECK(*store.AddGroup({&list, 1}) == id);
    CHECK(store.Get(id).type.comp.fields[0].type == RefTo(id));
    // One unrolling is another type.
    const SubType unrolled = Struct({{RefTo(id), false}});
    CHECK(*store.AddGroup({&unrolled, 1}) != id);
  }
}

TEST_CASE("displays answer subtyping of concrete types") {
  TypeStore store;
  const SubType root = Struct({});
  const TypeId a = *store.AddGroup({&root, 1});
  const SubType middle = Struct({{ValType::kI32, false}}, {a});
  const TypeId b = *store.AddGroup({&middle, 1});
  const SubType leaf = Struct({{ValType::kI32, false}, {ValType::kI64, true}}, {b});
  const TypeId c = *store.AddGroup({&leaf, 1});
  const SubType other = Struct({{ValType::kI64, false}}, {a});
  const TypeId d = *store.AddGroup({&other, 1});

  CHECK(store.Get(c).depth == 2);
  CHECK(store.Get(c).display == std::vector<TypeId>{a, b, c});
  for (TypeId sub : {a, b, c, d})
    for (TypeId super : {a, b, c, d}) {
      const bool expected = sub == super || super == a || (sub == c && super == b);
      INFO(sub << " below " << super);
      CHECK(store.IsSubtype(sub, super) == expected);
      CHECK(store.Matches(HeapType::Concrete(sub), HeapType::Concrete(super)) == expected);
    }
}

TEST_CASE("heap types match as [match-heaptype] says") {
  TypeStore store;
  const SubType s = Struct({}), a = Array({ValType::kI8, true}), f = Func({}, {});
  const HeapType cs = HeapType::Concrete(*store.AddGroup({&s, 1}));
  const HeapType ca = HeapType::Concrete(*store.AddGroup({&a, 1}));
  const HeapType cf = HeapType::Concrete(*store.AddGroup({&f, 1}));
  const std::vector<HeapType> all = {HeapType::kAny,
                                     HeapType::kEq,
                                     HeapType::kI31,
                                     HeapType::kStruct,
                                     HeapType::kArray,
                                     HeapType::kNone,
                                     HeapType::kFunc,
                                     HeapType::kNoFunc,
                                     HeapType::kExtern,
                                     HeapType::kNoExtern,
                                     HeapType::kExn,
                                     HeapType::kNoExn,
                                     cs,
                                     ca,
                                     cf};
  // The proper supertypes of each, in the order of `all`.
  const std::vector<std::vector<HeapType>> above = {
      {},
      {HeapType::kAny},
      {HeapType::kEq, HeapType::kAny},
      {HeapType::kEq, HeapType::kAny},
      {HeapType::kEq, HeapType::kAny},
      {HeapType::kAny, HeapType::kEq, HeapType::kI31, HeapType::kStruct, HeapType::kArray, cs, ca},
      {},
      {HeapType::kFunc, cf},
      {},
      {HeapType::kExtern},
      {},
      {HeapType::kExn},
      {HeapType::kStruct, HeapType::kEq, HeapType::kAny},
      {HeapType::kArray, HeapType::kEq, HeapType::kAny},
      {HeapType::kFunc}};
  for (size_t i = 0; i < all.size(); ++i) {
    for (HeapType super : all) {
      const bool expected =
          all[i] == super || std::find(above[i].begin(), above[i].end(), super) != above[i].end();
      INFO(std::hex << all[i].bits() << " below " << super.bits());
      CHECK(store.Matches(all[i], super) == expected);
      CHECK(store.Matches(ValType::Ref(all[i], false), ValType::Ref(super, true)) == expected);
      CHECK_FALSE(store.Matches(ValType::Ref(all[i], true), ValType::Ref(super, false)));
    }
    CHECK(store.Matches(HeapType::kBot, all[i]));
    CHECK(store.Matches(store.BottomOf(all[i]), all[i]));
    CHECK(store.Matches(all[i], store.TopOf(all[i])));
  }
  CHECK(store.Matches(ValType::kBot, ValType::kI32));
  CHECK_FALSE(store.Matches(ValType::kI32, ValType::kI64));
  CHECK_FALSE(store.Matches(ValType::kI32, kAnyRef));
}

TEST_CASE("composite and external types match") {
  TypeStore store;
  CHECK(store.Matches(FuncType{{kAnyRef}, {kI31Ref}}, FuncType{{kEqRef}, {kEqRef}}));
  CHECK_FALSE(store.Matches(FuncType{{kI31Ref}, {}}, FuncType{{kEqRef}, {}}));
  CHECK_FALSE(store.Matches(FuncType{{}, {}}, FuncType{{}, {ValType::kI32}}));
  CHECK(store.Matches(FieldType{kI31Ref, false}, FieldType{kEqRef, false}));
  CHECK_FALSE(store.Matches(FieldType{kI31Ref, true}, FieldType{kEqRef, true}));
  CHECK(store.Matches(Struct({{kI31Ref, false}, {ValType::kI8, true}}).comp,
                      Struct({{kEqRef, false}}).comp));
  CHECK_FALSE(store.Matches(Struct({}).comp, Struct({{kEqRef, false}}).comp));

  CHECK(store.Matches(GlobalType{kI31Ref, false}, GlobalType{kEqRef, false}));
  CHECK_FALSE(store.Matches(GlobalType{kI31Ref, true}, GlobalType{kEqRef, true}));
  const Limits small{1, 5}, open{1, std::nullopt}, large{2, 4};
  CHECK(store.Matches(large, small));
  CHECK(store.Matches(small, open));
  CHECK_FALSE(store.Matches(open, small));
  CHECK_FALSE(store.Matches(small, large));
  MemType memory{.limits = small}, shared = memory;
  shared.shared = true;
  CHECK(store.Matches(memory, memory));
  CHECK_FALSE(store.Matches(memory, shared));
  TableType refs{.limits = small, .element = kEqRef}, subs{.limits = small, .element = kI31Ref};
  CHECK_FALSE(store.Matches(subs, refs));
  CHECK(store.Matches(refs, refs));
}

TEST_CASE("objects are laid out at natural alignment") {
  TypeStore store;
  const SubType type = Struct({{ValType::kI8, true},
                               {ValType::kI16, true},
                               {ValType::kI32, true},
                               {kAnyRef, true},
                               {ValType::kI8, true},
                               {ValType::kV128, true},
                               {kFuncRef, false},
                               {ValType::kI8, true}});
  const CanonType& canon = store.Get(*store.AddGroup({&type, 1}));
  std::vector<uint32_t> offsets;
  for (const auto& field : canon.layout) offsets.push_back(field.offset);
  CHECK(offsets == std::vector<uint32_t>{0, 2, 4, 8, 16, 24, 40, 48});
  CHECK(canon.payload_size == 56);
  CHECK(canon.ref_offsets == std::vector<uint32_t>{8, 40});

  const SubType array = Array({ValType::kI16, true});
  const CanonType& bytes = store.Get(*store.AddGroup({&array, 1}));
  REQUIRE(bytes.layout.size() == 1);
  CHECK(bytes.layout[0].size == 2);
  CHECK(bytes.layout[0].offset == 0);

  const CanonType& func =
      store.Get(store.AddFuncType({{ValType::kV128, kAnyRef}, {ValType::kI32}}));
  CHECK(func.param_slots == 3);
  CHECK(func.result_slots == 1);
}

TEST_CASE("adding from several threads gives one id per type") {
  TypeStore store;
  std::vector<std::vector<TypeId>> ids(4);
  std::vector<std::thread> threads;
  for (auto& mine : ids)
    threads.emplace_back([&store, &mine] {
      for (uint32_t n = 0; n < 300; ++n) {
        mine.push_back(store.AddFuncType({ResultType(n, ValType::kI32), {}}));
        // Reading needs no lock, whatever the others add meanwhile.
        if (store.Get(mine.back()).param_slots != n) std::abort();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : ids) CHECK(mine == ids[0]);
}

}  // namespace
}  // namespace wasm
