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
