// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LU decomposition without pivoting, in place.

#include "kernel.h"

enum { kN = SIZE(270, 900) };
static double a[kN][kN];

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) a[i][j] = 1.0 / (1 + (i > j ? i - j : j - i));
    a[i][i] = kN;
  }
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < i; ++j) {
      for (int k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[k][j];
      a[i][j] /= a[j][j];
    }
    for (int j = i; j < kN; ++j) {
      for (int k = 0; k < i; ++k) a[i][j] -= a[i][k] * a[k][j];
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = MixDouble(sum, a[i][j]);
  }
  return sum;
}
