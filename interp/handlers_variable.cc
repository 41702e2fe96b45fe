// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variable and parametric instructions [exec-variable] [exec-parametric]. Where the speed build's
// dispatch key says that a local's index is small, the index is part of the handler.

#include "interp/careful.h"
#include "interp/handlers.h"
#include "interp/leb.h"
#include "libwasm/support/reader.h"

namespace wasm::interp {

// What a local instruction does to local number `index`, at a pc behind its immediate.
#define LOCAL_GET_BODY(D, index) \
  PUSH(D, locals[index]);        \
  NEXT(AfterPush(D))
#define LOCAL_SET_BODY(D, index) \
  locals[index] = PEEK(D, 0);    \
  POP(D, 1);                     \
  NEXT(AfterPop(D))
#define LOCAL_TEE_BODY(D, index) \
  locals[index] = PEEK(D, 0);    \
  NEXT(D)

#define LOCAL_HANDLERS(D, Name, BODY)                      \
  HANDLER(Name##_##D##_Longest) {                          \
    uint32_t length;                                       \
    const uint32_t index = ReadTwoToFour(pc + 1, &length); \
    pc += 1 + length;                                      \
    BODY(D, index);                                        \
  }                                                        \
  HANDLER(Name##_##D##_Long) {                             \
    if (pc[2] < 0x80) {                                    \
      const uint32_t index = (pc[1] & 0x7fu) | pc[2] << 7; \
      pc += 3;                                             \
      BODY(D, index);                                      \
    }                                                      \
    if (!IsFiveBytes(pc + 1)) TAIL(Name##_##D##_Longest);  \
    const uint32_t index = ReadFiveBytes(pc + 1);          \
    pc += 6;                                               \
    BODY(D, index);                                        \
  }                                                        \
  HANDLER(Name##_##D) {                                    \
    const uint32_t index = pc[1];                          \
    if (index >= 0x80) [[unlikely]]                        \
      TAIL(Name##_##D##_Long);                             \
    pc += 2;                                               \
    BODY(D, index);                                        \
  }
INTERP_DEPTHS(LOCAL_HANDLERS, LocalGet, LOCAL_GET_BODY)
INTERP_DEPTHS(LOCAL_HANDLERS, LocalSet, LOCAL_SET_BODY)
INTERP_DEPTHS(LOCAL_HANDLERS, LocalTee, LOCAL_TEE_BODY)

#ifdef TRENAIL_DISPATCH_SPEED
#define BAKED_LOCAL(n, D, Name, BODY) \
  HANDLER(Name##_##D##_At##n) {       \
    pc += 2;                          \
    BODY(D, n);                       \
  }
#define BAKED_LOCALS(D, Name, BODY) INTERP_BAKED_LOCALS(BAKED_LOCAL, D, Name, BODY)
INTERP_DEPTHS(BAKED_LOCALS, LocalGet, LOCAL_GET_BODY)
INTERP_DEPTHS(BAKED_LOCALS, LocalSet, LOCAL_SET_BODY)
INTERP_DEPTHS(BAKED_LOCALS, LocalTee, LOCAL_TEE_BODY)
#endif

// Globals [exec-global.get] [exec-global.set].
#define GLOBAL_GET_BODY(D, index)              \
  PUSH(D, instance->globals[index]->value[0]); \
  NEXT(AfterPush(D))
#define GLOBAL_SET_BODY(D, index)                  \
  instance->globals[index]->value[0] = PEEK(D, 0); \
  POP(D, 1);                                       \
  NEXT(AfterPop(D))
INTERP_DEPTHS(LOCAL_HANDLERS, GlobalGet, GLOBAL_GET_BODY)
INTERP_DEPTHS(LOCAL_HANDLERS, GlobalSet, GLOBAL_SET_BODY)

// [exec-drop] [exec-select]
#define DROP_HANDLER(D, _) \
  HANDLER(Drop_##D) {      \
    POP(D, 1);             \
    pc += 1;               \
    NEXT(AfterPop(D));     \
  }
INTERP_DEPTHS(DROP_HANDLER, )

#define SELECT_HANDLER(D, _)                                                                 \
  HANDLER(Select_##D) {                                                                      \
    const uint64_t value = static_cast<uint32_t>(PEEK(D, 0)) != 0 ? PEEK(D, 2) : PEEK(D, 1); \
    POP(D, 3);                                                                               \
    PUSH(AfterPop(D, 3), value);                                                             \
    pc += 1;                                                                                 \
    NEXT(AfterPush(AfterPop(D, 3)));                                                         \
  }
INTERP_DEPTHS(SELECT_HANDLER, )

HANDLER(SelectTyped_0) {
  const uint64_t value = static_cast<uint32_t>(PEEK(0, 0)) != 0 ? PEEK(0, 2) : PEEK(0, 1);
  POP(0, 3);
  PUSH(0, value);
  pc = SkipSelectTypes(pc);
  NEXT(1);
}

// ---- functions that use v128: values take one slot or two --------------------------------------

// A vector is never cached: at depths 1 and 2 the top operand takes one slot.
#define CAREFUL_LOCALS(D, _)                                \
  HANDLER(CarefulLocalGet_##D) {                            \
    const LocalSlots local = FindLocal(frame->code, &pc);   \
    if (local.count == 1) {                                 \
      PUSH(D, locals[local.first]);                         \
      NEXT(AfterPush(D));                                   \
    }                                                       \
    FLUSH(D);                                               \
    std::memcpy(sp, locals + local.first, 16);              \
    sp += 2;                                                \
    NEXT(0);                                                \
  }                                                         \
  HANDLER(CarefulLocalSet_##D) {                            \
    const LocalSlots local = FindLocal(frame->code, &pc);   \
    if (D == 0 && local.count == 2) {                       \
      sp -= 2;                                              \
      std::memcpy(locals + local.first, sp, 16);            \
      NEXT(0);                                              \
    }                                                       \
    locals[local.first] = PEEK(D, 0);                       \
    POP(D, 1);                                              \
    NEXT(AfterPop(D));                                      \
  }                                                         \
  HANDLER(CarefulLocalTee_##D) {                            \
    const LocalSlots local = FindLocal(frame->code, &pc);   \
    if (D == 0 && local.count == 2)                         \
      std::memcpy(locals + local.first, sp - 2, 16);        \
    else                                                    \
      locals[local.first] = PEEK(D, 0);                     \
    NEXT(D);                                                \
  }                                                         \
  HANDLER(CarefulDrop_##D) {                                \
    const uint32_t count = OperandSlots(frame->code, &stp); \
    if (D == 0) sp -= count;                                \
    pc += 1;                                                \
    NEXT(AfterPop(D));                                      \
  }
INTERP_DEPTHS(CAREFUL_LOCALS, )

HANDLER(CarefulGlobalGet_0) {
  TrustedReader reader(pc + 1);
  const uint32_t index = reader.ReadU32();
  const uint32_t count = GlobalSlots(*instance, index);
  const Slot* const value = instance->globals[index]->value;
  sp[0] = value[0];
  if (count == 2) sp[1] = value[1];
  sp += count;
  pc = reader.position();
  NEXT(0);
}
HANDLER(CarefulGlobalSet_0) {
  TrustedReader reader(pc + 1);
  const uint32_t index = reader.ReadU32();
  const uint32_t count = GlobalSlots(*instance, index);
  Slot* const value = instance->globals[index]->value;
  sp -= count;
  value[0] = sp[0];
  if (count == 2) value[1] = sp[1];
  pc = reader.position();
  NEXT(0);
}
HANDLER(CarefulSelect_0) {
  sp = SelectWide(sp, OperandSlots(frame->code, &stp));
  pc += 1;
  NEXT(0);
}
HANDLER(CarefulSelectTyped_0) {
  sp = SelectWide(sp, OperandSlots(frame->code, &stp));
  pc = SkipSelectTypes(pc);
  NEXT(0);
}

}  // namespace wasm::interp
