// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop, bodies, calls and sockets of tests.

#include "libwasi/net/test_support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdlib>

#include "libwasi/net/fields.h"
#include "libwasi/net/transport.h"

namespace trenail::wasi::http {
namespace {

using Clock = std::chrono::steady_clock;

uint64_t NowNs() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
          .count());
}

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

// --- The loop -----------------------------------------------------------------------------------

TestLoop::TestLoop(const ClientLimits& limits) : loop_(std::make_unique<AsioEventLoop>()) {
  // What the machine's environment says is no concern of the tests; what a test says, is.
  static const bool once = [] {
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY",
                             "ALL_PROXY", "NO_PROXY"})
      ::unsetenv(name);
    return true;
  }();
  static_cast<void>(once);
  transport_ = MakeTransport(*loop_, limits);
}
TestLoop::~TestLoop() {
  transport_ = nullptr;
  while (loop_->RunReady()) {
  }
}

void TestLoop::RunUntil(const std::function<bool()>& done) {
  constexpr uint64_t kPatience = 20'000 * kMillisecond;
  bool late = false;
  const WaitHandle patience = loop_->At(NowNs() + kPatience, [&] { late = true; });
  while (!done()) {
    const auto ran = loop_->RunOnce(nullptr);
    REQUIRE(ran.has_value());
    REQUIRE(*ran);
    if (late) FAIL("nothing happened for too long");
  }
}

void TestLoop::RunFor(uint64_t duration_ns) {
  bool over = false;
  const WaitHandle wait = loop_->At(NowNs() + duration_ns, [&] { over = true; });
  while (!over) REQUIRE(loop_->RunOnce(nullptr).value_or(false));
}

void TestLoop::RunOut() {
  const uint64_t begin = NowNs();
  while (loop_->RunOnce(nullptr).value_or(false))
    if (NowNs() - begin > 20'000 * kMillisecond) FAIL("something is waited for");
}

std::unique_ptr<Server> TestLoop::Listen(Handler handler, ServerOptions options) {
  auto server = transport_->Listen(options, std::move(handler));
  if (!server) FAIL(server.error());
  return std::move(*server);
}

// --- Bodies -------------------------------------------------------------------------------------

void PieceBody::Read(size_t max, OnChunk done) {
  Chunk chunk;
  if (next_ < pieces_.size()) {
    std::string& piece = pieces_[next_];
    const size_t count = std::min(max, piece.size());
    chunk.bytes.assign(piece.begin(), piece.begin() + static_cast<ptrdiff_t>(count));
    piece.erase(0, count);
    if (piece.empty()) ++next_;
  } else {
    chunk.end = true;
    chunk.trailers = trailers_;
  }
  loop_.Post([chunk = std::move(chunk), done = std::move(done)] { done(chunk); });
}

std::unique_ptr<Body> MakeTextBody(AsioEventLoop& loop, std::string text) {
  const size_t size = text.size();
  return std::make_unique<PieceBody>(loop, std::vector{std::move(text)}, size);
}

void PatternBody::Read(size_t max, OnChunk done) {
  Chunk chunk;
  chunk.bytes.resize(std::min<uint64_t>(max, left_));
  for (uint8_t& byte : chunk.bytes) byte = At(position_++);
  left_ -= chunk.bytes.size();
  chunk.end = left_ == 0;
  done(std::move(chunk));
}

namespace {

struct Collector : std::enable_shared_from_this<Collector> {
  void Next() {
    // From inside of the callback there is no second level.
    if (std::exchange(running, true)) return;
    while (!into->ended && !waiting) {
      waiting = true;
      body->Read(piece, [self = shared_from_this()](Body::Chunk chunk) {
        self->waiting = false;
        self->Take(chunk);
        self->Next();
      });
    }
    running = false;
  }
  void Take(Body::Chunk& chunk) {
    for (const uint8_t byte : chunk.bytes)
      into->matches_pattern &= byte == PatternBody::At(into->size++);
    if (keep) into->text.append(chunk.bytes.begin(), chunk.bytes.end());
    into->ended = chunk.end || chunk.error;
    into->trailers = std::move(chunk.trailers);
    into->error = std::move(chunk.error);
  }
  std::unique_ptr<Body> body;
  std::shared_ptr<Collected> into = std::make_shared<Collected>();
  size_t piece = 0;
  bool keep = true, running = false, waiting = false;
};

}  // namespace

std::shared_ptr<Collected> Collect(std::unique_ptr<Body> body, bool keep, size_t piece) {
  auto collector = std::make_shared<Collector>();
  collector->piece = piece;
  collector->keep = keep;
  collector->into->ended = body == nullptr;
  collector->body = std::move(body);
  if (collector->body != nullptr) collector->Next();
  return collector->into;
}

// --- Calls --------------------------------------------------------------------------------------

const std::string* Call::Field(std::string_view name) const {
  return FindField(response->headers, name);
}

std::shared_ptr<Call> Send(TestLoop& test, uint16_t port, CallOptions options) {
  Request request;
  request.method = options.method;
  request.scheme = options.scheme;
  request.authority = options.host + ":" + std::to_string(port);
  request.path_with_query = options.path;
  request.headers = std::move(options.headers);
  request.body = std::move(options.body);
  auto call = std::make_shared<Call>();
  const std::weak_ptr<Call> weak = call;
  call->exchange = test.transport().Send(
      std::move(request), options.options, options.filter,
      {.on_response =
           [weak, collect = options.collect](std::expected<Response, ErrorCode> response) {
             const auto into = weak.lock();
             if (into == nullptr) return;
             if (!response) {
               into->error = response.error();
               UNSCOPED_INFO("error " << static_cast<int>(into->error->kind) << " "
                                      << into->error->text.value_or(""));
               return;
             }
             into->response = std::move(*response);
             if (collect) into->body = Collect(std::move(into->response->body));
           },
       .on_sent =
           [weak](std::optional<ErrorCode> error) {
             const auto into = weak.lock();
             if (into == nullptr) return;
             into->sent = true;
             into->send_error = std::move(error);
           }});
  return call;
}

// --- Sockets ------------------------------------------------------------------------------------

RawSocket::RawSocket(TestLoop& test, uint16_t port)
    : test_(test), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in address = Loopback(port);
  REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}
RawSocket::~RawSocket() { Close(); }

void RawSocket::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}
void RawSocket::ShutdownSend() { ::shutdown(fd_, SHUT_WR); }

void RawSocket::Send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
      text.remove_prefix(static_cast<size_t>(count));
      continue;
    }
    if (errno != EAGAIN) return;  // the other side has closed, which is what a test looks at next
    bool ready = false;
    const WaitHandle wait = test_.loop().WhenWritable(fd_, [&] { ready = true; });
    test_.RunUntil([&] { return ready; });
  }
}

bool RawSocket::ReadSome() {
  std::array<char, 4096> buffer;
  const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return false;
  if (count > 0) received_.append(buffer.data(), static_cast<size_t>(count));
  eof_ |= count <= 0;
  return true;
}

std::string RawSocket::ReadUntil(std::string_view text) {
  for (;;) {
    const size_t found = text.empty() ? std::string::npos : received_.find(text);
    if (found != std::string::npos || eof_) {
      const size_t end = found == std::string::npos ? received_.size() : found + text.size();
      std::string result = received_.substr(0, end);
      received_.erase(0, end);
      return result;
    }
    if (!ReadSome()) WaitReadable();
  }
}

std::string RawSocket::ReadBytes(size_t count) {
  while (received_.size() < count && !eof_)
    if (!ReadSome()) WaitReadable();
  std::string result = received_.substr(0, count);
  received_.erase(0, result.size());
  return result;
}

void RawSocket::WaitReadable() {
  bool ready = false;
  const WaitHandle wait = test_.loop().WhenReadable(fd_, [&] { ready = true; });
  test_.RunUntil([&] { return ready; });
}

bool RawSocket::IsClosedWithin(uint64_t duration_ns) {
  const uint64_t end = NowNs() + duration_ns;
  while (!eof_ && NowNs() < end) {
    if (ReadSome()) continue;
    test_.RunFor(5 * kMillisecond);
  }
  return eof_;
}

RawListener::RawListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd_, 16) == 0);
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
}
RawListener::~RawListener() { ::close(fd_); }

RawSocket RawListener::Accept(TestLoop& test) {
  bool ready = false;
  const WaitHandle wait = test.loop().WhenReadable(fd_, [&] { ready = true; });
  test.RunUntil([&] { return ready; });
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  REQUIRE(fd >= 0);
  return {test, fd};
}

}  // namespace trenail::wasi::http
