// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The answers of a descriptor that does not have the operation.

#include "libwasi/core/descriptor.h"

namespace trenail::wasi {

IoResult<size_t> Descriptor::Read(IoVectors, const Interrupt*) {
  return std::unexpected(Errno::kBadf);
}
IoResult<size_t> Descriptor::Write(IoVectors, const Interrupt*) {
  return std::unexpected(Errno::kBadf);
}
IoResult<size_t> Descriptor::ReadAt(IoVectors, uint64_t) { return std::unexpected(Errno::kSpipe); }
IoResult<size_t> Descriptor::WriteAt(IoVectors, uint64_t) { return std::unexpected(Errno::kSpipe); }
IoResult<size_t> Descriptor::Append(IoVectors) { return std::unexpected(Errno::kSpipe); }
IoResult<uint64_t> Descriptor::Seek(int64_t, Whence) { return std::unexpected(Errno::kSpipe); }
IoStatus Descriptor::Allocate(uint64_t, uint64_t) { return std::unexpected(Errno::kSpipe); }
IoStatus Descriptor::Advise(uint64_t, uint64_t, Advice) { return std::unexpected(Errno::kSpipe); }
IoStatus Descriptor::Sync() { return std::unexpected(Errno::kInval); }
IoStatus Descriptor::DataSync() { return std::unexpected(Errno::kInval); }
IoStatus Descriptor::SetSize(uint64_t) { return std::unexpected(Errno::kInval); }
IoStatus Descriptor::SetTimes(TimeChange, TimeChange) { return std::unexpected(Errno::kInval); }
IoResult<FileStat> Descriptor::Stat() { return FileStat{.type = type_}; }
IoStatus Descriptor::SetFlags(uint16_t new_flags) {
  if (new_flags == flags()) return {};
  return std::unexpected(Errno::kNotsup);
}

}  // namespace trenail::wasi
