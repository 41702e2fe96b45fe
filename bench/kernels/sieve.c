// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sieve of Eratosthenes, a byte per number.

#include "kernel.h"

enum { kLimit = 1 << 20 };
static uint8_t composite[kLimit];

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < SIZE(6, 80); ++round) {
    memset(composite, 0, sizeof(composite));
    uint32_t primes = 0;
    for (uint32_t i = 2; i < kLimit; ++i) {
      if (composite[i]) continue;
      ++primes;
      for (uint64_t j = (uint64_t)i * i; j < kLimit; j += i) composite[j] = 1;
    }
    sum = Mix(sum, primes);
  }
  return sum;
}
