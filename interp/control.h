// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bodies of control instructions that single and fused handlers share. In all of them `at` is the
// first byte of the branch instruction, and the depth is the one after its condition was popped.

#ifndef TRENAIL_INTERP_CONTROL_H_
#define TRENAIL_INTERP_CONTROL_H_

#include <cstdint>

#include "interp/dispatch.h"
#include "libwasm/module/side_table.h"

namespace wasm::interp {

// A block type of one byte: empty, a value type, or a type index below 0x40; not (ref …).
[[gnu::always_inline]] inline bool IsShortBlockType(uint8_t byte) {
  return byte < 0x80 && byte != 0x63 && byte != 0x64;
}

// The alignment of a memarg in which a memory index follows, or that is padded.
[[gnu::always_inline]] inline bool IsLongAlignment(uint8_t byte) { return byte >= 0x40; }

// Behind the LEB at `at`.
[[gnu::always_inline]] inline const uint8_t* SkipLeb(const uint8_t* at) {
  while (*at >= 0x80) ++at;
  return at + 1;
}

// True if the entry moves operands or does not fit: drop != 0 or keep == kOverflow.
[[gnu::always_inline]] inline bool IsSlowBranch(const SideTableEntry* entry) {
  return LoadBytes<uint16_t>(&entry->keep) >= SideTableEntry::kOverflow;
}
static_assert(offsetof(SideTableEntry, drop) == offsetof(SideTableEntry, keep) + 1);

#define BRANCH_BODY(depth, at)                                                                 \
  do {                                                                                         \
    pc = (at);                                                                                 \
    if (IsSlowBranch(stp) || instance->poll.load(std::memory_order_relaxed) != 0) [[unlikely]] \
      TAIL_DEPTH(TakeBranch, depth);                                                           \
    pc += stp->pc_delta;                                                                       \
    stp += stp->entry_delta;                                                                   \
    NEXT(depth);                                                                               \
  } while (false)

#define BR_IF_BODY(depth, condition, at)   \
  do {                                     \
    if (condition) BRANCH_BODY(depth, at); \
    pc = (at);                             \
    if (pc[1] >= 0x80) [[unlikely]]        \
      TAIL_DEPTH(SkipBrIf, depth);         \
    pc += 2;                               \
    stp += 1;                              \
    NEXT(depth);                           \
  } while (false)

#define IF_BODY(depth, condition, at)                        \
  do {                                                       \
    pc = (at);                                               \
    if (condition) {                                         \
      if (!IsShortBlockType(pc[1])) [[unlikely]]             \
        TAIL_DEPTH(SkipIf, depth);                           \
      pc += 2;                                               \
      stp += 1;                                              \
      NEXT(depth);                                           \
    }                                                        \
    if (stp->keep == SideTableEntry::kOverflow) [[unlikely]] \
      TAIL_DEPTH(TakeBranch, depth);                         \
    pc += stp->pc_delta;                                     \
    stp += stp->entry_delta;                                 \
    NEXT(depth);                                             \
  } while (false)

// The handler of a depth that is a constant expression rather than a literal.
#ifdef TRENAIL_DISPATCH_SPEED
#define TAIL_DEPTH(Name, depth)      \
  do {                               \
    if constexpr ((depth) == 0)      \
      TAIL(Name##_0);                \
    else if constexpr ((depth) == 1) \
      TAIL(Name##_1);                \
    else                             \
      TAIL(Name##_2);                \
  } while (false)
#else
#define TAIL_DEPTH(Name, depth)  \
  do {                           \
    static_assert((depth) <= 1); \
    FLUSH(depth);                \
    TAIL(Name##_0);              \
  } while (false)
#endif

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_CONTROL_H_
