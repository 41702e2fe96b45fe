// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keys and values in memory, which answers at once.

#include <utility>

#include "libwasi/component/key_value_store.h"

namespace trenail::wasi {
namespace {

class MemoryStore final : public KeyValueStore {
 public:
  explicit MemoryStore(std::shared_ptr<KeyValues> values) : values_(std::move(values)) {}

  WaitHandle Get(std::string key, Done<std::optional<Bytes>> done) override {
    done(values_->Get(key));
    return nullptr;
  }
  WaitHandle Set(std::string key, Bytes value, Done<void> done) override {
    done(values_->Set(key, std::move(value)));
    return nullptr;
  }
  WaitHandle Exists(std::string key, Done<bool> done) override {
    done(values_->Exists(key));
    return nullptr;
  }
  WaitHandle List(std::optional<uint64_t> cursor, Done<Page<uint64_t>> done) override {
    const uint64_t from = cursor.value_or(0);
    KeyValues::Keys listed = values_->ListFrom(from);
    Page<uint64_t> page;
    if (listed.more) page.cursor = from + listed.keys.size();
    page.keys = std::move(listed.keys);
    done(std::move(page));
    return nullptr;
  }
  WaitHandle List(std::optional<std::string> cursor, Done<Page<std::string>> done) override {
    KeyValues::Keys listed = values_->ListAfter(cursor);
    Page<std::string> page;
    if (listed.more) page.cursor = listed.keys.back();
    page.keys = std::move(listed.keys);
    done(std::move(page));
    return nullptr;
  }
  WaitHandle Increment(std::string key, int64_t delta, Done<int64_t> done) override {
    done(values_->Increment(key, delta));
    return nullptr;
  }
  WaitHandle Increment(std::string key, uint64_t delta, Done<uint64_t> done) override {
    done(values_->Increment(key, delta));
    return nullptr;
  }
  WaitHandle GetMany(Strings keys, Done<std::vector<std::optional<Bytes>>> done) override {
    done(GetAll(keys));
    return nullptr;
  }
  WaitHandle SetMany(std::vector<std::pair<std::string, Bytes>> pairs, Done<void> done) override {
    Outcome<void> outcome;
    for (auto& [key, value] : pairs)
      if (outcome) outcome = values_->Set(key, std::move(value));
    done(std::move(outcome));
    return nullptr;
  }
  WaitHandle DeleteMany(Strings keys, Done<void> done) override {
    for (const std::string& key : keys) values_->Delete(key);
    done({});
    return nullptr;
  }
  WaitHandle Look(std::string key, Done<Version> done) override {
    done(values_->VersionOf(key));
    return nullptr;
  }
  WaitHandle Swap(std::string key, const Version& seen, Bytes value, Done<bool> done) override {
    done(values_->Swap(key, seen.number, std::move(value)));
    return nullptr;
  }

 private:
  Outcome<std::vector<std::optional<Bytes>>> GetAll(const Strings& keys) const {
    std::vector<std::optional<Bytes>> values;
    size_t bytes = 0;
    for (const std::string& key : keys) {
      values.push_back(values_->Get(key));
      // The same value may be asked for many times.
      bytes += values.back() ? values.back()->size() : 0;
      if (bytes > kMaxAnswer) return std::unexpected("more than 64 MiB of values at once");
    }
    return values;
  }

  const std::shared_ptr<KeyValues> values_;
};

}  // namespace

std::shared_ptr<KeyValueStore> MakeMemoryStore(std::shared_ptr<KeyValues> values) {
  return std::make_shared<MemoryStore>(std::move(values));
}

}  // namespace trenail::wasi
