// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Table instructions [syntax-instr-table]. Indices and lengths are 64 bits wide whatever the
// table's address type.

#ifndef TRENAIL_LIBWASM_RUNTIME_OPS_TABLE_H_
#define TRENAIL_LIBWASM_RUNTIME_OPS_TABLE_H_

#include <cstdint>

#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/index.h"

namespace wasm::rt {

using runtime::Instance;
using runtime::Ref;

inline OrTrap<Ref> TableGet(Instance& instance, TableIdx table, uint64_t index) {
  const runtime::VMTable& vm = *instance.tables[table.value];
  if (index >= vm.size) [[unlikely]]
    return Trap::kTableOutOfBounds;
  return vm.elements[index];
}
[[nodiscard]] inline Trap TableSet(Instance& instance, TableIdx table, uint64_t index, Ref ref) {
  runtime::VMTable& vm = *instance.tables[table.value];
  if (index >= vm.size) [[unlikely]]
    return Trap::kTableOutOfBounds;
  vm.elements[index] = ref;
  return Trap::kNone;
}
inline uint64_t TableSize(Instance& instance, TableIdx table) {
  return instance.tables[table.value]->size;
}
// The old size, or all ones when it fails.
uint64_t TableGrow(Instance& instance, TableIdx table, Ref init, uint64_t delta);
[[nodiscard]] Trap TableFill(Instance& instance, TableIdx table, uint64_t dst, Ref ref,
                             uint64_t length);
[[nodiscard]] Trap TableCopy(Instance& instance, TableIdx dst_table, TableIdx src_table,
                             uint64_t dst, uint64_t src, uint64_t length);
[[nodiscard]] Trap TableInit(Instance& instance, ElemIdx elem, TableIdx table, uint64_t dst,
                             uint32_t src, uint32_t length);
void ElemDrop(Instance& instance, ElemIdx elem);

}  // namespace wasm::rt

#endif  // TRENAIL_LIBWASM_RUNTIME_OPS_TABLE_H_
