// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/net_library.h"

#include <dlfcn.h>

#include "cli/library_path.h"
#include "libwasi/net/net.h"

namespace trenail::cli {
namespace {

std::unexpected<Error> Failed(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

Result<const wasi::Net*> Load() {
  static const wasi::Net* loaded = nullptr;  // and never unloaded
  if (loaded != nullptr) return loaded;
  const std::string path = TRY(FindLibrary("libtrenail-net.so", "the network library"));
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* const why = dlerror();
    return Failed(std::string("the network library cannot be loaded: ") +
                  (why != nullptr ? why : ""));
  }
  const auto entry = reinterpret_cast<decltype(&trenail_net)>(dlsym(handle, "trenail_net"));
  loaded = entry != nullptr ? entry(wasi::kNetInterface) : nullptr;
  if (loaded == nullptr) return Failed(path + " belongs to another version of trenail");
  return loaded;
}

}  // namespace

Result<wasi::EventLoop*> NetLibrary::Loop() {
  if (loop_ == nullptr) {
    const wasi::Net* const net = TRY(Load());
    auto loop = net->make_event_loop();
    if (!loop) return Failed(std::move(loop.error()));
    loop_ = *std::move(loop);
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

}  // namespace trenail::cli
