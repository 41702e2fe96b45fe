// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Levinson-Durbin recursion: a Toeplitz system in quadratic time.

#include "kernel.h"

enum { kN = SIZE(1100, 4000) };
static double r[kN], y[kN], z[kN];

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < SIZE(6, 8); ++round) {
    for (int i = 0; i < kN; ++i) r[i] = 1.0 / (kN + 1 + i + round);
    y[0] = -r[0];
    double beta = 1;
    double alpha = -r[0];
    for (int k = 1; k < kN; ++k) {
      beta = (1 - alpha * alpha) * beta;
      double dot = 0;
      for (int i = 0; i < k; ++i) dot += r[k - i - 1] * y[i];
      alpha = -(r[k] + dot) / beta;
      for (int i = 0; i < k; ++i) z[i] = y[i] + alpha * y[k - i - 1];
      for (int i = 0; i < k; ++i) y[i] = z[i];
      y[k] = alpha;
    }
    for (int i = 0; i < kN; ++i) sum = MixDouble(sum, y[i]);
  }
  return sum;
}
