// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One parser per shape of immediate (opcodes/opcode.h), writing the binary format.

#include <bit>
#include <string>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/text/keywords.h"
#include "libwasm/text/numbers.h"
#include "libwasm/text/parse_instr.h"
#include "libwasm/text/parse_types.h"

namespace wasm::text {
namespace {

void WriteFixed(std::vector<uint8_t>& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

bool TakePrefixed(Cursor& in, std::string_view prefix, const Token** token, uint64_t* value) {
  if (!in.At(TokenKind::kKeyword)) return true;
  const std::string_view text = in.Text(in.Peek());
  if (!text.starts_with(prefix)) return true;
  if (!IsNat(text.substr(prefix.size()))) return in.Unexpected();
  *token = &in.Take();
  const auto number = ParseNat(text.substr(prefix.size()), ~uint64_t{0});
  if (!number) return in.Fail(**token, "i64 constant out of range");
  *value = *number;
  return true;
}

// How many numbers follow. What only looks like one is an error of its own.
bool CountNumbers(Cursor& in, uint32_t* count) {
  const uint32_t begin = in.index();
  while (in.AtNumber()) in.Take();
  *count = in.index() - begin;
  if (in.At(TokenKind::kReserved) ||
      (in.At(TokenKind::kKeyword) && !IsKnownKeyword(in.Text(in.Peek()))))
    return in.Unexpected();
  in.Seek(begin);
  return true;
}

}  // namespace

bool ParseIntLiteral(Cursor& in, int bits, uint64_t* value) {
  if (!in.At(TokenKind::kNat) && !in.At(TokenKind::kInt)) return in.Unexpected();
  const Token& token = in.Take();
  const auto number = ParseInt(in.Text(token), bits);
  if (!number) return in.Fail(token, "constant out of range");
  *value = *number;
  return true;
}

bool ParseFloatLiteral(Cursor& in, int bits, uint64_t* value) {
  if (!in.AtNumber()) return in.Unexpected();
  const Token& token = in.Take();
  if (bits == 32) {
    const auto number = ParseF32(in.Text(token));
    if (!number) return in.Fail(token, "constant out of range");
    *value = *number;
  } else {
    const auto number = ParseF64(in.Text(token));
    if (!number) return in.Fail(token, "constant out of range");
    *value = *number;
  }
  return true;
}

bool ParseVecShape(Cursor& in, VecShape* shape) {
  static constexpr struct {
    std::string_view text;
    VecShape shape;
  } kShapes[] = {{"i8x16", {16, 8, false}}, {"i16x8", {8, 16, false}}, {"i32x4", {4, 32, false}},
                 {"i64x2", {2, 64, false}}, {"f32x4", {4, 32, true}},  {"f64x2", {2, 64, true}}};
  for (const auto& entry : kShapes) {
    if (in.TakeKeyword(entry.text)) {
      *shape = entry.shape;
      return true;
    }
  }
  return in.Unexpected();
}

bool InstrParser::Index(const IndexSpace& space, std::vector<uint8_t>& out) {
  uint32_t index = 0;
  if (!ParseIndex(m_, space, &index)) return false;
  WriteUnsignedLeb(out, index);
  return true;
}

bool InstrParser::OptionalIndex(const IndexSpace& space, std::vector<uint8_t>& out) {
  if (in_.AtIndex()) return Index(space, out);
  out.push_back(0);
  return true;
}

bool InstrParser::TwoOptionalIndices(const IndexSpace& space, std::vector<uint8_t>& out) {
  if (in_.AtIndex()) return Index(space, out) && Index(space, out);
  out.push_back(0);
  out.push_back(0);
  return true;
}

// `x? segment`, which the binary format has the other way round.
bool InstrParser::SegmentThenSpace(const IndexSpace& segments, const IndexSpace& space,
                                   std::vector<uint8_t>& out) {
  const TokenKind next = in_.Peek(1).kind;
  uint32_t index = 0;
  if (in_.AtIndex() && (next == TokenKind::kNat || next == TokenKind::kId)) {
    if (!ParseIndex(m_, space, &index)) return false;
  }
  if (!Index(segments, out)) return false;
  WriteUnsignedLeb(out, index);
  return true;
}

// A type and one of its fields.
bool InstrParser::Field(std::vector<uint8_t>& out) {
  static const IndexSpace kNoFields{"field"};
  uint32_t type = 0;
  if (!ParseIndex(m_, m_.types, &type)) return false;
  WriteUnsignedLeb(out, type);
  return Index(type < m_.fields.size() ? m_.fields[type] : kNoFields, out);
}

// [text-memarg]
bool InstrParser::MemArg(Opcode op, std::vector<uint8_t>& out) {
  // In front of a lane a number alone is the lane.
  const bool lane_follows = Info(op).imm == ImmKind::kMemArgLane;
  const Token& next = in_.Peek(1);
  const bool has_memory =
      in_.At(TokenKind::kId) ||
      (in_.At(TokenKind::kNat) &&
       (!lane_follows || next.kind == TokenKind::kNat || in_.Text(next).starts_with("offset=") ||
        in_.Text(next).starts_with("align=")));
  uint32_t memory = 0;
  if (has_memory && !ParseIndex(m_, m_.memories, &memory)) return false;
  uint64_t offset = 0;
  uint64_t align = uint64_t{1} << Info(op).access_log2;
  const Token* token = nullptr;
  if (!TakePrefixed(in_, "offset=", &token, &offset) ||
      !TakePrefixed(in_, "align=", &token, &align))
    return false;
  if (!std::has_single_bit(align)) return in_.Fail(*token, "alignment must be a power of two");
  const auto log2 = static_cast<uint32_t>(std::countr_zero(align));
  constexpr uint32_t kHasMemory = 0x40;
  WriteUnsignedLeb(out, memory == 0 ? log2 : log2 | kHasMemory);
  if (memory != 0) WriteUnsignedLeb(out, memory);
  WriteUnsignedLeb(out, offset);
  return true;
}

bool InstrParser::Lane(std::vector<uint8_t>& out) {
  if (!in_.At(TokenKind::kNat)) return in_.Unexpected();
  const Token& token = in_.Take();
  const auto lane = ParseNat(in_.Text(token), 255);
  if (!lane) return in_.Fail(token, "i8 constant out of range");
  out.push_back(static_cast<uint8_t>(*lane));
  return true;
}

bool InstrParser::Immediate(Opcode op, std::vector<uint8_t>& out) {
  uint64_t value = 0;
  switch (Info(op).imm) {
    case ImmKind::kNone:
      return true;
    case ImmKind::kFenceByte:
      out.push_back(0);
      return true;
    case ImmKind::kBlockType:
    case ImmKind::kTryTable:
      return in_.Unexpected();  // not plain instructions
    case ImmKind::kLabelIdx:
      return Label(out);
    case ImmKind::kBrTable: {
      std::vector<uint8_t> labels;
      uint32_t count = 0;
      do {
        if (!Label(labels)) return false;
        ++count;
      } while (in_.AtIndex());
      WriteUnsignedLeb(out, count - 1);
      out.insert(out.end(), labels.begin(), labels.end());
      return true;
    }
    case ImmKind::kFuncIdx:
      return Index(m_.funcs, out);
    case ImmKind::kTypeIdx:
      return Index(m_.types, out);
    case ImmKind::kCallIndirect: {
      uint32_t table = 0;
      uint32_t type = 0;
      if (in_.AtIndex() && !ParseIndex(m_, m_.tables, &table)) return false;
      // Names of parameters have no place here, so no locals.
      if (!ParseTypeUse(m_, &type, nullptr)) return false;
      WriteUnsignedLeb(out, type);
      WriteUnsignedLeb(out, table);
      return true;
    }
    case ImmKind::kLocalIdx: {
      static const IndexSpace kNoLocals{"local"};
      return Index(locals_ != nullptr ? *locals_ : kNoLocals, out);
    }
    case ImmKind::kGlobalIdx:
      return Index(m_.globals, out);
    case ImmKind::kTableIdx:
      return OptionalIndex(m_.tables, out);
    case ImmKind::kMemIdx:
      return OptionalIndex(m_.memories, out);
    case ImmKind::kTagIdx:
      return Index(m_.tags, out);
    case ImmKind::kElemIdx:
      return Index(m_.elems, out);
    case ImmKind::kDataIdx:
      m_.uses_data_count = true;
      return Index(m_.datas, out);
    case ImmKind::kMemArg:
      return MemArg(op, out);
    case ImmKind::kMemArgLane:
      return MemArg(op, out) && Lane(out);
    case ImmKind::kLane:
      return Lane(out);
    case ImmKind::kLanes16: {
      uint32_t lanes = 0;
      if (!CountNumbers(in_, &lanes)) return false;
      if (lanes != 16) return in_.Fail(in_.Peek(), "invalid lane length");
      for (int i = 0; i < 16; ++i) {
        if (!in_.At(TokenKind::kNat)) return in_.Fail(in_.Peek(), "i8 constant out of range");
        if (!Lane(out)) return false;
      }
      return true;
    }
    case ImmKind::kConstI32:
      if (!ParseIntLiteral(in_, 32, &value)) return false;
      WriteSignedLeb(out, static_cast<int32_t>(value));
      return true;
    case ImmKind::kConstI64:
      if (!ParseIntLiteral(in_, 64, &value)) return false;
      WriteSignedLeb(out, static_cast<int64_t>(value));
      return true;
    case ImmKind::kConstF32:
      if (!ParseFloatLiteral(in_, 32, &value)) return false;
      WriteFixed(out, value, 4);
      return true;
    case ImmKind::kConstF64:
      if (!ParseFloatLiteral(in_, 64, &value)) return false;
      WriteFixed(out, value, 8);
      return true;
    case ImmKind::kConstV128: {
      VecShape shape;
      if (!ParseVecShape(in_, &shape)) return false;
      uint32_t lanes = 0;
      if (!CountNumbers(in_, &lanes)) return false;
      if (lanes != shape.lanes) return in_.Fail(in_.Peek(), "wrong number of lane literals");
      for (uint32_t i = 0; i < lanes; ++i) {
        if (shape.is_float ? !ParseFloatLiteral(in_, shape.bits, &value)
                           : !ParseIntLiteral(in_, shape.bits, &value))
          return false;
        WriteFixed(out, value, shape.bits / 8);
      }
      return true;
    }
    case ImmKind::kHeapType: {
      HeapType type;
      if (!ParseHeapType(m_, &type)) return false;
      binary::WriteHeapType(out, type);
      return true;
    }
    case ImmKind::kSelectTypes: {
      FuncType types;
      if (!ParseParamsAndResults(m_, &types, nullptr)) return false;
      WriteUnsignedLeb(out, types.results.size());
      for (ValType type : types.results) binary::WriteValType(out, type);
      return true;
    }
    case ImmKind::kMemoryInit:
      m_.uses_data_count = true;
      return SegmentThenSpace(m_.datas, m_.memories, out);
    case ImmKind::kMemoryCopy:
      return TwoOptionalIndices(m_.memories, out);
    case ImmKind::kTableInit:
      return SegmentThenSpace(m_.elems, m_.tables, out);
    case ImmKind::kTableCopy:
      return TwoOptionalIndices(m_.tables, out);
    case ImmKind::kTypeField:
      return Field(out);
    case ImmKind::kTypeLen:
      if (!Index(m_.types, out) || !in_.ExpectNat(32, &value)) return false;
      WriteUnsignedLeb(out, value);
      return true;
    case ImmKind::kTypeData:
      m_.uses_data_count = true;
      return Index(m_.types, out) && Index(m_.datas, out);
    case ImmKind::kTypeElem:
      return Index(m_.types, out) && Index(m_.elems, out);
    case ImmKind::kTypeType:
      return Index(m_.types, out) && Index(m_.types, out);
    case ImmKind::kBrOnCast: {
      std::vector<uint8_t> label;
      ValType source;
      ValType target;
      if (!Label(label) || !ParseRefType(m_, &source) || !ParseRefType(m_, &target)) return false;
      out.push_back(static_cast<uint8_t>(source.is_nullable() | target.is_nullable() << 1));
      out.insert(out.end(), label.begin(), label.end());
      binary::WriteHeapType(out, source.heap_type());
      binary::WriteHeapType(out, target.heap_type());
      return true;
    }
  }
  return false;
}

}  // namespace wasm::text
