// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings and vectors out of a guest's memory.

#include "libwasi/p1/guest_memory.h"

#include <limits.h>

#include <limits>

#include "libwasm/support/error.h"
#include "libwasm/support/utf8.h"

namespace trenail::wasi::p1 {
namespace {

constexpr uint32_t kVectorSize = 8;  // [wasi_snapshot_preview1.iovec]: buf, buf_len

}  // namespace

IoResult<std::string> GuestMemory::String(uint32_t address, uint32_t length) const {
  const uint8_t* bytes = TRY(Range(address, length));
  if (length >= PATH_MAX) return std::unexpected(Errno::kNametoolong);
  std::string text(reinterpret_cast<const char*>(bytes), length);
  if (!wasm::IsValidUtf8(text)) return std::unexpected(Errno::kIlseq);
  return text;
}

IoResult<std::vector<iovec>> GuestMemory::Vectors(uint32_t address, uint32_t count) const {
  const uint8_t* entry = TRY(Range(address, uint64_t{count} * kVectorSize));
  std::vector<iovec> vectors;
  uint64_t total = 0;
  for (uint32_t i = 0; i < count && vectors.size() < IOV_MAX; ++i, entry += kVectorSize) {
    uint32_t buffer = Load<uint32_t>(entry);
    uint32_t length = Load<uint32_t>(entry + 4);
    uint8_t* bytes = TRY(Range(buffer, length));
    total += length;
    if (total > std::numeric_limits<uint32_t>::max()) return std::unexpected(Errno::kInval);
    if (length != 0) vectors.push_back({bytes, length});
  }
  return vectors;
}

}  // namespace trenail::wasi::p1
