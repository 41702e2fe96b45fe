// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What libtrenail-triggers.so is made of.

#ifndef TRENAIL_LIBWASI_TRIGGERS_LIBRARY_H_
#define TRENAIL_LIBWASI_TRIGGERS_LIBRARY_H_

#include <memory>

#include "libwasi/triggers/broker.h"

namespace trenail::wasi {

std::unique_ptr<Subscription> SubscribeRedis(EventLoop& loop, const SubscriptionOptions& options,
                                             SubscriptionCallbacks callbacks);
std::unique_ptr<Subscription> SubscribeMqtt(EventLoop& loop, const SubscriptionOptions& options,
                                            SubscriptionCallbacks callbacks);
std::unique_ptr<RedisClient> ConnectRedis(EventLoop& loop, const RedisAddress& address);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_TRIGGERS_LIBRARY_H_
