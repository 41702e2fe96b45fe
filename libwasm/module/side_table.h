// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How an interpreter uses a CodeInfo's side table (docs/side-table.md has an example). Beside its
// pc it keeps `stp`, a pointer to the next entry. The rule that everything follows from: the
// position at a pc is the number of entries that belong to the instructions before it in the bytes,
// whether those are reachable or not.
//
// Instructions that own entries, and how many:
//   if                         1   taken when the condition is 0: to the first instruction of the
//   else
//                                  arm, or behind `end`; keep = drop = 0: operands stay where they
//                                  are
//   else                       1   always taken (control arrives from the then arm): behind `end`;
//                                  keep = drop = 0
//   br, br_if                  1   operands as they are after the condition was popped
//   br_table                   count + 1, the default last: entry i is at stp + i. Entries are
//                                  relative to themselves
//   br_on_null                 1   operands as they are after the (null) reference was popped
//   br_on_non_null, br_on_cast, br_on_cast_fail
//                              1   operands with the reference on top, where it stays when taken
// only if CodeInfo::uses_v128:
//   drop, select, select t     1   no jump: keep = slots of the operand (1 or 2), go on at stp + 1
// only if CodeInfo::has_legacy_try:
//   end, but not the last      1   always taken: the next instruction, stp + 1, keep = results,
//                                  drop = 1 if it closes a catch body, else 0
//   catch, catch_all           1   always taken (control arrives from the body above): behind the
//                                  matching `end`; keep = results, drop as for `end`
//   rethrow                    1   no jump: pc_delta = the slot, counted above the locals, that
//   holds
//                                  the exception
// No other instruction owns an entry; in particular not return, calls, throw, try_table, delegate.
//
// A taken branch:      move the top `keep` slots down by `drop` slots, pop `drop` slots,
//                      pc = first byte of the branch + pc_delta, stp = entry + entry_delta.
// A branch not taken:  stp += 1. What follows a br_table is only reached by other branches.
//
// Targets: a branch to a loop lands on the first instruction behind the loop's header. A branch to
// the end of a block lands behind that `end` and behind the `end`s that directly follow it; one to
// the end of the function lands on the final `end` itself, which returns the top result_slots
// slots. In a function with has_legacy_try it lands directly behind its `end`.
//
// Values that do not fit: if keep is kOverflow, pc_delta is instead the distance in entries from
// this entry to two entries at the tail of the table that are a WideSideTableEntry. The tail
// belongs to no instruction. Decode() covers both forms; test `keep == kOverflow` first on the fast
// path.
//
// Slots are 8 bytes; v128 takes two, everything else one. Locals come first, parameters first of
// all, local i at slot i, or at local_offsets[i] if uses_v128.
//
// Exceptions. When one arrives at an instruction of this function at offset p from `code` (for a
// call: the offset of the call), consult try_ranges in order; a range applies if begin_pc <= p <
// end_pc. Try its clauses in order. A clause that catches: cut the operand stack to `height` slots
// above the locals, push as its kind says, continue at code + target_pc with stp = side_table +
// target_entry.
//   kCatch, kLegacyCatch       if the exception's tag is the instance's tag number `tag`
//   kCatchAll, kLegacyCatchAll any exception
//   pushes: kCatch the payload; kCatchRef the payload, then the exnref; kCatchAll nothing;
//           kCatchAllRef the exnref; kLegacyCatch the exnref (the body's hidden slot), then the
//           payload; kLegacyCatchAll the exnref (hidden slot)
//   kLegacyDelegate            go on with the ranges from index delegate_depth - 1 on, the first of
//                              which applies without a test of p; with 0 the exception leaves the
//                              function
// If no clause catches, the exception leaves the function.

#ifndef TRENAIL_LIBWASM_MODULE_SIDE_TABLE_H_
#define TRENAIL_LIBWASM_MODULE_SIDE_TABLE_H_

#include <cstdint>
#include <cstring>

namespace wasm {

// One control transfer, 8 bytes.
struct SideTableEntry {
  static constexpr uint8_t kOverflow = 255;

  int32_t pc_delta = 0;     // from the first byte of the instruction to the target
  int16_t entry_delta = 0;  // from this entry to the position at the target
  uint8_t keep = 0;         // slots moved down to the target's height; kOverflow: see above
  uint8_t drop = 0;         // slots between the kept ones and the target's height
  friend bool operator==(const SideTableEntry&, const SideTableEntry&) = default;
};
static_assert(sizeof(SideTableEntry) == 8);

struct WideSideTableEntry {
  int32_t pc_delta = 0;
  int32_t entry_delta = 0;  // from the entry that the instruction owns
  uint32_t keep = 0;
  uint32_t drop = 0;
  friend bool operator==(const WideSideTableEntry&, const WideSideTableEntry&) = default;
};
static_assert(sizeof(WideSideTableEntry) == 2 * sizeof(SideTableEntry));

inline WideSideTableEntry Decode(const SideTableEntry* entry) {
  if (entry->keep != SideTableEntry::kOverflow) [[likely]]
    return {entry->pc_delta, entry->entry_delta, entry->keep, entry->drop};
  WideSideTableEntry wide;
  std::memcpy(static_cast<void*>(&wide), entry + entry->pc_delta, sizeof(wide));
  return wide;
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_MODULE_SIDE_TABLE_H_
