// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module calls the host.

#include "libwasm/c_api/test/check.h"

static int calls = 0;

static wasm_trap_t* hello(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 0 && results->size == 0);
  ++calls;
  return NULL;
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);

  wasm_functype_t* const type = wasm_functype_new_0_0();
  wasm_func_t* const func = wasm_func_new(store, type, hello);
  wasm_functype_delete(type);

  wasm_extern_t* externs[] = {wasm_func_as_extern(func)};
  wasm_instance_t* const instance = instance_with(
      store, "(module (import \"\" \"hello\" (func $hello)) (func (export \"run\") call $hello))",
      1, externs);
  wasm_func_delete(func);

  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 1);
  wasm_instance_delete(instance);

  wasm_val_vec_t none = WASM_EMPTY_VEC;
  CHECK(wasm_func_call(wasm_extern_as_func(exports.data[0]), &none, &none) == NULL);
  CHECK(wasm_func_call(wasm_extern_as_func(exports.data[0]), NULL, NULL) == NULL);
  CHECK(calls == 2);

  wasm_extern_vec_delete(&exports);
  CHECK(exports.size == 0 && exports.data == NULL);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
