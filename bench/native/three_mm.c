// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Three matrix products, G = (A B) (C D), on the heap, row by row.

#include "../kernels/kernel.h"

#include <stdlib.h>

enum { kN = 450 };
typedef double (*Matrix)[kN];

static void Multiply(Matrix out, Matrix x, Matrix y) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) out[i][j] = 0;
    for (int k = 0; k < kN; ++k) {
      for (int j = 0; j < kN; ++j) out[i][j] += x[i][k] * y[k][j];
    }
  }
}

static Matrix New(void) { return (Matrix)calloc(kN, sizeof(double[kN])); }

static uint64_t Run(void) {
  Matrix a = New(), b = New(), c = New(), d = New(), e = New(), f = New(), g = New();
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) {
      a[i][j] = (double)((i * j + 1) % kN) / (5 * kN);
      b[i][j] = (double)((i * (j + 1) + 2) % kN) / (5 * kN);
      c[i][j] = (double)(i * (j + 3) % kN) / (5 * kN);
      d[i][j] = (double)((i * (j + 2) + 2) % kN) / (5 * kN);
    }
  }
  for (int round = 0; round < 3; ++round) {
    Multiply(e, a, b);
    Multiply(f, c, d);
    Multiply(g, e, f);
    a[round][0] += 1;
  }
  return MixDoubles(0, g[0], kN * kN);
}
