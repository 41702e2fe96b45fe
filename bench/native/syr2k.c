// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Symmetric rank-2k update: C = beta C + alpha (A B^T + B A^T), the lower triangle.

#include "../kernels/kernel.h"

enum { kN = 600, kM = 550 };
static double a[kN][kM], b[kN][kM], c[kN][kN];

static void Update(double alpha, double beta, double (*a_in)[kM], double (*b_in)[kM],
                   double (*c_out)[kN]) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j <= i; ++j) c_out[i][j] *= beta;
    for (int k = 0; k < kM; ++k) {
      for (int j = 0; j <= i; ++j) {
        c_out[i][j] += a_in[j][k] * alpha * b_in[i][k] + b_in[j][k] * alpha * a_in[i][k];
      }
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kM; ++j) {
      a[i][j] = (double)((i * j + 1) % kN) / kN;
      b[i][j] = (double)((i * j + 2) % kM) / kM;
    }
    for (int j = 0; j < kN; ++j) c[i][j] = (double)((i * j + 3) % kN) / kM;
  }
  Update(1.5, 1.2, a, b, c);
  return MixDoubles(0, c[0], kN * kN);
}
