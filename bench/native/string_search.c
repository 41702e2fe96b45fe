// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Substrings in a text: Horspool's method, a scan by first letters, and reversed and compared
// copies of lines.

#include "../kernels/kernel.h"

enum { kText = 1 << 18, kLine = 64 };
static char text[kText + 1];

static const char* Horspool(const char* hay, uint32_t length, const char* needle, uint32_t n) {
  uint32_t shift[256];
  for (int i = 0; i < 256; ++i) shift[i] = n;
  for (uint32_t i = 0; i + 1 < n; ++i) shift[(uint8_t)needle[i]] = n - 1 - i;
  for (uint32_t at = 0; at + n <= length; at += shift[(uint8_t)hay[at + n - 1]]) {
    uint32_t i = n;
    while (i > 0 && hay[at + i - 1] == needle[i - 1]) --i;
    if (i == 0) return hay + at;
  }
  return 0;
}

static uint32_t CountScan(const char* hay, uint32_t length, const char* needle, uint32_t n) {
  uint32_t count = 0;
  for (uint32_t at = 0; at + n <= length; ++at) {
    if (hay[at] != needle[0]) continue;
    uint32_t i = 1;
    while (i < n && hay[at + i] == needle[i]) ++i;
    count += i == n;
  }
  return count;
}

static uint32_t CountLetter(const char* hay, uint32_t length, char letter) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < length; ++i) count += hay[i] == letter;
  return count;
}

static void Reverse(char* to, const char* from, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) to[i] = from[n - 1 - i];
}

static uint64_t Run(void) {
  for (uint32_t i = 0; i < kText; ++i) text[i] = (char)('a' + Random() % 100 % 26);
  uint64_t sum = 0;
  char needle[13], line[kLine];
  for (int round = 0; round < 700; ++round) {
    for (uint32_t i = 0; i < 12; ++i) needle[i] = (char)('a' + Random() % 26);
    needle[12] = 0;
    // The needle is planted three times in four.
    if (round % 4) memcpy(text + Random() % (kText - 12), needle, 12);
    const char* found = Horspool(text, kText, needle, 12);
    sum = Mix(sum, found ? (uint64_t)(found - text) : 1);
    sum = Mix(sum, CountScan(text, kText, needle, 2));
    sum = Mix(sum, CountLetter(text, kText, needle[3]));
    for (uint32_t at = 0; at + kLine <= kText; at += kLine) {
      Reverse(line, text + at, kLine);
      sum += (uint64_t)(memcmp(line, text + at, kLine) > 0);
    }
  }
  return sum;
}
