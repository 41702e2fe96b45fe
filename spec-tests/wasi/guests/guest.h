// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI 0.2 for guests in C without a C library: the imports as the canonical ABI flattens them,
// what they return as it lies in memory, and checks that say where they failed. [cabi]

#ifndef TRENAIL_SPEC_TESTS_WASI_GUESTS_GUEST_H_
#define TRENAIL_SPEC_TESTS_WASI_GUESTS_GUEST_H_

#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name) \
  __attribute__((import_module("wasi:" module "@0.2.12"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

typedef int32_t Handle;
typedef struct {
  const char* data;
  size_t size;
} String;
#define STRING(literal) ((String){literal, sizeof(literal) - 1})
#define FLAT(string) (string).data, (string).size

// ---- wasi:cli
struct Strings {
  String* items;
  size_t size;
};
struct Pairs {
  struct {
    String name, value;
  }* items;
  size_t size;
};

IMPORT("cli/environment", "get-arguments")
void GetArguments(struct Strings* result);
IMPORT("cli/environment", "get-environment")
void GetEnvironment(struct Pairs* result);
IMPORT("cli/exit", "exit") void Exit(int is_error);
IMPORT("cli/stdin", "get-stdin") Handle GetStdin(void);
IMPORT("cli/stdout", "get-stdout") Handle GetStdout(void);
IMPORT("cli/stderr", "get-stderr") Handle GetStderr(void);

// ---- wasi:io
enum { kLastOperationFailed, kClosed };  // stream-error
typedef struct {
  uint8_t is_error;
  union {
    struct {
      const uint8_t* data;
      size_t size;
    };
    struct {
      uint8_t why;
      Handle error;
    };
  };
} BytesResult;
typedef struct {
  uint8_t is_error;
  union {
    uint64_t count;
    struct {
      uint8_t why;
      Handle error;
    };
  };
} CountResult;
typedef struct {
  uint8_t is_error;
  uint8_t why __attribute__((aligned(4)));
  Handle error;
} UnitResult;

#define STREAMS(name) IMPORT("io/streams", name)
STREAMS("[method]input-stream.read") void Read(Handle in, uint64_t length, BytesResult* result);
STREAMS("[method]input-stream.blocking-read")
void BlockingRead(Handle in, uint64_t length, BytesResult* result);
STREAMS("[method]input-stream.skip") void Skip(Handle in, uint64_t length, CountResult* result);
STREAMS("[method]input-stream.blocking-skip")
void BlockingSkip(Handle in, uint64_t length, CountResult* result);
STREAMS("[method]input-stream.subscribe") Handle SubscribeInput(Handle in);
STREAMS("[resource-drop]input-stream") void DropInput(Handle in);
STREAMS("[method]output-stream.check-write") void CheckWrite(Handle out, CountResult* result);
STREAMS("[method]output-stream.write")
void Write(Handle out, const char* data, size_t size, UnitResult* result);
STREAMS("[method]output-stream.blocking-write-and-flush")
void BlockingWrite(Handle out, const char* data, size_t size, UnitResult* result);
STREAMS("[method]output-stream.flush") void Flush(Handle out, UnitResult* result);
STREAMS("[method]output-stream.blocking-flush") void BlockingFlush(Handle out, UnitResult* result);
STREAMS("[method]output-stream.write-zeroes")
void WriteZeroes(Handle out, uint64_t length, UnitResult* result);
STREAMS("[method]output-stream.blocking-write-zeroes-and-flush")
void BlockingWriteZeroes(Handle out, uint64_t length, UnitResult* result);
STREAMS("[method]output-stream.splice")
void Splice(Handle out, Handle in, uint64_t length, CountResult* result);
STREAMS("[method]output-stream.blocking-splice")
void BlockingSplice(Handle out, Handle in, uint64_t length, CountResult* result);
STREAMS("[method]output-stream.subscribe") Handle SubscribeOutput(Handle out);
STREAMS("[resource-drop]output-stream") void DropOutput(Handle out);

IMPORT("io/error", "[method]error.to-debug-string") void ToDebugString(Handle error, String* text);
IMPORT("io/error", "[resource-drop]error") void DropError(Handle error);

struct Indices {
  uint32_t* items;
  size_t size;
};
IMPORT("io/poll", "poll") void Poll(const Handle* pollables, size_t count, struct Indices* ready);
IMPORT("io/poll", "[method]pollable.ready") int IsReady(Handle pollable);
IMPORT("io/poll", "[method]pollable.block") void Block(Handle pollable);
IMPORT("io/poll", "[resource-drop]pollable") void DropPollable(Handle pollable);

// ---- wasi:clocks, wasi:random
typedef struct {
  uint64_t seconds;
  uint32_t nanoseconds;
} Datetime;
IMPORT("clocks/monotonic-clock", "now") uint64_t Now(void);
IMPORT("clocks/monotonic-clock", "resolution") uint64_t Resolution(void);
IMPORT("clocks/monotonic-clock", "subscribe-instant") Handle SubscribeInstant(uint64_t when);
IMPORT("clocks/monotonic-clock", "subscribe-duration") Handle SubscribeDuration(uint64_t when);
IMPORT("clocks/wall-clock", "now") void WallNow(Datetime* now);
IMPORT("clocks/wall-clock", "resolution") void WallResolution(Datetime* resolution);
struct Bytes {
  uint8_t* items;
  size_t size;
};
IMPORT("random/random", "get-random-bytes") void RandomBytes(uint64_t length, struct Bytes* bytes);
IMPORT("random/random", "get-random-u64") uint64_t RandomNumber(void);
IMPORT("random/insecure", "get-insecure-random-u64") uint64_t InsecureNumber(void);
IMPORT("random/insecure-seed", "insecure-seed") void InsecureSeed(uint64_t seed[2]);

// ---- memory, and saying what is wrong
extern char __heap_base;
static uintptr_t heap_end;

EXPORT("cabi_realloc")
void* cabi_realloc(void* old, size_t old_size, size_t align, size_t size) {
  if (heap_end == 0) heap_end = (uintptr_t)&__heap_base;
  heap_end = (heap_end + align - 1) & ~(align - 1);
  char* block = (char*)heap_end;
  heap_end += size;
  const size_t kPage = 65536;
  const size_t have = __builtin_wasm_memory_size(0) * kPage;
  if (heap_end > have &&
      __builtin_wasm_memory_grow(0, (heap_end - have + kPage - 1) / kPage) == (size_t)-1)
    __builtin_trap();
  for (size_t i = 0; i < old_size && i < size; ++i) block[i] = ((char*)old)[i];
  return block;
}

static inline void Print(Handle out, String text) {
  UnitResult result;
  BlockingWrite(out, FLAT(text), &result);
}
static inline void Fail(String where) {
  const Handle err = GetStderr();
  Print(err, where);
  Exit(1);
}
#define TEXT_OF(line) #line
#define LINE(line) TEXT_OF(line)
#define CHECK(condition)                                                                   \
  do {                                                                                     \
    if (!(condition)) Fail(STRING(__FILE_NAME__ ":" LINE(__LINE__) ": " #condition "\n")); \
  } while (0)

static inline int Equal(String a, String b) {
  if (a.size != b.size) return 0;
  for (size_t i = 0; i < a.size; ++i)
    if (a.data[i] != b.data[i]) return 0;
  return 1;
}
static inline String ToString(BytesResult bytes) {
  return (String){(const char*)bytes.data, bytes.size};
}

#define RUN EXPORT("wasi:cli/run@0.2.12#run") int Run(void)

#endif  // TRENAIL_SPEC_TESTS_WASI_GUESTS_GUEST_H_
