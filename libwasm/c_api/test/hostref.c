// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References of the host in globals, tables and calls of a guest.

#include "libwasm/c_api/test/check.h"

static void* seen = NULL;

static wasm_trap_t* pass(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->data[0].kind == WASM_EXTERNREF);
  seen = args->data[0].of.ref != NULL ? wasm_ref_get_host_info(args->data[0].of.ref) : NULL;
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

// Deletes `actual`.
static void check_same(wasm_ref_t* actual, const wasm_ref_t* expected) {
  CHECK(wasm_ref_same(actual, expected));
  if (actual != NULL) CHECK(wasm_ref_get_host_info(actual) == wasm_ref_get_host_info(expected));
  wasm_ref_delete(actual);
}

static wasm_ref_t* call(const wasm_instance_t* instance, const char* name, size_t count,
                        wasm_val_t args[]) {
  wasm_func_t* const func = func_of(instance, name);
  const wasm_val_vec_t arg_vec = {count, args};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = {wasm_func_result_arity(func), result};
  CHECK(wasm_func_call(func, &arg_vec, &results) == NULL);
  wasm_func_delete(func);
  return result[0].of.ref;
}
static wasm_ref_t* call_ref(const wasm_instance_t* instance, const char* name, wasm_ref_t* ref) {
  wasm_val_t arg = WASM_REF_VAL(ref);
  return call(instance, name, 1, &arg);
}
static void set_at(const wasm_instance_t* instance, int32_t index, wasm_ref_t* ref) {
  wasm_val_t args[] = {WASM_I32_VAL(index), WASM_REF_VAL(ref)};
  CHECK(call(instance, "table.set", 2, args) == NULL);
}
static wasm_ref_t* get_at(const wasm_instance_t* instance, int32_t index) {
  wasm_val_t arg = WASM_I32_VAL(index);
  return call(instance, "table.get", 1, &arg);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);

  wasm_functype_t* const type =
      wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t* const pass_func = wasm_func_new(store, type, pass);
  wasm_functype_delete(type);
  wasm_extern_t* externs[] = {wasm_func_as_extern(pass_func)};
  wasm_instance_t* const instance =
      instance_with(store,
                    "(module"
                    "  (import \"\" \"pass\" (func $pass (param externref) (result externref)))"
                    "  (global $g (export \"global\") (mut externref) (ref.null extern))"
                    "  (table $t (export \"table\") 10 externref)"
                    "  (func (export \"global.set\") (param externref) local.get 0 global.set $g)"
                    "  (func (export \"global.get\") (result externref) global.get $g)"
                    "  (func (export \"table.set\") (param i32 externref)"
                    "    (table.set $t (local.get 0) (local.get 1)))"
                    "  (func (export \"table.get\") (param i32) (result externref)"
                    "    (table.get $t (local.get 0)))"
                    "  (func (export \"call\") (param externref) (result externref)"
                    "    (call $pass (local.get 0))))",
                    1, externs);

  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_global_t* const global = wasm_extern_as_global(exports.data[0]);
  wasm_table_t* const table = wasm_extern_as_table(exports.data[1]);

  wasm_ref_t* const host1 = wasm_foreign_as_ref(wasm_foreign_new(store));
  wasm_ref_t* const host2 = wasm_foreign_as_ref(wasm_foreign_new(store));
  wasm_ref_set_host_info(host1, (void*)1);
  wasm_ref_set_host_info(host2, (void*)2);
  CHECK(!wasm_ref_same(host1, host2) && !wasm_ref_same(host1, NULL));
  check_same(wasm_ref_copy(host1), host1);
  check_same(wasm_ref_copy(NULL), NULL);
  wasm_val_t value = WASM_REF_VAL(wasm_ref_copy(host1)), copied;
  wasm_val_copy(&copied, &value);
  CHECK(copied.of.ref != value.of.ref && wasm_ref_same(copied.of.ref, host1));
  wasm_val_delete(&copied);
  wasm_val_delete(&value);
  CHECK(value.of.ref == NULL);

  check_same(call(instance, "global.get", 0, NULL), NULL);
  call_ref(instance, "global.set", host1);
  check_same(call(instance, "global.get", 0, NULL), host1);
  call_ref(instance, "global.set", host2);
  check_same(call(instance, "global.get", 0, NULL), host2);
  call_ref(instance, "global.set", NULL);
  wasm_global_get(global, &value);
  CHECK(value.kind == WASM_EXTERNREF && value.of.ref == NULL);
  value.of.ref = host2;
  wasm_global_set(global, &value);
  check_same(call(instance, "global.get", 0, NULL), host2);
  wasm_global_get(global, &value);
  check_same(value.of.ref, host2);

  check_same(get_at(instance, 0), NULL);
  set_at(instance, 0, host1);
  set_at(instance, 1, host2);
  check_same(get_at(instance, 0), host1);
  check_same(get_at(instance, 1), host2);
  set_at(instance, 0, NULL);
  check_same(get_at(instance, 0), NULL);
  check_same(wasm_table_get(table, 1), host2);
  check_same(wasm_table_get(table, 2), NULL);
  CHECK(wasm_table_set(table, 2, host1));
  check_same(get_at(instance, 2), host1);

  check_same(call_ref(instance, "call", NULL), NULL);
  CHECK(seen == NULL);
  check_same(call_ref(instance, "call", host1), host1);
  CHECK(seen == (void*)1);
  trenail_store_collect_garbage(store);
  check_same(call_ref(instance, "call", host2), host2);
  CHECK(seen == (void*)2);
  check_same(get_at(instance, 2), host1);

  // Anything can be an externref, and comes back as what it was.
  wasm_ref_t* back = call_ref(instance, "call", wasm_instance_as_ref(instance));
  CHECK(wasm_instance_same(wasm_ref_as_instance(back), instance));
  CHECK(wasm_ref_as_foreign(back) == NULL && wasm_ref_as_func(back) == NULL);
  wasm_ref_delete(back);
  back = call_ref(instance, "call", wasm_func_as_ref(pass_func));
  CHECK(wasm_func_same(wasm_ref_as_func(back), pass_func));
  CHECK(wasm_ref_as_extern(back) != NULL);
  wasm_ref_delete(back);

  wasm_func_delete(pass_func);
  wasm_ref_delete(host1);
  wasm_ref_delete(host2);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
