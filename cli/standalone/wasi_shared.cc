// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI in programs of components: what its versions share; see engine.cc.

#include "cli/component_grants.cc"
#include "cli/end_signals.cc"
#include "libwasi/component/cli_link.cc"
#include "libwasi/component/context.cc"
#include "libwasi/component/filesystem.cc"
#include "libwasi/component/grants.cc"
#include "libwasi/component/socket_values.cc"
#include "libwasi/component/sockets.cc"
#include "libwasi/core/byte_stream.cc"
#include "libwasi/core/host_name.cc"
#include "libwasi/core/ip_address.cc"
#include "libwasi/core/key_values.cc"
#include "libwasi/core/name_lookup.cc"
#include "libwasi/core/socket_handle.cc"
#include "libwasi/http/errors.cc"
#include "libwasi/triggers/broker.cc"
#include "libwasi/wasi_component.cc"
