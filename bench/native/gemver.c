// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two rank-one updates of a matrix and two products with it.

#include "../kernels/kernel.h"

enum { kN = 1000, kRounds = 50 };
static double a[kN][kN], u1[kN], v1[kN], u2[kN], v2[kN], w[kN], x[kN], y[kN], z[kN];

static void Update(double alpha, double beta) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) a[i][j] += u1[i] * v1[j] + u2[i] * v2[j];
  }
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) x[i] += beta * a[j][i] * y[j];
  }
  for (int i = 0; i < kN; ++i) x[i] += z[i];
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) w[i] += alpha * a[i][j] * x[j];
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    u1[i] = (double)i / kN;
    u2[i] = (double)(i + 1) / kN / 2;
    v1[i] = (double)(i + 1) / kN / 4;
    v2[i] = (double)(i + 1) / kN / 6;
    y[i] = (double)(i + 1) / kN / 8;
    z[i] = (double)(i + 1) / kN / 9;
    for (int j = 0; j < kN; ++j) a[i][j] = (double)(i * j % kN) / kN;
  }
  for (int round = 0; round < kRounds; ++round) {
    Update(1.5, 0.0012);
    for (int i = 0; i < kN; ++i) x[i] /= 1 << 20;
  }
  return MixDoubles(MixDoubles(0, x, kN), w, kN);
}
