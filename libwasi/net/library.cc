// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libtrenail-net.so's one symbol.

#include "libwasi/net/net.h"

extern "C" __attribute__((visibility("default"))) const trenail::wasi::Net* trenail_net(
    uint32_t interface) {
  return interface == trenail::wasi::kNetInterface ? &trenail::wasi::LinkedNet() : nullptr;
}
