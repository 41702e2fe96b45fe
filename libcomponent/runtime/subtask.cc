// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/subtask.h"

namespace component::runtime {

void Subtask::AddLender(ComponentInstance& inst, uint32_t index) {
  ++inst.handles.Find(index)->resource.num_lends;
  lenders_.emplace_back(&inst, index);
}

void Subtask::DeliverResolve() {
  for (const auto& [inst, index] : lenders_) --inst->handles.Find(index)->resource.num_lends;
  lenders_.clear();
  resolve_delivered_ = true;
}

}  // namespace component::runtime
