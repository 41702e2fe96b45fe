// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Listeners and connections over the loopback and socket pairs.

#include "libwasi/core/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "libwasi/core/clocks.h"
#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

struct Pair {
  explicit Pair(int type = SOCK_STREAM) {
    int fds[2];
    REQUIRE(::socketpair(AF_UNIX, type, 0, fds) == 0);
    guest = std::make_unique<Socket>(UniqueFd(fds[0]));
    host.Reset(fds[1]);
  }
  void HostSends(const std::string& text) {
    REQUIRE(::send(host.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }
  std::unique_ptr<Socket> guest;
  UniqueFd host;
};

IoResult<Received> Receive(Socket& socket, std::string& into, ReceiveOptions options = {},
                           const Interrupt* interrupt = nullptr) {
  iovec vector = {into.data(), into.size()};
  return socket.Receive({&vector, 1}, options, interrupt);
}

TEST_CASE("a listener accepts a connection") {
  UniqueFd listening(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof(address);
  REQUIRE(::bind(listening.get(), generic, length) == 0);
  REQUIRE(::listen(listening.get(), 4) == 0);
  REQUIRE(::getsockname(listening.get(), generic, &length) == 0);
  Socket listener(std::move(listening));
  CHECK(listener.type() == FileType::kSocketStream);
  CHECK(listener.is_listening());

  REQUIRE(listener.SetFlags(FdFlags::kNonblock).has_value());
  CHECK(ErrorOf(listener.Accept(0, nullptr)) == Errno::kAgain);
  REQUIRE(listener.SetFlags(0).has_value());
  Interrupt interrupt;
  interrupt.SetDeadline(MonotonicAfter(20'000'000));
  CHECK(ErrorOf(listener.Accept(0, &interrupt)) == Errno::kCanceled);
  CHECK(ErrorOf(listener.Accept(FdFlags::kAppend, nullptr)) == Errno::kInval);

  UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
  REQUIRE(::connect(client.get(), generic, length) == 0);
  auto accepted = listener.Accept(FdFlags::kNonblock, nullptr);
  REQUIRE(accepted.has_value());
  CHECK((*accepted)->flags() == FdFlags::kNonblock);
  CHECK_FALSE((*accepted)->is_listening());
  CHECK(ErrorOf((*accepted)->Accept(0, nullptr)) == Errno::kInval);
  std::string buffer(8, '\0');
  CHECK(ErrorOf(Receive(**accepted, buffer)) == Errno::kAgain);
}

TEST_CASE("receiving, looking without taking, and the end") {
  Pair pair;
  pair.HostSends("hello");
  std::string buffer(3, '\0');
  CHECK(Receive(*pair.guest, buffer, {.peek = true})->bytes == 3);
  CHECK(buffer == "hel");
  CHECK(Receive(*pair.guest, buffer)->bytes == 3);
  CHECK(buffer == "hel");
  CHECK(Receive(*pair.guest, buffer)->bytes == 2);
  pair.host.Reset();
  CHECK(Receive(*pair.guest, buffer)->bytes == 0);
}

TEST_CASE("waiting for all of it") {
  Pair pair;
  for (bool peek : {true, false}) {
    if (peek) pair.HostSends("ab");
    std::thread sender([&] {
      ::usleep(20'000);
      if (peek) pair.HostSends("cd");
    });
    std::string buffer(4, '\0');
    CHECK(Receive(*pair.guest, buffer, {.peek = peek, .wait_all = true})->bytes == 4);
    CHECK(buffer == "abcd");
    sender.join();
  }
  pair.HostSends("xy");
  std::thread closer([&] {
    ::usleep(20'000);
    pair.host.Reset();
  });
  std::string buffer(4, '\0');
  CHECK(Receive(*pair.guest, buffer, {.wait_all = true})->bytes == 2);
  closer.join();
}

TEST_CASE("a peek for all of it ends when the peer does") {
  Pair pair;
  pair.HostSends("xy");
  std::thread closer([&] {
    ::usleep(20'000);
    pair.host.Reset();
  });
  std::string buffer(4, '\0');
  CHECK(Receive(*pair.guest, buffer, {.peek = true, .wait_all = true})->bytes == 2);
  closer.join();
}

TEST_CASE("a datagram that does not fit is said to be cut") {
  Pair pair(SOCK_DGRAM);
  CHECK(pair.guest->type() == FileType::kSocketDatagram);
  pair.HostSends("datagram");
  std::string buffer(4, '\0');
  IoResult<Received> received = Receive(*pair.guest, buffer);
  CHECK(received->bytes == 4);
  CHECK(received->truncated);
}

TEST_CASE("sending goes on until everything is sent") {
  Pair pair;
  std::string received;
  std::thread reader([&] {
    std::string buffer(65536, '\0');
    while (received.size() < (4 << 20)) {
      ssize_t bytes = ::recv(pair.host.get(), buffer.data(), buffer.size(), 0);
      if (bytes <= 0) break;
      received.append(buffer, 0, static_cast<size_t>(bytes));
    }
  });
  std::string text(4 << 20, 'x');
  iovec vectors[] = {{text.data(), 1000}, {text.data() + 1000, text.size() - 1000}};
  CHECK(*pair.guest->Send(vectors, nullptr) == text.size());
  reader.join();
  CHECK(received == text);
}

TEST_CASE("a full connection blocks until the interrupt, or answers at once") {
  Pair pair;
  std::string text(4 << 20, 'x');
  Interrupt interrupt;
  interrupt.SetDeadline(MonotonicAfter(20'000'000));
  CHECK(ErrorOf(WriteText(*pair.guest, text, &interrupt)) == Errno::kCanceled);
  REQUIRE(pair.guest->SetFlags(FdFlags::kNonblock).has_value());
  CHECK(ErrorOf(WriteText(*pair.guest, text)) == Errno::kAgain);
}

TEST_CASE("shutting down, and sending afterwards") {
  Pair pair;
  CHECK(ErrorOf(pair.guest->Shutdown(false, false)) == Errno::kInval);
  REQUIRE(pair.guest->Shutdown(false, true).has_value());
  CHECK(ErrorOf(WriteText(*pair.guest, "x")) == Errno::kPipe);
  char byte;
  CHECK(::recv(pair.host.get(), &byte, 1, 0) == 0);
  REQUIRE(pair.guest->Shutdown(true, false).has_value());
  CHECK(ReadAll(*pair.guest).empty());
}

TEST_CASE("a socket is not a file") {
  Pair pair;
  CHECK(pair.guest->AsSocket() == pair.guest.get());
  CHECK(pair.guest->AsDirectory() == nullptr);
  CHECK(ErrorOf(pair.guest->Seek(0, Whence::kSet)) == Errno::kSpipe);
  CHECK(ErrorOf(pair.guest->SetSize(0)) == Errno::kInval);
  CHECK(ErrorOf(pair.guest->SetFlags(FdFlags::kAppend)) == Errno::kNotsup);
}

}  // namespace
}  // namespace trenail::wasi
