// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/p3/pump.h"

#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <string>
#include <vector>

namespace trenail::wasi::p3 {
namespace {

using Bytes = std::vector<uint8_t>;

class IdleLoop final : public EventLoop {
 public:
  WaitHandle WhenReadable(int, Callback) override { return nullptr; }
  WaitHandle WhenWritable(int, Callback) override { return nullptr; }
  WaitHandle At(uint64_t, Callback) override { return nullptr; }
  void Post(Callback) override {}
  WaitHandle Offload(Callback, Callback) override { return nullptr; }
  IoResult<bool> RunOnce(const Interrupt*) override { return false; }
  bool RunReady() override { return false; }
};

class IdleNet final : public NetSource {
 public:
  Result<EventLoop*> Loop() override { return &loop_; }
  Result<http::Transport*> Transport() override {
    return std::unexpected(Error(ErrorKind::kHost, "no transport"));
  }
  EventLoop* LoopIfMade() override { return &loop_; }

 private:
  IdleLoop loop_;
};

// Gives what it is given.
class Source final : public InputStream {
 public:
  StreamResult<Bytes> Read(size_t) override {
    ++reads;
    Bytes bytes = std::move(pieces.front());
    pieces.pop_front();
    return bytes;
  }
  bool ready() override { return !pieces.empty(); }
  WaitHandle WhenReady(EventLoop&, EventLoop::Callback callback) override {
    return changed.WhenNotified(std::move(callback));
  }
  std::deque<Bytes> pieces;
  int reads = 0;
  Signal changed;
};

// Has been closed by its other side.
class Closed final : public OutputStream {
 public:
  StreamResult<size_t> CheckWrite() override { return std::unexpected(StreamEnd::Closed()); }
  StreamResult<void> Write(std::span<const uint8_t>) override {
    return std::unexpected(StreamEnd::Closed());
  }
  StreamResult<void> Flush() override { return std::unexpected(StreamEnd::Closed()); }
  bool flushed() override { return true; }
  bool ready() override { return true; }
  WaitHandle WhenReady(EventLoop&, EventLoop::Callback) override { return nullptr; }
};

struct End {
  bool ended = false;
  std::shared_ptr<IoError> error;
  PumpDone Done() {
    return [this](std::shared_ptr<IoError> why) {
      CHECK_FALSE(ended);
      ended = true;
      error = std::move(why);
    };
  }
};

TEST_CASE("the host is read when the guest asks, and for no more than it asks") {
  IdleNet net;
  Context context(net, {});
  End end;
  const auto source = std::make_shared<Source>();
  source->pieces = {{1, 2, 3}, {4}};
  auto reader = ComponentStreamReader::Take(PumpToGuest(context, source, end.Done()));
  REQUIRE(reader);
  CHECK(source->reads == 0);
  Bytes got;
  const auto take = [&](Bytes bytes, bool) { got.insert(got.end(), bytes.begin(), bytes.end()); };
  REQUIRE(reader->ReadBytes(2, take));
  CHECK(got == Bytes{1, 2});
  CHECK(source->reads == 1);
  REQUIRE(reader->ReadBytes(2, take));
  CHECK(got == Bytes{1, 2, 3});
  CHECK(source->reads == 1);
  REQUIRE(reader->ReadBytes(2, take));
  CHECK(got == Bytes{1, 2, 3, 4});
  CHECK_FALSE(end.ended);
}

TEST_CASE("a reader that goes ends the pump, whatever that waits for") {
  IdleNet net;
  Context context(net, {});
  const auto source = std::make_shared<Source>();
  const std::weak_ptr<Source> held = source;
  End unread, waiting;
  {
    const auto reader = ComponentStreamReader::Take(PumpToGuest(context, source, unread.Done()));
  }
  CHECK(unread.ended);
  {
    auto reader = ComponentStreamReader::Take(PumpToGuest(context, source, waiting.Done()));
    REQUIRE(reader);
    REQUIRE(reader->ReadBytes(10, [](const Bytes&, bool) {}));
    reader->Cancel();
    CHECK(source->changed.has_waiters());
    CHECK_FALSE(waiting.ended);
  }
  CHECK(waiting.ended);
  CHECK(waiting.error == nullptr);
  // Nobody waits for the host any more.
  CHECK_FALSE(source->changed.has_waiters());
  CHECK(source.use_count() == 1);
}

TEST_CASE("bytes for a stream that has been closed are an error, not an end") {
  IdleNet net;
  Context context(net, {});
  for (const bool empty : {false, true}) {
    End end;
    auto [value, writer] = ComponentStreamWriter::New();
    REQUIRE(PumpFromGuest(context, value, std::make_shared<Closed>(), end.Done()));
    if (!empty) {
      REQUIRE(writer.WriteBytes({1}, [](uint64_t, bool) {}));
    } else {
      const ComponentStreamWriter gone = std::move(writer);
    }
    REQUIRE(end.ended);
    REQUIRE(end.error != nullptr);
    CHECK(end.error->code == Errno::kPipe);
  }
}

}  // namespace
}  // namespace trenail::wasi::p3
