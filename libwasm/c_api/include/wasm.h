// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The WebAssembly C API over Trenail: source-compatible with the header of the same name that other
// engines have. What it cannot say (WASI, fuel, deadlines, components, …) is in <trenail.h>.
//
//   wasm_engine_t* engine = wasm_engine_new();
//   wasm_store_t* store = wasm_store_new(engine);
//   wasm_module_t* module = wasm_module_new(store, &bytes);
//   wasm_extern_vec_t imports = WASM_EMPTY_VEC;
//   wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
//
// Ownership. `own` marks what passes on ownership: an `own` parameter is the callee's from then on,
// an `own` result the caller's, and so is what a function leaves in an `own … out`. Everything
// owned is given back once, to the wasm_…_delete of its type; all of these take NULL. Vectors own
// their elements. A pointer without `own` is lent: a parameter for the call, a result for as long
// as what it was taken from.
//
// Handles (wasm_func_t, wasm_instance_t, …) are counted references. A store lives until it and the
// last handle of something in it have been deleted, so they may be deleted in any order, also from
// host functions, while a guest runs. What is in a store is freed with the store and not before,
// which is when finalizers run. An environment that owns handles of the same store, and deletes
// them in its finalizer only, keeps the store for ever: let it borrow them.
//
// Threads. An engine, a config that nobody changes and a shared module may be used from any thread
// at once. A store with all handles in it belongs to one thread at a time. Types, vectors and traps
// belong to whoever owns them.
//
// NULL. Only where a comment says so; otherwise a pointer must be valid.
//
// Errors. Nothing here aborts, throws or prints. Functions that fail return NULL or false, or a
// trap; trenail_last_error of <trenail.h> says why the former did.

#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// How functions are declared. A program may define it beforehand.
#ifndef WASM_API_EXTERN
#if defined(__GNUC__)
#define WASM_API_EXTERN __attribute__((visibility("default")))
#else
#define WASM_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

// ---- the basics --------------------------------------------------------------------------------

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

// What this header relies on; there is nothing to call.
static inline void assertions(void) {
  static_assert(sizeof(float32_t) == 4 && sizeof(float64_t) == 8, "IEEE 754 numbers");
  static_assert(sizeof(intptr_t) == 4 || sizeof(intptr_t) == 8, "pointers of 32 or 64 bits");
}

// A note for the reader; see above.
#define own

// A type of which only pointers are seen, and what gives one back. NULL is allowed.
#define WASM_DECLARE_OWN(name)                    \
  typedef struct wasm_##name##_t wasm_##name##_t; \
  WASM_API_EXTERN void wasm_##name##_delete(own wasm_##name##_t*);

// Vectors: `size` elements at `data`, which is NULL if there are none. Those that own what they
// hold were filled by one of these functions, or by another one of this header; their memory is
// this library's (not for free(3)). Vectors that are lent may lie anywhere; see WASM_ARRAY_VEC.
//
//   new_empty          no elements.
//   new_uninitialized  room for so many. Elements are zero, so that a vector can be deleted before
//                      all of them are set. No memory: an empty vector.
//   new                so many elements from an array, taken over.
//   copy               the elements copied, each as its wasm_…_copy does.
//   delete             the elements too. Leaves an empty vector.
#define WASM_DECLARE_VEC(name, ptr_or_none)                                                       \
  typedef struct wasm_##name##_vec_t {                                                            \
    size_t size;                                                                                  \
    wasm_##name##_t ptr_or_none* data;                                                            \
  } wasm_##name##_vec_t;                                                                          \
  WASM_API_EXTERN void wasm_##name##_vec_new_empty(own wasm_##name##_vec_t* out);                 \
  WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(own wasm_##name##_vec_t* out, size_t); \
  WASM_API_EXTERN void wasm_##name##_vec_new(own wasm_##name##_vec_t* out, size_t,                \
                                             own wasm_##name##_t ptr_or_none const[]);            \
  WASM_API_EXTERN void wasm_##name##_vec_copy(own wasm_##name##_vec_t* out,                       \
                                              const wasm_##name##_vec_t*);                        \
  WASM_API_EXTERN void wasm_##name##_vec_delete(own wasm_##name##_vec_t*);

typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )

// Names are vectors of bytes in UTF-8, without a zero at the end unless it says so.
typedef wasm_byte_vec_t wasm_name_t;

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

// A copy of a string without its final zero.
static inline void wasm_name_new_from_string(own wasm_name_t* out, const char* s) {
  wasm_name_new(out, strlen(s), s);
}

// With its final zero, which counts.
static inline void wasm_name_new_from_string_nt(own wasm_name_t* out, const char* s) {
  wasm_name_new(out, strlen(s) + 1, s);
}

// ---- engines and stores ------------------------------------------------------------------------

// Options of an engine. What can be set: trenail_config_… of <trenail.h>.
WASM_DECLARE_OWN(config)

// With everything on its default.
WASM_API_EXTERN own wasm_config_t* wasm_config_new(void);

// What stores and modules have in common: types, options and the way in which code is executed.
// Thread-safe. May be deleted before its stores.
WASM_DECLARE_OWN(engine)

// An engine that interprets, and runs what compiled code is attached to modules.
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new(void);

// The same with options. NULL is like wasm_engine_new.
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new_with_config(own wasm_config_t*);

// One world of instances. Deleting gives up this reference: see Handles at the top.
WASM_DECLARE_OWN(store)

WASM_API_EXTERN own wasm_store_t* wasm_store_new(wasm_engine_t*);

// ---- types -------------------------------------------------------------------------------------

// Types are plain values: those that functions return are not tied to what they were taken from.
// `copy` makes one more, of NULL NULL.
#define WASM_DECLARE_TYPE(name) \
  WASM_DECLARE_OWN(name)        \
  WASM_DECLARE_VEC(name, *)     \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*);

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum { WASM_CONST, WASM_VAR };

// In pages of memories and elements of tables. Limits of 64-bit memories that do not fit are shown
// as the largest number that does; <trenail.h> has them whole.
typedef struct wasm_limits_t {
  uint32_t min;
  uint32_t max;
} wasm_limits_t;

// As `max`: there is none.
static const uint32_t wasm_limits_max_default = 0xffffffff;

// Value types. Those of modules can be others than these kinds; see trenail_valkind_enum.
WASM_DECLARE_TYPE(valtype)

typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
  WASM_I32,
  WASM_I64,
  WASM_F32,
  WASM_F64,
  WASM_EXTERNREF = 128,
  WASM_FUNCREF,
};

// NULL for a kind that is none.
WASM_API_EXTERN own wasm_valtype_t* wasm_valtype_new(wasm_valkind_t);

// Typed function references are of kind WASM_FUNCREF, too.
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t*);

static inline bool wasm_valkind_is_num(wasm_valkind_t k) { return k < WASM_EXTERNREF; }
static inline bool wasm_valkind_is_ref(wasm_valkind_t k) { return k >= WASM_EXTERNREF; }
static inline bool wasm_valtype_is_num(const wasm_valtype_t* t) {
  return wasm_valkind_is_num(wasm_valtype_kind(t));
}
static inline bool wasm_valtype_is_ref(const wasm_valtype_t* t) {
  return wasm_valkind_is_ref(wasm_valtype_kind(t));
}

// Function types.
WASM_DECLARE_TYPE(functype)

// Takes over the elements of both vectors, which are empty afterwards.
WASM_API_EXTERN own wasm_functype_t* wasm_functype_new(own wasm_valtype_vec_t* params,
                                                       own wasm_valtype_vec_t* results);

WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t*);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t*);

// Types of globals.
WASM_DECLARE_TYPE(globaltype)

WASM_API_EXTERN own wasm_globaltype_t* wasm_globaltype_new(own wasm_valtype_t*, wasm_mutability_t);

WASM_API_EXTERN const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t*);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t*);

// Types of tables.
WASM_DECLARE_TYPE(tabletype)

// The limits are copied. Whether they make sense is seen when a table is made.
WASM_API_EXTERN own wasm_tabletype_t* wasm_tabletype_new(own wasm_valtype_t*, const wasm_limits_t*);

WASM_API_EXTERN const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t*);

// Types of memories.
WASM_DECLARE_TYPE(memorytype)

// Of a 32-bit memory that is not shared; others: trenail_memorytype_new.
WASM_API_EXTERN own wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t*);

WASM_API_EXTERN const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t*);

// Types of whatever can be imported and exported: one of the above. The type of a tag is of kind
// TRENAIL_EXTERN_TAG (<trenail.h>).
WASM_DECLARE_TYPE(externtype)

typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum {
  WASM_EXTERN_FUNC,
  WASM_EXTERN_GLOBAL,
  WASM_EXTERN_TABLE,
  WASM_EXTERN_MEMORY,
};

WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t*);

// The same object under its other type, which is not one more to delete. Those from an extern type
// are NULL if it is of another kind; NULL gives NULL.
WASM_API_EXTERN wasm_externtype_t* wasm_functype_as_externtype(wasm_functype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_globaltype_as_externtype(wasm_globaltype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_tabletype_as_externtype(wasm_tabletype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_memorytype_as_externtype(wasm_memorytype_t*);
WASM_API_EXTERN wasm_functype_t* wasm_externtype_as_functype(wasm_externtype_t*);
WASM_API_EXTERN wasm_globaltype_t* wasm_externtype_as_globaltype(wasm_externtype_t*);
WASM_API_EXTERN wasm_tabletype_t* wasm_externtype_as_tabletype(wasm_externtype_t*);
WASM_API_EXTERN wasm_memorytype_t* wasm_externtype_as_memorytype(wasm_externtype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_functype_as_externtype_const(const wasm_functype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_globaltype_as_externtype_const(
    const wasm_globaltype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_tabletype_as_externtype_const(
    const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_memorytype_as_externtype_const(
    const wasm_memorytype_t*);
WASM_API_EXTERN const wasm_functype_t* wasm_externtype_as_functype_const(const wasm_externtype_t*);
WASM_API_EXTERN const wasm_globaltype_t* wasm_externtype_as_globaltype_const(
    const wasm_externtype_t*);
WASM_API_EXTERN const wasm_tabletype_t* wasm_externtype_as_tabletype_const(
    const wasm_externtype_t*);
WASM_API_EXTERN const wasm_memorytype_t* wasm_externtype_as_memorytype_const(
    const wasm_externtype_t*);

// An import of a module: two names and a type.
WASM_DECLARE_TYPE(importtype)

// Takes over the contents of the names, which are empty afterwards.
WASM_API_EXTERN own wasm_importtype_t* wasm_importtype_new(own wasm_name_t* module,
                                                           own wasm_name_t* name,
                                                           own wasm_externtype_t*);

WASM_API_EXTERN const wasm_name_t* wasm_importtype_module(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_name(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t*);

// An export of a module: a name and a type.
WASM_DECLARE_TYPE(exporttype)

// As wasm_importtype_new.
WASM_API_EXTERN own wasm_exporttype_t* wasm_exporttype_new(own wasm_name_t*,
                                                           own wasm_externtype_t*);

WASM_API_EXTERN const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t*);

// ---- values ------------------------------------------------------------------------------------

struct wasm_ref_t;

// A value. One of a reference type owns its reference where it is owned itself; NULL is the null
// reference. For numbers there is nothing to delete.
typedef struct wasm_val_t {
  wasm_valkind_t kind;
  union {
    int32_t i32;
    int64_t i64;
    float32_t f32;
    float64_t f64;
    struct wasm_ref_t* ref;
  } of;
} wasm_val_t;

// Deletes the reference, if it is one, and leaves a null reference there.
WASM_API_EXTERN void wasm_val_delete(own wasm_val_t* v);
// Copies a reference as wasm_ref_copy does.
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t* out, const wasm_val_t*);

WASM_DECLARE_VEC(val, )

// ---- references --------------------------------------------------------------------------------

// What all handles have.
//
//   copy   one more reference to the same object; of NULL NULL.
//   same   whether two refer to the same object. NULL is the same as NULL.
//
// An object, whatever refers to it, can carry a word of the host's, NULL at first. With a
// finalizer, that is called with the word when the object goes, or when another word is set.
// Objects go with their store; modules, traps and foreign objects may do so earlier, when nothing
// refers to them any more. A finalizer must not use the store or what is in it.
#define WASM_DECLARE_REF_BASE(name)                                                        \
  WASM_DECLARE_OWN(name)                                                                   \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*);         \
  WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t*, const wasm_##name##_t*); \
  WASM_API_EXTERN void* wasm_##name##_get_host_info(const wasm_##name##_t*);               \
  WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t*, void*);               \
  WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t*, void*, \
                                                                  void (*)(void*));

// The same handle as a reference to anything, and back: not one more to delete. Back gives NULL if
// it refers to something else. NULL gives NULL. Any reference can be passed as an externref, and
// comes out of the guest as what it was.
#define WASM_DECLARE_REF(name)                                                          \
  WASM_DECLARE_REF_BASE(name)                                                           \
  WASM_API_EXTERN wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t*);                   \
  WASM_API_EXTERN wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t*);                     \
  WASM_API_EXTERN const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t*); \
  WASM_API_EXTERN const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t*);

// What can be shared between stores and threads: `share` makes something that belongs to no store,
// `obtain` a handle in a store, which must be of the same engine (otherwise NULL).
#define WASM_DECLARE_SHARABLE_REF(name)                                                    \
  WASM_DECLARE_REF(name)                                                                   \
  WASM_DECLARE_OWN(shared_##name)                                                          \
  WASM_API_EXTERN own wasm_shared_##name##_t* wasm_##name##_share(const wasm_##name##_t*); \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_obtain(wasm_store_t*,                 \
                                                            const wasm_shared_##name##_t*);

WASM_DECLARE_REF_BASE(ref)

// ---- traps -------------------------------------------------------------------------------------

// One frame of a backtrace. trenail_frame_… of <trenail.h> have names and source lines.
WASM_DECLARE_OWN(frame)
WASM_DECLARE_VEC(frame, *)
WASM_API_EXTERN own wasm_frame_t* wasm_frame_copy(const wasm_frame_t*);

// The instance whose code it is, lent for as long as the frame; NULL if it is unknown, as in traps
// that came from another store.
WASM_API_EXTERN struct wasm_instance_t* wasm_frame_instance(const wasm_frame_t*);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t*);
// Where the instruction is: in bytes from the beginning of the function's body, which is the
// declaration of its locals, and from that of the module. 0 if unknown.
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t*);

// With a zero at the end, which counts.
typedef wasm_name_t wasm_message_t;

// Why execution ended: a trap, an exception that nobody caught, an exhausted resource, an
// interruption, exit, or an error of a host function. trenail_trap_error tells which.
WASM_DECLARE_REF(trap)

// For host functions to return. The message may end in a zero or not. `store` may be NULL.
WASM_API_EXTERN own wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t*);

WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t*, own wasm_message_t* out);
// The innermost frame; NULL if no WebAssembly code was running.
WASM_API_EXTERN own wasm_frame_t* wasm_trap_origin(const wasm_trap_t*);
// All frames, the innermost first; after a deep recursion the newest ones.
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t*, own wasm_frame_vec_t* out);

// ---- foreign objects ---------------------------------------------------------------------------

// An object of the host's, to be passed to guests as an externref; what it is, is its host info.
WASM_DECLARE_REF(foreign)

WASM_API_EXTERN own wasm_foreign_t* wasm_foreign_new(wasm_store_t*);

// ---- modules -----------------------------------------------------------------------------------

WASM_DECLARE_SHARABLE_REF(module)

// Decodes and validates bytes, which are copied. NULL if they are not a valid module.
WASM_API_EXTERN own wasm_module_t* wasm_module_new(wasm_store_t*, const wasm_byte_vec_t* binary);

// The same judgement without a module to keep.
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t*, const wasm_byte_vec_t* binary);

// In the order of the module.
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t*, own wasm_importtype_vec_t* out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t*, own wasm_exporttype_vec_t* out);

// Bytes from which `deserialize` makes the module again. They are validated again as well: from
// anywhere, bytes give a valid module or NULL. Compiled code is not in them (trenail_artefact_t).
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t*, own wasm_byte_vec_t* out);
WASM_API_EXTERN own wasm_module_t* wasm_module_deserialize(wasm_store_t*, const wasm_byte_vec_t*);

// ---- functions ---------------------------------------------------------------------------------

WASM_DECLARE_REF(func)

// A host function. The arguments are lent and fit the function's type. The results are zero and
// null values of the right kinds, to be set; references in them are taken over. A trap that is
// returned is taken over, ends the guest's execution and comes back from the outer call as the same
// object, with its host info, and with the guest's frames unless it had some already; one of
// another store comes back as a copy without host info. Results set until then are deleted. A
// callback may call guests again, in this or other stores, and delete any handle. It must not leave
// by longjmp or an exception.
typedef own wasm_trap_t* (*wasm_func_callback_t)(const wasm_val_vec_t* args,
                                                 own wasm_val_vec_t* results);
typedef own wasm_trap_t* (*wasm_func_callback_with_env_t)(void* env, const wasm_val_vec_t* args,
                                                          wasm_val_vec_t* results);

// NULL if the type has concrete types of another engine. A function of types that wasm_val_t does
// not have traps when it is called; trenail_func_new_raw has all types.
WASM_API_EXTERN own wasm_func_t* wasm_func_new(wasm_store_t*, const wasm_functype_t*,
                                               wasm_func_callback_t);
// `finalizer` may be NULL; it is called with `env` when the store goes, or at once if there is no
// function.
WASM_API_EXTERN own wasm_func_t* wasm_func_new_with_env(wasm_store_t*, const wasm_functype_t* type,
                                                        wasm_func_callback_with_env_t, void* env,
                                                        void (*finalizer)(void*));

WASM_API_EXTERN own wasm_functype_t* wasm_func_type(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t*);

// Calls a function. The arguments are lent. The results are written to `results` only if it returns
// NULL; what was in there is not deleted, and those for which there is no room are dropped. A trap
// too if the number of arguments or their kinds do not fit, or a reference is of another store; the
// kind of a reference is not looked at, but what it refers to. NULL vectors count as empty. With
// numbers alone, nothing is allocated.
WASM_API_EXTERN own wasm_trap_t* wasm_func_call(const wasm_func_t*, const wasm_val_vec_t* args,
                                                wasm_val_vec_t* results);

// ---- globals -----------------------------------------------------------------------------------

WASM_DECLARE_REF(global)

// NULL if the value is not of the type.
WASM_API_EXTERN own wasm_global_t* wasm_global_new(wasm_store_t*, const wasm_globaltype_t*,
                                                   const wasm_val_t*);

WASM_API_EXTERN own wasm_globaltype_t* wasm_global_type(const wasm_global_t*);

// A type that wasm_val_t does not have gives a null reference of that kind.
WASM_API_EXTERN void wasm_global_get(const wasm_global_t*, own wasm_val_t* out);
// Nothing happens if the global is immutable or of another type; trenail_last_error has it then.
WASM_API_EXTERN void wasm_global_set(wasm_global_t*, const wasm_val_t*);

// ---- tables ------------------------------------------------------------------------------------

WASM_DECLARE_REF(table)

typedef uint32_t wasm_table_size_t;

// All elements are `init`, which may be NULL. NULL if it is not of the type, the limits are not in
// order, or there is no memory for it.
WASM_API_EXTERN own wasm_table_t* wasm_table_new(wasm_store_t*, const wasm_tabletype_t*,
                                                 wasm_ref_t* init);

// With the current size as the minimum.
WASM_API_EXTERN own wasm_tabletype_t* wasm_table_type(const wasm_table_t*);

// NULL for null, and beyond the end.
WASM_API_EXTERN own wasm_ref_t* wasm_table_get(const wasm_table_t*, wasm_table_size_t index);
// The reference is lent; NULL is null. False beyond the end, or if it is not of the type.
WASM_API_EXTERN bool wasm_table_set(wasm_table_t*, wasm_table_size_t index, wasm_ref_t*);

WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t*);
// False if it cannot grow by so many, or `init` is not of the type.
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t*, wasm_table_size_t delta, wasm_ref_t* init);

// ---- memories ----------------------------------------------------------------------------------

WASM_DECLARE_REF(memory)

typedef uint32_t wasm_memory_pages_t;

static const size_t MEMORY_PAGE_SIZE = 0x10000;

// NULL if the limits are not in order, or there is no memory for it.
WASM_API_EXTERN own wasm_memory_t* wasm_memory_new(wasm_store_t*, const wasm_memorytype_t*);

// With the current size as the minimum.
WASM_API_EXTERN own wasm_memorytype_t* wasm_memory_type(const wasm_memory_t*);

// The bytes, valid until the memory may have grown: by wasm_memory_grow or any guest code. Those of
// a shared memory never move.
WASM_API_EXTERN byte_t* wasm_memory_data(wasm_memory_t*);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t*);

// In pages, of 64 KiB unless the type says otherwise.
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t*);
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t*, wasm_memory_pages_t delta);

// ---- what is imported and exported -------------------------------------------------------------

WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)

WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t*);
WASM_API_EXTERN own wasm_externtype_t* wasm_extern_type(const wasm_extern_t*);

// The same handle under its other type, as with extern types.
WASM_API_EXTERN wasm_extern_t* wasm_func_as_extern(wasm_func_t*);
WASM_API_EXTERN wasm_extern_t* wasm_global_as_extern(wasm_global_t*);
WASM_API_EXTERN wasm_extern_t* wasm_table_as_extern(wasm_table_t*);
WASM_API_EXTERN wasm_extern_t* wasm_memory_as_extern(wasm_memory_t*);
WASM_API_EXTERN wasm_func_t* wasm_extern_as_func(wasm_extern_t*);
WASM_API_EXTERN wasm_global_t* wasm_extern_as_global(wasm_extern_t*);
WASM_API_EXTERN wasm_table_t* wasm_extern_as_table(wasm_extern_t*);
WASM_API_EXTERN wasm_memory_t* wasm_extern_as_memory(wasm_extern_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_func_as_extern_const(const wasm_func_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_global_as_extern_const(const wasm_global_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_table_as_extern_const(const wasm_table_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_memory_as_extern_const(const wasm_memory_t*);
WASM_API_EXTERN const wasm_func_t* wasm_extern_as_func_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_global_t* wasm_extern_as_global_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_table_t* wasm_extern_as_table_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_memory_t* wasm_extern_as_memory_const(const wasm_extern_t*);

// ---- instances ---------------------------------------------------------------------------------

WASM_DECLARE_REF(instance)

// Links, allocates, initialises and starts an instance. The imports are lent, in the order of the
// module; NULL counts as empty. NULL if it fails, and then `*trap`, unless `trap` is NULL, is why:
// imports that are missing, do not match or are of another store; a trap of the start function; …
WASM_API_EXTERN own wasm_instance_t* wasm_instance_new(wasm_store_t*, const wasm_module_t*,
                                                       const wasm_extern_vec_t* imports,
                                                       own wasm_trap_t** trap);

// All exports, in the order of the module.
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t*, own wasm_extern_vec_t* out);

// ---- shorthands --------------------------------------------------------------------------------

// Initialisers of vectors that are lent.
#define WASM_EMPTY_VEC {0, NULL}
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}

static inline own wasm_valtype_t* wasm_valtype_new_i32(void) { return wasm_valtype_new(WASM_I32); }
static inline own wasm_valtype_t* wasm_valtype_new_i64(void) { return wasm_valtype_new(WASM_I64); }
static inline own wasm_valtype_t* wasm_valtype_new_f32(void) { return wasm_valtype_new(WASM_F32); }
static inline own wasm_valtype_t* wasm_valtype_new_f64(void) { return wasm_valtype_new(WASM_F64); }
static inline own wasm_valtype_t* wasm_valtype_new_externref(void) {
  return wasm_valtype_new(WASM_EXTERNREF);
}
static inline own wasm_valtype_t* wasm_valtype_new_funcref(void) {
  return wasm_valtype_new(WASM_FUNCREF);
}

// wasm_functype_new_P_R: of P parameters and R results, which are taken over.
#define WASM_FUNCTYPE_OF(num_params, params_array, num_results, results_array) \
  wasm_valtype_vec_t params, results;                                          \
  if (num_params == 0)                                                         \
    wasm_valtype_vec_new_empty(&params);                                       \
  else                                                                         \
    wasm_valtype_vec_new(&params, num_params, params_array);                   \
  if (num_results == 0)                                                        \
    wasm_valtype_vec_new_empty(&results);                                      \
  else                                                                         \
    wasm_valtype_vec_new(&results, num_results, results_array);                \
  return wasm_functype_new(&params, &results)

static inline own wasm_functype_t* wasm_functype_new_0_0(void) {
  WASM_FUNCTYPE_OF(0, NULL, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_1_0(own wasm_valtype_t* p) {
  wasm_valtype_t* ps[1] = {p};
  WASM_FUNCTYPE_OF(1, ps, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_2_0(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2) {
  wasm_valtype_t* ps[2] = {p1, p2};
  WASM_FUNCTYPE_OF(2, ps, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_3_0(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3) {
  wasm_valtype_t* ps[3] = {p1, p2, p3};
  WASM_FUNCTYPE_OF(3, ps, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_0_1(own wasm_valtype_t* r) {
  wasm_valtype_t* rs[1] = {r};
  WASM_FUNCTYPE_OF(0, NULL, 1, rs);
}
static inline own wasm_functype_t* wasm_functype_new_1_1(own wasm_valtype_t* p,
                                                         own wasm_valtype_t* r) {
  wasm_valtype_t* ps[1] = {p};
  wasm_valtype_t* rs[1] = {r};
  WASM_FUNCTYPE_OF(1, ps, 1, rs);
}
static inline own wasm_functype_t* wasm_functype_new_2_1(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* r) {
  wasm_valtype_t* ps[2] = {p1, p2};
  wasm_valtype_t* rs[1] = {r};
  WASM_FUNCTYPE_OF(2, ps, 1, rs);
}
static inline own wasm_functype_t* wasm_functype_new_3_1(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3,
                                                         own wasm_valtype_t* r) {
  wasm_valtype_t* ps[3] = {p1, p2, p3};
  wasm_valtype_t* rs[1] = {r};
  WASM_FUNCTYPE_OF(3, ps, 1, rs);
}
static inline own wasm_functype_t* wasm_functype_new_0_2(own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* rs[2] = {r1, r2};
  WASM_FUNCTYPE_OF(0, NULL, 2, rs);
}
static inline own wasm_functype_t* wasm_functype_new_1_2(own wasm_valtype_t* p,
                                                         own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* ps[1] = {p};
  wasm_valtype_t* rs[2] = {r1, r2};
  WASM_FUNCTYPE_OF(1, ps, 2, rs);
}
static inline own wasm_functype_t* wasm_functype_new_2_2(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* ps[2] = {p1, p2};
  wasm_valtype_t* rs[2] = {r1, r2};
  WASM_FUNCTYPE_OF(2, ps, 2, rs);
}
static inline own wasm_functype_t* wasm_functype_new_3_2(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3,
                                                         own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* ps[3] = {p1, p2, p3};
  wasm_valtype_t* rs[2] = {r1, r2};
  WASM_FUNCTYPE_OF(3, ps, 2, rs);
}
#undef WASM_FUNCTYPE_OF

// A pointer of the host's as an integer value of its size, and back.
static inline void wasm_val_init_ptr(own wasm_val_t* out, void* p) {
#if UINTPTR_MAX == UINT32_MAX
  out->kind = WASM_I32;
  out->of.i32 = (int32_t)(intptr_t)p;
#elif UINTPTR_MAX == UINT64_MAX
  out->kind = WASM_I64;
  out->of.i64 = (int64_t)(intptr_t)p;
#endif
}
static inline void* wasm_val_ptr(const wasm_val_t* val) {
#if UINTPTR_MAX == UINT32_MAX
  return (void*)(intptr_t)val->of.i32;
#elif UINTPTR_MAX == UINT64_MAX
  return (void*)(intptr_t)val->of.i64;
#endif
}

// Initialisers of values. WASM_REF_VAL serves for references of every kind.
#define WASM_I32_VAL(i)                 \
  {                                     \
    .kind = WASM_I32, .of = {.i32 = i } \
  }
#define WASM_I64_VAL(i)                 \
  {                                     \
    .kind = WASM_I64, .of = {.i64 = i } \
  }
#define WASM_F32_VAL(z)                 \
  {                                     \
    .kind = WASM_F32, .of = {.f32 = z } \
  }
#define WASM_F64_VAL(z)                 \
  {                                     \
    .kind = WASM_F64, .of = {.f64 = z } \
  }
#define WASM_REF_VAL(r)                       \
  {                                           \
    .kind = WASM_EXTERNREF, .of = {.ref = r } \
  }
#define WASM_INIT_VAL                            \
  {                                              \
    .kind = WASM_EXTERNREF, .of = {.ref = NULL } \
  }

#undef own

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASM_H
