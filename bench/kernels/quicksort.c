// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quicksort of numbers, recursive.

#include "kernel.h"

enum { kN = 200000 };
static uint32_t data[kN];

static NOINLINE void Sort(uint32_t* first, uint32_t* last) {
  while (last - first > 16) {
    uint32_t pivot = first[(last - first) / 2];
    uint32_t *low = first, *high = last - 1;
    while (low <= high) {
      while (*low < pivot) ++low;
      while (*high > pivot) --high;
      if (low > high) break;
      uint32_t value = *low;
      *low++ = *high;
      *high-- = value;
    }
    Sort(first, high + 1);
    first = low;
  }
  for (uint32_t* at = first + 1; at < last; ++at) {
    uint32_t value = *at;
    uint32_t* hole = at;
    for (; hole > first && hole[-1] > value; --hole) *hole = hole[-1];
    *hole = value;
  }
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < SIZE(2, 15); ++round) {
    for (int i = 0; i < kN; ++i) data[i] = Random() * 257;
    Sort(data, data + kN);
    for (int i = 0; i < kN; i += 97) sum = Mix(sum, data[i]);
  }
  return sum;
}
