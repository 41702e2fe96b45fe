// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What <trenail/core.h> adds for modules.

#include <pthread.h>

#include "libwasm/c_api/test/check.h"

static void errors(wasm_engine_t* engine) {
  wasm_byte_vec_t bytes;
  const char text[] = "(module\n  (funk))";
  trenail_error_t* error = trenail_wat_to_wasm(text, strlen(text), &bytes);
  CHECK(error != NULL && bytes.data == NULL);
  uint32_t line = 0, column = 0;
  uint64_t offset = 0;
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_MALFORMED);
  CHECK(trenail_error_position(error, &line, &column) && line == 2 && column == 4);
  CHECK(!trenail_error_offset(error, &offset));
  trenail_error_t* const copy = trenail_error_copy(error);
  trenail_error_delete(error);
  CHECK(trenail_error_kind(copy) == TRENAIL_ERROR_MALFORMED);
  trenail_error_delete(copy);

  bytes = bytes_of("(module (func $wrong (result i32) (i64.const 1)))");
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* module = (wasm_module_t*)store;
  error = trenail_module_new(store, bytes.data, bytes.size, &module);
  CHECK(module == NULL && trenail_error_kind(error) == TRENAIL_ERROR_INVALID);
  uint32_t index = 1;
  const char* name = NULL;
  CHECK(trenail_error_function(error, &index, &name) && index == 0 && strcmp(name, "wrong") == 0);
  CHECK(trenail_error_offset(error, &offset) && offset > 8 && offset < bytes.size);
  trenail_error_delete(error);
  error = trenail_module_validate(engine, bytes.data, bytes.size);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_INVALID);
  trenail_error_delete(error);
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(store);

  error = trenail_error_new(TRENAIL_ERROR_HOST, "mine");
  CHECK(strcmp(trenail_error_message(error), "mine") == 0);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_HOST && trenail_error_exit_code(error) == 0);
  trenail_error_delete(error);
}

static void options(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(trenail_config_set_feature(config, "simd", false));
  CHECK(!trenail_config_set_feature(config, "no such feature", false));
  trenail_config_set_validation_threads(config, 0);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_byte_vec_t bytes = bytes_of("(module (func (param v128)))");
  trenail_error_t* error = trenail_module_validate(engine, bytes.data, bytes.size);
  CHECK(error != NULL);
  trenail_error_delete(error);
  wasm_engine_delete(engine);
  engine = wasm_engine_new_with_config(NULL);
  CHECK_OK(trenail_module_validate(engine, bytes.data, bytes.size));
  wasm_engine_delete(engine);
  wasm_byte_vec_delete(&bytes);

  // Lazy: what is never called may be invalid.
  config = wasm_config_new();
  trenail_config_set_lazy_validation(config, true);
  trenail_config_set_guard_memories(config, true);
  trenail_config_set_pool(config, 0, 0);
  engine = wasm_engine_new_with_config(config);
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_instance_t* const instance =
      instance_of(store,
                  "(module (func (export \"wrong\") (result i32) (i64.const 1))"
                  "  (func (export \"right\") (result i32) (i32.const 1)))");
  wasm_func_t* func = func_of(instance, "right");
  CHECK(call_i32(func, 0, NULL) == 1);
  wasm_func_delete(func);
  func = func_of(instance, "wrong");
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_trap_t* const trap = wasm_func_call(func, NULL, &results);
  error = trenail_trap_error(trap);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_INVALID);
  trenail_error_delete(error);
  wasm_trap_delete(trap);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static trenail_error_kind_t kind_of(wasm_trap_t* trap) {
  CHECK(trap != NULL);
  trenail_error_t* const error = trenail_trap_error(trap);
  const trenail_error_kind_t kind = trenail_error_kind(error);
  trenail_error_delete(error);
  wasm_trap_delete(trap);
  return kind;
}

static void* interrupt(void* interrupter) {
  CHECK(trenail_interrupter_interrupt(interrupter));
  return NULL;
}

static void bounds(wasm_engine_t* engine) {
  const char loops[] =
      "(module (memory (export \"m\") 1) (func (export \"loop\") (loop br 0))"
      "  (func (export \"grow\") (result i32) (memory.grow (i32.const 1)))"
      "  (func (export \"nothing\")))";
  const trenail_store_limits_t limits = {.max_memory_bytes = 65536, .max_instances = 1};
  wasm_store_t* const store = trenail_store_new(engine, &limits);
  wasm_instance_t* const instance = instance_of(store, loops);
  wasm_func_t* const grow = func_of(instance, "grow");
  CHECK(call_i32(grow, 0, NULL) == -1);
  wasm_func_delete(grow);
  wasm_module_t* const module = module_of(store, loops);
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, NULL, &trap) == NULL);
  CHECK(kind_of(trap) == TRENAIL_ERROR_EXHAUSTED);
  wasm_module_delete(module);

  wasm_func_t* const loop = func_of(instance, "loop");
  wasm_func_t* const nothing = func_of(instance, "nothing");
  trenail_store_set_fuel(store, 1000);
  CHECK(trenail_store_fuel(store) == 1000);
  CHECK(wasm_func_call(nothing, NULL, NULL) == NULL);
  CHECK(trenail_store_fuel(store) < 1000);
  CHECK(kind_of(wasm_func_call(loop, NULL, NULL)) == TRENAIL_ERROR_INTERRUPTED);
  CHECK(trenail_store_fuel(store) == 0);
  trenail_store_set_fuel(store, UINT64_MAX);

  CHECK(trenail_store_set_timeout(store, 20 * 1000 * 1000));
  CHECK(kind_of(wasm_func_call(loop, NULL, NULL)) == TRENAIL_ERROR_INTERRUPTED);
  // It sticks until it is taken back.
  CHECK(kind_of(wasm_func_call(loop, NULL, NULL)) == TRENAIL_ERROR_INTERRUPTED);
  CHECK(trenail_store_set_timeout(store, 0));
  CHECK(wasm_func_call(nothing, NULL, NULL) == NULL);
  // One that is replaced, and one whose store goes before it.
  CHECK(trenail_store_set_timeout(store, UINT64_MAX));
  CHECK(trenail_store_set_timeout(store, 3600u * UINT64_C(1000000000)));

  trenail_interrupter_t* const interrupter = trenail_store_interrupter(store);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, interrupt, interrupter) == 0);
  CHECK(kind_of(wasm_func_call(loop, NULL, NULL)) == TRENAIL_ERROR_INTERRUPTED);
  CHECK(pthread_join(thread, NULL) == 0);
  wasm_func_delete(loop);
  wasm_func_delete(nothing);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  CHECK(!trenail_interrupter_interrupt(interrupter));
  trenail_interrupter_delete(interrupter);
}

// ---- slots and callers -------------------------------------------------------------------------

static int raw_finalized = 0;
static void finalize(void* env) {
  (void)env;
  ++raw_finalized;
}

// Of (param i32 v128) (result v128): adds to the first lane what the caller's memory has there.
static trenail_error_t* add_lane(void* env, trenail_caller_t* caller, uint64_t* slots) {
  CHECK(trenail_caller_store(caller) == env);
  uint8_t* data = NULL;
  size_t size = 0;
  if (!trenail_caller_memory(caller, &data, &size)) {
    CHECK(data == NULL && size == 0 && trenail_caller_export(caller, "memory") == NULL);
    return trenail_error_new(TRENAIL_ERROR_HOST, "no memory");
  }
  CHECK(size == 65536);
  wasm_extern_t* const memory = trenail_caller_export(caller, "memory");
  CHECK((uint8_t*)wasm_memory_data(wasm_extern_as_memory(memory)) == data);
  wasm_extern_delete(memory);
  const uint8_t byte = data[slots[0]];
  slots[0] = slots[1] + byte;
  slots[1] = slots[2];
  return NULL;
}

static void slots(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_functype_t* const type = wasm_functype_new_2_1(
      wasm_valtype_new_i32(), wasm_valtype_new(TRENAIL_V128), wasm_valtype_new(TRENAIL_V128));
  wasm_func_t* const add = trenail_func_new_raw(store, type, add_lane, store, finalize, "add");
  wasm_functype_delete(type);
  wasm_extern_t* externs[] = {wasm_func_as_extern(add)};
  wasm_instance_t* const instance = instance_with(
      store,
      "(module (import \"\" \"add\" (func $add (param i32 v128) (result v128)))"
      "  (memory (export \"memory\") 1) (data (i32.const 5) \"\\07\")"
      "  (func (export \"f\") (param v128) (result v128) (call $add (i32.const 5) (local.get 0)))"
      "  (global (export \"g\") (mut v128) (v128.const i64x2 3 4)))",
      1, externs);
  wasm_func_t* const f = func_of(instance, "f");
  uint64_t words[3] = {100, 200, 0};
  CHECK(trenail_func_call_raw(f, words, 2) == NULL);
  CHECK(words[0] == 107 && words[1] == 200);
  // The host has no memory.
  check_message(trenail_func_call_raw(add, words, 3), "no memory");
  // In a wasm_val_t it cannot be.
  wasm_val_t value[1] = {{.kind = TRENAIL_V128, .of = {.i64 = 0}}}, result[1];
  const wasm_val_vec_t args = WASM_ARRAY_VEC(value);
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  check_message(wasm_func_call(f, &args, &results),
                "argument 1: a v128 does not fit into a wasm_val_t");
  wasm_extern_t* const global = trenail_instance_export(instance, "g");
  CHECK(trenail_global_slots(wasm_extern_as_global(global))[1] == 4);
  CHECK(trenail_instance_export(instance, "none") == NULL);
  CHECK(trenail_instance_func(instance, "g") == NULL);
  wasm_extern_delete(global);
  wasm_func_delete(f);
  wasm_func_delete(add);
  wasm_instance_delete(instance);
  CHECK(raw_finalized == 0);
  wasm_store_delete(store);
  CHECK(raw_finalized == 1);
}

static void guest_objects(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_instance_t* const instance = instance_of(
      store,
      "(module (type $s (struct (field i32)))"
      "  (func (export \"new\") (param i32) (result (ref $s)) (struct.new $s (local.get 0)))"
      "  (func (export \"get\") (param anyref) (result i32)"
      "    (struct.get $s 0 (ref.cast (ref $s) (local.get 0))))"
      "  (func (export \"get exact\") (param (ref $s)) (result i32)"
      "    (struct.get $s 0 (local.get 0)))"
      "  (func (export \"i31\") (result i31ref) (ref.i31 (i32.const 1))))");
  wasm_func_t* const make = func_of(instance, "new");
  wasm_func_t* const get = func_of(instance, "get");
  wasm_func_t* const get_exact = func_of(instance, "get exact");
  wasm_func_t* const i31 = func_of(instance, "i31");
  wasm_val_t value[1] = {WASM_I32_VAL(0)}, result[1] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(value);
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_ref_t* refs[100];
  for (int i = 0; i < 100; ++i) {
    value[0] = (wasm_val_t)WASM_I32_VAL(i);
    CHECK(wasm_func_call(make, &args, &results) == NULL);
    CHECK(result[0].kind == TRENAIL_ANYREF);
    refs[i] = result[0].of.ref;
  }
  trenail_store_collect_garbage(store);
  trenail_store_stats_t stats;
  trenail_store_stats(store, &stats);
  CHECK(stats.heap_collections >= 1 && stats.heap_bytes_in_use >= 1600);
  for (int i = 0; i < 100; ++i) {
    wasm_ref_t* const copy = wasm_ref_copy(refs[i]);
    CHECK(wasm_ref_same(copy, refs[i]) && !wasm_ref_same(copy, refs[(i + 1) % 100]));
    wasm_ref_delete(refs[i]);
    value[0] = (wasm_val_t)WASM_REF_VAL(copy);
    CHECK(wasm_func_call(i % 2 == 0 ? get : get_exact, &args, &results) == NULL);
    CHECK(result[0].of.i32 == i);
    if (i % 2 == 0) wasm_ref_delete(copy);
    refs[i] = i % 2 == 0 ? NULL : copy;
  }
  // What is no struct, and what is none at all.
  CHECK(wasm_func_call(i31, NULL, &results) == NULL);
  value[0] = (wasm_val_t)WASM_REF_VAL(result[0].of.ref);
  check_message(wasm_func_call(get, &args, &results), "cast failure");
  CHECK(kind_of(wasm_func_call(get_exact, &args, &results)) == TRENAIL_ERROR_HOST);
  wasm_val_delete(&value[0]);
  CHECK(kind_of(wasm_func_call(get_exact, &args, &results)) == TRENAIL_ERROR_HOST);
  value[0] = (wasm_val_t)WASM_REF_VAL(wasm_func_as_ref(i31));
  CHECK(kind_of(wasm_func_call(get, &args, &results)) == TRENAIL_ERROR_HOST);

  // Handles on objects outlive everything else.
  wasm_func_delete(make);
  wasm_func_delete(get);
  wasm_func_delete(get_exact);
  wasm_func_delete(i31);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  for (int i = 0; i < 100; ++i) wasm_ref_delete(refs[i]);
}

static void linking(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  trenail_linker_t* const linker = trenail_linker_new(store);
  wasm_module_t* const module =
      module_of(store,
                "(module (import \"math\" \"add\" (func $add (param i32 i32) (result i32)))"
                "  (import \"env\" \"base\" (global $base i32))"
                "  (func (export \"f\") (param i32) (result i32)"
                "    (call $add (global.get $base) (local.get 0))))");
  wasm_instance_t* const math =
      instance_of(store,
                  "(module (func (export \"add\") (param i32 i32) (result i32)"
                  "  (i32.add (local.get 0) (local.get 1))))");
  wasm_instance_t* instance = NULL;
  trenail_error_t* error = trenail_linker_instantiate(linker, module, &instance);
  CHECK(instance == NULL && trenail_error_kind(error) == TRENAIL_ERROR_UNLINKABLE);
  CHECK(strstr(trenail_error_message(error), "\"math\" \"add\"") != NULL);
  trenail_error_delete(error);
  CHECK_OK(trenail_linker_define_instance(linker, "math", math));
  wasm_globaltype_t* const type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  const wasm_val_t base = WASM_I32_VAL(1000);
  wasm_global_t* const global = wasm_global_new(store, type, &base);
  wasm_globaltype_delete(type);
  CHECK_OK(trenail_linker_define(linker, "env", "base", wasm_global_as_extern(global)));
  wasm_extern_t* const found = trenail_linker_get(linker, "env", "base");
  CHECK(wasm_extern_same(found, wasm_global_as_extern(global)));
  wasm_extern_delete(found);
  CHECK(trenail_linker_get(linker, "env", "none") == NULL);
  CHECK_OK(trenail_linker_instantiate(linker, module, &instance));
  wasm_func_t* const f = func_of(instance, "f");
  CHECK(call_i32(f, 1, (const int32_t[]){23}) == 1023);
  wasm_func_delete(f);

  wasm_store_t* const other = wasm_store_new(engine);
  trenail_linker_t* const other_linker = trenail_linker_new(other);
  error = trenail_linker_define_instance(other_linker, "math", math);
  CHECK(error != NULL);
  trenail_error_delete(error);
  error = trenail_linker_define(other_linker, "", "", wasm_global_as_extern(global));
  CHECK(error != NULL);
  trenail_error_delete(error);
  wasm_store_delete(other);
  trenail_linker_delete(other_linker);

  wasm_global_delete(global);
  wasm_instance_delete(instance);
  wasm_instance_delete(math);
  wasm_module_delete(module);
  wasm_store_delete(store);
  trenail_linker_delete(linker);
}

static void artefacts(void) {
  trenail_artefact_t* artefact = NULL;
  trenail_error_t* error = trenail_artefact_open("/there is no such file", &artefact);
  CHECK(error != NULL && artefact == NULL && *trenail_error_message(error) != '\0');
  trenail_error_delete(error);
  error = trenail_artefact_from_memory("\177ELF and then nothing", 21, &artefact);
  CHECK(error != NULL && artefact == NULL);
  trenail_error_delete(error);

  // Without an interpreter, what is not compiled cannot be called.
  wasm_engine_t* const engine = trenail_engine_new_for_artefacts(NULL);
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_instance_t* const instance = instance_of(store, "(module (func (export \"f\")))");
  wasm_func_t* const f = func_of(instance, "f");
  CHECK(kind_of(wasm_func_call(f, NULL, NULL)) == TRENAIL_ERROR_HOST);
  wasm_func_delete(f);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  CHECK(strchr(trenail_version(), '.') != NULL);
  errors(engine);
  options();
  bounds(engine);
  slots(engine);
  guest_objects(engine);
  linking(engine);
  artefacts();
  wasm_engine_delete(engine);
  return 0;
}
