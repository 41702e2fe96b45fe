// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//

#include "libcomponent/runtime/host_call.h"

namespace component::runtime {

wasm::Result<Value> CallFromHost(Store& store, FuncInst& func, std::vector<Value> args) {
  const auto site = std::make_shared<HostCallSite>(std::move(args));
  site->on_cancel = TRY(store.Invoke(func, site));
  TRY_VOID(store.RunUntil([&] { return site->resolved(); }));
  site->on_cancel = nullptr;
  return std::move(*site->result());
}

}  // namespace component::runtime
