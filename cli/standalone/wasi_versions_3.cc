// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of WASI 0.2 and 0.3, continued.

#include "libwasi/core/tcp_stream.cc"
#include "libwasi/p2/http_outgoing.cc"
#include "libwasi/p2/sockets_tcp.cc"
#include "libwasi/p3/sockets.cc"
#include "libwasi/p3/sockets_tcp.cc"
