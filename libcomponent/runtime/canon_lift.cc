// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The implicit thread of a task, cut where it may wait outside of guest code: before it enters the
// instance, and between calls of its callback. Where the thread has no stack of its own it returns
// there and is called again; on a fiber it does just the same.

#include "libcomponent/runtime/canon_lift.h"

#include <algorithm>

#include "libcomponent/abi/flatten.h"
#include "libcomponent/abi/load.h"
#include "libcomponent/abi/memory.h"
#include "libcomponent/runtime/call_core.h"
#include "libcomponent/runtime/host_call.h"
#include "libcomponent/runtime/lift_lower_context.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/waitable.h"

namespace component::runtime {
namespace {

enum class CallbackCode : uint32_t { kExit = 0, kYield = 1, kWait = 2 };

class ImplicitThread {
 public:
  ImplicitThread(const LiftedFunc& func, Task& task)
      : func_(func), task_(task), inst_(func.inst()) {}

  void SetThread(Thread& thread) { thread_ = &thread; }

  wasm::Result<bool> Run(Cancelled cancelled) {
    switch (state_) {
      case State::kInitial:
        if (task_.type().is_async && (task_.HasBackpressure() || inst_.num_waiting_to_enter > 0)) {
          ++inst_.num_waiting_to_enter;
          state_ = State::kWaitsToEnter;
          thread_->StartWaiting([this] { return !task_.HasBackpressure(); }, /*cancellable=*/true);
          return false;
        }
        return Enter();
      case State::kWaitsToEnter:
        --inst_.num_waiting_to_enter;
        if (cancelled == Cancelled::kTrue) {
          TRY_VOID(task_.Cancel());
          return true;
        }
        return Enter();
      case State::kYields:
        return Callback(cancelled == Cancelled::kTrue ? Event{.code = EventCode::kTaskCancelled}
                                                      : Event{});
      case State::kWaits: {
        --wset_->num_waiting;
        const std::shared_ptr<WaitableSet> wset = std::move(wset_);
        return Callback(cancelled == Cancelled::kTrue ? Event{.code = EventCode::kTaskCancelled}
                                                      : wset->GetPendingEvent());
      }
    }
    return true;
  }

 private:
  enum class State : uint8_t { kInitial, kWaitsToEnter, kYields, kWaits };

  wasm::Result<bool> Enter() {
    TRY_VOID(task_.EnterImplicitThread(*thread_));
    uint64_t slots[kMaxFlatParams + 1] = {};
    TRY_VOID(LowerParams(slots));
    const CanonicalOptions& options = func_.options();
    TRY_VOID(CallAndTrapOnThrow(func_.callee(), slots));
    if (!options.is_async) {
      TRY_VOID(ReturnLifted(slots));
      return Exit();
    }
    if (!options.callback) return Exit();
    return HandleCode(static_cast<uint32_t>(slots[0]));
  }

  wasm::Result<void> LowerParams(std::span<uint64_t> slots) {
    LiftLowerContext context(func_.options(), inst_, &task_);
    abi::Context cx = context.cx();
    return task_.Start(cx, func_.params(), slots);
  }

  wasm::Result<void> ReturnLifted(uint64_t* slots) {
    const CanonicalOptions& options = func_.options();
    const uint64_t flat_result = slots[0];
    {
      LiftLowerContext context(options, inst_, &task_);
      abi::Context cx = context.cx();
      TRY_VOID(task_.Return(cx, kMaxFlatResults, {&flat_result, 1}, func_.results()));
    }
    if (!options.post_return) return {};
    inst_.may_leave = false;
    slots[0] = flat_result;
    TRY_VOID(CallAndTrapOnThrow(*options.post_return, slots));
    inst_.may_leave = true;
    return {};
  }

  // What the callee or its callback wants next.
  wasm::Result<bool> HandleCode(uint32_t packed) {
    const uint32_t code = packed & 0xf;
    const uint32_t index = packed >> 4;
    switch (static_cast<CallbackCode>(code)) {
      case CallbackCode::kExit:
        return Exit();
      case CallbackCode::kYield:
        inst_.exclusive_thread = nullptr;
        if (task_.DeliverPendingCancel(/*cancellable=*/true))
          return Callback({.code = EventCode::kTaskCancelled});
        state_ = State::kYields;
        thread_->StartWaiting([this] { return inst_.exclusive_thread == nullptr; },
                              /*cancellable=*/true);
        return false;
      case CallbackCode::kWait: {
        inst_.exclusive_thread = nullptr;
        const Handle* handle = TRY(inst_.handles.Get(index));
        if (handle->kind != HandleKind::kWaitableSet)
          return Trap("handle index " + std::to_string(index) + " is not a waitable set");
        if (task_.DeliverPendingCancel(/*cancellable=*/true))
          return Callback({.code = EventCode::kTaskCancelled});
        wset_ = handle->waitable_set;
        ++wset_->num_waiting;
        state_ = State::kWaits;
        thread_->StartWaiting(
            [this] { return inst_.exclusive_thread == nullptr && wset_->HasPendingEvent(); },
            /*cancellable=*/true);
        return false;
      }
    }
    return Trap("unsupported callback code: " + std::to_string(code));
  }

  wasm::Result<bool> Callback(Event event) {
    inst_.exclusive_thread = thread_;
    uint64_t slots[3] = {static_cast<uint64_t>(event.code), event.index, event.payload};
    TRY_VOID(CallAndTrapOnThrow(*func_.options().callback, slots));
    return HandleCode(static_cast<uint32_t>(slots[0]));
  }

  wasm::Result<bool> Exit() {
    TRY_VOID(task_.ExitImplicitThread(*thread_));
    return true;
  }

  const LiftedFunc& func_;
  Task& task_;
  ComponentInstance& inst_;
  Thread* thread_ = nullptr;
  State state_ = State::kInitial;
  std::shared_ptr<WaitableSet> wset_;  // kWaits
};

// [cabi:lift_flat] of a primitive type but strings and error contexts. Bits beyond the type's width
// are left as they are.
wasm::Result<uint64_t> LiftScalar(uint64_t slot, ValKind kind) {
  switch (kind) {
    case ValKind::kBool:
      return static_cast<uint32_t>(slot) != 0;
    case ValKind::kF32:
      return abi::CanonicalizeNan32(static_cast<uint32_t>(slot));
    case ValKind::kF64:
      return abi::CanonicalizeNan64(slot);
    case ValKind::kChar:
      return TRY(abi::ConvertI32ToChar(static_cast<uint32_t>(slot)));
    default:
      return slot;
  }
}

bool IsLiftedAsIs(ValKind kind) {
  return kind != ValKind::kBool && kind != ValKind::kF32 && kind != ValKind::kF64 &&
         kind != ValKind::kChar;
}

}  // namespace

LiftedFunc::LiftedFunc(const trenail::Func& callee, const FuncType& type, CanonicalOptions options,
                       ComponentInstance& inst)
    : callee_(callee),
      type_(type),
      options_(std::move(options)),
      inst_(inst),
      params_(abi::ParamTypes(type)),
      results_(abi::ResultTypes(type)),
      is_sync_(!type.is_async && !options_.is_async),
      returns_as_is_(!options_.post_return &&
                     (type.result == nullptr || IsLiftedAsIs(type.result->kind))) {}

wasm::Result<std::shared_ptr<Cancellable>> LiftedFunc::Call(Store&, std::shared_ptr<CallSite> site,
                                                            ComponentInstance* caller) {
  // A component that wraps others may not call into them, nor they into it: the rules say how that
  // would be done, but for now everybody refuses it.
  if (!inst_.MayEnterFrom(caller) || (caller != nullptr && inst_.IsRelatedTo(*caller)))
    return Trap(kCannotEnter);
  inst_.EnterFrom(caller);
  std::shared_ptr<Cancellable> on_cancel = TRY(Lift(std::move(site)));
  inst_.LeaveTo(caller);
  return on_cancel;
}

wasm::Result<std::shared_ptr<Cancellable>> LiftedFunc::Lift(std::shared_ptr<CallSite> site) {
  // FAST: nothing can block, so the task and its thread live on this stack.
  if (!type_.is_async && !inst_.needs_fibers) {
    Task task(type_, options_, inst_, std::move(site));
    task.SetDirect();
    Thread thread(task, nullptr);
    task.implicit_thread = &thread;
    ImplicitThread implicit(*this, task);
    implicit.SetThread(thread);
    const Store::CurrentThread current(inst_.store, &thread);
    TRY(implicit.Run(Cancelled::kFalse));
    return nullptr;
  }
  const auto task =
      std::make_shared<Task>(type_, options_, inst_, std::move(site), shared_from_this());
  auto implicit = std::make_unique<ImplicitThread>(*this, *task);
  ImplicitThread* const raw = implicit.get();
  Thread& thread = task->NewThread(
      [owned = std::move(implicit)](Cancelled cancelled) { return owned->Run(cancelled); });
  raw->SetThread(thread);
  task->implicit_thread = &thread;
  inst_.store.Keep(task);
  if (!type_.is_async) {
    TRY_VOID(RunSynchronously(*task, thread));
    return nullptr;
  }
  // Whoever has the instance for itself may be about to leave it.
  while (task->NeedsExclusive() && inst_.exclusive_thread != nullptr &&
         inst_.exclusive_thread->ready())
    TRY_VOID(inst_.exclusive_thread->Resume());
  TRY_VOID(thread.Resume());
  if (task->state() == Task::State::kResolved) return nullptr;
  return task;
}

wasm::Result<void> LiftedFunc::ReturnScalar(uint64_t* slots) const {
  const uint64_t flat_result = slots[0];
  if (type_.result != nullptr) slots[0] = TRY(LiftScalar(flat_result, type_.result->kind));
  if (options_.post_return) {
    uint64_t flat[] = {flat_result};
    inst_.may_leave = false;
    TRY_VOID(CallAndTrapOnThrow(*options_.post_return, flat));
    inst_.may_leave = true;
  }
  return {};
}

[[gnu::always_inline]] inline wasm::Result<void> LiftedFunc::CallScalar(uint64_t* slots) const {
  // The host is nobody's relative: all instances up to the root are entered and left.
  ComponentInstance* entering = &inst_;
  do {
    if (!entering->may_enter) [[unlikely]] {
      for (ComponentInstance* at = &inst_; at != entering; at = at->parent) at->may_enter = true;
      return Trap(kCannotEnter);
    }
    entering->may_enter = false;
    entering = entering->parent;
  } while (entering != nullptr);
  wasm::Result<void> result = trenail::CallRaw(*callee_.store(), callee_.internal(), slots);
  // One object all the way, which nobody looks at twice.
  if (!result) [[unlikely]]
    result = TrapOnThrow(std::move(result.error()));
  else if (!returns_as_is_)
    result = ReturnScalar(slots);
  if (result) [[likely]]
    for (ComponentInstance* at = &inst_; at != nullptr; at = at->parent) at->may_enter = true;
  return result;
}

wasm::Result<void> CallFlatFromHost(LiftedFunc& func, uint64_t* slots) {
  // FAST: nothing of a call but its core function.
  if (!func.needs_no_task()) [[unlikely]]
    return CallFlatByTask(func, slots);
  Store& store = func.inst().store;
  const Store::Nesting nesting(store);
  return func.CallScalar(slots);
}

wasm::Result<void> LiftedFunc::CallWithoutTask(CallSite& site) const {
  if (!inst_.MayEnterFrom(nullptr)) return Trap(kCannotEnter);
  inst_.EnterFrom(nullptr);
  uint64_t slots[kMaxFlatParams + 1] = {};
  LiftLowerContext context(options_, inst_, nullptr);
  abi::Context cx = context.cx();
  TRY_VOID(site.LowerArgs(cx, params_, slots));
  TRY_VOID(CallAndTrapOnThrow(callee_, slots));
  const uint64_t flat_result = slots[0];
  TRY_VOID(site.LiftResult(cx, kMaxFlatResults, {&flat_result, 1}, results_));
  if (options_.post_return) {
    inst_.may_leave = false;
    slots[0] = flat_result;
    TRY_VOID(CallAndTrapOnThrow(*options_.post_return, slots));
    inst_.may_leave = true;
  }
  inst_.LeaveTo(nullptr);
  return {};
}

}  // namespace component::runtime
