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
  const std::shared_ptr<CallSite> site = End();
  if (site == nullptr) return {};
  on_cancel_ = nullptr;
  store_.Wake();
  return site->OnReturn(std::move(result));
}

void PendingHostCall::Fail(wasm::Error error) {
  if (End() == nullptr) return;
  on_cancel_ = nullptr;
  store_.Fail(std::move(error));
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
                                                               ComponentInstance*) {
  std::vector<Value> args = TRY(site->OnStart());
  auto call = std::make_shared<PendingHostCall>(store, std::move(site), std::move(args));
  store.Register(*call);
  TRY_VOID(callback_(call));
  if (!call->pending()) return nullptr;
  return call;
}

}  // namespace component::runtime
