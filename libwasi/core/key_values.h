// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keys and their values in memory, for components that keep something between their calls: one
// store for as many as share it. [wasi:keyvalue]

#ifndef TRENAIL_LIBWASI_CORE_KEY_VALUES_H_
#define TRENAIL_LIBWASI_CORE_KEY_VALUES_H_

#include <cstdint>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace trenail::wasi {

// Thread-safe. Errors are sentences.
class KeyValues {
 public:
  static constexpr uint64_t kDefaultMaxBytes = uint64_t{64} << 20;
  // What an entry counts beyond its key and its value.
  static constexpr uint64_t kEntryOverhead = 64;
  static constexpr size_t kMaxListed = 1000;
  static constexpr size_t kMaxKey = 64 * 1024;

  template <typename T>
  using Outcome = std::expected<T, std::string>;
  using Bytes = std::vector<uint8_t>;

  explicit KeyValues(uint64_t max_bytes = kDefaultMaxBytes) : bytes_left_(max_bytes) {}

  std::optional<Bytes> Get(const std::string& key) const;
  bool Exists(const std::string& key) const;
  Outcome<void> Set(const std::string& key, Bytes value);
  void Delete(const std::string& key);
  // Values are decimal numbers. Errors: the value is none, or the sum is none of `Number`.
  template <typename Number>
  Outcome<Number> Increment(const std::string& key, Number delta);

  // In their order: those after a key, or after so many, as many as fit into one answer.
  struct Keys {
    std::vector<std::string> keys;
    bool more = false;
  };
  Keys ListAfter(const std::optional<std::string>& key) const;
  Keys ListFrom(uint64_t index) const;

  // A value as it was at some time: what a compare-and-swap compares. 0: there was none.
  struct Version {
    uint64_t number = 0;
    std::optional<Bytes> value;
  };
  Version VersionOf(const std::string& key) const;
  // False if the value is another by now.
  Outcome<bool> Swap(const std::string& key, uint64_t version, Bytes value);

 private:
  struct Entry {
    Bytes value;
    uint64_t version = 0;
  };
  using Map = std::map<std::string, Entry>;

  Outcome<void> SetLocked(const std::string& key, Bytes value);
  Keys List(Map::const_iterator at) const;

  mutable std::mutex mutex_;
  uint64_t bytes_left_;
  uint64_t next_version_ = 1;
  Map entries_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_KEY_VALUES_H_
