// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recursive descent over arithmetic expressions: many small functions that call each other.

#include "kernel.h"

static const char* at;
static NOINLINE int Peek(void) { return *at; }
static NOINLINE int Next(void) { return *at++; }
static int64_t Sum(void);

static NOINLINE int64_t Number(void) {
  int64_t value = 0;
  while (Peek() >= '0' && Peek() <= '9') value = value * 10 + (Next() - '0');
  return value;
}
static NOINLINE int64_t Factor(void) {
  if (Peek() == '-') {
    Next();
    return -Factor();
  }
  if (Peek() != '(') return Number();
  Next();
  int64_t value = Sum();
  Next();
  return value;
}
static NOINLINE int64_t Product(void) {
  int64_t value = Factor();
  while (Peek() == '*' || Peek() == '/') {
    int op = Next();
    int64_t other = Factor();
    value = op == '*' ? (int64_t)((uint64_t)value * (uint64_t)other)
            : other   ? value / (other | 1)
                      : value;
  }
  return value;
}
static NOINLINE int64_t Sum(void) {
  int64_t value = Product();
  while (Peek() == '+' || Peek() == '-') {
    int op = Next();
    int64_t other = Product();
    value = (int64_t)(op == '+' ? (uint64_t)value + (uint64_t)other
                                : (uint64_t)value - (uint64_t)other);
  }
  return value;
}

static char expression[1 << 16];
static char* out;

static void Write(int depth) {
  uint32_t choice = Random() % 8;
  if (depth == 0 || choice < 2) {
    uint32_t value = Random() % 1000;
    if (value >= 100) *out++ = (char)('0' + value / 100);
    *out++ = (char)('0' + value / 10 % 10);
    *out++ = (char)('0' + value % 10);
    return;
  }
  if (choice == 2) *out++ = '-';
  *out++ = '(';
  Write(depth - 1);
  *out++ = "+-*/"[Random() % 4];
  Write(depth - 1);
  *out++ = ')';
}

static uint64_t Run(void) {
  uint64_t sum = 0;
  for (int i = 0; i < 40; ++i) {
    out = expression;
    Write(11);
    *out++ = '+';
    Write(11);
    *out = 0;
    for (int round = 0; round < SIZE(30, 900); ++round) {
      at = expression;
      sum = Mix(sum, (uint64_t)Sum());
    }
  }
  return sum;
}
