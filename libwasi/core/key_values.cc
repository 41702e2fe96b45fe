// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/core/key_values.h"

#include <charconv>
#include <iterator>
#include <utility>

namespace trenail::wasi {
namespace {

uint64_t SizeOf(const std::string& key, const KeyValues::Bytes& value) {
  return key.size() + value.size() + KeyValues::kEntryOverhead;
}

}  // namespace

std::optional<KeyValues::Bytes> KeyValues::Get(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key);
  if (at == entries_.end()) return std::nullopt;
  return at->second.value;
}

bool KeyValues::Exists(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return entries_.contains(key);
}

KeyValues::Outcome<void> KeyValues::Set(const std::string& key, Bytes value) {
  const std::lock_guard lock(mutex_);
  return SetLocked(key, std::move(value));
}

KeyValues::Outcome<void> KeyValues::SetLocked(const std::string& key, Bytes value) {
  if (key.size() > kMaxKey) return std::unexpected("the key is longer than 64 KiB");
  const auto at = entries_.find(key);
  const uint64_t had = at == entries_.end() ? 0 : SizeOf(key, at->second.value);
  const uint64_t needs = SizeOf(key, value);
  if (needs > bytes_left_ + had) return std::unexpected("the store is full");
  bytes_left_ = bytes_left_ + had - needs;
  entries_[key] = {.value = std::move(value), .version = next_version_++};
  return {};
}

void KeyValues::Delete(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key);
  if (at == entries_.end()) return;
  bytes_left_ += SizeOf(key, at->second.value);
  entries_.erase(at);
}

template <typename Number>
KeyValues::Outcome<Number> KeyValues::Increment(const std::string& key, Number delta) {
  const std::lock_guard lock(mutex_);
  Number number = 0;
  if (const auto at = entries_.find(key); at != entries_.end()) {
    const std::string text(at->second.value.begin(), at->second.value.end());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
      return std::unexpected("the value is not a number");
  }
  Number sum = 0;
  if (__builtin_add_overflow(number, delta, &sum)) return std::unexpected("the number overflows");
  const std::string text = std::to_string(sum);
  if (auto set = SetLocked(key, Bytes(text.begin(), text.end())); !set)
    return std::unexpected(std::move(set.error()));
  return sum;
}
template KeyValues::Outcome<int64_t> KeyValues::Increment(const std::string&, int64_t);
template KeyValues::Outcome<uint64_t> KeyValues::Increment(const std::string&, uint64_t);

KeyValues::Keys KeyValues::List(Map::const_iterator at) const {
  Keys result;
  size_t bytes = 0;
  // One at least, and no more than fits well into an answer.
  while (at != entries_.end() && result.keys.size() < kMaxListed && bytes <= kMaxKey) {
    bytes += at->first.size();
    result.keys.push_back(at++->first);
  }
  result.more = at != entries_.end();
  return result;
}

KeyValues::Keys KeyValues::ListAfter(const std::optional<std::string>& key) const {
  const std::lock_guard lock(mutex_);
  return List(key ? entries_.upper_bound(*key) : entries_.begin());
}

KeyValues::Keys KeyValues::ListFrom(uint64_t index) const {
  const std::lock_guard lock(mutex_);
  if (index >= entries_.size()) return {};
  return List(std::next(entries_.begin(), static_cast<ptrdiff_t>(index)));
}

KeyValues::Version KeyValues::VersionOf(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key);
  if (at == entries_.end()) return {};
  return {.number = at->second.version, .value = at->second.value};
}

KeyValues::Outcome<bool> KeyValues::Swap(const std::string& key, uint64_t version, Bytes value) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key);
  if ((at == entries_.end() ? 0 : at->second.version) != version) return false;
  if (auto set = SetLocked(key, std::move(value)); !set)
    return std::unexpected(std::move(set.error()));
  return true;
}

}  // namespace trenail::wasi
