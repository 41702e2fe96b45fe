// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MQTT by libmosquitto. To connect it blocks, so that is done on another thread; everything else on
// the loop's.

#include <mosquitto.h>

#include <memory>
#include <string>
#include <utility>

#include "libwasi/triggers/broker.h"
#include "libwasi/triggers/library.h"
#include "libwasi/triggers/retry.h"

namespace trenail::wasi {
namespace {

constexpr int kKeepAlive = 30;                     // seconds
constexpr uint64_t kMiscInterval = 1'000'000'000;  // nanoseconds

// Outlives the subscription while the connecting thread has it.
struct Client {
  Client() { mosquitto_lib_init(); }
  ~Client() {
    if (handle != nullptr) mosquitto_destroy(handle);
  }
  mosquitto* handle = nullptr;
  int connect_result = MOSQ_ERR_SUCCESS;
};

class MqttSubscription final : public Subscription {
 public:
  MqttSubscription(EventLoop& loop, SubscriptionOptions options, SubscriptionCallbacks callbacks)
      : loop_(loop),
        options_(std::move(options)),
        callbacks_(std::move(callbacks)),
        retry_(loop),
        client_(std::make_shared<Client>()) {
    client_->handle = mosquitto_new(nullptr, /*clean_session=*/true, this);
    if (client_->handle == nullptr) {
      callbacks_.on_state(false, "out of memory");
      return;
    }
    mosquitto* const handle = client_->handle;
    const BrokerAddress& broker = options_.broker;
    if (!broker.user.empty())
      mosquitto_username_pw_set(handle, broker.user.c_str(), broker.password.c_str());
    mosquitto_connect_callback_set(handle, [](mosquitto*, void* self, int code) {
      static_cast<MqttSubscription*>(self)->OnConnect(code);
    });
    mosquitto_subscribe_callback_set(
        handle, [](mosquitto*, void* self, int, int count, const int* granted) {
          static_cast<MqttSubscription*>(self)->OnSubscribed(count > 0 && granted[0] < 128);
        });
    mosquitto_message_callback_set(
        handle, [](mosquitto*, void* self, const mosquitto_message* message) {
          static_cast<MqttSubscription*>(self)->callbacks_.on_message(
              {.channel = message->topic,
               .payload = std::string(static_cast<const char*>(message->payload),
                                      static_cast<size_t>(message->payloadlen))});
        });
    Connect();
  }
  ~MqttSubscription() override {
    if (client_->handle == nullptr || connect_ != nullptr) return;
    mosquitto_disconnect(client_->handle);
  }

 private:
  void Connect() {
    const auto client = client_;
    connect_ = loop_.Offload(
        [client, host = options_.broker.host, port = int{options_.broker.port}] {
          client->connect_result =
              mosquitto_connect(client->handle, host.c_str(), port, kKeepAlive);
        },
        [this] {
          const WaitHandle done = std::move(connect_);
          if (client_->connect_result != MOSQ_ERR_SUCCESS)
            return Failed(client_->connect_result == MOSQ_ERR_ERRNO
                              ? "cannot connect"
                              : mosquitto_strerror(client_->connect_result));
          Arm();
          Tick();
        });
  }

  void OnConnect(int code) {
    if (code != 0) {
      callbacks_.on_state(false, mosquitto_connack_string(code));
      return;
    }
    mosquitto_subscribe(client_->handle, nullptr, options_.channel.c_str(), options_.qos);
  }
  void OnSubscribed(bool granted) {
    if (granted) retry_.Succeeded();
    callbacks_.on_state(granted, granted ? "subscribed to " + options_.channel
                                         : "the broker refuses " + options_.channel);
  }

  void Arm() {
    const int fd = mosquitto_socket(client_->handle);
    if (fd < 0) return Failed("the connection was closed");
    if (read_ == nullptr) {
      read_ = loop_.WhenReadable(fd, [this] {
        const WaitHandle done = std::move(read_);
        After(mosquitto_loop_read(client_->handle, 1));
      });
    }
    if (write_ == nullptr && mosquitto_want_write(client_->handle)) {
      write_ = loop_.WhenWritable(fd, [this] {
        const WaitHandle done = std::move(write_);
        After(mosquitto_loop_write(client_->handle, 1));
      });
    }
  }
  void After(int result) {
    if (result != MOSQ_ERR_SUCCESS) return Failed(mosquitto_strerror(result));
    Arm();
  }
  // Keeps the connection alive.
  void Tick() {
    tick_ = loop_.At(MonotonicAfter(kMiscInterval), [this] {
      const WaitHandle done = std::move(tick_);
      if (const int result = mosquitto_loop_misc(client_->handle); result != MOSQ_ERR_SUCCESS)
        return Failed(mosquitto_strerror(result));
      Arm();
      if (tick_ == nullptr && connect_ == nullptr) Tick();
    });
  }
  void Failed(const std::string& why) {
    read_ = nullptr;
    write_ = nullptr;
    tick_ = nullptr;
    callbacks_.on_state(false, why);
    retry_.Later([this] { Connect(); });
  }

  EventLoop& loop_;
  const SubscriptionOptions options_;
  const SubscriptionCallbacks callbacks_;
  Retry retry_;
  const std::shared_ptr<Client> client_;
  WaitHandle connect_, read_, write_, tick_;
};

}  // namespace

std::unique_ptr<Subscription> SubscribeMqtt(EventLoop& loop, const SubscriptionOptions& options,
                                            SubscriptionCallbacks callbacks) {
  return std::make_unique<MqttSubscription>(loop, options, std::move(callbacks));
}

}  // namespace trenail::wasi
