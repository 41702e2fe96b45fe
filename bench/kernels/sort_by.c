// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Merge sort of records by one of several orders: a call through a pointer per comparison.

#include "kernel.h"

struct Record {
  uint32_t key, group;
  float weight;
};
typedef int (*Order)(const struct Record*, const struct Record*);

static int ByKey(const struct Record* a, const struct Record* b) {
  return (a->key > b->key) - (a->key < b->key);
}
static int ByGroup(const struct Record* a, const struct Record* b) {
  return a->group != b->group ? (a->group > b->group) - (a->group < b->group) : ByKey(a, b);
}
static int ByWeight(const struct Record* a, const struct Record* b) {
  return (a->weight > b->weight) - (a->weight < b->weight);
}
static const Order orders[] = {ByKey, ByGroup, ByWeight};

enum { kN = 20000 };
static struct Record records[kN], scratch[kN];

static NOINLINE void MergeSort(struct Record* first, uint32_t n, struct Record* space,
                               Order order) {
  if (n < 2) return;
  uint32_t half = n / 2;
  MergeSort(first, half, space, order);
  MergeSort(first + half, n - half, space, order);
  memcpy(space, first, half * sizeof(*first));
  struct Record *left = space, *left_end = space + half;
  struct Record *right = first + half, *right_end = first + n, *out = first;
  while (left < left_end && right < right_end) {
    *out++ = order(right, left) < 0 ? *right++ : *left++;
  }
  while (left < left_end) *out++ = *left++;
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (uint32_t round = 0; round < SIZE(6, 90); ++round) {
    for (int i = 0; i < kN; ++i) {
      records[i] = (struct Record){Random(), Random() % 32, (float)Random() / 1000};
    }
    MergeSort(records, kN, scratch, orders[round % 3]);
    for (int i = 0; i < kN; i += 31) sum = Mix(sum, records[i].key);
  }
  return sum;
}
