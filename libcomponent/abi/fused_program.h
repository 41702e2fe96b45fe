// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a value is copied from one layout to another without a Value in between, worked out once per
// pair of types: records are spread into steps with offsets, and steps that copy bytes which lie
// side by side in both layouts become one. Padding is never copied: storing would not touch it.

#ifndef TRENAIL_LIBCOMPONENT_ABI_FUSED_PROGRAM_H_
#define TRENAIL_LIBCOMPONENT_ABI_FUSED_PROGRAM_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "libcomponent/types/types.h"

namespace component::abi {

enum class CopyOp : uint8_t {
  // These copy `count` units that lie side by side.
  kBytes,
  kBool,
  kFloat32,
  kFloat64,
  kChar,
  // These copy one thing.
  kFlags,
  kString,
  kList,
  kRepeat,  // a fixed-length list
  kVariant,
  kHandle,
};
// The size of a unit, or 0.
constexpr uint32_t UnitSize(CopyOp op) {
  switch (op) {
    case CopyOp::kBytes:
    case CopyOp::kBool:
      return 1;
    case CopyOp::kFloat32:
    case CopyOp::kChar:
      return 4;
    case CopyOp::kFloat64:
      return 8;
    default:
      return 0;
  }
}

struct CopyStep {
  CopyOp op = CopyOp::kBytes;
  uint8_t size = 0;   // kFlags, kVariant: of the integer
  uint32_t from = 0;  // offsets
  uint32_t to = 0;
  uint64_t count = 0;  // units; kRepeat: elements; kVariant: cases
  uint32_t mask = 0;   // kFlags
  uint32_t body = 0;   // kList, kRepeat: of an element; kVariant: the first in `cases`
  const ValType* from_type = nullptr;  // kHandle, kVariant; kList, kRepeat: of an element
  const ValType* to_type = nullptr;
};

// The steps of one value, with offsets from its beginning.
struct CopyBody {
  std::vector<CopyStep> steps;
  bool checked = false;  // lifting can trap, or takes a handle
  bool bulk = false;     // one step of units, and nothing else in either layout: copied in one go
};

class CopyProgram {
 public:
  static constexpr uint32_t kNoBody = ~uint32_t{0};

  CopyProgram(PtrType from, PtrType to) : from_(from), to_(to) {}

  // The body of a pair of types, which must be equal but for the resources in them.
  uint32_t Compile(const ValType& from, const ValType& to);

  const CopyBody& body(uint32_t index) const { return bodies_[index]; }
  // The body of a case's payload, or kNoBody.
  uint32_t case_body(const CopyStep& variant, uint64_t index) const {
    return variant.body == kNoBody ? kNoBody : cases_[variant.body + index];
  }

 private:
  void Add(CopyBody& body, const ValType& from, const ValType& to, uint32_t from_offset,
           uint32_t to_offset);
  void Append(CopyBody& body, const CopyStep& step);
  uint32_t CompileCases(const ValType& from, const ValType& to);

  PtrType from_;
  PtrType to_;
  std::vector<CopyBody> bodies_;
  std::vector<uint32_t> cases_;
  // A type may be part of others any number of times, and so a tree of exponential size.
  std::map<std::pair<const ValType*, const ValType*>, uint32_t> compiled_;
};

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_FUSED_PROGRAM_H_
