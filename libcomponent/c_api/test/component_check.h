// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C tests of components have in common.

#ifndef TRENAIL_LIBCOMPONENT_C_API_TEST_COMPONENT_CHECK_H_
#define TRENAIL_LIBCOMPONENT_C_API_TEST_COMPONENT_CHECK_H_

#include <trenail/component.h>

#include "libwasm/c_api/test/check.h"

// A memory that grows upwards, for lists and strings.
#define LIBC                                                                                \
  "(core module $Libc"                                                                      \
  "  (memory (export \"mem\") 1)"                                                           \
  "  (global $next (mut i32) (i32.const 1024))"                                             \
  "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"                       \
  "    (local $at i32)"                                                                     \
  "    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))" \
  "    (global.set $next (i32.add (local.get $at) (local.get 3)))"                          \
  "    (local.get $at)))"                                                                   \
  "(core instance $libc (instantiate $Libc))"                                               \
  "(alias core export $libc \"mem\" (core memory $mem))"                                    \
  "(alias core export $libc \"realloc\" (core func $realloc))"

static inline trenail_component_t* component_of(const wasm_engine_t* engine, const char* text,
                                                const char* features) {
  trenail_component_t* component = NULL;
  CHECK_OK(trenail_component_new_from_text(engine, text, strlen(text), features, &component));
  return component;
}

static inline trenail_component_func_t* component_func(const trenail_component_instance_t* instance,
                                                       const char* interface, const char* name) {
  trenail_component_func_t* const func = trenail_component_instance_func(instance, interface, name);
  CHECK(func != NULL);
  return func;
}

// Calls an export of the instance's own; deletes the arguments.
static inline trenail_error_t* call_named(const trenail_component_instance_t* instance,
                                          const char* name, size_t count, trenail_value_t* args[],
                                          trenail_value_t** result) {
  trenail_component_func_t* const func = component_func(instance, NULL, name);
  trenail_error_t* const error =
      trenail_component_func_call(func, (const trenail_value_t* const*)args, count, result);
  trenail_component_func_delete(func);
  for (size_t i = 0; i < count; ++i) trenail_value_delete(args[i]);
  return error;
}

static inline trenail_value_t* string_of(const char* text) {
  trenail_value_t* const value = trenail_value_new_string(text, strlen(text));
  CHECK(value != NULL);
  return value;
}
static inline bool is_string(const trenail_value_t* value, const char* text) {
  size_t size = 0;
  const char* const found = trenail_value_string(value, &size);
  return found != NULL && size == strlen(text) && strcmp(found, text) == 0;
}

// The error is deleted; it must be of this kind and say this.
#define check_error(error, kind, part) check_error_at(__LINE__, error, kind, part)
static inline void check_error_at(int line, trenail_error_t* error, trenail_error_kind_t kind,
                                  const char* part) {
  if (error == NULL) fprintf(stderr, "line %d: no error\n", line);
  CHECK(error != NULL);
  if (trenail_error_kind(error) != kind || strstr(trenail_error_message(error), part) == NULL) {
    fprintf(stderr, "line %d: kind %d: %s\n", line, trenail_error_kind(error),
            trenail_error_message(error));
    exit(1);
  }
  trenail_error_delete(error);
}

#endif  // TRENAIL_LIBCOMPONENT_C_API_TEST_COMPONENT_CHECK_H_
