// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/store.h"

#include <algorithm>

#include "libcomponent/runtime/canon_lift.h"
#include "libcomponent/runtime/host_call.h"
#include "libcomponent/runtime/host_func.h"
#include "libcomponent/runtime/task.h"

namespace component::runtime {

namespace {

wasm::Error CopyOf(const wasm::Error& error) {
  wasm::Error copy = error.kind() == wasm::ErrorKind::kExit
                         ? wasm::Error::Exit(error.exit_code())
                         : wasm::Error(error.kind(), error.message());
  copy.mutable_trace() = error.trace();
  copy.SetCoredump(error.coredump());
  return copy;
}

}  // namespace

// ---- what was posted

void PostQueue::Post(std::function<void()> callback) {
  if (store_ == nullptr) return;
  posted_.push_back(std::move(callback));
  store_->Wake();
}

bool PostQueue::RunOne() {
  if (posted_.empty()) return false;
  const std::function<void()> callback = std::move(posted_.front());
  posted_.pop_front();
  callback();
  return true;
}

void PostQueue::Close() {
  store_ = nullptr;
  // What ends with them may post more.
  const std::deque<std::function<void()>> posted = std::move(posted_);
}

// ---- the store

Store::Store(trenail::Store& core) : core_(core), posts_(std::make_shared<PostQueue>(*this)) {
  core.SetOwnerDescriber(
      [](const void* owner) { return static_cast<const ComponentInstance*>(owner)->Path(); });
}

void Store::Abandon(std::unique_ptr<trenail::Store> core) {
  core->Abandon();
  abandoned_core_ = std::move(core);
}

void Store::EndAbandoned() {
  if (uses_ != 0 || nesting_depth_ != 0 || abandoned_core_->IsInUse()) return;
  const std::unique_ptr<trenail::Store> core = std::move(abandoned_core_);
  delete this;
}

Store::~Store() {
  on_progress_ = nullptr;
  // What waits for the host's calls, which are not told any more, goes first: it may still look at
  // the instances.
  const std::list<std::shared_ptr<HostSite>> calls = std::exchange(calls_, {});
  for (const auto& call : calls) call->place_.reset();
  posts_->Close();
  for (const auto& call : calls) call->Forget();
  // Suspended fibers are unwound while everything that their frames refer to is still there.
  for (const auto& [key, task] : tasks_) task->Abandon();
  tasks_.clear();
  while (!host_calls_.empty()) {
    // Its embedder's half may be what keeps it, or others.
    const std::shared_ptr<PendingHostCall> call = (*host_calls_.begin())->shared_from_this();
    host_calls_.erase(call.get());
    call->Detach();
  }
}

wasm::Result<std::reference_wrapper<ComponentInstance>> Store::NewInstance(
    ComponentInstance* parent, std::shared_ptr<const ValidatedComponent> component) {
  const auto too_many = [](const char* what) {
    return std::unexpected(wasm::Error(wasm::ErrorKind::kExhausted, what));
  };
  if (instances_.size() >= kMaxInstances)
    return too_many("more than 10000 component instances in one store");
  if (parent != nullptr && parent->depth() >= kMaxDepth)
    return too_many("component instances are nested too deep");
  return std::ref(*instances_.emplace_back(
      std::make_unique<ComponentInstance>(*this, parent, std::move(component))));
}

void Store::Keep(std::shared_ptr<Task> task) {
  Task* const key = task.get();
  tasks_.emplace(key, std::move(task));
}

void Store::Forget(Task& task) { tasks_.erase(&task); }

wasm::Result<std::shared_ptr<Cancellable>> Store::Invoke(FuncInst& func,
                                                         std::shared_ptr<CallSite> site) {
  ++nesting_depth_;
  auto cancellable = func.Call(*this, std::move(site), nullptr);
  --nesting_depth_;
  if (!cancellable) [[unlikely]]
    KeepForOthers(cancellable.error());
  return cancellable;
}

wasm::Result<void> Store::InvokeWithoutTask(const LiftedFunc& func, CallSite& site) {
  ++nesting_depth_;
  wasm::Result<void> done = func.CallWithoutTask(site);
  --nesting_depth_;
  if (!done) [[unlikely]]
    KeepForOthers(done.error());
  return done;
}

void Store::KeepForOthers(const wasm::Error& error) {
  if (!earlier_failure_ && !calls_.empty()) earlier_failure_ = CopyOf(error);
}

wasm::Result<std::shared_ptr<Cancellable>> Store::Begin(FuncInst& func,
                                                        const std::shared_ptr<HostSite>& site) {
  site->posts_ = posts_;
  if (const LiftedFunc* const lifted = func.AsLifted()) site->callee_ = &lifted->inst();
  auto cancellable = Invoke(func, site);
  if (cancellable && !site->resolved()) site->place_ = calls_.insert(calls_.end(), site);
  return cancellable;
}

void Store::Untrack(HostSite& site) {
  const auto place = *std::exchange(site.place_, std::nullopt);
  const std::shared_ptr<HostSite> last = std::move(*place);
  calls_.erase(place);
}

wasm::Result<void> Store::Cancel(Cancellable& callee) {
  const Use use(*this);
  const Nesting nesting(*this);
  wasm::Result<void> cancelled = callee.RequestCancellation(nullptr);
  if (!cancelled && !earlier_failure_) earlier_failure_ = CopyOf(cancelled.error());
  return cancelled;
}

wasm::Result<void> Store::CheckOwned() const {
  if (abandoned_core_ == nullptr) return {};
  return std::unexpected(
      wasm::Error(wasm::ErrorKind::kHost, "the store was destroyed while it was in use"));
}

bool Store::RunPosted() {
  if (!posts_->RunOne()) return false;
  posted_is_next_ = false;
  return true;
}

wasm::Result<bool> Store::Tick() {
  if (nesting_depth_ != 0) {
    return std::unexpected(
        wasm::Error(wasm::ErrorKind::kHost, "a host function cannot wait for other calls to end"));
  }
  if (posted_is_next_ && RunPosted()) {
    TRY_VOID(CheckOwned());
    return true;
  }
  posted_is_next_ = true;
  for (Thread* thread : waiting_) {
    // Threads of an instance that has trapped wait for ever.
    ComponentInstance& inst = thread->task().inst();
    if (!thread->ready() || !inst.MayEnterFrom(nullptr)) continue;
    ++nesting_depth_;
    inst.EnterFrom(nullptr);
    wasm::Result<void> resumed = thread->Resume();
    --nesting_depth_;
    if (!resumed) return EndCallsOfTheFailed(std::move(resumed.error()));
    inst.LeaveTo(nullptr);
    return true;
  }
  if (RunPosted()) {
    TRY_VOID(CheckOwned());
    return true;
  }
  return EndFailedCalls();
}

wasm::Result<bool> Store::EndCallsOfTheFailed(wasm::Error error) {
  bool is_known = false, is_runners = false;
  for (auto at = calls_.begin(); at != calls_.end();) {
    const std::shared_ptr<HostSite> call = *at++;
    if (call->callee() == nullptr || call->callee()->MayEnterFrom(nullptr)) continue;
    is_known |= call->audience() == HostSite::Audience::kCallback;
    is_runners |= call->audience() == HostSite::Audience::kRunner;
    call->Fail(CopyOf(error));
  }
  if (is_known && !is_runners) return true;
  return std::unexpected(std::move(error));
}

wasm::Result<bool> Store::EndFailedCalls() {
  if (!failed_calls_.empty()) {
    FailedCall failed = std::move(failed_calls_.front());
    failed_calls_.pop_front();
    if (failed.caller != nullptr) {
      failed.caller->EnterFrom(nullptr);  // for good
      return EndCallsOfTheFailed(std::move(failed.error));
    }
    const auto found =
        std::ranges::find(calls_, failed.site.get(), [](const auto& call) { return call.get(); });
    if (found == calls_.end()) return std::unexpected(std::move(failed.error));
    const std::shared_ptr<HostSite> call = *found;
    call->Fail(CopyOf(failed.error));
    if (call->audience() != HostSite::Audience::kRunner) return true;
    return std::unexpected(std::move(failed.error));
  }
  // Of failures that were no tick's.
  const bool any = std::ranges::any_of(calls_, [](const auto& call) {
    return call->callee() != nullptr && !call->callee()->MayEnterFrom(nullptr);
  });
  std::optional<wasm::Error> earlier = std::exchange(earlier_failure_, std::nullopt);
  if (!any) return false;
  return EndCallsOfTheFailed(earlier ? *std::move(earlier)
                                     : wasm::Error(wasm::ErrorKind::kTrap, kCannotEnter));
}

wasm::Result<void> Store::RunUntil(const std::function<bool()>& done) {
  while (!done()) {
    if (TRY(Tick())) continue;
    if (!TRY(RunIdle())) return Trap(kDeadlock);
  }
  return {};
}

wasm::Result<void> Store::WaitForHost(const CallSite& site, const std::function<bool()>& done) {
  while (!done()) {
    const auto failed = std::ranges::find(failed_calls_, &site,
                                          [](const FailedCall& call) { return call.site.get(); });
    if (failed != failed_calls_.end()) {
      wasm::Error error = std::move(failed->error);
      failed_calls_.erase(failed);
      return std::unexpected(std::move(error));
    }
    if (!TRY(RunIdle())) return Trap(kDeadlock);
  }
  return {};
}

wasm::Result<bool> Store::RunIdle() {
  bool happened = false;
  if (!failure_ && idle_) {
    happened = TRY(idle_());
    TRY_VOID(CheckOwned());
  }
  if (!failure_) return happened;
  wasm::Error error = std::move(*failure_);
  failure_.reset();
  return std::unexpected(std::move(error));
}

}  // namespace component::runtime
