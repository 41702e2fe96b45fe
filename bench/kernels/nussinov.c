// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nussinov's folding of RNA: dynamic programming over a triangle.

#include "kernel.h"

enum { kN = SIZE(350, 1200) };
static int table[kN][kN];
static signed char sequence[kN];

static inline int Max(int a, int b) { return a > b ? a : b; }

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) sequence[i] = (signed char)((i + 1) % 4);
  for (int i = kN - 1; i >= 0; --i) {
    for (int j = i + 1; j < kN; ++j) {
      int best = Max(table[i][j], table[i][j - 1]);
      if (i + 1 < kN) {
        best = Max(best, table[i + 1][j]);
        int pair = i < j - 1 && sequence[i] + sequence[j] == 3;
        best = Max(best, table[i + 1][j - 1] + pair);
      }
      for (int k = i + 1; k < j; ++k) best = Max(best, table[i][k] + table[k + 1][j]);
      table[i][j] = best;
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = Mix(sum, (uint64_t)table[i][j]);
  }
  return sum;
}
