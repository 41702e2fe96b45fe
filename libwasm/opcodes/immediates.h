// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The second half of the table: for each shape of immediate a struct and the one function that
// reads it, from untrusted bytes or from validated ones. List-like immediates (br_table, try_table,
// typed select) are read as a count and a position, so that reading never allocates.

#ifndef TRENAIL_LIBWASM_OPCODES_IMMEDIATES_H_
#define TRENAIL_LIBWASM_OPCODES_IMMEDIATES_H_

#include <array>
#include <cstdint>

#include "libwasm/opcodes/opcode.h"
#include "libwasm/support/index.h"
#include "libwasm/support/reader.h"
#include "libwasm/types/types.h"
#include "libwasm/types/v128.h"

namespace wasm::imm {

struct None {};
struct BlockType {  // [binary-blocktype]
  enum class Kind : uint8_t { kEmpty, kValue, kTypeIdx };
  Kind kind = Kind::kEmpty;
  ValType value;  // kValue, syntax
  TypeIdx type;   // kTypeIdx
};
struct LabelIdx {
  wasm::LabelIdx label;
};
struct BrTable {  // the labels l* then the default lN: count + 1 LEBs from `labels`
  uint32_t count = 0;
  const uint8_t* labels = nullptr;
};
struct FuncIdx {
  wasm::FuncIdx func;
};
struct TypeIdx {
  wasm::TypeIdx type;
};
struct CallIndirect {
  wasm::TypeIdx type;
  wasm::TableIdx table;
};
struct LocalIdx {
  wasm::LocalIdx local;
};
struct GlobalIdx {
  wasm::GlobalIdx global;
};
struct TableIdx {
  wasm::TableIdx table;
};
struct MemIdx {
  wasm::MemIdx memory;
};
struct TagIdx {
  wasm::TagIdx tag;
};
struct ElemIdx {
  wasm::ElemIdx elem;
};
struct DataIdx {
  wasm::DataIdx data;
};
struct MemArg {  // [binary-memarg]
  uint32_t align_log2 = 0;
  wasm::MemIdx memory;
  uint64_t offset = 0;
};
struct MemArgLane {
  MemArg memarg;
  uint8_t lane = 0;
};
struct Lane {
  uint8_t lane = 0;
};
struct Lanes16 {
  std::array<uint8_t, 16> lanes{};
};
struct ConstI32 {
  uint32_t value = 0;
};
struct ConstI64 {
  uint64_t value = 0;
};
struct ConstF32 {
  uint32_t bits = 0;
};
struct ConstF64 {
  uint64_t bits = 0;
};
struct ConstV128 {
  V128 value;
};
struct HeapType {
  wasm::HeapType heap_type;
};
struct SelectTypes {  // `count` value types from `types`
  uint32_t count = 0;
  const uint8_t* types = nullptr;
};
struct MemoryInit {
  wasm::DataIdx data;
  wasm::MemIdx memory;
};
struct MemoryCopy {
  wasm::MemIdx dst;
  wasm::MemIdx src;
};
struct TableInit {
  wasm::ElemIdx elem;
  wasm::TableIdx table;
};
struct TableCopy {
  wasm::TableIdx dst;
  wasm::TableIdx src;
};
struct Catch {  // [binary-catch]
  enum class Kind : uint8_t { kCatch = 0, kCatchRef = 1, kCatchAll = 2, kCatchAllRef = 3 };
  Kind kind = Kind::kCatch;
  wasm::TagIdx tag;  // kCatch, kCatchRef
  wasm::LabelIdx label;
};
struct TryTable {  // `count` catch clauses from `catches`, read with ReadCatch
  BlockType block_type;
  uint32_t count = 0;
  const uint8_t* catches = nullptr;
};
struct TypeField {
  wasm::TypeIdx type;
  wasm::FieldIdx field;
};
struct TypeLen {
  wasm::TypeIdx type;
  uint32_t length = 0;
};
struct TypeData {
  wasm::TypeIdx type;
  wasm::DataIdx data;
};
struct TypeElem {
  wasm::TypeIdx type;
  wasm::ElemIdx elem;
};
struct TypeType {
  wasm::TypeIdx dst;
  wasm::TypeIdx src;
};
struct BrOnCast {  // source and target are reference types
  wasm::LabelIdx label;
  ValType source;
  ValType target;
};
struct FenceByte {};

// ---- types within code and sections ------------------------------------------------------------

// [binary-heaptype]. `features` is not consulted: the validator refuses what is switched off.
template <Trust trust>
wasm::HeapType ReadHeapType(ByteReader<trust>& r) {
  const uint8_t* at = r.position();
  const uint8_t byte = r.PeekByte();
  if (byte >= wasm::HeapType::kExn && byte <= wasm::HeapType::kNoExn) {
    r.ReadByte();
    return static_cast<wasm::HeapType::Abstract>(byte);
  }
  const int64_t index = r.ReadS33();
  if (index < 0 || index > wasm::HeapType::kMaxConcrete) {
    if (r.ok()) r.MalformedAt(at, index < 0 ? "malformed heap type" : "unknown type");
    return wasm::HeapType::Concrete(0);
  }
  return wasm::HeapType::Concrete(static_cast<uint32_t>(index));
}

// True if `byte` begins a value type that is not a type index.
constexpr bool IsValTypeByte(uint8_t byte) {
  return (byte >= ValType::kV128 && byte <= ValType::kI32) || byte == ValType::kRef ||
         byte == ValType::kRefNull ||
         (byte >= wasm::HeapType::kExn && byte <= wasm::HeapType::kNoExn);
}

// [binary-valtype]
template <Trust trust>
ValType ReadValType(ByteReader<trust>& r) {
  const uint8_t* at = r.position();
  const uint8_t byte = r.ReadByte();
  if (byte >= ValType::kV128 && byte <= ValType::kI32) [[likely]]
    return static_cast<ValType::Code>(byte);
  if (byte == ValType::kRef) return ValType::Ref(ReadHeapType(r), false);
  if (byte == ValType::kRefNull) return ValType::Ref(ReadHeapType(r), true);
  if (byte >= wasm::HeapType::kExn && byte <= wasm::HeapType::kNoExn)
    return ValType::Ref(static_cast<wasm::HeapType::Abstract>(byte), true);
  if (r.ok()) r.MalformedAt(at, "malformed value type");
  return ValType::kI32;
}

// ---- one reader per shape ----------------------------------------------------------------------

template <typename Shape>
struct Tag {};

template <Trust t>
None Read(ByteReader<t>&, Tag<None>) {
  return {};
}

template <Trust t>
BlockType Read(ByteReader<t>& r, Tag<BlockType>) {
  const uint8_t byte = r.PeekByte();
  if (byte == 0x40) {
    r.ReadByte();
    return {};
  }
  if (IsValTypeByte(byte)) return {BlockType::Kind::kValue, ReadValType(r), {}};
  const uint8_t* at = r.position();
  const int64_t index = r.ReadS33();
  if (index < 0 && r.ok()) r.MalformedAt(at, "malformed block type");
  return {BlockType::Kind::kTypeIdx, {}, wasm::TypeIdx(static_cast<uint32_t>(index))};
}

template <Trust t>
LabelIdx Read(ByteReader<t>& r, Tag<LabelIdx>) {
  return {wasm::LabelIdx(r.ReadU32())};
}
template <Trust t>
FuncIdx Read(ByteReader<t>& r, Tag<FuncIdx>) {
  return {wasm::FuncIdx(r.ReadU32())};
}
template <Trust t>
TypeIdx Read(ByteReader<t>& r, Tag<TypeIdx>) {
  return {wasm::TypeIdx(r.ReadU32())};
}
template <Trust t>
LocalIdx Read(ByteReader<t>& r, Tag<LocalIdx>) {
  return {wasm::LocalIdx(r.ReadU32())};
}
template <Trust t>
GlobalIdx Read(ByteReader<t>& r, Tag<GlobalIdx>) {
  return {wasm::GlobalIdx(r.ReadU32())};
}
template <Trust t>
TableIdx Read(ByteReader<t>& r, Tag<TableIdx>) {
  return {wasm::TableIdx(r.ReadU32())};
}
template <Trust t>
MemIdx Read(ByteReader<t>& r, Tag<MemIdx>) {
  return {wasm::MemIdx(r.ReadU32())};
}
template <Trust t>
TagIdx Read(ByteReader<t>& r, Tag<TagIdx>) {
  return {wasm::TagIdx(r.ReadU32())};
}
template <Trust t>
ElemIdx Read(ByteReader<t>& r, Tag<ElemIdx>) {
  return {wasm::ElemIdx(r.ReadU32())};
}
template <Trust t>
DataIdx Read(ByteReader<t>& r, Tag<DataIdx>) {
  return {wasm::DataIdx(r.ReadU32())};
}

template <Trust t>
BrTable Read(ByteReader<t>& r, Tag<BrTable>) {
  BrTable table;
  table.count = r.ReadU32();
  table.labels = r.position();
  // Each label takes at least a byte, so a huge count fails before the loop runs long.
  if (table.count >= r.remaining()) {
    r.Malformed("unexpected end of section or function");
    return table;
  }
  for (uint64_t i = 0; i <= table.count && r.ok(); ++i) r.ReadU32();
  return table;
}

template <Trust t>
CallIndirect Read(ByteReader<t>& r, Tag<CallIndirect>) {
  const wasm::TypeIdx type(r.ReadU32());
  return {type, wasm::TableIdx(r.ReadU32())};
}

template <Trust t>
MemArg Read(ByteReader<t>& r, Tag<MemArg>) {
  MemArg memarg;
  const uint8_t* at = r.position();
  uint32_t flags = r.ReadU32();
  if (flags >= 0x80) r.MalformedAt(at, "malformed memop flags");
  if (flags & 0x40) {
    memarg.memory = wasm::MemIdx(r.ReadU32());
    flags &= 0x3f;
  }
  memarg.align_log2 = flags;
  memarg.offset = r.ReadU64();
  return memarg;
}

template <Trust t>
MemArgLane Read(ByteReader<t>& r, Tag<MemArgLane>) {
  const MemArg memarg = Read(r, Tag<MemArg>());
  return {memarg, r.ReadByte()};
}
template <Trust t>
Lane Read(ByteReader<t>& r, Tag<Lane>) {
  return {r.ReadByte()};
}
template <Trust t>
Lanes16 Read(ByteReader<t>& r, Tag<Lanes16>) {
  return {r.template ReadFixed<std::array<uint8_t, 16>>()};
}
template <Trust t>
ConstI32 Read(ByteReader<t>& r, Tag<ConstI32>) {
  return {static_cast<uint32_t>(r.ReadS32())};
}
template <Trust t>
ConstI64 Read(ByteReader<t>& r, Tag<ConstI64>) {
  return {static_cast<uint64_t>(r.ReadS64())};
}
template <Trust t>
ConstF32 Read(ByteReader<t>& r, Tag<ConstF32>) {
  return {r.template ReadFixed<uint32_t>()};
}
template <Trust t>
ConstF64 Read(ByteReader<t>& r, Tag<ConstF64>) {
  return {r.template ReadFixed<uint64_t>()};
}
template <Trust t>
ConstV128 Read(ByteReader<t>& r, Tag<ConstV128>) {
  return {V128{r.template ReadFixed<std::array<uint8_t, 16>>()}};
}
template <Trust t>
HeapType Read(ByteReader<t>& r, Tag<HeapType>) {
  return {ReadHeapType(r)};
}

template <Trust t>
SelectTypes Read(ByteReader<t>& r, Tag<SelectTypes>) {
  SelectTypes select;
  select.count = r.ReadU32();
  select.types = r.position();
  for (uint32_t i = 0; i < select.count && r.ok(); ++i) ReadValType(r);
  return select;
}
template <Trust t>
MemoryInit Read(ByteReader<t>& r, Tag<MemoryInit>) {
  const wasm::DataIdx data(r.ReadU32());
  return {data, wasm::MemIdx(r.ReadU32())};
}
template <Trust t>
MemoryCopy Read(ByteReader<t>& r, Tag<MemoryCopy>) {
  const wasm::MemIdx dst(r.ReadU32());
  return {dst, wasm::MemIdx(r.ReadU32())};
}
template <Trust t>
TableInit Read(ByteReader<t>& r, Tag<TableInit>) {
  const wasm::ElemIdx elem(r.ReadU32());
  return {elem, wasm::TableIdx(r.ReadU32())};
}
template <Trust t>
TableCopy Read(ByteReader<t>& r, Tag<TableCopy>) {
  const wasm::TableIdx dst(r.ReadU32());
  return {dst, wasm::TableIdx(r.ReadU32())};
}

template <Trust t>
Catch ReadCatch(ByteReader<t>& r) {
  Catch clause;
  const uint8_t* at = r.position();
  const uint8_t kind = r.ReadByte();
  if (kind > 3) r.MalformedAt(at, "malformed catch clause");
  clause.kind = static_cast<Catch::Kind>(kind & 3);
  if (clause.kind <= Catch::Kind::kCatchRef) clause.tag = wasm::TagIdx(r.ReadU32());
  clause.label = wasm::LabelIdx(r.ReadU32());
  return clause;
}
template <Trust t>
TryTable Read(ByteReader<t>& r, Tag<TryTable>) {
  TryTable try_table;
  try_table.block_type = Read(r, Tag<BlockType>());
  try_table.count = r.ReadU32();
  try_table.catches = r.position();
  for (uint32_t i = 0; i < try_table.count && r.ok(); ++i) ReadCatch(r);
  return try_table;
}

template <Trust t>
TypeField Read(ByteReader<t>& r, Tag<TypeField>) {
  const wasm::TypeIdx type(r.ReadU32());
  return {type, wasm::FieldIdx(r.ReadU32())};
}
template <Trust t>
TypeLen Read(ByteReader<t>& r, Tag<TypeLen>) {
  const wasm::TypeIdx type(r.ReadU32());
  return {type, r.ReadU32()};
}
template <Trust t>
TypeData Read(ByteReader<t>& r, Tag<TypeData>) {
  const wasm::TypeIdx type(r.ReadU32());
  return {type, wasm::DataIdx(r.ReadU32())};
}
template <Trust t>
TypeElem Read(ByteReader<t>& r, Tag<TypeElem>) {
  const wasm::TypeIdx type(r.ReadU32());
  return {type, wasm::ElemIdx(r.ReadU32())};
}
template <Trust t>
TypeType Read(ByteReader<t>& r, Tag<TypeType>) {
  const wasm::TypeIdx dst(r.ReadU32());
  return {dst, wasm::TypeIdx(r.ReadU32())};
}
template <Trust t>
BrOnCast Read(ByteReader<t>& r, Tag<BrOnCast>) {
  const uint8_t* at = r.position();
  const uint8_t flags = r.ReadByte();
  if (flags > 3) r.MalformedAt(at, "malformed br_on_cast flags");
  const wasm::LabelIdx label(r.ReadU32());
  const wasm::HeapType source = ReadHeapType(r);
  const wasm::HeapType target = ReadHeapType(r);
  return {label, ValType::Ref(source, (flags & 1) != 0), ValType::Ref(target, (flags & 2) != 0)};
}
template <Trust t>
FenceByte Read(ByteReader<t>& r, Tag<FenceByte>) {
  const uint8_t* at = r.position();
  if (r.ReadByte() != 0) r.MalformedAt(at, "zero byte expected");
  return {};
}

}  // namespace wasm::imm

#endif  // TRENAIL_LIBWASM_OPCODES_IMMEDIATES_H_
