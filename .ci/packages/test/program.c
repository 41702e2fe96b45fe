// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// program.cc in C: a module, a component, and an artefact if there is one.
// Usage: program MODULE COMPONENT [ARTEFACT]

#include <stdio.h>
#include <stdlib.h>
#include <trenail.h>
#include <wasm.h>

static void check(trenail_error_t* error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", trenail_error_message(error));
  exit(1);
}

static wasm_byte_vec_t read_file(const char* path) {
  wasm_byte_vec_t bytes;
  FILE* const file = fopen(path, "rb");
  if (file == NULL) exit(1);
  fseek(file, 0, SEEK_END);
  wasm_byte_vec_new_uninitialized(&bytes, (size_t)ftell(file));
  rewind(file);
  if (fread(bytes.data, 1, bytes.size, file) != bytes.size) exit(1);
  fclose(file);
  return bytes;
}

static wasm_trap_t* twice(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = (wasm_val_t)WASM_I32_VAL(2 * args->data[0].of.i32);
  return NULL;
}

static int32_t run_module(wasm_store_t* store, const wasm_module_t* module) {
  wasm_functype_t* const type =
      wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* const host = wasm_func_new(store, type, twice);
  wasm_functype_delete(type);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  const wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_instance_t* const instance = wasm_instance_new(store, module, &imports, NULL);
  if (instance == NULL) exit(1);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_val_t arguments[] = {WASM_I32_VAL(20)};
  wasm_val_t answers[] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(arguments);
  wasm_val_vec_t results = WASM_ARRAY_VEC(answers);
  if (wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &results) != NULL) exit(1);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
  return answers[0].of.i32;
}

static uint32_t run_component(const wasm_engine_t* engine) {
  static const char text[] =
      "(component (core module $code (func (export \"add\") (param i32 i32) (result i32)"
      "    (i32.add (local.get 0) (local.get 1))))"
      "  (core instance $code (instantiate $code))"
      "  (func (export \"add\") (param \"a\" u32) (param \"b\" u32) (result u32)"
      "    (canon lift (core func $code \"add\"))))";
  trenail_component_t* component = NULL;
  check(trenail_component_new_from_text(engine, text, sizeof text - 1, NULL, &component));
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  wasm_store_t* const store = trenail_component_store_new(engine, NULL);
  trenail_component_instance_t* instance = NULL;
  check(trenail_component_instantiate(linker, store, component, &instance));
  trenail_component_func_t* const add = trenail_component_instance_func(instance, NULL, "add");
  trenail_value_t* const args[] = {trenail_value_new_u32(30), trenail_value_new_u32(12)};
  trenail_value_t* result = NULL;
  check(trenail_component_func_call(add, (const trenail_value_t* const*)args, 2, &result));
  const uint32_t sum = (uint32_t)trenail_value_unsigned(result);
  trenail_value_delete(result);
  trenail_value_delete(args[0]);
  trenail_value_delete(args[1]);
  trenail_component_func_delete(add);
  trenail_component_instance_delete(instance);
  wasm_store_delete(store);
  trenail_component_linker_delete(linker);
  trenail_component_delete(component);
  return sum;
}

int main(int argc, char** argv) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_byte_vec_t bytes = read_file(argv[1]);
  wasm_module_t* module = NULL;
  check(trenail_module_new(store, bytes.data, bytes.size, &module));
  wasm_byte_vec_delete(&bytes);
  printf("module %d\n", (int)run_module(store, module));
  wasm_module_delete(module);
  printf("component %d\n", (int)run_component(engine));
  if (argc > 3) {
    trenail_artefact_t* artefact = NULL;
    check(trenail_artefact_open(argv[3], &artefact));
    check(trenail_module_from_artefact(store, artefact, &module));
    trenail_artefact_delete(artefact);
    printf("artefact %d\n", (int)run_module(store, module));
    wasm_module_delete(module);
  }
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
