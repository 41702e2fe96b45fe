// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/store.h"

#include "libcomponent/runtime/host_func.h"
#include "libcomponent/runtime/task.h"

namespace component::runtime {

Store::Store(trenail::Store& core) : core_(core) {
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
  // Suspended fibers are unwound while everything that their frames refer to is still there.
  for (const auto& [key, task] : tasks_) task->Abandon();
  tasks_.clear();
  for (PendingHostCall* call : host_calls_) call->Detach();
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
  return cancellable;
}

wasm::Result<bool> Store::Tick() {
  if (nesting_depth_ != 0) {
    return std::unexpected(
        wasm::Error(wasm::ErrorKind::kHost, "a host function cannot wait for other calls to end"));
  }
  for (Thread* thread : waiting_) {
    // Threads of an instance that has trapped wait for ever.
    ComponentInstance& inst = thread->task().inst();
    if (!thread->ready() || !inst.MayEnterFrom(nullptr)) continue;
    ++nesting_depth_;
    inst.EnterFrom(nullptr);
    wasm::Result<void> resumed = thread->Resume();
    --nesting_depth_;
    if (!resumed) return std::unexpected(std::move(resumed.error()));
    inst.LeaveTo(nullptr);
    return true;
  }
  return false;
}

wasm::Result<void> Store::RunUntil(const std::function<bool()>& done) {
  while (!done()) {
    if (TRY(Tick())) continue;
    if (!TRY(RunIdle())) return Trap(kDeadlock);
  }
  return {};
}

wasm::Result<void> Store::WaitForHost(const std::function<bool()>& done) {
  while (!done())
    if (!TRY(RunIdle())) return Trap(kDeadlock);
  return {};
}

wasm::Result<bool> Store::RunIdle() {
  const bool happened = !failure_ && idle_ && TRY(idle_());
  if (!failure_) return happened;
  wasm::Error error = std::move(*failure_);
  failure_.reset();
  return std::unexpected(std::move(error));
}

}  // namespace component::runtime
