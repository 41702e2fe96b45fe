// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ackermann's function: deep recursion.

#include "kernel.h"

static NOINLINE uint32_t Ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  uint32_t inner = n == 0 ? 1 : Ackermann(m, n - 1);
  uint32_t result = Ackermann(m - 1, inner);
  __asm__ volatile("" : "+r"(result));
  return result;
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < SIZE(14, 120); ++round)
    sum = Mix(sum, Ackermann(2, 300) + Ackermann(3, 6));
  return sum;
}
