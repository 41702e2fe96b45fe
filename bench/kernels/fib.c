// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fibonacci's numbers by their definition: nothing but calls.

#include "kernel.h"

static NOINLINE uint32_t Fib(uint32_t n) {
  if (n < 2) return n;
  uint32_t sum = Fib(n - 1);
  // Keeps the second call from becoming a loop.
  KEEP_CALL(sum);
  uint32_t rest = Fib(n - 2);
  KEEP_CALL(rest);
  return sum + rest;
}

static uint64_t Run(void) { return Mix(0, Fib(SIZE(32, 38))); }
