// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C tests have in common. A failed check ends the test.

#ifndef TRENAIL_LIBWASM_C_API_TEST_CHECK_H_
#define TRENAIL_LIBWASM_C_API_TEST_CHECK_H_

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trenail/core.h>
#include <wasm.h>

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

// That an error is NULL; its message otherwise.
#define CHECK_OK(error_expression)                                                            \
  do {                                                                                        \
    trenail_error_t* const check_error = (error_expression);                                  \
    if (check_error != NULL) {                                                                \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, trenail_error_message(check_error)); \
      exit(1);                                                                                \
    }                                                                                         \
  } while (0)

static inline wasm_byte_vec_t bytes_of(const char* wat) {
  wasm_byte_vec_t bytes;
  CHECK_OK(trenail_wat_to_wasm(wat, strlen(wat), &bytes));
  return bytes;
}

static inline wasm_module_t* module_of(wasm_store_t* store, const char* wat) {
  wasm_byte_vec_t bytes = bytes_of(wat);
  wasm_module_t* const module = wasm_module_new(store, &bytes);
  CHECK_OK(module == NULL ? trenail_last_error() : NULL);
  wasm_byte_vec_delete(&bytes);
  return module;
}

// With so many imports.
static inline wasm_instance_t* instance_with(wasm_store_t* store, const char* wat, size_t count,
                                             wasm_extern_t* externs[]) {
  wasm_module_t* const module = module_of(store, wat);
  const wasm_extern_vec_t imports = {count, externs};
  wasm_trap_t* trap = NULL;
  wasm_instance_t* const instance = wasm_instance_new(store, module, &imports, &trap);
  if (trap != NULL) {
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    fprintf(stderr, "%s\n", message.data);
  }
  CHECK(instance != NULL && trap == NULL);
  wasm_module_delete(module);
  return instance;
}
static inline wasm_instance_t* instance_of(wasm_store_t* store, const char* wat) {
  return instance_with(store, wat, 0, NULL);
}

static inline wasm_func_t* func_of(const wasm_instance_t* instance, const char* name) {
  wasm_func_t* const func = trenail_instance_func(instance, name);
  CHECK(func != NULL);
  return func;
}

// The trap's message must be this one; the trap is deleted.
static inline void check_message(wasm_trap_t* trap, const char* expected) {
  CHECK(trap != NULL);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(message.size == strlen(message.data) + 1);
  if (strcmp(message.data, expected) != 0) {
    fprintf(stderr, "\"%s\", not \"%s\"\n", message.data, expected);
    exit(1);
  }
  wasm_message_t copy;
  wasm_name_copy(&copy, &message);
  CHECK(copy.size == message.size && copy.data != message.data);
  wasm_name_delete(&copy);
  wasm_name_delete(&message);
  wasm_trap_delete(trap);
}

// Calls a function of i32s with one result.
static inline int32_t call_i32(const wasm_func_t* func, size_t count, const int32_t numbers[]) {
  wasm_val_t args[4];
  CHECK(count <= 4);
  for (size_t i = 0; i < count; ++i) {
    args[i].kind = WASM_I32;
    args[i].of.i32 = numbers[i];
  }
  wasm_val_t result[1] = {WASM_INIT_VAL};
  const wasm_val_vec_t arg_vec = {count, args};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_trap_t* const trap = wasm_func_call(func, &arg_vec, &results);
  CHECK(trap == NULL);
  CHECK(result[0].kind == WASM_I32);
  return result[0].of.i32;
}

#endif  // TRENAIL_LIBWASM_C_API_TEST_CHECK_H_
