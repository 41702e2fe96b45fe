// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of component functions by the host.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_HOST_CALL_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_HOST_CALL_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/post_queue.h"
#include "libcomponent/runtime/store.h"

namespace component::runtime {

// The host's side of one, which the store knows until it has ended.
class HostSite : public CallSite {
 public:
  // Returned, failed, or cancelled.
  bool resolved() const { return resolved_; }
  const std::optional<wasm::Error>& error() const { return error_; }
  std::optional<wasm::Error>& error() { return error_; }
  // Where the callee runs; null if it is none of a guest's.
  ComponentInstance* callee() const { return callee_; }
  // Who gets to know of its failure: somebody that it was given, nobody, or else whoever runs the
  // store's threads.
  enum class Audience : uint8_t { kRunner, kCallback, kNobody };
  virtual Audience audience() const { return Audience::kRunner; }

  void Fail(wasm::Error error) {
    error_ = std::move(error);
    End();
  }
  // The store goes: nobody is told how it ends.
  virtual void Forget() {}

 protected:
  void End();
  virtual void OnEnd() {}
  Store* store() const { return posts_ != nullptr ? posts_->store() : nullptr; }
  PostQueue* posts() const { return posts_.get(); }

 private:
  friend class Store;
  std::shared_ptr<PostQueue> posts_;  // null until the call has begun
  ComponentInstance* callee_ = nullptr;
  std::optional<wasm::Error> error_;
  std::optional<std::list<std::shared_ptr<HostSite>>::iterator> place_;  // in the store's
  bool resolved_ = false;
};

// With Values.
class HostCallSite final : public HostSite, public std::enable_shared_from_this<HostCallSite> {
 public:
  // Called once, while no guest code runs.
  using OnResult = std::function<void(wasm::Result<Value>)>;

  explicit HostCallSite(std::vector<Value> args, OnResult on_result = nullptr)
      : args_(std::move(args)),
        on_result_(std::move(on_result)),
        audience_(on_result_ ? Audience::kCallback : Audience::kRunner) {}

  wasm::Result<std::vector<Value>> OnStart() override { return std::move(args_); }
  wasm::Result<void> OnReturn(Value result) override {
    result_ = std::move(result);
    End();
    return {};
  }
  wasm::Result<void> OnCancelled() override {
    End();
    return {};
  }
  Audience audience() const override { return audience_; }
  void Forget() override { on_result_ = nullptr; }

  // Nothing: not resolved, failed, cancelled, or given to the callback.
  std::optional<Value>& result() { return result_; }
  // Asks the callee to end early. Errors: a trap of it.
  wasm::Result<void> Cancel();
  // Nobody waits for it any more: the same, with the next tick, and nobody is told how it ends.
  void Abandon();

  // How to end it early. Not owned, as the callee refers to this.
  std::weak_ptr<Cancellable> on_cancel;

 private:
  void OnEnd() override;
  void Deliver(const OnResult& on_result);

  std::vector<Value> args_;
  std::optional<Value> result_;
  OnResult on_result_;
  Audience audience_;
};

// Begins a call. Errors: kHost if the arguments do not fit; what the callee fails with at once.
// Then `on_result` is not called.
wasm::Result<std::shared_ptr<HostCallSite>> StartFromHost(
    Store& store, FuncInst& func, std::vector<Value> args,
    HostCallSite::OnResult on_result = nullptr);
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
