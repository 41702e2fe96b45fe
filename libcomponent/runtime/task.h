// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks [cabi:Tasks]: one call of a lifted function, with the threads that work on it.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_TASK_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_TASK_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/options.h"
#include "libcomponent/runtime/thread.h"

namespace component::runtime {

class Task final : public Cancellable, public std::enable_shared_from_this<Task> {
 public:
  enum class State : uint8_t { kInitial, kStarted, kPendingCancel, kCancelDelivered, kResolved };

  // `type` and `options` must outlive the task, which `keep_alive` may see to.
  Task(const FuncType& type, const CanonicalOptions& options, ComponentInstance& inst,
       std::shared_ptr<CallSite> site, std::shared_ptr<const void> keep_alive = nullptr)
      : type_(type),
        options_(options),
        inst_(inst),
        site_(std::move(site)),
        keep_alive_(std::move(keep_alive)) {}
  ~Task() override;

  const FuncType& type() const { return type_; }
  const CanonicalOptions& options() const { return options_; }
  ComponentInstance& inst() const { return inst_; }
  State state() const { return state_; }
  bool NeedsExclusive() const { return !options_.is_async || options_.callback.has_value(); }

  // A thread of this task, which owns it. Not yet in the instance's table.
  Thread& NewThread(Thread::Body body);
  // Forgets a thread that has ended.
  void Release(Thread& thread);
  // Ends all threads where they are.
  void Abandon();

  // [cabi:enter_implicit_thread] in two: whether it has to wait, and the rest.
  bool HasBackpressure() const;
  wasm::Result<void> EnterImplicitThread(Thread& thread);
  wasm::Result<void> ExitImplicitThread(Thread& thread);
  wasm::Result<void> RegisterThread(Thread& thread);
  wasm::Result<void> UnregisterThread(Thread& thread);

  wasm::Result<void> RequestCancellation(ComponentInstance* caller) override;
  bool DeliverPendingCancel(bool cancellable);

  // Takes the arguments from the caller into `slots`, and gives it the result that is in them.
  wasm::Result<void> Start(abi::Context& cx, abi::Types types, std::span<uint64_t> slots);
  wasm::Result<void> Return(abi::Context& cx, uint32_t max_flat, std::span<const uint64_t> slots,
                            abi::Types types);
  wasm::Result<void> Cancel();
  // The same for a task without a caller.
  void StartAlone() { state_ = State::kStarted; }
  wasm::Result<void> ReturnAlone();

  // FAST: of a task that lives on its caller's stack nobody looks for the thread, unless the guest
  // can ask for its index.
  void SetDirect() { direct_ = true; }

  Thread* implicit_thread = nullptr;
  uint32_t num_borrows = 0;

 private:
  wasm::Result<void> CheckReturn() const;

  const FuncType& type_;
  const CanonicalOptions& options_;
  ComponentInstance& inst_;
  std::shared_ptr<CallSite> site_;
  std::shared_ptr<const void> keep_alive_;
  State state_ = State::kInitial;
  bool direct_ = false;
  std::vector<Thread*> threads_;  // registered ones
  std::vector<std::unique_ptr<Thread>> owned_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_TASK_H_
