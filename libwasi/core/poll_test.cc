// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waiting for clocks and descriptors together.

#include "libwasi/core/poll.h"

#include <sys/socket.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "libwasi/core/stdio.h"
#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

constexpr uint64_t kMilli = 1'000'000;

Subscription After(uint64_t nanoseconds, ClockId clock = ClockId::kMonotonic) {
  return {.kind = Subscription::kClock, .clock = clock, .timeout = nanoseconds};
}
Subscription At(uint64_t nanoseconds, ClockId clock) {
  return {.kind = Subscription::kClock, .clock = clock, .timeout = nanoseconds, .absolute = true};
}
Subscription Readable(std::shared_ptr<Descriptor> descriptor) {
  return {.kind = Subscription::kReadable, .descriptor = std::move(descriptor)};
}
Subscription Writable(std::shared_ptr<Descriptor> descriptor) {
  return {.kind = Subscription::kWritable, .descriptor = std::move(descriptor)};
}

struct PolledPipe {
  PolledPipe() {
    int fds[2];
    REQUIRE(::pipe(fds) == 0);
    reader = std::make_shared<File>(UniqueFd(fds[0]), FileType::kUnknown, uint16_t{0}, false);
    writer = std::make_shared<File>(UniqueFd(fds[1]), FileType::kUnknown, uint16_t{0}, false);
  }
  std::shared_ptr<File> reader;
  std::shared_ptr<File> writer;
};

TEST_CASE("no subscriptions are invalid") { CHECK(ErrorOf(Poll({}, nullptr)) == Errno::kInval); }

TEST_CASE("a relative timeout waits as long as it says") {
  uint64_t begin = MonotonicNow();
  Subscription subscriptions[] = {After(30 * kMilli)};
  auto events = Poll(subscriptions, nullptr);
  REQUIRE(events.has_value());
  REQUIRE(events->size() == 1);
  CHECK(events->front().error == Errno::kSuccess);
  CHECK(MonotonicNow() - begin >= 30 * kMilli);
}

TEST_CASE("absolute timeouts on both clocks") {
  for (ClockId clock : {ClockId::kMonotonic, ClockId::kRealtime}) {
    uint64_t begin = MonotonicNow();
    Subscription later[] = {At(*ClockTime(clock) + 20 * kMilli, clock)};
    CHECK(Poll(later, nullptr)->size() == 1);
    CHECK(MonotonicNow() - begin >= 19 * kMilli);
    Subscription past[] = {At(1, clock)};
    CHECK(Poll(past, nullptr)->size() == 1);
    Subscription now[] = {At(0, clock)};
    CHECK(Poll(now, nullptr)->size() == 1);
  }
}

TEST_CASE("the earliest of several clocks ends the wait") {
  Subscription subscriptions[] = {After(~uint64_t{0}), After(10 * kMilli, ClockId::kRealtime),
                                  After(3600'000 * kMilli)};
  auto events = Poll(subscriptions, nullptr);
  REQUIRE(events->size() == 1);
  CHECK(events->front().subscription == 1);
}

TEST_CASE("clocks of consumed time cannot be waited for") {
  Subscription subscriptions[] = {After(1, ClockId::kProcessCpuTime),
                                  After(1, static_cast<ClockId>(9)), After(3600'000 * kMilli)};
  auto events = Poll(subscriptions, nullptr);
  REQUIRE(events->size() == 2);
  CHECK((*events)[0].error == Errno::kNotsup);
  CHECK((*events)[1].error == Errno::kInval);
}

TEST_CASE("a regular file is always ready") {
  TempTree tree;
  tree.File("file", "content");
  auto directory = *Directory::OpenHost(tree.path(), false);
  auto file = *directory->Open("file", {.read = true, .write = true});
  REQUIRE(file->Seek(3, Whence::kSet).has_value());
  Subscription subscriptions[] = {Readable(file), Writable(file), After(3600'000 * kMilli)};
  auto events = Poll(subscriptions, nullptr);
  REQUIRE(events->size() == 2);
  CHECK((*events)[0].bytes == 4);
  CHECK((*events)[1].bytes > 0);
}

TEST_CASE("pipes are ready when they have data, room, or no other end") {
  PolledPipe pipe;
  Subscription subscriptions[] = {Readable(pipe.reader), Writable(pipe.writer)};
  auto events = Poll(subscriptions, nullptr);
  REQUIRE(events->size() == 1);
  CHECK(events->front().subscription == 1);
  Subscription readable[] = {Readable(pipe.reader), After(10 * kMilli)};
  events = Poll(readable, nullptr);
  REQUIRE(events->size() == 1);
  CHECK(events->front().subscription == 1);
  REQUIRE(WriteText(*pipe.writer, "abc").has_value());
  events = Poll(readable, nullptr);
  REQUIRE(events->size() == 1);
  CHECK(events->front().subscription == 0);
  CHECK(events->front().bytes == 3);
  CHECK_FALSE(events->front().hangup);
  CHECK(ReadAll(*pipe.reader) == "abc");
  pipe.writer = nullptr;
  subscriptions[1] = {};
  events = Poll(readable, nullptr);
  CHECK(events->front().hangup);
}

TEST_CASE("data that arrives later ends the wait") {
  PolledPipe pipe;
  std::thread writer([&] {
    ::usleep(20'000);
    WriteText(*pipe.writer, "x").value();
  });
  Subscription subscriptions[] = {After(10'000 * kMilli), Readable(pipe.reader)};
  auto events = Poll(subscriptions, nullptr);
  writer.join();
  REQUIRE(events->size() == 1);
  CHECK(events->front().subscription == 1);
}

TEST_CASE("an error found before the wait is an event") {
  PolledPipe pipe;
  Subscription bad = {.kind = Subscription::kReadable, .error = Errno::kBadf};
  Subscription subscriptions[] = {Readable(pipe.reader), bad};
  auto events = Poll(subscriptions, nullptr);
  REQUIRE(events->size() == 1);
  CHECK(events->front().subscription == 1);
  CHECK(events->front().error == Errno::kBadf);
}

TEST_CASE("an interrupt ends a wait without end") {
  PolledPipe pipe;
  Interrupt interrupt;
  std::thread waker([&] {
    ::usleep(20'000);
    interrupt.Raise();
  });
  Subscription subscriptions[] = {Readable(pipe.reader)};
  CHECK(ErrorOf(Poll(subscriptions, &interrupt)) == Errno::kCanceled);
  waker.join();
}

TEST_CASE("a deadline of the host ends a longer timeout of the guest") {
  Interrupt interrupt;
  interrupt.SetDeadline(MonotonicAfter(20 * kMilli));
  Subscription subscriptions[] = {After(3600'000 * kMilli)};
  CHECK(ErrorOf(Poll(subscriptions, &interrupt)) == Errno::kCanceled);
}

}  // namespace
}  // namespace trenail::wasi
