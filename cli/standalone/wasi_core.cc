// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI in programs of components: files and streams; see engine.cc.

#include "cli/wasi_grants.cc"
#include "libwasi/core/clocks.cc"
#include "libwasi/core/descriptor.cc"
#include "libwasi/core/descriptor_table.cc"
#include "libwasi/core/directory.cc"
#include "libwasi/core/environment.cc"
#include "libwasi/core/errno.cc"
#include "libwasi/core/file.cc"
#include "libwasi/core/host_io.cc"
#include "libwasi/core/interrupt.cc"
#include "libwasi/core/poll.cc"
#include "libwasi/core/poll_event_loop.cc"
#include "libwasi/core/random.cc"
#include "libwasi/core/sandbox.cc"
#include "libwasi/core/sockets.cc"
#include "libwasi/core/stdio.cc"
#include "libwasi/libwasi.cc"
