// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C = beta C + alpha A B with a symmetric A of which only the lower triangle is stored.

#include "../kernels/kernel.h"

enum { kM = 500, kN = 550 };
static double a[kM][kM], b[kM][kN], c[kM][kN];

static void Multiply(double alpha, double beta) {
  for (int i = 0; i < kM; ++i) {
    for (int j = 0; j < kN; ++j) {
      double rest = 0;
      for (int k = 0; k < i; ++k) {
        c[k][j] += alpha * b[i][j] * a[i][k];
        rest += b[k][j] * a[i][k];
      }
      c[i][j] = beta * c[i][j] + alpha * b[i][j] * a[i][i] + alpha * rest;
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kM; ++i) {
    for (int j = 0; j < kN; ++j) {
      c[i][j] = (double)((i + j) % 100) / kM;
      b[i][j] = (double)((kN + i - j) % 100) / kM;
    }
    for (int j = 0; j < kM; ++j) a[i][j] = j <= i ? (double)((i + j) % 100) / kM : -999;
  }
  Multiply(1.5, 1.2);
  return MixDoubles(0, c[0], kM * kN);
}
