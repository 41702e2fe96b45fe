// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libtrenail-triggers.so's one symbol.

#include "libwasi/triggers/library.h"

extern "C" __attribute__((visibility("default"))) const trenail::wasi::Triggers* trenail_triggers(
    uint32_t interface) {
  static constexpr trenail::wasi::Triggers triggers = {
      .parse_toml = trenail::wasi::ParseToml,
      .subscribe_redis = trenail::wasi::SubscribeRedis,
      .subscribe_mqtt = trenail::wasi::SubscribeMqtt,
      .connect_redis = trenail::wasi::ConnectRedis};
  return interface == trenail::wasi::kTriggersInterface ? &triggers : nullptr;
}
