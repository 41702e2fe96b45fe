// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Globals, imported and exported, through the API and through calls.

#include "libwasm/c_api/test/check.h"

static wasm_global_t* new_global(wasm_store_t* store, wasm_valkind_t kind, wasm_mutability_t mut,
                                 const wasm_val_t* value) {
  wasm_globaltype_t* const type = wasm_globaltype_new(wasm_valtype_new(kind), mut);
  wasm_global_t* const global = wasm_global_new(store, type, value);
  CHECK(global != NULL);
  wasm_globaltype_delete(type);
  return global;
}

static wasm_global_t* global_at(const wasm_extern_vec_t* exports, size_t index) {
  wasm_global_t* const global = wasm_extern_as_global(exports->data[index]);
  CHECK(global != NULL && wasm_extern_as_func(exports->data[index]) == NULL);
  return global;
}

static void check_f32(const wasm_global_t* global, float expected) {
  wasm_val_t value;
  wasm_global_get(global, &value);
  CHECK(value.kind == WASM_F32 && value.of.f32 == expected);
}
static void check_i64(const wasm_global_t* global, int64_t expected) {
  wasm_val_t value;
  wasm_global_get(global, &value);
  CHECK(value.kind == WASM_I64 && value.of.i64 == expected);
}

// What the exported functions get and set.
static wasm_val_t get(const wasm_instance_t* instance, const char* name) {
  wasm_func_t* const func = func_of(instance, name);
  wasm_val_t value[1];
  wasm_val_vec_t results = WASM_ARRAY_VEC(value);
  CHECK(wasm_func_call(func, NULL, &results) == NULL);
  wasm_func_delete(func);
  return value[0];
}
static void set(const wasm_instance_t* instance, const char* name, wasm_val_t value) {
  wasm_func_t* const func = func_of(instance, name);
  const wasm_val_vec_t args = {1, &value};
  CHECK(wasm_func_call(func, &args, NULL) == NULL);
  wasm_func_delete(func);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);

  const wasm_val_t one = WASM_F32_VAL(1), two = WASM_I64_VAL(2);
  const wasm_val_t three = WASM_F32_VAL(3), four = WASM_I64_VAL(4);
  wasm_global_t* const const_f32 = new_global(store, WASM_F32, WASM_CONST, &one);
  wasm_global_t* const const_i64 = new_global(store, WASM_I64, WASM_CONST, &two);
  wasm_global_t* const var_f32 = new_global(store, WASM_F32, WASM_VAR, &three);
  wasm_global_t* const var_i64 = new_global(store, WASM_I64, WASM_VAR, &four);

  wasm_extern_t* externs[] = {wasm_global_as_extern(const_f32), wasm_global_as_extern(const_i64),
                              wasm_global_as_extern(var_f32), wasm_global_as_extern(var_i64)};
  wasm_instance_t* const instance =
      instance_with(store,
                    "(module"
                    "  (global $ic32 (import \"g\" \"const f32\") f32)"
                    "  (global $ic64 (import \"g\" \"const i64\") i64)"
                    "  (global $iv32 (import \"g\" \"var f32\") (mut f32))"
                    "  (global $iv64 (import \"g\" \"var i64\") (mut i64))"
                    "  (global $c32 (export \"c32\") f32 (f32.const 5))"
                    "  (global $c64 (export \"c64\") i64 (i64.const 6))"
                    "  (global $v32 (export \"v32\") (mut f32) (f32.const 7))"
                    "  (global $v64 (export \"v64\") (mut i64) (i64.const 8))"
                    "  (func (export \"get ic32\") (result f32) global.get $ic32)"
                    "  (func (export \"get ic64\") (result i64) global.get $ic64)"
                    "  (func (export \"get iv32\") (result f32) global.get $iv32)"
                    "  (func (export \"get iv64\") (result i64) global.get $iv64)"
                    "  (func (export \"get v32\") (result f32) global.get $v32)"
                    "  (func (export \"get v64\") (result i64) global.get $v64)"
                    "  (func (export \"set iv32\") (param f32) local.get 0 global.set $iv32)"
                    "  (func (export \"set iv64\") (param i64) local.get 0 global.set $iv64)"
                    "  (func (export \"set v32\") (param f32) local.get 0 global.set $v32)"
                    "  (func (export \"set v64\") (param i64) local.get 0 global.set $v64))",
                    4, externs);

  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 14);
  wasm_global_t* const c32 = global_at(&exports, 0);
  wasm_global_t* const c64 = global_at(&exports, 1);
  wasm_global_t* const v32 = global_at(&exports, 2);
  wasm_global_t* const v64 = global_at(&exports, 3);

  wasm_global_t* const copy = wasm_global_copy(var_f32);
  CHECK(wasm_global_same(copy, var_f32) && !wasm_global_same(copy, v32));
  wasm_global_delete(copy);

  check_f32(const_f32, 1);
  check_i64(const_i64, 2);
  check_f32(var_f32, 3);
  check_i64(var_i64, 4);
  check_f32(c32, 5);
  check_i64(c64, 6);
  check_f32(v32, 7);
  check_i64(v64, 8);
  CHECK(get(instance, "get ic32").of.f32 == 1);
  CHECK(get(instance, "get ic64").of.i64 == 2);
  CHECK(get(instance, "get iv32").of.f32 == 3);
  CHECK(get(instance, "get iv64").of.i64 == 4);

  const wasm_val_t v33 = WASM_F32_VAL(33), v34 = WASM_I64_VAL(34);
  wasm_global_set(var_f32, &v33);
  wasm_global_set(var_i64, &v34);
  wasm_global_set(v32, &v33);
  wasm_global_set(v64, &v34);
  CHECK(get(instance, "get iv32").of.f32 == 33);
  CHECK(get(instance, "get iv64").of.i64 == 34);
  CHECK(get(instance, "get v32").of.f32 == 33);
  CHECK(get(instance, "get v64").of.i64 == 34);

  set(instance, "set iv32", (wasm_val_t)WASM_F32_VAL(73));
  set(instance, "set iv64", (wasm_val_t)WASM_I64_VAL(74));
  set(instance, "set v32", (wasm_val_t)WASM_F32_VAL(77));
  set(instance, "set v64", (wasm_val_t)WASM_I64_VAL(78));
  check_f32(var_f32, 73);
  check_i64(var_i64, 74);
  check_f32(v32, 77);
  check_i64(v64, 78);

  // What cannot be: nothing happens, and there is a reason.
  CHECK(trenail_last_error() == NULL);
  wasm_global_set(const_f32, &v33);
  check_f32(const_f32, 1);
  trenail_error_t* error = trenail_last_error();
  CHECK(error != NULL && strstr(trenail_error_message(error), "immutable") != NULL);
  trenail_error_delete(error);
  wasm_global_set(var_f32, &v34);
  check_f32(var_f32, 73);
  error = trenail_last_error();
  CHECK(error != NULL && trenail_last_error() == NULL);
  trenail_error_delete(error);
  wasm_globaltype_t* const type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  CHECK(wasm_global_new(store, type, &v33) == NULL);
  trenail_error_delete(trenail_last_error());
  wasm_globaltype_delete(type);

  wasm_global_delete(const_f32);
  wasm_global_delete(const_i64);
  wasm_global_delete(var_f32);
  wasm_global_delete(var_i64);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
