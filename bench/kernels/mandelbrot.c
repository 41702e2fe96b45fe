// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Escape times of the Mandelbrot set.

#include "kernel.h"

static uint64_t Run(void) {
  enum { kWidth = 320, kHeight = 240, kLimit = SIZE(300, 2000) };
  uint64_t sum = 0;
  for (int row = 0; row < kHeight; ++row) {
    for (int column = 0; column < kWidth; ++column) {
      double cr = 3.0 * column / kWidth - 2.1;
      double ci = 2.4 * row / kHeight - 1.2;
      double zr = 0, zi = 0;
      int steps = 0;
      while (steps < kLimit && zr * zr + zi * zi < 4) {
        double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
        ++steps;
      }
      sum = Mix(sum, (uint64_t)steps);
    }
  }
  return sum;
}
