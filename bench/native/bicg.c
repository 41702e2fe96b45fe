// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two products of the biconjugate gradient method: s = A^T r and q = A p.

#include "../kernels/kernel.h"

enum { kN = 1100, kM = 1000, kRounds = 120 };
static double a[kN][kM], s[kM], q[kN], p[kM], r[kN];

static void Multiply(double matrix[kN][kM], double* s_out, double* q_out, const double* p_in,
                     const double* r_in) {
  for (int j = 0; j < kM; ++j) s_out[j] = 0;
  for (int i = 0; i < kN; ++i) {
    q_out[i] = 0;
    for (int j = 0; j < kM; ++j) {
      s_out[j] += r_in[i] * matrix[i][j];
      q_out[i] += matrix[i][j] * p_in[j];
    }
  }
}

static uint64_t Run(void) {
  for (int j = 0; j < kM; ++j) p[j] = (double)(j % kM) / kM;
  for (int i = 0; i < kN; ++i) {
    r[i] = (double)(i % kN) / kN;
    for (int j = 0; j < kM; ++j) a[i][j] = (double)(i * (j + 1) % kN) / kN;
  }
  for (int round = 0; round < kRounds; ++round) {
    Multiply(a, s, q, p, r);
    for (int j = 0; j < kM; ++j) p[j] = s[j] / (1 << 10);
  }
  return MixDoubles(MixDoubles(0, s, kM), q, kN);
}
