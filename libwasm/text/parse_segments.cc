// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element and data segments [text-elem] [text-data], and the choice of their binary forms.

#include <algorithm>
#include <string>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/text/parse_fields.h"
#include "libwasm/text/parse_instr.h"
#include "libwasm/text/parse_types.h"

namespace wasm::text {
namespace {

constexpr uint8_t kEndByte = 0x0b;
constexpr uint8_t kRefFuncByte = 0xd2;
constexpr uint8_t kI32ConstByte = 0x41;
constexpr uint8_t kI64ConstByte = 0x42;

// Bits of the number in front of an element segment [binary-elem].
constexpr uint8_t kPassiveOrDeclarative = 1;
constexpr uint8_t kExplicitTableOrDeclarative = 2;
constexpr uint8_t kExpressions = 4;

struct ElemList {
  bool exprs = false;
  ValType type = ValType::Ref(HeapType::kFunc, false);
  uint32_t count = 0;
  std::vector<uint8_t> items;
};

bool ParseFuncIndices(ModuleState& m, ElemList* list) {
  for (; m.in.AtIndex(); ++list->count) {
    uint32_t index = 0;
    if (!ParseIndex(m, m.funcs, &index)) return false;
    if (list->exprs) list->items.push_back(kRefFuncByte);
    WriteUnsignedLeb(list->items, index);
    if (list->exprs) list->items.push_back(kEndByte);
  }
  return true;
}

// (item …)* or folded instructions.
bool ParseElemExprs(ModuleState& m, ElemList* list) {
  for (; !m.in.At(TokenKind::kRight); ++list->count) {
    if (m.in.TakeForm("item")) {
      if (!ParseConstExpr(m, list->items) || !m.in.ExpectRight()) return false;
    } else {
      if (!InstrParser(m, list->items, nullptr).ParseFolded()) return false;
      list->items.push_back(kEndByte);
    }
  }
  return true;
}

// [text-elemlist]; `bare_indices` where the word `func` may be left out.
bool ParseElemList(ModuleState& m, bool bare_indices, ElemList* list) {
  if (m.in.TakeKeyword("func") || (bare_indices && !AtRefType(m.in)))
    return ParseFuncIndices(m, list);
  list->exprs = true;
  return ParseRefType(m, &list->type) && ParseElemExprs(m, list);
}

// (offset …) or one folded instruction.
bool ParseOffset(ModuleState& m, std::vector<uint8_t>& out) {
  if (m.in.TakeForm("offset")) return ParseConstExpr(m, out) && m.in.ExpectRight();
  if (!InstrParser(m, out, nullptr).ParseFolded()) return false;
  out.push_back(kEndByte);
  return true;
}

void WriteZeroOffset(AddrType type, std::vector<uint8_t>& out) {
  out.push_back(type == AddrType::kI64 ? kI64ConstByte : kI32ConstByte);
  out.push_back(0);
  out.push_back(kEndByte);
}

// `offset` is empty for segments that are not active.
void WriteElem(ModuleState& m, bool declarative, uint32_t table, const std::vector<uint8_t>& offset,
               const ElemList& list) {
  std::vector<uint8_t>& out = m.elem.bytes;
  const bool active = !offset.empty();
  // The short forms mean table 0 and lists of functions, or expressions of type funcref.
  const bool short_form = active && table == 0 && (!list.exprs || list.type == kFuncRef);
  uint8_t flags = list.exprs ? kExpressions : 0;
  if (!active) flags |= kPassiveOrDeclarative;
  if (active ? !short_form : declarative) flags |= kExplicitTableOrDeclarative;
  out.push_back(flags);
  if (active && !short_form) WriteUnsignedLeb(out, table);
  out.insert(out.end(), offset.begin(), offset.end());
  if (!short_form) {
    if (list.exprs) {
      binary::WriteValType(out, list.type);
    } else {
      out.push_back(0);  // [binary-elemkind]
    }
  }
  WriteUnsignedLeb(out, list.count);
  out.insert(out.end(), list.items.begin(), list.items.end());
  ++m.elem.count;
}

// A string per token up to the closing parenthesis.
bool ParseDataString(ModuleState& m, std::string* bytes) {
  while (!m.in.At(TokenKind::kRight))
    if (!m.in.ExpectString(bytes)) return false;
  return true;
}

void WriteData(ModuleState& m, uint32_t memory, const std::vector<uint8_t>& offset,
               const std::string& bytes) {
  std::vector<uint8_t>& out = m.data.bytes;
  const bool active = !offset.empty();
  out.push_back(!active ? 1 : memory == 0 ? 0 : 2);
  if (active && memory != 0) WriteUnsignedLeb(out, memory);
  out.insert(out.end(), offset.begin(), offset.end());
  WriteUnsignedLeb(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
  ++m.data.count;
}

// `(word x)`, if it is there.
bool ParseUse(ModuleState& m, std::string_view word, const IndexSpace& space, uint32_t* index,
              bool* found) {
  *found = m.in.TakeForm(word);
  return !*found || (ParseIndex(m, space, index) && m.in.ExpectRight());
}

// The form of version 1, a number in front of the offset; the threads proposal's scripts have it.
bool AtBareIndex(const Cursor& in) {
  return in.At(TokenKind::kNat) && in.Peek(1).kind == TokenKind::kLeft;
}

}  // namespace

bool ParseElemField(ModuleState& m) {
  Binder binder;
  if (!ParseBinder(m, &binder)) return false;
  ElemList list;
  const bool declarative = m.in.TakeKeyword("declare");
  uint32_t table = 0;
  bool has_table = false;
  std::vector<uint8_t> offset;
  if (!declarative) {
    if (AtBareIndex(m.in)) {
      if (!ParseIndex(m, m.tables, &table)) return false;
    } else if (!ParseUse(m, "table", m.tables, &table, &has_table)) {
      return false;
    }
    if (has_table || (m.in.At(TokenKind::kLeft) && !m.in.AtForm("ref"))) {
      if (!ParseOffset(m, offset)) return false;
    }
  }
  // The word `func` may be missing in an active segment of table 0 only.
  if (!ParseElemList(m, !offset.empty() && !has_table, &list)) return false;
  WriteElem(m, declarative, table, offset, list);
  return true;
}

bool ParseInlineElem(ModuleState& m, uint32_t table, TableType* type) {
  if (!m.in.ExpectForm("elem")) return false;
  ElemList list;
  list.exprs = !m.in.AtIndex() || type->element != kFuncRef;
  list.type = type->element;
  if (m.in.AtIndex() ? !ParseFuncIndices(m, &list) : !ParseElemExprs(m, &list)) return false;
  type->limits = {list.count, list.count};
  std::vector<uint8_t> offset;
  WriteZeroOffset(type->addr_type, offset);
  WriteElem(m, false, table, offset, list);
  return m.in.ExpectRight();
}

bool ParseDataField(ModuleState& m) {
  Binder binder;
  if (!ParseBinder(m, &binder)) return false;
  uint32_t memory = 0;
  bool has_memory = false;
  std::vector<uint8_t> offset;
  std::string bytes;
  if (AtBareIndex(m.in)) {
    if (!ParseIndex(m, m.memories, &memory)) return false;
  } else if (!ParseUse(m, "memory", m.memories, &memory, &has_memory)) {
    return false;
  }
  if ((has_memory || m.in.At(TokenKind::kLeft)) && !ParseOffset(m, offset)) return false;
  if (!ParseDataString(m, &bytes)) return false;
  WriteData(m, memory, offset, bytes);
  return true;
}

bool ParseInlineData(ModuleState& m, uint32_t memory, MemType* type) {
  if (!m.in.ExpectForm("data")) return false;
  std::string bytes;
  if (!ParseDataString(m, &bytes)) return false;
  const uint64_t rounding = (uint64_t{1} << type->page_size_log2) - 1;
  const uint64_t pages = (bytes.size() + rounding) >> type->page_size_log2;
  type->limits = {pages, pages};
  std::vector<uint8_t> offset;
  WriteZeroOffset(type->addr_type, offset);
  WriteData(m, memory, offset, bytes);
  return m.in.ExpectRight();
}

}  // namespace wasm::text
