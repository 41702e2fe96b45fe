// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waitables and sets of them [cabi:Waitable State]: what an event may come from.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_WAITABLE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_WAITABLE_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <utility>

#include "libcomponent/runtime/thread.h"
#include "libcomponent/runtime/trap.h"

namespace component::runtime {

enum class EventCode : uint32_t {
  kNone = 0,
  kSubtask = 1,
  kStreamRead = 2,
  kStreamWrite = 3,
  kFutureRead = 4,
  kFutureWrite = 5,
  kTaskCancelled = 6,
};

inline constexpr uint32_t kBlocked = 0xffffffff;  // [cabi:BLOCKED]

struct Event {  // [cabi:EventTuple]
  EventCode code = EventCode::kNone;
  uint32_t index = 0;
  uint32_t payload = 0;
};

class WaitableSet;

class Waitable {
 public:
  // Is asked for the event when it is delivered.
  using PendingEvent = std::function<Event()>;

  virtual ~Waitable() { Join(nullptr); }

  void SetPendingEvent(PendingEvent event) { pending_event_ = std::move(event); }
  bool HasPendingEvent() const { return static_cast<bool>(pending_event_); }
  bool in_waitable_set() const { return wset_ != nullptr; }
  bool has_sync_waiter() const { return has_sync_waiter_; }

  // Blocks the current thread.
  wasm::Result<void> WaitForPendingEvent(Thread& current);
  Event GetPendingEvent() { return std::exchange(pending_event_, nullptr)(); }
  // Null: leaves the set that it is in.
  void Join(WaitableSet* wset);

 private:
  friend class WaitableSet;
  PendingEvent pending_event_;
  WaitableSet* wset_ = nullptr;
  std::list<Waitable*>::iterator place_;  // in wset_->elems_
  bool has_sync_waiter_ = false;
};

class WaitableSet {
 public:
  ~WaitableSet();

  bool HasPendingEvent() const;
  // There must be one. Elements take turns.
  Event GetPendingEvent();
  // Blocks the current thread.
  wasm::Result<Event> WaitForEvent(Thread& current, bool cancellable);
  Event Poll(Thread& current, bool cancellable);
  wasm::Result<void> CheckDrop() const;

  uint32_t num_waiting = 0;

 private:
  friend class Waitable;
  std::list<Waitable*> elems_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_WAITABLE_H_
