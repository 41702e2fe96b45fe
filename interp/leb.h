// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LEB128 immediates that are long and hot: linkers pad what they relocate to five bytes. Decoding
// is free of loops and calls, so that handlers keep without a stack frame; where the length
// matters, it is branched on rather than added to pc, so that the next fetch does not wait for it.

#ifndef TRENAIL_INTERP_LEB_H_
#define TRENAIL_INTERP_LEB_H_

#include <bit>
#include <cstdint>

#include "interp/dispatch.h"

namespace wasm::interp {

// True if an integer of 32 bits at `at` takes all five bytes.
[[gnu::always_inline]] inline bool IsFiveBytes(const uint8_t* at) {
  return (LoadBytes<uint32_t>(at) & 0x80808080u) == 0x80808080u;
}
// The bits of four bytes, the last of which ends the integer or not.
[[gnu::always_inline]] inline uint32_t ReadFourBytes(const uint8_t* at) {
  // Each step doubles, or quadruples, the lower half of each pair, which then meets the upper one.
  const uint32_t w = LoadBytes<uint32_t>(at) & 0x7f7f7f7f;
  const uint32_t pairs = (w + (w & 0x007f007f)) >> 1;
  return (pairs + 3 * (pairs & 0x3fff)) >> 2;
}
// The 32 bits of five bytes.
[[gnu::always_inline]] inline uint32_t ReadFiveBytes(const uint8_t* at) {
  return ReadFourBytes(at) | uint32_t{at[4]} << 28;
}
// The signed integer in two bytes, the second of which is below 0x80.
[[gnu::always_inline]] inline int32_t ReadSignedTwoBytes(const uint8_t* at) {
  const uint32_t w = LoadBytes<uint16_t>(at);
  return static_cast<int32_t>((w - 0x80 + (w & 0x7f)) << 17) >> 18;
}
// True if the integer at `at` is below 0x4000 and takes five bytes; see ReadPaddedIndex.
[[gnu::always_inline]] inline bool IsPaddedIndex(const uint8_t* at) {
  return (LoadBytes<uint32_t>(at + 1) & 0xffffff80) == 0x00808080 && at[0] >= 0x80;
}
[[gnu::always_inline]] inline uint32_t ReadPaddedIndex(const uint8_t* at) {
  return (at[0] & 0x7fu) | (at[1] & 0x7fu) << 7;
}
// True if the integer at `at` is below 0x80 and takes five bytes.
[[gnu::always_inline]] inline bool IsPaddedSmall(const uint8_t* at) {
  return LoadBytes<uint32_t>(at + 1) == 0x00808080 && at[0] >= 0x80;
}
// An unsigned integer of two to four bytes, and its length.
[[gnu::always_inline]] inline uint32_t ReadTwoToFour(const uint8_t* at, uint32_t* length) {
  uint32_t value = (at[0] & 0x7fu) | (at[1] & 0x7fu) << 7;
  *length = 2;
  if (at[1] >= 0x80) {
    value |= (at[2] & 0x7fu) << 14;
    *length = 3;
    if (at[2] >= 0x80) {
      value |= uint32_t{at[3]} << 21;
      *length = 4;
    }
  }
  return value;
}
// Any unsigned integer of 32 bits.
[[gnu::always_inline]] inline uint32_t ReadIndex(const uint8_t* at, uint32_t* length) {
  if (at[0] < 0x80) {
    *length = 1;
    return at[0];
  }
  if (IsFiveBytes(at)) {
    *length = 5;
    return ReadFiveBytes(at);
  }
  return ReadTwoToFour(at, length);
}

// The seven low bits of each byte, joined.
[[gnu::always_inline]] inline uint64_t JoinSevens(uint64_t w) {
  w &= 0x7f7f7f7f7f7f7f7f;
  w = (w & 0x007f007f007f007f) | (w & 0x7f007f007f007f00) >> 1;
  w = (w & 0x00003fff00003fff) | (w & 0x3fff00003fff0000) >> 2;
  return (w & 0x0fffffff) | (w & 0x0fffffff00000000) >> 4;
}
// A signed integer of up to 64 bits, and its length.
[[gnu::always_inline]] inline uint64_t ReadSigned64(const uint8_t* at, uint32_t* length) {
  const uint64_t w = LoadBytes<uint64_t>(at);
  const uint64_t ends = ~w & 0x8080808080808080;
  const uint64_t low = JoinSevens(w);  // 56 bits
  if (ends != 0) {
    const uint32_t bytes = (static_cast<uint32_t>(std::countr_zero(ends)) >> 3) + 1;
    *length = bytes;
    const uint32_t unused = 64 - 7 * bytes;
    return static_cast<uint64_t>(static_cast<int64_t>(low << unused) >> unused);
  }
  if (at[8] < 0x80) {
    *length = 9;
    return low | static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(at[8] << 1))) << 55;
  }
  *length = 10;
  return low | uint64_t{at[8] & 0x7fu} << 56 | uint64_t{at[9]} << 63;
}

// Keeps the compiler from extracting the next key from bytes that it has loaded for something else:
// a load of its own is off the path of the decoding.
#define FETCH_APART() asm volatile("" : "+r"(pc))

// Advances pc by a length that the processor predicts instead of waiting for it.
#define ADVANCE_BY(extra, length)   \
  do {                              \
    switch (length) {               \
      case 2:                       \
        ADVANCE_CASE((extra) + 2);  \
      case 3:                       \
        ADVANCE_CASE((extra) + 3);  \
      case 4:                       \
        ADVANCE_CASE((extra) + 4);  \
      case 5:                       \
        ADVANCE_CASE((extra) + 5);  \
      case 9:                       \
        ADVANCE_CASE((extra) + 9);  \
      case 10:                      \
        ADVANCE_CASE((extra) + 10); \
      default:                      \
        pc += (extra) + (length);   \
    }                               \
  } while (false)
#define ADVANCE_CASE(bytes)    \
  pc += (bytes);               \
  asm volatile("" : "+r"(pc)); \
  break

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_LEB_H_
