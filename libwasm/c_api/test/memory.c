// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A memory from inside and outside; growing it; bounds.

#include "libwasm/c_api/test/check.h"

static void check_traps(const wasm_func_t* func, size_t count, wasm_val_t args[]) {
  const wasm_val_vec_t arg_vec = {count, args};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  check_message(wasm_func_call(func, &arg_vec, &results), "out of bounds memory access");
}
static void check_load_traps(const wasm_func_t* func, int32_t address) {
  wasm_val_t args[] = {WASM_I32_VAL(address)};
  check_traps(func, 1, args);
}
static void store_at(const wasm_func_t* func, int32_t address, int32_t byte) {
  const wasm_val_t args[] = {WASM_I32_VAL(address), WASM_I32_VAL(byte)};
  const wasm_val_vec_t arg_vec = {2, (wasm_val_t*)args};
  CHECK(wasm_func_call(func, &arg_vec, NULL) == NULL);
}
static int32_t load_at(const wasm_func_t* func, int32_t address) {
  return call_i32(func, 1, &address);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_instance_t* const instance =
      instance_of(store,
                  "(module (memory (export \"memory\") 2 3)"
                  "  (func (export \"size\") (result i32) memory.size)"
                  "  (func (export \"load\") (param i32) (result i32) (i32.load8_s (local.get 0)))"
                  "  (func (export \"store\") (param i32 i32)"
                  "    (i32.store8 (local.get 0) (local.get 1)))"
                  "  (data (i32.const 0x1000) \"\\01\\02\\03\\04\"))");
  wasm_extern_t* const memory_extern = trenail_instance_export(instance, "memory");
  CHECK(wasm_extern_kind(memory_extern) == WASM_EXTERN_MEMORY);
  wasm_memory_t* const memory = wasm_extern_as_memory(memory_extern);
  wasm_func_t* const size = func_of(instance, "size");
  wasm_func_t* const load = func_of(instance, "load");
  wasm_func_t* const store_byte = func_of(instance, "store");

  wasm_memory_t* const copy = wasm_memory_copy(memory);
  CHECK(wasm_memory_same(memory, copy));
  wasm_memory_delete(copy);

  CHECK(wasm_memory_size(memory) == 2);
  CHECK(wasm_memory_data_size(memory) == 2 * MEMORY_PAGE_SIZE);
  CHECK(wasm_memory_data(memory)[0] == 0);
  CHECK(wasm_memory_data(memory)[0x1000] == 1 && wasm_memory_data(memory)[0x1003] == 4);
  CHECK(call_i32(size, 0, NULL) == 2);
  CHECK(load_at(load, 0x1003) == 4 && load_at(load, 0x1ffff) == 0);
  check_load_traps(load, 0x20000);

  wasm_memory_data(memory)[0x1003] = 5;
  store_at(store_byte, 0x1002, 6);
  wasm_val_t outside[] = {WASM_I32_VAL(0x20000), WASM_I32_VAL(0)};
  check_traps(store_byte, 2, outside);
  CHECK(wasm_memory_data(memory)[0x1002] == 6);
  CHECK(load_at(load, 0x1003) == 5);

  CHECK(wasm_memory_grow(memory, 1));
  CHECK(wasm_memory_size(memory) == 3 && call_i32(size, 0, NULL) == 3);
  CHECK(wasm_memory_data_size(memory) == 3 * MEMORY_PAGE_SIZE);
  CHECK(load_at(load, 0x20000) == 0);
  store_at(store_byte, 0x2ffff, 7);
  check_load_traps(load, 0x30000);
  CHECK(!wasm_memory_grow(memory, 1));
  CHECK(wasm_memory_grow(memory, 0));
  trenail_error_delete(trenail_last_error());

  wasm_memorytype_t* const current = wasm_memory_type(memory);
  CHECK(wasm_memorytype_limits(current)->min == 3 && wasm_memorytype_limits(current)->max == 3);
  wasm_memorytype_delete(current);

  // Of the host's own.
  const wasm_limits_t five = {5, 5};
  wasm_memorytype_t* const type = wasm_memorytype_new(&five);
  wasm_memory_t* const own_memory = wasm_memory_new(store, type);
  CHECK(own_memory != NULL && wasm_memory_size(own_memory) == 5);
  CHECK(!wasm_memory_grow(own_memory, 1) && wasm_memory_grow(own_memory, 0));
  trenail_error_delete(trenail_last_error());
  wasm_memory_delete(own_memory);
  wasm_memorytype_delete(type);
  const wasm_limits_t wrong = {5, 4};
  wasm_memorytype_t* const wrong_type = wasm_memorytype_new(&wrong);
  CHECK(wasm_memory_new(store, wrong_type) == NULL);
  trenail_error_delete(trenail_last_error());
  wasm_memorytype_delete(wrong_type);

  wasm_func_delete(size);
  wasm_func_delete(load);
  wasm_func_delete(store_byte);
  wasm_extern_delete(memory_extern);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
