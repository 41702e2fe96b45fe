// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control instructions [exec-control]: branches follow the side table (module/side_table.h). A
// branch that moves no operands keeps the cached ones where they are, whatever their number.

#include "interp/control.h"
#include "interp/frame.h"
#include "interp/handlers.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/ops_aggregate.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/support/reader.h"

namespace wasm::interp {

HANDLER(Unreachable_0) { RAISE(Trap::kUnreachable); }
COLD_HANDLER(Illegal) { RAISE(Trap::kUnreachable); }

#define NOP_HANDLER(D, _) \
  HANDLER(Nop_##D) {      \
    pc += 1;              \
    NEXT(D);              \
  }
INTERP_DEPTHS(NOP_HANDLER, )

// Headers of blocks do nothing; their block type is skipped.
#define BLOCK_HANDLER(D, Name)                     \
  COLD_HANDLER(Name##_##D##_Long) {                \
    TrustedReader reader(pc + 1);                  \
    imm::Read(reader, imm::Tag<imm::BlockType>()); \
    pc = reader.position();                        \
    NEXT(D);                                       \
  }                                                \
  HANDLER(Name##_##D) {                            \
    if (!IsShortBlockType(pc[1])) [[unlikely]]     \
      TAIL(Name##_##D##_Long);                     \
    pc += 2;                                       \
    NEXT(D);                                       \
  }
INTERP_DEPTHS(BLOCK_HANDLER, Block)
INTERP_DEPTHS(BLOCK_HANDLER, Loop)

// What follows an `if` or `br_if` whose immediate is long, when control goes on behind it.
#define SKIP_HANDLERS(D, _)                        \
  COLD_HANDLER(SkipIf_##D) {                       \
    TrustedReader reader(pc + 1);                  \
    imm::Read(reader, imm::Tag<imm::BlockType>()); \
    pc = reader.position();                        \
    stp += 1;                                      \
    NEXT(D);                                       \
  }                                                \
  COLD_HANDLER(SkipBrIf_##D) {                     \
    pc = SkipLeb(pc + 1);                          \
    stp += 1;                                      \
    NEXT(D);                                       \
  }
INTERP_DEPTHS(SKIP_HANDLERS, )

#define IF_HANDLER(D, _)                                           \
  HANDLER(If_##D) {                                                \
    const bool condition = static_cast<uint32_t>(PEEK(D, 0)) != 0; \
    POP(D, 1);                                                     \
    IF_BODY(AfterPop(D), condition, pc);                           \
  }
INTERP_DEPTHS(IF_HANDLER, )

#define ELSE_HANDLER(D, _)                                   \
  HANDLER(Else_##D) {                                        \
    if (stp->keep == SideTableEntry::kOverflow) [[unlikely]] \
      TAIL(TakeBranch_##D);                                  \
    pc += stp->pc_delta;                                     \
    stp += stp->entry_delta;                                 \
    NEXT(D);                                                 \
  }
INTERP_DEPTHS(ELSE_HANDLER, )

#define END_HANDLER(D, _)                                  \
  HANDLER(End_##D) {                                       \
    if (pc + 1 == frame->code->code_end) TAIL(Return_##D); \
    pc += 1;                                               \
    NEXT(D);                                               \
  }
INTERP_DEPTHS(END_HANDLER, )

// In a function with a legacy try every `end` but the last is a branch to the next instruction that
// cuts the caught exception out from under the results.
#define CAREFUL_END_HANDLER(D, _)                          \
  HANDLER(CarefulEnd_##D) {                                \
    if (pc + 1 == frame->code->code_end) TAIL(Return_##D); \
    if (frame->code->has_legacy_try) TAIL(TakeBranch_##D); \
    pc += 1;                                               \
    NEXT(D);                                               \
  }
INTERP_DEPTHS(CAREFUL_END_HANDLER, )

// [exec-br] The slow forms: operands to move, far targets, a poll.
#ifdef TRENAIL_DISPATCH_SPEED
// With the top operand cached, a branch that keeps it and cuts others needs no memory.
COLD_HANDLER(TakeBranch_1) {
  if (instance->poll == 0 && stp->keep == 1) {
    sp -= stp->drop;
    pc += stp->pc_delta;
    stp += stp->entry_delta;
    NEXT(1);
  }
  FLUSH(1);
  TAIL(TakeBranch_0);
}
COLD_HANDLER(TakeBranch_2) {
  if (instance->poll == 0 && stp->keep == 1 && stp->drop != 0) {
    r0 = r1;
    sp -= stp->drop - 1;
    pc += stp->pc_delta;
    stp += stp->entry_delta;
    NEXT(1);
  }
  FLUSH(2);
  TAIL(TakeBranch_0);
}
#endif
COLD_HANDLER(TakeBranch_0) {
  if (instance->poll != 0) [[unlikely]] {
    SYNC();
    const Trap trap = rt::Poll(*instance);
    if (trap != Trap::kNone) RAISE(trap);
  }
  const WideSideTableEntry branch = Decode(stp);
  Slot* const kept = sp - branch.keep;
  std::memmove(kept - branch.drop, kept, branch.keep * sizeof(Slot));
  sp -= branch.drop;
  pc += branch.pc_delta;
  stp += branch.entry_delta;
  NEXT(0);
}

#define BR_HANDLER(D, _) \
  HANDLER(Br_##D) { BRANCH_BODY(D, pc); }
INTERP_DEPTHS(BR_HANDLER, )

#define BR_IF_HANDLER(D, _)                                        \
  HANDLER(BrIf_##D) {                                              \
    const bool condition = static_cast<uint32_t>(PEEK(D, 0)) != 0; \
    POP(D, 1);                                                     \
    BR_IF_BODY(AfterPop(D), condition, pc);                        \
  }
INTERP_DEPTHS(BR_IF_HANDLER, )

// [exec-br_table] The entry of the index, relative to itself; the branch's first byte is pc.
#define BR_TABLE_HANDLER(D, _)                                       \
  HANDLER(BrTable_##D) {                                             \
    uint64_t count = pc[1];                                          \
    if (count >= 0x80) [[unlikely]] {                                \
      count = (count & 0x7f) | uint64_t{pc[2] & 0x7fu} << 7;         \
      if (pc[2] >= 0x80) {                                           \
        count |= uint64_t{pc[3] & 0x7fu} << 14;                      \
        if (pc[3] >= 0x80) {                                         \
          count |= uint64_t{pc[4] & 0x7fu} << 21;                    \
          if (pc[4] >= 0x80) count |= uint64_t{pc[5] & 0x0fu} << 28; \
        }                                                            \
      }                                                              \
    }                                                                \
    const uint64_t index = static_cast<uint32_t>(PEEK(D, 0));        \
    POP(D, 1);                                                       \
    stp += index < count ? index : count;                            \
    BRANCH_BODY(AfterPop(D), pc);                                    \
  }
INTERP_DEPTHS(BR_TABLE_HANDLER, )

// ---- branches on references, at depth 0 --------------------------------------------------------

HANDLER(BrOnNull_0) {  // [exec-br_on_null]
  if (sp[-1] == runtime::kNullRef) {
    sp -= 1;
    TAIL(TakeBranch_0);
  }
  stp += 1;
  pc = SkipLeb(pc + 1);
  NEXT(0);
}
HANDLER(BrOnNonNull_0) {  // [exec-br_on_non_null]
  if (sp[-1] != runtime::kNullRef) TAIL(TakeBranch_0);
  sp -= 1;
  stp += 1;
  pc = SkipLeb(pc + 1);
  NEXT(0);
}

// The number behind the prefix may be padded, so that pc stands at the prefix whatever its length.
#define BR_ON_CAST(Name, taken_on_match)                                                     \
  HANDLER(Name##_0) {                                                                        \
    TrustedReader reader(SkipLeb(pc + 1));                                                   \
    const imm::BrOnCast cast = imm::Read(reader, imm::Tag<imm::BrOnCast>());                 \
    if (rt::RefTest(*instance, sp[-1], cast.target) == (taken_on_match)) TAIL(TakeBranch_0); \
    stp += 1;                                                                                \
    pc = reader.position();                                                                  \
    NEXT(0);                                                                                 \
  }
BR_ON_CAST(BrOnCast, true)
BR_ON_CAST(BrOnCastFail, false)

}  // namespace wasm::interp
