// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declares every handler. A handler of an instruction is called after its row in the table and the
// depth it is for: I32Add_0, I32Add_1, I32Add_2. Every row has one for depth 0; a row without one
// does not link.

#ifndef TRENAIL_INTERP_HANDLERS_H_
#define TRENAIL_INTERP_HANDLERS_H_

#include "interp/dispatch.h"
#include "interp/stack.h"
#include "interp/tuning.h"

namespace wasm::interp {

#define INSTR(Name, prefix, code, text, Imm, sig, Feature, flags) DECLARE_HANDLER(Name##_0);
#include "libwasm/opcodes/instructions.def"

#ifdef TRENAIL_DISPATCH_SPEED
// What has handlers at depths 1 and 2: NUMERIC, LOAD and STORE rows without prefix, trunc_sat, and
// INTERP_DEPTH_OPS.
#define INTERP_DEEPER(Name)  \
  DECLARE_HANDLER(Name##_1); \
  DECLARE_HANDLER(Name##_2);
#define INTERP_DEEPER_0x00(Name) INTERP_DEEPER(Name)
#define INTERP_DEEPER_0xfc(Name) INTERP_DEEPER(Name)
#define INTERP_DEEPER_0xfd(Name)
#define NUMERIC(Name, prefix, code, text, sig, Feature, flags) INTERP_DEEPER_##prefix(Name)
#define LOAD(Name, prefix, code, text, type, MemType, Feature) INTERP_DEEPER_##prefix(Name)
#define STORE(Name, prefix, code, text, type, MemType, Feature) INTERP_DEEPER_##prefix(Name)
#include "libwasm/opcodes/instructions.def"
INTERP_DEPTH_OPS(INTERP_DEEPER)
#undef INTERP_DEEPER
#undef INTERP_DEEPER_0x00
#undef INTERP_DEEPER_0xfc
#undef INTERP_DEEPER_0xfd

// Spill the cached operands and run the instruction at depth 0.
DECLARE_HANDLER(Spill_1);
DECLARE_HANDLER(Spill_2);
// One unit of fuel, then the instruction, unfused.
DECLARE_HANDLER(FuelStep_1);
DECLARE_HANDLER(FuelStep_2);
#endif
DECLARE_HANDLER(FuelStep_0);

// A prefixed instruction whose number takes more than one byte.
DECLARE_HANDLER(LongPrefix);
// Where no instruction has such bytes; validated code never gets here.
DECLARE_HANDLER(Illegal);

// Ends execution with the Trap in r0, raised by the instruction at pc; or, if it is an exception,
// goes on in its handler.
DECLARE_HANDLER(RaiseTrap);
// The same for what a function outside the interpreter returned: its deeper frames stay in the
// trace.
DECLARE_HANDLER(PropagateTrap);
// Branch by the entry at stp, operands flushed; pc at the branch instruction.
#define INTERP_DECLARE_AT(D, Name) DECLARE_HANDLER(Name##_##D);
INTERP_DEPTHS(INTERP_DECLARE_AT, TakeBranch)
// Control goes on behind an `if` or a `br_if` with a long immediate.
INTERP_DEPTHS(INTERP_DECLARE_AT, SkipIf)
INTERP_DEPTHS(INTERP_DECLARE_AT, SkipBrIf)
#undef INTERP_DECLARE_AT

// Calls, operands flushed, pc at the call instruction.
DECLARE_HANDLER(CallIndex);     // r1: function index, above it the length of the instruction
DECLARE_HANDLER(CallFunc);      // r0: FuncInst*, r1: the length of the instruction
DECLARE_HANDLER(TailCallFunc);  // r0: FuncInst*
DECLARE_HANDLER(ReturnSlow);    // results on top of the operand stack, flushed

// The handlers of functions that use v128 or legacy exceptions: those with all depths, and others.
#define INTERP_CAREFUL_DEPTH_OPS(X) X(LocalGet) X(LocalSet) X(LocalTee) X(Drop) X(End)
#define INTERP_CAREFUL_OPS(X) \
  X(Select) X(SelectTyped) X(GlobalGet) X(GlobalSet) X(Call) X(CallIndirect) X(CallRef)
#define INTERP_DECLARE_CAREFUL(Name) DECLARE_HANDLER(Careful##Name##_0);
#define INTERP_DECLARE_CAREFUL_DEPTH(D, Name) DECLARE_HANDLER(Careful##Name##_##D);
#define INTERP_DECLARE_CAREFUL_DEPTHS(Name) INTERP_DEPTHS(INTERP_DECLARE_CAREFUL_DEPTH, Name)
INTERP_CAREFUL_OPS(INTERP_DECLARE_CAREFUL)
INTERP_CAREFUL_DEPTH_OPS(INTERP_DECLARE_CAREFUL_DEPTHS)
#undef INTERP_DECLARE_CAREFUL
#undef INTERP_DECLARE_CAREFUL_DEPTH
#undef INTERP_DECLARE_CAREFUL_DEPTHS

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_HANDLERS_H_
