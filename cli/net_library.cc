// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/net_library.h"

#include "cli/library_path.h"
#include "libwasi/net/net.h"

namespace trenail::cli {
namespace {

std::unexpected<Error> Failed(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

Result<const wasi::Net*> Load() {
  static const wasi::Net* loaded = nullptr;
  if (loaded == nullptr)
    loaded = TRY(LoadInterface<wasi::Net>("libtrenail-net.so", "the network library", "trenail_net",
                                          wasi::kNetInterface));
  return loaded;
}

}  // namespace

Result<const wasi::Triggers*> LoadTriggers() {
  return LoadInterface<wasi::Triggers>("libtrenail-triggers.so", "the library of triggers",
                                       "trenail_triggers", wasi::kTriggersInterface);
}

Result<wasi::EventLoop*> NetLibrary::Loop() {
  if (loop_ == nullptr) {
    const wasi::Net* const net = TRY(Load());
    auto loop = net->make_event_loop();
    if (!loop) return Failed(std::move(loop.error()));
    loop_ = *std::move(loop);
    if (made_) made_();
  }
  return loop_.get();
}

Result<wasi::http::Transport*> NetLibrary::Transport() {
  if (transport_ == nullptr) {
    wasi::EventLoop* const loop = TRY(Loop());
    transport_ = (*Load())->make_transport(*loop, {});
  }
  return transport_.get();
}

Result<wasi::RedisClient*> NetLibrary::Redis(const std::string& url) {
  std::unique_ptr<wasi::RedisClient>& client = redis_[url];
  if (client == nullptr) {
    const auto address = wasi::ParseRedisUrl(url);
    if (!address) return Failed(address.error());
    wasi::EventLoop* const loop = TRY(Loop());
    const wasi::Triggers* const triggers = TRY(LoadTriggers());
    client = triggers->connect_redis(*loop, *address);
  }
  return client.get();
}

}  // namespace trenail::cli
