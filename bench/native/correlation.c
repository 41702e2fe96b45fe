// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The correlation matrix of the columns of a table.

#include "../kernels/kernel.h"

enum { kM = 500, kN = 600 };
static double data[kN][kM], result[kM][kM], mean[kM], deviation[kM];

static void Correlate(double count, double epsilon) {
  for (int j = 0; j < kM; ++j) {
    mean[j] = 0;
    for (int i = 0; i < kN; ++i) mean[j] += data[i][j];
    mean[j] /= count;
  }
  for (int j = 0; j < kM; ++j) {
    deviation[j] = 0;
    for (int i = 0; i < kN; ++i) deviation[j] += (data[i][j] - mean[j]) * (data[i][j] - mean[j]);
    deviation[j] = __builtin_sqrt(deviation[j] / count);
    if (deviation[j] <= epsilon) deviation[j] = 1;
  }
  double root = __builtin_sqrt(count);
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kM; ++j) data[i][j] = (data[i][j] - mean[j]) / (root * deviation[j]);
  }
  for (int i = 0; i < kM - 1; ++i) {
    result[i][i] = 1;
    for (int j = i + 1; j < kM; ++j) {
      result[i][j] = 0;
      for (int k = 0; k < kN; ++k) result[i][j] += data[k][i] * data[k][j];
      result[j][i] = result[i][j];
    }
  }
  result[kM - 1][kM - 1] = 1;
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kM; ++j) data[i][j] = (double)(i * j) / kM + i;
  }
  Correlate(kN, 0.1);
  return MixDoubles(0, result[0], kM * kM);
}
