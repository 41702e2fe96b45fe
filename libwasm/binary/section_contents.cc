// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements, function bodies and data.

#include "libwasm/binary/expr_syntax.h"
#include "libwasm/binary/limits.h"
#include "libwasm/binary/section_decoder.h"

namespace wasm::binary {

ConstExpr SectionDecoder::DecodeExpr() {
  const uint32_t begin = Offset();
  SkipExpr(r_, features_);
  return {{begin, Offset()}};
}

// [binary-elemsec]
void SectionDecoder::DecodeElems() {
  const uint32_t count = ReadCount(limits::kElemSegments, "element segments");
  m_.elems.reserve(Plausible(count, 3));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) DecodeElem();
}

void SectionDecoder::DecodeElem() {
  // The flags: passive or declarative, an explicit table or declarative, expressions.
  constexpr uint32_t kNotActive = 1, kExplicit = 2, kExprs = 4;
  ElemSegment elem;
  elem.offset = Offset();
  const uint8_t* at = r_.position();
  elem.flags = r_.ReadU32();
  if (elem.flags > 7) {
    r_.MalformedAt(at, "malformed elements segment kind");
    return;
  }
  elem.uses_exprs = (elem.flags & kExprs) != 0;
  if ((elem.flags & kNotActive) != 0) {
    elem.mode = (elem.flags & kExplicit) != 0 ? SegmentMode::kDeclarative : SegmentMode::kPassive;
  } else {
    elem.mode = SegmentMode::kActive;
    if ((elem.flags & kExplicit) != 0) elem.table = TableIdx(r_.ReadU32());
    elem.table_offset = DecodeExpr();
  }
  elem.type = elem.uses_exprs ? kFuncRef : ValType::Ref(HeapType::kFunc, false);
  if ((elem.flags & (kNotActive | kExplicit)) != 0) {
    at = r_.position();
    if (elem.uses_exprs)
      elem.type = DecodeRefType();
    else if (r_.ReadByte() != 0 && r_.ok())
      r_.MalformedAt(at, "malformed element kind");
  }
  elem.count = ReadCount(limits::kElemItems, "elements in a segment");
  elem.items.begin = Offset();
  for (uint32_t i = 0; i < elem.count && r_.ok(); ++i) {
    if (elem.uses_exprs)
      SkipExpr(r_, features_);
    else
      r_.ReadU32();
  }
  elem.items.end = Offset();
  m_.elems.push_back(elem);
}

// [binary-codesec] Bodies are only fenced here.
void SectionDecoder::DecodeCode() {
  num_code_entries_ = ReadCount(limits::kFunctions, "functions");
  const size_t first = m_.num_imported_functions;
  for (uint32_t i = 0; i < num_code_entries_ && r_.ok(); ++i) {
    const uint8_t* at = r_.position();
    const uint32_t size = r_.ReadU32();
    if (!r_.ok()) return;
    if (size > r_.remaining()) {
      r_.MalformedAt(at, "length out of bounds");
      return;
    }
    if (size > limits::kBodySize) {
      r_.MalformedAt(at, "function body too large: the limit is " +
                             std::to_string(limits::kBodySize) + " bytes");
      return;
    }
    // A wrong number of bodies is found when all sections are read.
    if (first + i < m_.functions.size()) m_.functions[first + i].body = {Offset(), Offset() + size};
    r_.ReadBytes(size);
  }
}

// [binary-datasec]
void SectionDecoder::DecodeDatas() {
  const uint32_t count = ReadCount(limits::kDataSegments, "data segments");
  m_.datas.reserve(Plausible(count, 2));
  for (uint32_t i = 0; i < count && r_.ok(); ++i) DecodeData();
}

void SectionDecoder::DecodeData() {
  DataSegment data;
  data.offset = Offset();
  const uint8_t* at = r_.position();
  data.flags = r_.ReadU32();
  if (data.flags > 2) {
    r_.MalformedAt(at, "malformed data segment kind");
    return;
  }
  if (data.flags != 1) {
    data.mode = SegmentMode::kActive;
    if (data.flags == 2) data.memory = MemIdx(r_.ReadU32());
    data.memory_offset = DecodeExpr();
  }
  const uint32_t size = ReadCount(UINT32_MAX, "bytes");
  data.bytes.begin = Offset();
  r_.ReadBytes(size);
  data.bytes.end = Offset();
  m_.datas.push_back(data);
}

}  // namespace wasm::binary
