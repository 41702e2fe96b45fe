// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Messages from brokers: Redis channels and MQTT topics. In a library of its own
// (libtrenail-triggers.so), which needs hiredis and libmosquitto, parses manifests as well, and has
// the client of Redis for keys and values.

#ifndef TRENAIL_LIBWASI_TRIGGERS_BROKER_H_
#define TRENAIL_LIBWASI_TRIGGERS_BROKER_H_

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "libwasi/core/event_loop.h"
#include "libwasi/core/redis_client.h"
#include "libwasi/triggers/toml.h"

namespace trenail::wasi {

struct BrokerAddress {
  std::string host;
  uint16_t port = 0;
  std::string user, password;  // empty: none
};

// A Redis server that holds keys and values.
struct RedisAddress {
  BrokerAddress broker;
  uint32_t database = 0;
};

struct BrokerMessage {
  std::string channel;  // or topic
  std::string payload;
};

struct SubscriptionOptions {
  BrokerAddress broker;
  std::string channel;  // Redis: a pattern, with * and ?; MQTT: a filter, with + and #
  int qos = 0;          // MQTT
};

// All on the loop's thread.
struct SubscriptionCallbacks {
  std::function<void(BrokerMessage)> on_message;
  // That it is connected, or that it is not, and why; it tries again by itself, after one second
  // and then up to thirty.
  std::function<void(bool connected, const std::string& text)> on_state;
};

// Ends when it is destroyed; not from within a callback.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

// What the library offers.
struct Triggers {
  std::expected<TomlNode, TomlError> (*parse_toml)(const std::string& text);
  std::unique_ptr<Subscription> (*subscribe_redis)(EventLoop& loop,
                                                   const SubscriptionOptions& options,
                                                   SubscriptionCallbacks callbacks);
  std::unique_ptr<Subscription> (*subscribe_mqtt)(EventLoop& loop,
                                                  const SubscriptionOptions& options,
                                                  SubscriptionCallbacks callbacks);
  std::unique_ptr<RedisClient> (*connect_redis)(EventLoop& loop, const RedisAddress& address);
};
inline constexpr uint32_t kTriggersInterface = 2;

// "redis://[user[:password]@]host[:port]", "mqtt://…". Errors: a sentence.
std::expected<BrokerAddress, std::string> ParseBrokerUrl(const std::string& url,
                                                         const std::string& scheme,
                                                         uint16_t default_port);
// "redis://[user[:password]@]host[:port][/database]"
std::expected<RedisAddress, std::string> ParseRedisUrl(const std::string& url);

}  // namespace trenail::wasi

extern "C" const trenail::wasi::Triggers* trenail_triggers(uint32_t interface);

#endif  // TRENAIL_LIBWASI_TRIGGERS_BROKER_H_
