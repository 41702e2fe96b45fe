// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The collector by itself: what is reachable survives with its contents, what is not is reused, and
// memory stays bounded under allocation stress.

#include "libwasm/runtime/gc/heap.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <vector>

#include "libwasm/types/type_store.h"

namespace wasm::runtime::gc {
namespace {

// A store of types with: a list cell (struct (field (mut anyref)) (field i64)), an array of bytes
// and an array of references.
struct Types {
  TypeStore store;
  TypeId cell, bytes, refs;

  Types() {
    SubType group[3];
    group[0].comp.kind = CompType::Kind::kStruct;
    group[0].comp.fields = {{kAnyRef, true}, {ValType::kI64, false}};
    group[1].comp.kind = CompType::Kind::kArray;
    group[1].comp.fields = {{ValType::kI8, true}};
    group[2].comp.kind = CompType::Kind::kArray;
    group[2].comp.fields = {{kAnyRef, true}};
    cell = *store.AddGroup(group);
    bytes = cell + 1;
    refs = cell + 2;
  }
};

struct Fixture {
  Types types;
  Heap heap;
  std::vector<Slot> roots;

  explicit Fixture(uint64_t limit = uint64_t{1} << 30) : heap(types.store, limit) {
    heap.SetRootVisitor(
        [this](Heap& h) { h.MarkConservatively(roots.data(), roots.data() + roots.size()); });
  }
  Object* Cell(Ref next, uint64_t value) {
    Object* object = heap.NewStruct(types.store.Get(types.cell));
    if (object == nullptr) return nullptr;
    std::memcpy(object->payload(), &next, 8);
    std::memcpy(object->payload() + 8, &value, 8);
    return object;
  }
};

uint64_t Field(Ref ref, size_t offset) {
  uint64_t value;
  std::memcpy(&value, AsObject(ref)->payload() + offset, 8);
  return value;
}

TEST_CASE("a linked list survives through its head, its garbage is reused") {
  Fixture f;
  f.roots = {kNullRef, 0xdeadbeef, MakeI31(5)};
  for (uint64_t i = 0; i < 1000; ++i) f.roots[0] = ToRef(f.Cell(f.roots[0], i));
  const uint64_t reserved = f.heap.stats().bytes_reserved;
  for (int i = 0; i < 3; ++i) {
    f.heap.Collect();
    uint64_t expected = 1000;
    for (Ref ref = f.roots[0]; ref != kNullRef; ref = Field(ref, 0))
      REQUIRE(Field(ref, 8) == --expected);
    CHECK(expected == 0);
    CHECK(f.heap.stats().bytes_in_use == 1000 * 32);
  }
  f.roots[0] = kNullRef;
  f.heap.Collect();
  CHECK(f.heap.stats().bytes_in_use == 0);
  for (uint64_t i = 0; i < 1000; ++i) f.Cell(kNullRef, i);
  CHECK(f.heap.stats().bytes_reserved <= reserved);
}

TEST_CASE("new objects are zeroed, also in reused cells") {
  Fixture f;
  for (int round = 0; round < 3; ++round) {
    for (uint32_t length : {0u, 1u, 100u, 5000u, 100000u}) {
      Object* array = f.heap.NewArray(f.types.store.Get(f.types.bytes), length);
      REQUIRE(array != nullptr);
      CHECK(array->length == length);
      for (uint32_t i = 0; i < length; ++i) REQUIRE(array->payload()[i] == 0);
      std::memset(array->payload(), 0xff, length);
    }
    f.heap.Collect();
  }
}

TEST_CASE("arrays of references, cycles and exceptions are traced") {
  Fixture f;
  TagInst tag;
  f.roots.resize(1);
  Object* array = f.heap.NewArray(f.types.store.Get(f.types.refs), 5000);  // a large object
  f.roots[0] = ToRef(array);
  for (uint64_t i = 0; i < 5000; ++i) {
    const Ref cell = ToRef(f.Cell(f.roots[0], i));  // back to the array: a cycle
    std::memcpy(array->payload() + i * 8, &cell, 8);
  }
  const Slot args[] = {f.roots[0], 42};
  f.roots[0] = ToRef(f.heap.NewException(&tag, args));
  for (int i = 0; i < 2; ++i) f.heap.Collect();
  const auto* exception = reinterpret_cast<ExceptionPayload*>(AsObject(f.roots[0])->payload());
  CHECK(exception->tag == &tag);
  CHECK(exception->args[1] == 42);
  const Object* survivor = AsObject(exception->args[0]);
  REQUIRE(survivor->length == 5000);
  for (uint64_t i = 0; i < 5000; ++i) {
    Ref cell;
    std::memcpy(&cell, survivor->payload() + i * 8, 8);
    REQUIRE(Field(cell, 8) == i);
  }
}

TEST_CASE("words that only look like references do no harm") {
  Fixture f;
  Object* object = f.Cell(kNullRef, 7);
  const Ref ref = ToRef(object);
  f.roots = {ref + 8, ref + 16 * 3000, ref & ~Ref{0xffff}, 0x1000, ~uint64_t{0}, ref | 1};
  f.heap.Collect();
  CHECK(f.heap.stats().bytes_in_use == 0);
}

TEST_CASE("the limit holds and running into it is no crash") {
  Fixture f(1 << 20);
  f.roots.resize(1);
  CHECK(f.heap.NewArray(f.types.store.Get(f.types.bytes), 2 << 20) == nullptr);
  uint64_t cells = 0;
  while (Object* cell = f.Cell(f.roots[0], cells)) {
    f.roots[0] = ToRef(cell);
    ++cells;
  }
  CHECK(cells > 10000);
  CHECK(f.heap.stats().bytes_reserved <= 1 << 20);
  f.roots[0] = kNullRef;
  CHECK(f.Cell(kNullRef, 0) != nullptr);
}

TEST_CASE("memory is bounded when much is allocated and little lives") {
  Fixture f;
  f.roots.resize(64);
  const auto& bytes = f.types.store.Get(f.types.bytes);
  uint32_t random = 1;
  for (int i = 0; i < 400000; ++i) {
    random = random * 1664525 + 1013904223;
    Object* array = f.heap.NewArray(bytes, (random >> 16) % 3000);
    REQUIRE(array != nullptr);
    if (i % 100 == 0) f.roots[(i / 100) % f.roots.size()] = ToRef(array);
  }
  CHECK(f.heap.stats().bytes_allocated_total > uint64_t{400} << 20);
  CHECK(f.heap.stats().bytes_reserved < uint64_t{64} << 20);
  CHECK(f.heap.stats().collections > 10);
}

TEST_CASE("type tests look at the object") {
  Fixture f;
  const TypeStore& types = f.types.store;
  const Ref cell = ToRef(f.Cell(kNullRef, 0));
  const Ref array = ToRef(f.heap.NewArray(types.Get(f.types.refs), 1));
  const Ref host = f.heap.NewHostRef(&f);
  auto is = [&](Ref ref, HeapType type) {
    return RefMatches(types, ref, ValType::Ref(type, false));
  };
  CHECK(is(cell, HeapType::kStruct));
  CHECK(is(cell, HeapType::kEq));
  CHECK(is(cell, HeapType::Concrete(f.types.cell)));
  CHECK_FALSE(is(cell, HeapType::Concrete(f.types.refs)));
  CHECK_FALSE(is(cell, HeapType::kArray));
  CHECK(is(array, HeapType::kArray));
  CHECK(is(array, HeapType::Concrete(f.types.refs)));
  CHECK(is(MakeI31(3), HeapType::kI31));
  CHECK(is(MakeI31(3), HeapType::kEq));
  CHECK_FALSE(is(MakeI31(3), HeapType::Concrete(f.types.cell)));
  CHECK_FALSE(is(MakeI31(3), HeapType::kStruct));
  CHECK(is(host, HeapType::kAny));
  CHECK_FALSE(is(host, HeapType::kEq));
  CHECK_FALSE(is(kNullRef, HeapType::kAny));
  CHECK(RefMatches(types, kNullRef, ValType::Ref(HeapType::kNone, true)));
  CHECK_FALSE(is(cell, HeapType::kNone));
}

TEST_CASE("i31 keeps 31 bits and knows both extensions") {
  CHECK(I31GetU(MakeI31(0xffffffff)) == 0x7fffffff);
  CHECK(I31GetS(MakeI31(0xffffffff)) == 0xffffffff);
  CHECK(I31GetS(MakeI31(0x40000000)) == 0xc0000000);
  CHECK(I31GetS(MakeI31(0x3fffffff)) == 0x3fffffff);
}

}  // namespace
}  // namespace wasm::runtime::gc
