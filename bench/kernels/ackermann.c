// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ackermann's function: deep recursion.

#include "kernel.h"

static NOINLINE uint32_t Ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  uint32_t inner = n == 0 ? 1 : Ackermann(m, n - 1);
  uint32_t result = Ackermann(m - 1, inner);
  KEEP_CALL(result);
  return result;
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < SIZE(14, 120); ++round) {
    // A pure function of constants would be called once.
    uint32_t n = 300 + SIZE(0, (uint32_t)round & 3);
    sum = Mix(sum, Ackermann(2, n) + Ackermann(3, SIZE(6, n & 3 ? 6 : 7)));
  }
  return sum;
}
