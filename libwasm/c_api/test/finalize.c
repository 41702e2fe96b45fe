// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Many instances with host info: each is finalized once, when its store goes.

#include "libwasm/c_api/test/check.h"

// More than a store may have by default where its limits are for guests.
enum { kInstances = 12000 };

static int live = 0;
static int64_t sum = 0;

static void finalize(void* data) {
  --live;
  sum += (intptr_t)data;
}

static void run_in(wasm_store_t* store) {
  wasm_module_t* const module = module_of(
      store,
      "(module (memory 1) (func (export \"f\")) (func (export \"g\")) (func (export \"h\")))");
  for (int i = 1; i <= kInstances; ++i) {
    const wasm_extern_vec_t imports = WASM_EMPTY_VEC;
    wasm_instance_t* const instance = wasm_instance_new(store, module, &imports, NULL);
    CHECK(instance != NULL);
    wasm_instance_set_host_info_with_finalizer(instance, (void*)(intptr_t)i, finalize);
    wasm_instance_t* const copy = wasm_instance_copy(instance);
    wasm_instance_delete(instance);
    CHECK(wasm_instance_get_host_info(copy) == (void*)(intptr_t)i);
    wasm_instance_delete(copy);
    ++live;
  }
  wasm_module_delete(module);
}

int main(void) {
  const int64_t sum_of_one = (int64_t)kInstances * (kInstances + 1) / 2;
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store1 = wasm_store_new(engine);
  run_in(store1);
  wasm_store_t* const store2 = wasm_store_new(engine);
  run_in(store2);
  CHECK(live == 2 * kInstances);
  wasm_store_delete(store2);
  CHECK(live == kInstances && sum == sum_of_one);
  run_in(store1);
  CHECK(live == 2 * kInstances);
  wasm_store_delete(store1);
  CHECK(live == 0 && sum == 3 * sum_of_one);

  // Another info finalizes the one before, an object the last one.
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_foreign_t* const foreign = wasm_foreign_new(store);
  sum = 0;
  live = 2;
  wasm_foreign_set_host_info_with_finalizer(foreign, (void*)1, finalize);
  wasm_foreign_set_host_info_with_finalizer(foreign, (void*)2, finalize);
  CHECK(live == 1 && sum == 1);
  wasm_foreign_t* const copy = wasm_foreign_copy(foreign);
  wasm_foreign_delete(foreign);
  CHECK(live == 1 && wasm_foreign_get_host_info(copy) == (void*)2);
  wasm_foreign_delete(copy);
  CHECK(live == 0 && sum == 3);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
