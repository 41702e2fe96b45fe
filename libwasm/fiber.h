// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fibers: guest code of one store on several stacks, so that a call can be suspended inside a host
// function and go on later, while other calls run. One runs at a time, and only where it is told
// to: no scheduler, no threads. What the Component Model calls a continuation [cabi:Stack
// Switching]: cont_new is Create, resume is Resume, block is Suspend.
//
//   trenail::Result<int32_t> result = 0;
//   auto fiber = trenail::Fiber::Create(store, [&] { result = (*func)(1); });
//   fiber->Resume();                        // until the guest calls a host function that suspends
//   while (!fiber->finished()) fiber->Resume();
//
//   linker.Func("host", "wait", [&] { return trenail::Fiber::Suspend(store); });

#ifndef TRENAIL_LIBWASM_FIBER_H_
#define TRENAIL_LIBWASM_FIBER_H_

#include <cstddef>
#include <functional>
#include <utility>

#include "libwasm/libwasm.h"

namespace trenail::internal {
struct FiberState;
}  // namespace trenail::internal

namespace [[gnu::visibility("default")]] trenail {

struct FiberOptions {
  // Of the native stack, what compiled code and the host functions under it may use (there is room
  // for one more host function on top of it). Address space, of which only what is touched becomes
  // memory. 0: 1 MiB.
  size_t native_stack_bytes = 0;
  // For the interpreter's values and frames, likewise; at most StoreLimits::max_stack_bytes, if
  // that is set. 0: 416 KiB.
  size_t guest_stack_bytes = 0;
};

// A body that runs on a stack of its own. Stacks come from a pool of the store and return to it
// when the body has returned.
//
// Ownership: move-only; it may be moved while it runs. It holds the body until that has returned.
// It may outlive its store; then it counts as finished. It must not be destroyed while it runs,
// which includes its waiting for a fiber that it has resumed: the program is aborted.
//
// Destroying a suspended fiber, or its store, unwinds its stack: Suspend returns an error of kind
// kInterrupted, and the host function has to return at once, with whatever result; so destructors
// run, and nothing leaks. No guest code runs any more: calls that it was making end, calls that the
// host function tries to make fail. Since it may happen late, a host function must be prepared to
// touch nothing after a failed Suspend but what it owns itself. One that never returns hangs the
// destructor.
//
// Threads: a suspended fiber goes on only on the native thread on which it has started. If it is
// destroyed on another one, its stack is dropped without being unwound: what its host functions'
// frames own is leaked, except for the body's captures, which are destroyed in any case.
//
// A store's fibers take turns with each other and with code that is on no fiber, in the order of a
// stack of calls: whoever resumes waits until the resumed one suspends itself or ends. Traps and
// exceptions end at the call that the body makes, as ever, and so do traces: they never cross to
// who resumed. A host function must not suspend a fiber on which a call into another store is under
// way.
class Fiber {
 public:
  // `body` is not run yet. What becomes of it, its results and errors, is its own matter; it must
  // not throw. Errors: kExhausted where memory or StoreLimits::max_fibers do not allow one more;
  // kHost for options beyond 1 GiB.
  static Result<Fiber> Create(Store& store, std::move_only_function<void()> body,
                              const FiberOptions& options = {});

  Fiber(Fiber&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Fiber& operator=(Fiber&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Fiber();

  // Runs the body, or goes on with it, until it suspends itself or has returned. Errors, all kHost:
  // it has finished, it runs already, or it is another native thread's; and kInterrupted if who
  // resumes is itself being unwound.
  Result<void> Resume();
  // True when the body has returned.
  bool finished() const;

  // Suspends the innermost running fiber, which must be one of `store`: its Resume returns. Returns
  // when it is resumed. Called from the body or a host function under it. Errors: kHost if no fiber
  // of the store is the innermost that runs; kInterrupted if the fiber is being destroyed.
  static Result<void> Suspend(Store& store);
  static Result<void> Suspend(Caller& caller);
  // Suspends the innermost running fiber and all of the same store that wait for it, whoever made
  // them: the Resume of the outermost one returns, and resuming that one goes on here. For who runs
  // several stores in turn and does not know what fibers their calls have. Errors: as of Suspend.
  static Result<void> SuspendAll(Store& store);
  // True if Suspend could do so.
  static bool IsRunningIn(const Store& store);

 private:
  explicit Fiber(internal::FiberState* state) : state_(state) {}
  internal::FiberState* state_;  // null: moved from
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASM_FIBER_H_
