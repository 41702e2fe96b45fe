// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one loop under everything that waits: descriptors, times, work on other threads. An
// interface, so that what stands on it needs no library; libwasi/net implements it.
//
// Threads: a loop belongs to one thread; Post alone may be called from any. Callbacks run in
// RunOnce, on that thread, and never inside the call that asked for them. They may ask for more.

#ifndef TRENAIL_LIBWASI_CORE_EVENT_LOOP_H_
#define TRENAIL_LIBWASI_CORE_EVENT_LOOP_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "libwasi/core/errno.h"
#include "libwasi/core/interrupt.h"

namespace trenail::wasi {

// Something that a callback waits for. Destroying it means that nobody waits any more: the callback
// is not called.
class Wait {
 public:
  virtual ~Wait() = default;
};
using WaitHandle = std::unique_ptr<Wait>;

class EventLoop {
 public:
  using Callback = std::function<void()>;

  virtual ~EventLoop() = default;

  // Once, when reading or writing would not block, or would fail. A descriptor that cannot be
  // waited for, such as a regular file, is ready at once. It must stay open as long as the handle
  // lives.
  virtual WaitHandle WhenReadable(int fd, Callback ready) = 0;
  virtual WaitHandle WhenWritable(int fd, Callback ready) = 0;
  // At a moment of the monotonic clock, in nanoseconds.
  virtual WaitHandle At(uint64_t monotonic_ns, Callback due) = 0;
  // Soon. From any thread.
  virtual void Post(Callback callback) = 0;
  // Runs `work`, which may block, on a thread of a small pool, and then `done` on the loop's. Where
  // the handle is destroyed before, the work is finished nevertheless but `done` is not called.
  virtual WaitHandle Offload(Callback work, Callback done) = 0;

  // Runs the callbacks that are due; if there are none, waits for the first. False: nothing is
  // waited for, so nothing can happen. kCanceled if the interrupt is due, which ends the wait.
  virtual IoResult<bool> RunOnce(const Interrupt* interrupt) = 0;
  // Runs those that are due and returns whether there were any.
  virtual bool RunReady() = 0;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_EVENT_LOOP_H_
