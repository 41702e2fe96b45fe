// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As the interpreter's handlers of the same names, with the members of the immediate in a and b.
// Operands stay where they are until an allocation is done: the stack is scanned for references.

#include "libwasm/native/builtins_by_hand.h"

#include <array>
#include <cstring>

#include "libwasm/native/builtins_generic.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/numerics.h"
#include "libwasm/runtime/ops_aggregate.h"
#include "libwasm/runtime/ops_atomic.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/ops_memory.h"
#include "libwasm/runtime/ops_table.h"

namespace wasm::native::by_hand {

using generic::Check;
using generic::MemoryOf;
using generic::Value;
using runtime::Instance;
using runtime::Slot;

namespace {

constexpr uint32_t U32(uint64_t value) { return static_cast<uint32_t>(value); }

uint32_t ElementSlots(const Instance* instance, uint64_t type) {
  const CanonType& canonical = instance->types->Get(instance->type_ids[type]);
  return canonical.layout[0].size == 16 ? 2 : 1;
}

}  // namespace

// s: the operands and results, a and b: the immediate.
#define GENERIC(Name)                                                      \
  void Name([[maybe_unused]] Instance* instance, [[maybe_unused]] Slot* s, \
            [[maybe_unused]] uint64_t a, [[maybe_unused]] uint64_t b)

// ---- variables, tables, memories ---------------------------------------------------------------

GENERIC(GlobalGet) {
  s[0] = instance->globals[a]->value[0];
  if (instance->data->module().globals[a].type.type.slots() == 2)
    s[1] = instance->globals[a]->value[1];
}
GENERIC(GlobalSet) {
  instance->globals[a]->value[0] = s[0];
  if (instance->data->module().globals[a].type.type.slots() == 2)
    instance->globals[a]->value[1] = s[1];
}

GENERIC(TableGet) { s[0] = Value(instance, rt::TableGet(*instance, TableIdx(U32(a)), s[0])); }
GENERIC(TableSet) { Check(instance, rt::TableSet(*instance, TableIdx(U32(a)), s[0], s[1])); }
GENERIC(TableSize) { s[0] = rt::TableSize(*instance, TableIdx(U32(a))); }
GENERIC(TableGrow) {
  const uint64_t before = rt::TableGrow(*instance, TableIdx(U32(a)), s[0], s[1]);
  const bool is64 = instance->data->module().tables[a].type.addr_type == AddrType::kI64;
  s[0] = is64 ? before : U32(before);
}
GENERIC(TableFill) {
  Check(instance, rt::TableFill(*instance, TableIdx(U32(a)), s[0], s[1], s[2]));
}
GENERIC(TableCopy) {
  Check(instance, rt::TableCopy(*instance, TableIdx(U32(a)), TableIdx(U32(b)), s[0], s[1], s[2]));
}
GENERIC(TableInit) {
  Check(instance,
        rt::TableInit(*instance, ElemIdx(U32(a)), TableIdx(U32(b)), s[0], U32(s[1]), U32(s[2])));
}
GENERIC(ElemDrop) { rt::ElemDrop(*instance, ElemIdx(U32(a))); }

GENERIC(MemorySize) { s[0] = rt::MemorySize(*instance, MemoryOf(a)); }
GENERIC(MemoryGrow) {
  const uint64_t before = rt::MemoryGrow(*instance, MemoryOf(a), s[0]);
  const bool is64 = instance->data->module().memories[U32(a)].type.addr_type == AddrType::kI64;
  s[0] = is64 ? before : U32(before);
}
GENERIC(MemoryFill) {
  Check(instance, rt::MemoryFill(*instance, MemoryOf(a), s[0], U32(s[1]), s[2]));
}
GENERIC(MemoryCopy) {
  Check(instance, rt::MemoryCopy(*instance, MemoryOf(a), MemoryOf(b), s[0], s[1], s[2]));
}
GENERIC(MemoryInit) {
  Check(instance,
        rt::MemoryInit(*instance, DataIdx(U32(a)), MemoryOf(b), s[0], U32(s[1]), U32(s[2])));
}
GENERIC(DataDrop) { rt::DataDrop(*instance, DataIdx(U32(a))); }

GENERIC(MemoryAtomicNotify) {
  s[0] = Value(instance, rt::MemoryAtomicNotify(*instance, MemoryOf(a), s[0], b, U32(s[1])));
}
GENERIC(MemoryAtomicWait32) {
  s[0] = Value(instance, rt::MemoryAtomicWait32(*instance, MemoryOf(a), s[0], b, U32(s[1]),
                                                static_cast<int64_t>(s[2])));
}
GENERIC(MemoryAtomicWait64) {
  s[0] = Value(instance, rt::MemoryAtomicWait64(*instance, MemoryOf(a), s[0], b, s[1],
                                                static_cast<int64_t>(s[2])));
}
GENERIC(AtomicFence) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// ---- numbers and vectors -----------------------------------------------------------------------

#define WIDE(Name, ...)                                 \
  GENERIC(Name) {                                       \
    const num::U64Pair result = num::Name(__VA_ARGS__); \
    s[0] = result.low;                                  \
    s[1] = result.high;                                 \
  }
WIDE(I64Add128, s[0], s[1], s[2], s[3])
WIDE(I64Sub128, s[0], s[1], s[2], s[3])
WIDE(I64MulWideS, s[0], s[1])
WIDE(I64MulWideU, s[0], s[1])

GENERIC(I8x16Shuffle) {  // the first eight lanes in a, the others in b
  std::array<uint8_t, 16> lanes;
  std::memcpy(lanes.data(), &a, 8);
  std::memcpy(lanes.data() + 8, &b, 8);
  generic::Write(s, num::I8x16Shuffle(generic::Read<V128>(s), generic::Read<V128>(s + 2), lanes));
}

// ---- references --------------------------------------------------------------------------------

GENERIC(RefNull) { s[0] = runtime::kNullRef; }
GENERIC(RefIsNull) { s[0] = s[0] == runtime::kNullRef; }
GENERIC(RefFunc) { s[0] = rt::ToRef(rt::FuncRef(*instance, FuncIdx(U32(a)))); }
GENERIC(RefEq) { s[0] = s[0] == s[1]; }
GENERIC(RefAsNonNull) {
  if (s[0] == runtime::kNullRef) Leave(instance->thread, Trap::kNullReference);
}

GENERIC(RefTest) { s[0] = rt::RefTest(*instance, s[0], HeapTypeOf(a), false); }
GENERIC(RefTestNull) { s[0] = rt::RefTest(*instance, s[0], HeapTypeOf(a), true); }
GENERIC(RefCast) { Check(instance, rt::RefCast(*instance, s[0], HeapTypeOf(a), false).trap); }
GENERIC(RefCastNull) { Check(instance, rt::RefCast(*instance, s[0], HeapTypeOf(a), true).trap); }
GENERIC(AnyConvertExtern) {}
GENERIC(ExternConvertAny) {}
GENERIC(RefI31) { s[0] = runtime::MakeI31(U32(s[0])); }
GENERIC(I31GetS) { s[0] = Value(instance, rt::I31GetS(s[0])); }
GENERIC(I31GetU) { s[0] = Value(instance, rt::I31GetU(s[0])); }

// ---- structs and arrays ------------------------------------------------------------------------

GENERIC(StructNew) { s[0] = Value(instance, rt::StructNew(*instance, TypeIdx(U32(a)), s)); }
GENERIC(StructNewDefault) {
  s[0] = Value(instance, rt::StructNewDefault(*instance, TypeIdx(U32(a))));
}
GENERIC(StructGet) {
  Check(instance, rt::StructGet(*instance, TypeIdx(U32(a)), FieldIdx(U32(b)), s[0], s));
}
GENERIC(StructGetS) {
  Check(instance, rt::StructGetS(*instance, TypeIdx(U32(a)), FieldIdx(U32(b)), s[0], s));
}
GENERIC(StructGetU) {
  Check(instance, rt::StructGet(*instance, TypeIdx(U32(a)), FieldIdx(U32(b)), s[0], s));
}
GENERIC(StructSet) {
  Check(instance, rt::StructSet(*instance, TypeIdx(U32(a)), FieldIdx(U32(b)), s[0], s + 1));
}

GENERIC(ArrayNew) {
  const Slot length = s[ElementSlots(instance, a)];
  s[0] = Value(instance, rt::ArrayNew(*instance, TypeIdx(U32(a)), s, U32(length)));
}
GENERIC(ArrayNewDefault) {
  s[0] = Value(instance, rt::ArrayNewDefault(*instance, TypeIdx(U32(a)), U32(s[0])));
}
GENERIC(ArrayNewFixed) {
  s[0] = Value(instance, rt::ArrayNewFixed(*instance, TypeIdx(U32(a)), s, U32(b)));
}
GENERIC(ArrayNewData) {
  s[0] = Value(instance,
               rt::ArrayNewData(*instance, TypeIdx(U32(a)), DataIdx(U32(b)), U32(s[0]), U32(s[1])));
}
GENERIC(ArrayNewElem) {
  s[0] = Value(instance,
               rt::ArrayNewElem(*instance, TypeIdx(U32(a)), ElemIdx(U32(b)), U32(s[0]), U32(s[1])));
}
GENERIC(ArrayGet) { Check(instance, rt::ArrayGet(*instance, TypeIdx(U32(a)), s[0], U32(s[1]), s)); }
GENERIC(ArrayGetS) {
  Check(instance, rt::ArrayGetS(*instance, TypeIdx(U32(a)), s[0], U32(s[1]), s));
}
GENERIC(ArrayGetU) {
  Check(instance, rt::ArrayGet(*instance, TypeIdx(U32(a)), s[0], U32(s[1]), s));
}
GENERIC(ArraySet) {
  Check(instance, rt::ArraySet(*instance, TypeIdx(U32(a)), s[0], U32(s[1]), s + 2));
}
GENERIC(ArrayLen) { s[0] = Value(instance, rt::ArrayLen(s[0])); }
GENERIC(ArrayFill) {
  const Slot length = s[2 + ElementSlots(instance, a)];
  Check(instance, rt::ArrayFill(*instance, TypeIdx(U32(a)), s[0], U32(s[1]), s + 2, U32(length)));
}
GENERIC(ArrayCopy) {
  Check(instance, rt::ArrayCopy(*instance, TypeIdx(U32(a)), TypeIdx(U32(b)), s[0], U32(s[1]), s[2],
                                U32(s[3]), U32(s[4])));
}
GENERIC(ArrayInitData) {
  Check(instance, rt::ArrayInitData(*instance, TypeIdx(U32(a)), DataIdx(U32(b)), s[0], U32(s[1]),
                                    U32(s[2]), U32(s[3])));
}
GENERIC(ArrayInitElem) {
  Check(instance, rt::ArrayInitElem(*instance, TypeIdx(U32(a)), ElemIdx(U32(b)), s[0], U32(s[1]),
                                    U32(s[2]), U32(s[3])));
}

}  // namespace wasm::native::by_hand
