// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the library offers.

#include "libwasi/net/net.h"

#include <exception>

#include "libwasi/net/asio_event_loop.h"

namespace trenail::wasi {
namespace {

std::expected<std::unique_ptr<EventLoop>, std::string> MakeEventLoop() {
  try {
    return std::make_unique<AsioEventLoop>();
  } catch (const std::exception& error) {
    return std::unexpected(std::string("the system has no event loop to give: ") + error.what());
  }
}

}  // namespace

const Net& LinkedNet() {
  static constexpr Net net = {.make_event_loop = MakeEventLoop, .make_transport = nullptr};
  return net;
}

}  // namespace trenail::wasi
