// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cholesky decomposition of a positive definite matrix, in place.

#include "kernel.h"

enum { kN = SIZE(300, 1200) };
static double a[kN][kN];

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j <= i; ++j) a[i][j] = a[j][i] = 1.0 / (1 + i - j);
    a[i][i] = kN;
  }
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < i; ++j) {
      for (int k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
    for (int k = 0; k < i; ++k) a[i][i] -= a[i][k] * a[i][k];
    a[i][i] = __builtin_sqrt(a[i][i]);
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j <= i; ++j) sum = MixDouble(sum, a[i][j]);
  }
  return sum;
}
