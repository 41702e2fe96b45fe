// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// y = A^T (A x), one pass over the matrix.

#include "../kernels/kernel.h"

enum { kM = 1000, kN = 1100, kRounds = 120 };
static double a[kM][kN], x[kN], y[kN];

static void Multiply(void) {
  for (int j = 0; j < kN; ++j) y[j] = 0;
  for (int i = 0; i < kM; ++i) {
    double dot = 0;
    for (int j = 0; j < kN; ++j) dot += a[i][j] * x[j];
    for (int j = 0; j < kN; ++j) y[j] += a[i][j] * dot;
  }
}

static uint64_t Run(void) {
  for (int j = 0; j < kN; ++j) x[j] = 1 + (double)j / kN;
  for (int i = 0; i < kM; ++i) {
    for (int j = 0; j < kN; ++j) a[i][j] = (double)((i + j) % kN) / (5 * kM);
  }
  for (int round = 0; round < kRounds; ++round) {
    Multiply();
    for (int j = 0; j < kN; ++j) x[j] = 1 + y[j] / (1 << 20);
  }
  return MixDoubles(0, y, kN);
}
