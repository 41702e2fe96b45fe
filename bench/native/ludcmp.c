// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A system of linear equations by LU decomposition with substitutions.

#include "../kernels/kernel.h"

enum { kN = 800 };
static double a[kN][kN], b[kN], x[kN], y[kN];

static void Solve(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < i; ++j) {
      double w = a[i][j];
      for (int k = 0; k < j; ++k) w -= a[i][k] * a[k][j];
      a[i][j] = w / a[j][j];
    }
    for (int j = i; j < kN; ++j) {
      double w = a[i][j];
      for (int k = 0; k < i; ++k) w -= a[i][k] * a[k][j];
      a[i][j] = w;
    }
  }
  for (int i = 0; i < kN; ++i) {
    double w = b[i];
    for (int j = 0; j < i; ++j) w -= a[i][j] * y[j];
    y[i] = w;
  }
  for (int i = kN - 1; i >= 0; --i) {
    double w = y[i];
    for (int j = i + 1; j < kN; ++j) w -= a[i][j] * x[j];
    x[i] = w / a[i][i];
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    b[i] = (i + 1) / (2.0 * kN) + 4;
    for (int j = 0; j < kN; ++j) a[i][j] = 1.0 / (1 + (i > j ? i - j : j - i));
    a[i][i] = kN;
  }
  Solve();
  return MixDoubles(0, x, kN);
}
