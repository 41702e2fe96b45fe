// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The library of everything that needs Boost.Asio, Boost.Beast, OpenSSL or nghttp2: the event loop
// and HTTP. A program that may never wait loads it (libtrenail-net.so) when it has to, or links it.
// Both sides are built together: the interface is C++ and tied to the version.

#ifndef TRENAIL_LIBWASI_NET_NET_H_
#define TRENAIL_LIBWASI_NET_NET_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "libwasi/core/event_loop.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi {

struct Net {
  // Errors: a sentence.
  std::expected<std::unique_ptr<EventLoop>, std::string> (*make_event_loop)();
  // On a loop of make_event_loop, which it must not outlive.
  std::unique_ptr<http::Transport> (*make_transport)(EventLoop& loop,
                                                     const http::ClientLimits& limits);
};

// For programs that link the library.
const Net& LinkedNet();

// Changes with anything in the headers above.
inline constexpr uint32_t kNetInterface = 1;

}  // namespace trenail::wasi

// What a program that loads the library looks up. Null where `interface` is another.
extern "C" const trenail::wasi::Net* trenail_net(uint32_t interface);

#endif  // TRENAIL_LIBWASI_NET_NET_H_
