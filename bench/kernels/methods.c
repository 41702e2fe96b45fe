// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects with methods in tables: short functions called indirectly, in an order hard to foresee.

#include "kernel.h"

struct Shape;
struct Methods {
  uint32_t (*area)(const struct Shape*);
  void (*grow)(struct Shape*, uint32_t);
  uint32_t (*kind)(const struct Shape*);
};
struct Shape {
  const struct Methods* methods;
  uint32_t width, height;
};

static uint32_t SquareArea(const struct Shape* s) { return s->width * s->width; }
static void SquareGrow(struct Shape* s, uint32_t by) { s->width = (s->width + by) & 1023; }
static uint32_t SquareKind(const struct Shape* s) { return 1 + (s->width & 1); }
static uint32_t BoxArea(const struct Shape* s) { return s->width * s->height; }
static void BoxGrow(struct Shape* s, uint32_t by) { s->height = (s->height + by) & 511; }
static uint32_t BoxKind(const struct Shape* s) { return 3 + (s->height & 3); }
static uint32_t TriangleArea(const struct Shape* s) { return s->width * s->height / 2; }
static void TriangleGrow(struct Shape* s, uint32_t by) { s->width ^= by; }
static uint32_t TriangleKind(const struct Shape* s) { return 7 * s->height; }

static const struct Methods square = {SquareArea, SquareGrow, SquareKind};
static const struct Methods box = {BoxArea, BoxGrow, BoxKind};
static const struct Methods triangle = {TriangleArea, TriangleGrow, TriangleKind};

enum { kShapes = 1000 };
static struct Shape shapes[kShapes];

static uint64_t Run(void) {
  const struct Methods* all[] = {&square, &box, &triangle};
  for (int i = 0; i < kShapes; ++i) {
    shapes[i] = (struct Shape){all[Random() % 3], Random() & 255, Random() & 255};
  }
  uint64_t sum = 0;
  for (uint32_t round = 0; round < SIZE(800, 12000); ++round) {
    uint32_t total = 0;
    for (int i = 0; i < kShapes; ++i) {
      struct Shape* s = &shapes[i];
      total += s->methods->area(s);
      s->methods->grow(s, round + s->methods->kind(s));
    }
    sum = Mix(sum, total);
  }
  return sum;
}
