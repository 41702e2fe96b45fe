// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/component/sockets.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "libwasi/component/context.h"

namespace trenail::wasi {
namespace {

class NoNet final : public NetSource {
 public:
  Result<EventLoop*> Loop() override { return std::unexpected(Error(ErrorKind::kHost, "no loop")); }
  Result<http::Transport*> Transport() override {
    return std::unexpected(Error(ErrorKind::kHost, "no transport"));
  }
  EventLoop* LoopIfMade() override { return nullptr; }
};

SocketAddress At(const std::string& ip, uint16_t port) {
  return {.ip = *IpAddress::Parse(ip), .port = port};
}

Grants Granting(const std::vector<std::string>& tcp, const std::vector<std::string>& udp) {
  Grants grants;
  for (const std::string& text : tcp) grants.tcp.push_back(*AddressPattern::Parse(text));
  for (const std::string& text : udp) grants.udp.push_back(*AddressPattern::Parse(text));
  return grants;
}

TEST_CASE("a grant to connect is none to listen, but lets a client bind") {
  NoNet net;
  Context context(net, Granting({"1.2.3.4:80"}, {"1.2.3.4:53"}));
  SocketOwner& owner = *context.sockets;
  CHECK(owner.Permits(SocketUse::kTcpConnect, At("1.2.3.4", 80)));
  CHECK_FALSE(owner.Permits(SocketUse::kTcpConnect, At("1.2.3.4", 81)));
  CHECK(owner.Permits(SocketUse::kTcpBind, At("0.0.0.0", 0)));
  CHECK_FALSE(owner.Permits(SocketUse::kTcpBind, At("0.0.0.0", 80)));
  CHECK_FALSE(owner.Permits(SocketUse::kTcpListen, At("0.0.0.0", 0)));
  CHECK(owner.Permits(SocketUse::kUdpBind, At("0.0.0.0", 0)));
  CHECK_FALSE(owner.Permits(SocketUse::kUdpOpen, At("0.0.0.0", 0)));
  CHECK(owner.Permits(SocketUse::kUdpReceive, At("1.2.3.4", 53)));
  CHECK_FALSE(owner.Permits(SocketUse::kUdpReceive, At("1.2.3.5", 53)));
  CHECK_FALSE(owner.Permits(SocketUse::kUdpSend, At("1.2.3.4", 54)));
}

TEST_CASE("without grants nothing is bound, and one protocol's are none for the other") {
  NoNet net;
  Context none(net, {});
  CHECK_FALSE(none.sockets->Permits(SocketUse::kTcpBind, At("127.0.0.1", 0)));
  CHECK_FALSE(none.sockets->Permits(SocketUse::kUdpBind, At("127.0.0.1", 0)));
  Context udp(net, Granting({}, {"*"}));
  CHECK(udp.sockets->Permits(SocketUse::kUdpOpen, At("0.0.0.0", 0)));
  CHECK_FALSE(udp.sockets->Permits(SocketUse::kTcpConnect, At("127.0.0.1", 80)));
}

TEST_CASE("each kind of denial is told once, by the first") {
  NoNet net;
  std::vector<std::string> told;
  Grants grants;
  grants.on_denied = [&](const std::string& sentence) { told.push_back(sentence); };
  Context context(net, std::move(grants));
  CHECK_FALSE(context.sockets->Permits(SocketUse::kTcpConnect, At("::1", 80)));
  CHECK_FALSE(context.sockets->Permits(SocketUse::kTcpConnect, At("::1", 81)));
  CHECK_FALSE(context.sockets->Permits(SocketUse::kUdpOpen, At("::1", 81)));
  CHECK(StartLookup(context, "Example.ORG").error() == SocketError::kAccessDenied);
  CHECK(told == std::vector<std::string>{
                    "denied: wasi:sockets tcp-connect [::1]:80 (grant it with --tcp [::1]:80)",
                    "denied: wasi:sockets resolve-addresses example.org (grant it with --dns "
                    "example.org)"});
}

TEST_CASE("addresses need no grant to be looked up, and what is no name is refused before") {
  NoNet net;
  Context context(net, {});
  CHECK((*StartLookup(context, "::1"))->ready());
  CHECK(StartLookup(context, "a b").error() == SocketError::kInvalidArgument);
}

TEST_CASE("a component has a thousand sockets at most, each charged for its buffer") {
  NoNet net;
  Context context(net, {});
  std::vector<std::shared_ptr<void>> held;
  for (int i = 0; i < kMaxSockets; ++i) {
    held.push_back(context.sockets->TakeSocket());
    REQUIRE(held.back() != nullptr);
  }
  CHECK(context.sockets->TakeSocket() == nullptr);
  held.pop_back();
  held.push_back(context.sockets->TakeSocket());
  CHECK(held.back() != nullptr);
  // What sockets hold is held of the same memory as everything else.
  held.clear();
  uint64_t taken = 0;
  while (context.budget()->TakeBytes(OutputStream::kBufferSize)) taken += OutputStream::kBufferSize;
  CHECK(context.sockets->TakeSocket() == nullptr);
  context.budget()->GiveBytes(taken);
  CHECK(context.sockets->TakeSocket() != nullptr);
}

}  // namespace
}  // namespace trenail::wasi
