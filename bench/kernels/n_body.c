// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A few bodies under gravity: doubles in structures, a square root per pair.

#include "kernel.h"

struct Body {
  double x[3], v[3], mass;
};
enum { kBodies = 6, kSteps = SIZE(60000, 900000) };
static struct Body bodies[kBodies];

static uint64_t Run(void) {
  for (int i = 0; i < kBodies; ++i) {
    for (int d = 0; d < 3; ++d) {
      bodies[i].x[d] = (double)Random() / (1 << 20) + 4 * i;
      bodies[i].v[d] = (double)Random() / (1 << 24) - 0.5;
    }
    bodies[i].mass = 1.0 / (i + 1);
  }
  for (int step = 0; step < kSteps; ++step) {
    for (int i = 0; i < kBodies; ++i) {
      struct Body* a = &bodies[i];
      for (int j = i + 1; j < kBodies; ++j) {
        struct Body* b = &bodies[j];
        double dx = a->x[0] - b->x[0], dy = a->x[1] - b->x[1], dz = a->x[2] - b->x[2];
        double square = dx * dx + dy * dy + dz * dz + 0.01;
        double force = 0.001 / (square * __builtin_sqrt(square));
        a->v[0] -= dx * b->mass * force;
        a->v[1] -= dy * b->mass * force;
        a->v[2] -= dz * b->mass * force;
        b->v[0] += dx * a->mass * force;
        b->v[1] += dy * a->mass * force;
        b->v[2] += dz * a->mass * force;
      }
    }
    for (int i = 0; i < kBodies; ++i) {
      for (int d = 0; d < 3; ++d) bodies[i].x[d] += 0.001 * bodies[i].v[d];
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < kBodies; ++i) sum = MixDouble(sum, bodies[i].x[0] + bodies[i].v[1]);
  return sum;
}
