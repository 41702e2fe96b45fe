// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One module on many threads, in a store of each.

#include <pthread.h>

#include "libwasm/c_api/test/check.h"

enum { kThreads = 10, kRounds = 20 };

struct task {
  wasm_engine_t* engine;
  const wasm_shared_module_t* module;
  int id;
  int calls;
};

static wasm_trap_t* count(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  struct task* const task = env;
  CHECK(args->data[0].kind == WASM_I32 && args->data[0].of.i32 == task->id);
  ++task->calls;
  return NULL;
}

static void* run(void* arg) {
  struct task* const task = arg;
  wasm_store_t* const store = wasm_store_new(task->engine);
  wasm_module_t* const module = wasm_module_obtain(store, task->module);
  CHECK(module != NULL);
  for (int i = 0; i < kRounds; ++i) {
    wasm_functype_t* const func_type = wasm_functype_new_1_0(wasm_valtype_new_i32());
    wasm_func_t* const func = wasm_func_new_with_env(store, func_type, count, task, NULL);
    wasm_functype_delete(func_type);
    const wasm_val_t id = WASM_I32_VAL(task->id);
    wasm_globaltype_t* const global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
    wasm_global_t* const global = wasm_global_new(store, global_type, &id);
    wasm_globaltype_delete(global_type);

    wasm_extern_t* externs[] = {wasm_func_as_extern(func), wasm_global_as_extern(global)};
    const wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
    wasm_instance_t* const instance = wasm_instance_new(store, module, &imports, NULL);
    CHECK(instance != NULL);
    wasm_func_delete(func);
    wasm_global_delete(global);
    wasm_func_t* const run_func = func_of(instance, "run");
    wasm_instance_delete(instance);
    CHECK(wasm_func_call(run_func, NULL, NULL) == NULL);
    wasm_func_delete(run_func);
  }
  wasm_module_delete(module);
  wasm_store_delete(store);
  return NULL;
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module =
      module_of(store,
                "(module (import \"\" \"count\" (func $count (param i32)))"
                "  (global $id (import \"\" \"id\") i32)"
                "  (func (export \"run\") (call $count (global.get $id))))");
  wasm_shared_module_t* const shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(store);

  // Of another engine it is not to be had.
  wasm_engine_t* const other_engine = wasm_engine_new();
  wasm_store_t* const other_store = wasm_store_new(other_engine);
  CHECK(wasm_module_obtain(other_store, shared) == NULL);
  trenail_error_delete(trenail_last_error());
  wasm_store_delete(other_store);
  wasm_engine_delete(other_engine);

  pthread_t threads[kThreads];
  struct task tasks[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    tasks[i] = (struct task){engine, shared, i, 0};
    CHECK(pthread_create(&threads[i], NULL, run, &tasks[i]) == 0);
  }
  for (int i = 0; i < kThreads; ++i) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(tasks[i].calls == kRounds);
  }
  wasm_shared_module_delete(shared);
  wasm_engine_delete(engine);
  return 0;
}
