// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Base64 of random bytes, there and back.

#include "../kernels/kernel.h"

enum { kBytes = 3 * 30000, kCoded = 4 * 30000 };
static uint8_t bytes[kBytes], decoded[kBytes];
static char coded[kCoded];
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static uint8_t value_of[256];

static void Encode(char* out, const uint8_t* in, uint32_t n) {
  for (uint32_t i = 0; i < n; i += 3) {
    uint32_t word = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
    *out++ = alphabet[word >> 18];
    *out++ = alphabet[word >> 12 & 63];
    *out++ = alphabet[word >> 6 & 63];
    *out++ = alphabet[word & 63];
  }
}

static void Decode(uint8_t* out, const char* in, uint32_t n) {
  for (uint32_t i = 0; i < n; i += 4) {
    uint32_t word = 0;
    for (uint32_t k = 0; k < 4; ++k) word = word << 6 | value_of[(uint8_t)in[i + k]];
    *out++ = (uint8_t)(word >> 16);
    *out++ = (uint8_t)(word >> 8);
    *out++ = (uint8_t)word;
  }
}

static uint64_t Run(void) {
  for (uint32_t i = 0; i < 64; ++i) value_of[(uint8_t)alphabet[i]] = (uint8_t)i;
  for (uint32_t i = 0; i < kBytes; ++i) bytes[i] = (uint8_t)Random();
  uint64_t sum = 0;
  for (int round = 0; round < 1000; ++round) {
    Encode(coded, bytes, kBytes);
    Decode(decoded, coded, kCoded);
    for (uint32_t i = 0; i < 64; ++i) sum = Mix(sum, (uint64_t)coded[i * 7] + decoded[i * 5]);
    bytes[(uint32_t)round * 3] ^= decoded[round + 1];
  }
  return sum;
}
