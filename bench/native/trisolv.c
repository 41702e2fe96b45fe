// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forward substitution with a lower triangular matrix.

#include "../kernels/kernel.h"

enum { kN = 1000, kRounds = 300 };
static double l[kN][kN], x[kN], b[kN];

static void Solve(void) {
  for (int i = 0; i < kN; ++i) {
    x[i] = b[i];
    for (int j = 0; j < i; ++j) x[i] -= l[i][j] * x[j];
    x[i] = x[i] / l[i][i];
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    b[i] = -999;
    for (int j = 0; j <= i; ++j) l[i][j] = (double)(i + kN - j + 1) * 2 / kN;
  }
  for (int round = 0; round < kRounds; ++round) {
    Solve();
    for (int i = 0; i < kN; ++i) b[i] += x[i] / (1 << 10);
  }
  return MixDoubles(0, x, kN);
}
