// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A 128-bit vector value [syntax-vectype]: sixteen bytes, lane 0 first, lanes little-endian.

#ifndef TRENAIL_LIBWASM_TYPES_V128_H_
#define TRENAIL_LIBWASM_TYPES_V128_H_

#include <array>
#include <bit>
#include <cstdint>

namespace wasm {

static_assert(std::endian::native == std::endian::little,
              "slots, memories and vectors hold little-endian values as they are");

struct alignas(16) V128 {
  std::array<uint8_t, 16> bytes{};

  // The vector seen as lanes of type T.
  template <typename T>
  constexpr std::array<T, 16 / sizeof(T)> Lanes() const {
    return std::bit_cast<std::array<T, 16 / sizeof(T)>>(bytes);
  }
  template <typename T>
  static constexpr V128 FromLanes(const std::array<T, 16 / sizeof(T)>& lanes) {
    return V128{std::bit_cast<std::array<uint8_t, 16>>(lanes)};
  }
  friend constexpr bool operator==(const V128&, const V128&) = default;
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_TYPES_V128_H_
