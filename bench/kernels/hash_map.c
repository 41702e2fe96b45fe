// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A hash map with open addressing: inserts, look-ups, erasures, growth.

#include <stdlib.h>

#include "kernel.h"

struct Slot {
  uint64_t key;  // 0: empty
  uint64_t value;
};
struct Map {
  struct Slot* slots;
  uint32_t capacity, count;
};

static inline uint32_t Hash(uint64_t key) { return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32); }

static struct Slot* Find(const struct Map* map, uint64_t key) {
  uint32_t at = Hash(key) & (map->capacity - 1);
  while (map->slots[at].key != 0 && map->slots[at].key != key) at = (at + 1) & (map->capacity - 1);
  return &map->slots[at];
}

static NOINLINE void Grow(struct Map* map) {
  struct Map bigger = {calloc(map->capacity * 2, sizeof(struct Slot)), map->capacity * 2,
                       map->count};
  for (uint32_t i = 0; i < map->capacity; ++i) {
    if (map->slots[i].key != 0) *Find(&bigger, map->slots[i].key) = map->slots[i];
  }
  free(map->slots);
  *map = bigger;
}

static NOINLINE void Add(struct Map* map, uint64_t key, uint64_t value) {
  if ((map->count + 1) * 2 > map->capacity) Grow(map);
  struct Slot* slot = Find(map, key);
  if (slot->key == 0) {
    slot->key = key;
    slot->value = 0;
    ++map->count;
  }
  slot->value += value;
}

static NOINLINE int Erase(struct Map* map, uint64_t key) {
  struct Slot* slot = Find(map, key);
  if (slot->key == 0) return 0;
  uint32_t hole = (uint32_t)(slot - map->slots);
  uint32_t mask = map->capacity - 1;
  for (uint32_t at = (hole + 1) & mask; map->slots[at].key != 0; at = (at + 1) & mask) {
    uint32_t home = Hash(map->slots[at].key) & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      map->slots[hole] = map->slots[at];
      hole = at;
    }
  }
  map->slots[hole].key = 0;
  --map->count;
  return 1;
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < SIZE(4, 30); ++round) {
    struct Map map = {calloc(16, sizeof(struct Slot)), 16, 0};
    for (uint64_t i = 0; i < 120000; ++i) Add(&map, Random() % 60000 + 1, i);
    for (int i = 0; i < 60000; ++i) sum += (uint64_t)Erase(&map, Random() % 60000 + 1);
    for (uint64_t key = 1; key <= 60000; ++key) {
      struct Slot* slot = Find(&map, key);
      if (slot->key != 0) sum = Mix(sum, slot->value);
    }
    free(map.slots);
  }
  return sum;
}
