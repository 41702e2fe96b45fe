// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What "careful" handlers ask of a function: those of the table for functions that use v128 or
// legacy exceptions, in which locals have uneven places and drop, select and end own side-table
// entries (module/side_table.h). Other functions pay nothing for them.

#ifndef TRENAIL_INTERP_CAREFUL_H_
#define TRENAIL_INTERP_CAREFUL_H_

#include <cstddef>
#include <cstdint>

#include "interp/dispatch.h"
#include "interp/leb.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/support/reader.h"

namespace wasm::interp {

[[gnu::always_inline]] inline bool IsCareful(const CodeInfo* code) {
  static_assert(offsetof(CodeInfo, has_legacy_try) == offsetof(CodeInfo, uses_v128) + 1);
  return LoadBytes<uint16_t>(&code->uses_v128) != 0;  // both at once
}

struct LocalSlots {
  uint32_t first;
  uint32_t count;
};
// The slots of the local that the instruction at *pc names; moves *pc behind it.
[[gnu::always_inline]] inline LocalSlots FindLocal(const CodeInfo* code, const uint8_t** pc) {
  uint32_t length;
  const uint32_t index = ReadIndex(*pc + 1, &length);
  *pc += 1 + length;
  if (!code->uses_v128) return {index, 1};
  const uint32_t* const offsets = code->local_offsets.data();
  return {offsets[index], offsets[index + 1] - offsets[index]};
}

inline uint32_t GlobalSlots(const Instance& instance, uint32_t index) {
  return instance.data->global(GlobalIdx(index)).type().type.slots();
}

// How many slots the operand of the drop or select at *stp has.
inline uint32_t OperandSlots(const CodeInfo* code, const SideTableEntry** stp) {
  if (!code->uses_v128) return 1;
  return (*stp)++->keep;
}

// The new top of the stack after a select between values of `count` slots.
inline Slot* SelectWide(Slot* sp, uint32_t count) {
  const bool first = static_cast<uint32_t>(*--sp) != 0;
  sp -= count;
  if (!first) {
    sp[-static_cast<int32_t>(count)] = sp[0];
    if (count == 2) sp[-1] = sp[1];
  }
  return sp;
}

// Behind a select with types.
inline const uint8_t* SkipSelectTypes(const uint8_t* pc) {
  TrustedReader reader(pc + 1);
  imm::Read(reader, imm::Tag<imm::SelectTypes>());
  return reader.position();
}

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_CAREFUL_H_
