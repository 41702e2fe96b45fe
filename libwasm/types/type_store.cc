// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hash-consing of recursive groups. A group is spelled as a sequence of numbers in which references
// into the group are relative to it; two groups are the same types if and only if they are spelled
// alike, because references out of the group are canonical already.

#include "libwasm/types/type_store.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "libwasm/support/hash.h"

namespace wasm {

namespace {

using Spelling = std::vector<uint32_t>;

Spelling Spell(std::span<const SubType> group) {
  Spelling out;
  out.push_back(static_cast<uint32_t>(group.size()));
  const auto types = [&](const ResultType& list) {
    out.push_back(static_cast<uint32_t>(list.size()));
    for (ValType type : list) out.push_back(type.bits());
  };
  for (const SubType& type : group) {
    out.push_back(static_cast<uint32_t>(type.comp.kind) << 1 | (type.is_final ? 1 : 0));
    out.push_back(static_cast<uint32_t>(type.supertypes.size()));
    out.insert(out.end(), type.supertypes.begin(), type.supertypes.end());
    types(type.comp.func.params);
    types(type.comp.func.results);
    out.push_back(static_cast<uint32_t>(type.comp.fields.size()));
    for (const FieldType& field : type.comp.fields) {
      out.push_back(field.type.bits());
      out.push_back(field.is_mutable ? 1 : 0);
    }
  }
  return out;
}

// [aux-unroll-rectype]: replaces references into the group by TypeIds.
uint32_t Unroll(uint32_t number, TypeId first) {
  return (number & TypeStore::kRecBit) != 0 ? first + (number & ~TypeStore::kRecBit) : number;
}
ValType Unroll(ValType type, TypeId first) {
  if (!type.is_ref() || !type.heap_type().is_concrete()) return type;
  return ValType::Ref(HeapType::Concrete(Unroll(type.heap_type().concrete(), first)),
                      type.is_nullable());
}

uint32_t CountSlots(const ResultType& types) {
  uint32_t slots = 0;
  for (ValType type : types) slots += type.slots();
  return slots;
}

uint8_t StorageSize(ValType type) {
  switch (type.code()) {
    case ValType::kI8:
      return 1;
    case ValType::kI16:
      return 2;
    case ValType::kI32:
    case ValType::kF32:
      return 4;
    case ValType::kV128:
      return 16;
    default:
      return 8;
  }
}

// The layout of objects: fields in order at their natural alignment, but none above 8, which is
// what the heap guarantees; references are 8 bytes.
void LayOut(CanonType& canon) {
  const CompType& comp = canon.type.comp;
  uint32_t offset = 0;
  for (const FieldType& field : comp.fields) {
    const uint8_t size = StorageSize(field.type);
    const uint32_t align = std::min<uint32_t>(size, 8);
    offset = (offset + align - 1) & ~(align - 1);
    canon.layout.push_back({.offset = comp.kind == CompType::Kind::kStruct ? offset : 0,
                            .size = size,
                            .is_ref = field.type.is_ref(),
                            .type = field.type});
    if (field.type.is_ref() && comp.kind == CompType::Kind::kStruct)
      canon.ref_offsets.push_back(offset);
    offset += size;
  }
  if (comp.kind == CompType::Kind::kStruct) canon.payload_size = (offset + 7) & ~7u;
}

}  // namespace

struct TypeStore::Impl {
  std::mutex mutex;
  std::unordered_map<Spelling, TypeId, WordsHash> groups;
  uint32_t count = 0;
};

TypeStore::TypeStore() : impl_(std::make_unique<Impl>()) {}

TypeStore::~TypeStore() {
  for (auto& chunk : chunks_) delete[] chunk.load();
}

Result<TypeId> TypeStore::AddGroup(std::span<const SubType> group) {
  Spelling spelling = Spell(group);
  std::lock_guard lock(impl_->mutex);
  const auto known = impl_->groups.find(spelling);
  if (known != impl_->groups.end()) return known->second;

  const TypeId first = impl_->count;
  if (group.size() > kMaxTypes - first)
    return std::unexpected(Error(ErrorKind::kInvalid, "too many types in one engine"));
  for (uint32_t i = 0; i < group.size(); ++i) {
    const TypeId id = first + i;
    const int chunk = ChunkOf(id);
    CanonType* types = chunks_[chunk].load(std::memory_order_relaxed);
    if (types == nullptr) {
      types = new CanonType[ChunkSize(chunk)];
      chunks_[chunk].store(types, std::memory_order_release);
    }
    CanonType& canon = types[id - ChunkStart(chunk)];
    canon.id = id;
    canon.type = group[i];
    for (uint32_t& super : canon.type.supertypes) super = Unroll(super, first);
    for (ValType& type : canon.type.comp.func.params) type = Unroll(type, first);
    for (ValType& type : canon.type.comp.func.results) type = Unroll(type, first);
    for (FieldType& field : canon.type.comp.fields) field.type = Unroll(field.type, first);
    if (!canon.type.supertypes.empty()) {
      // Supertypes come before their subtypes, also within a group [valid-subtype].
      const CanonType& super = Get(canon.type.supertypes[0]);
      canon.depth = super.depth + 1;
      canon.display.reserve(canon.depth + 1);
      canon.display = super.display;
    }
    canon.display.push_back(id);
    canon.param_slots = CountSlots(canon.type.comp.func.params);
    canon.result_slots = CountSlots(canon.type.comp.func.results);
    LayOut(canon);
  }
  impl_->count += static_cast<uint32_t>(group.size());
  impl_->groups.emplace(std::move(spelling), first);
  return first;
}

TypeId TypeStore::AddFuncType(const FuncType& type) {
  SubType sub;
  sub.comp.func = type;
  Result<TypeId> id = AddGroup({&sub, 1});
  return id.has_value() ? *id : kNoTypeId;
}

bool TypeStore::Matches(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  if (sub.is_concrete()) {
    if (super.is_concrete()) return IsSubtype(sub.concrete(), super.concrete());
    switch (Get(sub.concrete()).type.comp.kind) {
      case CompType::Kind::kFunc:
        return super == HeapType::kFunc;
      case CompType::Kind::kStruct:
        return super == HeapType::kStruct || super == HeapType::kEq || super == HeapType::kAny;
      case CompType::Kind::kArray:
        return super == HeapType::kArray || super == HeapType::kEq || super == HeapType::kAny;
    }
    return false;
  }
  switch (sub.abstract()) {
    case HeapType::kBot:
      return true;
    case HeapType::kI31:
    case HeapType::kStruct:
    case HeapType::kArray:
      return super == HeapType::kEq || super == HeapType::kAny;
    case HeapType::kEq:
      return super == HeapType::kAny;
    case HeapType::kNone:
    case HeapType::kNoFunc:
    case HeapType::kNoExtern:
    case HeapType::kNoExn:
      return super != HeapType::kBot && BottomOf(super) == sub;
    default:
      return false;
  }
}

bool TypeStore::MatchesSlow(ValType sub, ValType super) const {
  if (sub.is_bot()) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub.is_nullable() && !super.is_nullable()) return false;
  return Matches(sub.heap_type(), super.heap_type());
}

namespace {
bool MatchesAll(const TypeStore& store, const ResultType& sub, const ResultType& super) {
  return std::equal(sub.begin(), sub.end(), super.begin(), super.end(),
                    [&](ValType a, ValType b) { return store.Matches(a, b); });
}
}  // namespace

bool TypeStore::Matches(const FuncType& sub, const FuncType& super) const {
  return MatchesAll(*this, super.params, sub.params) &&
         MatchesAll(*this, sub.results, super.results);
}

bool TypeStore::Matches(const FieldType& sub, const FieldType& super) const {
  if (sub.is_mutable != super.is_mutable || !Matches(sub.type, super.type)) return false;
  return !sub.is_mutable || Matches(super.type, sub.type);
}

bool TypeStore::Matches(const CompType& sub, const CompType& super) const {
  if (sub.kind != super.kind) return false;
  if (sub.kind == CompType::Kind::kFunc) return Matches(sub.func, super.func);
  // A struct may have more fields than its supertype; arrays have one each.
  return sub.fields.size() >= super.fields.size() &&
         std::equal(super.fields.begin(), super.fields.end(), sub.fields.begin(),
                    [&](const FieldType& b, const FieldType& a) { return Matches(a, b); });
}

bool TypeStore::Matches(const GlobalType& sub, const GlobalType& super) const {
  if (sub.is_mutable != super.is_mutable || !Matches(sub.type, super.type)) return false;
  return !sub.is_mutable || Matches(super.type, sub.type);
}

bool TypeStore::Matches(const TableType& sub, const TableType& super) const {
  return sub.addr_type == super.addr_type && Matches(sub.limits, super.limits) &&
         Matches(sub.element, super.element) && Matches(super.element, sub.element);
}

bool TypeStore::Matches(const MemType& sub, const MemType& super) const {
  return sub.addr_type == super.addr_type && sub.shared == super.shared &&
         sub.page_size_log2 == super.page_size_log2 && Matches(sub.limits, super.limits);
}

bool TypeStore::Matches(const Limits& sub, const Limits& super) const {
  return sub.min >= super.min &&
         (!super.max.has_value() || (sub.max.has_value() && *sub.max <= *super.max));
}

HeapType TypeStore::TopOf(HeapType type) const {
  if (type.is_concrete())
    return Get(type.concrete()).type.comp.kind == CompType::Kind::kFunc ? HeapType::kFunc
                                                                        : HeapType::kAny;
  switch (type.abstract()) {
    case HeapType::kFunc:
    case HeapType::kNoFunc:
      return HeapType::kFunc;
    case HeapType::kExtern:
    case HeapType::kNoExtern:
      return HeapType::kExtern;
    case HeapType::kExn:
    case HeapType::kNoExn:
      return HeapType::kExn;
    case HeapType::kBot:
      return HeapType::kBot;
    default:
      return HeapType::kAny;
  }
}

HeapType TypeStore::BottomOf(HeapType type) const {
  const HeapType top = TopOf(type);
  switch (top.abstract()) {
    case HeapType::kFunc:
      return HeapType::kNoFunc;
    case HeapType::kExtern:
      return HeapType::kNoExtern;
    case HeapType::kExn:
      return HeapType::kNoExn;
    case HeapType::kBot:
      return HeapType::kBot;
    default:
      return HeapType::kNone;
  }
}

}  // namespace wasm
