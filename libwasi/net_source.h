// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where components that wait get their event loop and HTTP from: a library of its own,
// libtrenail-net.so, which is loaded when the first of them has to wait; what never waits never
// loads it. Several components may share a source, which then must outlive all of them.

#ifndef TRENAIL_LIBWASI_NET_SOURCE_H_
#define TRENAIL_LIBWASI_NET_SOURCE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "libwasm/support/error.h"

namespace trenail {
namespace wasi {
class EventLoop;
class RedisClient;
struct Triggers;
namespace http {
class Transport;
}
}  // namespace wasi

namespace [[gnu::visibility("default")]] wasi {

// Gives the loop and what stands on it, once something needs them. Threads: those of the stores
// that use it, which are all on one.
class NetSource {
 public:
  virtual ~NetSource() = default;
  // The loop, made if it is not there; it lives as long as this, as does what follows. Errors:
  // kHost if there is none to be had.
  virtual wasm::Result<EventLoop*> Loop() = 0;
  // HTTP on that loop. Errors: the same.
  virtual wasm::Result<http::Transport*> Transport() = 0;
  // Null if nothing has needed it yet.
  virtual EventLoop* LoopIfMade() = 0;
  // The one client for a URL, which lives as long as this.
  virtual wasm::Result<RedisClient*> Redis(const std::string& /*url*/) {
    return std::unexpected(
        wasm::Error(wasm::ErrorKind::kHost, "there is no client for Redis here"));
  }
};

struct NetLibraryOptions {
  // Of libtrenail-net.so; empty: beside the program or libtrenail.so, or where it is installed with
  // them.
  std::string path;
  // Called once there is a loop; may be empty.
  std::function<void()> made;
};

// The loop and HTTP of libtrenail-net.so; Redis of libtrenail-triggers.so, beside it.
class NetLibrary final : public NetSource {
 public:
  // Loads nothing yet.
  explicit NetLibrary(NetLibraryOptions options = {});
  ~NetLibrary() override;
  NetLibrary(const NetLibrary&) = delete;
  NetLibrary& operator=(const NetLibrary&) = delete;

  // As of NetSource. Errors: kHost if the library is not there, or is another version's:
  wasm::Result<EventLoop*> Loop() override;
  wasm::Result<http::Transport*> Transport() override;
  EventLoop* LoopIfMade() override;
  wasm::Result<RedisClient*> Redis(const std::string& url) override;

 private:
  const NetLibraryOptions options_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<http::Transport> transport_;
  std::map<std::string, std::unique_ptr<RedisClient>> redis_;
};

// Redis, MQTT and manifests: libtrenail-triggers.so. Errors: kHost if it is not there.
wasm::Result<const Triggers*> LoadTriggers();

}  // namespace wasi
}  // namespace trenail

#endif  // TRENAIL_LIBWASI_NET_SOURCE_H_
