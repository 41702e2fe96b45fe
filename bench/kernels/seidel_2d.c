// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gauss-Seidel's nine-point stencil, in place.

#include "kernel.h"

enum { kN = SIZE(150, 400), kSteps = SIZE(160, 100) };
static double a[kN][kN];

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) a[i][j] = (double)(i * (j + 2) % 23) / 23;
  }
  for (int step = 0; step < kSteps; ++step) {
    for (int i = 1; i < kN - 1; ++i) {
      for (int j = 1; j < kN - 1; ++j) {
        a[i][j] = (a[i - 1][j - 1] + a[i - 1][j] + a[i - 1][j + 1] + a[i][j - 1] + a[i][j] +
                   a[i][j + 1] + a[i + 1][j - 1] + a[i + 1][j] + a[i + 1][j + 1]) /
                  9;
      }
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = MixDouble(sum, a[i][j]);
  }
  return sum;
}
