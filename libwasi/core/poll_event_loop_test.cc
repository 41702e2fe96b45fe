// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The event loop without a library: order, cancelling from inside, threads, interruption.

#include "libwasi/core/poll_event_loop.h"

#include <pthread.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>
#include <vector>

#include "libwasi/core/clocks.h"

namespace trenail::wasi {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;

uint64_t After(uint64_t milliseconds) { return MonotonicNow() + milliseconds * kMillisecond; }

void RunAll(PollEventLoop& loop) {
  while (loop.RunOnce(nullptr).value()) {
  }
}

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2];
};

TEST_CASE("an idle loop has nothing to wait for") {
  PollEventLoop loop;
  CHECK_FALSE(loop.RunOnce(nullptr).value());
  CHECK_FALSE(loop.RunReady());
  WaitHandle gone = loop.At(After(1'000'000), [] {});
  gone.reset();
  CHECK_FALSE(loop.RunOnce(nullptr).value());
}

TEST_CASE("times are due in their order, and not before") {
  PollEventLoop loop;
  std::string order;
  const uint64_t begin = MonotonicNow();
  const WaitHandle late = loop.At(After(20), [&] { order += 'c'; });
  const WaitHandle early = loop.At(After(10), [&] { order += 'b'; });
  const WaitHandle past = loop.At(0, [&] { order += 'a'; });
  CHECK(order.empty());
  CHECK(loop.RunReady());
  CHECK(order == "a");
  RunAll(loop);
  CHECK(order == "abc");
  CHECK(MonotonicNow() - begin >= 20 * kMillisecond);
}

TEST_CASE("descriptors, once each") {
  PollEventLoop loop;
  Pipe pipe;
  int readable = 0, writable = 0;
  const WaitHandle read = loop.WhenReadable(pipe.ends[0], [&] { ++readable; });
  const WaitHandle write = loop.WhenWritable(pipe.ends[1], [&] { ++writable; });
  CHECK(loop.RunOnce(nullptr).value());
  CHECK(writable == 1);
  CHECK(readable == 0);
  CHECK_FALSE(loop.RunReady());
  REQUIRE(::write(pipe.ends[1], "x", 1) == 1);
  RunAll(loop);
  CHECK(readable == 1);
  CHECK(writable == 1);
}

TEST_CASE("a callback may destroy its own wait and others, and ask for more") {
  PollEventLoop loop;
  WaitHandle first, second, third;
  std::string order;
  first = loop.At(0, [&] {
    order += '1';
    first.reset();
    second.reset();
    third = loop.At(0, [&] { order += '3'; });
  });
  second = loop.At(1, [&] { order += '2'; });
  RunAll(loop);
  CHECK(order == "13");
}

TEST_CASE("other threads post and work") {
  PollEventLoop loop;
  const pthread_t here = ::pthread_self();
  int done = 0;
  std::vector<WaitHandle> handles;
  for (int i = 0; i < 20; ++i) {
    handles.push_back(loop.Offload([] { ::usleep(1000); },
                                   [&] {
                                     CHECK(::pthread_equal(::pthread_self(), here));
                                     ++done;
                                   }));
  }
  handles[7].reset();
  RunAll(loop);
  CHECK(done == 19);

  const WaitHandle kept = loop.At(After(1'000'000), [] {});
  std::thread other([&] { loop.Post([&] { ++done; }); });
  while (done < 20) REQUIRE(loop.RunOnce(nullptr).value());
  other.join();
}

TEST_CASE("an interrupt ends a wait, and so does its deadline") {
  PollEventLoop loop;
  const WaitHandle kept = loop.At(After(1'000'000), [] {});
  Interrupt raised;
  std::thread other([&] {
    ::usleep(5000);
    raised.Raise();
  });
  CHECK(loop.RunOnce(&raised).error() == Errno::kCanceled);
  CHECK(loop.RunOnce(&raised).error() == Errno::kCanceled);
  other.join();
  Interrupt late;
  late.SetDeadline(After(5));
  CHECK(loop.RunOnce(&late).error() == Errno::kCanceled);
  CHECK(MonotonicNow() >= late.deadline());
}

}  // namespace
}  // namespace trenail::wasi
