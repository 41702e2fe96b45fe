// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module to bytes and back; bytes that are none.

#include "libwasm/c_api/test/check.h"

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module =
      module_of(store, "(module (func (export \"answer\") (result i32) i32.const 42))");
  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  CHECK(bytes.size > 8);
  wasm_module_delete(module);

  // Made again in another store, of another engine even.
  wasm_engine_t* const other_engine = wasm_engine_new();
  wasm_store_t* const other_store = wasm_store_new(other_engine);
  wasm_module_t* const again = wasm_module_deserialize(other_store, &bytes);
  CHECK(again != NULL);
  wasm_instance_t* const instance = wasm_instance_new(other_store, again, NULL, NULL);
  CHECK(instance != NULL);
  wasm_func_t* const answer = func_of(instance, "answer");
  CHECK(call_i32(answer, 0, NULL) == 42);

  // Whatever else it is given, there is a reason why not.
  CHECK(wasm_module_validate(store, &bytes));
  CHECK(trenail_last_error() == NULL);
  bytes.data[bytes.size - 3] = 0x20;  // local.get, where the constant was
  CHECK(wasm_module_deserialize(other_store, &bytes) == NULL);
  trenail_error_t* error = trenail_last_error();
  CHECK(error != NULL && *trenail_error_message(error) != '\0');
  trenail_error_delete(error);
  CHECK(!wasm_module_validate(store, &bytes));
  bytes.size = 3;
  CHECK(wasm_module_deserialize(other_store, &bytes) == NULL);
  error = trenail_last_error();
  uint64_t offset = 1;
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_MALFORMED &&
        trenail_error_offset(error, &offset));
  trenail_error_delete(error);

  wasm_byte_vec_delete(&bytes);
  wasm_func_delete(answer);
  wasm_instance_delete(instance);
  wasm_module_delete(again);
  wasm_store_delete(other_store);
  wasm_engine_delete(other_engine);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
