// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/canon_lower.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "libcomponent/abi/flatten.h"
#include "libcomponent/abi/fused.h"
#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/lower_flat.h"
#include "libcomponent/abi/native.h"
#include "libcomponent/runtime/call_core.h"
#include "libcomponent/runtime/lift_lower_context.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/subtask.h"

namespace component::runtime {

struct LoweredFunc {
  std::shared_ptr<FuncInst> callee;
  const FuncType& type;
  CanonicalOptions options;
  ComponentInstance& inst;
  std::vector<const ValType*> params;
  std::vector<const ValType*> results;
  uint32_t core_params = 0;
  bool results_in_memory = false;  // the last parameter points to where
  bool copies = true;
  // How values get to a callee that is a guest, and back: made for the first call, as it is the
  // same callee ever after.
  mutable std::optional<abi::Copier> copy_args;
  mutable std::optional<abi::Copier> copy_result;

  uint32_t max_flat_params() const {
    return options.is_async ? kMaxFlatAsyncParams : kMaxFlatParams;
  }
  uint32_t max_flat_results() const { return options.is_async ? 0 : kMaxFlatResults; }
};

namespace {

// One call: the subtask is also the caller's side.
class LoweredCall final : public Subtask, public CallSite {
 public:
  // `slots`: the flat arguments, copied as they may be needed later.
  LoweredCall(const LoweredFunc& func, const uint64_t* slots) : func_(func) {
    std::copy_n(slots, func.core_params, flat_);
  }

  wasm::Result<std::vector<Value>> OnStart() override {
    Begin();
    LiftLowerContext context(func_.options, func_.inst, nullptr, this);
    abi::Context cx = context.cx();
    return abi::LiftFlatValues(cx, func_.max_flat_params(), flat(), func_.params);
  }

  wasm::Result<void> LowerArgs(abi::Context& callee, abi::Types types,
                               std::span<uint64_t> slots) override {
    if (!func_.copies) return CallSite::LowerArgs(callee, types, slots);
    Begin();
    if (!func_.copy_args) {
      func_.copy_args.emplace(
          abi::Copier::Side{func_.params, func_.options.ptr, func_.max_flat_params()},
          abi::Copier::Side{types, callee.ptr, kMaxFlatParams});
    }
    LiftLowerContext context(func_.options, func_.inst, nullptr, this);
    abi::Context cx = context.cx();
    TRY(func_.copy_args->Copy(cx, flat(), callee, slots));
    return {};
  }

  wasm::Result<void> OnReturn(Value result) override {
    OnProgress();
    if (!func_.results.empty()) {
      LiftLowerContext context(func_.options, func_.inst, nullptr, this);
      abi::Context cx = context.cx();
      TRY(abi::LowerFlatValues(cx, func_.max_flat_results(), {&result, 1}, func_.results,
                               {&flat_result_, 1}, out_pointer()));
    }
    Resolve(State::kReturned);
    return {};
  }

  wasm::Result<void> LiftResult(abi::Context& callee, uint32_t max_flat,
                                std::span<const uint64_t> slots, abi::Types types) override {
    if (!func_.copies) return CallSite::LiftResult(callee, max_flat, slots, types);
    OnProgress();
    if (!func_.copy_result) {
      func_.copy_result.emplace(
          abi::Copier::Side{types, callee.ptr, max_flat},
          abi::Copier::Side{func_.results, func_.options.ptr, func_.max_flat_results()});
    }
    LiftLowerContext context(func_.options, func_.inst, nullptr, this);
    abi::Context cx = context.cx();
    TRY(func_.copy_result->Copy(callee, slots, cx, {&flat_result_, 1}, out_pointer()));
    Resolve(State::kReturned);
    return {};
  }

  bool TakesNative() const override { return true; }
  wasm::Result<void> LiftArgs(std::span<const NativePlace> places) override {
    Begin();
    LiftLowerContext context(func_.options, func_.inst, nullptr, this);
    abi::Context cx = context.cx();
    return abi::LiftNative(cx, func_.max_flat_params(), flat(), func_.params, places);
  }
  wasm::Result<void> LowerResult(const NativeSource* result) override {
    OnProgress();
    if (result != nullptr) {
      LiftLowerContext context(func_.options, func_.inst, nullptr, this);
      abi::Context cx = context.cx();
      TRY_VOID(abi::LowerNative(cx, func_.max_flat_results(), {result, 1}, func_.results,
                                {&flat_result_, 1}, out_pointer()));
    }
    Resolve(State::kReturned);
    return {};
  }

  wasm::Result<void> OnCancelled() override {
    OnProgress();
    Resolve(state() == State::kStarting ? State::kCancelledBeforeStarted
                                        : State::kCancelledBeforeReturned);
    return {};
  }

  // From now on progress is told by events of the handle at `index`. Keeps what the call is of.
  void SetIndex(uint32_t index, std::shared_ptr<const LoweredFunc> func) {
    index_ = index;
    keep_ = std::move(func);
  }
  uint64_t flat_result() const { return flat_result_; }

 private:
  std::span<const uint64_t> flat() const { return {flat_, func_.core_params}; }
  std::optional<uint64_t> out_pointer() const {
    if (!func_.results_in_memory) return std::nullopt;
    return flat_[func_.core_params - 1];
  }
  void Begin() {
    OnProgress();
    Start();
  }
  void OnProgress() {
    if (index_ == 0) return;
    SetPendingEvent([this]() -> Event {
      if (resolved()) DeliverResolve();
      return {EventCode::kSubtask, index_, static_cast<uint32_t>(state())};
    });
  }

  const LoweredFunc& func_;
  std::shared_ptr<const LoweredFunc> keep_;
  uint64_t flat_[kMaxFlatParams + 1];
  uint64_t flat_result_ = 0;
  uint32_t index_ = 0;
};

// FAST: a guest's function of a synchronous type has returned when its call returns, so the call
// lives on this stack.
wasm::Result<void> CallSync(const LoweredFunc& func, uint64_t* slots) {
  LoweredCall call(func, slots);
  const std::shared_ptr<CallSite> borrowed(std::shared_ptr<void>(), &call);
  const std::shared_ptr<Cancellable> on_cancel =
      TRY(func.callee->Call(func.inst.store, borrowed, &func.inst));
  if (!call.resolved()) {
    // The host takes its time. If that fails, it must not return to what is no longer there.
    wasm::Result<void> waited = func.inst.store.WaitForHost(call, [&] { return call.resolved(); });
    if (!waited && !call.resolved()) TRY_VOID(on_cancel->RequestCancellation(nullptr));
    if (!waited) return waited;
  }
  call.DeliverResolve();
  slots[0] =
      func.options.is_async ? static_cast<uint64_t>(Subtask::State::kReturned) : call.flat_result();
  return {};
}

}  // namespace

wasm::Result<void> CallLowered(const std::shared_ptr<const LoweredFunc>& func, uint64_t* slots) {
  ComponentInstance& inst = func->inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  if (!func->type.is_async) return CallSync(*func, slots);
  // Calls that may block are not made where they must not, even if they turn out not to.
  if (!func->options.is_async && inst.sync_calls > 0 && NextReadyThread(inst) == nullptr)
    return Trap(kCannotBlock);
  Thread& thread = *inst.store.current_thread();
  const auto subtask = std::make_shared<LoweredCall>(*func, slots);
  std::shared_ptr<Cancellable> on_cancel = TRY(func->callee->Call(inst.store, subtask, &inst));
  if (!func->options.is_async) {
    if (!subtask->resolved())
      TRY(thread.WaitUntil([raw = subtask.get()] { return raw->resolved(); }));
    subtask->DeliverResolve();
    slots[0] = subtask->flat_result();
    return {};
  }
  if (subtask->resolved()) {
    subtask->DeliverResolve();
    slots[0] = static_cast<uint64_t>(Subtask::State::kReturned);
    return {};
  }
  subtask->on_cancel = std::move(on_cancel);
  const uint32_t index = TRY(inst.handles.Add(Handle::Of(HandleKind::kSubtask, subtask)));
  subtask->SetIndex(index, func);
  slots[0] = static_cast<uint64_t>(subtask->state()) | uint64_t{index} << 4;
  return {};
}

std::shared_ptr<const LoweredFunc> LowerFunc(std::shared_ptr<FuncInst> callee, const FuncType& type,
                                             CanonicalOptions options, ComponentInstance& inst,
                                             const wasm::FuncType& core_type) {
  const PtrType ptr = options.ptr;
  const bool copies = inst.copies();
  auto func = std::make_shared<LoweredFunc>(LoweredFunc{.callee = std::move(callee),
                                                        .type = type,
                                                        .options = std::move(options),
                                                        .inst = inst,
                                                        .params = abi::ParamTypes(type),
                                                        .results = abi::ResultTypes(type),
                                                        .copies = copies});
  func->core_params = static_cast<uint32_t>(core_type.params.size());
  func->results_in_memory = abi::FlatCount(func->results, ptr) > func->max_flat_results();
  return func;
}

trenail::Func CanonLower(std::shared_ptr<FuncInst> callee, const FuncType& type,
                         CanonicalOptions options, ComponentInstance& inst,
                         const wasm::FuncType& core_type) {
  return trenail::Func::HostRaw(
      inst.store.core(), core_type,
      [func = LowerFunc(std::move(callee), type, std::move(options), inst, core_type)](
          trenail::Caller&, uint64_t* slots) { return CallLowered(func, slots); });
}

}  // namespace component::runtime
