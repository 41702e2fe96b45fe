// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/core/udp_socket.h"

#include "libwasi/core/socket_test_util.h"

namespace trenail::wasi {
namespace {

using Bytes = std::vector<uint8_t>;

std::shared_ptr<UdpSocket> Create(IpFamily family, const std::shared_ptr<TestOwner>& owner) {
  auto socket = UdpSocket::Create(family, owner);
  REQUIRE(socket);
  return *socket;
}

std::shared_ptr<UdpSocket> Bound(IpFamily family, const std::shared_ptr<TestOwner>& owner) {
  const auto socket = Create(family, owner);
  REQUIRE(socket->Bind(Loopback(family)));
  return socket;
}

Datagram ReceiveOne(UdpSocket& socket) {
  std::optional<Datagram> datagram;
  REQUIRE(Eventually([&] {
    auto received = socket.Receive();
    REQUIRE(received);
    datagram = *std::move(received);
    return datagram.has_value();
  }));
  return *datagram;
}

TEST_CASE("UDP: datagrams go to and fro between sockets that are not connected") {
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    const auto server = Bound(family, owner);
    const auto client = Create(family, owner);
    CHECK(ErrorOf(client->LocalAddress()) == SocketError::kInvalidState);
    CHECK(ErrorOf(client->Receive()) == SocketError::kInvalidState);
    CHECK(ErrorOf(client->Send({}, std::nullopt)) == SocketError::kInvalidArgument);
    REQUIRE(client->Send(Bytes{1, 2, 3}, *server->LocalAddress()));
    const Datagram first = ReceiveOne(*server);
    CHECK(first.data == Bytes{1, 2, 3});
    CHECK(first.remote == SocketAddress{Loopback(family).ip, client->LocalAddress()->port});
    // One of no bytes is one all the same.
    REQUIRE(server->Send({}, first.remote));
    CHECK(ReceiveOne(*client).data.empty());
    CHECK(*client->Receive() == std::nullopt);
    CHECK_FALSE(client->Readable()->ready());
    CHECK(client->Writable()->ready());
    CHECK(ErrorOf(client->RemoteAddress()) == SocketError::kInvalidState);
  }
}

TEST_CASE("UDP: a connected socket speaks to its peer alone") {
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    const auto peer = Bound(family, owner);
    const auto stranger = Bound(family, owner);
    const auto socket = Bound(family, owner);
    const SocketAddress to = *socket->LocalAddress();
    // The first is there before the socket is connected.
    REQUIRE(stranger->Send(Bytes{1}, to));
    REQUIRE(Eventually([&] { return socket->Readable()->ready(); }));
    REQUIRE(socket->Connect(*peer->LocalAddress()));
    CHECK(socket->RemoteAddress() == peer->LocalAddress());
    REQUIRE(stranger->Send(Bytes{2}, to));
    REQUIRE(peer->Send(Bytes{3}, to));
    CHECK(ReceiveOne(*socket).data == Bytes{3});
    CHECK(*socket->Receive() == std::nullopt);

    REQUIRE(socket->Send(Bytes{4}, std::nullopt));
    REQUIRE(socket->Send(Bytes{5}, *peer->LocalAddress()));
    CHECK(ReceiveOne(*peer).data == Bytes{4});
    CHECK(ReceiveOne(*peer).data == Bytes{5});
    CHECK(ErrorOf(socket->Send(Bytes{6}, *stranger->LocalAddress())) ==
          SocketError::kInvalidArgument);

    REQUIRE(socket->Connect(*stranger->LocalAddress()));
    CHECK(socket->LocalAddress() == to);
    REQUIRE(socket->Disconnect());
    CHECK(ErrorOf(socket->Disconnect()) == SocketError::kInvalidState);
    REQUIRE(socket->Send(Bytes{7}, *stranger->LocalAddress()));
    CHECK(ReceiveOne(*stranger).data == Bytes{7});
  }
}

TEST_CASE("UDP: connecting binds, and disconnecting leaves it at that") {
  const auto owner = std::make_shared<TestOwner>();
  const auto peer = Bound(IpFamily::kIpv4, owner);
  const auto socket = Create(IpFamily::kIpv4, owner);
  REQUIRE(socket->Connect(*peer->LocalAddress()));
  const auto local = socket->LocalAddress();
  REQUIRE(local);
  CHECK(local->ip == Loopback(IpFamily::kIpv4).ip);
  REQUIRE(socket->Disconnect());
  CHECK(socket->LocalAddress()->port == local->port);
}

TEST_CASE("UDP: states, addresses and sizes that are wrong") {
  const auto owner = std::make_shared<TestOwner>();
  for (const IpFamily family : TestFamilies()) {
    const bool is_ipv4 = family == IpFamily::kIpv4;
    const auto socket = Create(family, owner);
    const SocketAddress foreign = Loopback(is_ipv4 ? IpFamily::kIpv6 : IpFamily::kIpv4, 9);
    CHECK(ErrorOf(socket->FinishBind()) == SocketError::kNotInProgress);
    CHECK(ErrorOf(socket->StartBind(foreign)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(socket->Connect(foreign)) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(socket->Connect(Loopback(family, 0))) == SocketError::kInvalidArgument);
    CHECK(ErrorOf(socket->Connect(At(is_ipv4 ? "0.0.0.0" : "::", 9))) ==
          SocketError::kInvalidArgument);
    CHECK(ErrorOf(socket->Send(Bytes{1}, foreign)) == SocketError::kInvalidArgument);
    REQUIRE(socket->StartBind(Loopback(family)));
    CHECK(ErrorOf(socket->StartBind(Loopback(family))) == SocketError::kConcurrencyConflict);
    REQUIRE(socket->FinishBind());
    CHECK(ErrorOf(socket->StartBind(Loopback(family))) == SocketError::kInvalidState);
    CHECK(ErrorOf(Create(family, owner)->StartBind(*socket->LocalAddress())) ==
          SocketError::kAddressInUse);
    CHECK(ErrorOf(socket->Send(Bytes(65536), Loopback(family, 9))) ==
          SocketError::kDatagramTooLarge);
    CHECK(ErrorOf(socket->Send(Bytes(65535), Loopback(family, 9))) ==
          SocketError::kDatagramTooLarge);
  }
}

TEST_CASE("UDP: a refusal of the peer's host is told") {
  const auto owner = std::make_shared<TestOwner>();
  SocketAddress nobody = *Bound(IpFamily::kIpv4, owner)->LocalAddress();
  const auto socket = Create(IpFamily::kIpv4, owner);
  REQUIRE(socket->Connect(nobody));
  REQUIRE(socket->Send(Bytes{1}, std::nullopt));
  REQUIRE(Eventually([&] { return socket->Readable()->ready(); }));
  CHECK(ErrorOf(socket->Receive()) == SocketError::kConnectionRefused);
}

TEST_CASE("UDP: what is not permitted is not sent, and not heard") {
  const auto owner = std::make_shared<TestOwner>();
  const auto server = Bound(IpFamily::kIpv4, owner);
  owner->denied = {SocketUse::kUdpSend, SocketUse::kUdpConnect};
  const auto client = Create(IpFamily::kIpv4, owner);
  CHECK(ErrorOf(client->Send(Bytes{1}, *server->LocalAddress())) == SocketError::kAccessDenied);
  CHECK(ErrorOf(client->Connect(*server->LocalAddress())) == SocketError::kAccessDenied);
  CHECK(client->state() == UdpSocket::State::kUnbound);

  // Bound, but not open to the world: each sender is asked for.
  owner->denied = {SocketUse::kUdpOpen, SocketUse::kUdpReceive};
  const auto closed = Bound(IpFamily::kIpv4, owner);
  REQUIRE(server->Send(Bytes{1}, *closed->LocalAddress()));
  REQUIRE(Eventually([&] { return closed->Readable()->ready(); }));
  CHECK(*closed->Receive() == std::nullopt);
  CHECK(owner->asked.back() == std::pair(SocketUse::kUdpReceive, *server->LocalAddress()));
  CHECK_FALSE(closed->Readable()->ready());
  owner->denied = {SocketUse::kUdpOpen};
  REQUIRE(server->Send(Bytes{2}, *closed->LocalAddress()));
  CHECK(ReceiveOne(*closed).data == Bytes{2});

  owner->denied = {SocketUse::kUdpBind};
  CHECK(ErrorOf(client->StartBind(Loopback(IpFamily::kIpv4))) == SocketError::kAccessDenied);
  owner->left = 0;
  CHECK(ErrorOf(UdpSocket::Create(IpFamily::kIpv4, owner)) == SocketError::kNewSocketLimit);
}

}  // namespace
}  // namespace trenail::wasi
