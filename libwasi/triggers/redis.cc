// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Redis by hiredis, whose asynchronous interface runs on our loop.

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <utility>

#include "libwasi/triggers/broker.h"
#include "libwasi/triggers/library.h"
#include "libwasi/triggers/redis_waits.h"
#include "libwasi/triggers/retry.h"

namespace trenail::wasi {
namespace {

class RedisSubscription final : public Subscription {
 public:
  RedisSubscription(EventLoop& loop, SubscriptionOptions options, SubscriptionCallbacks callbacks)
      : options_(std::move(options)),
        callbacks_(std::move(callbacks)),
        retry_(loop),
        waits_(loop, [] {}) {
    Connect();
  }
  ~RedisSubscription() override {
    closing_ = true;
    if (context_ != nullptr) redisAsyncFree(context_);
  }

 private:
  static RedisSubscription& Self(const redisAsyncContext* context) {
    return *static_cast<RedisSubscription*>(context->data);
  }

  void Connect() {
    context_ = redisAsyncConnect(options_.broker.host.c_str(), options_.broker.port);
    if (context_ == nullptr) return Failed("out of memory");
    if (context_->err != 0) {
      const std::string why = context_->errstr;
      redisAsyncFree(std::exchange(context_, nullptr));
      return Failed(why);
    }
    context_->data = this;
    waits_.Attach(context_);
    redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) {
      Self(context).OnConnect(status == REDIS_OK, context->errstr);
    });
    redisAsyncSetDisconnectCallback(context_, [](const redisAsyncContext* context, int) {
      RedisSubscription& self = Self(context);
      self.context_ = nullptr;  // hiredis frees it
      if (!self.closing_) self.Failed(context->errstr);
    });
  }

  void OnConnect(bool connected, const char* why) {
    if (!connected) {
      context_ = nullptr;
      return Failed(why);
    }
    const BrokerAddress& broker = options_.broker;
    if (!broker.password.empty()) {
      const auto on_reply = [](redisAsyncContext* context, void* reply, void*) {
        const auto* answer = static_cast<const redisReply*>(reply);
        if (answer != nullptr && answer->type == REDIS_REPLY_ERROR)
          Self(context).callbacks_.on_state(false, std::string(answer->str, answer->len));
      };
      if (broker.user.empty())
        redisAsyncCommand(context_, on_reply, nullptr, "AUTH %s", broker.password.c_str());
      else
        redisAsyncCommand(context_, on_reply, nullptr, "AUTH %s %s", broker.user.c_str(),
                          broker.password.c_str());
    }
    redisAsyncCommand(
        context_,
        [](redisAsyncContext* context, void* reply, void*) {
          if (reply != nullptr) Self(context).OnReply(*static_cast<const redisReply*>(reply));
        },
        nullptr, "PSUBSCRIBE %b", options_.channel.data(), options_.channel.size());
  }

  void OnReply(const redisReply& reply) {
    if (closing_) return;
    if (reply.type == REDIS_REPLY_ERROR) {
      callbacks_.on_state(false, std::string(reply.str, reply.len));
      return;
    }
    const auto text = [&reply](size_t i) {
      const redisReply& element = *reply.element[i];
      return element.str != nullptr ? std::string(element.str, element.len) : std::string();
    };
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements < 3) return;
    if (text(0) == "psubscribe") {
      retry_.Succeeded();
      callbacks_.on_state(true, "subscribed to " + options_.channel);
    } else if (text(0) == "pmessage" && reply.elements == 4) {
      callbacks_.on_message({.channel = text(2), .payload = text(3)});
    }
  }

  void Failed(const std::string& why) {
    callbacks_.on_state(false, why.empty() ? "the connection was closed" : why);
    retry_.Later([this] { Connect(); });
  }

  const SubscriptionOptions options_;
  const SubscriptionCallbacks callbacks_;
  Retry retry_;
  RedisWaits waits_;
  redisAsyncContext* context_ = nullptr;
  bool closing_ = false;
};

}  // namespace

std::unique_ptr<Subscription> SubscribeRedis(EventLoop& loop, const SubscriptionOptions& options,
                                             SubscriptionCallbacks callbacks) {
  return std::make_unique<RedisSubscription>(loop, options, std::move(callbacks));
}

}  // namespace trenail::wasi
