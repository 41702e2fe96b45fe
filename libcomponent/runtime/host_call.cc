// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/host_call.h"

#include <algorithm>

#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/native.h"
#include "libcomponent/abi/store.h"
#include "libcomponent/runtime/canon_lift.h"

namespace component::runtime {

namespace {

// Whether a value is of the type throughout, but for what handles refer to.
wasm::Result<void> CheckValue(const Value& value, const ValType& type) {
  TRY_VOID(abi::CheckShape(value, type));
  if (value.is_compact() && type.element->kind == ValKind::kU8) return {};
  for (size_t i = 0; i < value.items().size(); ++i) {
    const ValType* const item = type.is_record()    ? type.fields[i].type
                                : type.is_variant() ? type.fields[value.case_index()].type
                                                    : type.element;
    TRY_VOID(CheckValue(value.items()[i], *item));
  }
  return {};
}

wasm::Result<void> CheckArgs(const FuncInst& func, const std::vector<Value>& args) {
  const FuncType* const type = func.type();
  if (type == nullptr || func.ChecksArgs()) return {};
  if (args.size() != type->params.size())
    return std::unexpected(
        wasm::Error(wasm::ErrorKind::kHost, "the function takes another number of arguments"));
  for (size_t i = 0; i < args.size(); ++i) TRY_VOID(CheckValue(args[i], *type->params[i].type));
  return {};
}

class FlatCallSite final : public HostSite {
 public:
  explicit FlatCallSite(std::span<const uint64_t> args) { std::ranges::copy(args, args_); }

  wasm::Result<void> LowerArgs(abi::Context&, abi::Types types,
                               std::span<uint64_t> slots) override {
    std::copy_n(args_, types.size(), slots.begin());
    return {};
  }
  wasm::Result<void> LiftResult(abi::Context& callee, uint32_t, std::span<const uint64_t> slots,
                                abi::Types types) override {
    abi::CoreValueIter values(slots);
    if (!types.empty()) result_ = TRY(abi::LiftFlat(callee, values, *types.front())).bits();
    End();
    return {};
  }
  // Of callees that are no guests.
  wasm::Result<std::vector<Value>> OnStart() override { return std::vector<Value>(); }
  wasm::Result<void> OnReturn(Value) override { return {}; }
  wasm::Result<void> OnCancelled() override { return {}; }

  uint64_t result() const { return result_; }

 private:
  uint64_t args_[kMaxFlatParams];
  uint64_t result_ = 0;
};

class NativeCallSite final : public CallSite {
 public:
  NativeCallSite(std::span<const NativeSource> args, const NativePlace* result)
      : args_(args), result_(result) {}

  wasm::Result<void> LowerArgs(abi::Context& callee, abi::Types types,
                               std::span<uint64_t> slots) override {
    return abi::LowerNative(callee, kMaxFlatParams, args_, types, slots);
  }
  wasm::Result<void> LiftResult(abi::Context& callee, uint32_t max_flat,
                                std::span<const uint64_t> slots, abi::Types types) override {
    if (!types.empty()) TRY_VOID(abi::LiftNative(callee, max_flat, slots, types, {result_, 1}));
    resolved_ = true;
    return {};
  }
  // Of callees that are no guests.
  wasm::Result<std::vector<Value>> OnStart() override { return std::vector<Value>(); }
  wasm::Result<void> OnReturn(Value) override { return {}; }
  wasm::Result<void> OnCancelled() override { return {}; }

  bool resolved() const { return resolved_; }

 private:
  const std::span<const NativeSource> args_;
  const NativePlace* const result_;
  bool resolved_ = false;
};

}  // namespace

wasm::Result<void> CallNativeFromHost(Store& store, FuncInst& func,
                                      std::span<const NativeSource> args,
                                      const NativePlace* result) {
  NativeCallSite site(args, result);
  if (const LiftedFunc* const lifted = func.AsLifted();
      lifted != nullptr && lifted->needs_no_task())
    return store.InvokeWithoutTask(*lifted, site);
  TRY(store.Invoke(func, std::shared_ptr<CallSite>(std::shared_ptr<void>(), &site)));
  if (!site.resolved())
    return std::unexpected(wasm::Error(wasm::ErrorKind::kHost, "the call has not returned"));
  return {};
}

wasm::Result<void> CallFlatByTask(LiftedFunc& func, uint64_t* slots) {
  Store& store = func.inst().store;
  const Store::Use use(store);
  const std::span<const uint64_t> args(slots, func.params().size());
  if (!func.type()->is_async) {
    FlatCallSite site(args);
    TRY(store.Invoke(func, std::shared_ptr<CallSite>(std::shared_ptr<void>(), &site)));
    slots[0] = site.result();
    return {};
  }
  const auto site = std::make_shared<FlatCallSite>(args);
  const std::shared_ptr<Cancellable> callee = TRY(store.Begin(func, site));
  TRY_VOID(store.RunUntil([&] { return site->resolved(); }));
  if (site->error()) return std::unexpected(*std::move(site->error()));
  slots[0] = site->result();
  return {};
}

void HostSite::End() {
  resolved_ = true;
  OnEnd();
  // May be the last reference to this.
  if (place_) store()->Untrack(*this);
}

void HostCallSite::OnEnd() {
  if (!on_result_ || posts() == nullptr) return;  // null: it is just about to begin
  posts()->Post([self = shared_from_this(), on_result = std::exchange(on_result_, nullptr)] {
    if (self->audience_ == Audience::kCallback) self->Deliver(on_result);
  });
}

void HostCallSite::Deliver(const OnResult& on_result) {
  if (error())
    on_result(std::unexpected(*std::exchange(error(), std::nullopt)));
  else if (result_)
    on_result(*std::exchange(result_, std::nullopt));
  else
    on_result(
        std::unexpected(wasm::Error(wasm::ErrorKind::kInterrupted, "the call has been cancelled")));
}

wasm::Result<void> HostCallSite::Cancel() {
  const std::shared_ptr<Cancellable> callee = on_cancel.lock();
  if (resolved() || callee == nullptr || store() == nullptr) return {};
  return store()->Cancel(*callee);
}

void HostCallSite::Abandon() {
  on_result_ = nullptr;
  audience_ = Audience::kNobody;
  if (resolved() || posts() == nullptr) return;
  posts()->Post([self = shared_from_this()] { (void)self->Cancel(); });
}

wasm::Result<std::shared_ptr<HostCallSite>> StartFromHost(Store& store, FuncInst& func,
                                                          std::vector<Value> args,
                                                          HostCallSite::OnResult on_result) {
  TRY_VOID(CheckArgs(func, args));
  auto site = std::make_shared<HostCallSite>(std::move(args), std::move(on_result));
  auto begun = store.Begin(func, site);
  if (!begun) {
    site->Abandon();  // it may have returned before
    return std::unexpected(std::move(begun.error()));
  }
  site->on_cancel = *std::move(begun);
  return site;
}

wasm::Result<Value> CallFromHost(Store& store, FuncInst& func, std::vector<Value> args) {
  // FAST: it returns or fails at once, so nothing of it outlives this.
  if (const LiftedFunc* const lifted = func.AsLifted();
      lifted != nullptr && lifted->needs_no_task()) {
    HostCallSite site(std::move(args));
    TRY_VOID(store.InvokeWithoutTask(*lifted, site));
    return *std::move(site.result());
  }
  const std::shared_ptr<HostCallSite> site = TRY(StartFromHost(store, func, std::move(args)));
  // Kept while it runs.
  const std::shared_ptr<Cancellable> callee = site->on_cancel.lock();
  TRY_VOID(store.RunUntil([&] { return site->resolved(); }));
  if (site->error()) return std::unexpected(*std::move(site->error()));
  return std::move(*site->result());
}

}  // namespace component::runtime
