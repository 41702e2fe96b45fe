// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A table of functions, changed from outside, called through from inside.

#include "libwasm/c_api/test/check.h"

static wasm_trap_t* negate(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = -args->data[0].of.i32;
  return NULL;
}

static void check_at(const wasm_table_t* table, uint32_t index, const wasm_func_t* expected) {
  wasm_ref_t* const ref = wasm_table_get(table, index);
  CHECK(wasm_ref_same(ref, wasm_func_as_ref_const(expected)));
  wasm_ref_delete(ref);
}
static int32_t call_at(const wasm_func_t* call, int32_t argument, int32_t index) {
  return call_i32(call, 2, (const int32_t[]){argument, index});
}
static void check_trap(const wasm_func_t* call, int32_t index, const char* message) {
  wasm_val_t values[] = {WASM_I32_VAL(0), WASM_I32_VAL(index)}, result[1] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(values);
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  check_message(wasm_func_call(call, &args, &results), message);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_instance_t* const instance =
      instance_of(store,
                  "(module (table (export \"table\") 2 10 funcref)"
                  "  (func (export \"call\") (param i32 i32) (result i32)"
                  "    (call_indirect (param i32) (result i32) (local.get 0) (local.get 1)))"
                  "  (func $f (export \"f\") (param i32) (result i32) local.get 0)"
                  "  (func (export \"g\") (param i32) (result i32) i32.const 666)"
                  "  (elem (i32.const 1) $f))");
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_table_t* const table = wasm_extern_as_table(exports.data[0]);
  wasm_func_t* const call = wasm_extern_as_func(exports.data[1]);
  wasm_func_t* const f = wasm_extern_as_func(exports.data[2]);
  wasm_func_t* const g = wasm_extern_as_func(exports.data[3]);
  wasm_functype_t* const type =
      wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* const h = wasm_func_new(store, type, negate);
  wasm_functype_delete(type);

  wasm_table_t* const copy = wasm_table_copy(table);
  CHECK(wasm_table_same(table, copy));
  wasm_table_delete(copy);

  CHECK(wasm_table_size(table) == 2);
  check_at(table, 0, NULL);
  check_at(table, 1, f);
  check_trap(call, 0, "uninitialized element 0");
  CHECK(call_at(call, 7, 1) == 7);
  check_trap(call, 2, "undefined element");

  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(g)));
  CHECK(wasm_table_set(table, 1, NULL));
  CHECK(!wasm_table_set(table, 2, wasm_func_as_ref(f)));
  check_at(table, 0, g);
  check_at(table, 1, NULL);
  CHECK(call_at(call, 7, 0) == 666);
  check_trap(call, 1, "uninitialized element 1");

  CHECK(wasm_table_grow(table, 3, NULL));
  CHECK(wasm_table_size(table) == 5);
  CHECK(wasm_table_set(table, 2, wasm_func_as_ref(f)));
  CHECK(wasm_table_set(table, 3, wasm_func_as_ref(h)));
  CHECK(!wasm_table_set(table, 5, NULL));
  check_at(table, 3, h);
  CHECK(call_at(call, 5, 2) == 5);
  CHECK(call_at(call, 6, 3) == -6);
  check_trap(call, 4, "uninitialized element 4");
  CHECK(wasm_table_grow(table, 2, wasm_func_as_ref(f)));
  CHECK(wasm_table_size(table) == 7);
  check_at(table, 6, f);
  CHECK(!wasm_table_grow(table, 5, NULL));
  CHECK(wasm_table_grow(table, 3, NULL));
  CHECK(wasm_table_grow(table, 0, NULL));
  // Only functions.
  wasm_foreign_t* const foreign = wasm_foreign_new(store);
  CHECK(!wasm_table_set(table, 0, wasm_foreign_as_ref(foreign)));
  check_at(table, 0, g);
  wasm_foreign_delete(foreign);

  const wasm_limits_t five = {5, 5};
  wasm_tabletype_t* const table_type = wasm_tabletype_new(wasm_valtype_new_funcref(), &five);
  wasm_table_t* const own_table = wasm_table_new(store, table_type, wasm_func_as_ref(h));
  CHECK(wasm_table_size(own_table) == 5);
  check_at(own_table, 4, h);
  CHECK(!wasm_table_grow(own_table, 1, NULL));
  CHECK(wasm_table_grow(own_table, 0, NULL));
  wasm_tabletype_delete(table_type);
  wasm_table_delete(own_table);
  trenail_error_delete(trenail_last_error());

  wasm_func_delete(h);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
