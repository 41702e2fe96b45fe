// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Alternating-direction implicit solver of a two-dimensional diffusion: tridiagonal sweeps along
// columns, then along rows.

#include "kernel.h"

enum { kN = SIZE(100, 400), kSteps = SIZE(100, 30) };
static double u[kN][kN], v[kN][kN], p[kN][kN], q[kN][kN];

static NOINLINE void Sweep(double in[kN][kN], double out[kN][kN], double a, double b) {
  double c = a;
  double d = -b / 2;
  double f = d;
  for (int i = 1; i < kN - 1; ++i) {
    out[0][i] = 1;
    p[i][0] = 0;
    q[i][0] = 1;
    for (int j = 1; j < kN - 1; ++j) {
      p[i][j] = -c / (a * p[i][j - 1] + 1 - 2 * a);
      q[i][j] = (-d * in[j][i - 1] + (1 + 2 * d) * in[j][i] - f * in[j][i + 1] - a * q[i][j - 1]) /
                (a * p[i][j - 1] + 1 - 2 * a);
    }
    out[kN - 1][i] = 1;
    for (int j = kN - 2; j >= 1; --j) out[j][i] = p[i][j] * out[j + 1][i] + q[i][j];
  }
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) u[i][j] = (double)(i + kN - j) / kN;
  }
  for (int step = 0; step < kSteps; ++step) {
    Sweep(u, v, -0.3, 0.5);
    Sweep(v, u, -0.25, 0.6);
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = MixDouble(sum, u[i][j]);
  }
  return sum;
}
