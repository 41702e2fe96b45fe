// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The event loop on poll(2), without a library: that of programs of their own, where everything
// that is linked is part of each program. What waits there are a few descriptors, and times.

#ifndef TRENAIL_LIBWASI_CORE_POLL_EVENT_LOOP_H_
#define TRENAIL_LIBWASI_CORE_POLL_EVENT_LOOP_H_

#include <poll.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "libwasi/core/event_loop.h"

namespace trenail::wasi {

class PollEventLoop final : public EventLoop {
 public:
  PollEventLoop();
  ~PollEventLoop() override;
  PollEventLoop(const PollEventLoop&) = delete;
  PollEventLoop& operator=(const PollEventLoop&) = delete;

  WaitHandle WhenReadable(int fd, Callback ready) override;
  WaitHandle WhenWritable(int fd, Callback ready) override;
  WaitHandle At(uint64_t monotonic_ns, Callback due) override;
  void Post(Callback callback) override;
  WaitHandle Offload(Callback work, Callback done) override;
  IoResult<bool> RunOnce(const Interrupt* interrupt) override;
  bool RunReady() override;

 private:
  class Handle;
  // What threads other than the loop's reach, and what outlives it if they do.
  struct Shared;
  struct Entry {
    Callback callback;
    int fd = -1;
    short events = 0;  // 0: it is not a descriptor that is waited for
    uint64_t when = 0;
  };

  WaitHandle Add(Entry entry);
  void Cancel(uint64_t id);
  // Calls back and forgets, unless it was cancelled meanwhile.
  bool Run(uint64_t id);
  // Waits for what comes first, for `timeout` nanoseconds at most, and runs it.
  bool Wait(uint64_t timeout, const Interrupt* interrupt);

  std::map<uint64_t, Entry> entries_;               // by an id that grows
  std::set<uint64_t> descriptors_;                  // those that wait for one
  std::set<std::pair<uint64_t, uint64_t>> timers_;  // moment, id
  uint64_t next_id_ = 1;
  std::vector<pollfd> polled_;  // kept for its memory
  std::vector<uint64_t> polled_ids_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_POLL_EVENT_LOOP_H_
