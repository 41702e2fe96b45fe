// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CRC-32, a table look-up per byte.

#include "kernel.h"

static uint32_t table[256];
static uint8_t data[1 << 16];

static uint64_t Run(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    table[i] = crc;
  }
  for (unsigned i = 0; i < sizeof(data); ++i) data[i] = (uint8_t)Random();
  uint32_t crc = ~0u;
  for (int round = 0; round < SIZE(200, 1500); ++round) {
    for (unsigned i = 0; i < sizeof(data); ++i) crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
  }
  return Mix(0, ~crc);
}
