// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a bucket stands for: keys and values, in memory or in a Redis server. [wasi:keyvalue]
//
// A function calls `done` once: in memory at once, and else later, on the loop's thread, unless the
// handle that it has returned has gone before. Errors are sentences.

#ifndef TRENAIL_LIBWASI_COMPONENT_KEY_VALUE_STORE_H_
#define TRENAIL_LIBWASI_COMPONENT_KEY_VALUE_STORE_H_

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libwasi/core/budget.h"
#include "libwasi/core/event_loop.h"
#include "libwasi/core/key_values.h"
#include "libwasi/core/redis_client.h"

namespace trenail::wasi {

class KeyValueStore {
 public:
  using Bytes = KeyValues::Bytes;
  using Strings = std::vector<std::string>;
  using Version = KeyValues::Version;
  template <typename T>
  using Outcome = KeyValues::Outcome<T>;
  template <typename T>
  using Done = std::function<void(Outcome<T>)>;
  // The cursor of the next page; nothing: there is none.
  template <typename Cursor>
  struct Page {
    Strings keys;
    std::optional<Cursor> cursor;
  };
  // What one answer holds at most.
  static constexpr size_t kMaxAnswer = size_t{64} << 20;

  virtual ~KeyValueStore() = default;

  virtual WaitHandle Get(std::string key, Done<std::optional<Bytes>> done) = 0;
  virtual WaitHandle Set(std::string key, Bytes value, Done<void> done) = 0;
  virtual WaitHandle Exists(std::string key, Done<bool> done) = 0;
  virtual WaitHandle List(std::optional<uint64_t> cursor, Done<Page<uint64_t>> done) = 0;
  virtual WaitHandle List(std::optional<std::string> cursor, Done<Page<std::string>> done) = 0;
  virtual WaitHandle Increment(std::string key, int64_t delta, Done<int64_t> done) = 0;
  virtual WaitHandle Increment(std::string key, uint64_t delta, Done<uint64_t> done) = 0;

  // In the order of the keys.
  virtual WaitHandle GetMany(Strings keys, Done<std::vector<std::optional<Bytes>>> done) = 0;
  // Perhaps some of them where there is an error.
  virtual WaitHandle SetMany(std::vector<std::pair<std::string, Bytes>> pairs, Done<void> done) = 0;
  virtual WaitHandle DeleteMany(Strings keys, Done<void> done) = 0;

  // A value, and then another in its place if it is still the same.
  virtual WaitHandle Look(std::string key, Done<Version> done) = 0;
  virtual WaitHandle Swap(std::string key, const Version& seen, Bytes value, Done<bool> done) = 0;
};

std::shared_ptr<KeyValueStore> MakeMemoryStore(std::shared_ptr<KeyValues> values);
// What waits to be sent is charged to the budget. `client` must outlive it.
std::shared_ptr<KeyValueStore> MakeRedisStore(RedisClient& client, std::shared_ptr<Budget> budget);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_KEY_VALUE_STORE_H_
