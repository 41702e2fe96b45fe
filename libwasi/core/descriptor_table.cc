// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A vector by number. What is closed is destroyed after the lock is given back, because closing may
// take time.

#include "libwasi/core/descriptor_table.h"

#include <algorithm>
#include <utility>

namespace trenail::wasi {

DescriptorTable::Entry* DescriptorTable::Find(Fd fd) {
  return fd < entries_.size() && entries_[fd].has_value() ? &*entries_[fd] : nullptr;
}

const DescriptorTable::Entry* DescriptorTable::Find(Fd fd) const {
  return fd < entries_.size() && entries_[fd].has_value() ? &*entries_[fd] : nullptr;
}

IoResult<Fd> DescriptorTable::InsertEntry(Entry entry) {
  std::lock_guard lock(mutex_);
  Fd fd = lowest_free_;
  while (fd < entries_.size() && entries_[fd].has_value()) ++fd;
  if (fd >= kMaxDescriptors) return std::unexpected(Errno::kMfile);
  if (fd >= entries_.size()) entries_.resize(fd + 1);
  entries_[fd] = std::move(entry);
  lowest_free_ = fd + 1;
  return fd;
}

IoResult<Fd> DescriptorTable::Insert(HeldDescriptor held) {
  return InsertEntry({std::move(held), std::nullopt});
}

IoResult<Fd> DescriptorTable::InsertPreopen(HeldDescriptor held, std::string name) {
  return InsertEntry({std::move(held), std::move(name)});
}

void DescriptorTable::InsertStandard(Fd fd, HeldDescriptor held) {
  std::lock_guard lock(mutex_);
  if (fd >= kFirstFree) return;
  if (fd >= entries_.size()) entries_.resize(fd + 1);
  entries_[fd] = Entry{std::move(held), std::nullopt};
}

IoResult<HeldDescriptor> DescriptorTable::Get(Fd fd, Rights required) const {
  std::lock_guard lock(mutex_);
  const Entry* entry = Find(fd);
  if (entry == nullptr) return std::unexpected(Errno::kBadf);
  if ((required & ~entry->held.base) != 0) return std::unexpected(Errno::kNotcapable);
  return entry->held;
}

IoResult<std::string> DescriptorTable::PreopenName(Fd fd) const {
  std::lock_guard lock(mutex_);
  const Entry* entry = Find(fd);
  if (entry == nullptr || !entry->preopen_name.has_value()) return std::unexpected(Errno::kBadf);
  return *entry->preopen_name;
}

IoStatus DescriptorTable::SetRights(Fd fd, Rights base, Rights inheriting) {
  std::lock_guard lock(mutex_);
  Entry* entry = Find(fd);
  if (entry == nullptr) return std::unexpected(Errno::kBadf);
  HeldDescriptor& held = entry->held;
  if ((base & ~held.base) != 0 || (inheriting & ~held.inheriting) != 0) {
    return std::unexpected(Errno::kNotcapable);
  }
  held.base = base;
  held.inheriting = inheriting;
  return {};
}

IoStatus DescriptorTable::Renumber(Fd from, Fd to) {
  std::optional<Entry> closed;
  std::lock_guard lock(mutex_);
  if (Find(from) == nullptr || Find(to) == nullptr) return std::unexpected(Errno::kBadf);
  if (from == to) return {};
  closed = std::exchange(entries_[to], std::exchange(entries_[from], std::nullopt));
  if (from >= kFirstFree) lowest_free_ = std::min(lowest_free_, from);
  return {};
}

IoStatus DescriptorTable::Close(Fd fd) {
  std::optional<Entry> closed;
  std::lock_guard lock(mutex_);
  if (Find(fd) == nullptr) return std::unexpected(Errno::kBadf);
  closed = std::exchange(entries_[fd], std::nullopt);
  if (fd >= kFirstFree) lowest_free_ = std::min(lowest_free_, fd);
  return {};
}

}  // namespace trenail::wasi
