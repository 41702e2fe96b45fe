// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads of the component model [cabi:Threads]. A thread of an instance whose built-ins can block
// runs on a fiber. Any other one runs on the stack of whoever resumes it; where it waits between
// calls of guest code (to enter its instance, for its callback) it does so without a stack.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_THREAD_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_THREAD_H_

#include <cstdint>
#include <functional>
#include <list>
#include <optional>

#include "libcomponent/runtime/trap.h"
#include "libwasm/fiber.h"

namespace component::runtime {

class ComponentInstance;
class Store;
class Task;

enum class Cancelled : uint8_t { kFalse, kTrue };

class Thread {
 public:
  // What the thread does, up to its end (true) or to where it waits for what it has said with
  // StartWaiting (false): then it is called again.
  using Body = std::move_only_function<wasm::Result<bool>(Cancelled)>;
  using Ready = std::function<bool()>;

  Thread(Task& task, Body body);
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  bool running() const { return running_; }
  bool waiting() const { return !running_ && is_waiting_; }
  bool suspended() const { return !running_ && !is_waiting_; }
  bool ready() const { return waiting() && ready_(); }

  // Of a thread that does not run. What it fails with is an error of who resumes it. The thread is
  // gone when this returns, if it has come to its end.
  wasm::Result<void> Resume(Cancelled cancelled = Cancelled::kFalse);
  void ResumeLater();

  // Of the current thread, in a built-in: only where the instance needs fibers.
  wasm::Result<Cancelled> Suspend(bool cancellable);
  wasm::Result<Cancelled> WaitUntil(Ready ready, bool cancellable = false);
  wasm::Result<Cancelled> Yield(bool cancellable);
  wasm::Result<Cancelled> SuspendThenResume(bool cancellable, Thread& other);
  wasm::Result<Cancelled> YieldThenResume(bool cancellable, Thread& other);
  wasm::Result<Cancelled> SuspendThenPromote(bool cancellable, Thread& other);
  wasm::Result<Cancelled> YieldThenPromote(bool cancellable, Thread& other);

  // From a body that is about to return false.
  void StartWaiting(Ready ready, bool cancellable);
  // Takes it off the list of those that wait, for good.
  void StopWaiting();
  // Ends it where it is, if it does not run.
  void Abandon();

  Task& task() const { return task_; }
  bool cancellable() const { return cancellable_; }

  uint32_t index = 0;  // in its instance's table; 0: not yet there
  uint64_t storage[2] = {0, 0};

 private:
  // Runs it until it blocks or ends; the thread to switch to, if any.
  wasm::Result<Thread*> RunUntilBlocked(Cancelled cancelled);
  void FiberMain();
  wasm::Result<Cancelled> Block(bool cancellable, Thread* switch_to);

  Task& task_;
  Store& store_;
  Body body_;
  std::optional<trenail::Fiber> fiber_;
  std::optional<wasm::Error> failure_;
  Ready ready_;
  std::list<Thread*>::iterator place_;  // in Store::waiting
  Thread* switch_to_ = nullptr;
  Cancelled block_result_ = Cancelled::kFalse;
  bool running_ = false;
  bool is_waiting_ = false;
  bool cancellable_ = false;
  bool finished_ = false;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_THREAD_H_
