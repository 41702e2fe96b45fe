// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernels share: each defines Run(), whose result is printed, so that engines can be held
// against each other. A kernel takes a fraction of a second and does no input or output while it
// works. Built with BENCH_LARGE, its inputs are sized for compiled code instead of interpreters,
// and it prints the processor time of Run() too, so that neither the start of an engine nor its
// compiler is in it. Built with BENCH_FREESTANDING, there is no libc, and Run() is exported: this
// makes kernels with 64-bit memories, for which there is no libc.

#ifndef TRENAIL_BENCH_KERNELS_KERNEL_H_
#define TRENAIL_BENCH_KERNELS_KERNEL_H_

#include <stdint.h>
#ifndef BENCH_FREESTANDING
#include <string.h>
#include <time.h>
#include <unistd.h>
#else
#define memcpy __builtin_memcpy
#define memset __builtin_memset
#endif

static uint64_t Run(void);

// Interpreters are given the calls as they are written. Of compiled code this would measure but who
// lost the attribute or the barrier on the way: there, calls may be inlined on all sides.
#ifdef BENCH_LARGE
#define SIZE(small, large) (large)
#define NOINLINE
#define KEEP_CALL(result) ((void)0)
#else
#define SIZE(small, large) (small)
#define NOINLINE __attribute__((noinline))
#define KEEP_CALL(result) __asm__ volatile("" : "+r"(result))
#endif

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
static inline uint64_t MixDoubles(uint64_t sum, const double* values, int n) {
  for (int i = 0; i < n; ++i) sum = MixDouble(sum, values[i]);
  return sum;
}

#ifdef BENCH_FREESTANDING

__attribute__((export_name("run"))) uint64_t ExportedRun(void) { return Run(); }

#else

#ifdef __wasm__
#ifdef __cplusplus
extern "C"
#endif
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("clock_time_get"))) int32_t
    WasiClockTimeGet(int32_t id, int64_t precision, uint64_t* time);
#endif

// Nanoseconds of processor time; of the clock on the wall where an engine has no such clock.
static inline uint64_t ProcessorTime(void) {
#ifdef __wasm__
  uint64_t time = 0;
  if (WasiClockTimeGet(2, 1, &time) != 0) WasiClockTimeGet(1, 1, &time);
  return time;
#else
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
#endif
}

static inline char* PrintHex(char* to, uint64_t value) {
  for (int i = 0; i < 16; ++i) *to++ = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
  *to++ = '\n';
  return to;
}

// The checksum, and in a large build the nanoseconds, both in hexadecimal digits.
int main(void) {
  char text[40];
  char* end = text;
#ifdef BENCH_LARGE
  uint64_t begin = ProcessorTime();
  end = PrintHex(end, Run());
  end = PrintHex(end, ProcessorTime() - begin);
#else
  end = PrintHex(end, Run());
#endif
  return write(1, text, (size_t)(end - text)) == end - text ? 0 : 1;
}

#endif  // BENCH_FREESTANDING

#endif  // TRENAIL_BENCH_KERNELS_KERNEL_H_
