// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Jacobi's three-point stencil, a grid that stays in the cache.

#include "../kernels/kernel.h"

enum { kN = 2000, kSteps = 100000 };
static double a[kN], b[kN];

static void Step(const double* from, double* to) {
  for (int i = 1; i < kN - 1; ++i) to[i] = 0.33333 * (from[i - 1] + from[i] + from[i + 1]);
}

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    a[i] = ((double)i + 2) / kN;
    b[i] = ((double)i + 3) / kN;
  }
  for (int step = 0; step < kSteps; ++step) {
    Step(a, b);
    Step(b, a);
  }
  return MixDoubles(0, a, kN);
}
