// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Subtasks [cabi:Subtask State]: a call of another function, as its caller sees it.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_SUBTASK_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_SUBTASK_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/waitable.h"

namespace component::runtime {

class Subtask : public Waitable {
 public:
  enum class State : uint8_t {
    kStarting = 0,
    kStarted = 1,
    kReturned = 2,
    kCancelledBeforeStarted = 3,
    kCancelledBeforeReturned = 4,
  };

  State state() const { return state_; }
  void Start() { state_ = State::kStarted; }
  bool resolved() const { return state_ >= State::kReturned; }
  void Resolve(State state) {
    state_ = state;
    on_cancel = nullptr;  // which refers back to this
  }

  // The handle of `inst` stays where it is until the subtask's end has been delivered.
  void AddLender(ComponentInstance& inst, uint32_t index);
  void DeliverResolve();
  bool resolve_delivered() const { return resolve_delivered_; }

  std::shared_ptr<Cancellable> on_cancel;
  bool cancellation_requested = false;

 private:
  State state_ = State::kStarting;
  bool resolve_delivered_ = false;
  std::vector<std::pair<ComponentInstance*, uint32_t>> lenders_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_SUBTASK_H_
