// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The event loop and HTTP, from libtrenail-net.so, and clients of Redis, loaded once something
// needs them.

#ifndef TRENAIL_CLI_NET_LIBRARY_H_
#define TRENAIL_CLI_NET_LIBRARY_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "libwasi/component/context.h"
#include "libwasi/triggers/broker.h"

namespace trenail::cli {

// One loop, made on first use.
class NetLibrary final : public wasi::NetSource {
 public:
  // `made` is called once there is a loop.
  explicit NetLibrary(std::function<void()> made = {}) : made_(std::move(made)) {}
  Result<wasi::EventLoop*> Loop() override;
  Result<wasi::http::Transport*> Transport() override;
  wasi::EventLoop* LoopIfMade() override { return loop_.get(); }
  // From libtrenail-triggers.so, likewise.
  Result<wasi::RedisClient*> Redis(const std::string& url) override;

 private:
  const std::function<void()> made_;
  std::unique_ptr<wasi::EventLoop> loop_;
  std::unique_ptr<wasi::http::Transport> transport_;
  std::map<std::string, std::unique_ptr<wasi::RedisClient>> redis_;
};

// Redis, MQTT and manifests.
Result<const wasi::Triggers*> LoadTriggers();

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_NET_LIBRARY_H_
