// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guest's linear memory as preview 1 sees it: every access is checked (kFault), and what is read
// is copied before it is judged, because other threads of the guest may change it at any time.

#ifndef TRENAIL_LIBWASI_P1_GUEST_MEMORY_H_
#define TRENAIL_LIBWASI_P1_GUEST_MEMORY_H_

#include <sys/uio.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "libwasi/core/errno.h"

namespace trenail::wasi::p1 {

static_assert(std::endian::native == std::endian::little, "memory is copied without conversion");

class GuestMemory {
 public:
  explicit GuestMemory(std::span<uint8_t> bytes) : bytes_(bytes) {}

  IoResult<uint8_t*> Range(uint32_t address, uint64_t length) const {
    if (address > bytes_.size() || length > bytes_.size() - address) {
      return std::unexpected(Errno::kFault);
    }
    return bytes_.data() + address;
  }

  template <typename T>
  static T Load(const uint8_t* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
  }
  template <typename T>
  static void Store(uint8_t* to, T value) {
    std::memcpy(to, &value, sizeof(T));
  }

  // A string of the guest, such as a path: kIlseq unless it is UTF-8, kNametoolong from 4096 bytes
  // on.
  IoResult<std::string> String(uint32_t address, uint32_t length) const;

  // A list of iovec or ciovec, without the empty ones. At most as many as one host call takes;
  // kInval if the lengths add up to more than 32 bits hold.
  IoResult<std::vector<iovec>> Vectors(uint32_t address, uint32_t count) const;

 private:
  std::span<uint8_t> bytes_;
};

}  // namespace trenail::wasi::p1

#endif  // TRENAIL_LIBWASI_P1_GUEST_MEMORY_H_
