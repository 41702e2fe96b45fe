// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// General matrix product: C = beta C + alpha A B.

#include "kernel.h"

enum { kN = SIZE(200, 700) };
static double a[kN][kN], b[kN][kN], c[kN][kN];

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) {
      a[i][j] = (double)(i * j % 13) / 13;
      b[i][j] = (double)(i * (j + 1) % 17) / 17;
      c[i][j] = (double)(i + j) / kN;
    }
  }
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) c[i][j] *= 1.2;
    for (int k = 0; k < kN; ++k) {
      for (int j = 0; j < kN; ++j) c[i][j] += 1.5 * a[i][k] * b[k][j];
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = MixDouble(sum, c[i][j]);
  }
  return sum;
}
