// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the library offers.

#include "libwasi/net/net.h"

#include <exception>

#include "libwasi/net/asio_event_loop.h"
#include "libwasi/net/transport.h"

namespace trenail::wasi {
namespace {

std::expected<std::unique_ptr<EventLoop>, std::string> MakeEventLoop() {
  try {
    return std::make_unique<AsioEventLoop>();
  } catch (const std::exception& error) {
    return std::unexpected(std::string("the system has no event loop to give: ") + error.what());
  }
}

std::unique_ptr<http::Transport> MakeTransportOn(EventLoop& loop,
                                                 const http::ClientLimits& limits) {
  return http::MakeTransport(static_cast<AsioEventLoop&>(loop), limits);
}

}  // namespace

const Net& LinkedNet() {
  static constexpr Net net = {.make_event_loop = MakeEventLoop, .make_transport = MakeTransportOn};
  return net;
}

}  // namespace trenail::wasi
