// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HTTP/2 is not spoken: its connections are closed.

#include "libwasi/net/server_core.h"

namespace trenail::wasi::http {

void ServeHttp2(const ServerCorePointer&, WirePointer wire, bool, std::span<const uint8_t>) {
  wire->Close();
}

}  // namespace trenail::wasi::http
