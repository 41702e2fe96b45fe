// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host functions with and without an environment, and its finalizer.

#include "libwasm/c_api/test/check.h"

static int printed = 0;
static int finalized = 0;

static wasm_trap_t* print(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 1 && args->data[0].kind == WASM_I32);
  printed = args->data[0].of.i32;
  // The results have their kinds already.
  CHECK(results->size == 1 && results->data[0].kind == WASM_I32 && results->data[0].of.i32 == 0);
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static wasm_trap_t* closure(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 0);
  results->data[0].of.i32 = *(const int*)env;
  return NULL;
}

static void finalize(void* env) {
  CHECK(*(int*)env == 42);
  ++finalized;
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);

  wasm_functype_t* const print_type =
      wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* const print_func = wasm_func_new(store, print_type, print);
  wasm_functype_delete(print_type);
  int number = 42;
  wasm_functype_t* const closure_type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* const closure_func =
      wasm_func_new_with_env(store, closure_type, closure, &number, finalize);
  wasm_functype_delete(closure_type);

  wasm_extern_t* externs[] = {wasm_func_as_extern(print_func), wasm_func_as_extern(closure_func)};
  wasm_instance_t* const instance = instance_with(
      store,
      "(module"
      "  (import \"\" \"print\" (func $print (param i32) (result i32)))"
      "  (import \"\" \"closure\" (func $closure (result i32)))"
      "  (func (export \"run\") (param i32 i32) (result i32)"
      "    (i32.add (call $print (i32.add (local.get 0) (local.get 1))) (call $closure))))",
      2, externs);
  wasm_func_delete(print_func);
  wasm_func_delete(closure_func);
  CHECK(finalized == 0);

  wasm_func_t* const run = func_of(instance, "run");
  wasm_instance_delete(instance);
  CHECK(call_i32(run, 2, (const int32_t[]){3, 4}) == 49);
  CHECK(printed == 7);
  CHECK(call_i32(run, 2, (const int32_t[]){-1, -2}) == 39);
  CHECK(printed == -3);

  wasm_func_delete(run);
  CHECK(finalized == 0);
  wasm_store_delete(store);
  CHECK(finalized == 1);
  wasm_engine_delete(engine);
  return 0;
}
