// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// B = alpha A^T B with a unit lower triangular A.

#include "../kernels/kernel.h"

enum { kM = 600, kN = 650 };
static double a[kM][kM], b[kM][kN];

static void Multiply(double alpha) {
  for (int i = 0; i < kM; ++i) {
    for (int j = 0; j < kN; ++j) {
      for (int k = i + 1; k < kM; ++k) b[i][j] += a[k][i] * b[k][j];
      b[i][j] = alpha * b[i][j];
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kM; ++i) {
    for (int j = 0; j < i; ++j) a[i][j] = (double)((i + j) % kM) / kM;
    a[i][i] = 1;
    for (int j = 0; j < kN; ++j) b[i][j] = (double)((kN + (i - j)) % kN) / kN;
  }
  Multiply(1.5);
  return MixDoubles(0, b[0], kM * kN);
}
