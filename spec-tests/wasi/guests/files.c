// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of wasi:filesystem on a granted directory, "data", which holds a file "there", a
// directory "dir" and the links "absolute" and "process" to /etc and /proc/self/root; and on one
// that may only be read, "fixed", which holds a file "there".

#include "guest.h"

#define TYPES(name) IMPORT("filesystem/types", name)

enum { kRead = 1, kWrite = 2, kMutate = 32 };                         // descriptor-flags
enum { kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8 };  // open-flags
enum { kFollow = 1 };                                                 // path-flags
enum { kTypeDirectory = 3, kTypeRegular = 6 };                        // descriptor-type
enum {                                                                // error-code
  kBadDescriptor = 3,
  kExist = 7,
  kInvalid = 12,
  kIsDirectory = 14,
  kNoEntry = 20,
  kNotDirectory = 24,
  kNotEmpty = 25,
  kNotPermitted = 31,
  kReadOnly = 33,
};

typedef struct {
  uint8_t is_error;
  union {
    Handle handle;
    uint8_t code;
  } __attribute__((aligned(4)));
} HandleResult;
typedef struct {
  uint8_t is_error, code;
} StatusResult;
typedef struct {
  uint8_t is_error;
  union {
    struct {
      const char* data;
      size_t size;
      uint8_t at_end;
    };
    uint8_t code;
  };
} ReadResult;
typedef struct {
  uint8_t is_error;
  union {
    uint64_t count;
    uint8_t code;
  };
} WriteResult;
typedef struct {
  uint8_t is_some;
  Datetime time;
} OptionalTime;
typedef struct {
  uint8_t is_error;
  union {
    struct {
      uint8_t type;
      uint64_t link_count, size;
      OptionalTime access, modification, change;
    };
    uint8_t code;
  };
} StatResult;
typedef struct {
  uint8_t is_error;
  union {
    struct {
      uint8_t is_some;
      uint8_t type __attribute__((aligned(4)));
      String name;
    };
    uint8_t code;
  };
} EntryResult;
typedef struct {
  uint8_t is_error;
  union {
    struct {
      uint64_t lower, upper;
    };
    uint8_t code;
  };
} HashResult;
typedef struct {
  uint8_t is_error;
  union {
    String target;
    uint8_t code;
  };
} LinkResult;
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
TYPES("[resource-drop]descriptor") void DropDescriptor(Handle file);
TYPES("[method]descriptor.get-flags") void GetFlags(Handle file, StatusResult* result);
TYPES("[method]descriptor.get-type") void GetType(Handle file, StatusResult* result);
TYPES("[method]descriptor.read")
void ReadFile(Handle file, uint64_t length, uint64_t offset, ReadResult* result);
TYPES("[method]descriptor.write")
void WriteFile(Handle file, const char* data, size_t size, uint64_t offset, WriteResult* result);
TYPES("[method]descriptor.read-via-stream")
void ReadStream(Handle file, uint64_t offset, HandleResult* result);
TYPES("[method]descriptor.write-via-stream")
void WriteStream(Handle file, uint64_t offset, HandleResult* result);
TYPES("[method]descriptor.append-via-stream") void AppendStream(Handle file, HandleResult* result);
TYPES("[method]descriptor.set-size")
void SetSize(Handle file, uint64_t size, StatusResult* result);
TYPES("[method]descriptor.sync") void Sync(Handle file, StatusResult* result);
TYPES("[method]descriptor.set-times")
void SetTimes(Handle file, int access, uint64_t access_seconds, int access_nanoseconds,
              int modification, uint64_t seconds, int nanoseconds, StatusResult* result);
TYPES("[method]descriptor.stat") void Stat(Handle file, StatResult* result);
TYPES("[method]descriptor.stat-at")
void StatAt(Handle at, int path_flags, const char* path, size_t size, StatResult* result);
TYPES("[method]descriptor.create-directory-at")
void CreateDirectory(Handle at, const char* path, size_t size, StatusResult* result);
TYPES("[method]descriptor.remove-directory-at")
void RemoveDirectory(Handle at, const char* path, size_t size, StatusResult* result);
TYPES("[method]descriptor.unlink-file-at")
void UnlinkFile(Handle at, const char* path, size_t size, StatusResult* result);
TYPES("[method]descriptor.symlink-at")
void Symlink(Handle at, const char* target, size_t target_size, const char* path, size_t size,
             StatusResult* result);
TYPES("[method]descriptor.rename-at")
void Rename(Handle at, const char* path, size_t size, Handle to, const char* new_path,
            size_t new_size, StatusResult* result);
TYPES("[method]descriptor.link-at")
void Link(Handle at, int path_flags, const char* path, size_t size, Handle to, const char* new_path,
          size_t new_size, StatusResult* result);
TYPES("[method]descriptor.readlink-at")
void ReadLink(Handle at, const char* path, size_t size, LinkResult* result);
TYPES("[method]descriptor.set-times-at")
void SetTimesAt(Handle at, int path_flags, const char* path, size_t size, int access,
                uint64_t access_seconds, int access_nanoseconds, int modification, uint64_t seconds,
                int nanoseconds, StatusResult* result);
TYPES("[method]descriptor.metadata-hash-at")
void MetadataHashAt(Handle at, int path_flags, const char* path, size_t size, HashResult* result);
TYPES("[method]descriptor.is-same-object") int IsSameObject(Handle a, Handle b);
TYPES("[method]descriptor.metadata-hash") void MetadataHash(Handle file, HashResult* result);
TYPES("[method]descriptor.read-directory")
void ReadDirectory(Handle directory, HandleResult* result);
TYPES("[method]directory-entry-stream.read-directory-entry")
void ReadEntry(Handle entries, EntryResult* result);
TYPES("[resource-drop]directory-entry-stream") void DropEntries(Handle entries);
TYPES("filesystem-error-code") void FilesystemErrorCode(Handle error, StatusResult* some);

static Handle data, fixed;

static int Open(Handle at, String path, int open, int flags, Handle* file) {
  HandleResult result;
  OpenAt(at, kFollow, FLAT(path), open, flags, &result);
  if (result.is_error) return result.code;
  *file = result.handle;
  return -1;
}
static int OpenError(Handle at, String path, int open, int flags) {
  Handle file;
  return Open(at, path, open, flags, &file);
}
static Handle MustOpen(Handle at, String path, int open, int flags) {
  Handle file = 0;
  CHECK(Open(at, path, open, flags, &file) == -1);
  return file;
}
static int FlagsOf(Handle file) {
  StatusResult result;
  GetFlags(file, &result);
  CHECK(!result.is_error);
  return result.code;
}
static int Holds(Handle file, String content) {
  ReadResult read;
  ReadFile(file, 1000, 0, &read);
  return !read.is_error && Equal((String){read.data, read.size}, content);
}
static int CodeOf(StatusResult result) { return result.is_error ? result.code : -1; }

static void CheckContents(void) {
  const Handle file = MustOpen(data, STRING("new"), kCreate | kExclusive, kRead | kWrite);
  CHECK(FlagsOf(file) == (kRead | kWrite));
  CHECK(OpenError(data, STRING("new"), kCreate | kExclusive, kRead) == kExist);
  WriteResult written;
  WriteFile(file, "hello world", 11, 0, &written);
  CHECK(!written.is_error && written.count == 11);
  ReadResult read;
  ReadFile(file, 5, 6, &read);
  CHECK(!read.is_error && Equal((String){read.data, read.size}, STRING("world")) && !read.at_end);
  ReadFile(file, 5, 11, &read);
  CHECK(!read.is_error && read.size == 0 && read.at_end);
  ReadFile(file, 5, ~0ull, &read);
  CHECK(read.is_error && read.code == kInvalid);

  HandleResult stream;
  UnitResult unit;
  BytesResult bytes;
  AppendStream(file, &stream);
  CHECK(!stream.is_error);
  BlockingWrite(stream.handle, "!!", 2, &unit);
  CHECK(!unit.is_error);
  DropOutput(stream.handle);
  WriteStream(file, 6, &stream);
  CHECK(!stream.is_error);
  BlockingWrite(stream.handle, "W", 1, &unit);
  BlockingWrite(stream.handle, "O", 1, &unit);
  DropOutput(stream.handle);
  CHECK(Holds(file, STRING("hello WOrld!!")));
  ReadStream(file, 6, &stream);
  CHECK(!stream.is_error);
  Block(SubscribeInput(stream.handle));
  BlockingRead(stream.handle, 2, &bytes);
  CHECK(!bytes.is_error && Equal(ToString(bytes), STRING("WO")));
  BlockingRead(stream.handle, 100, &bytes);
  CHECK(!bytes.is_error && Equal(ToString(bytes), STRING("rld!!")));
  BlockingRead(stream.handle, 100, &bytes);
  CHECK(bytes.is_error && bytes.why == kClosed);
  DropInput(stream.handle);

  // An error of a file is told by its code, once.
  ReadStream(file, ~0ull, &stream);
  CHECK(!stream.is_error);
  Read(stream.handle, 1, &bytes);
  CHECK(bytes.is_error && bytes.why == kLastOperationFailed);
  StatusResult some;
  FilesystemErrorCode(bytes.error, &some);
  CHECK(some.is_error && some.code == kInvalid);  // an option, which is some
  String text;
  ToDebugString(bytes.error, &text);
  CHECK(text.size != 0);
  DropError(bytes.error);
  Read(stream.handle, 1, &bytes);
  CHECK(bytes.is_error && bytes.why == kClosed);
  DropInput(stream.handle);

  StatusResult status;
  SetSize(file, 5, &status);
  CHECK(!status.is_error && Holds(file, STRING("hello")));
  Sync(file, &status);
  CHECK(!status.is_error);
  SetTimes(file, 0, 0, 0, 2, 69, 7, &status);
  CHECK(!status.is_error);
  StatResult stat;
  Stat(file, &stat);
  CHECK(!stat.is_error && stat.type == kTypeRegular && stat.size == 5 && stat.link_count == 1);
  CHECK(stat.modification.is_some && stat.modification.time.seconds == 69 &&
        stat.modification.time.nanoseconds == 7);
  SetTimes(file, 0, 0, 0, 2, 69, 1000000000, &status);
  CHECK(CodeOf(status) == kInvalid);

  const Handle reader = MustOpen(data, STRING("new"), 0, 0);
  CHECK(FlagsOf(reader) == kRead);
  WriteFile(reader, "x", 1, 0, &written);
  CHECK(written.is_error && written.code == kBadDescriptor);
  SetSize(reader, 0, &status);
  CHECK(CodeOf(status) == kBadDescriptor);
  WriteStream(reader, 0, &stream);
  CHECK(stream.is_error && stream.code == kBadDescriptor);
  CHECK(IsSameObject(file, reader) && !IsSameObject(file, data));
  HashResult hash, same;
  MetadataHash(file, &hash);
  MetadataHash(reader, &same);
  CHECK(!hash.is_error && hash.lower == same.lower && hash.upper == same.upper);
  DropDescriptor(reader);
  DropDescriptor(file);
}

static void CheckNames(void) {
  StatusResult status;
  StatResult stat;
  CreateDirectory(data, FLAT(STRING("made")), &status);
  CHECK(!status.is_error);
  CreateDirectory(data, FLAT(STRING("made/")), &status);
  CHECK(CodeOf(status) == kExist);
  // It was not asked for mutate-directory, and has it: see libwasi/p2/filesystem.cc.
  const Handle made = MustOpen(data, STRING("made"), kDirectory, kRead);
  CHECK(FlagsOf(made) == (kRead | kMutate));
  Link(data, 0, FLAT(STRING("new")), made, FLAT(STRING("linked")), &status);
  CHECK(!status.is_error);
  StatAt(made, 0, FLAT(STRING("linked")), &stat);
  CHECK(!stat.is_error && stat.link_count == 2);
  RemoveDirectory(data, FLAT(STRING("made")), &status);
  CHECK(CodeOf(status) == kNotEmpty);
  UnlinkFile(data, FLAT(STRING("made")), &status);
  CHECK(CodeOf(status) == kIsDirectory);
  Rename(made, FLAT(STRING("linked")), data, FLAT(STRING("new")), &status);
  CHECK(!status.is_error);  // both names of one file
  UnlinkFile(made, FLAT(STRING("linked")), &status);
  CHECK(!status.is_error);
  RemoveDirectory(data, FLAT(STRING("made/")), &status);
  CHECK(!status.is_error);
  Symlink(data, FLAT(STRING("new")), FLAT(STRING("link")), &status);
  CHECK(!status.is_error);
  DropDescriptor(MustOpen(data, STRING("link"), 0, kRead));
  UnlinkFile(data, FLAT(STRING("link")), &status);
  CHECK(!status.is_error);

  HandleResult entries;
  EntryResult entry;
  ReadDirectory(data, &entries);
  CHECK(!entries.is_error);
  int seen = 0;
  for (;;) {
    ReadEntry(entries.handle, &entry);
    CHECK(!entry.is_error);
    if (!entry.is_some) break;
    if (Equal(entry.name, STRING("dir")))
      seen += entry.type == kTypeDirectory ? 1 : 100;
    else if (Equal(entry.name, STRING("new")))
      seen += entry.type == kTypeRegular ? 10 : 100;
    else if (!Equal(entry.name, STRING("there")) && !Equal(entry.name, STRING("absolute")) &&
             !Equal(entry.name, STRING("process")))
      seen += 100;
  }
  CHECK(seen == 11);
  DropEntries(entries.handle);

  CHECK(OpenError(data, STRING("missing"), 0, kRead) == kNoEntry);
  CHECK(OpenError(data, STRING(""), 0, kRead) == kNoEntry);
  CHECK(OpenError(data, STRING("there/x"), 0, kRead) == kNotDirectory);
  CHECK(OpenError(data, STRING("there"), kDirectory, kRead) == kNotDirectory);
  CHECK(OpenError(data, STRING("dir"), 0, kWrite) == kIsDirectory);
}

// Every function that takes a path, with one that leads out through its parent.
static void CheckPath(String path) {
  StatusResult status;
  StatResult stat;
  HashResult hash;
  LinkResult target;
  CHECK(OpenError(data, path, 0, kRead) == kNotPermitted);
  CHECK(OpenError(data, path, kCreate, kWrite) == kNotPermitted);
  CHECK(OpenError(data, path, kDirectory, kRead | kMutate) == kNotPermitted);
  for (int follow = 0; follow < 2; ++follow) {
    StatAt(data, follow, FLAT(path), &stat);
    CHECK(stat.is_error && stat.code == kNotPermitted);
    MetadataHashAt(data, follow, FLAT(path), &hash);
    CHECK(hash.is_error && hash.code == kNotPermitted);
    SetTimesAt(data, follow, FLAT(path), 1, 0, 0, 1, 0, 0, &status);
    CHECK(CodeOf(status) == kNotPermitted);
    Link(data, follow, FLAT(path), data, FLAT(STRING("taken")), &status);
    CHECK(CodeOf(status) == kNotPermitted);
  }
  Link(data, 0, FLAT(STRING("there")), data, FLAT(path), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  Rename(data, FLAT(path), data, FLAT(STRING("taken")), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  Rename(data, FLAT(STRING("there")), data, FLAT(path), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  Symlink(data, FLAT(STRING("there")), FLAT(path), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  ReadLink(data, FLAT(path), &target);
  CHECK(target.is_error && target.code == kNotPermitted);
  CreateDirectory(data, FLAT(path), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  RemoveDirectory(data, FLAT(path), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  UnlinkFile(data, FLAT(path), &status);
  CHECK(CodeOf(status) == kNotPermitted);
}

static void CheckRefusals(void) {
  StatusResult status;
  CHECK(OpenError(data, STRING("/etc/passwd"), 0, kRead) == kNotPermitted);
  CHECK(OpenError(data, STRING("../secret"), 0, kRead) == kNotPermitted);
  CHECK(OpenError(data, STRING("dir/../../secret"), 0, kRead) == kNotPermitted);
  CHECK(OpenError(data, STRING("out/secret"), 0, kRead) == kNoEntry);
  Symlink(data, FLAT(STRING("..")), FLAT(STRING("out")), &status);
  CHECK(!status.is_error);
  CHECK(OpenError(data, STRING("out"), 0, kRead) == kNotPermitted);
  CHECK(OpenError(data, STRING("out/"), 0, kRead) == kNotPermitted);
  CHECK(OpenError(data, STRING("out/secret"), 0, kRead) == kNotPermitted);
  const String paths[] = {STRING("../secret"),       STRING("dir/../../secret"),
                          STRING("/etc/passwd"),     STRING("out/secret"),
                          STRING("out/../secret"),   STRING("./out/./secret"),
                          STRING("absolute/passwd"), STRING("process/etc/passwd")};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; ++i) CheckPath(paths[i]);
  CHECK(OpenError(data, STRING("process"), kDirectory, kRead) == kNotPermitted);
  CHECK(OpenError(data, STRING("process/"), kDirectory, kRead) == kNotPermitted);
  CHECK(OpenError(data, STRING("absolute/"), kDirectory, kRead) == kNotPermitted);
  RemoveDirectory(data, FLAT(STRING("out/")), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  Rename(data, FLAT(STRING("there")), data, FLAT(STRING("out/taken")), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  Link(data, 0, FLAT(STRING("out/secret")), data, FLAT(STRING("mine")), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  Symlink(data, FLAT(STRING("/etc/passwd")), FLAT(STRING("passwd")), &status);
  CHECK(CodeOf(status) == kNotPermitted);
  UnlinkFile(data, FLAT(STRING("out")), &status);
  CHECK(!status.is_error);

  CHECK(FlagsOf(fixed) == kRead);
  CHECK(Holds(MustOpen(fixed, STRING("there"), 0, kRead), STRING("there")));
  CHECK(OpenError(fixed, STRING("there"), 0, kWrite) == kReadOnly);
  CHECK(OpenError(fixed, STRING("there"), kTruncate, kRead) == kReadOnly);
  CHECK(OpenError(fixed, STRING("new"), kCreate, kRead) == kReadOnly);
  CHECK(OpenError(fixed, STRING("."), kDirectory, kRead | kMutate) == kReadOnly);
  Link(fixed, 0, FLAT(STRING("there")), data, FLAT(STRING("taken")), &status);
  CHECK(CodeOf(status) == kReadOnly);
  Rename(fixed, FLAT(STRING("there")), data, FLAT(STRING("taken")), &status);
  CHECK(CodeOf(status) == kReadOnly);
  Rename(data, FLAT(STRING("there")), fixed, FLAT(STRING("given")), &status);
  CHECK(CodeOf(status) == kReadOnly);
  UnlinkFile(fixed, FLAT(STRING("there")), &status);
  CHECK(CodeOf(status) == kReadOnly);
}

RUN {
  struct Directories directories;
  GetDirectories(&directories);
  CHECK(directories.size == 2);
  CHECK(Equal(directories.items[0].name, STRING("data")));
  CHECK(Equal(directories.items[1].name, STRING("fixed")));
  data = directories.items[0].handle;
  fixed = directories.items[1].handle;
  CHECK(FlagsOf(data) == (kRead | kMutate));
  StatusResult type;
  GetType(data, &type);
  CHECK(!type.is_error && type.code == kTypeDirectory);
  CheckContents();
  CheckNames();
  CheckRefusals();
  return 0;
}
