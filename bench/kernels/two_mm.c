// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two matrix products, D = A B C, with the inner product as the innermost loop.

#include "kernel.h"

enum { kN = SIZE(170, 500) };
static double a[kN][kN], b[kN][kN], c[kN][kN], t[kN][kN], d[kN][kN];

static NOINLINE void Multiply(double out[kN][kN], double x[kN][kN], double y[kN][kN]) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) {
      double dot = 0;
      for (int k = 0; k < kN; ++k) dot += x[i][k] * y[k][j];
      out[i][j] = dot;
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) {
      a[i][j] = (double)((i * j + 1) % 11) / 11;
      b[i][j] = (double)(i * (j + 1) % 7) / 7;
      c[i][j] = (double)((i + 3) * j % 19) / 19;
    }
  }
  Multiply(t, a, b);
  Multiply(d, t, c);
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = MixDouble(sum, d[i][j]);
  }
  return sum;
}
