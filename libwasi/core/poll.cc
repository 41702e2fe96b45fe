// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All timeouts become moments of the monotonic clock, so one ppoll(2) waits for everything.

#include "libwasi/core/poll.h"

#include <limits.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "libwasi/core/host_io.h"

namespace trenail::wasi {
namespace {

constexpr uint64_t kRegularFileBytes = 1 << 16;  // a write of any size is accepted
constexpr size_t kNotPolled = static_cast<size_t>(-1);

// A clock that only runs while the guest does can never end a wait.
IoResult<uint64_t> DeadlineOf(const Subscription& subscription) {
  switch (subscription.clock) {
    case ClockId::kMonotonic:
      return subscription.absolute ? subscription.timeout : MonotonicAfter(subscription.timeout);
    case ClockId::kRealtime: {
      if (!subscription.absolute) return MonotonicAfter(subscription.timeout);
      uint64_t now = RealtimeNow();
      return subscription.timeout <= now ? 0 : MonotonicAfter(subscription.timeout - now);
    }
    case ClockId::kProcessCpuTime:
    case ClockId::kThreadCpuTime:
      return std::unexpected(Errno::kNotsup);
  }
  return std::unexpected(Errno::kInval);
}

uint64_t ReadableBytes(int fd) {
  int bytes = 0;
  if (::ioctl(fd, FIONREAD, &bytes) != 0 || bytes < 0) return 0;
  return static_cast<uint64_t>(bytes);
}

Event ToEvent(size_t index, const Subscription& subscription, const pollfd& entry) {
  Event event = {.subscription = index};
  if ((entry.revents & POLLNVAL) != 0) {
    event.error = Errno::kBadf;
    return event;
  }
  // POLLERR tells no more than that the next operation fails with the reason.
  event.hangup = (entry.revents & (POLLHUP | POLLERR)) != 0;
  if (subscription.kind == Subscription::kReadable) {
    event.bytes = ReadableBytes(entry.fd);
  } else {
    event.bytes = event.hangup ? 0 : PIPE_BUF;
  }
  return event;
}

}  // namespace

IoResult<std::vector<Event>> Poll(std::span<const Subscription> subscriptions,
                                  const Interrupt* interrupt) {
  if (subscriptions.empty()) return std::unexpected(Errno::kInval);
  struct State {
    uint64_t deadline = Interrupt::kNoDeadline;
    size_t entry = kNotPolled;
    bool is_ready = false;
    Event event = {};
  };
  std::vector<State> states(subscriptions.size());
  std::vector<pollfd> entries;
  uint64_t earliest = Interrupt::kNoDeadline;
  for (size_t i = 0; i < subscriptions.size(); ++i) {
    const Subscription& subscription = subscriptions[i];
    State& state = states[i];
    state.event.subscription = i;
    Errno error = subscription.error;
    if (error == Errno::kSuccess && subscription.kind == Subscription::kClock) {
      IoResult<uint64_t> deadline = DeadlineOf(subscription);
      if (deadline.has_value()) {
        state.deadline = *deadline;
        earliest = std::min(earliest, *deadline);
        continue;
      }
      error = deadline.error();
    } else if (error == Errno::kSuccess) {
      PollSource source = subscription.descriptor->poll_source();
      if (source.host_fd >= 0) {
        short events = subscription.kind == Subscription::kReadable ? POLLIN : POLLOUT;
        state.entry = entries.size();
        entries.push_back({source.host_fd, events, 0});
        continue;
      }
      state.event.bytes =
          subscription.kind == Subscription::kReadable ? source.readable_bytes : kRegularFileBytes;
    }
    state.event.error = error;
    state.is_ready = true;
    earliest = 0;
  }

  IoResult<int> waited = WaitForAny(entries, earliest, interrupt);
  if (!waited) return std::unexpected(waited.error());
  uint64_t now = MonotonicNow();
  std::vector<Event> events;
  for (size_t i = 0; i < subscriptions.size(); ++i) {
    const State& state = states[i];
    if (state.entry != kNotPolled) {
      const pollfd& entry = entries[state.entry];
      if (entry.revents != 0) events.push_back(ToEvent(i, subscriptions[i], entry));
    } else if (state.is_ready || state.deadline <= now) {
      events.push_back(state.event);
    }
  }
  return events;
}

}  // namespace trenail::wasi
