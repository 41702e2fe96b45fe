// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes of a guest's memory [cabi:load_int] [cabi:store_int], the arithmetic of its addresses, and
// what becomes of floats on their way: every NaN is the canonical one, as in the deterministic
// profile.

#ifndef TRENAIL_LIBCOMPONENT_ABI_MEMORY_H_
#define TRENAIL_LIBCOMPONENT_ABI_MEMORY_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "libcomponent/types/types.h"

namespace component::abi {

static_assert(std::endian::native == std::endian::little);

using Bytes = std::span<uint8_t>;

constexpr uint32_t PtrSize(PtrType ptr) { return ptr == PtrType::kI32 ? 4 : 8; }

constexpr uint64_t AlignTo(uint64_t at, uint32_t alignment) {
  return (at + alignment - 1) & ~uint64_t{alignment - 1};
}
constexpr bool IsAligned(uint64_t ptr, uint32_t alignment) { return (ptr & (alignment - 1)) == 0; }

constexpr bool InBounds(uint64_t memory_size, uint64_t ptr, uint64_t length) {
  return ptr <= memory_size && length <= memory_size - ptr;
}

// Of 1, 2, 4 or 8 bytes, zero-extended.
inline uint64_t LoadInt(const uint8_t* at, uint32_t bytes) {
  const auto load = [at]<typename T>(T value) -> uint64_t {
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  switch (bytes) {
    case 1:
      return load(uint8_t{});
    case 2:
      return load(uint16_t{});
    case 4:
      return load(uint32_t{});
    default:
      return load(uint64_t{});
  }
}
inline void StoreInt(uint8_t* at, uint64_t value, uint32_t bytes) {
  switch (bytes) {
    case 1:
      std::memcpy(at, &value, 1);
      return;
    case 2:
      std::memcpy(at, &value, 2);
      return;
    case 4:
      std::memcpy(at, &value, 4);
      return;
    default:
      std::memcpy(at, &value, 8);
  }
}

inline constexpr uint32_t kCanonicalFloat32Nan = 0x7fc00000;
inline constexpr uint64_t kCanonicalFloat64Nan = 0x7ff8000000000000;

constexpr uint32_t CanonicalizeNan32(uint32_t bits) {
  return (bits & 0x7fffffff) > 0x7f800000 ? kCanonicalFloat32Nan : bits;
}
constexpr uint64_t CanonicalizeNan64(uint64_t bits) {
  return (bits & 0x7fffffffffffffff) > 0x7ff0000000000000 ? kCanonicalFloat64Nan : bits;
}

// The flags that exist [cabi:unpack_flags_from_int].
inline uint32_t FlagsMask(const ValType& type) {
  return type.fields.size() >= 32 ? ~uint32_t{0} : (uint32_t{1} << type.fields.size()) - 1;
}

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_MEMORY_H_
