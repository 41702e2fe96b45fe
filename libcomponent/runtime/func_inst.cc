// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/func_inst.h"

#include <utility>

#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/lower_flat.h"

namespace component::runtime {

wasm::Result<void> CallSite::LowerArgs(abi::Context& callee, abi::Types types,
                                       std::span<uint64_t> slots) {
  const std::vector<Value> args = TRY(OnStart());
  if (args.size() != types.size()) {
    return std::unexpected(
        wasm::Error(wasm::ErrorKind::kHost, "the function takes " + std::to_string(types.size()) +
                                                " arguments, not " + std::to_string(args.size())));
  }
  TRY(abi::LowerFlatValues(callee, kMaxFlatParams, args, types, slots));
  return {};
}

wasm::Result<void> CallSite::LiftResult(abi::Context& callee, uint32_t max_flat,
                                        std::span<const uint64_t> slots, abi::Types types) {
  std::vector<Value> results = TRY(abi::LiftFlatValues(callee, max_flat, slots, types));
  return OnReturn(results.empty() ? Value() : std::move(results.front()));
}

wasm::Result<void> CallSite::LiftArgs(std::span<const NativePlace>) { WASM_CHECK(false); }
wasm::Result<void> CallSite::LowerResult(const NativeSource*) { WASM_CHECK(false); }

}  // namespace component::runtime
