// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A trap that a host function returns is the one that the outer call gives, whatever guests lie
// between; what else ends a call is another one.

#include "libwasm/c_api/test/check.h"

struct thrower {
  wasm_store_t* store;  // of the trap; may be NULL
  wasm_func_t* inner;   // called instead, if it is not NULL
  bool swallows;        // what the inner call ends with
  wasm_trap_t* again;   // returned, if it is not NULL
  wasm_trap_t* kept;    // a copy of what was returned last
};

static int finalized = 0;
static int word = 0;
static void finalize(void* info) {
  CHECK(info == &word);
  ++finalized;
}

static wasm_trap_t* throw_trap(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  (void)results;
  struct thrower* const thrower = env;
  wasm_trap_t* trap = NULL;
  if (thrower->inner != NULL) {
    trap = wasm_func_call(thrower->inner, NULL, NULL);
    CHECK(trap != NULL);
    if (thrower->swallows) {
      wasm_trap_delete(trap);
      return NULL;
    }
  } else if (thrower->again != NULL) {
    trap = wasm_trap_copy(thrower->again);
  } else {
    wasm_name_t message;
    wasm_name_new_from_string(&message, "mine");
    trap = wasm_trap_new(thrower->store, &message);
    wasm_name_delete(&message);
    wasm_trap_set_host_info_with_finalizer(trap, &word, finalize);
  }
  wasm_trap_delete(thrower->kept);
  thrower->kept = wasm_trap_copy(trap);
  return trap;
}

static wasm_func_t* new_thrower(wasm_store_t* store, struct thrower* thrower) {
  wasm_functype_t* const type = wasm_functype_new_0_0();
  wasm_func_t* const func = wasm_func_new_with_env(store, type, throw_trap, thrower, NULL);
  wasm_functype_delete(type);
  CHECK(func != NULL);
  return func;
}

// An instance of functions that call a host function; after that "divide" divides by zero.
static const char kCaller[] =
    "(module (import \"\" \"throw\" (func $throw))"
    "  (func $nested (call $throw))"
    "  (func (export \"call\") (call $nested))"
    "  (func (export \"divide\") (call $throw) (drop (i32.div_u (i32.const 1) (i32.const 0)))))";

// The trap is what the host function returned, and goes with the copy of it.
static void check_same(wasm_trap_t* trap, struct thrower* thrower, size_t num_frames) {
  CHECK(trap != NULL && trap != thrower->kept);
  CHECK(wasm_trap_same(trap, thrower->kept) && wasm_trap_same(thrower->kept, trap));
  CHECK(wasm_trap_get_host_info(trap) == &word);
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  CHECK(frames.size == num_frames);
  wasm_frame_vec_delete(&frames);
  const int before = finalized;
  check_message(trap, "mine");
  CHECK(finalized == before);
  check_message(thrower->kept, "mine");
  thrower->kept = NULL;
  CHECK(finalized == before + 1);
}

static void through_guests(wasm_engine_t* engine, bool of_store) {
  wasm_store_t* const store = wasm_store_new(engine);
  struct thrower thrower = {of_store ? store : NULL, NULL, false, NULL, NULL};
  wasm_func_t* const host = new_thrower(store, &thrower);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  wasm_instance_t* const instance = instance_with(store, kCaller, 1, externs);
  wasm_func_t* const call = func_of(instance, "call");
  wasm_trap_t* trap = wasm_func_call(call, NULL, NULL);
  wasm_frame_t* const origin = wasm_trap_origin(trap);
  CHECK(wasm_instance_same(wasm_frame_instance(origin), instance));
  wasm_frame_delete(origin);
  check_same(trap, &thrower, 2);
  check_same(trenail_func_call_raw(call, NULL, 0), &thrower, 2);
  // Without a guest in between.
  check_same(wasm_func_call(host, NULL, NULL), &thrower, 0);

  // Out of a start function.
  wasm_module_t* const starts =
      module_of(store, "(module (import \"\" \"throw\" (func $throw)) (start $throw))");
  const wasm_extern_vec_t imports = {1, externs};
  trap = NULL;
  CHECK(wasm_instance_new(store, starts, &imports, &trap) == NULL);
  check_same(trap, &thrower, 0);
  // As an error it is no object any more.
  trenail_linker_t* const linker = trenail_linker_new(store);
  CHECK_OK(trenail_linker_define(linker, "", "throw", externs[0]));
  wasm_instance_t* none = NULL;
  trenail_error_t* const error = trenail_linker_instantiate(linker, starts, &none);
  CHECK(error != NULL && strcmp(trenail_error_message(error), "mine") == 0);
  trenail_error_delete(error);
  trenail_linker_delete(linker);
  const int before = finalized;
  wasm_trap_delete(thrower.kept);
  thrower.kept = NULL;
  CHECK(finalized == before + 1);
  wasm_module_delete(starts);

  // Through an inner call and the outer one, whose guests are all in the trace.
  struct thrower outer = {store, call, false, NULL, NULL};
  wasm_func_t* const outer_host = new_thrower(store, &outer);
  wasm_extern_t* outer_externs[] = {wasm_func_as_extern(outer_host)};
  wasm_instance_t* const outer_instance = instance_with(store, kCaller, 1, outer_externs);
  wasm_func_t* const outer_call = func_of(outer_instance, "call");
  trap = wasm_func_call(outer_call, NULL, NULL);
  CHECK(wasm_trap_same(trap, outer.kept));
  wasm_trap_delete(outer.kept);
  outer.kept = NULL;
  check_same(trap, &thrower, 4);

  // What is swallowed does not come back as what happens afterwards.
  outer.swallows = true;
  wasm_func_t* const divide = func_of(outer_instance, "divide");
  for (int i = 0; i < 10; ++i) {
    trap = wasm_func_call(divide, NULL, NULL);
    CHECK(!wasm_trap_same(trap, thrower.kept) && wasm_trap_get_host_info(trap) == NULL);
    check_message(trap, "integer divide by zero");
  }
  wasm_trap_delete(thrower.kept);

  wasm_func_delete(divide);
  wasm_func_delete(outer_call);
  wasm_instance_delete(outer_instance);
  wasm_func_delete(outer_host);
  wasm_func_delete(call);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
  wasm_store_delete(store);
}

// The same trap may end more than one call; its first frames stay.
static void twice(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  struct thrower thrower = {store, NULL, false, NULL, NULL};
  wasm_func_t* const host = new_thrower(store, &thrower);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  wasm_instance_t* const instance = instance_with(store, kCaller, 1, externs);
  wasm_func_t* const call = func_of(instance, "call");
  wasm_trap_t* const first = wasm_func_call(call, NULL, NULL);
  wasm_trap_t* const second = wasm_func_call(call, NULL, NULL);
  CHECK(!wasm_trap_same(first, second) && wasm_trap_same(second, thrower.kept));
  const int before = finalized;
  wasm_func_delete(call);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
  wasm_store_delete(store);
  // Traps are handles too.
  wasm_trap_delete(first);
  CHECK(finalized == before + 1);
  wasm_trap_delete(second);
  CHECK(finalized == before + 1);
  wasm_trap_delete(thrower.kept);
  CHECK(finalized == before + 2);
}

// Of another store: what it says comes back, and instances of that one do not.
static void from_another_store(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_store_t* const other = wasm_store_new(engine);
  wasm_instance_t* const divides = instance_of(
      other, "(module (func (export \"f\") (drop (i32.div_u (i32.const 1) (i32.const 0)))))");
  struct thrower thrower = {NULL, func_of(divides, "f"), false, NULL, NULL};
  wasm_func_t* const host = new_thrower(store, &thrower);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  wasm_instance_t* const instance = instance_with(store, kCaller, 1, externs);
  wasm_func_t* const call = func_of(instance, "call");
  wasm_trap_t* const trap = wasm_func_call(call, NULL, NULL);
  CHECK(!wasm_trap_same(trap, thrower.kept));
  wasm_trap_delete(thrower.kept);
  wasm_func_delete(thrower.inner);
  wasm_instance_delete(divides);
  wasm_store_delete(other);
  wasm_frame_t* const origin = wasm_trap_origin(trap);
  CHECK(origin != NULL && wasm_frame_instance(origin) == NULL);
  wasm_frame_delete(origin);
  check_message(trap, "integer divide by zero");
  wasm_func_delete(call);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
  wasm_store_delete(store);
}

static bool names_instance(const wasm_trap_t* trap) {
  wasm_frame_t* const origin = wasm_trap_origin(trap);
  CHECK(origin != NULL);
  const bool names = wasm_frame_instance(origin) != NULL;
  wasm_frame_delete(origin);
  return names;
}

// What a guest that calls the host function of the thrower, in a store of its own, ends with.
static wasm_trap_t* end_of_guest(wasm_engine_t* engine, struct thrower* thrower) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_func_t* const host = new_thrower(store, thrower);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  wasm_instance_t* const instance = instance_with(store, kCaller, 1, externs);
  wasm_func_t* const call = func_of(instance, "call");
  wasm_trap_t* const trap = wasm_func_call(call, NULL, NULL);
  wasm_func_delete(call);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
  wasm_store_delete(store);
  return trap;
}

// One of no store goes through one store and then through another: it is the same all the time, but
// no handle shows instances of a store that it does not keep.
static void through_two_stores(wasm_engine_t* engine) {
  struct thrower thrower = {NULL, NULL, false, NULL, NULL};
  wasm_trap_t* const first = end_of_guest(engine, &thrower);
  CHECK(names_instance(first) && !names_instance(thrower.kept));
  thrower.again = wasm_trap_copy(thrower.kept);
  wasm_trap_t* const second = end_of_guest(engine, &thrower);
  CHECK(wasm_trap_same(first, second));
  CHECK(!names_instance(first) && !names_instance(second));
  wasm_trap_delete(first);
  wasm_trap_delete(thrower.again);
  check_same(second, &thrower, 2);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  through_guests(engine, true);
  through_guests(engine, false);
  twice(engine);
  from_another_store(engine);
  through_two_stores(engine);
  wasm_engine_delete(engine);
  return 0;
}
