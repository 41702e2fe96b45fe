// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the canonical ABI asks of a guest in C without a C library: an allocator, and how strings
// look. All memory of a call is given back when its result has been read.

#ifndef TRENAIL_EXAMPLES_LOG_PARSER_GUEST_H_
#define TRENAIL_EXAMPLES_LOG_PARSER_GUEST_H_

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char* data;
  size_t size;
} String;

#define STRING(literal) ((String){literal, sizeof(literal) - 1})
#define EXPORT(name) __attribute__((export_name(name)))

extern char __heap_base;
static uintptr_t heap_end;

static void* Allocate(size_t align, size_t size) {
  if (heap_end == 0) heap_end = (uintptr_t)&__heap_base;
  heap_end = (heap_end + align - 1) & ~(align - 1);
  void* block = (void*)heap_end;
  heap_end += size;
  const size_t kPage = 65536;
  const size_t have = __builtin_wasm_memory_size(0) * kPage;
  if (heap_end > have &&
      __builtin_wasm_memory_grow(0, (heap_end - have + kPage - 1) / kPage) == (size_t)-1)
    __builtin_trap();
  return block;
}

EXPORT("cabi_realloc")
void* cabi_realloc(void* old, size_t old_size, size_t align, size_t size) {
  char* block = Allocate(align, size);
  for (size_t i = 0; i < old_size && i < size; ++i) block[i] = ((char*)old)[i];
  return block;
}

static void FreeAll(void) { heap_end = 0; }

static inline int Equal(String a, String b) {
  if (a.size != b.size) return 0;
  for (size_t i = 0; i < a.size; ++i)
    if (a.data[i] != b.data[i]) return 0;
  return 1;
}

// The parts in one string; one without data ends them.
static inline String Join(const String* parts) {
  size_t size = 0;
  for (const String* part = parts; part->data != NULL; ++part) size += part->size;
  char* out = Allocate(1, size);
  size_t at = 0;
  for (const String* part = parts; part->data != NULL; ++part)
    for (size_t i = 0; i < part->size; ++i) out[at++] = part->data[i];
  return (String){out, size};
}

// The names of what is passed between the two guests, laid out as the canonical ABI has it.
typedef struct {
  uint64_t timestamp;
  String severity;
  String message;
} LogEntry;

typedef struct {
  uint8_t is_error;
  union {
    LogEntry ok;
    String error;
  };
} ParseResult;

#endif  // TRENAIL_EXAMPLES_LOG_PARSER_GUEST_H_
