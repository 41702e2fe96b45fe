// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The covariance matrix of the columns of a table, in single precision.

#include "../kernels/kernel.h"

enum { kM = 500, kN = 600 };
static float data[kN][kM], result[kM][kM], mean[kM];

static void Covary(float (*table)[kM], float (*out)[kM], float* mean_out, float count) {
  for (int j = 0; j < kM; ++j) mean_out[j] = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kM; ++j) mean_out[j] += table[i][j];
  }
  for (int j = 0; j < kM; ++j) mean_out[j] /= count;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kM; ++j) table[i][j] -= mean_out[j];
  }
  for (int i = 0; i < kM; ++i) {
    for (int j = i; j < kM; ++j) out[i][j] = 0;
    for (int k = 0; k < kN; ++k) {
      for (int j = i; j < kM; ++j) out[i][j] += table[k][i] * table[k][j];
    }
    for (int j = i; j < kM; ++j) {
      out[i][j] /= count - 1;
      out[j][i] = out[i][j];
    }
  }
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < kN; ++i) {
      for (int j = 0; j < kM; ++j) data[i][j] = (float)(i * (j + round) % 91) / kM;
    }
    Covary(data, result, mean, kN);
    for (int i = 0; i < kM; ++i) {
      for (int j = 0; j < kM; ++j) sum = MixDouble(sum, result[i][j]);
    }
  }
  return sum;
}
