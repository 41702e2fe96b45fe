// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An interpreter in the interpreter: a stack machine with a dense switch (br_table).

#include "kernel.h"

enum { kPush, kAdd, kSub, kMul, kXor, kLoad, kStore, kJumpIfNotZero, kDup, kSwap, kShift, kHalt };

static NOINLINE uint32_t Execute(const int32_t* code, uint32_t* variables) {
  uint32_t stack[32];
  uint32_t top = 0;
  for (const int32_t* pc = code;;) {
    switch (*pc++) {
      case kPush:
        stack[top++] = (uint32_t)*pc++;
        break;
      case kAdd:
        --top, stack[top - 1] += stack[top];
        break;
      case kSub:
        --top, stack[top - 1] -= stack[top];
        break;
      case kMul:
        --top, stack[top - 1] *= stack[top];
        break;
      case kXor:
        --top, stack[top - 1] ^= stack[top];
        break;
      case kLoad:
        stack[top++] = variables[*pc++];
        break;
      case kStore:
        variables[*pc++] = stack[--top];
        break;
      case kJumpIfNotZero: {
        int32_t delta = *pc++;
        if (stack[--top] != 0) pc += delta;
        break;
      }
      case kDup:
        stack[top] = stack[top - 1], ++top;
        break;
      case kSwap: {
        uint32_t value = stack[top - 1];
        stack[top - 1] = stack[top - 2];
        stack[top - 2] = value;
        break;
      }
      case kShift:
        stack[top - 1] >>= *pc++;
        break;
      case kHalt:
        return stack[--top];
      default:
        return 0;
    }
  }
}

static uint64_t Run(void) {
  static const int32_t code[] = {
      kLoad, 0,      kPush, 1664525, kMul,   kPush, 1013904223,     kAdd,   kDup,  kStore, 0,
      kDup,  kShift, 7,     kXor,    kLoad,  2,     kAdd,           kStore, 2,     kLoad,  1,
      kPush, 1,      kSub,  kDup,    kStore, 1,     kJumpIfNotZero, -30,    kLoad, 2,      kHalt};
  uint32_t variables[3] = {1, SIZE(400000, 5000000), 0};
  uint64_t sum = Execute(code, variables);
  return Mix(sum, variables[0]);
}
