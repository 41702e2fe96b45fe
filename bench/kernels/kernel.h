// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernels share: each defines Run(), whose result is printed, so that engines can be held
// against each other. A kernel takes a fraction of a second in an interpreter and does no input or
// output while it works.

#ifndef TRENAIL_BENCH_KERNELS_KERNEL_H_
#define TRENAIL_BENCH_KERNELS_KERNEL_H_

#include <stdint.h>
#include <string.h>
#include <unistd.h>

static uint64_t Run(void);

#define NOINLINE __attribute__((noinline))

// A linear congruential generator: the same numbers everywhere.
static uint32_t random_state = 12345;
static inline uint32_t Random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

// Folds a result into a checksum.
static inline uint64_t Mix(uint64_t sum, uint64_t value) {
  sum ^= value;
  return (sum << 7 | sum >> 57) * 0x9e3779b97f4a7c15u;
}
static inline uint64_t MixDouble(uint64_t sum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return Mix(sum, bits);
}

int main(void) {
  uint64_t sum = Run();
  char text[17];
  for (int i = 0; i < 16; ++i) text[i] = "0123456789abcdef"[sum >> (60 - 4 * i) & 15];
  text[16] = '\n';
  return write(1, text, sizeof(text)) == sizeof(text) ? 0 : 1;
}

#endif  // TRENAIL_BENCH_KERNELS_KERNEL_H_
