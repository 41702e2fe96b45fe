// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What <wasm.h> lacks, for modules: errors with their details, options, text, limits, fuel,
// deadlines, host functions that see their caller, linking by name, compiled code. The rules for
// ownership, threads and NULL are those of <wasm.h>.
//
// Functions that can fail return an error, to be deleted, or NULL. What they leave in an `out` is
// the caller's if they succeed, and NULL or zero otherwise. Strings end in a zero; those that are
// returned are lent by the object they were asked of.

#ifndef TRENAIL_CORE_H_
#define TRENAIL_CORE_H_

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

#define own

// ---- errors ------------------------------------------------------------------------------------

// Immutable. May be passed to and deleted on another thread.
typedef struct trenail_error_t trenail_error_t;

typedef enum trenail_error_kind_t {
  TRENAIL_ERROR_MALFORMED,    // the bytes or the text do not follow the grammar
  TRENAIL_ERROR_INVALID,      // well-formed, but a validation rule does not hold
  TRENAIL_ERROR_UNLINKABLE,   // an import is missing or does not match
  TRENAIL_ERROR_TRAP,         // execution trapped
  TRENAIL_ERROR_EXCEPTION,    // an exception was thrown and nobody caught it
  TRENAIL_ERROR_EXHAUSTED,    // a resource ran out: call stack, memory limit
  TRENAIL_ERROR_INTERRUPTED,  // fuel spent, deadline passed, interrupted
  TRENAIL_ERROR_EXIT,         // the guest asked to end; see trenail_error_exit_code
  TRENAIL_ERROR_HOST,         // the host or the operating system failed, or a wrong argument
} trenail_error_kind_t;

// One frame of a backtrace. The strings are lent by what it was asked of; empty if unknown.
typedef struct trenail_frame_info_t {
  const char* module_name;
  const char* function_name;
  uint32_t function_index;
  uint64_t code_offset;     // of the instruction, in bytes from the beginning of the module
  const char* source_file;  // from DWARF
  uint32_t source_line;     // 0 if unknown
} trenail_frame_info_t;

// For host functions to return. The message is copied.
WASM_API_EXTERN own trenail_error_t* trenail_error_new(trenail_error_kind_t kind,
                                                       const char* message);
// Ends the guest as proc_exit does.
WASM_API_EXTERN own trenail_error_t* trenail_error_new_exit(int32_t code);
WASM_API_EXTERN own trenail_error_t* trenail_error_copy(const trenail_error_t*);
WASM_API_EXTERN void trenail_error_delete(own trenail_error_t*);

WASM_API_EXTERN trenail_error_kind_t trenail_error_kind(const trenail_error_t*);
// A sentence, without the place.
WASM_API_EXTERN const char* trenail_error_message(const trenail_error_t*);
// Where in the bytes it is; false if that has no meaning.
WASM_API_EXTERN bool trenail_error_offset(const trenail_error_t*, uint64_t* offset);
// Where in a text it is, counted from 1; false if that has no meaning.
WASM_API_EXTERN bool trenail_error_position(const trenail_error_t*, uint32_t* line,
                                            uint32_t* column);
// The function whose body is malformed or invalid; its name may be empty. False if none is.
WASM_API_EXTERN bool trenail_error_function(const trenail_error_t*, uint32_t* index,
                                            const char** name);
// Of TRENAIL_ERROR_EXIT; otherwise 0.
WASM_API_EXTERN int32_t trenail_error_exit_code(const trenail_error_t*);
// The backtrace, the innermost frame first.
WASM_API_EXTERN size_t trenail_error_num_frames(const trenail_error_t*);
// False beyond the last frame.
WASM_API_EXTERN bool trenail_error_frame(const trenail_error_t*, size_t index,
                                         trenail_frame_info_t* out);

// Why the last function of <wasm.h> on this thread that failed without a trap did so. Taken by the
// call: NULL until another one fails. Functions that succeed leave it.
WASM_API_EXTERN own trenail_error_t* trenail_last_error(void);

// What a trap is, in full.
WASM_API_EXTERN own trenail_error_t* trenail_trap_error(const wasm_trap_t*);
// The other way, for callbacks of <wasm.h>. `store` may be NULL.
WASM_API_EXTERN own wasm_trap_t* trenail_error_to_trap(wasm_store_t* store, own trenail_error_t*);
// The names and source line of a frame; lent by it.
WASM_API_EXTERN void trenail_frame_info(const wasm_frame_t*, trenail_frame_info_t* out);

// ---- engines -----------------------------------------------------------------------------------

// Language features by the names of the command line: "simd", "gc", "threads", "memory64", …; all
// are on. What depends on one goes with it. False if there is none of that name.
WASM_API_EXTERN bool trenail_config_set_feature(wasm_config_t*, const char* name, bool on);
// Whether a function's body is validated only when it is first called. Off.
WASM_API_EXTERN void trenail_config_set_lazy_validation(wasm_config_t*, bool on);
// Validate bodies on so many threads. 1; 0 counts as 1.
WASM_API_EXTERN void trenail_config_set_validation_threads(wasm_config_t*, uint32_t threads);
// Whether memories get guard pages, so that compiled modules can import them. Off.
WASM_API_EXTERN void trenail_config_set_guard_memories(wasm_config_t*, bool on);
// What instances that have gone may leave for the next ones of their module: so many, with so much
// address space. 256 and 128 GiB; 0 instances: each is made anew.
WASM_API_EXTERN void trenail_config_set_pool(wasm_config_t*, uint32_t instances,
                                             uint64_t address_space);

// An engine without an interpreter: only compiled code can be called. A program with this one alone
// does not link the interpreter. The config may be NULL.
WASM_API_EXTERN own wasm_engine_t* trenail_engine_new_for_artefacts(own wasm_config_t*);

// The version of the library, "1.2.3".
WASM_API_EXTERN const char* trenail_version(void);

// ---- types that <wasm.h> does not have ----------------------------------------------------------

// More kinds of value types. References to garbage-collected objects travel in wasm_val_t as opaque
// handles, which keep them alive; vectors travel in slots (trenail_func_call_raw).
enum trenail_valkind_enum {
  TRENAIL_V128 = 64,
  TRENAIL_ANYREF = 192,  // of the hierarchy of any: structs, arrays, i31
  TRENAIL_EXNREF,
};

enum trenail_externkind_enum { TRENAIL_EXTERN_TAG = 4 };

// The whole of a memory's or table's limits.
typedef struct trenail_limits_t {
  uint64_t min;
  uint64_t max;
  bool has_max;
  bool is_64;          // addressed by i64
  bool is_shared;      // memories alone
  uint32_t page_size;  // memories alone: 65536, for which 0 stands as well, or 1
} trenail_limits_t;

WASM_API_EXTERN own wasm_memorytype_t* trenail_memorytype_new(const trenail_limits_t*);
WASM_API_EXTERN void trenail_memorytype_limits(const wasm_memorytype_t*, trenail_limits_t* out);
WASM_API_EXTERN own wasm_tabletype_t* trenail_tabletype_new(own wasm_valtype_t*,
                                                            const trenail_limits_t*);
WASM_API_EXTERN void trenail_tabletype_limits(const wasm_tabletype_t*, trenail_limits_t* out);

// ---- text and modules ---------------------------------------------------------------------------

// The text format to bytes, which need not be valid. The text may hold anything.
WASM_API_EXTERN own trenail_error_t* trenail_wat_to_wasm(const char* text, size_t size,
                                                         own wasm_byte_vec_t* out);

// As wasm_module_new, with the error.
WASM_API_EXTERN own trenail_error_t* trenail_module_new(wasm_store_t*, const void* bytes,
                                                        size_t size, own wasm_module_t** out);
// As wasm_module_validate, without a store. Thread-safe.
WASM_API_EXTERN own trenail_error_t* trenail_module_validate(const wasm_engine_t*,
                                                             const void* bytes, size_t size);
// From its name section; an empty name if it has none.
WASM_API_EXTERN void trenail_module_name(const wasm_module_t*, own wasm_name_t* out);

// ---- stores -------------------------------------------------------------------------------------

// Bounds of one store; 0 means the default.
typedef struct trenail_store_limits_t {
  uint64_t max_memory_bytes;    // of each memory; what it declares
  uint64_t max_table_elements;  // of each table; 10,000,000
  uint64_t max_stack_bytes;     // of the guest's stacks; 16 MiB
  uint64_t max_heap_bytes;      // garbage-collected heap; 1 GiB
  uint32_t max_instances;       // these are unlimited in stores of wasm_store_new;
  uint32_t max_memories;        // otherwise 10,000
  uint32_t max_tables;
  uint32_t max_fibers;          // of components; 10,000
  uint64_t memory_reservation;  // address space for each 32-bit memory; the engine's choice
} trenail_store_limits_t;

// NULL limits: as wasm_store_new.
WASM_API_EXTERN own wasm_store_t* trenail_store_new(const wasm_engine_t*,
                                                    const trenail_store_limits_t*);

// From now on every instruction costs a unit; with none left, execution ends with
// TRENAIL_ERROR_INTERRUPTED.
WASM_API_EXTERN void trenail_store_set_fuel(wasm_store_t*, uint64_t fuel);
WASM_API_EXTERN uint64_t trenail_store_fuel(const wasm_store_t*);

// Ends running and future calls with TRENAIL_ERROR_INTERRUPTED when so much time has passed from
// now; a new deadline replaces the old one. 0: no deadline, and one that has passed, or an
// interruption, is forgotten. Deadlines are watched by one thread of the process, made on first
// use; false if it cannot be.
WASM_API_EXTERN bool trenail_store_set_timeout(wasm_store_t*, uint64_t nanoseconds);

// What other threads interrupt a store by. It may outlive the store. Thread-safe throughout.
typedef struct trenail_interrupter_t trenail_interrupter_t;
WASM_API_EXTERN own trenail_interrupter_t* trenail_store_interrupter(wasm_store_t*);
WASM_API_EXTERN void trenail_interrupter_delete(own trenail_interrupter_t*);
// Ends running and future calls until trenail_store_set_timeout(store, 0). False: the store is
// gone.
WASM_API_EXTERN bool trenail_interrupter_interrupt(const trenail_interrupter_t*);

typedef struct trenail_store_stats_t {
  uint64_t heap_bytes_allocated;  // in total
  uint64_t heap_bytes_in_use;
  uint64_t heap_collections;
} trenail_store_stats_t;
WASM_API_EXTERN void trenail_store_stats(const wasm_store_t*, trenail_store_stats_t* out);
WASM_API_EXTERN void trenail_store_collect_garbage(wasm_store_t*);

// ---- functions and instances --------------------------------------------------------------------

// Values in slots of 64 bits: i32 and f32 zero-extended, v128 in two, low half first. References
// are opaque words and only valid until guest code runs or something is allocated; pass them in
// wasm_val_t instead.

// Calls a function: arguments in, results out in place. `num_slots` must be room for the larger of
// both, otherwise a trap. What a call costs least by.
WASM_API_EXTERN own wasm_trap_t* trenail_func_call_raw(const wasm_func_t*, uint64_t* slots,
                                                       size_t num_slots);

// Who calls a host function; lent for the call.
typedef struct trenail_caller_t trenail_caller_t;
// The caller's export "memory", else its memory 0. False, NULL and 0: it has none, or is the host.
// The bytes are valid until guest code runs.
WASM_API_EXTERN bool trenail_caller_memory(const trenail_caller_t*, uint8_t** data, size_t* size);
// An export of the calling instance; NULL if there is none, or the caller is the host.
WASM_API_EXTERN own wasm_extern_t* trenail_caller_export(const trenail_caller_t*, const char* name);
WASM_API_EXTERN wasm_store_t* trenail_caller_store(const trenail_caller_t*);

// A host function on slots. An error it returns is taken over and ends the guest's execution.
typedef own trenail_error_t* (*trenail_raw_callback_t)(void* env, trenail_caller_t* caller,
                                                       uint64_t* slots);
// Of any type. `name`, which may be NULL, is for traces. `finalizer`: as wasm_func_new_with_env.
WASM_API_EXTERN own wasm_func_t* trenail_func_new_raw(wasm_store_t*, const wasm_functype_t*,
                                                      trenail_raw_callback_t, void* env,
                                                      void (*finalizer)(void*), const char* name);

// An export by name; NULL if there is none.
WASM_API_EXTERN own wasm_extern_t* trenail_instance_export(const wasm_instance_t*,
                                                           const char* name);
// The same if it is a function.
WASM_API_EXTERN own wasm_func_t* trenail_instance_func(const wasm_instance_t*, const char* name);
// Where the value of a global is as long as the store lives: one slot, or two of a vector.
WASM_API_EXTERN uint64_t* trenail_global_slots(wasm_global_t*);

// ---- linking by name ----------------------------------------------------------------------------

// Definitions by module and name, for one store, of which it is a handle.
typedef struct trenail_linker_t trenail_linker_t;
WASM_API_EXTERN own trenail_linker_t* trenail_linker_new(wasm_store_t*);
WASM_API_EXTERN void trenail_linker_delete(own trenail_linker_t*);

// A later definition of the same name replaces the earlier one. Errors: of another store.
WASM_API_EXTERN own trenail_error_t* trenail_linker_define(trenail_linker_t*, const char* module,
                                                           const char* name, const wasm_extern_t*);
// Every export of an instance as module.export. Errors: of another store.
WASM_API_EXTERN own trenail_error_t* trenail_linker_define_instance(trenail_linker_t*,
                                                                    const char* module,
                                                                    const wasm_instance_t*);
// NULL if there is no such definition.
WASM_API_EXTERN own wasm_extern_t* trenail_linker_get(const trenail_linker_t*, const char* module,
                                                      const char* name);
// Errors: TRENAIL_ERROR_UNLINKABLE naming what is missing or does not match; as wasm_instance_new.
WASM_API_EXTERN own trenail_error_t* trenail_linker_instantiate(trenail_linker_t*,
                                                                const wasm_module_t*,
                                                                own wasm_instance_t** out);

// ---- compiled code ------------------------------------------------------------------------------

// Native code of a module or component, made by `trenail compile`. Thread-safe.
typedef struct trenail_artefact_t trenail_artefact_t;
// Errors say why it does not fit: damaged, of another version, for another processor.
WASM_API_EXTERN own trenail_error_t* trenail_artefact_open(const char* path,
                                                           own trenail_artefact_t** out);
// From the bytes of such a file, which are copied.
WASM_API_EXTERN own trenail_error_t* trenail_artefact_from_memory(const void* bytes, size_t size,
                                                                  own trenail_artefact_t** out);
// From the symbol of an object file that is part of this program.
WASM_API_EXTERN own trenail_error_t* trenail_artefact_linked(const void* symbol,
                                                             own trenail_artefact_t** out);
WASM_API_EXTERN void trenail_artefact_delete(own trenail_artefact_t*);

WASM_API_EXTERN bool trenail_artefact_is_component(const trenail_artefact_t*);
// SHA-256 of the .wasm file: 32 bytes, lent.
WASM_API_EXTERN const uint8_t* trenail_artefact_module_hash(const trenail_artefact_t*);
// Whether it stops at deadlines and interruptions; whether it heeds fuel.
WASM_API_EXTERN bool trenail_artefact_is_interruptible(const trenail_artefact_t*);
WASM_API_EXTERN bool trenail_artefact_meters_fuel(const trenail_artefact_t*);

// The module that it was compiled from, with its code; no other file is needed.
WASM_API_EXTERN own trenail_error_t* trenail_module_from_artefact(wasm_store_t*,
                                                                  const trenail_artefact_t*,
                                                                  own wasm_module_t** out);
// From now on new instances of the module run this code; before the first one is made. Errors: it
// is another module's.
WASM_API_EXTERN own trenail_error_t* trenail_module_attach(wasm_module_t*,
                                                           const trenail_artefact_t*);

#undef own

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TRENAIL_CORE_H_
