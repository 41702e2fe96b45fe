// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of HTTP: a loop that is run until something holds, bodies of known content, and sockets
// on which a test says byte for byte what it likes.

#ifndef TRENAIL_LIBWASI_NET_TEST_SUPPORT_H_
#define TRENAIL_LIBWASI_NET_TEST_SUPPORT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libwasi/http/transport.h"
#include "libwasi/net/asio_event_loop.h"

namespace trenail::wasi::http {

inline constexpr uint64_t kMillisecond = 1'000'000;

class TestLoop {
 public:
  explicit TestLoop(const ClientLimits& limits = {});
  ~TestLoop();

  // Fails the test after a while, and where nothing can happen any more.
  void RunUntil(const std::function<bool()>& done);
  // Runs for so long, whatever happens.
  void RunFor(uint64_t duration_ns);
  // Runs until nothing is waited for.
  void RunOut();

  AsioEventLoop& loop() { return *loop_; }
  Transport& transport() { return *transport_; }
  // A server that the test cannot do without.
  std::unique_ptr<Server> Listen(Handler handler, ServerOptions options = {});

 private:
  std::unique_ptr<AsioEventLoop> loop_;
  std::unique_ptr<Transport> transport_;
};

// Gives its pieces one after the other, each on a turn of the loop.
class PieceBody final : public Body {
 public:
  PieceBody(AsioEventLoop& loop, std::vector<std::string> pieces,
            std::optional<uint64_t> length = std::nullopt,
            std::optional<FieldList> trailers = std::nullopt)
      : loop_(loop), pieces_(std::move(pieces)), length_(length), trailers_(std::move(trailers)) {}
  void Read(size_t max, OnChunk done) override;
  std::optional<uint64_t> length() const override { return length_; }

 private:
  AsioEventLoop& loop_;
  std::vector<std::string> pieces_;
  size_t next_ = 0;
  const std::optional<uint64_t> length_;
  std::optional<FieldList> trailers_;
};
std::unique_ptr<Body> MakeTextBody(AsioEventLoop& loop, std::string text);

// Bytes that follow from their position.
class PatternBody final : public Body {
 public:
  PatternBody(uint64_t size, std::optional<uint64_t> length) : left_(size), length_(length) {}
  void Read(size_t max, OnChunk done) override;
  std::optional<uint64_t> length() const override { return length_; }
  static uint8_t At(uint64_t position) {
    return static_cast<uint8_t>(position * 31 + position / 251);
  }

 private:
  uint64_t position_ = 0, left_;
  const std::optional<uint64_t> length_;
};

// What a body gave, once it has ended.
struct Collected {
  std::string text;
  uint64_t size = 0;
  bool matches_pattern = true;
  bool ended = false;
  std::optional<FieldList> trailers;
  std::optional<ErrorCode> error;
};
// Reads all of it; `keep`: the text, too. A null body has ended.
std::shared_ptr<Collected> Collect(std::unique_ptr<Body> body, bool keep = true,
                                   size_t piece = 64 * 1024);

// A call of the client, and what came of it.
struct Call {
  std::unique_ptr<Exchange> exchange;
  std::optional<ErrorCode> error;  // instead of a response
  std::optional<Response> response;
  std::shared_ptr<Collected> body;
  bool sent = false;
  std::optional<ErrorCode> send_error;
  bool answered() const { return error || response; }
  bool complete() const { return error || (body != nullptr && body->ended); }
  const std::string* Field(std::string_view name) const;
};
struct CallOptions {
  std::string method = "GET";
  std::string scheme = "http";
  std::string path = "/";
  std::string host = "127.0.0.1";
  FieldList headers;
  std::unique_ptr<Body> body;
  ClientOptions options;
  AddressFilter filter;
  bool collect = true;
};
std::shared_ptr<Call> Send(TestLoop& test, uint16_t port, CallOptions options = {});

// The other side of a connection, blocking nobody: the loop is run while it waits.
class RawSocket {
 public:
  RawSocket(TestLoop& test, uint16_t port);
  RawSocket(TestLoop& test, int fd) : test_(test), fd_(fd) {}
  RawSocket(RawSocket&& other) noexcept : test_(other.test_), fd_(std::exchange(other.fd_, -1)) {}
  ~RawSocket();

  void Send(std::string_view text);
  // What is received until it contains `text`, or until the end of the stream.
  std::string ReadUntil(std::string_view text);
  // Fewer only at the end of the stream.
  std::string ReadBytes(size_t count);
  std::string ReadAll() { return ReadUntil({}); }
  // Whether the other side has closed, within the time.
  bool IsClosedWithin(uint64_t duration_ns);
  void ShutdownSend();
  void Close();

 private:
  bool ReadSome();
  void WaitReadable();

  TestLoop& test_;
  int fd_;
  bool eof_ = false;
  std::string received_;
};

// A listening socket of a test's own, for servers that misbehave.
class RawListener {
 public:
  RawListener();
  ~RawListener();
  uint16_t port() const { return port_; }
  // Runs the loop until somebody has connected.
  RawSocket Accept(TestLoop& test);

 private:
  int fd_;
  uint16_t port_ = 0;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_TEST_SUPPORT_H_
