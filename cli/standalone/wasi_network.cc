// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI in programs of components: sockets, the terms of HTTP, stores; see engine.cc.

#include "libwasi/component/http_client.cc"
#include "libwasi/component/http_values.cc"
#include "libwasi/component/memory_store.cc"
#include "libwasi/component/redis_store.cc"
#include "libwasi/core/tcp_socket.cc"
#include "libwasi/http/fields.cc"
#include "libwasi/http/incoming_body.cc"
#include "libwasi/http/outgoing_body.cc"
#include "libwasi/http/request.cc"
#include "libwasi/http/rules.cc"
#include "libwasi/p2/keyvalue.cc"
