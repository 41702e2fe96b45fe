// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of WASI 0.2 and 0.3 in programs of components; see engine.cc. Those of four files

#include "libwasi/p2/cli.cc"
#include "libwasi/p2/config.cc"
#include "libwasi/p2/io.cc"
#include "libwasi/p2/sockets_network.cc"
#include "libwasi/p3/cli.cc"
#include "libwasi/p3/pump.cc"
