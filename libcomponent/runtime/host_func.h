// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that the host defines: those that return at once, and those that resolve later.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_HOST_FUNC_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_HOST_FUNC_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/store.h"

namespace component::runtime {

// A call of a host function that has not returned yet. It may be resolved while no guest code runs,
// or from within a host function.
class PendingHostCall final : public Cancellable,
                              public std::enable_shared_from_this<PendingHostCall> {
 public:
  // `caller`: null for the host.
  PendingHostCall(Store& store, std::shared_ptr<CallSite> site, ComponentInstance* caller,
                  std::vector<Value> args)
      : store_(store), site_(std::move(site)), caller_(caller), args_(std::move(args)) {}
  ~PendingHostCall() override { End(); }

  // Only while it is pending.
  Store& store() const { return store_; }
  const std::vector<Value>& args() const { return args_; }
  std::vector<Value> TakeArgs() { return std::exchange(args_, {}); }
  // Still to be resolved: not returned, failed or cancelled.
  bool pending() const { return site_ != nullptr; }
  // Errors: those of giving the result back; then it is still pending.
  wasm::Result<void> Return(Value result);
  // Ends the execution that waits for it.
  void Fail(wasm::Error error);
  // Calls the callback that is to resolve it. Errors: its own, or what it says at once that the
  // call has failed with.
  template <typename Callback>
  wasm::Result<void> Begin(const Callback& callback) {
    begins_ = true;
    wasm::Result<void> begun = callback(shared_from_this());
    begins_ = false;
    if (begun && failure_) begun = std::unexpected(*std::move(failure_));
    if (!begun) End();  // the caller is about to end, with its stack
    return begun;
  }
  // Is called when the caller wants no result any more; the call has ended then.
  void OnCancel(std::function<void()> on_cancel) { on_cancel_ = std::move(on_cancel); }

  wasm::Result<void> RequestCancellation(ComponentInstance* caller) override;
  // The store goes: nobody waits any more.
  void Detach() {
    site_ = nullptr;
    on_cancel_ = nullptr;
  }

 private:
  // Whom to tell how it ended; null if it had ended.
  std::shared_ptr<CallSite> End();

  Store& store_;
  std::shared_ptr<CallSite> site_;
  ComponentInstance* const caller_;
  std::vector<Value> args_;
  std::function<void()> on_cancel_;
  bool begins_ = false;
  std::optional<wasm::Error> failure_;  // while it begins
};

using HostCallback = std::function<wasm::Result<Value>(Store& store, std::vector<Value> args)>;
using AsyncHostCallback = std::function<wasm::Result<void>(std::shared_ptr<PendingHostCall> call)>;

// The same with C++ objects, which it gets from and gives to the call's other side.
using NativeHostCallback = std::function<wasm::Result<void>(Store& store, CallSite& site)>;

// Null: any type.
using AcceptsType = bool (*)(const FuncType& imported);

class HostFunc final : public FuncInst {
 public:
  // `native` is for callers that take C++ objects, and may be empty.
  explicit HostFunc(HostCallback callback, AcceptsType accepts = nullptr,
                    NativeHostCallback native = {})
      : callback_(std::move(callback)), accepts_(accepts), native_(std::move(native)) {}
  bool Accepts(const FuncType& imported) const override {
    return accepts_ == nullptr || accepts_(imported);
  }
  wasm::Result<std::shared_ptr<Cancellable>> Call(Store& store, std::shared_ptr<CallSite> site,
                                                  ComponentInstance* caller) override;

 private:
  HostCallback callback_;
  AcceptsType accepts_;
  NativeHostCallback native_;
};

class AsyncHostFunc final : public FuncInst {
 public:
  explicit AsyncHostFunc(AsyncHostCallback callback, AcceptsType accepts = nullptr)
      : callback_(std::move(callback)), accepts_(accepts) {}
  bool Accepts(const FuncType& imported) const override {
    return accepts_ == nullptr || accepts_(imported);
  }
  wasm::Result<std::shared_ptr<Cancellable>> Call(Store& store, std::shared_ptr<CallSite> site,
                                                  ComponentInstance* caller) override;

 private:
  AsyncHostCallback callback_;
  AcceptsType accepts_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_HOST_FUNC_H_
