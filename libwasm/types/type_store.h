// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical types, once per engine: equal recursive type groups get equal TypeIds
// [aux-roll-rectype] [syntax-deftype], so type equality is an integer compare, and each type
// carries the display of its supertypes, so a cast is one load and one compare. This is the only
// implementation of the type relations [match]; validation, linking, execution and compiled code
// all use it.

#ifndef TRENAIL_LIBWASM_TYPES_TYPE_STORE_H_
#define TRENAIL_LIBWASM_TYPES_TYPE_STORE_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "libwasm/support/error.h"
#include "libwasm/types/types.h"

namespace wasm {

using TypeId = uint32_t;  // index of a canonical type in its TypeStore
inline constexpr TypeId kNoTypeId = ~TypeId{0};

// One canonical type; immutable once published, at a stable address until the store dies.
struct CanonType {
  TypeId id = kNoTypeId;
  uint32_t depth = 0;           // number of proper supertypes
  SubType type;                 // concrete heap types are TypeIds
  std::vector<TypeId> display;  // supertypes from the root down, itself last: display[depth] == id
  // For functions: slots (8 bytes; v128 takes two) of parameters and results.
  uint32_t param_slots = 0;
  uint32_t result_slots = 0;
  // For structs and arrays: the layout of objects, filled by the GC layout rule below.
  struct FieldLayout {
    uint32_t offset = 0;  // bytes from the start of the object's payload (struct) or 0 (array)
    uint8_t size = 0;     // 1, 2, 4, 8 or 16
    bool is_ref = false;
    ValType type;  // storage type
  };
  std::vector<FieldLayout> layout;    // one per field; arrays: one, of the element
  uint32_t payload_size = 0;          // structs: bytes of all fields, a multiple of 8
  std::vector<uint32_t> ref_offsets;  // structs: where the references lie, for the collector
};

// Thread-safe: adding takes a lock, looking up does not.
class TypeStore {
 public:
  TypeStore();
  ~TypeStore();
  TypeStore(const TypeStore&) = delete;
  TypeStore& operator=(const TypeStore&) = delete;

  // Canonicalises one recursive group. Inside `group`, concrete heap types and supertypes are
  // numbers n: n < 2^22 names the already canonical TypeId n; kRecBit|i names the i-th type of this
  // group. Returns the TypeId of the group's first type; the others follow consecutively. Fails
  // with kInvalid when the store is full.
  static constexpr uint32_t kRecBit = 1u << 22;
  Result<TypeId> AddGroup(std::span<const SubType> group);
  // The TypeId of a plain, final function type, as the embedder makes them.
  TypeId AddFuncType(const FuncType& type);

  const CanonType& Get(TypeId id) const {
    const int chunk = ChunkOf(id);
    return chunks_[chunk].load(std::memory_order_acquire)[id - ChunkStart(chunk)];
  }

  // [match-deftype]: true if `sub` is `super` or one of its subtypes.
  bool IsSubtype(TypeId sub, TypeId super) const {
    if (sub == super) return true;
    const CanonType& s = Get(super);
    const CanonType& t = Get(sub);
    return t.depth > s.depth && t.display[s.depth] == super;
  }
  bool Matches(HeapType sub, HeapType super) const;  // [match-heaptype], on canonical types
  bool Matches(ValType sub, ValType super) const {   // [match-valtype]
    return sub == super || MatchesSlow(sub, super);
  }
  bool Matches(const FuncType& sub, const FuncType& super) const;    // [match-functype]
  bool Matches(const FieldType& sub, const FieldType& super) const;  // [match-fieldtype]
  bool Matches(const CompType& sub, const CompType& super) const;    // [match-comptype]
  // External types [match-externtype]; `sub` is what is offered.
  bool Matches(const GlobalType& sub, const GlobalType& super) const;
  bool Matches(const TableType& sub, const TableType& super) const;
  bool Matches(const MemType& sub, const MemType& super) const;
  bool Matches(const Limits& sub, const Limits& super) const;

  // The top type of the hierarchy a heap type belongs to: any, func, extern or exn.
  HeapType TopOf(HeapType type) const;
  // The bottom type of the same hierarchy: none, nofunc, noextern or noexn.
  HeapType BottomOf(HeapType type) const;

 private:
  bool MatchesSlow(ValType sub, ValType super) const;

  // Types lie in chunks of 64, 128, 256, … types: addresses are stable, a store of a few types is
  // small, and finding a type needs no lock.
  static constexpr int kFirstChunkBits = 6;
  static constexpr int kNumChunks = 16;
  static constexpr uint32_t kMaxTypes = (64u << kNumChunks) - 64;
  static_assert(kMaxTypes < kRecBit);
  static constexpr uint32_t ChunkSize(int chunk) { return 64u << chunk; }
  static constexpr TypeId ChunkStart(int chunk) { return ChunkSize(chunk) - 64; }
  static constexpr int ChunkOf(TypeId id) { return std::bit_width(id + 64) - 1 - kFirstChunkBits; }

  // The lookup structure is private to type_store.cc.
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::array<std::atomic<CanonType*>, kNumChunks> chunks_{};
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_TYPES_TYPE_STORE_H_
