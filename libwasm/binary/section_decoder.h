// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The decoder's inside, shared by the section_*.cc files: one reader over the whole module, a
// sticky error, a method per section and per phrase of the grammar. As in the specification's own
// decoder a section is not fenced: reading runs to its last entry and only then is its size
// compared, so the same bytes fail with the same text.

#ifndef TRENAIL_LIBWASM_BINARY_SECTION_DECODER_H_
#define TRENAIL_LIBWASM_BINARY_SECTION_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "libwasm/binary/type_decoder.h"
#include "libwasm/module/module.h"
#include "libwasm/support/reader.h"

namespace wasm::binary {

enum class SectionId : uint8_t {  // [binary-section]
  kCustom = 0,
  kType = 1,
  kImport = 2,
  kFunction = 3,
  kTable = 4,
  kMemory = 5,
  kGlobal = 6,
  kExport = 7,
  kStart = 8,
  kElem = 9,
  kCode = 10,
  kData = 11,
  kDataCount = 12,
  kTag = 13,
};

class SectionDecoder : TypeDecoder {
 public:
  SectionDecoder(Module* module, ErrorSink* sink)
      : TypeDecoder(CheckedReader(module->bytes.span(), 0, sink), module->features), m_(*module) {}

  bool DecodeAll();

 private:
  // module_decoder.cc
  bool DecodeHeader();
  bool DecodeSection();
  void DecodeCustom(uint32_t section_begin, const uint8_t* end);
  void CheckWhole();
  void DecodeStart();
  void DecodeDataCount();
  // section_types.cc
  void DecodeTypes();
  // section_externs.cc
  void DecodeImports();
  void DecodeFunctions();
  void DecodeTables();
  void DecodeMemories();
  void DecodeGlobals();
  void DecodeTags();
  void DecodeExports();
  // section_contents.cc
  void DecodeElems();
  void DecodeElem();
  void DecodeCode();
  void DecodeDatas();
  void DecodeData();
  ConstExpr DecodeExpr();

  uint32_t Offset() const { return static_cast<uint32_t>(r_.offset()); }

  Module& m_;
  uint8_t last_section_ = 0;
  int last_order_ = 0;
  uint32_t num_code_entries_ = 0;
};

}  // namespace wasm::binary

#endif  // TRENAIL_LIBWASM_BINARY_SECTION_DECODER_H_
