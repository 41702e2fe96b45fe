// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bounds are checked before anything is written [exec-table.fill] [exec-table.copy]
// [exec-table.init].

#include "libwasm/runtime/ops_table.h"

#include <algorithm>
#include <cstring>

#include "libwasm/runtime/bulk.h"
#include "libwasm/runtime/elem_segment.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/table.h"

namespace wasm::rt {

uint64_t TableGrow(Instance& instance, TableIdx table, Ref init, uint64_t delta) {
  if (ChargeFuel(instance, delta / kElementsPerFuel) != Trap::kNone)
    return runtime::TableInst::kGrowFailed;  // out of fuel: the next instruction stops
  return instance.data->table(table).Grow(delta, init);
}

Trap TableFill(Instance& instance, TableIdx table, uint64_t dst, Ref ref, uint64_t length) {
  const runtime::VMTable& vm = *instance.tables[table.value];
  if (!InBounds(dst, length, vm.size)) [[unlikely]]
    return Trap::kTableOutOfBounds;
  if (const Trap trap = ChargeFuel(instance, length / kElementsPerFuel); trap != Trap::kNone)
    return trap;
  return InChunks(instance, length, kChunkElements, false, [&](uint64_t offset, uint64_t count) {
    std::fill_n(vm.elements + dst + offset, count, ref);
  });
}

Trap TableCopy(Instance& instance, TableIdx dst_table, TableIdx src_table, uint64_t dst,
               uint64_t src, uint64_t length) {
  const runtime::VMTable& to = *instance.tables[dst_table.value];
  const runtime::VMTable& from = *instance.tables[src_table.value];
  if (!InBounds(dst, length, to.size) || !InBounds(src, length, from.size)) [[unlikely]]
    return Trap::kTableOutOfBounds;
  if (const Trap trap = ChargeFuel(instance, length / kElementsPerFuel); trap != Trap::kNone)
    return trap;
  if (length == 0) return Trap::kNone;  // an empty table has no elements to point at
  Ref* dst_at = to.elements + dst;
  const Ref* src_at = from.elements + src;
  return InChunks(instance, length, kChunkElements, dst_at > src_at,
                  [&](uint64_t offset, uint64_t count) {
                    std::memmove(dst_at + offset, src_at + offset, count * sizeof(Ref));
                  });
}

Trap TableInit(Instance& instance, ElemIdx elem, TableIdx table, uint64_t dst, uint32_t src,
               uint32_t length) {
  const runtime::VMTable& vm = *instance.tables[table.value];
  if (!InBounds(dst, length, vm.size) || !InBounds(src, length, instance.data->ElemSize(elem)))
      [[unlikely]]
    return Trap::kTableOutOfBounds;
  if (length == 0) return Trap::kNone;
  if (const Trap trap = ChargeFuel(instance, length / kElementsPerFuel); trap != Trap::kNone)
    return trap;
  const OrTrap<const Ref*> elements = runtime::ElementsOf(instance, elem);
  if (!elements.ok()) return elements.trap;
  return InChunks(instance, length, kChunkElements, false, [&](uint64_t offset, uint64_t count) {
    std::copy_n(elements.value + src + offset, count, vm.elements + dst + offset);
  });
}

void ElemDrop(Instance& instance, ElemIdx elem) { instance.data->DropElem(elem); }

}  // namespace wasm::rt
