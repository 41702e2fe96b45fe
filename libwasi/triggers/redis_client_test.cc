// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The client of Redis against a server of the test's own, which says what real ones seldom do.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "libwasi/net/asio_event_loop.h"
#include "libwasi/triggers/library.h"

namespace trenail::wasi {
namespace {

using Kind = RedisReply::Kind;

// Answers what it is sent, connection after connection, until it goes. An empty answer ends the
// connection.
class Server {
 public:
  using Answer = std::function<std::string(const std::string& received)>;

  explicit Server(Answer answer) : answer_(std::move(answer)), listener_(NewListener()) {
    thread_ = std::thread([this] { Serve(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    if (const int open = connection_; open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  Server(const Server&) = delete;

  RedisAddress Address() const {
    sockaddr_in address = {};
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    return {.broker = {.host = "127.0.0.1", .port = ntohs(address.sin_port)}};
  }
  int connections() const { return connections_; }
  std::string received() {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  static int NewListener() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener, 10) == 0);
    return listener;
  }
  void Serve() {
    for (int accepted; (accepted = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      ++connections_;
      connection_ = accepted;
      char buffer[4096];
      for (ssize_t size; (size = ::read(accepted, buffer, sizeof buffer)) > 0;) {
        const std::string text(buffer, static_cast<size_t>(size));
        {
          const std::lock_guard lock(mutex_);
          received_ += text;
        }
        const std::string said = answer_(text);
        if (said.empty() || ::write(accepted, said.data(), said.size()) < 0) break;
      }
      connection_ = -1;
      ::close(accepted);
    }
  }

  const Answer answer_;
  const int listener_;
  std::atomic<int> connection_ = -1;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::string received_;
  std::thread thread_;
};

size_t CommandsIn(const std::string& text) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find("*", at)) != std::string::npos; ++at) ++count;
  return count;
}

// Numbers, one for each command.
Server::Answer Counter() {
  return [count = std::make_shared<int>(0)](const std::string& received) {
    std::string said;
    for (size_t i = 0; i < CommandsIn(received); ++i)
      said += ":" + std::to_string(++*count) + "\r\n";
    return said;
  };
}

struct Client {
  explicit Client(const RedisAddress& address) : redis(ConnectRedis(loop, address)) {}

  // The answer goes to `replies`.
  WaitHandle Send(std::vector<std::string> words, std::shared_ptr<void> charge = nullptr) {
    return redis->Send(std::move(words), std::move(charge),
                       [this](RedisReply reply) { replies.push_back(std::move(reply)); });
  }
  void RunUntil(size_t count) {
    while (replies.size() < count) REQUIRE(loop.RunOnce(nullptr).value_or(false));
  }
  RedisReply Ask(std::vector<std::string> words) {
    const WaitHandle wait = Send(std::move(words));
    RunUntil(replies.size() + 1);
    return replies.back();
  }

  AsioEventLoop loop;
  std::unique_ptr<RedisClient> redis;
  std::vector<RedisReply> replies;
};

TEST_CASE("Commands go one behind the other, and each gets its own answer", "[redis]") {
  Server server(Counter());
  Client client(server.Address());
  std::vector<WaitHandle> waits;
  for (int i = 0; i < 100; ++i) waits.push_back(client.Send({"PING"}));
  CHECK(client.replies.empty());
  client.RunUntil(100);
  for (int i = 0; i < 100; ++i) {
    CHECK(client.replies[static_cast<size_t>(i)].kind == Kind::kInteger);
    CHECK(client.replies[static_cast<size_t>(i)].integer == i + 1);
  }
  CHECK(server.connections() == 1);
  // Nothing is waited for now.
  client.loop.RunReady();
  CHECK(client.loop.RunOnce(nullptr) == false);
  CHECK(client.Ask({"PING"}).integer == 101);
}

TEST_CASE("Whoever has given up is not answered, and nobody else instead", "[redis]") {
  Server server(Counter());
  Client client(server.Address());
  auto charge = std::make_shared<int>();
  WaitHandle first = client.Send({"PING"}, charge);
  const WaitHandle second = client.Send({"PING"});
  first = nullptr;
  client.RunUntil(1);
  // It was not even sent, as the connection was not there yet.
  CHECK(client.replies[0].integer == 1);
  CHECK(charge.use_count() == 1);

  first = client.Send({"PING"}, charge);
  const WaitHandle third = client.Send({"PING"});
  first = nullptr;
  client.RunUntil(2);
  CHECK(client.replies[1].integer == 3);
  CHECK(charge.use_count() == 1);
}

TEST_CASE("A connection that has ended is made again", "[redis]") {
  int answers = 0;
  Server server([&answers](const std::string&) -> std::string {
    return ++answers == 3 ? "" : ":" + std::to_string(answers) + "\r\n";
  });
  Client client(server.Address());
  CHECK(client.Ask({"PING"}).integer == 1);
  CHECK(client.Ask({"PING"}).integer == 2);
  const RedisReply lost = client.Ask({"PING"});
  CHECK(lost.kind == Kind::kError);
  CHECK(lost.text == "the connection has ended: Server closed the connection");
  CHECK(client.Ask({"PING"}).integer == 4);
  CHECK(server.connections() == 2);
}

TEST_CASE("An idle connection may end without anybody's harm", "[redis]") {
  auto server = std::make_unique<Server>(Counter());
  const RedisAddress address = server->Address();
  Client client(address);
  CHECK(client.Ask({"PING"}).integer == 1);
  server = nullptr;
  const RedisReply reply = client.Ask({"PING"});
  CHECK(reply.text == "the server cannot be reached: Connection refused");
}

TEST_CASE("Nothing is sent before the server has chosen the database", "[redis]") {
  Server server([](const std::string& received) -> std::string {
    return received.find("SELECT") != std::string::npos ? "-ERR no such\r\n" : "+OK\r\n";
  });
  RedisAddress address = server.Address();
  address.database = 7;
  Client client(address);
  const RedisReply reply = client.Ask({"SET", "a", "b"});
  CHECK(reply.kind == Kind::kError);
  CHECK(reply.text == "the server refuses: ERR no such");
  CHECK(server.received().find("SET\r\n") == std::string::npos);
}

TEST_CASE("A client may go with commands under way", "[redis]") {
  std::atomic<bool> asked = false;
  Server server([&asked](const std::string&) -> std::string {
    asked = true;
    return "*2\r\n:1\r\n";  // the half of it
  });
  auto charge = std::make_shared<int>();
  {
    Client client(server.Address());
    const WaitHandle wait = client.Send({"PING"}, charge);
    while (!asked) client.loop.RunOnce(nullptr);
    client.redis = nullptr;
    CHECK(client.replies.empty());
  }
  CHECK(charge.use_count() == 1);
}

}  // namespace
}  // namespace trenail::wasi
