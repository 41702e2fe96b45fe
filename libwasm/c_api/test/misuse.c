// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must be defined although nobody should do it: wrong arguments, callbacks that fail, call
// back, or delete what they run in, and handles that are given up in any order.

#include "libwasm/c_api/test/check.h"

static const char kAdd[] =
    "(module (func (export \"add\") (param i32 i32) (result i32)"
    "  (i32.add (local.get 0) (local.get 1))))";

static wasm_func_t* host_func(wasm_store_t* store, wasm_functype_t* type,
                              wasm_func_callback_with_env_t callback, void* env) {
  wasm_func_t* const func = wasm_func_new_with_env(store, type, callback, env, NULL);
  wasm_functype_delete(type);
  CHECK(func != NULL);
  return func;
}

static void wrong_arguments(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_instance_t* const instance = instance_of(store, kAdd);
  wasm_func_t* const add = func_of(instance, "add");
  wasm_val_t values[] = {WASM_I32_VAL(1), WASM_I64_VAL(2), WASM_I32_VAL(3)};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  wasm_val_vec_t args = {3, values};
  check_message(wasm_func_call(add, &args, &results), "the function takes 2 arguments, not 3");
  args.size = 2;
  check_message(wasm_func_call(add, &args, &results),
                "argument 2: a value of another kind where a i32 is wanted");
  values[1] = (wasm_val_t)WASM_REF_VAL(NULL);
  check_message(wasm_func_call(add, &args, &results),
                "argument 2: a reference where a i32 is wanted");
  values[1] = (wasm_val_t)WASM_I32_VAL(2);
  // Results are dropped where there is no room for them.
  CHECK(wasm_func_call(add, &args, &none) == NULL && none.size == 0);
  CHECK(wasm_func_call(add, &args, &results) == NULL && result[0].of.i32 == 3);
  uint64_t slots[2] = {1, 2};
  check_message(trenail_func_call_raw(add, slots, 1), "the call needs 2 slots, not 1");
  CHECK(trenail_func_call_raw(add, slots, 2) == NULL && slots[0] == 3);
  wasm_func_delete(add);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
}

static void other_stores(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_store_t* const other = wasm_store_new(engine);
  wasm_instance_t* const exporter = instance_of(other, kAdd);
  wasm_func_t* const add = func_of(exporter, "add");
  wasm_module_t* const module =
      module_of(store, "(module (import \"m\" \"add\" (func (param i32 i32) (result i32))))");
  wasm_extern_t* externs[] = {wasm_func_as_extern(add)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL);
  check_message(trap, "the import \"m\" \"add\" is of another store");
  externs[0] = NULL;
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL);
  check_message(trap, "the import \"m\" \"add\" is missing");
  imports.size = 0;
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL);
  check_message(trap, "the module has 1 imports, not 0");

  // Of another type.
  wasm_instance_t* const memory = instance_of(store, "(module (memory (export \"add\") 1))");
  externs[0] = trenail_instance_export(memory, "add");
  imports.size = 1;
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL);
  trenail_error_t* const error = trenail_trap_error(trap);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_UNLINKABLE);
  trenail_error_delete(error);
  wasm_trap_delete(trap);
  wasm_extern_delete(externs[0]);
  wasm_instance_delete(memory);

  wasm_instance_t* const holder = instance_of(
      store,
      "(module (table (export \"t\") 1 externref) (global (export \"g\") (mut externref)"
      "  (ref.null extern)) (func (export \"f\") (param externref)))");
  wasm_foreign_t* const foreign = wasm_foreign_new(other);
  wasm_val_t values[] = {WASM_REF_VAL(wasm_foreign_as_ref(foreign))};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(values);
  wasm_func_t* const f = func_of(holder, "f");
  check_message(wasm_func_call(f, &args, NULL), "argument 1: a reference of another store");
  wasm_extern_t* const table = trenail_instance_export(holder, "t");
  CHECK(!wasm_table_set(wasm_extern_as_table(table), 0, wasm_foreign_as_ref(foreign)));
  wasm_extern_t* const global = trenail_instance_export(holder, "g");
  wasm_global_set(wasm_extern_as_global(global), &values[0]);
  wasm_val_t got;
  wasm_global_get(wasm_extern_as_global(global), &got);
  CHECK(got.of.ref == NULL);
  trenail_error_delete(trenail_last_error());
  wasm_extern_delete(table);
  wasm_extern_delete(global);
  wasm_func_delete(f);
  wasm_foreign_delete(foreign);
  wasm_instance_delete(holder);

  // A module belongs to an engine.
  wasm_engine_t* const other_engine = wasm_engine_new();
  wasm_store_t* const third = wasm_store_new(other_engine);
  CHECK(wasm_instance_new(third, module, NULL, &trap) == NULL);
  check_message(trap, "the module is one of another engine");
  wasm_store_delete(third);
  wasm_engine_delete(other_engine);

  wasm_module_delete(module);
  wasm_func_delete(add);
  wasm_instance_delete(exporter);
  wasm_store_delete(other);
  wasm_store_delete(store);
}

// ---- callbacks ---------------------------------------------------------------------------------

struct world {
  wasm_store_t* store;
  wasm_instance_t* instance;
  wasm_func_t* func;
  int calls;
};

// 1 + 2 + … + n, by way of the guest each time.
static wasm_trap_t* sum_below(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  struct world* const world = env;
  ++world->calls;
  return wasm_func_call(world->func, args, results);
}

static void call_again(wasm_engine_t* engine) {
  struct world world = {wasm_store_new(engine), NULL, NULL, 0};
  wasm_func_t* const host =
      host_func(world.store, wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32()),
                sum_below, &world);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  world.instance =
      instance_with(world.store,
                    "(module (import \"\" \"sum\" (func $sum (param i32) (result i32)))"
                    "  (func (export \"f\") (param i32) (result i32)"
                    "    (if (result i32) (local.get 0)"
                    "      (then (i32.add (local.get 0)"
                    "                     (call $sum (i32.sub (local.get 0) (i32.const 1)))))"
                    "      (else (i32.const 0)))))",
                    1, externs);
  wasm_func_delete(host);
  world.func = func_of(world.instance, "f");
  CHECK(call_i32(world.func, 1, (const int32_t[]){50}) == 1275);
  CHECK(world.calls == 50);

  // Without an end it ends in a trap, which passes through all of them.
  wasm_val_t value[] = {WASM_I32_VAL(-1)}, result[1] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(value);
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_trap_t* const trap = wasm_func_call(world.func, &args, &results);
  trenail_error_t* const error = trenail_trap_error(trap);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_EXHAUSTED);
  trenail_error_delete(error);
  check_message(trap, "call stack exhausted");
  CHECK(call_i32(world.func, 1, (const int32_t[]){3}) == 6);
  wasm_func_delete(world.func);
  wasm_instance_delete(world.instance);
  wasm_store_delete(world.store);
}

static wasm_trap_t* exit_three(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  // References that it has set before it fails are not lost.
  results->data[0].of.ref = wasm_foreign_as_ref(wasm_foreign_new(env));
  return trenail_error_to_trap(env, trenail_error_new_exit(3));
}
static wasm_trap_t* wrong_kind(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)env;
  (void)args;
  results->data[0] = (wasm_val_t)WASM_I64_VAL(1);
  return NULL;
}

static void fail_and_mislead(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_func_t* func =
      host_func(store, wasm_functype_new_0_1(wasm_valtype_new_externref()), exit_three, store);
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  // Host functions can be called directly.
  wasm_trap_t* trap = wasm_func_call(func, NULL, &results);
  trenail_error_t* error = trenail_trap_error(trap);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_EXIT && trenail_error_exit_code(error) == 3);
  trenail_error_delete(error);
  wasm_trap_delete(trap);
  CHECK(result[0].of.ref == NULL);
  wasm_func_delete(func);

  func = host_func(store, wasm_functype_new_0_1(wasm_valtype_new_i32()), wrong_kind, NULL);
  check_message(wasm_func_call(func, NULL, &results),
                "a host function returned a value of another kind where a i32 is wanted");
  wasm_func_delete(func);
  wasm_store_delete(store);
}

static int finalized = 0;
static void count_finalized(void* env) {
  (void)env;
  ++finalized;
}

// Gives up everything that there is, in the middle of a call.
static wasm_trap_t* give_up(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  struct world* const world = env;
  wasm_func_delete(world->func);
  wasm_instance_delete(world->instance);
  wasm_store_delete(world->store);
  CHECK(finalized == 0);
  results->data[0].of.i32 = 41;
  return NULL;
}

static void delete_in_callback(wasm_engine_t* engine) {
  for (int traps = 0; traps < 2; ++traps) {
    finalized = 0;
    struct world world = {wasm_store_new(engine), NULL, NULL, 0};
    wasm_functype_t* const type = wasm_functype_new_0_1(wasm_valtype_new_i32());
    wasm_func_t* const host =
        wasm_func_new_with_env(world.store, type, give_up, &world, count_finalized);
    wasm_functype_delete(type);
    wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
    world.instance =
        instance_with(world.store,
                      "(module (import \"\" \"give up\" (func $give_up (result i32)))"
                      "  (memory 1)"
                      "  (func (export \"0\") (result i32)"
                      "    (i32.store (i32.const 0) (i32.add (call $give_up) (i32.const 1)))"
                      "    (i32.load (i32.const 0)))"
                      "  (func (export \"1\") (result i32) call $give_up unreachable))",
                      1, externs);
    wasm_func_delete(host);
    world.func = func_of(world.instance, traps == 0 ? "0" : "1");
    wasm_val_t result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t results = WASM_ARRAY_VEC(result);
    // The guest goes on to its end; then its store goes.
    wasm_trap_t* const trap = wasm_func_call(world.func, NULL, &results);
    if (traps == 0) {
      CHECK(trap == NULL && result[0].of.i32 == 42);
    } else {
      // A trap is a handle, too.
      CHECK(finalized == 0);
      wasm_frame_t* const origin = wasm_trap_origin(trap);
      check_message(trap, "unreachable");
      CHECK(finalized == 0);
      CHECK(wasm_frame_instance(origin) != NULL && wasm_frame_func_index(origin) == 2);
      wasm_frame_delete(origin);
    }
    CHECK(finalized == 1);
  }
}

static void any_order(wasm_engine_t* ignored) {
  (void)ignored;
  // The engine first, then the store, and what is in it last.
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_engine_delete(engine);
  wasm_module_t* const module = module_of(
      store,
      "(module (memory (export \"m\") 1) (global (export \"g\") i32 (i32.const 7))"
      "  (table (export \"t\") 1 funcref) (func (export \"f\") (result i32) i32.const 9))");
  wasm_instance_t* const instance = wasm_instance_new(store, module, NULL, NULL);
  wasm_foreign_t* const foreign = wasm_foreign_new(store);
  wasm_store_delete(store);
  wasm_module_delete(module);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 4);
  wasm_instance_delete(instance);
  wasm_memory_t* const memory = wasm_extern_as_memory(exports.data[0]);
  CHECK(wasm_memory_grow(memory, 1) && wasm_memory_data(memory)[0x1ffff] == 0);
  wasm_val_t value;
  wasm_global_get(wasm_extern_as_global(exports.data[1]), &value);
  CHECK(value.of.i32 == 7);
  CHECK(call_i32(wasm_extern_as_func(exports.data[3]), 0, NULL) == 9);
  wasm_extern_vec_delete(&exports);
  wasm_foreign_delete(foreign);

  // NULL is nothing to delete.
  wasm_engine_delete(NULL);
  wasm_store_delete(NULL);
  wasm_config_delete(NULL);
  wasm_module_delete(NULL);
  wasm_instance_delete(NULL);
  wasm_func_delete(NULL);
  wasm_trap_delete(NULL);
  wasm_frame_delete(NULL);
  wasm_functype_delete(NULL);
  wasm_externtype_delete(NULL);
  wasm_importtype_delete(NULL);
  wasm_exporttype_delete(NULL);
  wasm_val_delete(NULL);
  wasm_byte_vec_delete(NULL);
  trenail_error_delete(NULL);
  CHECK(wasm_functype_copy(NULL) == NULL && wasm_module_copy(NULL) == NULL);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wrong_arguments(engine);
  other_stores(engine);
  call_again(engine);
  fail_and_mislead(engine);
  delete_in_callback(engine);
  any_order(engine);
  wasm_engine_delete(engine);
  return 0;
}
