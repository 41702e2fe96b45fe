// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams, futures and asynchronous functions between a host and guests, through generated
// bindings alone. Built once for the interpreter and, where there is a compiler, once more for
// compiled code.

#include <pipes_world.h>

#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libcomponent/async.h"
#include "spec-tests/bindings/guest_util.h"

namespace trenail_tests::bindings::pipes_world {
namespace {

using pipes::Item;
using trenail::Result;
using trenail::spec::Guest;

using Fetched = std::expected<std::string, std::string>;

// Answers when the store has nothing else to do.
class Source : public source::Host {
 public:
  Result<void> Fetch(trenail::ComponentCompletion<Fetched> done, std::string url) override {
    waiting.push_back([done, url = std::move(url)] {
      if (url.empty())
        done.Finish(Fetched(std::unexpect, "no url"));
      else
        done.Finish(Fetched("contents of " + url));
    });
    return {};
  }
  std::deque<std::function<void()>> waiting;
};

struct Instance {
  explicit Instance(const char* path) : guest(path) {
    guest.store.SetIdle([this]() -> Result<bool> {
      if (source.waiting.empty()) return false;
      source.waiting.front()();
      source.waiting.pop_front();
      return true;
    });
    auto made = PipesWorld::Instantiate(guest.store, *guest.component, source);
    INFO((made ? "" : made.error().message()));
    REQUIRE(made);
    world.emplace(*made);
  }
  const pipes::Exports& pipes() const { return world->pipes(); }

  Source source;
  Guest guest;
  std::optional<PipesWorld> world;
};

template <typename T>
T Value(Result<T> result) {
  INFO((result ? "" : result.error().message()));
  REQUIRE(result);
  return *std::move(result);
}

// Writes all of it, in pieces as they are taken, and ends the stream.
template <typename T>
class Feeder {
 public:
  explicit Feeder(std::vector<T> values) : values_(std::move(values)) {
    auto [stream, writer] = trenail::TypedStreamWriter<T>::New();
    stream_ = std::move(stream);
    writer_.emplace(std::move(writer));
  }
  trenail::ComponentStream<T> Stream() {
    Offer();
    return stream_;
  }

 private:
  void Offer() {
    if (values_.empty()) return writer_.reset();
    REQUIRE(writer_->Write(values_, [this](uint64_t taken, bool open) {
      values_.erase(values_.begin(), values_.begin() + static_cast<ptrdiff_t>(taken));
      if (open) Offer();
    }));
  }
  std::vector<T> values_;
  trenail::ComponentStream<T> stream_;
  std::optional<trenail::TypedStreamWriter<T>> writer_;
};

// Reads until the end.
template <typename T>
class Collector {
 public:
  explicit Collector(const trenail::ComponentStream<T>& stream)
      : reader_(Value(trenail::TypedStreamReader<T>::Take(stream))) {
    Ask();
  }
  bool ended = false;
  std::vector<T> values;

 private:
  void Ask() {
    REQUIRE(reader_.Read(1000, [this](std::vector<T> more, bool open) {
      values.insert(values.end(), more.begin(), more.end());
      if (open)
        Ask();
      else
        ended = true;
    }));
  }
  trenail::TypedStreamReader<T> reader_;
};

constexpr const char* kGuests[] = {GUEST_CPP, GUEST_C};

TEST_CASE("a stream of bytes through a guest", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    Instance instance(path);
    std::vector<uint8_t> bytes;
    for (int i = 0; i < 5000; ++i) bytes.push_back(static_cast<uint8_t>(i));
    Feeder<uint8_t> feeder(bytes);
    Collector<uint8_t> collector(Value(instance.pipes().Shift(feeder.Stream())));
    REQUIRE(instance.guest.store.RunUntil([&] { return collector.ended; }));
    for (uint8_t& byte : bytes) ++byte;
    CHECK(collector.values == bytes);
  }
}

TEST_CASE("a stream of numbers into a guest", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    Instance instance(path);
    Feeder<uint32_t> feeder({1, 2, 3, 4'000'000'000});
    CHECK(Value(instance.pipes().Total(feeder.Stream())) == 4'000'000'006);
  }
}

TEST_CASE("the end of a stream may come together with its last values", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    Instance instance(path);
    auto [stream, made] = trenail::TypedStreamWriter<uint32_t>::New();
    std::optional<trenail::TypedStreamWriter<uint32_t>> writer(std::move(made));
    const auto total = Value(instance.pipes().StartTotal(stream));
    // The guest waits for the values, and is told of them when the writer has gone already.
    while (Value(instance.guest.store.Tick())) {
    }
    CHECK_FALSE(total.done());
    REQUIRE(writer->Write(std::vector<uint32_t>{1, 2, 3}, [](uint64_t, bool) {}));
    writer.reset();
    REQUIRE(instance.guest.store.RunUntil([&] { return total.done(); }));
    CHECK(total.result() == 6);
  }
}

TEST_CASE("a stream of records out of a guest", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    Instance instance(path);
    Collector<Item> collector(Value(instance.pipes().Items(3)));
    REQUIRE(instance.guest.store.RunUntil([&] { return collector.ended; }));
    CHECK(collector.values == std::vector<Item>{{0, "item 0"}, {1, "item 1"}, {2, "item 2"}});
  }
}

TEST_CASE("futures in both directions", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    Instance instance(path);
    auto later =
        Value(trenail::TypedFutureReader<std::string>::Take(Value(instance.pipes().Later("now"))));
    std::string line;
    REQUIRE(later.Read([&](std::string value) { line = std::move(value); }));
    REQUIRE(instance.guest.store.RunUntil([&] { return !line.empty(); }));
    CHECK(line == "now, later");

    auto [future, writer] = trenail::TypedFutureWriter<uint32_t>::New();
    REQUIRE(writer.Write(7));
    CHECK(Value(instance.pipes().Read(future)) == 7);
  }
}

TEST_CASE("asynchronous functions of the host and of guests", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    Instance instance(path);
    CHECK(Value(instance.pipes().Fetch("a")) == Fetched("contents of a for the guest"));
    CHECK(Value(instance.pipes().Fetch("")) == Fetched(std::unexpect, "no url"));
    // Two at once.
    const auto first = Value(instance.pipes().StartFetch("x"));
    const auto second = Value(instance.pipes().StartFetch("y"));
    CHECK_FALSE(first.done());
    REQUIRE(instance.guest.store.RunUntil([&] { return first.done() && second.done(); }));
    CHECK(first.result() == Fetched("contents of x for the guest"));
    CHECK(second.result() == Fetched("contents of y for the guest"));
    // With callbacks.
    std::vector<Fetched> fetched;
    for (const char* url : {"x", ""})
      REQUIRE(instance.pipes().StartFetch(
          url, [&](Result<Fetched> result) { fetched.push_back(*std::move(result)); }));
    REQUIRE(instance.guest.store.RunUntil([&] { return fetched.size() == 2; }));
    CHECK(fetched ==
          std::vector<Fetched>{"contents of x for the guest", Fetched(std::unexpect, "no url")});
  }
}

// Passes numbers through a guest and back, whose ends are both here.
trenail::ComponentTask<std::vector<uint8_t>> Through(const pipes::Exports& pipes,
                                                     trenail::ComponentQueue queue,
                                                     std::vector<uint8_t> bytes) {
  auto [input, writer] = trenail::TypedStreamWriter<uint8_t>::New();
  auto reader =
      Value(trenail::TypedStreamReader<uint8_t>::Take(Value(co_await pipes.AsyncShift(input))));
  const auto write = [](trenail::ComponentQueue on, trenail::TypedStreamWriter<uint8_t> to,
                        std::vector<uint8_t> rest) -> trenail::ComponentTask<> {
    auto end = std::move(to);  // a local goes with the last value, a parameter with the task
    while (!rest.empty()) {
      const auto written = Value(co_await trenail::AsyncWrite(on, end, rest));
      CHECK(written.open);
      rest.erase(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(written.taken));
    }
  };
  const auto writing = write(queue, std::move(writer), std::move(bytes));
  std::vector<uint8_t> got;
  for (bool open = true; open;) {
    const auto read = Value(co_await trenail::AsyncRead(queue, reader, 1000));
    got.insert(got.end(), read.values.begin(), read.values.end());
    open = read.open;
  }
  CHECK(writing.done());
  co_return got;
}

trenail::ComponentTask<std::string> Talk(const pipes::Exports& pipes,
                                         trenail::ComponentQueue queue) {
  auto later =
      Value(trenail::TypedFutureReader<std::string>::Take(Value(co_await pipes.AsyncLater("now"))));
  // The guest writes it in the middle of a call, and lets nobody else in before.
  const auto line = trenail::AsyncRead(queue, later);
  auto [future, writer] = trenail::TypedFutureWriter<uint32_t>::New();
  auto got = pipes.AsyncRead(future);
  // Not within CHECK, which repeats the expression behind `false &&`: GCC 12 awaits it there too.
  const bool taken = Value(co_await trenail::AsyncWrite(queue, writer, 7));
  CHECK(taken);
  const auto value = Value(co_await got);
  CHECK(value == 7);
  const auto fetched = Value(co_await pipes.AsyncFetch("a"));
  co_return *Value(co_await line) + "; " + *fetched;
}

TEST_CASE("coroutines with streams, futures and calls", "[bindings]") {
  for (const char* path : kGuests) {
    INFO(path);
    Instance instance(path);
    trenail::ComponentStore& store = instance.guest.store;
    std::vector<uint8_t> bytes;
    for (int i = 0; i < 5000; ++i) bytes.push_back(static_cast<uint8_t>(i));
    const auto got = Value(RunTask(store, Through(instance.pipes(), store.queue(), bytes)));
    for (uint8_t& byte : bytes) ++byte;
    CHECK(got == bytes);
    CHECK(Value(RunTask(store, Talk(instance.pipes(), store.queue()))) ==
          "now, later; contents of a for the guest");
  }
}

}  // namespace
}  // namespace trenail_tests::bindings::pipes_world
