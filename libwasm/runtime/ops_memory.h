// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory instructions beyond loads and stores [syntax-instr-memory]. Addresses and lengths are 64
// bits wide whatever the memory's address type: the engine zero-extends what it pops.

#ifndef TRENAIL_LIBWASM_RUNTIME_OPS_MEMORY_H_
#define TRENAIL_LIBWASM_RUNTIME_OPS_MEMORY_H_

#include <cstdint>

#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/index.h"

namespace wasm::rt {

using runtime::Instance;

// In pages of the memory. Growing returns the old size, or all ones when it fails: for a 32-bit
// memory the engine pushes the low half. The memory's base may have changed afterwards.
uint64_t MemorySize(Instance& instance, MemIdx memory);
uint64_t MemoryGrow(Instance& instance, MemIdx memory, uint64_t delta);

[[nodiscard]] Trap MemoryFill(Instance& instance, MemIdx memory, uint64_t dst, uint32_t value,
                              uint64_t length);
[[nodiscard]] Trap MemoryCopy(Instance& instance, MemIdx dst_memory, MemIdx src_memory,
                              uint64_t dst, uint64_t src, uint64_t length);
[[nodiscard]] Trap MemoryInit(Instance& instance, DataIdx data, MemIdx memory, uint64_t dst,
                              uint32_t src, uint32_t length);
void DataDrop(Instance& instance, DataIdx data);

// As the RUNTIME row of the table calls it.
[[nodiscard]] inline Trap MemoryFill(Instance& instance, imm::MemIdx imm, uint64_t dst,
                                     uint32_t value, uint64_t length) {
  return MemoryFill(instance, imm.memory, dst, value, length);
}

}  // namespace wasm::rt

#endif  // TRENAIL_LIBWASM_RUNTIME_OPS_MEMORY_H_
