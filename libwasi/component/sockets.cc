// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Grants of addresses are for what a socket does, not for that it exists: a port of the host's
// choice may be bound by whoever may use the protocol at all, as every client does; to be reached
// at it is another matter (SocketUse).

#include "libwasi/component/sockets.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "libwasi/component/context.h"

namespace trenail::wasi {
namespace {

// Under way on other threads, whatever becomes of who asked.
constexpr int kMaxLookups = 64;

// Some of a number of things, back when the last reference goes, on whatever thread.
std::shared_ptr<void> Take(const std::shared_ptr<std::atomic<int>>& left) {
  if (left->fetch_sub(1) <= 0) {
    left->fetch_add(1);
    return nullptr;
  }
  return std::shared_ptr<void>(left.get(), [left](void*) { left->fetch_add(1); });
}

class ContextSockets final : public SocketOwner {
 public:
  explicit ContextSockets(Context& context) : context_(context) {}

  bool Permits(SocketUse use, const SocketAddress& address) override {
    switch (use) {
      case SocketUse::kTcpBind:
        return Bindable(context_.grants.tcp, address) || Deny("tcp-bind", address, "--tcp");
      case SocketUse::kTcpListen:
        return Matches(context_.grants.tcp, address) || Deny("tcp-listen", address, "--tcp");
      case SocketUse::kTcpConnect:
        return Matches(context_.grants.tcp, address) || Deny("tcp-connect", address, "--tcp");
      case SocketUse::kUdpBind:
        return Bindable(context_.grants.udp, address) || Deny("udp-bind", address, "--udp");
      case SocketUse::kUdpOpen:
        return Matches(context_.grants.udp, address);
      case SocketUse::kUdpConnect:
        return Matches(context_.grants.udp, address) || Deny("udp-connect", address, "--udp");
      case SocketUse::kUdpSend:
        return Matches(context_.grants.udp, address) || Deny("udp-send", address, "--udp");
      case SocketUse::kUdpReceive:
        return Matches(context_.grants.udp, address) || Deny("udp-receive", address, "--udp");
    }
    return false;
  }

  std::shared_ptr<void> TakeSocket() override {
    struct Charged {
      ~Charged() { budget->GiveBytes(OutputStream::kBufferSize); }
      std::shared_ptr<void> socket;
      std::shared_ptr<Budget> budget;
    };
    std::shared_ptr<void> socket = Take(left_);
    const std::shared_ptr<Budget>& budget = context_.budget();
    if (socket == nullptr || !budget->TakeBytes(OutputStream::kBufferSize)) return nullptr;
    return std::make_shared<Charged>(std::move(socket), budget);
  }

  bool WhenWritable(int fd, std::function<void()> then) override {
    const Result<EventLoop*> loop = context_.Loop();
    if (!loop) return false;
    context_.Keep([fd, &loop = **loop](
                      EventLoop::Callback done) { return loop.WhenWritable(fd, std::move(done)); },
                  std::move(then));
    return true;
  }

  std::shared_ptr<void> TakeLookup() { return Take(lookups_left_); }

 private:
  static bool Matches(const std::vector<AddressPattern>& grants, const SocketAddress& address) {
    return std::ranges::any_of(grants, [&](const AddressPattern& pattern) {
      return pattern.Matches(address.ip.octets(), address.port);
    });
  }
  static bool Bindable(const std::vector<AddressPattern>& grants, const SocketAddress& address) {
    return address.port == 0 ? !grants.empty() : Matches(grants, address);
  }
  bool Deny(const char* what, const SocketAddress& address, const char* option) {
    const std::string text = address.ToString();
    context_.Denied(std::string("wasi:sockets ") + what, text, std::string(option) + " " + text);
    return false;
  }

  Context& context_;
  const std::shared_ptr<std::atomic<int>> left_ = std::make_shared<std::atomic<int>>(kMaxSockets);
  const std::shared_ptr<std::atomic<int>> lookups_left_ =
      std::make_shared<std::atomic<int>>(kMaxLookups);
};

}  // namespace

std::shared_ptr<SocketOwner> MakeSocketOwner(Context& context) {
  return std::make_shared<ContextSockets>(context);
}

SocketResult<std::shared_ptr<NameLookup>> StartLookup(Context& context, const std::string& name) {
  if (const auto address = ParseHostAddress(name)) return std::make_shared<NameLookup>(*address);
  const auto host = ToAsciiHostName(name);
  if (!host) return std::unexpected(SocketError::kInvalidArgument);
  const bool granted = std::ranges::any_of(
      context.grants.dns, [&](const HostPattern& pattern) { return pattern.Matches(*host, 0); });
  if (!granted) {
    context.Denied("wasi:sockets resolve-addresses", *host, "--dns " + *host);
    return std::unexpected(SocketError::kAccessDenied);
  }
  const Result<EventLoop*> loop = context.Loop();
  if (!loop) return std::unexpected(SocketError::kPermanentResolverFailure);
  std::shared_ptr<void> charge = static_cast<ContextSockets&>(*context.sockets).TakeLookup();
  if (charge == nullptr) return std::unexpected(SocketError::kTemporaryResolverFailure);
  return std::make_shared<NameLookup>(**loop, *host, std::move(charge));
}

}  // namespace trenail::wasi
