// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Jacobi's five-point stencil between two grids.

#include "kernel.h"

enum { kN = SIZE(150, 600), kSteps = SIZE(60, 300) };
static double a[kN][kN], b[kN][kN];

static NOINLINE void Step(double from[kN][kN], double to[kN][kN]) {
  for (int i = 1; i < kN - 1; ++i) {
    for (int j = 1; j < kN - 1; ++j) {
      to[i][j] =
          0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i + 1][j] + from[i - 1][j]);
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) {
      a[i][j] = ((double)i * (j + 2) + 2) / kN;
      b[i][j] = ((double)i * (j + 3) + 3) / kN;
    }
  }
  for (int step = 0; step < kSteps; ++step) {
    Step(a, b);
    Step(b, a);
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = MixDouble(sum, a[i][j]);
  }
  return sum;
}
