// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Electromagnetic fields in two dimensions, finite differences in the time domain.

#include "../kernels/kernel.h"

enum { kX = 400, kY = 450, kSteps = 500 };
static double ex[kX][kY], ey[kX][kY], hz[kX][kY];

static void Step(double source) {
  for (int j = 0; j < kY; ++j) ey[0][j] = source;
  for (int i = 1; i < kX; ++i) {
    for (int j = 0; j < kY; ++j) ey[i][j] = ey[i][j] - 0.5 * (hz[i][j] - hz[i - 1][j]);
  }
  for (int i = 0; i < kX; ++i) {
    for (int j = 1; j < kY; ++j) ex[i][j] = ex[i][j] - 0.5 * (hz[i][j] - hz[i][j - 1]);
  }
  for (int i = 0; i < kX - 1; ++i) {
    for (int j = 0; j < kY - 1; ++j) {
      hz[i][j] = hz[i][j] - 0.7 * (ex[i][j + 1] - ex[i][j] + ey[i + 1][j] - ey[i][j]);
    }
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kX; ++i) {
    for (int j = 0; j < kY; ++j) {
      ex[i][j] = (double)i * (j + 1) / kX;
      ey[i][j] = (double)i * (j + 2) / kY;
      hz[i][j] = (double)i * (j + 3) / kX;
    }
  }
  for (int step = 0; step < kSteps; ++step) Step(step);
  return MixDoubles(0, hz[0], kX * kY);
}
