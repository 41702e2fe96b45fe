// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The descriptors of a guest by number, with their rights. Shared by the threads of a guest: a
// lookup gives a reference of its own, so that a descriptor lives as long as an operation on it,
// whoever closes the number meanwhile.

#ifndef TRENAIL_LIBWASI_CORE_DESCRIPTOR_TABLE_H_
#define TRENAIL_LIBWASI_CORE_DESCRIPTOR_TABLE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "libwasi/core/descriptor.h"
#include "libwasi/core/rights.h"

namespace trenail::wasi {

using Fd = uint32_t;

struct HeldDescriptor {
  std::shared_ptr<Descriptor> descriptor;
  Rights base = 0;
  Rights inheriting = 0;
};

class DescriptorTable {
 public:
  static constexpr Fd kFirstFree = 3;  // below are the standard streams
  static constexpr Fd kMaxDescriptors = 1 << 16;

  // At the lowest free number from kFirstFree on; kMfile when all are taken.
  IoResult<Fd> Insert(HeldDescriptor held);
  // A directory that the embedder grants under a name.
  IoResult<Fd> InsertPreopen(HeldDescriptor held, std::string name);
  // At a number of the embedder's choice below kFirstFree.
  void InsertStandard(Fd fd, HeldDescriptor held);

  // kBadf without such a descriptor, kNotcapable if it lacks one of the rights.
  IoResult<HeldDescriptor> Get(Fd fd, Rights required = 0) const;
  // kBadf if it is not a preopened directory.
  IoResult<std::string> PreopenName(Fd fd) const;

  // Rights can only be given up: kNotcapable for others than there are.
  IoStatus SetRights(Fd fd, Rights base, Rights inheriting);
  // Moves `from` to the number `to`, which must be open too and is closed.
  IoStatus Renumber(Fd from, Fd to);
  IoStatus Close(Fd fd);

 private:
  struct Entry {
    HeldDescriptor held;
    std::optional<std::string> preopen_name;
  };

  Entry* Find(Fd fd);
  const Entry* Find(Fd fd) const;
  IoResult<Fd> InsertEntry(Entry entry);

  mutable std::mutex mutex_;
  std::vector<std::optional<Entry>> entries_;
  Fd lowest_free_ = kFirstFree;  // no number from kFirstFree to below it is free
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_DESCRIPTOR_TABLE_H_
