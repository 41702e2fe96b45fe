// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All shortest paths of a dense graph.

#include "kernel.h"

enum { kN = SIZE(170, 700) };
static int path[kN][kN];

static uint64_t Run(void) {
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) {
      path[i][j] = i == j ? 0 : i * j % 7 + 1;
      if ((i + j) % 13 == 0 || (i + j) % 7 == 0 || (i + j) % 11 == 0) path[i][j] = 999;
    }
  }
  for (int k = 0; k < kN; ++k) {
    for (int i = 0; i < kN; ++i) {
      for (int j = 0; j < kN; ++j) {
        int through = path[i][k] + path[k][j];
        if (through < path[i][j]) path[i][j] = through;
      }
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < kN; ++i) {
    for (int j = 0; j < kN; ++j) sum = Mix(sum, (uint64_t)path[i][j]);
  }
  return sum;
}
