// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of positions of a compiled function: which instruction of the module each stretch of
// its code belongs to. Pairs of differences, for the places where the instruction changes:
//
//   (code offset - the last one) + 1 as ULEB128, position - the last one as SLEB128; … ; 0
//
// Code offsets count from the function's `tail` entry if it has one (`code` is a short adapter then
// and has no positions), otherwise from `code`; positions are byte offsets in the .wasm file, 0
// where there is none.
//
// Code of another module of the component, whose function takes the place of a call, has the offset
// in its own .wasm file, and in the upper half of the position the number of the call, from 1 on.
// If there are such, the table is followed by their number and five ULEB128 for each: see
// InlinedCall.

#ifndef TRENAIL_LIBWASM_NATIVE_POSITIONS_H_
#define TRENAIL_LIBWASM_NATIVE_POSITIONS_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "libwasm/support/leb128.h"

namespace wasm::native {

struct InlinedCall {
  uint32_t parent = 0;  // the call that this one is in; lower than its own; 0: the function itself
  uint32_t position = 0;  // of the call, in the caller's .wasm file
  uint32_t module = 0;    // of the callee, as ComponentRecord numbers them
  uint32_t function = 0;  // in that module's index space
  uint32_t import = 0;    // the caller's function that was called
};
constexpr uint64_t InlinedPosition(uint32_t call, uint32_t position) {
  return uint64_t{call} << 32 | position;
}

class PositionWriter {
 public:
  // In ascending order of code offsets; of several at one offset the last counts.
  void Add(uint64_t code_offset, uint64_t position) {
    if (pending_ && code_offset != code_offset_) Flush();
    pending_ = true;
    code_offset_ = code_offset;
    position_ = position;
  }
  std::vector<uint8_t> Finish() {
    if (pending_) Flush();
    bytes_.push_back(0);
    return std::move(bytes_);
  }

 private:
  void Flush() {
    pending_ = false;
    if (!bytes_.empty() && position_ == written_position_) return;
    WriteUnsignedLeb(bytes_, code_offset_ - written_offset_ + 1);
    WriteSignedLeb(bytes_, static_cast<int64_t>(position_ - written_position_));
    written_offset_ = code_offset_;
    written_position_ = position_;
  }

  std::vector<uint8_t> bytes_;
  bool pending_ = false;
  uint64_t code_offset_ = 0;
  uint64_t position_ = 0;
  uint64_t written_offset_ = 0;
  uint64_t written_position_ = 0;
};

// The position of the code at `code_offset`; 0 if unknown. For a return address the offset is that
// of the byte before it.
inline uint64_t FindPosition(const uint8_t* table, uint64_t code_offset) {
  uint64_t offset = 0;
  uint64_t position = 0;
  uint64_t found = 0;
  while (const uint64_t step = ReadTrustedUnsignedLeb(&table)) {
    offset += step - 1;
    if (offset > code_offset) break;
    position += static_cast<uint64_t>(ReadTrustedSignedLeb(&table));
    found = position;
  }
  return found;
}

inline void WriteInlinedCalls(std::span<const InlinedCall> calls, std::vector<uint8_t>& bytes) {
  if (calls.empty()) return;
  WriteUnsignedLeb(bytes, calls.size());
  for (const InlinedCall& call : calls)
    for (uint32_t value : {call.parent, call.position, call.module, call.function, call.import})
      WriteUnsignedLeb(bytes, value);
}

// Of a table that has inlined positions.
inline std::vector<InlinedCall> ReadInlinedCalls(const uint8_t* table) {
  while (ReadTrustedUnsignedLeb(&table) != 0) ReadTrustedSignedLeb(&table);
  std::vector<InlinedCall> calls(ReadTrustedUnsignedLeb(&table));
  for (InlinedCall& call : calls)
    for (uint32_t* value :
         {&call.parent, &call.position, &call.module, &call.function, &call.import})
      *value = static_cast<uint32_t>(ReadTrustedUnsignedLeb(&table));
  return calls;
}

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_POSITIONS_H_
