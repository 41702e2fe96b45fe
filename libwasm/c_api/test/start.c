// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A start function that traps: no instance, but a trap with its frames.

#include "libwasm/c_api/test/check.h"

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module =
      module_of(store, "(module (func $start unreachable) (func $unused) (start $start))");
  const wasm_extern_vec_t imports = WASM_EMPTY_VEC;
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL);
  CHECK(trap != NULL);

  wasm_frame_t* const origin = wasm_trap_origin(trap);
  CHECK(origin != NULL);
  CHECK(wasm_frame_func_index(origin) == 0);
  // The body begins with an empty declaration of locals.
  CHECK(wasm_frame_func_offset(origin) == 1);
  CHECK(wasm_frame_module_offset(origin) > wasm_frame_func_offset(origin));
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 1);
  CHECK(wasm_frame_module_offset(trace.data[0]) == wasm_frame_module_offset(origin));
  CHECK(wasm_frame_instance(origin) != NULL);
  CHECK(wasm_instance_same(wasm_frame_instance(origin), wasm_frame_instance(trace.data[0])));
  wasm_frame_vec_delete(&trace);
  check_message(trap, "unreachable");
  wasm_frame_delete(origin);

  // Without a place for the trap it is not lost altogether.
  CHECK(wasm_instance_new(store, module, NULL, NULL) == NULL);
  trenail_error_t* const error = trenail_last_error();
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_TRAP);
  trenail_error_delete(error);

  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
