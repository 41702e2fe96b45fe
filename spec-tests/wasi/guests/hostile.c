// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What no guest of good will does. Each argument is an attempt; what the host has to bear is
// checked here, and what ends the guest is for the runner to see.

#include "guest.h"

#define TYPES(name) IMPORT("filesystem/types", name)
typedef struct {
  uint8_t is_error;
  union {
    Handle handle;
    uint8_t code;
  } __attribute__((aligned(4)));
} HandleResult;
struct Directories {
  struct {
    Handle handle;
    String name;
  }* items;
  size_t size;
};
IMPORT("filesystem/preopens", "get-directories") void GetDirectories(struct Directories* result);
TYPES("[method]descriptor.open-at")
void OpenAt(Handle at, int path_flags, const char* path, size_t size, int open, int flags,
            HandleResult* result);
TYPES("[method]descriptor.read-via-stream")
void ReadStream(Handle file, uint64_t offset, HandleResult* result);
TYPES("[method]descriptor.append-via-stream") void AppendStream(Handle file, HandleResult* result);
TYPES("[method]descriptor.read-directory")
void ReadDirectory(Handle directory, HandleResult* result);
TYPES("[method]directory-entry-stream.read-directory-entry")
void ReadEntry(Handle entries, void* result);
TYPES("[resource-drop]directory-entry-stream") void DropEntries(Handle entries);
TYPES("[resource-drop]descriptor") void DropDescriptor(Handle file);

static uint64_t Forever(void) { return 1000000000ull * 1000000; }

// Many times the same pollable, and one that is ready behind them.
static void PollMany(size_t count) {
  Handle* const handles = cabi_realloc(0, 0, 4, (count + 1) * sizeof(Handle));
  const Handle never = SubscribeDuration(Forever());
  for (size_t i = 0; i < count; ++i) handles[i] = never;
  handles[count] = SubscribeDuration(0);
  struct Indices ready;
  Poll(handles, count + 1, &ready);
  CHECK(ready.size == 1 && ready.items[0] == count);
}

// Waits for more than the host waits for.
static void WaitForMany(void) {
  enum { kCount = 1000000 };
  Handle* const handles = cabi_realloc(0, 0, 4, kCount * sizeof(Handle));
  const Handle never = SubscribeDuration(Forever());
  for (size_t i = 0; i < kCount; ++i) handles[i] = never;
  struct Indices ready;
  Poll(handles, kCount, &ready);
}

static void Pollables(void) {
  for (;;) SubscribeDuration(Forever());
}

// What is dropped before what came from it leaves that usable, and nothing else.
static void DropParentsFirst(void) {
  struct Directories directories;
  GetDirectories(&directories);
  CHECK(directories.size == 1);
  const Handle data = directories.items[0].handle;
  HandleResult file, in, out, entries;
  OpenAt(data, 0, FLAT(STRING("file")), 1, 3, &file);
  CHECK(!file.is_error);
  AppendStream(file.handle, &out);
  ReadStream(file.handle, 0, &in);
  ReadDirectory(data, &entries);
  CHECK(!in.is_error && !out.is_error && !entries.is_error);
  const Handle readable = SubscribeInput(in.handle);
  DropDescriptor(file.handle);
  DropDescriptor(data);
  UnitResult written;
  BlockingWrite(out.handle, "text", 4, &written);
  CHECK(!written.is_error);
  BytesResult bytes;
  BlockingRead(in.handle, 10, &bytes);
  CHECK(!bytes.is_error && Equal(ToString(bytes), STRING("text")));
  struct {
    uint8_t is_error;
    uint8_t is_some __attribute__((aligned(4)));
    uint32_t rest[8];
  } entry;
  ReadEntry(entries.handle, &entry);
  CHECK(!entry.is_error && entry.is_some);
  DropEntries(entries.handle);
  DropOutput(out.handle);
  DropInput(in.handle);
  // [wasi:io/poll] A pollable of what has gone waits for nothing.
  Block(readable);
  DropPollable(readable);
}

RUN {
  struct Strings arguments;
  GetArguments(&arguments);
  const String what = arguments.items[1];
#define IS(literal) Equal(what, STRING(literal))
  struct Bytes random;
  UnitResult unit;
  CountResult count;
  BytesResult bytes;
  if (IS("poll-many")) PollMany(1000000);
  if (IS("wait-for-many")) WaitForMany();
  if (IS("pollables")) Pollables();
  if (IS("parents-first")) DropParentsFirst();
  if (IS("random")) RandomBytes(1ull << 40, &random);
  if (IS("zeroes")) WriteZeroes(GetStdout(), ~0ull, &unit);
  if (IS("blocking-zeroes")) BlockingWriteZeroes(GetStdout(), ~0ull, &unit);
  if (IS("no-pollables")) Poll(0, 0, 0);
  if (IS("out-of-bounds")) Write(GetStdout(), (const char*)65536000, 0x7fffffff, &unit);
  if (IS("beyond-the-end")) {
    Read(GetStdin(), ~0ull, &bytes);  // as much as there is
    CHECK(!bytes.is_error || bytes.why == kClosed);
    Skip(GetStdin(), ~0ull, &count);
    Splice(GetStdout(), GetStdin(), ~0ull, &count);
  }
  // Handles of another type, of nothing, twice, and lent while they are used.
  if (IS("another-type")) Read(GetStdout(), 1, &bytes);
  if (IS("no-handle")) Read(12345, 1, &bytes);
  if (IS("zero")) Read(0, 1, &bytes);
  if (IS("largest")) Read(-1, 1, &bytes);
  if (IS("dropped")) {
    const Handle in = GetStdin();
    DropInput(in);
    DropInput(in);
  }
  if (IS("dropped-by-another")) DropOutput(GetStdin());
  return 0;
}
