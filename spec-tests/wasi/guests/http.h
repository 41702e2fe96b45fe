// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:http@0.2 for guests in C, as the canonical ABI flattens it. What is wrong traps: a line of
// the trace says where. [cabi]

#ifndef TRENAIL_SPEC_TESTS_WASI_GUESTS_HTTP_H_
#define TRENAIL_SPEC_TESTS_WASI_GUESTS_HTTP_H_

#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name) \
  __attribute__((import_module("wasi:" module "@0.2.12"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
#define TYPES(name) IMPORT("http/types", name)
#define CHECK(condition)                \
  do {                                  \
    if (!(condition)) __builtin_trap(); \
  } while (0)

typedef int32_t Handle;
typedef struct {
  const char* data;
  size_t size;
} String;
#define STRING(literal) ((String){literal, sizeof(literal) - 1})
#define FLAT(string) (string).data, (string).size

typedef struct {  // option<string>
  uint8_t is_some;
  String text;
} MaybeString;
typedef struct {  // result<own<T>>
  uint8_t is_error;
  Handle handle;
} HandleResult;
typedef struct {  // error-code: what this file needs of it
  uint8_t kind;
  union {
    uint64_t align;
    struct {
      uint8_t is_some;
      uint64_t number;
    };
    uint8_t payload[24];
  };
} ErrorCode;
enum {
  kHttpRequestDenied = 15,
  kHttpRequestBodySize = 17,
  kHttpRequestUriInvalid = 19,
  kHttpRequestUriTooLong = 20,
  kHttpResponseBodySize = 28,
  kHttpProtocolError = 35,
};
typedef struct {  // result<own<T>, error-code>
  uint8_t is_error;
  union {
    Handle handle;
    ErrorCode error;
  };
} HandleOrError;
typedef struct {  // result<_, error-code>
  uint8_t is_error;
  ErrorCode error;
} UnitOrError;
typedef struct {  // result<_, header-error>
  uint8_t is_error;
  uint8_t error;
} HeaderResult;
enum { kInvalidSyntax, kForbidden, kImmutable };
typedef struct {  // option<result<result<T, error-code>>>
  uint8_t is_some;
  union {
    uint64_t align;
    struct {
      uint8_t taken;
      union {
        uint64_t align2;
        struct {
          uint8_t is_error;
          union {
            Handle response;
            struct {
              uint8_t has_trailers;
              Handle trailers;
            };
            ErrorCode error;
          };
        };
      };
    };
  };
} FutureResult;

// ---- wasi:io
typedef struct {
  uint8_t is_error;
  union {
    String bytes;
    struct {
      uint8_t why;
      Handle error;
    };
  };
} BytesResult;
typedef struct {
  uint8_t is_error;
  uint8_t why __attribute__((aligned(4)));
  Handle error;
} StreamResult;
enum { kLastOperationFailed, kClosed };

IMPORT("io/streams", "[method]input-stream.blocking-read")
void BlockingRead(Handle in, uint64_t length, BytesResult* result);
IMPORT("io/streams", "[resource-drop]input-stream") void DropInput(Handle in);
IMPORT("io/streams", "[method]output-stream.blocking-write-and-flush")
void BlockingWrite(Handle out, const char* data, size_t size, StreamResult* result);
IMPORT("io/streams", "[resource-drop]output-stream") void DropOutput(Handle out);
IMPORT("io/poll", "[method]pollable.block") void Block(Handle pollable);
IMPORT("io/poll", "[resource-drop]pollable") void DropPollable(Handle pollable);

// ---- fields
typedef struct {
  String* items;
  size_t size;
} Strings;
typedef struct {
  struct {
    String name, value;
  }* items;
  size_t size;
} Pairs;
TYPES("[constructor]fields") Handle NewFields(void);
TYPES("[static]fields.from-list")
void FieldsFromList(const void* pairs, size_t count, HandleResult* result);
TYPES("[method]fields.get")
void FieldsGet(Handle fields, const char* name, size_t size, Strings* values);
TYPES("[method]fields.has") int FieldsHas(Handle fields, const char* name, size_t size);
TYPES("[method]fields.set")
void FieldsSet(Handle fields, const char* name, size_t size, const String* values, size_t count,
               HeaderResult* result);
TYPES("[method]fields.delete")
void FieldsDelete(Handle fields, const char* name, size_t size, HeaderResult* result);
TYPES("[method]fields.append")
void FieldsAppend(Handle fields, const char* name, size_t size, const char* value,
                  size_t value_size, HeaderResult* result);
TYPES("[method]fields.entries") void FieldsEntries(Handle fields, Pairs* entries);
TYPES("[method]fields.clone") Handle FieldsClone(Handle fields);
TYPES("[resource-drop]fields") void DropFields(Handle fields);

// ---- what comes in
TYPES("[method]incoming-request.path-with-query")
void RequestPath(Handle request, MaybeString* path);
TYPES("[method]incoming-request.headers") Handle RequestHeaders(Handle request);
TYPES("[method]incoming-request.consume") void RequestConsume(Handle request, HandleResult* body);
TYPES("[resource-drop]incoming-request") void DropRequest(Handle request);
TYPES("[method]incoming-response.status") int ResponseStatus(Handle response);
TYPES("[method]incoming-response.headers") Handle ResponseHeaders(Handle response);
TYPES("[method]incoming-response.consume")
void ResponseConsume(Handle response, HandleResult* body);
TYPES("[resource-drop]incoming-response") void DropResponse(Handle response);
TYPES("[method]incoming-body.stream") void BodyStream(Handle body, HandleResult* stream);
TYPES("[static]incoming-body.finish") Handle BodyFinish(Handle body);
TYPES("[method]future-trailers.subscribe") Handle TrailersSubscribe(Handle future);
TYPES("[method]future-trailers.get") void TrailersGet(Handle future, FutureResult* result);
TYPES("[resource-drop]future-trailers") void DropTrailers(Handle future);

// ---- what goes out
TYPES("[constructor]outgoing-response") Handle NewResponse(Handle headers);
TYPES("[method]outgoing-response.set-status-code") int SetStatus(Handle response, int status);
TYPES("[method]outgoing-response.headers") Handle OutgoingHeaders(Handle response);
TYPES("[method]outgoing-response.body") void ResponseBody(Handle response, HandleResult* body);
TYPES("[resource-drop]outgoing-response") void DropOutgoingResponse(Handle response);
TYPES("[static]response-outparam.set")
void SetResponse(Handle out, int is_error, Handle response_or_kind, int some, int64_t number,
                 int unused1, int unused2, int unused3, int unused4);
TYPES("[method]response-outparam.send-informational")
void SendInformational(Handle out, int status, Handle headers, UnitOrError* result);
TYPES("[method]outgoing-body.write") void BodyWrite(Handle body, HandleResult* stream);
TYPES("[static]outgoing-body.finish")
void FinishOutgoing(Handle body, int has_trailers, Handle trailers, UnitOrError* result);
TYPES("[resource-drop]outgoing-body") void DropOutgoingBody(Handle body);
TYPES("[constructor]outgoing-request") Handle NewRequest(Handle headers);
TYPES("[method]outgoing-request.set-method")
int SetMethod(Handle request, int method, const char* other, size_t size);
TYPES("[method]outgoing-request.set-scheme")
int SetScheme(Handle request, int is_some, int scheme, const char* other, size_t size);
TYPES("[method]outgoing-request.set-authority")
int SetAuthority(Handle request, int is_some, const char* authority, size_t size);
TYPES("[method]outgoing-request.set-path-with-query")
int SetPath(Handle request, int is_some, const char* path, size_t size);
TYPES("[method]outgoing-request.body") void RequestBody(Handle request, HandleResult* body);
typedef struct {  // option<error-code>
  uint8_t is_some;
  ErrorCode error;
} MaybeError;
TYPES("http-error-code")
void HttpErrorCode(Handle error, MaybeError* result);
IMPORT("http/outgoing-handler", "handle")
void SendRequest(Handle request, int has_options, Handle options, HandleOrError* future);
TYPES("[method]future-incoming-response.subscribe") Handle FutureSubscribe(Handle future);
TYPES("[method]future-incoming-response.get") void FutureGet(Handle future, FutureResult* result);
TYPES("[resource-drop]future-incoming-response") void DropFuture(Handle future);

// ---- memory and text
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

static inline int Equal(String a, String b) {
  if (a.size != b.size) return 0;
  for (size_t i = 0; i < a.size; ++i)
    if (a.data[i] != b.data[i]) return 0;
  return 1;
}

#endif  // TRENAIL_SPEC_TESTS_WASI_GUESTS_HTTP_H_
