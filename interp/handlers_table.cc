// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Table and reference instructions [exec-table] [exec-ref], at depth 0. Indices are popped as 64
// bits; those of 32-bit tables are zero-extended in their slots.

#include "interp/control.h"
#include "interp/handlers.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/ops_table.h"

namespace wasm::interp {

namespace {
bool IsTable64(const Instance* instance, TableIdx table) {
  return instance->data->module().tables[table.value].type.addr_type == AddrType::kI64;
}
}  // namespace

HANDLER(TableGet_0) {  // [exec-table.get]
  TrustedReader reader(pc + 1);
  const TableIdx index(reader.ReadU32());
  const OrTrap<Ref> element = rt::TableGet(*instance, index, sp[-1]);
  if (!element.ok()) [[unlikely]]
    RAISE(element.trap);
  sp[-1] = element.value;
  pc = reader.position();
  NEXT(0);
}
HANDLER(TableSet_0) {  // [exec-table.set]
  TrustedReader reader(pc + 1);
  const TableIdx index(reader.ReadU32());
  const Trap trap = rt::TableSet(*instance, index, sp[-2], sp[-1]);
  if (trap != Trap::kNone) [[unlikely]]
    RAISE(trap);
  sp -= 2;
  pc = reader.position();
  NEXT(0);
}

// What the handlers below share: immediate i, operands a[0]….
#define TABLE_HANDLER(Name, Imm, operands, ...)                                  \
  HANDLER(Name##_0) {                                                            \
    SYNC();                                                                      \
    TrustedReader reader(pc + 2);                                                \
    [[maybe_unused]] const imm::Imm i = imm::Read(reader, imm::Tag<imm::Imm>()); \
    [[maybe_unused]] Slot* const a = sp - (operands);                            \
    __VA_ARGS__                                                                  \
    pc = reader.position();                                                      \
    NEXT(0);                                                                     \
  }
#define OR_RAISE(call)                    \
  do {                                    \
    const Trap trap = (call);             \
    if (trap != Trap::kNone) [[unlikely]] \
      RAISE(trap);                        \
    sp = a;                               \
  } while (false);

TABLE_HANDLER(TableSize, TableIdx, 0, *sp++ = rt::TableSize(*instance, i.table);)
TABLE_HANDLER(TableGrow, TableIdx, 2, {
  const uint64_t before = rt::TableGrow(*instance, i.table, a[0], a[1]);
  a[0] = IsTable64(instance, i.table) ? before : static_cast<uint32_t>(before);
  sp -= 1;
})
TABLE_HANDLER(TableFill, TableIdx, 3, OR_RAISE(rt::TableFill(*instance, i.table, a[0], a[1], a[2])))
TABLE_HANDLER(TableCopy, TableCopy, 3,
              OR_RAISE(rt::TableCopy(*instance, i.dst, i.src, a[0], a[1], a[2])))
TABLE_HANDLER(TableInit, TableInit, 3,
              OR_RAISE(rt::TableInit(*instance, i.elem, i.table, a[0], static_cast<uint32_t>(a[1]),
                                     static_cast<uint32_t>(a[2]))))
TABLE_HANDLER(ElemDrop, ElemIdx, 0, rt::ElemDrop(*instance, i.elem);)

HANDLER(RefNull_0) {  // [exec-ref.null]
  PUSH(0, runtime::kNullRef);
  pc = SkipLeb(pc + 1);
  NEXT(1);
}
#define REF_IS_NULL_HANDLER(D, _)                             \
  HANDLER(RefIsNull_##D) {                                    \
    const uint64_t is_null = PEEK(D, 0) == runtime::kNullRef; \
    POP(D, 1);                                                \
    PUSH(AfterPop(D), is_null);                               \
    pc += 1;                                                  \
    NEXT(AfterPush(AfterPop(D)));                             \
  }
INTERP_DEPTHS(REF_IS_NULL_HANDLER, )
HANDLER(RefFunc_0) {  // [exec-ref.func]
  TrustedReader reader(pc + 1);
  *sp++ = rt::ToRef(rt::FuncRef(*instance, FuncIdx(reader.ReadU32())));
  pc = reader.position();
  NEXT(0);
}
HANDLER(RefEq_0) {
  sp -= 1;
  sp[-1] = sp[-1] == sp[0];
  pc += 1;
  NEXT(0);
}
HANDLER(RefAsNonNull_0) {  // [exec-ref.as_non_null]
  if (sp[-1] == runtime::kNullRef) [[unlikely]]
    RAISE(Trap::kNullReference);
  pc += 1;
  NEXT(0);
}

}  // namespace wasm::interp
