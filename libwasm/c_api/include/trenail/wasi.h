// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI in C: preview 1 for modules, 0.2 and 0.3 for components. A guest has nothing that its
// configuration does not name: no files, no environment, no streams, no network.
//
//   trenail_wasi_config_t* config = trenail_wasi_config_new();
//   trenail_wasi_config_add_arg(config, "program");
//   trenail_wasi_config_inherit_stdio(config);
//   trenail_wasi_new(config, store, &wasi);
//   error = trenail_wasi_run(wasi, module);      // NULL: it has ended well
//
// The rules for ownership, NULL and errors are those of <wasm.h> and <trenail/core.h>. Threads: a
// configuration belongs to whoever owns it; a guest, with everything here that takes it, belongs to
// the thread of its store, but for what says that any may call it.

#ifndef TRENAIL_WASI_H_
#define TRENAIL_WASI_H_

#include <trenail/component.h>
#include <trenail/core.h>
#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

#define own

// ---- what a guest is granted --------------------------------------------------------------------

// Of a guest that is granted nothing: no arguments, an empty stdin, and what is written disappears.
typedef struct trenail_wasi_config_t trenail_wasi_config_t;
WASM_API_EXTERN own trenail_wasi_config_t* trenail_wasi_config_new(void);
WASM_API_EXTERN void trenail_wasi_config_delete(own trenail_wasi_config_t*);

// Strings are copied. The first argument is the program's name. None of this fails: what cannot be
// granted, such as a directory that is not there, is an error of trenail_wasi_new and
// trenail_component_wasi_new.
WASM_API_EXTERN void trenail_wasi_config_add_arg(trenail_wasi_config_t*, const char* arg);
WASM_API_EXTERN void trenail_wasi_config_add_env(trenail_wasi_config_t*, const char* name,
                                                 const char* value);
// A directory of the host, and the name that the guest sees it under. The guest reaches what is
// below it and nothing else.
WASM_API_EXTERN void trenail_wasi_config_add_directory(trenail_wasi_config_t*, const char* host,
                                                       const char* guest, bool read_only);

typedef enum trenail_wasi_stream_t {
  TRENAIL_WASI_STDIN,
  TRENAIL_WASI_STDOUT,
  TRENAIL_WASI_STDERR,
} trenail_wasi_stream_t;
// A stream is a descriptor of the host, which stays the host's and open as long as the guest runs.
WASM_API_EXTERN void trenail_wasi_config_set_fd(trenail_wasi_config_t*, trenail_wasi_stream_t,
                                                int fd);
// All three are the host's.
WASM_API_EXTERN void trenail_wasi_config_inherit_stdio(trenail_wasi_config_t*);
// What the guest reads from stdin: a copy.
WASM_API_EXTERN void trenail_wasi_config_set_stdin(trenail_wasi_config_t*, const void* bytes,
                                                   size_t size);
// What it writes is collected, up to `limit` bytes; see trenail_wasi_captured. stdout or
// stderr alone.
WASM_API_EXTERN void trenail_wasi_config_capture(trenail_wasi_config_t*, trenail_wasi_stream_t,
                                                 size_t limit);
// What it takes for randomness follows from this number, for tests.
WASM_API_EXTERN void trenail_wasi_config_set_random_seed(trenail_wasi_config_t*, uint64_t seed);
// Of modules alone: a listening or connected socket of the host, as a descriptor after those of the
// directories. From trenail_wasi_new on, which may fail, it is the guest's, and is closed with it.
WASM_API_EXTERN void trenail_wasi_config_add_socket(trenail_wasi_config_t*, int fd);
// Of modules alone, for wasi-threads: how many may run beside the main one, 256; and the bounds and
// the fuel of each one's store. NULL: the defaults.
WASM_API_EXTERN void trenail_wasi_config_set_max_threads(trenail_wasi_config_t*, uint32_t max);
WASM_API_EXTERN void trenail_wasi_config_set_thread_limits(trenail_wasi_config_t*,
                                                           const trenail_store_limits_t*);
WASM_API_EXTERN void trenail_wasi_config_set_thread_fuel(trenail_wasi_config_t*, uint64_t fuel);

// Of components alone, as what follows. Patterns: addresses "10.0.0.0/8:*", "[::1]:80-90", "*:443"
// for TCP and UDP, hosts "example.org", "*.example.org:8080" for names to look up and for HTTP. One
// that is none is an error of trenail_component_wasi_new.
typedef enum trenail_wasi_grant_t {
  TRENAIL_WASI_TCP,
  TRENAIL_WASI_UDP,
  TRENAIL_WASI_DNS,
  TRENAIL_WASI_HTTP,
} trenail_wasi_grant_t;
WASM_API_EXTERN void trenail_wasi_config_grant(trenail_wasi_config_t*, trenail_wasi_grant_t,
                                               const char* pattern);
// A bucket of wasi:keyvalue: in a Redis server, "redis://[user[:password]@]host[:port][/database]",
// or if that is NULL in memory, and empty at first. "default" is in memory if nothing is said.
WASM_API_EXTERN void trenail_wasi_config_add_bucket(trenail_wasi_config_t*, const char* name,
                                                    const char* redis);
// For wasi:config.
WASM_API_EXTERN void trenail_wasi_config_add_config(trenail_wasi_config_t*, const char* name,
                                                    const char* value);
// Where libtrenail-net.so is, which waits and speaks HTTP, and is loaded when a component needs it.
// By default it is looked for beside the program and libtrenail.so, and where it is installed with
// them.
WASM_API_EXTERN void trenail_wasi_config_set_net_library(trenail_wasi_config_t*, const char* path);

// Told, on the store's thread, of what was denied: a sentence, lent, once for each kind of thing.
// It must not use the store. `finalizer`, which may be NULL, is called with `env` when no config
// and no guest uses it any more.
typedef void (*trenail_wasi_denied_callback_t)(void* env, const char* sentence);
WASM_API_EXTERN void trenail_wasi_config_on_denied(trenail_wasi_config_t*,
                                                   trenail_wasi_denied_callback_t, void* env,
                                                   void (*finalizer)(void*));

// ---- modules: preview 1 -------------------------------------------------------------------------

// One guest program in one store, of which this is a handle. What the guest uses of it stays as
// long as the store, also after this has been deleted; its threads end with the store at the
// latest.
typedef struct trenail_wasi_t trenail_wasi_t;

// Takes the config over in any case. Errors: what cannot be granted.
WASM_API_EXTERN own trenail_error_t* trenail_wasi_new(own trenail_wasi_config_t*, wasm_store_t*,
                                                      own trenail_wasi_t** out);
WASM_API_EXTERN void trenail_wasi_delete(own trenail_wasi_t*);

// Defines what a module imports of preview 1, wasi_unstable and wasi-threads in a linker of the
// same store; other imports are left to others. Errors: the linker is of another store; the memory
// that threads share cannot be made.
WASM_API_EXTERN own trenail_error_t* trenail_wasi_link(trenail_wasi_t*, trenail_linker_t*,
                                                       const wasm_module_t*);
// Turns what _start returned, a trap or NULL, which is taken over, into what became of the program:
// NULL if it ended well, by proc_exit(0) too; TRENAIL_ERROR_EXIT with its code; … Ends its threads.
// The program is over afterwards: calls that would wait end with TRENAIL_ERROR_INTERRUPTED.
WASM_API_EXTERN own trenail_error_t* trenail_wasi_finish(trenail_wasi_t*, own wasm_trap_t* result);
// All of it for a module that needs nothing else: links, instantiates, calls _start and finishes.
WASM_API_EXTERN own trenail_error_t* trenail_wasi_run(trenail_wasi_t*, const wasm_module_t*);

// What a captured stream has got so far; nothing for others.
WASM_API_EXTERN void trenail_wasi_captured(const trenail_wasi_t*, trenail_wasi_stream_t,
                                           own wasm_byte_vec_t* out);
// Ends calls that wait, now or later, with TRENAIL_ERROR_INTERRUPTED, and threads of the guest; not
// the store's running code (trenail_interrupter_interrupt). From any thread, as long as the handle
// is not deleted.
WASM_API_EXTERN void trenail_wasi_interrupt(trenail_wasi_t*);
// The same for calls that wait, when so much time has passed from now; those that wait now are not
// affected. A new one replaces the old one.
WASM_API_EXTERN void trenail_wasi_set_timeout(trenail_wasi_t*, uint64_t nanoseconds);

// ---- components: 0.2 and 0.3 --------------------------------------------------------------------

// The same for what is in a store of trenail_component_store_new; once for each.
typedef struct trenail_component_wasi_t trenail_component_wasi_t;

WASM_API_EXTERN own trenail_error_t* trenail_component_wasi_new(own trenail_wasi_config_t*,
                                                                wasm_store_t*,
                                                                own trenail_component_wasi_t** out);
WASM_API_EXTERN void trenail_component_wasi_delete(own trenail_component_wasi_t*);

// Defines the packages of WASI that a component imports from, in all versions. Everything is
// linked: what has not been granted to the store that calls is denied when it is called.
WASM_API_EXTERN void trenail_component_wasi_link(trenail_component_linker_t*,
                                                 const trenail_component_t*);
// Waits until everything written has been passed on, and turns the error of a call, or NULL, which
// is taken over, into what became of the program: exit with success is NULL.
WASM_API_EXTERN own trenail_error_t* trenail_component_wasi_finish(trenail_component_wasi_t*,
                                                                   own trenail_error_t* result);
// All of it for a command: instantiates it from a linker in which WASI, and what else it imports,
// is defined, calls the newest wasi:cli/run that it exports, and finishes. Failure is
// TRENAIL_ERROR_EXIT with code 1.
WASM_API_EXTERN own trenail_error_t* trenail_component_wasi_run(trenail_component_wasi_t*,
                                                                const trenail_component_linker_t*,
                                                                const trenail_component_t*);
// As those for modules.
WASM_API_EXTERN void trenail_component_wasi_captured(const trenail_component_wasi_t*,
                                                     trenail_wasi_stream_t,
                                                     own wasm_byte_vec_t* out);
WASM_API_EXTERN void trenail_component_wasi_interrupt(trenail_component_wasi_t*);

#undef own

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TRENAIL_WASI_H_
