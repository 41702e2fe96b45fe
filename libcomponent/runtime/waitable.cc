// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/waitable.h"

#include "libcomponent/runtime/task.h"

namespace component::runtime {

wasm::Result<void> Waitable::WaitForPendingEvent(Thread& current) {
  has_sync_waiter_ = true;
  TRY(current.WaitUntil([this] { return HasPendingEvent(); }));
  has_sync_waiter_ = false;
  return {};
}

void Waitable::Join(WaitableSet* wset) {
  if (wset_ != nullptr) wset_->elems_.erase(place_);
  wset_ = wset;
  if (wset != nullptr) place_ = wset->elems_.insert(wset->elems_.end(), this);
}

WaitableSet::~WaitableSet() {
  for (Waitable* waitable : elems_) waitable->wset_ = nullptr;
}

bool WaitableSet::HasPendingEvent() const {
  for (const Waitable* waitable : elems_)
    if (waitable->HasPendingEvent()) return true;
  return false;
}

Event WaitableSet::GetPendingEvent() {
  for (auto at = elems_.begin(); at != elems_.end(); ++at) {
    if (!(*at)->HasPendingEvent()) continue;
    Waitable& waitable = **at;
    elems_.splice(elems_.end(), elems_, at);
    return waitable.GetPendingEvent();
  }
  return {};
}

wasm::Result<Event> WaitableSet::WaitForEvent(Thread& current, bool cancellable) {
  ++num_waiting;
  const Cancelled cancelled =
      TRY(current.WaitUntil([this] { return HasPendingEvent(); }, cancellable));
  --num_waiting;
  return cancelled == Cancelled::kTrue ? Event{.code = EventCode::kTaskCancelled}
                                       : GetPendingEvent();
}

Event WaitableSet::Poll(Thread& current, bool cancellable) {
  if (current.task().DeliverPendingCancel(cancellable)) return {.code = EventCode::kTaskCancelled};
  return HasPendingEvent() ? GetPendingEvent() : Event{};
}

wasm::Result<void> WaitableSet::CheckDrop() const {
  if (!elems_.empty()) return Trap("cannot drop waitable set that has waitables in it");
  if (num_waiting > 0) return Trap("cannot drop waitable set with waiters");
  return {};
}

}  // namespace component::runtime
