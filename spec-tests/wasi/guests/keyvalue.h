// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:keyvalue of both drafts for guests in C, as the canonical ABI flattens it; after guest.h or
// http.h. [cabi]

#ifndef TRENAIL_SPEC_TESTS_WASI_GUESTS_KEYVALUE_H_
#define TRENAIL_SPEC_TESTS_WASI_GUESTS_KEYVALUE_H_

#define KV(interface, name) \
  __attribute__((import_module("wasi:keyvalue/" interface "@0.2.0-draft2"), import_name(name)))
#define KV1(interface, name) \
  __attribute__((import_module("wasi:keyvalue/" interface "@0.2.0-draft"), import_name(name)))

enum { kNoSuchStore, kAccessDenied, kOther };
typedef struct {
  uint8_t kind;
  String text;
} KvError;
typedef struct {  // result<T, error> for a T of at most 12 bytes and of this alignment
  uint8_t is_error;
  union {
    Handle handle;
    uint8_t flag;
    struct {
      uint8_t is_some;
      String value;
    };
    KvError error;
  };
} KvResult;
typedef struct {
  uint8_t is_error;
  union {
    int64_t number;
    KvError error;
  };
} KvNumber;
typedef struct {
  uint8_t is_error;
  union {
    struct {
      String* keys;
      size_t count;
      uint8_t has_cursor;
      String cursor;
    };
    KvError error;
  };
} KvKeys;
typedef struct {
  uint8_t is_error;
  union {
    struct {
      String* keys;
      size_t count;
      uint8_t has_cursor;
      uint64_t cursor;
    };
    KvError error;
  };
} KvKeys1;
typedef struct {
  uint8_t is_some;
  String key, value;
} KvEntry;
typedef struct {
  uint8_t is_error;
  union {
    struct {
      KvEntry* entries;
      size_t count;
    };
    KvError error;
  };
} KvEntries;
typedef struct {
  String key, value;
} KvPair;
enum { kStoreError, kCasFailed };
typedef struct {
  uint8_t is_error;
  uint8_t why __attribute__((aligned(4)));
  union {
    Handle cas;
    KvError error;
  };
} KvSwapped;

KV("store", "open") void KvOpen(const char* name, size_t size, KvResult* result);
KV("store", "[method]bucket.get")
void KvGet(Handle bucket, const char* key, size_t size, KvResult* result);
KV("store", "[method]bucket.set")
void KvSet(Handle bucket, const char* key, size_t size, const char* value, size_t value_size,
           KvResult* result);
KV("store", "[method]bucket.delete")
void KvDelete(Handle bucket, const char* key, size_t size, KvResult* result);
KV("store", "[method]bucket.exists")
void KvExists(Handle bucket, const char* key, size_t size, KvResult* result);
KV("store", "[method]bucket.list-keys")
void KvListKeys(Handle bucket, int has_cursor, const char* cursor, size_t size, KvKeys* result);
KV("store", "[resource-drop]bucket") void KvDrop(Handle bucket);
KV("atomics", "increment")
void KvIncrement(Handle bucket, const char* key, size_t size, int64_t delta, KvNumber* result);
KV("atomics", "[static]cas.new")
void KvNewCas(Handle bucket, const char* key, size_t size, KvResult* result);
KV("atomics", "[method]cas.current") void KvCurrent(Handle cas, KvResult* result);
KV("atomics", "swap")
void KvSwap(Handle cas, const char* value, size_t size, KvSwapped* result);
KV("atomics", "[resource-drop]cas") void KvDropCas(Handle cas);
KV("batch", "get-many")
void KvGetMany(Handle bucket, const String* keys, size_t count, KvEntries* result);
KV("batch", "set-many")
void KvSetMany(Handle bucket, const KvPair* pairs, size_t count, KvResult* result);
KV("batch", "delete-many")
void KvDeleteMany(Handle bucket, const String* keys, size_t count, KvResult* result);

KV1("store", "open") void Kv1Open(const char* name, size_t size, KvResult* result);
KV1("store", "[method]bucket.list-keys")
void Kv1ListKeys(Handle bucket, int has_cursor, uint64_t cursor, KvKeys1* result);
KV1("atomics", "increment")
void Kv1Increment(Handle bucket, const char* key, size_t size, uint64_t delta, KvNumber* result);

#endif  // TRENAIL_SPEC_TESTS_WASI_GUESTS_KEYVALUE_H_
