// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled code: `artefact TRENAIL` compiles a module and a component with that program.

#include <trenail.h>
#include <unistd.h>

#include "libcomponent/c_api/test/component_check.h"

static const char kModule[] =
    "(module $compiled (func $div (export \"div\") (param i32 i32) (result i32)"
    "  (i32.div_s (local.get 0) (local.get 1))))";
static const char kCalling[] =
    "(module (import \"\" \"fail\" (func $fail))"
    "  (func $call (export \"call\") (call $fail)))";
static const char kComponent[] =
    "(component (core module $M (func (export \"twice\") (param i32) (result i32)"
    "    (i32.add (local.get 0) (local.get 0))))"
    "  (core instance $m (instantiate $M))"
    "  (func (export \"twice\") (param \"n\" u32) (result u32)"
    "    (canon lift (core func $m \"twice\"))))";

// The artefact made of a text, from its file or from the bytes of it.
static trenail_artefact_t* compiled(const char* trenail, const char* directory, const char* text,
                                    bool in_memory) {
  char source[128], target[128], command[1024];
  snprintf(source, sizeof source, "%s/source.wat", directory);
  snprintf(target, sizeof target, "%s/artefact.so", directory);
  FILE* const out = fopen(source, "w");
  CHECK(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0);
  snprintf(command, sizeof command, "'%s' compile '%s' -o '%s'", trenail, source, target);
  CHECK(system(command) == 0);
  trenail_artefact_t* artefact = NULL;
  if (in_memory) {
    FILE* const in = fopen(target, "rb");
    CHECK(in != NULL && fseek(in, 0, SEEK_END) == 0);
    const size_t size = (size_t)ftell(in);
    rewind(in);
    char* const bytes = malloc(size);
    CHECK(bytes != NULL && fread(bytes, 1, size, in) == size && fclose(in) == 0);
    CHECK_OK(trenail_artefact_from_memory(bytes, size, &artefact));
    free(bytes);
  } else {
    CHECK_OK(trenail_artefact_open(target, &artefact));
  }
  unlink(source);
  unlink(target);
  return artefact;
}

static void check_module(wasm_store_t* store, const wasm_module_t* module) {
  wasm_instance_t* const instance = wasm_instance_new(store, module, NULL, NULL);
  CHECK(instance != NULL);
  wasm_func_t* const div = func_of(instance, "div");
  CHECK(call_i32(div, 2, (const int32_t[]){-84, 2}) == -42);
  wasm_val_t values[] = {WASM_I32_VAL(1), WASM_I32_VAL(0)}, result[1] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(values);
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_trap_t* const trap = wasm_func_call(div, &args, &results);
  wasm_frame_t* const origin = wasm_trap_origin(trap);
  CHECK(origin != NULL && wasm_instance_same(wasm_frame_instance(origin), instance));
  wasm_frame_delete(origin);
  check_message(trap, "integer divide by zero");
  wasm_func_delete(div);
  wasm_instance_delete(instance);
}

static wasm_trap_t* fail(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 0 && results->size == 0);
  return wasm_trap_copy(env);
}

// A host function's trap comes back through compiled code as what it was.
static void check_host_trap(wasm_store_t* store, const wasm_module_t* module) {
  wasm_name_t message;
  wasm_name_new_from_string(&message, "mine");
  wasm_trap_t* const mine = wasm_trap_new(store, &message);
  wasm_name_delete(&message);
  wasm_trap_set_host_info(mine, &message);
  wasm_functype_t* const type = wasm_functype_new_0_0();
  wasm_func_t* const host = wasm_func_new_with_env(store, type, fail, mine, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  const wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_instance_t* const instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance != NULL);
  wasm_func_t* const call = func_of(instance, "call");
  wasm_trap_t* const trap = wasm_func_call(call, NULL, NULL);
  CHECK(wasm_trap_same(trap, mine) && wasm_trap_get_host_info(trap) == &message);
  wasm_frame_t* const origin = wasm_trap_origin(trap);
  CHECK(origin != NULL && wasm_instance_same(wasm_frame_instance(origin), instance));
  CHECK(wasm_frame_func_index(origin) == 1);
  wasm_frame_delete(origin);
  check_message(trap, "mine");
  wasm_trap_delete(mine);
  wasm_func_delete(call);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  char directory[] = "/tmp/trenail-c-artefact-XXXXXX";
  CHECK(mkdtemp(directory) != NULL);
  trenail_artefact_t* const module_code = compiled(argv[1], directory, kModule, false);
  trenail_artefact_t* const calling_code = compiled(argv[1], directory, kCalling, true);
  trenail_artefact_t* const component_code = compiled(argv[1], directory, kComponent, false);
  rmdir(directory);
  CHECK(!trenail_artefact_is_component(module_code));
  CHECK(trenail_artefact_is_component(component_code));

  // Without an interpreter.
  wasm_engine_t* engine = trenail_engine_new_for_artefacts(NULL);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = NULL;
  CHECK_OK(trenail_module_from_artefact(store, module_code, &module));
  check_module(store, module);
  wasm_module_delete(module);
  CHECK_OK(trenail_module_from_artefact(store, calling_code, &module));
  check_host_trap(store, module);
  wasm_module_delete(module);
  check_error(trenail_module_from_artefact(store, component_code, &module), TRENAIL_ERROR_HOST,
              "component");
  // Attached to the module that it was made of, and to no other.
  wasm_module_t* other = module_of(store, "(module)");
  check_error(trenail_module_attach(other, module_code), TRENAIL_ERROR_UNLINKABLE, "");
  wasm_module_delete(other);
  other = module_of(store, kModule);
  CHECK_OK(trenail_module_attach(other, module_code));
  check_module(store, other);
  wasm_module_delete(other);
  wasm_store_delete(store);

  store = trenail_component_store_new(engine, NULL);
  trenail_component_t* component = NULL;
  check_error(trenail_component_from_artefact(engine, module_code, &component), TRENAIL_ERROR_HOST,
              "");
  CHECK_OK(trenail_component_from_artefact(engine, component_code, &component));
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  trenail_component_instance_t* instance = NULL;
  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));
  trenail_value_t* args[] = {trenail_value_new_u32(21)};
  trenail_value_t* result = NULL;
  CHECK_OK(call_named(instance, "twice", 1, args, &result));
  CHECK(trenail_value_unsigned(result) == 42);
  trenail_value_delete(result);
  trenail_component_instance_delete(instance);
  trenail_component_linker_delete(linker);
  trenail_component_delete(component);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  trenail_artefact_delete(module_code);
  trenail_artefact_delete(calling_code);
  trenail_artefact_delete(component_code);
  return 0;
}
