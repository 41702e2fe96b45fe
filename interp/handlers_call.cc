// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and returns [exec-call] [exec-return]. A call between functions of one instance pushes a
// control frame and goes on; it never recurses natively. CallFunc is the general form: another
// instance, code not validated yet, a careful function, a host function, compiled code.

#include <algorithm>

#include "interp/call.h"
#include "interp/control.h"
#include "interp/handlers.h"
#include "interp/leb.h"
#include "interp/tables.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/ops_call.h"

namespace wasm::interp {

using runtime::FuncKind;

// ---- call --------------------------------------------------------------------------------------

// r0: the callee's code, r1: its index. pc + `length` is behind the call; `give_up` makes pc and r1
// what CallIndex expects. The arguments on the operand stack become the callee's first locals where
// they lie. All scratch registers are in use: r0 and r1 must die here rather than be passed on.
#define ENTER_BODY(length, give_up)                                               \
  do {                                                                            \
    const CodeInfo* const callee = reinterpret_cast<const CodeInfo*>(r0);         \
    Slot* callee_locals = sp - callee->param_slots;                               \
    asm volatile("" : "+r"(callee_locals)); /* what follows counts from here */   \
    if (!CanEnterFast(callee, instance, frame, callee_locals)) [[unlikely]] {     \
      give_up;                                                                    \
      TAIL(CallIndex);                                                            \
    }                                                                             \
    frame->pc = pc + (length);                                                    \
    frame->stp = stp;                                                             \
    frame += 1;                                                                   \
    frame->locals = callee_locals;                                                \
    frame->code = callee;                                                         \
    frame->instance = instance;                                                   \
    const uint64_t index_and_flags = static_cast<uint32_t>(r1); /* flags: zero */ \
    static_assert(offsetof(Frame, flags) == offsetof(Frame, func_index) + 4);     \
    std::memcpy(&frame->func_index, &index_and_flags, 8);                         \
    locals = callee_locals;                                                       \
    Slot* operands = callee_locals + callee->local_slots;                         \
    asm volatile("" : "+r"(operands));                                            \
    ZERO_LOCALS(sp, operands);                                                    \
    sp = operands;                                                                \
    pc = callee->code;                                                            \
    stp = SideTable(callee);                                                      \
    NEXT(0);                                                                      \
  } while (false)

// The same from r1, an index, and behind it, above, the length of the call; pc is behind the call.
HANDLER_NOINLINE(EnterFast) { ENTER_BODY(0, pc -= r1 >> 32); }

// A call of function `index` in `length` bytes, both fixed by the handler.
#define CALL_BODY(index, length)                                                         \
  do {                                                                                   \
    r1 = (index);                                                                        \
    r0 = reinterpret_cast<uint64_t>(instance->code[r1].load(std::memory_order_acquire)); \
    if (r0 == 0) [[unlikely]] {                                                          \
      r1 |= uint64_t{length} << 32;                                                      \
      TAIL(CallIndex);                                                                   \
    }                                                                                    \
    ENTER_BODY(length, r1 |= uint64_t{length} << 32);                                    \
  } while (false)

DECLARE_HANDLER(CallLong);
DECLARE_HANDLER(CallLonger);
HANDLER_NOINLINE(Call_0) {
  const uint64_t low = pc[1];
  if (low >= 0x80) TAIL(CallLong);
  CALL_BODY(low, 2);
}
#ifdef TRENAIL_DISPATCH_SPEED
HANDLER(Call_1) {
  FLUSH(1);
  if (pc[1] >= 0x80) TAIL(CallLong);
  TAIL(Call_0);
}
HANDLER(Call_2) {
  FLUSH(2);
  if (pc[1] >= 0x80) TAIL(CallLong);
  TAIL(Call_0);
}
#endif

// Linkers pad the index to five bytes; most are small all the same.
HANDLER_NOINLINE(CallLong) {
  if (!IsPaddedIndex(pc + 1)) TAIL(CallLonger);
  CALL_BODY(ReadPaddedIndex(pc + 1), 6);
}
HANDLER_NOINLINE(CallLonger) {
  uint32_t length;
  const uint64_t index = ReadIndex(pc + 1, &length);
  r1 = index | uint64_t{length + 1} << 32;
  r0 = reinterpret_cast<uint64_t>(instance->code[index].load(std::memory_order_acquire));
  if (r0 == 0) [[unlikely]]
    TAIL(CallIndex);
  pc += 1 + length;
  TAIL(EnterFast);
}
COLD_HANDLER(CallIndex) {
  r0 = rt::ToRef(rt::FuncRef(*instance, FuncIdx(static_cast<uint32_t>(r1))));
  r1 >>= 32;
  TAIL(CallFunc);
}

// ---- call_indirect, call_ref -------------------------------------------------------------------

// r0: the FuncInst, r1: the length of the instruction.
HANDLER_NOINLINE(CallRefFast) {
  FuncInst* const func = rt::ToFunc(r0);
  if (func->kind != FuncKind::kInterpreted || func->instance != instance) TAIL(CallFunc);
  const uint64_t index = func->func_index;
  const CodeInfo* const callee = instance->code[index].load(std::memory_order_acquire);
  if (callee == nullptr) [[unlikely]]
    TAIL(CallFunc);
  pc += r1;
  r0 = reinterpret_cast<uint64_t>(callee);
  r1 = index | r1 << 32;
  TAIL(EnterFast);
}

#define CALL_INDIRECT_HANDLER(D, _)                               \
  HANDLER(CallIndirect_##D) {                                     \
    FLUSH(D);                                                     \
    if ((LoadBytes<uint16_t>(pc + 1) & 0x8080) != 0) [[unlikely]] \
      TAIL(CallIndirectLong);                                     \
    CALL_INDIRECT_BODY(pc[1], pc[2], 3);                          \
  }
// A null or wide index, an uninitialised element or another type than expected is for
// CallIndirectExact.
#define CALL_INDIRECT_BODY(type, table_index, length)                                     \
  do {                                                                                    \
    const runtime::VMTable& elements = *instance->tables[table_index];                    \
    const uint64_t element = sp[-1];                                                      \
    if (element >= elements.size) [[unlikely]]                                            \
      TAIL(CallIndirectExact);                                                            \
    const Ref ref = elements.elements[element];                                           \
    if (ref == runtime::kNullRef || rt::ToFunc(ref)->type_id != instance->type_ids[type]) \
        [[unlikely]]                                                                      \
      TAIL(CallIndirectExact);                                                            \
    sp -= 1;                                                                              \
    r0 = ref;                                                                             \
    r1 = (length);                                                                        \
    TAIL(CallRefFast);                                                                    \
  } while (false)
DECLARE_HANDLER(CallIndirectExact);
DECLARE_HANDLER(CallIndirectLong);
INTERP_DEPTHS(CALL_INDIRECT_HANDLER, )

// Linkers pad both indices to five bytes; most are small all the same.
HANDLER_NOINLINE(CallIndirectLong) {
  if (IsPaddedSmall(pc + 1) && IsPaddedSmall(pc + 6)) [[likely]]
    CALL_INDIRECT_BODY(pc[1] & 0x7f, pc[6] & 0x7f, 11);
  uint32_t type_length;
  uint32_t table_length;
  const uint32_t type = ReadIndex(pc + 1, &type_length);
  const uint32_t table_index = ReadIndex(pc + 1 + type_length, &table_length);
  CALL_INDIRECT_BODY(type, table_index, 1 + type_length + table_length);
}

// Subtypes [exec-call_indirect], and the traps.
COLD_HANDLER(CallIndirectExact) {
  TrustedReader reader(pc + 1);
  const imm::CallIndirect i = imm::Read(reader, imm::Tag<imm::CallIndirect>());
  const OrTrap<FuncInst*> func = rt::ResolveIndirect(*instance, i.type, i.table, sp[-1]);
  if (!func.ok()) RAISE(func.trap);
  sp -= 1;
  r0 = rt::ToRef(func.value);
  r1 = static_cast<uint64_t>(reader.position() - pc);
  TAIL(CallRefFast);
}

HANDLER(CallRef_0) {  // [exec-call_ref]
  if (sp[-1] == runtime::kNullRef) [[unlikely]]
    RAISE(Trap::kNullFunctionReference);
  r0 = *--sp;
  r1 = static_cast<uint64_t>(SkipLeb(pc + 1) - pc);
  TAIL(CallRefFast);
}

// From a careful function the callee's table is another one.
HANDLER(CarefulCall_0) {
  TrustedReader reader(pc + 1);
  const uint64_t index = reader.ReadU32();
  r1 = index | static_cast<uint64_t>(reader.position() - pc) << 32;
  TAIL(CallIndex);
}
HANDLER(CarefulCallIndirect_0) {
  TrustedReader reader(pc + 1);
  const imm::CallIndirect i = imm::Read(reader, imm::Tag<imm::CallIndirect>());
  const OrTrap<FuncInst*> func = rt::ResolveIndirect(*instance, i.type, i.table, sp[-1]);
  if (!func.ok()) [[unlikely]]
    RAISE(func.trap);
  sp -= 1;
  r0 = rt::ToRef(func.value);
  r1 = static_cast<uint64_t>(reader.position() - pc);
  TAIL(CallFunc);
}
HANDLER(CarefulCallRef_0) {
  if (sp[-1] == runtime::kNullRef) [[unlikely]]
    RAISE(Trap::kNullFunctionReference);
  r0 = *--sp;
  r1 = static_cast<uint64_t>(SkipLeb(pc + 1) - pc);
  TAIL(CallFunc);
}

// ---- the general call --------------------------------------------------------------------------

DECLARE_HANDLER(CallNative);

COLD_HANDLER(CallFunc) {
  FuncInst* const func = rt::ToFunc(r0);
  if (instance->poll != 0) [[unlikely]] {
    SYNC();
    const Trap trap = rt::Poll(*instance);
    if (trap != Trap::kNone) RAISE(trap);
  }
  if (func->kind != FuncKind::kInterpreted) TAIL(CallNative);
  Instance* const callee_instance = func->instance;
  const CodeInfo* callee = callee_instance->code[func->func_index].load(std::memory_order_acquire);
  if (callee == nullptr) {
    SYNC();
    callee = rt::EnsureCode(*callee_instance, func->func_index);
    if (callee == nullptr) RAISE(Trap::kHostError);
  }
  VMThread* const thread = instance->thread;
  Slot* const callee_locals = sp - callee->param_slots;
  if (!Fits(thread, frame, callee_locals, callee)) RAISE(Trap::kStackExhausted);
  frame->pc = pc + r1;
  frame->stp = stp;
  frame += 1;
  frame->locals = callee_locals;
  frame->code = callee;
  frame->instance = callee_instance;
  frame->func_index = func->func_index;
  // Back in the caller, table and memory must be its own again.
  frame->flags = kReturnSlowly;
  Slot* const end = callee_locals + callee->local_slots;
  std::fill(sp, end, Slot{0});
  locals = callee_locals;
  sp = end;
  instance = callee_instance;
  mem = FastMemory(instance);
  table = TableFor(callee, thread);
  pc = callee->code;
  stp = SideTable(callee);
  NEXT(0);
}

// A function of another engine, or of the host: arguments and results in place on the value stack.
COLD_HANDLER(CallNative) {
  FuncInst* const func = rt::ToFunc(r0);
  VMThread* const thread = instance->thread;
  Slot* const slots = sp - func->param_slots;
  Slot* const top = slots + std::max(func->param_slots, func->result_slots);
  if (top > thread->stack_limit) RAISE(Trap::kStackExhausted);
  frame->pc = pc + r1;
  thread->stack_top = top;
  thread->frame_top = frame + 1;
  const Trap trap = func->entry(thread, func, slots);
  if (trap != Trap::kNone) [[unlikely]] {
    r0 = static_cast<uint64_t>(trap);
    TAIL(PropagateTrap);
  }
  sp = slots + func->result_slots;
  pc += r1;
  NEXT(0);
}

// ---- return ------------------------------------------------------------------------------------

// The results move to where the arguments were, on top of the caller's operands.
#define RETURN_TO_CALLER(depth)                           \
  do {                                                    \
    sp = locals;                                          \
    frame -= 1;                                           \
    locals = frame->locals;                               \
    pc = frame->pc;                                       \
    stp = static_cast<const SideTableEntry*>(frame->stp); \
    NEXT(depth);                                          \
  } while (false)

HANDLER(Return_0) {
  if (frame->flags != 0) [[unlikely]]
    TAIL(ReturnSlow);
  const uint32_t results = frame->code->result_slots;
  if (results == 0) RETURN_TO_CALLER(0);
  if (results != 1) TAIL(ReturnSlow);
  r0 = sp[-1];
#ifdef TRENAIL_DISPATCH_SPEED
  RETURN_TO_CALLER(1);
#else
  locals[0] = r0;
  sp = locals + 1;
  frame -= 1;
  locals = frame->locals;
  pc = frame->pc;
  stp = static_cast<const SideTableEntry*>(frame->stp);
  NEXT(0);
#endif
}
#ifdef TRENAIL_DISPATCH_SPEED
COLD_HANDLER(ReturnSlow_1) {
  FLUSH(1);
  TAIL(ReturnSlow);
}
COLD_HANDLER(ReturnSlow_2) {
  FLUSH(2);
  TAIL(ReturnSlow);
}
HANDLER(Return_1) {
  if (frame->flags != 0) [[unlikely]]
    TAIL(ReturnSlow_1);
  const uint32_t results = frame->code->result_slots;
  if (results == 1) RETURN_TO_CALLER(1);
  if (results != 0) TAIL(ReturnSlow_1);
  RETURN_TO_CALLER(0);
}
HANDLER(Return_2) {
  if (frame->flags != 0) [[unlikely]]
    TAIL(ReturnSlow_2);
  const uint32_t results = frame->code->result_slots;
  if (results == 0) RETURN_TO_CALLER(0);
  if (results != 1) TAIL(ReturnSlow_2);
  r0 = r1;
  RETURN_TO_CALLER(1);
}
#endif

HANDLER(ReturnSlow) {
  const uint32_t results = frame->code->result_slots;
  std::memmove(locals, sp - results, results * sizeof(Slot));
  if ((frame->flags & kEntryFrame) != 0) return static_cast<Status>(Trap::kNone);
  const uint32_t flags = frame->flags;
  sp = locals + results;
  frame -= 1;
  locals = frame->locals;
  pc = frame->pc;
  stp = static_cast<const SideTableEntry*>(frame->stp);
  if (flags != 0) {
    instance = frame->instance;
    mem = FastMemory(instance);
    table = TableFor(frame->code, instance->thread);
  }
  NEXT(0);
}

// ---- tail calls --------------------------------------------------------------------------------

HANDLER(ReturnCall_0) {  // [exec-return_call]
  TrustedReader reader(pc + 1);
  r0 = rt::ToRef(rt::FuncRef(*instance, FuncIdx(reader.ReadU32())));
  TAIL(TailCallFunc);
}
HANDLER(ReturnCallIndirect_0) {
  TrustedReader reader(pc + 1);
  const imm::CallIndirect i = imm::Read(reader, imm::Tag<imm::CallIndirect>());
  const OrTrap<FuncInst*> func = rt::ResolveIndirect(*instance, i.type, i.table, sp[-1]);
  if (!func.ok()) [[unlikely]]
    RAISE(func.trap);
  sp -= 1;
  r0 = rt::ToRef(func.value);
  TAIL(TailCallFunc);
}
HANDLER(ReturnCallRef_0) {
  if (sp[-1] == runtime::kNullRef) [[unlikely]]
    RAISE(Trap::kNullFunctionReference);
  r0 = *--sp;
  TAIL(TailCallFunc);
}

DECLARE_HANDLER(TailCallNative);

// The callee takes the place of the frame: arguments move down to its first local.
HANDLER(TailCallFunc) {
  FuncInst* const func = rt::ToFunc(r0);
  if (instance->poll != 0) [[unlikely]] {
    SYNC();
    const Trap trap = rt::Poll(*instance);
    if (trap != Trap::kNone) RAISE(trap);
  }
  if (func->kind != FuncKind::kInterpreted) TAIL(TailCallNative);
  Instance* const callee_instance = func->instance;
  const CodeInfo* callee = callee_instance->code[func->func_index].load(std::memory_order_acquire);
  if (callee == nullptr) {
    SYNC();
    callee = rt::EnsureCode(*callee_instance, func->func_index);
    if (callee == nullptr) RAISE(Trap::kHostError);
  }
  VMThread* const thread = instance->thread;
  if (!Fits(thread, frame - 1, locals, callee)) RAISE(Trap::kStackExhausted);
  std::memmove(locals, sp - callee->param_slots, callee->param_slots * sizeof(Slot));
  if (callee_instance != instance) {
    instance = callee_instance;
    mem = FastMemory(instance);
    frame->flags |= kReturnSlowly;
  }
  const void* const callee_table = TableFor(callee, thread);
  if (callee_table != table) {
    table = callee_table;
    frame->flags |= kReturnSlowly;
  }
  frame->code = callee;
  frame->instance = callee_instance;
  frame->func_index = func->func_index;
  sp = locals + callee->local_slots;
  std::fill(locals + callee->param_slots, sp, Slot{0});
  pc = callee->code;
  stp = SideTable(callee);
  NEXT(0);
}

// The frame stays until the native function has returned: nothing can be called from it twice, so
// chains through such calls still take constant space.
COLD_HANDLER(TailCallNative) {
  FuncInst* const func = rt::ToFunc(r0);
  VMThread* const thread = instance->thread;
  std::memmove(locals, sp - func->param_slots, func->param_slots * sizeof(Slot));
  Slot* const top = locals + std::max(func->param_slots, func->result_slots);
  if (top > thread->stack_limit) RAISE(Trap::kStackExhausted);
  frame->pc = pc + 1;
  thread->stack_top = top;
  thread->frame_top = frame + 1;
  const Trap trap = func->entry(thread, func, locals);
  if (trap != Trap::kNone) [[unlikely]] {
    r0 = static_cast<uint64_t>(trap);
    TAIL(PropagateTrap);
  }
  sp = locals + func->result_slots;
  TAIL(ReturnSlow);
}

}  // namespace wasm::interp
