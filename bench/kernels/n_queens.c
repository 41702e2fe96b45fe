// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All placements of queens on a board, by recursion over bit sets.

#include "kernel.h"

static NOINLINE uint32_t Place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  uint32_t count = 0;
  for (uint32_t free = all & ~(columns | left | right); free != 0; free &= free - 1) {
    uint32_t bit = free & -free;
    count += Place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static uint64_t Run(void) {
  enum { kN = SIZE(12, 14) };
  return Mix(0, Place((1 << kN) - 1, 0, 0, 0)) + Place((1 << (kN - 1)) - 1, 0, 0, 0);
}
