// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain TCP, and how a connection of any kind ends.

#include "libwasi/net/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

namespace trenail::wasi::http {
namespace {

class TcpWire final : public Wire {
 public:
  explicit TcpWire(Tcp::socket socket) : socket_(std::move(socket)) {}

  void Read(asio::mutable_buffer into, Done done) override {
    socket_.async_read_some(into,
                            [self = shared_from_this(), done = std::move(done)](
                                const SystemError& error, size_t count) { done(error, count); });
  }
  void Write(asio::const_buffer bytes, Done done) override {
    asio::async_write(socket_, bytes,
                      [self = shared_from_this(), done = std::move(done)](
                          const SystemError& error, size_t count) { done(error, count); });
  }

 private:
  Tcp::socket& socket() override { return socket_; }

  Tcp::socket socket_;
};

// What reads and throws away until the other side has closed, too.
class Lingering : public std::enable_shared_from_this<Lingering> {
 public:
  Lingering(WirePointer wire, const asio::any_io_executor& executor)
      : wire_(std::move(wire)), timer_(executor) {}

  void Start(bool reading) {
    constexpr auto kPatience = std::chrono::seconds(2);
    timer_.expires_after(kPatience);
    timer_.async_wait([self = shared_from_this()](const SystemError&) { self->wire_->Close(); });
    if (!reading) Read();
  }

 private:
  void Read() {
    wire_->Read(asio::buffer(buffer_),
                [self = shared_from_this()](const SystemError& error, size_t count) {
                  constexpr size_t kMaxBytes = 1024 * 1024;
                  self->total_ += count;
                  if (!error && self->total_ < kMaxBytes) return self->Read();
                  self->wire_->Close();
                  self->timer_.cancel();
                });
  }

  const WirePointer wire_;
  asio::steady_timer timer_;
  size_t total_ = 0;
  std::array<uint8_t, 4096> buffer_;
};

}  // namespace

void Wire::Close() {
  SystemError ignored;
  socket().close(ignored);
}

void Wire::Abort() {
  SystemError ignored;
  socket().set_option(asio::socket_base::linger(true, 0), ignored);
  Close();
}

void Wire::ShutdownSend() {
  SystemError ignored;
  socket().shutdown(Tcp::socket::shutdown_send, ignored);
}

void Wire::CloseGently(bool reading) {
  ShutdownSend();
  std::make_shared<Lingering>(shared_from_this(), socket().get_executor())->Start(reading);
}

Tcp::endpoint Wire::peer() const {
  SystemError ignored;
  return const_cast<Wire*>(this)->socket().remote_endpoint(ignored);
}

void PrepareSocket(Tcp::socket& socket) {
  using UnsentLimit = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
  constexpr int kMaxUnsent = 128 * 1024;
  SystemError ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.set_option(UnsentLimit(kMaxUnsent), ignored);
}

WirePointer MakeTcpWire(Tcp::socket socket) { return std::make_shared<TcpWire>(std::move(socket)); }

std::string ToText(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace trenail::wasi::http
