// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of WASI 0.2 and 0.3, continued.

#include "libwasi/core/udp_socket.cc"
#include "libwasi/p2/sockets_udp.cc"
#include "libwasi/p3/filesystem.cc"
