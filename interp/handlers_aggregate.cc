// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structs, arrays, i31 and casts [exec-struct] [exec-array] [exec-ref.cast], at depth 0. What
// allocates may collect: its operands are popped only afterwards.

#include "interp/control.h"
#include "interp/handlers.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/ops_aggregate.h"

namespace wasm::interp {

namespace {

const CanonType& TypeOf(const Instance* instance, TypeIdx type) {
  return instance->types->Get(instance->type_ids[type.value]);
}
uint32_t FieldSlots(const CanonType::FieldLayout& field) { return field.size == 16 ? 2 : 1; }
uint32_t StructSlots(const Instance* instance, TypeIdx type) {
  uint32_t slots = 0;
  for (const auto& field : TypeOf(instance, type).layout) slots += FieldSlots(field);
  return slots;
}
uint32_t ElementSlots(const Instance* instance, TypeIdx type) {
  return FieldSlots(TypeOf(instance, type).layout[0]);
}

}  // namespace

// A handler with immediate i; its body leaves sp right, or raises.
#define GC_HANDLER(Name, Imm, ...)                                               \
  HANDLER(Name##_0) {                                                            \
    TrustedReader reader(pc + 2);                                                \
    [[maybe_unused]] const imm::Imm i = imm::Read(reader, imm::Tag<imm::Imm>()); \
    __VA_ARGS__                                                                  \
    pc = reader.position();                                                      \
    NEXT(0);                                                                     \
  }
#define GC_RAISE(trap)                    \
  if ((trap) != Trap::kNone) [[unlikely]] \
  RAISE(trap)

// Allocations: replace the operands from `a` on by the new reference.
#define ALLOCATION(...)                       \
  do {                                        \
    SYNC();                                   \
    const OrTrap<Ref> result = (__VA_ARGS__); \
    GC_RAISE(result.trap);                    \
    a[0] = result.value;                      \
    sp = a + 1;                               \
  } while (false)

GC_HANDLER(StructNew, TypeIdx, {  // [exec-struct.new]
  Slot* const a = sp - StructSlots(instance, i.type);
  ALLOCATION(rt::StructNew(*instance, i.type, a));
})
GC_HANDLER(StructNewDefault, TypeIdx, {
  Slot* const a = sp;
  ALLOCATION(rt::StructNewDefault(*instance, i.type));
})
GC_HANDLER(ArrayNew, TypeIdx, {  // [exec-array.new]
  Slot* const a = sp - 1 - ElementSlots(instance, i.type);
  ALLOCATION(rt::ArrayNew(*instance, i.type, a, static_cast<uint32_t>(sp[-1])));
})
GC_HANDLER(ArrayNewDefault, TypeIdx, {
  Slot* const a = sp - 1;
  ALLOCATION(rt::ArrayNewDefault(*instance, i.type, static_cast<uint32_t>(a[0])));
})
GC_HANDLER(ArrayNewFixed, TypeLen, {
  Slot* const a = sp - uint64_t{i.length} * ElementSlots(instance, i.type);
  ALLOCATION(rt::ArrayNewFixed(*instance, i.type, a, i.length));
})
GC_HANDLER(ArrayNewData, TypeData, {
  Slot* const a = sp - 2;
  ALLOCATION(rt::ArrayNewData(*instance, i.type, i.data, static_cast<uint32_t>(a[0]),
                              static_cast<uint32_t>(a[1])));
})
GC_HANDLER(ArrayNewElem, TypeElem, {
  Slot* const a = sp - 2;
  ALLOCATION(rt::ArrayNewElem(*instance, i.type, i.elem, static_cast<uint32_t>(a[0]),
                              static_cast<uint32_t>(a[1])));
})

// Field access. A v128 field takes two slots.
#define STRUCT_GET(Name)                                                      \
  GC_HANDLER(Name, TypeField, {                                               \
    const Trap trap = rt::Name(*instance, i.type, i.field, sp[-1], sp - 1);   \
    GC_RAISE(trap);                                                           \
    sp = sp - 1 + FieldSlots(TypeOf(instance, i.type).layout[i.field.value]); \
  })
STRUCT_GET(StructGet)
STRUCT_GET(StructGetS)
GC_HANDLER(StructGetU, TypeField, {
  const Trap trap = rt::StructGet(*instance, i.type, i.field, sp[-1], sp - 1);
  GC_RAISE(trap);
})
GC_HANDLER(StructSet, TypeField, {  // [exec-struct.set]
  Slot* const a = sp - 1 - FieldSlots(TypeOf(instance, i.type).layout[i.field.value]);
  const Trap trap = rt::StructSet(*instance, i.type, i.field, a[0], a + 1);
  GC_RAISE(trap);
  sp = a;
})

#define ARRAY_GET(Name, operation)                                                            \
  GC_HANDLER(Name, TypeIdx, {                                                                 \
    Slot* const a = sp - 2;                                                                   \
    const Trap trap = rt::operation(*instance, i.type, a[0], static_cast<uint32_t>(a[1]), a); \
    GC_RAISE(trap);                                                                           \
    sp = a + ElementSlots(instance, i.type);                                                  \
  })
ARRAY_GET(ArrayGet, ArrayGet)
ARRAY_GET(ArrayGetS, ArrayGetS)
ARRAY_GET(ArrayGetU, ArrayGet)
GC_HANDLER(ArraySet, TypeIdx, {  // [exec-array.set]
  Slot* const a = sp - 2 - ElementSlots(instance, i.type);
  const Trap trap = rt::ArraySet(*instance, i.type, a[0], static_cast<uint32_t>(a[1]), a + 2);
  GC_RAISE(trap);
  sp = a;
})
GC_HANDLER(ArrayLen, None, {
  const OrTrap<uint32_t> length = rt::ArrayLen(sp[-1]);
  GC_RAISE(length.trap);
  sp[-1] = length.value;
})

GC_HANDLER(ArrayFill, TypeIdx, {  // [exec-array.fill]
  SYNC();
  Slot* const a = sp - 3 - ElementSlots(instance, i.type);
  const Trap trap = rt::ArrayFill(*instance, i.type, a[0], static_cast<uint32_t>(a[1]), a + 2,
                                  static_cast<uint32_t>(sp[-1]));
  GC_RAISE(trap);
  sp = a;
})
GC_HANDLER(ArrayCopy, TypeType, {  // [exec-array.copy]
  SYNC();
  Slot* const a = sp - 5;
  const Trap trap = rt::ArrayCopy(*instance, i.dst, i.src, a[0], static_cast<uint32_t>(a[1]), a[2],
                                  static_cast<uint32_t>(a[3]), static_cast<uint32_t>(a[4]));
  GC_RAISE(trap);
  sp = a;
})
#define ARRAY_INIT(Name, Imm, segment)                                                          \
  GC_HANDLER(Name, Imm, {                                                                       \
    SYNC();                                                                                     \
    Slot* const a = sp - 4;                                                                     \
    const Trap trap = rt::Name(*instance, i.type, i.segment, a[0], static_cast<uint32_t>(a[1]), \
                               static_cast<uint32_t>(a[2]), static_cast<uint32_t>(a[3]));       \
    GC_RAISE(trap);                                                                             \
    sp = a;                                                                                     \
  })
ARRAY_INIT(ArrayInitData, TypeData, data)
ARRAY_INIT(ArrayInitElem, TypeElem, elem)

// Casts [exec-ref.test] [exec-ref.cast].
#define REF_TEST(Name, nullable) \
  GC_HANDLER(Name, HeapType, { sp[-1] = rt::RefTest(*instance, sp[-1], i.heap_type, nullable); })
REF_TEST(RefTest, false)
REF_TEST(RefTestNull, true)
#define REF_CAST(Name, nullable)                                                    \
  GC_HANDLER(Name, HeapType, {                                                      \
    const OrTrap<Ref> cast = rt::RefCast(*instance, sp[-1], i.heap_type, nullable); \
    GC_RAISE(cast.trap);                                                            \
  })
REF_CAST(RefCast, false)
REF_CAST(RefCastNull, true)

// A reference keeps its bits when it changes hierarchy [exec-extern.convert_any].
GC_HANDLER(AnyConvertExtern, None, {})
GC_HANDLER(ExternConvertAny, None, {})

GC_HANDLER(RefI31, None, { sp[-1] = runtime::MakeI31(static_cast<uint32_t>(sp[-1])); })
#define I31_GET(Name)                                \
  GC_HANDLER(Name, None, {                           \
    const OrTrap<uint32_t> value = rt::Name(sp[-1]); \
    GC_RAISE(value.trap);                            \
    sp[-1] = value.value;                            \
  })
I31_GET(I31GetS)
I31_GET(I31GetU)

}  // namespace wasm::interp
