// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Listening: connections are accepted and handed to the version of HTTP that they speak.

#ifndef TRENAIL_LIBWASI_NET_SERVER_H_
#define TRENAIL_LIBWASI_NET_SERVER_H_

#include <expected>
#include <memory>
#include <string>

#include "libwasi/http/transport.h"
#include "libwasi/net/asio_event_loop.h"

namespace trenail::wasi::http {

std::expected<std::unique_ptr<Server>, std::string> ListenOn(AsioEventLoop& loop,
                                                             const ServerOptions& options,
                                                             Handler handler);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_SERVER_H_
