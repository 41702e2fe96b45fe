// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// poll_oneoff. The two versions differ in where the fields of a subscription to a clock are.

#include "libwasi/core/poll.h"

#include "libwasi/p1/functions.h"
#include "libwasm/support/error.h"

namespace trenail::wasi::p1 {
namespace {

// The host's memory for one call is bounded, whatever the guest asks for.
constexpr Size kMaxSubscriptions = 1 << 14;
constexpr uint32_t kEventSize = 32;

enum EventType : uint8_t { kClock, kFdRead, kFdWrite };

// Where the fields of a subscription are.
struct SubscriptionLayout {
  uint32_t size;
  uint32_t clock_id;
  uint32_t timeout;
  uint32_t flags;
};
constexpr SubscriptionLayout kPreview1Layout = {48, 16, 24, 40};
constexpr SubscriptionLayout kUnstableLayout = {56, 24, 32, 48};
constexpr uint32_t kUserdata = 0;
constexpr uint32_t kTag = 8;
constexpr uint32_t kFd = 16;

Subscription ToSubscription(Call& call, const uint8_t* from, uint8_t tag,
                            const SubscriptionLayout& layout) {
  Subscription subscription;
  if (tag == kClock) {
    uint16_t flags = GuestMemory::Load<uint16_t>(from + layout.flags);
    subscription.clock = static_cast<ClockId>(GuestMemory::Load<uint32_t>(from + layout.clock_id));
    subscription.timeout = GuestMemory::Load<uint64_t>(from + layout.timeout);
    subscription.absolute = (flags & 1) != 0;
    if (flags > 1) subscription.error = Errno::kInval;
    return subscription;
  }
  subscription.kind = tag == kFdRead ? Subscription::kReadable : Subscription::kWritable;
  Rights rights = right::kPollFdReadwrite | (tag == kFdRead ? right::kFdRead : right::kFdWrite);
  IoResult<HeldDescriptor> held =
      call.context.descriptors.Get(GuestMemory::Load<Fd>(from + kFd), rights);
  if (held.has_value()) {
    subscription.descriptor = std::move(held->descriptor);
  } else {
    subscription.error = held.error();
  }
  return subscription;
}

IoStatus PollWith(Call& call, Address subscriptions, Address events, Size count, Address result,
                  const SubscriptionLayout& layout) {
  if (count == 0) return std::unexpected(Errno::kInval);
  const uint8_t* from = TRY(call.memory.Range(subscriptions, uint64_t{count} * layout.size));
  uint8_t* to = TRY(call.memory.Range(events, uint64_t{count} * kEventSize));
  uint8_t* result_at = TRY(call.memory.Range(result, sizeof(Size)));
  if (count > kMaxSubscriptions) return std::unexpected(Errno::kNomem);

  struct Origin {
    uint64_t userdata;
    uint8_t tag;
  };
  std::vector<Origin> origins;
  std::vector<Subscription> wanted;
  for (Size i = 0; i < count; ++i, from += layout.size) {
    Origin origin = {GuestMemory::Load<uint64_t>(from + kUserdata),
                     GuestMemory::Load<uint8_t>(from + kTag)};
    if (origin.tag > kFdWrite) return std::unexpected(Errno::kInval);
    origins.push_back(origin);
    wanted.push_back(ToSubscription(call, from, origin.tag, layout));
  }

  std::vector<Event> happened = TRY(Poll(wanted, &call.context.interrupt));
  for (const Event& event : happened) {
    const Origin& origin = origins[event.subscription];
    GuestMemory::Store(to, origin.userdata);
    GuestMemory::Store(to + 8, event.error);
    GuestMemory::Store(to + 10, uint16_t{origin.tag});
    GuestMemory::Store(to + 12, uint32_t{0});
    GuestMemory::Store(to + 16, event.bytes);
    GuestMemory::Store(to + 24, uint64_t{event.hangup ? 1u : 0u});  // eventrwflags
    to += kEventSize;
  }
  GuestMemory::Store(result_at, static_cast<Size>(happened.size()));
  return {};
}

}  // namespace

IoStatus PollOneoff(Call& call, Address subscriptions, Address events, Size count, Address result) {
  return PollWith(call, subscriptions, events, count, result, kPreview1Layout);
}

namespace unstable {

IoStatus PollOneoff(Call& call, Address subscriptions, Address events, Size count, Address result) {
  return PollWith(call, subscriptions, events, count, result, kUnstableLayout);
}

}  // namespace unstable
}  // namespace trenail::wasi::p1
