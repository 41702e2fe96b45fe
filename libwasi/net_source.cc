// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/net_source.h"

#include <utility>

#include "libwasi/net/net.h"
#include "libwasi/triggers/broker.h"
#include "libwasi/wasi_component.h"
#include "libwasm/support/shared_library.h"

namespace trenail::wasi {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

constexpr char kWhat[] = "the network library";

Result<const Net*> Load(const std::string& path) {
  const std::string file =
      path.empty() ? TRY(wasm::FindSharedLibrary("libtrenail-net.so", kWhat)) : path;
  return wasm::LoadInterfaceOf<Net>(file, kWhat, "trenail_net", kNetInterface);
}

}  // namespace

Result<const Triggers*> LoadTriggers() {
  constexpr char kTriggers[] = "the library of triggers";
  const std::string path = TRY(wasm::FindSharedLibrary("libtrenail-triggers.so", kTriggers));
  return wasm::LoadInterfaceOf<Triggers>(path, kTriggers, "trenail_triggers", kTriggersInterface);
}

NetLibrary::NetLibrary(NetLibraryOptions options) : options_(std::move(options)) {}
NetLibrary::~NetLibrary() = default;

Result<EventLoop*> NetLibrary::Loop() {
  if (loop_ == nullptr) {
    const Net* const net = TRY(Load(options_.path));
    auto loop = net->make_event_loop();
    if (!loop) return std::unexpected(Error(ErrorKind::kHost, std::move(loop.error())));
    loop_ = *std::move(loop);
    if (options_.made) options_.made();
  }
  return loop_.get();
}

Result<http::Transport*> NetLibrary::Transport() {
  if (transport_ == nullptr) {
    EventLoop* const loop = TRY(Loop());
    const Net* const net = TRY(Load(options_.path));
    transport_ = net->make_transport(*loop, {});
  }
  return transport_.get();
}

EventLoop* NetLibrary::LoopIfMade() { return loop_.get(); }

Result<RedisClient*> NetLibrary::Redis(const std::string& url) {
  std::unique_ptr<RedisClient>& client = redis_[url];
  if (client == nullptr) {
    const auto address = ParseRedisUrl(url);
    if (!address) return std::unexpected(Error(ErrorKind::kHost, address.error()));
    EventLoop* const loop = TRY(Loop());
    const Triggers* const triggers = TRY(LoadTriggers());
    client = triggers->connect_redis(*loop, *address);
  }
  return client.get();
}

}  // namespace trenail::wasi

namespace trenail {

// Here, so that programs with a loop of another kind do not link this one.
Result<std::unique_ptr<WasiComponent>> WasiComponent::Create(WasiConfig config,
                                                             wasi::Grants grants) {
  auto net = std::make_unique<wasi::NetLibrary>();
  std::unique_ptr<WasiComponent> wasi = TRY(Create(std::move(config), std::move(grants), *net));
  wasi->net_ = std::move(net);
  return wasi;
}

}  // namespace trenail
