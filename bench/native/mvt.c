// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x1 += A y1 and x2 += A^T y2, the second column by column.

#include "../kernels/kernel.h"

enum { kN = 1000, kRounds = 60 };
static double a[kN][kN], x1[kN], x2[kN], y1[kN], y2[kN];

static void Multiply(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) x1[i] += a[i][j] * y1[j];
  }
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) x2[i] += a[j][i] * y2[j];
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    x1[i] = (double)(i % kN) / kN;
    x2[i] = (double)((i + 1) % kN) / kN;
    y1[i] = (double)((i + 3) % kN) / kN;
    y2[i] = (double)((i + 4) % kN) / kN;
    for (int j = 0; j < kN; ++j) a[i][j] = (double)(i * j % kN) / kN;
  }
  for (int round = 0; round < kRounds; ++round) Multiply();
  return MixDoubles(MixDoubles(0, x1, kN), x2, kN);
}
