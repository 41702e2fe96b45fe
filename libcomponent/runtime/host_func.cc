// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/host_func.h"

namespace component::runtime {

std::shared_ptr<CallSite> PendingHostCall::End() {
  if (!pending()) return nullptr;
  store_.Unregister(*this);
  return std::move(site_);
}

wasm::Result<void> PendingHostCall::Return(Value result) {
  std::shared_ptr<CallSite> site = End();
  if (site == nullptr) return {};
  // What ends with it may be what keeps this.
  const std::shared_ptr<PendingHostCall> self = shared_from_this();
  std::function<void()> on_cancel = std::exchange(on_cancel_, nullptr);
  store_.Wake();
  wasm::Result<void> returned = site->OnReturn(std::move(result));
  if (returned) return {};
  site_ = std::move(site);
  on_cancel_ = std::move(on_cancel);
  store_.Register(*this);
  return returned;
}

void PendingHostCall::Fail(wasm::Error error) {
  std::shared_ptr<CallSite> site = End();
  if (site == nullptr) return;
  const std::shared_ptr<PendingHostCall> self = shared_from_this();
  const std::function<void()> on_cancel = std::exchange(on_cancel_, nullptr);
  if (begins_)
    failure_ = std::move(error);
  else
    store_.FailCall(std::move(site), caller_, std::move(error));
}

wasm::Result<void> PendingHostCall::RequestCancellation(ComponentInstance*) {
  const std::shared_ptr<CallSite> site = End();
  if (site == nullptr) return {};
  if (const auto on_cancel = std::exchange(on_cancel_, nullptr)) on_cancel();
  return site->OnCancelled();
}

wasm::Result<std::shared_ptr<Cancellable>> HostFunc::Call(Store& store,
                                                          std::shared_ptr<CallSite> site,
                                                          ComponentInstance*) {
  if (native_ && site->TakesNative()) {
    TRY_VOID(native_(store, *site));
    return nullptr;
  }
  std::vector<Value> args = TRY(site->OnStart());
  Value result = TRY(callback_(store, std::move(args)));
  TRY_VOID(site->OnReturn(std::move(result)));
  return nullptr;
}

wasm::Result<std::shared_ptr<Cancellable>> AsyncHostFunc::Call(Store& store,
                                                               std::shared_ptr<CallSite> site,
                                                               ComponentInstance* caller) {
  std::vector<Value> args = TRY(site->OnStart());
  auto call = std::make_shared<PendingHostCall>(store, std::move(site), caller, std::move(args));
  store.Register(*call);
  TRY_VOID(call->Begin(callback_));
  if (!call->pending()) return nullptr;
  return call;
}

}  // namespace component::runtime
