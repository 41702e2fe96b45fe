// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control frames as the interpreter keeps them. The frame of the running function holds its locals,
// code and instance from the start; pc and stp are written when it calls (pc: the instruction to
// continue with) or stops (pc: the instruction that stopped it). So for every frame but the newest,
// the byte before pc belongs to the call.

#ifndef TRENAIL_INTERP_FRAME_H_
#define TRENAIL_INTERP_FRAME_H_

#include <cstdint>

#include "interp/careful.h"
#include "interp/dispatch.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/memory.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::interp {

// Frame::flags. Zero: the caller runs in the same instance and through the same dispatch table, so
// that returning restores nothing else.
inline constexpr uint32_t kEntryFrame = 1;    // called from outside the interpreter
inline constexpr uint32_t kReturnSlowly = 2;  // instance or table may change on return

// The `mem` of functions of an instance; see dispatch.h.
inline VMMemory* FastMemory(const Instance* instance) {
  const auto& memories = instance->data->module().memories;
  if (!memories.empty() && memories[0].type.addr_type == AddrType::kI64)
    return runtime::EmptyMemory();
  return instance->memory0;
}

inline const SideTableEntry* SideTable(const CodeInfo* code) { return code->side_table.data(); }

// True if a function whose first local is at `locals` fits above: value stack and control stack.
[[gnu::always_inline]] inline bool Fits(const VMThread* thread, const Frame* caller, Slot* locals,
                                        const CodeInfo* code) {
  // Both sums are bounded by the format's limits on functions: no overflow of 64 bits.
  const uint64_t slots = uint64_t{code->local_slots} + code->max_stack_slots;
  return reinterpret_cast<uintptr_t>(locals) + slots * sizeof(Slot) <=
             reinterpret_cast<uintptr_t>(thread->stack_limit) &&
         caller + 1 < thread->frame_limit;
}

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_FRAME_H_
