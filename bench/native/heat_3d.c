// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The heat equation in three dimensions, between two grids on the heap.

#include "../kernels/kernel.h"

#include <stdlib.h>

enum { kN = 80, kSteps = 80 };
typedef double (*Grid)[kN][kN];

static void Step(Grid from, Grid to) {
  for (int i = 1; i < kN - 1; ++i) {
    for (int j = 1; j < kN - 1; ++j) {
      for (int k = 1; k < kN - 1; ++k) {
        to[i][j][k] = 0.125 * (from[i + 1][j][k] - 2 * from[i][j][k] + from[i - 1][j][k]) +
                      0.125 * (from[i][j + 1][k] - 2 * from[i][j][k] + from[i][j - 1][k]) +
                      0.125 * (from[i][j][k + 1] - 2 * from[i][j][k] + from[i][j][k - 1]) +
                      from[i][j][k];
      }
    }
  }
}

static uint64_t Run(void) {
  Grid a = (Grid)malloc(sizeof(double[kN][kN][kN])), b = (Grid)malloc(sizeof(double[kN][kN][kN]));
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) {
      for (int k = 0; k < kN; ++k) a[i][j][k] = b[i][j][k] = (double)(i + j + (kN - k)) * 10 / kN;
    }
  }
  for (int step = 0; step < kSteps; ++step) {
    Step(a, b);
    Step(b, a);
  }
  return MixDoubles(0, a[0][0], kN * kN * kN);
}
