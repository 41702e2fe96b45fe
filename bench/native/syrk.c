// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Symmetric rank-k update: C = beta C + alpha A A^T, the lower triangle.

#include "../kernels/kernel.h"

enum { kN = 800, kM = 700 };
static double a[kN][kM], c[kN][kN];

static void Update(double alpha, double beta) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j <= i; ++j) c[i][j] *= beta;
    for (int k = 0; k < kM; ++k) {
      for (int j = 0; j <= i; ++j) c[i][j] += alpha * a[i][k] * a[j][k];
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kM; ++j) a[i][j] = (double)((i * j + 1) % kN) / kN;
    for (int j = 0; j < kN; ++j) c[i][j] = (double)((i * j + 2) % kM) / kM;
  }
  Update(1.5, 1.2);
  return MixDoubles(0, c[0], kN * kN);
}
