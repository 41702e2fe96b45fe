// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++: a hash map of our own as a template, with linear probing over separate arrays, and classes
// with virtual functions as its values.

#include "../kernels/kernel.h"

#include <memory>
#include <vector>

template <typename Key, typename Value>
class FlatMap {
 public:
  Value& operator[](Key key) {
    if (2 * (size_ + 1) > keys_.size()) Grow();
    size_t at = Slot(key);
    if (!used_[at]) {
      used_[at] = 1;
      keys_[at] = key;
      ++size_;
    }
    return values_[at];
  }
  template <typename Function>
  void ForEach(Function function) const {
    for (size_t at = 0; at < keys_.size(); ++at) {
      if (used_[at]) function(keys_[at], values_[at]);
    }
  }
  size_t size() const { return size_; }

 private:
  size_t Slot(Key key) const {
    uint64_t hash = static_cast<uint64_t>(key) * 0x9e3779b97f4a7c15u;
    size_t at = static_cast<size_t>(hash >> 40) & (keys_.size() - 1);
    while (used_[at] && keys_[at] != key) at = (at + 1) & (keys_.size() - 1);
    return at;
  }
  void Grow() {
    FlatMap bigger;
    size_t capacity = keys_.empty() ? 16 : 2 * keys_.size();
    bigger.used_.resize(capacity);
    bigger.keys_.resize(capacity);
    bigger.values_.resize(capacity);
    for (size_t at = 0; at < keys_.size(); ++at) {
      if (used_[at]) bigger[keys_[at]] = std::move(values_[at]);
    }
    *this = std::move(bigger);
  }

  std::vector<uint8_t> used_;
  std::vector<Key> keys_;
  std::vector<Value> values_;
  size_t size_ = 0;
};

class Account {
 public:
  virtual ~Account() = default;
  virtual void Add(uint64_t amount) = 0;
  virtual uint64_t Balance() const = 0;
};
class Plain : public Account {
 public:
  void Add(uint64_t amount) override { balance_ += amount; }
  uint64_t Balance() const override { return balance_; }

 private:
  uint64_t balance_ = 0;
};
class Mixed : public Account {
 public:
  void Add(uint64_t amount) override { state_ = Mix(state_, amount); }
  uint64_t Balance() const override { return state_ >> 8; }

 private:
  uint64_t state_ = 1;
};

static uint64_t Run() {
  uint64_t sum = 0;
  for (int round = 0; round < 6; ++round) {
    FlatMap<uint32_t, std::unique_ptr<Account>> accounts;
    for (int i = 0; i < 1000000; ++i) {
      uint32_t key = Random() % 40000;
      std::unique_ptr<Account>& account = accounts[key];
      if (!account) {
        if (key % 3 == 0) {
          account = std::make_unique<Plain>();
        } else {
          account = std::make_unique<Mixed>();
        }
      }
      account->Add(static_cast<uint64_t>(i));
    }
    accounts.ForEach([&](uint32_t key, const std::unique_ptr<Account>& account) {
      sum = Mix(sum, key + account->Balance());
    });
    sum += accounts.size();
  }
  return sum;
}
