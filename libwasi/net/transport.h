// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HTTP on an AsioEventLoop.

#ifndef TRENAIL_LIBWASI_NET_TRANSPORT_H_
#define TRENAIL_LIBWASI_NET_TRANSPORT_H_

#include <memory>

#include "libwasi/http/transport.h"
#include "libwasi/net/asio_event_loop.h"

namespace trenail::wasi::http {

std::unique_ptr<Transport> MakeTransport(AsioEventLoop& loop, const ClientLimits& limits);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_TRANSPORT_H_
