// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of a decoder that knows types [binary-types], lists and names: one reader with a sticky
// error, a method per phrase of the grammar. The decoder of modules is made of it, and so is that
// of components, whose core types are written alike.

#ifndef TRENAIL_LIBWASM_BINARY_TYPE_DECODER_H_
#define TRENAIL_LIBWASM_BINARY_TYPE_DECODER_H_

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libwasm/support/index.h"
#include "libwasm/support/reader.h"
#include "libwasm/types/features.h"
#include "libwasm/types/types.h"

namespace wasm::binary {

class TypeDecoder {
 protected:
  TypeDecoder(CheckedReader reader, const FeatureSet& features) : features_(features), r_(reader) {}

  // section_types.cc
  // Appends the types of the group; true if it is written as one.
  bool DecodeRecType(std::vector<SubType>* types);
  void DecodeSubType(SubType* type);
  void DecodeCompType(uint8_t form, CompType* comp);
  void DecodeResultType(uint32_t limit, ResultType* types);
  FieldType DecodeFieldType();
  bool DecodeMutability();
  // section_externs.cc
  TableType DecodeTableType();
  MemType DecodeMemType();
  GlobalType DecodeGlobalType();
  TypeIdx DecodeTagType();
  Limits DecodeLimits(uint8_t flags);
  ValType DecodeRefType();

  bool Has(Feature feature) const { return features_.Has(feature); }
  // The length of a list, at most the remaining bytes and `limit`.
  uint32_t ReadCount(uint32_t limit, std::string_view what);
  // As many elements as `count` says, or fewer when the bytes that are left cannot hold them.
  size_t Plausible(uint32_t count, size_t smallest_size) const {
    return std::min<size_t>(count, r_.remaining() / smallest_size);
  }
  std::string_view ReadName();

  FeatureSet features_;
  CheckedReader r_;
};

}  // namespace wasm::binary

#endif  // TRENAIL_LIBWASM_BINARY_TYPE_DECODER_H_
