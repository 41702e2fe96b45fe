// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of WASI 0.2 and 0.3, continued.

#include "libwasi/p2/http.cc"
#include "libwasi/p2/http_fields.cc"
#include "libwasi/p2/http_incoming.cc"
#include "libwasi/p3/http.cc"
#include "libwasi/p3/http_content.cc"
#include "libwasi/p3/http_fields.cc"
#include "libwasi/p3/http_messages.cc"
