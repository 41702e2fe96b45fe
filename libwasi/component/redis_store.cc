// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keys and values in a Redis server: a key is a key of its database, as other clients see it, too.

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "libwasi/component/key_value_store.h"
#include "libwasm/support/utf8.h"

namespace trenail::wasi {
namespace {

using Kind = RedisReply::Kind;
using Bytes = KeyValueStore::Bytes;
using Strings = KeyValueStore::Strings;
template <typename T>
using Outcome = KeyValueStore::Outcome<T>;

constexpr size_t kMaxValue = size_t{16} << 20;
// What a command counts, and each of its words beyond its bytes.
constexpr size_t kCommandOverhead = 2048;
constexpr size_t kWordOverhead = 64;
constexpr size_t kListed = 250;  // keys that are asked for at once
constexpr size_t kGetsAtOnce = 16;

constexpr char kTooLong[] = "a key or value is longer than 16 MiB";
constexpr char kTooMuch[] = "too much waits to be sent";

// [redis:eval] Sets KEYS[1] to ARGV[2] if it is ARGV[1].
constexpr char kSwap[] =
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end "
    "redis.call('SET', KEYS[1], ARGV[2]) return 1";

std::string TextOf(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::unexpected<std::string> ToError(const RedisReply& reply) {
  std::string text = reply.text;
  if (reply.kind != Kind::kError) text = "the server gives another kind of answer";
  // As it is called in memory, too.
  if (text.find("not an integer") != std::string::npos) text = "the value is not a number";
  if (text.find("would overflow") != std::string::npos) text = "the number overflows";
  return std::unexpected(std::move(text));
}

Outcome<void> ToNothing(const RedisReply& reply) {
  if (reply.kind == Kind::kError) return ToError(reply);
  return {};
}
Outcome<std::optional<Bytes>> ToValue(const RedisReply& reply) {
  if (reply.kind == Kind::kNil) return std::optional<Bytes>();
  if (reply.kind != Kind::kText) return ToError(reply);
  return Bytes(reply.text.begin(), reply.text.end());
}
template <typename Number>
Outcome<Number> ToNumber(const RedisReply& reply) {
  if (reply.kind != Kind::kInteger) return ToError(reply);
  if (std::is_unsigned_v<Number> && reply.integer < 0)
    return std::unexpected("the value is negative: " + std::to_string(reply.integer));
  return static_cast<Number>(reply.integer);
}
template <typename Number>
std::optional<Number> ParseCursor(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}
// [redis:scan] A cursor and keys, of which some may come twice.
Outcome<KeyValueStore::Page<uint64_t>> ToPage(RedisReply& reply) {
  if (reply.kind != Kind::kArray || reply.items.size() != 2) return ToError(reply);
  const auto cursor = ParseCursor<uint64_t>(reply.items[0].text);
  if (!cursor) return ToError(reply);
  KeyValueStore::Page<uint64_t> page;
  if (*cursor != 0) page.cursor = *cursor;
  // Other clients' keys are any bytes.
  for (RedisReply& key : reply.items[1].items)
    if (wasm::IsValidUtf8(key.text)) page.keys.push_back(std::move(key.text));
  return page;
}

class RedisStore final : public KeyValueStore {
 public:
  RedisStore(RedisClient& client, std::shared_ptr<Budget> budget)
      : client_(client), budget_(std::move(budget)) {}

  WaitHandle Get(std::string key, Done<std::optional<Bytes>> done) override {
    return Send<std::optional<Bytes>>({"GET", std::move(key)}, ToValue, std::move(done));
  }
  WaitHandle Set(std::string key, Bytes value, Done<void> done) override {
    return Send<void>({"SET", std::move(key), TextOf(value)}, ToNothing, std::move(done));
  }
  WaitHandle Exists(std::string key, Done<bool> done) override {
    return Send<bool>({"EXISTS", std::move(key)}, ToNumber<bool>, std::move(done));
  }
  WaitHandle List(std::optional<uint64_t> cursor, Done<Page<uint64_t>> done) override {
    return Send<Page<uint64_t>>(
        {"SCAN", std::to_string(cursor.value_or(0)), "COUNT", std::to_string(kListed)}, ToPage,
        std::move(done));
  }
  WaitHandle List(std::optional<std::string> cursor, Done<Page<std::string>> done) override {
    const auto number = cursor ? ParseCursor<uint64_t>(*cursor) : 0;
    if (!number) {
      done(std::unexpected("the cursor is none that this bucket has given"));
      return nullptr;
    }
    return List(number, [done = std::move(done)](Outcome<Page<uint64_t>> outcome) {
      if (!outcome) return done(std::unexpected(std::move(outcome.error())));
      Page<std::string> page{.keys = std::move(outcome->keys)};
      if (outcome->cursor) page.cursor = std::to_string(*outcome->cursor);
      done(std::move(page));
    });
  }
  WaitHandle Increment(std::string key, int64_t delta, Done<int64_t> done) override {
    return Send<int64_t>({"INCRBY", std::move(key), std::to_string(delta)}, ToNumber<int64_t>,
                         std::move(done));
  }
  WaitHandle Increment(std::string key, uint64_t delta, Done<uint64_t> done) override {
    if (delta > uint64_t{std::numeric_limits<int64_t>::max()}) {
      done(std::unexpected("the number overflows"));
      return nullptr;
    }
    return Send<uint64_t>({"INCRBY", std::move(key), std::to_string(delta)}, ToNumber<uint64_t>,
                          std::move(done));
  }

  WaitHandle GetMany(Strings keys, Done<std::vector<std::optional<Bytes>>> done) override;
  WaitHandle SetMany(std::vector<std::pair<std::string, Bytes>> pairs, Done<void> done) override {
    if (pairs.empty()) {
      done({});
      return nullptr;
    }
    Strings words = {"MSET"};
    for (auto& [key, value] : pairs) {
      words.push_back(std::move(key));
      words.push_back(TextOf(value));
    }
    return Send<void>(std::move(words), ToNothing, std::move(done));
  }
  WaitHandle DeleteMany(Strings keys, Done<void> done) override {
    if (keys.empty()) {
      done({});
      return nullptr;
    }
    keys.insert(keys.begin(), "DEL");
    return Send<void>(std::move(keys), ToNothing, std::move(done));
  }

  // There are no versions: a value that was another meanwhile and is the same again is the same.
  WaitHandle Look(std::string key, Done<Version> done) override {
    return Get(std::move(key), [done = std::move(done)](Outcome<std::optional<Bytes>> value) {
      if (!value) return done(std::unexpected(std::move(value.error())));
      done(Version{.value = *std::move(value)});
    });
  }
  WaitHandle Swap(std::string key, const Version& seen, Bytes value, Done<bool> done) override {
    if (!seen.value) {
      return Send<bool>(
          {"SET", std::move(key), TextOf(value), "NX"},
          [](const RedisReply& reply) -> Outcome<bool> {
            if (reply.kind == Kind::kError) return ToError(reply);
            return reply.kind != Kind::kNil;
          },
          std::move(done));
    }
    return Send<bool>({"EVAL", kSwap, "1", std::move(key), TextOf(*seen.value), TextOf(value)},
                      ToNumber<bool>, std::move(done));
  }

 private:
  class Gets;

  template <typename T, typename Convert>
  WaitHandle Send(Strings words, Convert convert, Done<T> done) {
    size_t bytes = kCommandOverhead;
    for (const std::string& word : words) {
      if (word.size() > kMaxValue) {
        done(std::unexpected(kTooLong));
        return nullptr;
      }
      bytes += word.size() + kWordOverhead;
    }
    auto charge = std::make_shared<Charge>(budget_);
    if (!charge->Resize(bytes)) {
      done(std::unexpected(kTooMuch));
      return nullptr;
    }
    return client_.Send(
        std::move(words), std::move(charge),
        [convert, done = std::move(done)](RedisReply reply) { done(convert(reply)); });
  }

  RedisClient& client_;
  const std::shared_ptr<Budget> budget_;
};

// One value after the other, a few of them under way: an answer with all of them could be of any
// size.
class RedisStore::Gets final : public Wait {
 public:
  Gets(RedisStore& store, Strings keys, Done<std::vector<std::optional<Bytes>>> done)
      : client_(store.client_),
        charge_(std::make_shared<Charge>(store.budget_)),
        keys_(std::move(keys)),
        done_(std::move(done)),
        values_(keys_.size()) {}
  // Errors: it has not begun.
  Outcome<void> Begin() {
    size_t bytes = kGetsAtOnce * kCommandOverhead;
    for (const std::string& key : keys_) {
      if (key.size() > kMaxValue) return std::unexpected(kTooLong);
      bytes += key.size() + 2 * kWordOverhead;
    }
    if (!charge_->Resize(bytes)) return std::unexpected(kTooMuch);
    while (next_ < std::min(kGetsAtOnce, keys_.size())) Next();
    return {};
  }

 private:
  void Next() {
    const size_t i = next_++;
    waits_[i] = client_.Send({"GET", keys_[i]}, charge_,
                             [this, i](const RedisReply& reply) { OnValue(i, ToValue(reply)); });
  }
  // The last thing that it does may end this.
  void OnValue(size_t i, Outcome<std::optional<Bytes>> value) {
    waits_.erase(i);
    if (!value) return Finish(std::unexpected(std::move(value.error())));
    bytes_ += *value ? (*value)->size() : 0;
    if (bytes_ > kMaxAnswer) return Finish(std::unexpected("more than 64 MiB of values at once"));
    values_[i] = *std::move(value);
    if (next_ < keys_.size()) Next();
    if (++known_ == keys_.size()) Finish(std::move(values_));
  }
  void Finish(Outcome<std::vector<std::optional<Bytes>>> outcome) {
    waits_.clear();
    const auto done = std::move(done_);
    done(std::move(outcome));
  }

  RedisClient& client_;
  const std::shared_ptr<Charge> charge_;
  const Strings keys_;
  Done<std::vector<std::optional<Bytes>>> done_;
  size_t next_ = 0, known_ = 0, bytes_ = 0;
  std::vector<std::optional<Bytes>> values_;
  std::unordered_map<size_t, WaitHandle> waits_;
};

WaitHandle RedisStore::GetMany(Strings keys, Done<std::vector<std::optional<Bytes>>> done) {
  if (keys.empty()) {
    done({});
    return nullptr;
  }
  auto gets = std::make_unique<Gets>(*this, std::move(keys), done);
  if (auto begun = gets->Begin(); !begun) {
    done(std::unexpected(std::move(begun.error())));
    return nullptr;
  }
  return gets;
}

}  // namespace

std::shared_ptr<KeyValueStore> MakeRedisStore(RedisClient& client, std::shared_ptr<Budget> budget) {
  return std::make_shared<RedisStore>(client, std::move(budget));
}

}  // namespace trenail::wasi
