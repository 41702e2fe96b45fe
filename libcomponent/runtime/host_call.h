// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of component functions by the host.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_HOST_CALL_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_HOST_CALL_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/store.h"

namespace component::runtime {

// The host's side of one.
class HostCallSite final : public CallSite {
 public:
  explicit HostCallSite(std::vector<Value> args) : args_(std::move(args)) {}

  wasm::Result<std::vector<Value>> OnStart() override { return std::move(args_); }
  wasm::Result<void> OnReturn(Value result) override {
    result_ = std::move(result);
    resolved_ = true;
    return {};
  }
  wasm::Result<void> OnCancelled() override {
    resolved_ = true;
    return {};
  }

  bool resolved() const { return resolved_; }
  // Nothing: not resolved, or cancelled.
  std::optional<Value>& result() { return result_; }

  // How to end it early. Not owned, as the callee refers to this.
  std::weak_ptr<Cancellable> on_cancel;

 private:
  std::vector<Value> args_;
  std::optional<Value> result_;
  bool resolved_ = false;
};

// Begins a call. Errors: kHost if the arguments do not fit; what the callee fails with at once.
wasm::Result<std::shared_ptr<HostCallSite>> StartFromHost(Store& store, FuncInst& func,
                                                          std::vector<Value> args);
// Calls and waits until the call is resolved; the result is kUnit if the function has none.
wasm::Result<Value> CallFromHost(Store& store, FuncInst& func, std::vector<Value> args);

// CallFlatFromHost (canon_lift.h) of functions that need tasks.
wasm::Result<void> CallFlatByTask(LiftedFunc& func, uint64_t* slots);

// FAST: the same for a guest's function, with C++ objects of types that fit its own; `result` is
// null if there is none.
wasm::Result<void> CallNativeFromHost(Store& store, FuncInst& func,
                                      std::span<const NativeSource> args,
                                      const NativePlace* result);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_HOST_CALL_H_
