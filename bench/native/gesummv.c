// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// y = alpha A x + beta B x.

#include "../kernels/kernel.h"

enum { kN = 700, kRounds = 250 };
static double a[kN][kN], b[kN][kN], x[kN], y[kN];

static void Multiply(double alpha, double beta, double (*a_in)[kN], double (*b_in)[kN],
                     const double* x_in, double* y_out) {
  for (int i = 0; i < kN; ++i) {
    double left = 0;
    y_out[i] = 0;
    for (int j = 0; j < kN; ++j) {
      left += a_in[i][j] * x_in[j];
      y_out[i] += b_in[i][j] * x_in[j];
    }
    y_out[i] = alpha * left + beta * y_out[i];
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    x[i] = (double)(i % kN) / kN;
    for (int j = 0; j < kN; ++j) {
      a[i][j] = (double)((i * j + 1) % kN) / kN;
      b[i][j] = (double)((i * j + 2) % kN) / kN;
    }
  }
  for (int round = 0; round < kRounds; ++round) {
    Multiply(1.5, 1.2, a, b, x, y);
    for (int i = 0; i < kN; ++i) x[i] = y[i] / (1 << 10);
  }
  return MixDoubles(0, y, kN);
}
