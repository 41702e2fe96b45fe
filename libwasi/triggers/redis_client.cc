// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A connection for commands, by hiredis. It is made when there is a command to send, and again if
// it has ended meanwhile. Commands wait here until the server has let us in and has chosen the
// database: none must get to another one.

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <poll.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libwasi/core/clocks.h"
#include "libwasi/core/name_lookup.h"
#include "libwasi/core/redis_client.h"
#include "libwasi/triggers/library.h"
#include "libwasi/triggers/redis_waits.h"

namespace trenail::wasi {
namespace {

// Without a word from the server, while it owes one.
constexpr uint64_t kPatience = 30'000'000'000;
// An answer is held here until it is complete: what is longer ends the connection.
constexpr size_t kMaxReply = size_t{128} << 20;

struct Command {
  std::vector<std::string> words;
  std::shared_ptr<void> charge;
  RedisClient::OnReply done;  // null: nobody waits any more
};
using CommandPointer = std::shared_ptr<Command>;

class CommandWait final : public Wait {
 public:
  explicit CommandWait(CommandPointer command) : command_(std::move(command)) {}
  ~CommandWait() override { command_->done = nullptr; }

 private:
  const CommandPointer command_;
};

RedisReply ErrorReply(std::string text) {
  return {.kind = RedisReply::Kind::kError, .text = std::move(text)};
}

RedisReply ToReply(const redisReply& reply) {
  using Kind = RedisReply::Kind;
  RedisReply result;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      result.kind = Kind::kInteger;
      result.integer = reply.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      result.kind = Kind::kText;
      result.text.assign(reply.str, reply.len);
      break;
    case REDIS_REPLY_ERROR:
      return ErrorReply(std::string(reply.str, reply.len));
    case REDIS_REPLY_ARRAY:
      result.kind = Kind::kArray;
      for (size_t i = 0; i < reply.elements; ++i)
        result.items.push_back(ToReply(*reply.element[i]));
      break;
    default:
      break;
  }
  return result;
}

class HiredisClient final : public RedisClient {
 public:
  HiredisClient(EventLoop& loop, RedisAddress address)
      : loop_(loop), address_(std::move(address)), waits_(loop, [this] { AfterEvent(); }) {}
  ~HiredisClient() override {
    closing_ = true;
    if (context_ != nullptr) redisAsyncFree(context_);
  }
  HiredisClient(const HiredisClient&) = delete;
  HiredisClient& operator=(const HiredisClient&) = delete;

  WaitHandle Send(std::vector<std::string> words, std::shared_ptr<void> charge,
                  OnReply done) override {
    auto command = std::make_shared<Command>(std::move(words), std::move(charge), std::move(done));
    waiting_.push_back(command);
    if (open_ && sent_ == 0) NoticeItsEnd();
    if (open_)
      Flush();
    else if (context_ == nullptr && lookup_ == nullptr)
      LookUp();
    return std::make_unique<CommandWait>(std::move(command));
  }

 private:
  static HiredisClient& Self(const redisAsyncContext* context) {
    return *static_cast<HiredisClient*>(context->data);
  }

  // hiredis would ask the resolver itself, and block.
  void LookUp() {
    const auto literal = ParseHostAddress(address_.broker.host);
    const std::string& host = address_.broker.host;
    lookup_ = literal ? std::make_unique<NameLookup>(*literal)
                      : std::make_unique<NameLookup>(loop_, ToAsciiHostName(host).value_or(host),
                                                     nullptr);
    lookup_wait_ = lookup_->WhenReady(loop_, [this] {
      const WaitHandle done = std::move(lookup_wait_);
      auto found = lookup_->result();
      lookup_ = nullptr;
      if (!found) {
        FailAll("the server cannot be reached: nobody knows its name");
        return Deliver();
      }
      addresses_.assign(found->begin(), found->end());
      Connect();
      Deliver();
    });
  }

  // To the next address that there is.
  void Connect() {
    why_ = "there is no address";
    while (!addresses_.empty() && context_ == nullptr) {
      const std::string address = addresses_.front().ToString();
      addresses_.pop_front();
      context_ = redisAsyncConnect(address.c_str(), address_.broker.port);
      if (context_ == nullptr) {
        why_ = "out of memory";
      } else if (context_->err != 0) {
        why_ = context_->errstr;
        redisAsyncFree(std::exchange(context_, nullptr));
      }
    }
    if (context_ == nullptr) return FailAll("the server cannot be reached: " + why_);
    why_.clear();
    context_->data = this;
    waits_.Attach(context_);
    waits_.Listen(true);
    redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) {
      Self(context).OnConnect(status == REDIS_OK, context->errstr);
    });
    redisAsyncSetDisconnectCallback(context_, [](const redisAsyncContext* context, int) {
      Self(context).OnDisconnect(context->errstr);
    });
    Expect();
  }

  void OnConnect(bool connected, const char* why) {
    if (!connected) {
      context_ = nullptr;
      why_ = why;
      return;
    }
    addresses_.clear();
    const BrokerAddress& broker = address_.broker;
    std::vector<std::string> words = {"AUTH"};
    if (!broker.user.empty()) words.push_back(broker.user);
    words.push_back(broker.password);
    if (!broker.password.empty()) Introduce(words);
    if (address_.database != 0) Introduce({"SELECT", std::to_string(address_.database)});
    open_ = introducing_ == 0;
  }
  void Introduce(const std::vector<std::string>& words) {
    ++introducing_;
    Write(words, OnIntroduced, nullptr);
  }
  static void OnIntroduced(redisAsyncContext* context, void* reply, void*) {
    HiredisClient& self = Self(context);
    const auto* const answer = static_cast<const redisReply*>(reply);
    if (answer == nullptr) return;
    if (answer->type == REDIS_REPLY_ERROR) {
      if (self.why_.empty()) self.why_.assign(answer->str, answer->len);
      self.refused_ = true;
    }
    self.open_ = --self.introducing_ == 0 && !self.refused_;
  }

  void OnDisconnect(const char* why) {
    if (closing_) return;
    context_ = nullptr;
    open_ = false;
    if (why_.empty()) why_ = why;
    if (why_.empty()) why_ = "the connection was closed";
  }

  void Write(const std::vector<std::string>& words, redisCallbackFn* on_reply, void* data) {
    std::vector<const char*> starts;
    std::vector<size_t> sizes;
    for (const std::string& word : words) {
      starts.push_back(word.data());
      sizes.push_back(word.size());
    }
    redisAsyncCommandArgv(context_, on_reply, data, static_cast<int>(words.size()), starts.data(),
                          sizes.data());
  }

  void Flush() {
    while (!waiting_.empty()) {
      const CommandPointer command = std::move(waiting_.front());
      waiting_.pop_front();
      if (command->done == nullptr) continue;
      ++sent_;
      Write(command->words, OnReply, new CommandPointer(command));
      command->words = {};
    }
    Expect();
  }
  static void OnReply(redisAsyncContext* context, void* reply, void* data) {
    HiredisClient& self = Self(context);
    const std::unique_ptr<CommandPointer> command(static_cast<CommandPointer*>(data));
    --self.sent_;
    self.last_word_ = MonotonicNow();
    if (self.closing_ || (*command)->done == nullptr) return;
    const auto* const answer = static_cast<const redisReply*>(reply);
    if (answer != nullptr)
      self.answered_.emplace_back(std::move(*command), ToReply(*answer));
    else
      self.lost_.push_back(std::move(*command));
  }

  // An idle connection has nothing to say but that it has ended.
  void NoticeItsEnd() {
    pollfd entry = {.fd = context_->c.fd, .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, 0) > 0) redisAsyncHandleRead(context_);
    why_.clear();
  }

  // Once hiredis is done with what has happened: so it is never called from within.
  void AfterEvent() {
    if (context_ != nullptr && context_->c.reader->len > kMaxReply) End("the answer is too long");
    if (context_ != nullptr && refused_) End(std::string(why_));
    if (context_ == nullptr) {
      introducing_ = 0;
      if (std::exchange(refused_, false))
        FailAll("the server refuses: " + why_);
      else if (!addresses_.empty())
        Connect();
      else
        FailAll("the server cannot be reached: " + why_);
    } else if (open_) {
      Flush();
    }
    Deliver();
  }
  void End(const std::string& why) {
    why_ = why;
    open_ = false;
    redisAsyncFree(std::exchange(context_, nullptr));
  }
  // Commands that have been sent may have been carried out all the same; for the others, `why`.
  void FailAll(const std::string& why) {
    for (CommandPointer& command : lost_)
      answered_.emplace_back(std::move(command), ErrorReply("the connection has ended: " + why_));
    lost_.clear();
    for (CommandPointer& command : waiting_)
      answered_.emplace_back(std::move(command), ErrorReply(why));
    waiting_.clear();
    Expect();
  }
  void Deliver() {
    while (!answered_.empty()) {
      auto [command, reply] = std::move(answered_.front());
      answered_.pop_front();
      if (const RedisClient::OnReply done = std::exchange(command->done, nullptr))
        done(std::move(reply));
    }
  }

  // Whether there is something to wait for, and for how long.
  void Expect() {
    const bool busy = context_ != nullptr && (sent_ > 0 || !open_);
    waits_.Listen(busy);
    if (!busy) {
      deadline_ = nullptr;
      return;
    }
    if (deadline_ != nullptr) return;
    last_word_ = MonotonicNow();
    SetDeadline();
  }
  void SetDeadline() {
    deadline_ = loop_.At(last_word_ + kPatience, [this] {
      const WaitHandle done = std::move(deadline_);
      if (context_ == nullptr) return;
      if (MonotonicNow() < last_word_ + kPatience) return SetDeadline();
      End("it does not answer");
      AfterEvent();
    });
  }

  EventLoop& loop_;
  const RedisAddress address_;
  RedisWaits waits_;
  std::unique_ptr<NameLookup> lookup_;
  WaitHandle lookup_wait_, deadline_;
  std::deque<IpAddress> addresses_;  // that have not been tried
  redisAsyncContext* context_ = nullptr;
  bool closing_ = false;
  int introducing_ = 0;  // answers to what has to come first
  bool refused_ = false;
  bool open_ = false;
  std::string why_;  // the connection has ended
  std::deque<CommandPointer> waiting_;
  size_t sent_ = 0;
  uint64_t last_word_ = 0;
  std::vector<CommandPointer> lost_;  // sent, and then the connection ended
  std::deque<std::pair<CommandPointer, RedisReply>> answered_;
};

}  // namespace

std::unique_ptr<RedisClient> ConnectRedis(EventLoop& loop, const RedisAddress& address) {
  return std::make_unique<HiredisClient>(loop, address);
}

}  // namespace trenail::wasi
