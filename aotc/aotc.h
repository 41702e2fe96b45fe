/* Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The ahead-of-time compiler as a shared library, libtrenail-aotc.so: bytes in, bytes out. In C, so
 * that whoever loads it by hand shares no types with it; it has its own copy of the decoder and the
 * validator. Functions are thread-safe.
 */

#ifndef TRENAIL_AOTC_AOTC_H_
#define TRENAIL_AOTC_AOTC_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes with anything below. */
#define TRENAIL_AOTC_INTERFACE 5

enum TrenailAotcOutput {
  TRENAIL_AOTC_SHARED_LIBRARY = 0, /* to be loaded: `trenail run FILE.so` */
  TRENAIL_AOTC_OBJECT = 1,         /* relocatable, its header under the name `module_symbol` */
  TRENAIL_AOTC_ARCHIVE = 2,        /* the object in an archive */
  TRENAIL_AOTC_EXECUTABLE = 3,     /* a static program, the runtime inside */
  TRENAIL_AOTC_LLVM_IR = 4,        /* text */
  TRENAIL_AOTC_ASSEMBLY = 5,       /* text */
};

enum TrenailAotcBounds {
  TRENAIL_AOTC_BOUNDS_GUARD = 0, /* guard pages where the memory allows it */
  TRENAIL_AOTC_BOUNDS_CHECK = 1, /* every access is checked */
};

/* What is kept of the module's debug information. */
enum TrenailAotcDebug {
  TRENAIL_AOTC_DEBUG_NONE = 0,
  TRENAIL_AOTC_DEBUG_FULL = 1,  /* all, and the object's own */
  TRENAIL_AOTC_DEBUG_LINES = 2, /* what traces name source lines by */
};

/* As wasm::ErrorKind. */
enum TrenailAotcStatus {
  TRENAIL_AOTC_OK = -1,
  TRENAIL_AOTC_MALFORMED = 0,
  TRENAIL_AOTC_INVALID = 1,
  TRENAIL_AOTC_FAILED = 8,
};

/* A core module of a component. */
struct TrenailAotcModule {
  const uint8_t* wasm;
  size_t wasm_size;
  uint8_t is_adapter; /* it sets flags around calls between components */
};

/* A function that a module of a component imports will be one that another module defines: calls of
 * it may be inlined. Whether it is so is asked again when it is called. */
#define TRENAIL_AOTC_NO_PARENT UINT32_MAX
struct TrenailAotcBinding {
  uint32_t module; /* indices of modules and of functions in them */
  uint32_t import;
  uint32_t callee_module;
  uint32_t callee_function;
  /* It is so inside of the callee of another binding, earlier in the list, when that was called by
   * it; or TRENAIL_AOTC_NO_PARENT. */
  uint32_t parent;
};

/* All zero is a request with the defaults, but for the bytes. Texts may be null. */
struct TrenailAotcRequest {
  uint32_t interface_version; /* TRENAIL_AOTC_INTERFACE */
  const uint8_t* wasm;
  size_t wasm_size;
  /* Or the bytes of a component, and its core modules, each of which is compiled; `wasm` is not
   * looked at. For shared libraries and programs. */
  const uint8_t* component; /* null: this is not about one */
  size_t component_size;
  const struct TrenailAotcModule* modules;
  size_t num_modules;
  const struct TrenailAotcBinding* bindings;
  size_t num_bindings;
  const char* target;       /* "aarch64-linux-gnu"; null: this machine's */
  const char* cpu;          /* LLVM's name; null: the target's baseline; "native" */
  const char* cpu_features; /* "+a,-b" on top of it */
  uint32_t opt_level;       /* 0 to 3 */
  uint32_t jobs;            /* threads; the output does not depend on it. 0: one */
  uint32_t output;          /* TrenailAotcOutput */
  uint32_t bounds;          /* TrenailAotcBounds */
  uint8_t interruptible;
  uint8_t fuel;
  uint8_t debug_info; /* TrenailAotcDebug */
  /* Bits of language features that are off, as wasm::FeatureSet numbers them. */
  uint32_t features_off;
  const char* module_symbol; /* null: "trenail_module" */
  const char* member_name;   /* of an archive's member; null: "module.o" */
  /* Of a program of a component: which of the installed runtimes it is made with
   * (trenail-runtime-NAME-ARCH.o), and what of it, as cli/standalone/component.h has it: the
   * function that runs the component, and those that define what it imports. */
  const char* runtime;
  const char* entry;
  const char* const* links;
  size_t num_links;
  /* Of an executable: what it is granted, as cli/standalone/grants.h has it; may be null. */
  const char* grants;
  size_t grants_size;
  /* May be null. Called from any thread with bytes of code done and in all. */
  void (*progress)(void* user, uint64_t done, uint64_t total);
  void* user;
};

struct TrenailAotcResult {
  int32_t status; /* TrenailAotcStatus */
  const uint8_t* bytes;
  size_t size;
  const char* message;  /* where status is not TRENAIL_AOTC_OK */
  uint64_t offset;      /* in the module, or all ones */
  uint32_t function;    /* its index, or all ones */
  const char* name;     /* the function's */
  const char* warnings; /* a line each */
};

#define TRENAIL_AOTC_API __attribute__((visibility("default")))

/* Never null. To be freed by trenail_aotc_free. */
TRENAIL_AOTC_API struct TrenailAotcResult* trenail_aotc_compile(
    const struct TrenailAotcRequest* request);
TRENAIL_AOTC_API void trenail_aotc_free(struct TrenailAotcResult* result);

TRENAIL_AOTC_API uint32_t trenail_aotc_interface(void);
/* native::kFingerprint of the code it makes. */
TRENAIL_AOTC_API uint64_t trenail_aotc_fingerprint(void);
/* "LLVM 19.1.7" */
TRENAIL_AOTC_API const char* trenail_aotc_backend(void);

#ifdef __cplusplus
}
#endif

#endif /* TRENAIL_AOTC_AOTC_H_ */
