// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/core/tcp_socket.h"

#include <numeric>

#include "libwasi/core/socket_test_util.h"

namespace trenail::wasi {
namespace {

using State = TcpSocket::State;

std::shared_ptr<TcpSocket> Create(IpFamily family, const std::shared_ptr<TestOwner>& owner) {
  auto socket = TcpSocket::Create(family, owner);
  REQUIRE(socket);
  return *socket;
}

std::shared_ptr<TcpSocket> Listener(IpFamily family, const std::shared_ptr<TestOwner>& owner) {
  const auto listener = Create(family, owner);
  REQUIRE(listener->Bind(Loopback(family)));
  REQUIRE(listener->StartListen());
  REQUIRE(listener->FinishListen());
  return listener;
}

struct Pair {
  std::shared_ptr<TcpSocket> client, server;
};

Pair Connect(IpFamily family, const std::shared_ptr<TestOwner>& owner) {
  const auto listener = Listener(family, owner);
  const auto client = Create(family, owner);
  REQUIRE(client->StartConnect(*listener->LocalAddress()));
  REQUIRE(Eventually([&] { return client->ready() && listener->ready(); }));
  REQUIRE(client->FinishConnect());
  auto server = listener->Accept();
  REQUIRE(server);
  return {client, *server};
}

// What comes until there are `size` bytes or the end.
std::vector<uint8_t> ReadSome(InputStream& input, size_t size) {
  std::vector<uint8_t> all;
  CHECK(Eventually([&] {
    const auto bytes = input.Read(size - all.size());
    if (!bytes) return true;
    all.insert(all.end(), bytes->begin(), bytes->end());
    return all.size() == size;
  }));
  return all;
}

TEST_CASE("TCP: the states from binding to accepting, for both families") {
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    const auto socket = Create(family, owner);
    CHECK(ErrorOf(socket->FinishBind()) == SocketError::kNotInProgress);
    CHECK(ErrorOf(socket->StartListen()) == SocketError::kInvalidState);
    CHECK(ErrorOf(socket->LocalAddress()) == SocketError::kInvalidState);
    CHECK(ErrorOf(socket->Accept()) == SocketError::kInvalidState);
    REQUIRE(socket->StartBind(Loopback(family)));
    CHECK(ErrorOf(socket->StartBind(Loopback(family))) == SocketError::kConcurrencyConflict);
    CHECK(ErrorOf(socket->LocalAddress()) == SocketError::kInvalidState);
    REQUIRE(socket->FinishBind());
    CHECK(ErrorOf(socket->StartBind(Loopback(family))) == SocketError::kInvalidState);
    const auto local = socket->LocalAddress();
    REQUIRE(local);
    CHECK(local->ip == Loopback(family).ip);
    CHECK(local->port != 0);
    CHECK(ErrorOf(socket->FinishListen()) == SocketError::kNotInProgress);
    REQUIRE(socket->StartListen());
    CHECK_FALSE(socket->is_listening());
    REQUIRE(socket->FinishListen());
    CHECK(socket->is_listening());
    CHECK_FALSE(socket->ready());
    CHECK(ErrorOf(socket->Accept()) == SocketError::kWouldBlock);
    CHECK(ErrorOf(socket->StartConnect(Loopback(family, 80))) == SocketError::kInvalidState);
    CHECK(ErrorOf(socket->Shutdown(true, true)) == SocketError::kInvalidState);

    const auto other = Create(family, owner);
    CHECK(ErrorOf(other->StartBind(*local)) == SocketError::kAddressInUse);
    CHECK(other->state() == State::kUnbound);
  }
}

TEST_CASE("TCP: an address is one socket's, and free as soon as that has gone") {
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    SocketAddress local;
    {
      // Bound by the host's choice, and then by name: both are taken before anybody listens.
      const auto first = Create(family, owner);
      REQUIRE(first->Bind(Loopback(family)));
      local = *first->LocalAddress();
      CHECK(ErrorOf(Create(family, owner)->StartBind(local)) == SocketError::kAddressInUse);
    }
    {
      const auto named = Create(family, owner);
      REQUIRE(named->Bind(local));
      CHECK(ErrorOf(Create(family, owner)->StartBind(local)) == SocketError::kAddressInUse);
      REQUIRE(named->Listen());
      CHECK(ErrorOf(Create(family, owner)->StartBind(local)) == SocketError::kAddressInUse);
      const auto client = Create(family, owner);
      REQUIRE(client->StartConnect(local));
      REQUIRE(Eventually([&] { return named->ready(); }));
      auto accepted = named->Accept();
      REQUIRE(accepted);
      // Whoever closes first leaves the connection in TIME_WAIT.
      accepted->reset();
    }
    const auto again = Create(family, owner);
    REQUIRE(again->Bind(local));
    CHECK(again->Listen());
  }
}

TEST_CASE("TCP: bytes and the end go through in both directions") {
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    const auto [client, server] = Connect(family, owner);
    CHECK(client->RemoteAddress() == server->LocalAddress());
    CHECK(client->LocalAddress() == server->RemoteAddress());
    CHECK(ErrorOf(client->StartConnect(*server->LocalAddress())) == SocketError::kInvalidState);

    const std::vector<uint8_t> text = {'p', 'i', 'n', 'g'};
    CHECK(server->input()->Read(10)->empty());
    REQUIRE(client->output()->Write(text));
    CHECK(ReadSome(*server->input(), 4) == text);
    REQUIRE(client->Shutdown(false, true));
    REQUIRE(client->Shutdown(false, true));
    CHECK_FALSE(client->output()->CheckWrite());
    CHECK(Eventually([&] { return !server->input()->Read(10); }));
    // The other direction is still open.
    REQUIRE(server->output()->Write(text));
    CHECK(ReadSome(*client->input(), 4) == text);
    REQUIRE(server->output()->Write(text));
    REQUIRE(client->Shutdown(true, false));
    CHECK_FALSE(client->input()->Read(10));
    CHECK(client->input()->ready());
  }
}

TEST_CASE("TCP: what the host does not take waits, is passed on, and comes before the end") {
  const auto owner = std::make_shared<TestOwner>();
  const auto [client, server] = Connect(IpFamily::kIpv4, owner);
  std::vector<uint8_t> sent;
  // Until the buffers of the host and of the stream are full.
  for (size_t room = 1; room > 0;) {
    const StreamResult<size_t> permitted = client->output()->CheckWrite();
    REQUIRE(permitted);
    room = *permitted;
    std::vector<uint8_t> bytes(room);
    std::iota(bytes.begin(), bytes.end(), static_cast<uint8_t>(sent.size()));
    REQUIRE(client->output()->Write(bytes));
    sent.insert(sent.end(), bytes.begin(), bytes.end());
  }
  CHECK_FALSE(client->output()->ready());
  REQUIRE(client->output()->Flush());
  CHECK_FALSE(client->output()->flushed());
  REQUIRE(client->Shutdown(false, true));

  std::vector<uint8_t> received;
  CHECK(Eventually([&] {
    owner->RunWaits();
    for (;;) {
      const auto bytes = server->input()->Read(1 << 20);
      if (!bytes) return true;
      if (bytes->empty()) return false;
      received.insert(received.end(), bytes->begin(), bytes->end());
    }
  }));
  CHECK(client->output()->flushed());
  CHECK(received == sent);
}

TEST_CASE("TCP: a connection that fails closes the socket") {
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    SocketAddress nobody;
    {
      const auto socket = Create(family, owner);
      REQUIRE(socket->Bind(Loopback(family)));
      nobody = *socket->LocalAddress();
    }
    const auto socket = Create(family, owner);
    SocketStatus result = socket->StartConnect(nobody);
    if (result) {
      CHECK(ErrorOf(socket->StartConnect(nobody)) == SocketError::kConcurrencyConflict);
      REQUIRE(Eventually([&] { return socket->ready(); }));
      result = socket->FinishConnect();
    }
    CHECK(ErrorOf(result) == SocketError::kConnectionRefused);
    CHECK(socket->state() == State::kClosed);
    CHECK(ErrorOf(socket->StartConnect(nobody)) == SocketError::kInvalidState);
    CHECK(ErrorOf(socket->Options()) == SocketError::kInvalidState);
  }
}

TEST_CASE("TCP: a reset is an error of the stream, not its end") {
  const auto owner = std::make_shared<TestOwner>();
  auto [client, server] = Connect(IpFamily::kIpv4, owner);
  REQUIRE(client->output()->Write(std::vector<uint8_t>{1, 2, 3}));
  REQUIRE(Eventually([&server = server] { return server->input()->ready(); }));
  // Unread bytes make a reset of closing.
  server = nullptr;
  StreamResult<std::vector<uint8_t>> result;
  REQUIRE(Eventually([&, &client = client] {
    result = client->input()->Read(10);
    return !result;
  }));
  REQUIRE(result.error().error != nullptr);
  CHECK(ToSocketError(result.error().error->code) == SocketError::kConnectionReset);
}

TEST_CASE("TCP: addresses that are of another kind are refused") {
  const auto owner = std::make_shared<TestOwner>();
  const auto bind = [&](IpFamily family, const std::string& ip) {
    return ErrorOf(Create(family, owner)->StartBind(At(ip)));
  };
  const auto connect = [&](IpFamily family, const SocketAddress& to) {
    return ErrorOf(Create(family, owner)->StartConnect(to));
  };
  CHECK(bind(IpFamily::kIpv4, "::1") == SocketError::kInvalidArgument);
  CHECK(bind(IpFamily::kIpv4, "224.0.0.1") == SocketError::kInvalidArgument);
  CHECK(bind(IpFamily::kIpv4, "255.255.255.255") == SocketError::kInvalidArgument);
  CHECK(connect(IpFamily::kIpv4, At("0.0.0.0", 80)) == SocketError::kInvalidArgument);
  CHECK(connect(IpFamily::kIpv4, At("127.0.0.1", 0)) == SocketError::kInvalidArgument);
  CHECK(connect(IpFamily::kIpv4, At("239.1.2.3", 80)) == SocketError::kInvalidArgument);
  CHECK(owner->asked.empty());
  if (TestFamilies().size() < 2) return;
  CHECK(bind(IpFamily::kIpv6, "127.0.0.1") == SocketError::kInvalidArgument);
  CHECK(bind(IpFamily::kIpv6, "::ffff:127.0.0.1") == SocketError::kInvalidArgument);
  CHECK(bind(IpFamily::kIpv6, "::127.0.0.1") == SocketError::kInvalidArgument);
  CHECK(bind(IpFamily::kIpv6, "ff02::1") == SocketError::kInvalidArgument);
  CHECK(connect(IpFamily::kIpv6, At("::", 80)) == SocketError::kInvalidArgument);
  CHECK(connect(IpFamily::kIpv6, At("::ffff:127.0.0.1", 80)) == SocketError::kInvalidArgument);
}

TEST_CASE("TCP: an IPv6 listener does not hear IPv4") {
  if (TestFamilies().size() < 2) return;
  const auto owner = std::make_shared<TestOwner>();
  const auto listener = Create(IpFamily::kIpv6, owner);
  REQUIRE(listener->Listen());
  const uint16_t port = listener->LocalAddress()->port;
  const auto client = Create(IpFamily::kIpv4, owner);
  SocketStatus result = client->StartConnect(At("127.0.0.1", port));
  REQUIRE(Eventually([&] { return client->ready(); }));
  if (result) result = client->FinishConnect();
  CHECK(ErrorOf(result) == SocketError::kConnectionRefused);
}

TEST_CASE("TCP: what is not permitted does not happen") {
  const auto owner = std::make_shared<TestOwner>();
  owner->denied = {SocketUse::kTcpConnect, SocketUse::kTcpListen};
  const auto socket = Create(IpFamily::kIpv4, owner);
  CHECK(ErrorOf(socket->StartConnect(At("127.0.0.1", 80))) == SocketError::kAccessDenied);
  CHECK(socket->state() == State::kUnbound);
  CHECK(ErrorOf(socket->Listen()) == SocketError::kAccessDenied);
  CHECK(socket->state() == State::kUnbound);
  REQUIRE(socket->Bind(Loopback(IpFamily::kIpv4)));
  CHECK(ErrorOf(socket->StartListen()) == SocketError::kAccessDenied);
  // It is asked for what the guest wanted, not for the port that the host chose.
  CHECK(owner->asked.back() == std::pair(SocketUse::kTcpListen, Loopback(IpFamily::kIpv4)));
  owner->denied = {SocketUse::kTcpBind};
  CHECK(ErrorOf(Create(IpFamily::kIpv4, owner)->StartBind(At("127.0.0.1", 4711))) ==
        SocketError::kAccessDenied);
}

TEST_CASE("TCP: the number of sockets is bounded, those that are accepted included") {
  const auto owner = std::make_shared<TestOwner>();
  owner->left = 2;
  const auto listener = Listener(IpFamily::kIpv4, owner);
  auto client = Create(IpFamily::kIpv4, owner);
  CHECK(ErrorOf(TcpSocket::Create(IpFamily::kIpv4, owner)) == SocketError::kNewSocketLimit);
  REQUIRE(client->StartConnect(*listener->LocalAddress()));
  REQUIRE(Eventually([&] { return listener->ready(); }));
  CHECK(ErrorOf(listener->Accept()) == SocketError::kNewSocketLimit);
  // The streams of a connection keep it.
  REQUIRE(Eventually([&] { return client->ready(); }));
  REQUIRE(client->FinishConnect());
  auto input = client->input();
  client = nullptr;
  CHECK(owner->left == 0);
  input = nullptr;
  CHECK(owner->left == 1);
  CHECK(listener->Accept());
}

TEST_CASE("TCP: options are kept, rounded, and inherited by those who are accepted") {
  constexpr uint64_t kSecond = 1'000'000'000;
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    const auto listener = Listener(family, owner);
    const SocketHandle& options = **listener->Options();
    CHECK(ErrorOf(options.SetKeepAliveIdleTime(0)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(options.SetKeepAliveInterval(0)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(options.SetKeepAliveCount(0)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(options.SetHopLimit(0)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(options.SetReceiveBufferSize(0)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(options.SetSendBufferSize(0)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(listener->SetListenBacklogSize(0)) == SocketError::kInvalidArgument);
    CHECK(listener->SetListenBacklogSize(UINT64_MAX));
    CHECK(options.SetKeepAliveIdleTime(UINT64_MAX));
    CHECK(options.SetKeepAliveIdleTime(1));
    CHECK(options.KeepAliveIdleTime() == kSecond);
    CHECK(options.SetKeepAliveCount(UINT32_MAX));
    CHECK(options.SetSendBufferSize(UINT64_MAX));
    CHECK(options.SetReceiveBufferSize(UINT64_MAX));

    REQUIRE(options.SetKeepAliveEnabled(true));
    REQUIRE(options.SetKeepAliveIdleTime(42 * kSecond));
    REQUIRE(options.SetKeepAliveInterval(7 * kSecond));
    REQUIRE(options.SetKeepAliveCount(5));
    REQUIRE(options.SetHopLimit(33));
    REQUIRE(options.SetReceiveBufferSize(0x10000));
    REQUIRE(options.SetSendBufferSize(0x8000));

    const auto client = Create(family, owner);
    REQUIRE(client->StartConnect(*listener->LocalAddress()));
    REQUIRE(Eventually([&] { return listener->ready(); }));
    const auto accepted = listener->Accept();
    REQUIRE(accepted);
    const SocketHandle& inherited = **(*accepted)->Options();
    CHECK(inherited.KeepAliveEnabled() == true);
    CHECK(inherited.KeepAliveIdleTime() == 42 * kSecond);
    CHECK(inherited.KeepAliveInterval() == 7 * kSecond);
    CHECK(inherited.KeepAliveCount() == 5U);
    CHECK(inherited.HopLimit() == 33);
    CHECK(inherited.ReceiveBufferSize() == 0x10000U);
    CHECK(inherited.SendBufferSize() == 0x8000U);
    CHECK(ErrorOf((*accepted)->SetListenBacklogSize(1)) == SocketError::kInvalidState);
  }
}

}  // namespace
}  // namespace trenail::wasi
