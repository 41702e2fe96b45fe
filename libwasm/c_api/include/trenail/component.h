// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Component Model in C: components and their types, values of every type of WIT, what the host
// offers, instances, and calls either way.
//
//   trenail_component_new(engine, bytes, size, NULL, &component);
//   trenail_component_linker_t* linker = trenail_component_linker_new(engine);
//   trenail_component_linker_func(linker, "example:host/log@1.0.0", "print", print, NULL, NULL);
//   wasm_store_t* store = trenail_component_store_new(engine, NULL);
//   trenail_component_instantiate(linker, store, component, &instance);
//   func = trenail_component_instance_func(instance, NULL, "greet");
//   trenail_component_func_call(func, args, 1, &result);
//
// The rules for ownership, threads, NULL and errors are those of <wasm.h> and <trenail/core.h>.
// Components may be used from any thread at once; linkers, resource types and values belong to one
// thread at a time; instances, functions and tasks belong to their store, of which they are
// handles. After a trap the instances that it happened in cannot be used: calls of them trap.

#ifndef TRENAIL_COMPONENT_H_
#define TRENAIL_COMPONENT_H_

#include <trenail/core.h>
#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

#define own

// ---- components ---------------------------------------------------------------------------------

// Decoded and validated.
typedef struct trenail_component_t trenail_component_t;

// Whether bytes begin as the binary format of components does.
WASM_API_EXTERN bool trenail_is_component(const void* bytes, size_t size);
// From bytes, which are copied. `features`: which of the gated ones to switch on, or with a minus
// off, by the names of the command line and with commas, "cm-threading,-cm-map"; NULL: the
// defaults.
WASM_API_EXTERN own trenail_error_t* trenail_component_new(const wasm_engine_t*, const void* bytes,
                                                           size_t size, const char* features,
                                                           own trenail_component_t** out);
// The same from the text format. A program without this function does not link that.
WASM_API_EXTERN own trenail_error_t* trenail_component_new_from_text(const wasm_engine_t*,
                                                                     const char* text, size_t size,
                                                                     const char* features,
                                                                     own trenail_component_t** out);
// The component that an artefact was compiled from, with its code.
WASM_API_EXTERN own trenail_error_t* trenail_component_from_artefact(const wasm_engine_t*,
                                                                     const trenail_artefact_t*,
                                                                     own trenail_component_t** out);
// From now on new instances run this code; before the first one is made. Errors: it is another
// one's.
WASM_API_EXTERN own trenail_error_t* trenail_component_attach(trenail_component_t*,
                                                              const trenail_artefact_t*);
WASM_API_EXTERN own trenail_component_t* trenail_component_copy(const trenail_component_t*);
WASM_API_EXTERN void trenail_component_delete(own trenail_component_t*);

// ---- types --------------------------------------------------------------------------------------

// All of these are lent by the component, and immutable. Indices must be in range.

// An import or export: of a component, or in an instance.
typedef struct trenail_item_t trenail_item_t;
typedef enum trenail_item_kind_t {
  TRENAIL_ITEM_MODULE,
  TRENAIL_ITEM_FUNC,
  TRENAIL_ITEM_VALUE,
  TRENAIL_ITEM_TYPE,
  TRENAIL_ITEM_COMPONENT,
  TRENAIL_ITEM_INSTANCE,
} trenail_item_kind_t;

typedef struct trenail_functype_t trenail_functype_t;
typedef struct trenail_valtype_t trenail_valtype_t;

WASM_API_EXTERN size_t trenail_component_num_imports(const trenail_component_t*);
WASM_API_EXTERN const trenail_item_t* trenail_component_import(const trenail_component_t*,
                                                               size_t index);
WASM_API_EXTERN size_t trenail_component_num_exports(const trenail_component_t*);
WASM_API_EXTERN const trenail_item_t* trenail_component_export(const trenail_component_t*,
                                                               size_t index);

WASM_API_EXTERN const char* trenail_item_name(const trenail_item_t*);
WASM_API_EXTERN trenail_item_kind_t trenail_item_kind(const trenail_item_t*);
// What an instance exports; 0 for anything else.
WASM_API_EXTERN size_t trenail_item_num_exports(const trenail_item_t*);
WASM_API_EXTERN const trenail_item_t* trenail_item_export(const trenail_item_t*, size_t index);
// Of a function; NULL for anything else.
WASM_API_EXTERN const trenail_functype_t* trenail_item_functype(const trenail_item_t*);
// Of a value, or of a type that is one of values; NULL for anything else.
WASM_API_EXTERN const trenail_valtype_t* trenail_item_valtype(const trenail_item_t*);

WASM_API_EXTERN bool trenail_functype_is_async(const trenail_functype_t*);
WASM_API_EXTERN size_t trenail_functype_num_params(const trenail_functype_t*);
WASM_API_EXTERN const char* trenail_functype_param_name(const trenail_functype_t*, size_t index);
WASM_API_EXTERN const trenail_valtype_t* trenail_functype_param(const trenail_functype_t*,
                                                                size_t index);
// NULL if there is none.
WASM_API_EXTERN const trenail_valtype_t* trenail_functype_result(const trenail_functype_t*);

typedef enum trenail_type_kind_t {
  TRENAIL_TYPE_BOOL,
  TRENAIL_TYPE_S8,
  TRENAIL_TYPE_U8,
  TRENAIL_TYPE_S16,
  TRENAIL_TYPE_U16,
  TRENAIL_TYPE_S32,
  TRENAIL_TYPE_U32,
  TRENAIL_TYPE_S64,
  TRENAIL_TYPE_U64,
  TRENAIL_TYPE_F32,
  TRENAIL_TYPE_F64,
  TRENAIL_TYPE_CHAR,
  TRENAIL_TYPE_STRING,
  TRENAIL_TYPE_ERROR_CONTEXT,
  TRENAIL_TYPE_RECORD,
  TRENAIL_TYPE_VARIANT,
  TRENAIL_TYPE_LIST,
  TRENAIL_TYPE_FIXED_LENGTH_LIST,
  TRENAIL_TYPE_TUPLE,
  TRENAIL_TYPE_FLAGS,
  TRENAIL_TYPE_ENUM,
  TRENAIL_TYPE_OPTION,
  TRENAIL_TYPE_RESULT,
  TRENAIL_TYPE_OWN,
  TRENAIL_TYPE_BORROW,
  TRENAIL_TYPE_STREAM,
  TRENAIL_TYPE_FUTURE,
  TRENAIL_TYPE_MAP,
} trenail_type_kind_t;

WASM_API_EXTERN trenail_type_kind_t trenail_valtype_kind(const trenail_valtype_t*);
// Fields of records, elements of tuples ("0", "1", …), cases of variants, enums, options (none,
// some) and results (ok, error), flags.
WASM_API_EXTERN size_t trenail_valtype_num_fields(const trenail_valtype_t*);
WASM_API_EXTERN const char* trenail_valtype_field_name(const trenail_valtype_t*, size_t index);
// NULL for cases without a payload and flags.
WASM_API_EXTERN const trenail_valtype_t* trenail_valtype_field(const trenail_valtype_t*,
                                                               size_t index);
// Of lists, streams and futures (where NULL is none), and the tuple of key and value of a map.
WASM_API_EXTERN const trenail_valtype_t* trenail_valtype_element(const trenail_valtype_t*);
// Of lists of a fixed length.
WASM_API_EXTERN uint32_t trenail_valtype_length(const trenail_valtype_t*);

// ---- values -------------------------------------------------------------------------------------

// A value of any type: a tree, which knows its shape and nothing of names. What is lent from inside
// of one is valid until it is changed or deleted. A value that owns a resource owns it until it is
// passed on; a copy stands for the same resource, and passing on either uses it up.
typedef struct trenail_value_t trenail_value_t;

typedef enum trenail_value_kind_t {
  TRENAIL_VALUE_UNIT,  // what a call without a result gives
  TRENAIL_VALUE_BOOL,
  TRENAIL_VALUE_S8,
  TRENAIL_VALUE_U8,
  TRENAIL_VALUE_S16,
  TRENAIL_VALUE_U16,
  TRENAIL_VALUE_S32,
  TRENAIL_VALUE_U32,
  TRENAIL_VALUE_S64,
  TRENAIL_VALUE_U64,
  TRENAIL_VALUE_F32,
  TRENAIL_VALUE_F64,
  TRENAIL_VALUE_CHAR,
  TRENAIL_VALUE_STRING,
  TRENAIL_VALUE_LIST,     // those of a fixed length too, and maps, as lists of pairs
  TRENAIL_VALUE_RECORD,   // tuples too
  TRENAIL_VALUE_VARIANT,  // enums, options and results too
  TRENAIL_VALUE_FLAGS,
  TRENAIL_VALUE_HANDLE,  // of a resource: own and borrow
  TRENAIL_VALUE_STREAM,
  TRENAIL_VALUE_FUTURE,
  TRENAIL_VALUE_ERROR_CONTEXT,
} trenail_value_kind_t;

WASM_API_EXTERN own trenail_value_t* trenail_value_new_unit(void);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_bool(bool);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_s8(int8_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_u8(uint8_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_s16(int16_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_u16(uint16_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_s32(int32_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_u32(uint32_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_s64(int64_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_u64(uint64_t);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_f32(float);
WASM_API_EXTERN own trenail_value_t* trenail_value_new_f64(double);
// NULL if it is no Unicode scalar value.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_char(uint32_t code_point);
// A copy of UTF-8; NULL if it is none.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_string(const char* utf8, size_t size);
// A list of u8, from a copy of the bytes, which takes no more room than they do.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_bytes(const void* bytes, size_t size);
// Of items that are taken over; the array is not.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_list(own trenail_value_t* const items[],
                                                            size_t count);
// The same of fields in the order of the type, or the elements of a tuple.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_record(own trenail_value_t* const fields[],
                                                              size_t count);
// A case, by its index, with its payload or NULL; also of an enum, an option and a result.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_variant(uint32_t case_index,
                                                               own trenail_value_t* payload);
// none if it is NULL.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_option(own trenail_value_t* payload);
// ok or error, with the payload or NULL.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_result(bool ok,
                                                              own trenail_value_t* payload);
// A bit for each flag, the first one the lowest.
WASM_API_EXTERN own trenail_value_t* trenail_value_new_flags(uint32_t bits);

// Of NULL NULL.
WASM_API_EXTERN own trenail_value_t* trenail_value_copy(const trenail_value_t*);
WASM_API_EXTERN void trenail_value_delete(own trenail_value_t*);
// The same shape and contents; NaNs by their bits, resources and streams by identity.
WASM_API_EXTERN bool trenail_value_equal(const trenail_value_t*, const trenail_value_t*);

WASM_API_EXTERN trenail_value_kind_t trenail_value_kind(const trenail_value_t*);
// Numbers, chars (the code point) and bools, by the kind that was asked about: 0 if it is another.
WASM_API_EXTERN bool trenail_value_bool(const trenail_value_t*);
WASM_API_EXTERN int64_t trenail_value_signed(const trenail_value_t*);     // s8 to s64
WASM_API_EXTERN uint64_t trenail_value_unsigned(const trenail_value_t*);  // u8 to u64
WASM_API_EXTERN float trenail_value_f32(const trenail_value_t*);
WASM_API_EXTERN double trenail_value_f64(const trenail_value_t*);
WASM_API_EXTERN uint32_t trenail_value_char(const trenail_value_t*);
// UTF-8 with a zero at the end that does not count, lent; `size` may be NULL. NULL if it is none.
WASM_API_EXTERN const char* trenail_value_string(const trenail_value_t*, size_t* size);
// Of a list of u8: copies up to `size` bytes, and says how many there are. 0 if it is none.
WASM_API_EXTERN size_t trenail_value_bytes(const trenail_value_t*, void* out, size_t size);
// Items of a list, fields of a record, or the payload of a case, lent.
WASM_API_EXTERN size_t trenail_value_size(const trenail_value_t*);
WASM_API_EXTERN const trenail_value_t* trenail_value_item(const trenail_value_t*, size_t index);
// Of a variant, enum, option (0: none) or result (0: ok); 0 for anything else.
WASM_API_EXTERN uint32_t trenail_value_case(const trenail_value_t*);
// NULL if there is none.
WASM_API_EXTERN const trenail_value_t* trenail_value_payload(const trenail_value_t*);
WASM_API_EXTERN uint32_t trenail_value_flags(const trenail_value_t*);
// Adds an item, which is taken over, to a list. False, with the item deleted, if it is no list.
WASM_API_EXTERN bool trenail_value_push(trenail_value_t* list, own trenail_value_t* item);

// WAVE, the text of values: {a: 1, b: some("x")}. Handles, streams and the like have none. Errors:
// TRENAIL_ERROR_MALFORMED with the position; TRENAIL_ERROR_HOST if the value is not of the type.
WASM_API_EXTERN own trenail_error_t* trenail_value_parse(const char* text, size_t size,
                                                         const trenail_valtype_t*,
                                                         own trenail_value_t** out);
WASM_API_EXTERN own trenail_error_t* trenail_value_print(const trenail_value_t*,
                                                         const trenail_valtype_t*,
                                                         own wasm_name_t* out);

// ---- resources ----------------------------------------------------------------------------------

// A type of resources: of the host, or one that an instance exports.
typedef struct trenail_resource_t trenail_resource_t;

// Of the host. `drop`, which may be NULL, is called with the representation when the last owner
// drops one; an error traps. `finalizer`, which may be NULL, is called with `env` when nothing
// refers to the type any more.
typedef own trenail_error_t* (*trenail_drop_callback_t)(void* env, uint32_t rep);
WASM_API_EXTERN own trenail_resource_t* trenail_resource_new(const char* name,
                                                             trenail_drop_callback_t drop,
                                                             void* env, void (*finalizer)(void*));
WASM_API_EXTERN own trenail_resource_t* trenail_resource_copy(const trenail_resource_t*);
WASM_API_EXTERN void trenail_resource_delete(own trenail_resource_t*);
WASM_API_EXTERN bool trenail_resource_same(const trenail_resource_t*, const trenail_resource_t*);

// A new resource, owned by the value. What a representation means is up to the host.
WASM_API_EXTERN own trenail_value_t* trenail_resource_new_value(const trenail_resource_t*,
                                                                uint32_t rep);
// Errors: the value is not of this type, or has been passed on.
WASM_API_EXTERN own trenail_error_t* trenail_resource_rep(const trenail_resource_t*,
                                                          const trenail_value_t*, uint32_t* rep);
// The same with an object of the host's instead of a number, for which `finalizer` is called, and
// not `drop`, when no handle and no value refers to it any more. `finalizer` may be NULL.
WASM_API_EXTERN own trenail_value_t* trenail_resource_new_object(const trenail_resource_t*,
                                                                 void* object,
                                                                 void (*finalizer)(void*));
WASM_API_EXTERN own trenail_error_t* trenail_resource_object(const trenail_resource_t*,
                                                             const trenail_value_t*, void** object);
// For a parameter that is a borrow: lends what a value owns. NULL if it is no handle.
WASM_API_EXTERN own trenail_value_t* trenail_value_borrow(const trenail_value_t*);
// Drops a resource that a value owns, if it still does; deleting the value alone does not. A
// destructor may run in the guest: a handle of its store has to exist meanwhile. Errors: those of
// the destructor.
WASM_API_EXTERN own trenail_error_t* trenail_value_drop(const trenail_value_t*);

// ---- what the host offers -----------------------------------------------------------------------

// Definitions of one engine, for any number of stores. Everywhere, `interface` is an instance's
// name
// ("ns:pkg/iface@1.0.0"), or NULL for what a component imports itself; a later definition of the
// same name replaces the earlier one.
typedef struct trenail_component_linker_t trenail_component_linker_t;
WASM_API_EXTERN own trenail_component_linker_t* trenail_component_linker_new(const wasm_engine_t*);
WASM_API_EXTERN void trenail_component_linker_delete(own trenail_component_linker_t*);

// A function that returns at once. Arguments fit the type of the import and are lent; resources in
// them can be kept by copying. The result is taken over, checked, and NULL for none. An error is
// taken over, ends the guest's execution and comes back from the outer call. `store` is the
// caller's, lent. Callbacks may call other instances, though not the one that calls them, and
// delete any handle. `finalizer`, which may be NULL, is called with `env` when no linker and no
// store uses the function any more.
typedef own trenail_error_t* (*trenail_component_callback_t)(void* env, wasm_store_t* store,
                                                             const trenail_value_t* const args[],
                                                             size_t num_args,
                                                             own trenail_value_t** result);
WASM_API_EXTERN void trenail_component_linker_func(trenail_component_linker_t*,
                                                   const char* interface, const char* name,
                                                   trenail_component_callback_t, void* env,
                                                   void (*finalizer)(void*));

// A call of a function that may return later: to be ended once, on the store's thread, and deleted.
// Deleting it without that leaves the caller waiting.
typedef struct trenail_async_call_t trenail_async_call_t;
// Takes the call over. An error ends the guest's execution at once.
typedef own trenail_error_t* (*trenail_async_callback_t)(void* env, own trenail_async_call_t* call);
// The same for imports of either kind; callers of synchronous ones wait.
WASM_API_EXTERN void trenail_component_linker_async_func(trenail_component_linker_t*,
                                                         const char* interface, const char* name,
                                                         trenail_async_callback_t, void* env,
                                                         void (*finalizer)(void*));
WASM_API_EXTERN size_t trenail_async_call_num_args(const trenail_async_call_t*);
WASM_API_EXTERN const trenail_value_t* trenail_async_call_arg(const trenail_async_call_t*,
                                                              size_t index);
// False once it has returned, failed or been given up by the caller.
WASM_API_EXTERN bool trenail_async_call_pending(const trenail_async_call_t*);
// The result is taken over, NULL for none. Errors: it does not fit, or the caller traps.
WASM_API_EXTERN own trenail_error_t* trenail_async_call_return(trenail_async_call_t*,
                                                               own trenail_value_t* result);
// Ends the execution that waits for it.
WASM_API_EXTERN void trenail_async_call_fail(trenail_async_call_t*, own trenail_error_t*);
// `cancelled` is called once if the caller gives the call up.
WASM_API_EXTERN void trenail_async_call_on_cancel(trenail_async_call_t*, void (*cancelled)(void*),
                                                  void* env);
WASM_API_EXTERN void trenail_async_call_delete(own trenail_async_call_t*);

WASM_API_EXTERN void trenail_component_linker_resource(trenail_component_linker_t*,
                                                       const char* interface, const char* name,
                                                       const trenail_resource_t*);
WASM_API_EXTERN void trenail_component_linker_module(trenail_component_linker_t*,
                                                     const char* interface, const char* name,
                                                     const wasm_module_t*);
WASM_API_EXTERN void trenail_component_linker_component(trenail_component_linker_t*,
                                                        const char* interface, const char* name,
                                                        const trenail_component_t*);
WASM_API_EXTERN void trenail_component_linker_value(trenail_component_linker_t*,
                                                    const char* interface, const char* name,
                                                    own trenail_value_t*);
// All exports of an instance, for instances in the same store.
typedef struct trenail_component_instance_t trenail_component_instance_t;
WASM_API_EXTERN void trenail_component_linker_instance(trenail_component_linker_t*,
                                                       const char* interface,
                                                       const trenail_component_instance_t*);

// ---- stores and instances -----------------------------------------------------------------------

// A store that can hold components, and everything that others can. NULL limits: the defaults.
WASM_API_EXTERN own wasm_store_t* trenail_component_store_new(const wasm_engine_t*,
                                                              const trenail_store_limits_t*);

// Errors: TRENAIL_ERROR_UNLINKABLE naming the import; what core code that starts ends with;
// TRENAIL_ERROR_HOST if the store cannot hold components or is of another engine.
WASM_API_EXTERN own trenail_error_t* trenail_component_instantiate(
    const trenail_component_linker_t*, wasm_store_t*, const trenail_component_t*,
    own trenail_component_instance_t** out);
WASM_API_EXTERN void trenail_component_instance_delete(own trenail_component_instance_t*);

// Exports. `interface`: the name of an exported instance, also without or with a compatible
// version; NULL for the instance's own. NULL if there is none.
typedef struct trenail_component_func_t trenail_component_func_t;
WASM_API_EXTERN own trenail_component_func_t* trenail_component_instance_func(
    const trenail_component_instance_t*, const char* interface, const char* name);
WASM_API_EXTERN own trenail_component_instance_t* trenail_component_instance_instance(
    const trenail_component_instance_t*, const char* name);
WASM_API_EXTERN own trenail_resource_t* trenail_component_instance_resource(
    const trenail_component_instance_t*, const char* interface, const char* name);
WASM_API_EXTERN own trenail_value_t* trenail_component_instance_value(
    const trenail_component_instance_t*, const char* interface, const char* name);
WASM_API_EXTERN own wasm_module_t* trenail_component_instance_module(
    const trenail_component_instance_t*, const char* interface, const char* name);

// ---- calls --------------------------------------------------------------------------------------

WASM_API_EXTERN void trenail_component_func_delete(own trenail_component_func_t*);
// Lent; NULL for a host function that a component exports as it is.
WASM_API_EXTERN const trenail_functype_t* trenail_component_func_type(
    const trenail_component_func_t*);

// Calls and waits. Arguments are lent; resources that they own are passed on. `*result` is a value,
// or NULL if there is none; `result` may be NULL. Errors: TRENAIL_ERROR_HOST if the arguments do
// not fit; what the guest ends with; a trap also if it waits for what cannot come.
WASM_API_EXTERN own trenail_error_t* trenail_component_func_call(
    const trenail_component_func_t*, const trenail_value_t* const args[], size_t num_args,
    own trenail_value_t** result);

// A call that goes on while its store runs.
typedef struct trenail_task_t trenail_task_t;
WASM_API_EXTERN own trenail_error_t* trenail_component_func_start(
    const trenail_component_func_t*, const trenail_value_t* const args[], size_t num_args,
    own trenail_task_t** out);
WASM_API_EXTERN bool trenail_task_done(const trenail_task_t*);
// NULL if it is not done, was cancelled, or has no result.
WASM_API_EXTERN own trenail_value_t* trenail_task_result(const trenail_task_t*);
// Asks it to end early. Errors: a trap of it.
WASM_API_EXTERN own trenail_error_t* trenail_task_cancel(trenail_task_t*);
// Lets guests go on, and waits by the idle function, until it is done. Errors: what they end with.
WASM_API_EXTERN own trenail_error_t* trenail_task_wait(const trenail_task_t*);
WASM_API_EXTERN void trenail_task_delete(own trenail_task_t*);

// Lets one guest thread go on; `*progress` is false if none was ready.
WASM_API_EXTERN own trenail_error_t* trenail_component_store_tick(wasm_store_t*, bool* progress);
// `idle` is called when all guests wait for the host. It waits for one of the host's operations,
// and ends the calls and streams that depended on it; `*progress` is true then, and at first. With
// false, waiting is a deadlock, and traps. `finalizer` may be NULL. Errors: the store cannot hold
// components.
typedef own trenail_error_t* (*trenail_idle_callback_t)(void* env, bool* progress);
WASM_API_EXTERN own trenail_error_t* trenail_component_store_set_idle(wasm_store_t*,
                                                                      trenail_idle_callback_t idle,
                                                                      void* env,
                                                                      void (*finalizer)(void*));

// ---- streams and futures ------------------------------------------------------------------------

// Values move when both ends meet: callbacks are called at once if the guest waits already, and
// otherwise from within the guest's own operation. They may use streams and futures and end calls,
// but must not call guests. One operation of an end is pending at a time. Deleting an end drops it,
// and cancels what is pending, whose callback is not called any more.

typedef struct trenail_stream_writer_t trenail_stream_writer_t;
// The readable end is a value for a guest.
WASM_API_EXTERN own trenail_stream_writer_t* trenail_stream_new(own trenail_value_t** reader);
// How many values were taken, and whether the reader is still there.
typedef void (*trenail_taken_callback_t)(void* env, uint64_t taken, bool open);
// Offers values, which are taken over; of unit values for a stream without a type.
WASM_API_EXTERN own trenail_error_t* trenail_stream_write(trenail_stream_writer_t*,
                                                          own trenail_value_t* const values[],
                                                          size_t count, trenail_taken_callback_t,
                                                          void* env);
// The same for a stream of u8; the bytes are copied.
WASM_API_EXTERN own trenail_error_t* trenail_stream_write_bytes(trenail_stream_writer_t*,
                                                                const void* bytes, size_t size,
                                                                trenail_taken_callback_t,
                                                                void* env);
WASM_API_EXTERN void trenail_stream_writer_delete(own trenail_stream_writer_t*);

typedef struct trenail_stream_reader_t trenail_stream_reader_t;
// Takes the readable end out of a value that a guest passed. Errors: it is no stream.
WASM_API_EXTERN own trenail_error_t* trenail_stream_take(const trenail_value_t*,
                                                         own trenail_stream_reader_t** out);
// What came, lent, and whether the writer is still there.
typedef void (*trenail_values_callback_t)(void* env, const trenail_value_t* const values[],
                                          size_t count, bool open);
WASM_API_EXTERN own trenail_error_t* trenail_stream_read(trenail_stream_reader_t*, uint64_t count,
                                                         trenail_values_callback_t, void* env);
typedef void (*trenail_bytes_callback_t)(void* env, const uint8_t* bytes, size_t size, bool open);
WASM_API_EXTERN own trenail_error_t* trenail_stream_read_bytes(trenail_stream_reader_t*,
                                                               uint64_t count,
                                                               trenail_bytes_callback_t, void* env);
WASM_API_EXTERN void trenail_stream_reader_delete(own trenail_stream_reader_t*);

// A future must be written, or its reader waits for ever.
typedef struct trenail_future_writer_t trenail_future_writer_t;
WASM_API_EXTERN own trenail_future_writer_t* trenail_future_new(own trenail_value_t** reader);
// Offers the value, which is taken over, once. The callback, which may be NULL, is told whether it
// was taken.
WASM_API_EXTERN own trenail_error_t* trenail_future_write(trenail_future_writer_t*,
                                                          own trenail_value_t*,
                                                          void (*taken)(void* env, bool),
                                                          void* env);
WASM_API_EXTERN void trenail_future_writer_delete(own trenail_future_writer_t*);

typedef struct trenail_future_reader_t trenail_future_reader_t;
WASM_API_EXTERN own trenail_error_t* trenail_future_take(const trenail_value_t*,
                                                         own trenail_future_reader_t** out);
// Asks for the value, once. It is lent; NULL: there will be none.
WASM_API_EXTERN own trenail_error_t* trenail_future_read(
    trenail_future_reader_t*, void (*done)(void* env, const trenail_value_t*), void* env);
WASM_API_EXTERN void trenail_future_reader_delete(own trenail_future_reader_t*);

#undef own

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TRENAIL_COMPONENT_H_
