// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Several results, out of a host function and out of a guest.

#include "libwasm/c_api/test/check.h"

static wasm_trap_t* reverse(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 5 && results->size == 5);
  for (size_t i = 0; i < 5; ++i) wasm_val_copy(&results->data[i], &args->data[4 - i]);
  return NULL;
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);

  wasm_valtype_t* types[] = {wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                             wasm_valtype_new_f64(), wasm_valtype_new_i32()};
  wasm_valtype_t* reversed[] = {wasm_valtype_new_i32(), wasm_valtype_new_f64(),
                                wasm_valtype_new_f32(), wasm_valtype_new_i64(),
                                wasm_valtype_new_i32()};
  wasm_valtype_vec_t params, results_types;
  wasm_valtype_vec_new(&params, 5, types);
  wasm_valtype_vec_new(&results_types, 5, reversed);
  wasm_functype_t* const type = wasm_functype_new(&params, &results_types);
  CHECK(params.size == 0 && results_types.size == 0);
  wasm_func_t* const reverse_func = wasm_func_new(store, type, reverse);
  wasm_functype_delete(type);

  wasm_extern_t* externs[] = {wasm_func_as_extern(reverse_func)};
  wasm_instance_t* const instance = instance_with(
      store,
      "(module"
      "  (import \"\" \"f\" (func $f (param i32 i64 f32 f64 i32) (result i32 f64 f32 i64 i32)))"
      "  (func (export \"g\") (param i32 i64 f32 f64 i32) (result i32 f64 f32 i64 i32)"
      "    (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4))))",
      1, externs);
  wasm_func_delete(reverse_func);
  wasm_func_t* const func = func_of(instance, "g");
  CHECK(wasm_func_param_arity(func) == 5 && wasm_func_result_arity(func) == 5);

  wasm_val_t values[] = {WASM_I32_VAL(-1), WASM_I64_VAL(INT64_MIN), WASM_F32_VAL(2.5f),
                         WASM_F64_VAL(-0.125), WASM_I32_VAL(INT32_MAX)};
  wasm_val_t out[5] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(values);
  wasm_val_vec_t results = WASM_ARRAY_VEC(out);
  CHECK(wasm_func_call(func, &args, &results) == NULL);
  CHECK(out[0].kind == WASM_I32 && out[0].of.i32 == INT32_MAX);
  CHECK(out[1].kind == WASM_F64 && out[1].of.f64 == -0.125);
  CHECK(out[2].kind == WASM_F32 && out[2].of.f32 == 2.5f);
  CHECK(out[3].kind == WASM_I64 && out[3].of.i64 == INT64_MIN);
  CHECK(out[4].kind == WASM_I32 && out[4].of.i32 == -1);

  wasm_func_delete(func);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
