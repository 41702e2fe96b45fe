// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Deriche's recursive edge filter over an image, in single precision: rows, then columns.

#include "../kernels/kernel.h"

enum { kW = 700, kH = 500 };
static float image[kW][kH], out[kW][kH], y1[kW][kH], y2[kW][kH];

static void Filter(const float a[8], float b1, float b2) {
  for (int i = 0; i < kW; ++i) {
    float ym1 = 0, ym2 = 0, xm1 = 0;
    for (int j = 0; j < kH; ++j) {
      y1[i][j] = a[0] * image[i][j] + a[1] * xm1 + b1 * ym1 + b2 * ym2;
      xm1 = image[i][j];
      ym2 = ym1;
      ym1 = y1[i][j];
    }
    float yp1 = 0, yp2 = 0, xp1 = 0, xp2 = 0;
    for (int j = kH - 1; j >= 0; --j) {
      y2[i][j] = a[2] * xp1 + a[3] * xp2 + b1 * yp1 + b2 * yp2;
      xp2 = xp1;
      xp1 = image[i][j];
      yp2 = yp1;
      yp1 = y2[i][j];
    }
  }
  for (int i = 0; i < kW; ++i) {
    for (int j = 0; j < kH; ++j) out[i][j] = y1[i][j] + y2[i][j];
  }
  for (int j = 0; j < kH; ++j) {
    float tm1 = 0, ym1 = 0, ym2 = 0;
    for (int i = 0; i < kW; ++i) {
      y1[i][j] = a[4] * out[i][j] + a[5] * tm1 + b1 * ym1 + b2 * ym2;
      tm1 = out[i][j];
      ym2 = ym1;
      ym1 = y1[i][j];
    }
    float tp1 = 0, tp2 = 0, yp1 = 0, yp2 = 0;
    for (int i = kW - 1; i >= 0; --i) {
      y2[i][j] = a[6] * tp1 + a[7] * tp2 + b1 * yp1 + b2 * yp2;
      tp2 = tp1;
      tp1 = out[i][j];
      yp2 = yp1;
      yp1 = y2[i][j];
    }
  }
  for (int i = 0; i < kW; ++i) {
    for (int j = 0; j < kH; ++j) out[i][j] = y1[i][j] + y2[i][j];
  }
}

static uint64_t Run(void) {
  static const float a[8] = {0.1888f, -0.1121f, 0.1442f, -0.1145f,
                             0.1888f, -0.1121f, 0.1442f, -0.1145f};
  for (int i = 0; i < kW; ++i) {
    for (int j = 0; j < kH; ++j) image[i][j] = (float)((313 * i + 991 * j) % 65536) / 65535;
  }
  for (int round = 0; round < 20; ++round) {
    Filter(a, 1.1840f, -0.3679f);
    for (int i = 0; i < kW; ++i) image[i][round] = out[i][round];
  }
  uint64_t sum = 0;
  for (int i = 0; i < kW; ++i) {
    for (int j = 0; j < kH; ++j) sum = MixDouble(sum, out[i][j]);
  }
  return sum;
}
