// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text: words are cut, folded to lower case, compared, counted in a trie, numbers are printed and
// read back.

#include <stdlib.h>

#include "kernel.h"

enum { kText = 60000, kNodes = 200000 };
static char text[kText + 1];
static struct Node {
  uint32_t child[26];
  uint32_t count;
} nodes[kNodes];
static uint32_t num_nodes = 1;

static NOINLINE int ToLower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static NOINLINE void Count(const char* word, uint32_t length) {
  uint32_t node = 0;
  for (uint32_t i = 0; i < length; ++i) {
    uint32_t letter = (uint32_t)(ToLower(word[i]) - 'a');
    if (nodes[node].child[letter] == 0) nodes[node].child[letter] = num_nodes++;
    node = nodes[node].child[letter];
  }
  ++nodes[node].count;
}

static NOINLINE uint32_t Print(char* to, uint32_t value) {
  char digits[10];
  uint32_t n = 0, out = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (n > 0) to[out++] = digits[--n];
  to[out] = 0;
  return out;
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (uint32_t at = 0; at < kText;) {
    uint32_t length = Random() % 5 + 1;
    for (uint32_t i = 0; i < length && at < kText; ++i) {
      text[at++] = (char)((Random() & 7 ? 'a' : 'A') + Random() % 12);
    }
    if (at < kText) text[at++] = ' ';
  }
  for (int round = 0; round < SIZE(20, 200); ++round) {
    for (const char* word = text; *word != 0;) {
      const char* end = strchr(word, ' ');
      uint32_t length = (uint32_t)(end ? end - word : (long)strlen(word));
      Count(word, length);
      word += length + (end != 0);
    }
  }
  for (uint32_t i = 0; i < num_nodes; ++i) sum = Mix(sum, nodes[i].count);
  char buffer[16], other[16];
  for (uint32_t i = 0; i < SIZE(40000, 600000); ++i) {
    uint32_t value = Random() * 199;
    Print(buffer, value);
    sum = Mix(sum, (uint64_t)strtoul(buffer, 0, 10));
    Print(other, value + (i & 1));
    sum += strcmp(buffer, other) == 0;
  }
  return sum;
}
