// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of imports and exports, of modules and of what instances have.

#include "libwasm/c_api/test/check.h"

static bool is_name(const wasm_name_t* name, const char* expected) {
  // An empty one has no data to compare.
  return name->size == strlen(expected) &&
         (name->size == 0 || memcmp(name->data, expected, name->size) == 0);
}

static void check_func(const wasm_externtype_t* type) {
  CHECK(wasm_externtype_kind(type) == WASM_EXTERN_FUNC);
  const wasm_functype_t* const func = wasm_externtype_as_functype_const(type);
  CHECK(wasm_externtype_as_globaltype_const(type) == NULL);
  CHECK(wasm_functype_as_externtype_const(func) == type);
  const wasm_valtype_vec_t* const params = wasm_functype_params(func);
  const wasm_valtype_vec_t* const results = wasm_functype_results(func);
  CHECK(params->size == 4 && results->size == 2);
  CHECK(wasm_valtype_kind(params->data[0]) == WASM_I32);
  CHECK(wasm_valtype_kind(params->data[1]) == WASM_EXTERNREF);
  CHECK(wasm_valtype_is_ref(params->data[1]) && wasm_valtype_is_num(params->data[0]));
  // What the plain header has no kind for.
  CHECK(wasm_valtype_kind(params->data[2]) == TRENAIL_V128);
  CHECK(wasm_valtype_kind(params->data[3]) == WASM_FUNCREF);
  CHECK(wasm_valtype_kind(results->data[0]) == WASM_F64);
  CHECK(wasm_valtype_kind(results->data[1]) == TRENAIL_ANYREF);
}
static void check_global(const wasm_externtype_t* type) {
  const wasm_globaltype_t* const global = wasm_externtype_as_globaltype_const(type);
  CHECK(global != NULL && wasm_globaltype_mutability(global) == WASM_VAR);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_F64);
}
static void check_table(const wasm_externtype_t* type) {
  const wasm_tabletype_t* const table = wasm_externtype_as_tabletype_const(type);
  CHECK(table != NULL && wasm_valtype_kind(wasm_tabletype_element(table)) == WASM_FUNCREF);
  CHECK(wasm_tabletype_limits(table)->min == 50 && wasm_tabletype_limits(table)->max == 70);
}
static void check_memory(const wasm_externtype_t* type, uint32_t min) {
  const wasm_memorytype_t* const memory = wasm_externtype_as_memorytype_const(type);
  CHECK(memory != NULL && wasm_memorytype_limits(memory)->min == min);
  CHECK(wasm_memorytype_limits(memory)->max == wasm_limits_max_default);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module =
      module_of(store,
                "(module $name"
                "  (type $u (func))"
                "  (type $t (func (param i32 externref v128 (ref null $u)) (result f64 eqref)))"
                "  (import \"mod\" \"f\" (func (type $t)))"
                "  (import \"mod\" \"\" (memory i64 3 0x200000000))"
                "  (import \"mod\" \"s\" (memory 1 2 shared))"
                "  (func (export \"func\") (type $t) unreachable)"
                "  (global (export \"global\") (mut f64) (f64.const 0))"
                "  (table (export \"table\") 50 70 funcref)"
                "  (memory (export \"memory\") 5)"
                "  (tag (export \"tag\") (param i32)))");
  wasm_name_t name;
  trenail_module_name(module, &name);
  CHECK(is_name(&name, "name"));
  wasm_name_delete(&name);

  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  CHECK(imports.size == 3);
  CHECK(is_name(wasm_importtype_module(imports.data[0]), "mod"));
  CHECK(is_name(wasm_importtype_name(imports.data[0]), "f"));
  CHECK(is_name(wasm_importtype_name(imports.data[1]), ""));
  check_func(wasm_importtype_type(imports.data[0]));
  const wasm_memorytype_t* const wide =
      wasm_externtype_as_memorytype_const(wasm_importtype_type(imports.data[1]));
  CHECK(wasm_memorytype_limits(wide)->min == 3);
  trenail_limits_t limits;
  trenail_memorytype_limits(wide, &limits);
  CHECK(limits.is_64 && !limits.is_shared && limits.has_max && limits.max == 0x200000000);
  CHECK(limits.page_size == 65536);
  trenail_memorytype_limits(
      wasm_externtype_as_memorytype_const(wasm_importtype_type(imports.data[2])), &limits);
  CHECK(limits.is_shared && !limits.is_64);

  // A host function of exactly this type, whose memories are made from the types alone.
  wasm_importtype_vec_t copies;
  wasm_importtype_vec_copy(&copies, &imports);
  wasm_importtype_vec_delete(&imports);
  const wasm_functype_t* const func_type =
      wasm_externtype_as_functype_const(wasm_importtype_type(copies.data[0]));
  wasm_func_t* const func = wasm_func_new(store, func_type, NULL);
  CHECK(func != NULL);
  wasm_memory_t* memories[2];
  for (int i = 0; i < 2; ++i) {
    memories[i] = wasm_memory_new(
        store, wasm_externtype_as_memorytype_const(wasm_importtype_type(copies.data[1 + i])));
    CHECK(memories[i] != NULL);
  }
  // Concrete types are those of one engine.
  wasm_engine_t* const other_engine = wasm_engine_new();
  wasm_store_t* const other_store = wasm_store_new(other_engine);
  CHECK(wasm_func_new(other_store, func_type, NULL) == NULL);
  trenail_error_delete(trenail_last_error());
  wasm_store_delete(other_store);
  wasm_engine_delete(other_engine);

  wasm_extern_t* externs[] = {wasm_func_as_extern(func), wasm_memory_as_extern(memories[0]),
                              wasm_memory_as_extern(memories[1])};
  const wasm_extern_vec_t import_vec = WASM_ARRAY_VEC(externs);
  wasm_instance_t* const instance = wasm_instance_new(store, module, &import_vec, NULL);
  CHECK(instance != NULL);
  wasm_memory_delete(memories[0]);
  wasm_memory_delete(memories[1]);
  wasm_func_delete(func);
  wasm_importtype_vec_delete(&copies);

  wasm_exporttype_vec_t export_types;
  wasm_module_exports(module, &export_types);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(export_types.size == 5 && exports.size == 5);
  for (size_t i = 0; i < 5; ++i) {
    const wasm_externtype_t* const declared = wasm_exporttype_type(export_types.data[i]);
    CHECK(wasm_extern_kind(exports.data[i]) == wasm_externtype_kind(declared));
  }
  CHECK(is_name(wasm_exporttype_name(export_types.data[0]), "func"));
  CHECK(is_name(wasm_exporttype_name(export_types.data[4]), "tag"));
  check_func(wasm_exporttype_type(export_types.data[0]));
  check_global(wasm_exporttype_type(export_types.data[1]));
  check_table(wasm_exporttype_type(export_types.data[2]));
  check_memory(wasm_exporttype_type(export_types.data[3]), 5);
  CHECK(wasm_externtype_kind(wasm_exporttype_type(export_types.data[4])) == TRENAIL_EXTERN_TAG);
  CHECK(wasm_externtype_as_functype_const(wasm_exporttype_type(export_types.data[4])) == NULL);

  CHECK(wasm_memory_grow(wasm_extern_as_memory(exports.data[3]), 2));
  wasm_externtype_t* current[5];
  for (size_t i = 0; i < 5; ++i) current[i] = wasm_extern_type(exports.data[i]);
  check_func(current[0]);
  check_global(current[1]);
  check_table(current[2]);
  check_memory(current[3], 7);
  CHECK(wasm_externtype_kind(current[4]) == TRENAIL_EXTERN_TAG);
  for (size_t i = 0; i < 5; ++i) {
    wasm_externtype_t* const copy = wasm_externtype_copy(current[i]);
    CHECK(wasm_externtype_kind(copy) == wasm_externtype_kind(current[i]));
    wasm_externtype_delete(copy);
    wasm_externtype_delete(current[i]);
  }
  CHECK(wasm_valtype_new(77) == NULL);

  wasm_exporttype_vec_delete(&export_types);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
