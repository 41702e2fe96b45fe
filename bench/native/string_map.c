// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A hash map with chains, from words to counts; nodes and words from malloc.

#include "../kernels/kernel.h"

#include <stdlib.h>

struct Node {
  struct Node* next;
  uint32_t hash, count;
  char word[];
};
enum { kBuckets = 1 << 14 };
static struct Node* buckets[kBuckets];

static uint32_t Hash(const char* word) {
  uint32_t hash = 2166136261u;
  for (; *word != 0; ++word) hash = (hash ^ (uint8_t)*word) * 16777619u;
  return hash;
}

static struct Node* Find(const char* word) {
  uint32_t hash = Hash(word);
  struct Node** at = &buckets[hash % kBuckets];
  for (; *at != 0; at = &(*at)->next) {
    if ((*at)->hash == hash && strcmp((*at)->word, word) == 0) return *at;
  }
  size_t length = strlen(word) + 1;
  struct Node* node = (struct Node*)malloc(sizeof(struct Node) + length);
  node->next = 0;
  node->hash = hash;
  node->count = 0;
  memcpy(node->word, word, length);
  *at = node;
  return node;
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 400000; ++i) {
      char word[24];
      uint32_t value = Random() % 1000 * (Random() % 40);
      uint32_t n = 0;
      do {
        word[n++] = (char)('a' + value % 26);
        value /= 26;
      } while (value != 0);
      memcpy(word + n, "_suffix", 8);
      ++Find(word)->count;
    }
    for (int i = 0; i < kBuckets; ++i) {
      for (struct Node* node = buckets[i]; node != 0;) {
        sum = Mix(sum, node->count);
        struct Node* next = node->next;
        free(node);
        node = next;
      }
      buckets[i] = 0;
    }
  }
  return sum;
}
