// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The headers of the C API in C++.

#include <trenail.h>
#include <wasm.h>

int main() {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_val_t value = WASM_I32_VAL(1);
  wasm_val_init_ptr(&value, store);
  const bool same = wasm_val_ptr(&value) == store;
  wasm_functype_t* const type =
      wasm_functype_new_3_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                            wasm_valtype_new_f64(), wasm_valtype_new_funcref());
  const bool right =
      wasm_functype_params(type)->size == 3 && wasm_functype_results(type)->size == 2;
  wasm_functype_delete(type);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return same && right ? 0 : 1;
}
