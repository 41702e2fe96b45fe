// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Multi-resolution analysis: a three-dimensional array times a matrix, in place.

#include "../kernels/kernel.h"

enum { kR = 100, kQ = 100, kP = 120 };
static double a[kR][kQ][kP], sum[kP], c4[kP][kP];

static void Multiply(void) {
  for (int r = 0; r < kR; ++r) {
    for (int q = 0; q < kQ; ++q) {
      for (int p = 0; p < kP; ++p) {
        sum[p] = 0;
        for (int s = 0; s < kP; ++s) sum[p] += a[r][q][s] * c4[s][p];
      }
      for (int p = 0; p < kP; ++p) a[r][q][p] = sum[p];
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kR; ++i) {
    for (int j = 0; j < kQ; ++j) {
      for (int k = 0; k < kP; ++k) a[i][j][k] = (double)((i * j + k) % kP) / kP;
    }
  }
  for (int i = 0; i < kP; ++i) {
    for (int j = 0; j < kP; ++j) c4[i][j] = (double)(i * j % kP) / (kP * kP);
  }
  for (int round = 0; round < 3; ++round) Multiply();
  return MixDoubles(0, a[0][0], kR * kQ * kP);
}
