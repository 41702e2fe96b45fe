// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Traps of guests and of host functions, with what is known of them.

#include "libwasm/c_api/test/check.h"

static wasm_trap_t* fail(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 0 && results->size == 1);
  wasm_name_t message;
  wasm_name_new_from_string_nt(&message, "callback abort");
  wasm_trap_t* const trap = wasm_trap_new(env, &message);
  wasm_name_delete(&message);
  return trap;
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_functype_t* const type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* const fail_func = wasm_func_new_with_env(store, type, fail, store, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* externs[] = {wasm_func_as_extern(fail_func)};
  wasm_instance_t* const instance =
      instance_with(store,
                    "(module $traps"
                    "  (import \"\" \"fail\" (func $fail (result i32)))"
                    "  (func $outer (export \"callback\") (result i32) call $inner)"
                    "  (func $inner (result i32) (call $fail))"
                    "  (func $divide (export \"divide\") (result i32)"
                    "    (i32.div_u (i32.const 1) (i32.const 0)))"
                    "  (tag $tag)"
                    "  (func (export \"throw\") (result i32) throw $tag)"
                    "  (func $deep (export \"deep\") (result i32) call $deep))",
                    1, externs);
  wasm_func_delete(fail_func);

  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_func_t* func = func_of(instance, "callback");
  wasm_trap_t* trap = wasm_func_call(func, NULL, &results);
  wasm_func_delete(func);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2);
  CHECK(wasm_frame_func_index(trace.data[0]) == 2 && wasm_frame_func_index(trace.data[1]) == 1);
  CHECK(wasm_frame_func_offset(trace.data[0]) == 1 && wasm_frame_func_offset(trace.data[1]) == 1);
  CHECK(wasm_instance_same(wasm_frame_instance(trace.data[0]), instance));
  wasm_frame_t* const copy = wasm_frame_copy(trace.data[0]);
  wasm_frame_vec_delete(&trace);
  CHECK(wasm_frame_func_index(copy) == 2);
  trenail_frame_info_t info;
  trenail_frame_info(copy, &info);
  CHECK(strcmp(info.module_name, "traps") == 0 && strcmp(info.function_name, "inner") == 0);
  CHECK(info.code_offset == wasm_frame_module_offset(copy) && info.source_line == 0);
  wasm_frame_delete(copy);
  trenail_error_t* error = trenail_trap_error(trap);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_TRAP);
  CHECK(trenail_error_num_frames(error) == 2);
  CHECK(trenail_error_frame(error, 1, &info) && strcmp(info.function_name, "outer") == 0);
  CHECK(!trenail_error_frame(error, 2, &info));
  trenail_error_delete(error);
  check_message(trap, "callback abort");

  func = func_of(instance, "divide");
  trap = wasm_func_call(func, NULL, &results);
  wasm_func_delete(func);
  wasm_frame_t* const origin = wasm_trap_origin(trap);
  CHECK(wasm_frame_func_index(origin) == 3 && wasm_frame_func_offset(origin) == 5);
  wasm_frame_delete(origin);
  // A trap is an object like others.
  wasm_trap_t* const trap_copy = wasm_trap_copy(trap);
  wasm_trap_set_host_info(trap, &result);
  CHECK(wasm_trap_same(trap, trap_copy) && wasm_trap_get_host_info(trap_copy) == &result);
  CHECK(wasm_ref_as_trap(wasm_trap_as_ref(trap)) == trap);
  wasm_trap_delete(trap);
  check_message(trap_copy, "integer divide by zero");

  func = func_of(instance, "throw");
  trap = wasm_func_call(func, NULL, &results);
  wasm_func_delete(func);
  error = trenail_trap_error(trap);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_EXCEPTION);
  trenail_error_delete(error);
  wasm_trap_delete(trap);

  func = func_of(instance, "deep");
  trap = wasm_func_call(func, NULL, &results);
  wasm_func_delete(func);
  error = trenail_trap_error(trap);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_EXHAUSTED);
  trenail_error_delete(error);
  check_message(trap, "call stack exhausted");

  // One of no store, without a zero at its end.
  wasm_name_t message;
  wasm_name_new_from_string(&message, "no store");
  trap = wasm_trap_new(NULL, &message);
  wasm_name_delete(&message);
  CHECK(wasm_trap_origin(trap) == NULL);
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 0);
  check_message(trap, "no store");

  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
