// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What surrounds a module translated by wasm2c under the name "m": the few functions of WASI that
// programs of the benchmarks need, and a main that calls _start, or with INVOKE_RUN the export
// "run". wasm2c changed how it spells names; OLD_NAMES are those up to version 1.0.32.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include WASM2C_HEADER

#ifdef OLD_NAMES
#define WASI(name) Z_wasi_snapshot_preview1Z_##name
#define WASI_INSTANCE struct Z_wasi_snapshot_preview1_instance_t
#define INSTANCE Z_m_instance_t
#define INSTANTIATE Z_m_instantiate
#define MEMORY Z_mZ_memory
#define START Z_mZ__start
#define RUN Z_mZ_run
#else
#define WASI(name) w2c_wasi__snapshot__preview1_##name
#define WASI_INSTANCE struct w2c_wasi__snapshot__preview1
#define INSTANCE w2c_m
#define INSTANTIATE wasm2c_m_instantiate
#define MEMORY w2c_m_memory
#define START w2c_m_0x5Fstart
#define RUN w2c_m_run
#endif

static INSTANCE instance;

WASI_INSTANCE { int nothing; };
static WASI_INSTANCE wasi;
enum { kSuccess = 0, kBadFile = 8, kInvalid = 28 };

static uint8_t* Memory(uint32_t at) { return (uint8_t*)MEMORY(&instance)->data + at; }
static uint32_t Load(uint32_t at) {
  uint32_t value;
  memcpy(&value, Memory(at), sizeof(value));
  return value;
}
static void Store(uint32_t at, uint32_t value) { memcpy(Memory(at), &value, sizeof(value)); }

uint32_t WASI(fd_write)(WASI_INSTANCE* self, uint32_t fd, uint32_t vectors, uint32_t count,
                        uint32_t written) {
  (void)self;
  uint32_t total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t length = Load(vectors + 8 * i + 4);
    if (write((int)fd, Memory(Load(vectors + 8 * i)), length) != (ssize_t)length) return kBadFile;
    total += length;
  }
  Store(written, total);
  return kSuccess;
}

uint32_t WASI(clock_time_get)(WASI_INSTANCE* self, uint32_t id, uint64_t precision, uint32_t out) {
  (void)self, (void)precision;
  static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                     CLOCK_THREAD_CPUTIME_ID};
  struct timespec time;
  if (id > 3 || clock_gettime(clocks[id], &time) != 0) return kInvalid;
  uint64_t nanoseconds = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  memcpy(Memory(out), &nanoseconds, sizeof(nanoseconds));
  return kSuccess;
}

void WASI(proc_exit)(WASI_INSTANCE* self, uint32_t code) {
  (void)self;
  exit((int)code);
}

uint32_t WASI(fd_close)(WASI_INSTANCE* self, uint32_t fd) {
  (void)self, (void)fd;
  return kSuccess;
}
uint32_t WASI(fd_seek)(WASI_INSTANCE* self, uint32_t fd, uint64_t offset, uint32_t whence,
                       uint32_t out) {
  (void)self, (void)fd, (void)offset, (void)whence, (void)out;
  return kInvalid;
}
uint32_t WASI(fd_read)(WASI_INSTANCE* self, uint32_t fd, uint32_t vectors, uint32_t count,
                       uint32_t out) {
  (void)self, (void)fd, (void)vectors, (void)count;
  Store(out, 0);
  return kSuccess;
}
uint32_t WASI(fd_fdstat_get)(WASI_INSTANCE* self, uint32_t fd, uint32_t out) {
  (void)self, (void)fd;
  memset(Memory(out), 0, 24);
  *Memory(out) = 2;  // a character device
  return kSuccess;
}
uint32_t WASI(fd_prestat_get)(WASI_INSTANCE* self, uint32_t fd, uint32_t out) {
  (void)self, (void)fd, (void)out;
  return kBadFile;
}
uint32_t WASI(fd_prestat_dir_name)(WASI_INSTANCE* self, uint32_t fd, uint32_t out, uint32_t size) {
  (void)self, (void)fd, (void)out, (void)size;
  return kBadFile;
}
uint32_t WASI(environ_sizes_get)(WASI_INSTANCE* self, uint32_t count, uint32_t size) {
  (void)self;
  Store(count, 0);
  Store(size, 0);
  return kSuccess;
}
uint32_t WASI(environ_get)(WASI_INSTANCE* self, uint32_t pointers, uint32_t bytes) {
  (void)self, (void)pointers, (void)bytes;
  return kSuccess;
}

uint32_t WASI(sched_yield)(WASI_INSTANCE* self) {
  (void)self;
  return kSuccess;
}

int main(void) {
  wasm_rt_init();
#ifdef OLD_NAMES
  Z_m_init_module();
#endif
  INSTANTIATE(&instance, &wasi);
#ifdef INVOKE_RUN
  printf("%f\n", (double)RUN(&instance));
#else
  START(&instance);
#endif
  return 0;
}
