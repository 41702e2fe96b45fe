// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The references of element segments, made from the module's bytes when they are needed.

#ifndef TRENAIL_LIBWASM_RUNTIME_ELEM_SEGMENT_H_
#define TRENAIL_LIBWASM_RUNTIME_ELEM_SEGMENT_H_

#include <cstdint>

#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/index.h"

namespace wasm::runtime {

// Writes all elements of the segment to `out`, which must be reachable from a root: making them may
// collect.
[[nodiscard]] Trap EvalElements(Instance& instance, ElemIdx elem, Ref* out);

// The elements of a segment that is not dropped and not empty; made on first use, as they have an
// identity.
OrTrap<const Ref*> ElementsOf(Instance& instance, ElemIdx elem);

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_ELEM_SEGMENT_H_
