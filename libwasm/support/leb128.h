// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LEB128 integers [binary-int]: the reader used on untrusted bytes, the one used on validated code,
// and the writer. N is the width in bits of the integer (33 for block types).

#ifndef TRENAIL_LIBWASM_SUPPORT_LEB128_H_
#define TRENAIL_LIBWASM_SUPPORT_LEB128_H_

#include <cstdint>
#include <vector>

namespace wasm {

enum class LebStatus : uint8_t { kOk, kEnd, kTooLong, kTooLarge };

// Reads an unsigned integer of at most N bits, advancing *p. On failure *p is unspecified.
template <int N>
constexpr LebStatus ReadUnsignedLeb(const uint8_t** p, const uint8_t* end, uint64_t* value) {
  constexpr int kMaxBytes = (N + 6) / 7;
  constexpr int kLastBits = N - 7 * (kMaxBytes - 1);
  const uint8_t* at = *p;
  uint64_t result = 0;
  for (int i = 0; i < kMaxBytes; ++i) {
    if (at == end) return LebStatus::kEnd;
    const uint8_t byte = *at++;
    if (i == kMaxBytes - 1) {
      if (byte & 0x80) return LebStatus::kTooLong;
      if (kLastBits < 7 && (byte >> kLastBits) != 0) return LebStatus::kTooLarge;
    }
    result |= uint64_t{byte & 0x7fu} << (7 * i);
    if (!(byte & 0x80)) {
      *p = at;
      *value = result;
      return LebStatus::kOk;
    }
  }
  return LebStatus::kTooLong;
}

// Reads a signed integer of N bits, sign-extended to 64.
template <int N>
constexpr LebStatus ReadSignedLeb(const uint8_t** p, const uint8_t* end, int64_t* value) {
  constexpr int kMaxBytes = (N + 6) / 7;
  constexpr int kLastBits = N - 7 * (kMaxBytes - 1);
  const uint8_t* at = *p;
  uint64_t result = 0;
  for (int i = 0; i < kMaxBytes; ++i) {
    if (at == end) return LebStatus::kEnd;
    const uint8_t byte = *at++;
    if (i == kMaxBytes - 1) {
      if (byte & 0x80) return LebStatus::kTooLong;
      // The unused bits must repeat the sign bit.
      const uint8_t sign_and_unused = static_cast<uint8_t>((byte & 0x7f) >> (kLastBits - 1));
      const uint8_t all_ones = static_cast<uint8_t>(0x7f >> (kLastBits - 1));
      if (sign_and_unused != 0 && sign_and_unused != all_ones) return LebStatus::kTooLarge;
    }
    result |= uint64_t{byte & 0x7fu} << (7 * i);
    if (!(byte & 0x80)) {
      const int width = 7 * (i + 1);
      if (width < 64 && (byte & 0x40)) result |= ~uint64_t{0} << width;
      *p = at;
      *value = static_cast<int64_t>(result);
      return LebStatus::kOk;
    }
  }
  return LebStatus::kTooLong;
}

// For bytes that validation has read before: no checks.
inline uint64_t ReadTrustedUnsignedLeb(const uint8_t** p) {
  const uint8_t* at = *p;
  uint64_t result = *at & 0x7f;
  for (int shift = 7; *at++ & 0x80; shift += 7) result |= uint64_t{*at & 0x7fu} << shift;
  *p = at;
  return result;
}
inline int64_t ReadTrustedSignedLeb(const uint8_t** p) {
  const uint8_t* at = *p;
  uint64_t result = 0;
  int shift = 0;
  uint8_t byte;
  do {
    byte = *at++;
    result |= uint64_t{byte & 0x7fu} << shift;
    shift += 7;
  } while (byte & 0x80);
  if (shift < 64 && (byte & 0x40)) result |= ~uint64_t{0} << shift;
  *p = at;
  return static_cast<int64_t>(result);
}

inline void WriteUnsignedLeb(std::vector<uint8_t>& out, uint64_t value) {
  do {
    const uint8_t byte = value & 0x7f;
    value >>= 7;
    out.push_back(value != 0 ? byte | 0x80 : byte);
  } while (value != 0);
}
inline void WriteSignedLeb(std::vector<uint8_t>& out, int64_t value) {
  for (;;) {
    const uint8_t byte = value & 0x7f;
    value >>= 7;
    if ((value == 0 && !(byte & 0x40)) || (value == -1 && (byte & 0x40))) {
      out.push_back(byte);
      return;
    }
    out.push_back(byte | 0x80);
  }
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_LEB128_H_
