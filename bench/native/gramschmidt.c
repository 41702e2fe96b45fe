// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// QR decomposition by the modified Gram-Schmidt process, column by column.

#include "../kernels/kernel.h"

enum { kM = 450, kN = 400 };
static double a[kM][kN], r[kN][kN], q[kM][kN];

static void Decompose(void) {
  for (int k = 0; k < kN; ++k) {
    double norm = 0;
    for (int i = 0; i < kM; ++i) norm += a[i][k] * a[i][k];
    r[k][k] = __builtin_sqrt(norm);
    for (int i = 0; i < kM; ++i) q[i][k] = a[i][k] / r[k][k];
    for (int j = k + 1; j < kN; ++j) {
      r[k][j] = 0;
      for (int i = 0; i < kM; ++i) r[k][j] += q[i][k] * a[i][j];
      for (int i = 0; i < kM; ++i) a[i][j] = a[i][j] - q[i][k] * r[k][j];
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kM; ++i) {
    for (int j = 0; j < kN; ++j) a[i][j] = (double)(Random() % 1000) / 1000 + (i == j ? 10 : 0);
  }
  Decompose();
  return MixDoubles(MixDoubles(0, r[0], kN * kN), q[0], kM * kN);
}
