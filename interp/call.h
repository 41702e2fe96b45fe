// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What fast calls share.

#ifndef TRENAIL_INTERP_CALL_H_
#define TRENAIL_INTERP_CALL_H_

#include <cstring>

#include "interp/careful.h"
#include "interp/frame.h"

namespace wasm::interp {

// True if the function is an ordinary one, there is room for it on both stacks, and nobody wants to
// interrupt.
[[gnu::always_inline]] inline bool CanEnterFast(const CodeInfo* code, const Instance* instance,
                                                const Frame* frame, Slot* locals) {
  return !IsCareful(code) && Fits(instance->thread, frame, locals, code) &&
         instance->poll.load(std::memory_order_relaxed) == 0;
}

// Declared locals begin as zeros [exec-local]. Most often there are none, or a few: the first
// four at once, so up to three slots may be written above the locals, where nothing lives yet.
// The barrier keeps the compiler from calling memset, which would cost the handler a prologue.
#define ZERO_LOCALS(begin, end)                         \
  for (Slot* slot = (begin); slot < (end); slot += 4) { \
    std::memset(slot, 0, 16);                           \
    std::memset(slot + 2, 0, 16);                       \
    asm volatile("" : "+r"(slot));                      \
  }

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_CALL_H_
