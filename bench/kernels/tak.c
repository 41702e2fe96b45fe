// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takeuchi's function: calls with three arguments.

#include "kernel.h"

static NOINLINE int Tak(int x, int y, int z) {
  if (y >= x) return z;
  int a = Tak(x - 1, y, z), b = Tak(y - 1, z, x), c = Tak(z - 1, x, y);
  int result = Tak(a, b, c);
  KEEP_CALL(result);
  return result;
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int i = 0; i < SIZE(90, 900); ++i)
    sum = Mix(sum, (uint64_t)Tak(18, 12, SIZE(6, 5 + i % 3)) + (uint64_t)i);
  return sum;
}
