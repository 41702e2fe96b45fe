// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SHA-256 (FIPS 180-4): names modules and cache entries by their contents.

#ifndef TRENAIL_LIBWASM_SUPPORT_SHA256_H_
#define TRENAIL_LIBWASM_SUPPORT_SHA256_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace wasm {

using Sha256Hash = std::array<uint8_t, 32>;

Sha256Hash Sha256(std::span<const uint8_t> bytes);

// 64 hexadecimal digits.
std::string ToHex(const Sha256Hash& hash);

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_SHA256_H_
