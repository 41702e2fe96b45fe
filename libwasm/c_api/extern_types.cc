// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of externals as one, and those of imports and exports.

#include <utility>

#include "libwasm/c_api/include/trenail/core.h"
#include "libwasm/c_api/types.h"

// ---- extern types

void wasm_externtype_delete(wasm_externtype_t* type) {
  if (type == nullptr) return;
  switch (type->kind) {
    case WASM_EXTERN_FUNC:
    case TRENAIL_EXTERN_TAG:
      return wasm_functype_delete(static_cast<wasm_functype_t*>(type));
    case WASM_EXTERN_GLOBAL:
      return wasm_globaltype_delete(static_cast<wasm_globaltype_t*>(type));
    case WASM_EXTERN_TABLE:
      return wasm_tabletype_delete(static_cast<wasm_tabletype_t*>(type));
    case WASM_EXTERN_MEMORY:
      return wasm_memorytype_delete(static_cast<wasm_memorytype_t*>(type));
    default:
      return;
  }
}
wasm_externtype_t* wasm_externtype_copy(const wasm_externtype_t* type) {
  if (type == nullptr) return nullptr;
  switch (type->kind) {
    case WASM_EXTERN_FUNC:
    case TRENAIL_EXTERN_TAG:
      return wasm_functype_copy(static_cast<const wasm_functype_t*>(type));
    case WASM_EXTERN_GLOBAL:
      return wasm_globaltype_copy(static_cast<const wasm_globaltype_t*>(type));
    case WASM_EXTERN_TABLE:
      return wasm_tabletype_copy(static_cast<const wasm_tabletype_t*>(type));
    case WASM_EXTERN_MEMORY:
      return wasm_memorytype_copy(static_cast<const wasm_memorytype_t*>(type));
    default:
      return nullptr;
  }
}
wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t* type) { return type->kind; }

#define DEFINE_CASTS(name, extern_kind)                                                       \
  wasm_externtype_t* wasm_##name##_as_externtype(wasm_##name##_t* type) { return type; }      \
  const wasm_externtype_t* wasm_##name##_as_externtype_const(const wasm_##name##_t* type) {   \
    return type;                                                                              \
  }                                                                                           \
  wasm_##name##_t* wasm_externtype_as_##name(wasm_externtype_t* type) {                       \
    return type != nullptr && type->kind == extern_kind ? static_cast<wasm_##name##_t*>(type) \
                                                        : nullptr;                            \
  }                                                                                           \
  const wasm_##name##_t* wasm_externtype_as_##name##_const(const wasm_externtype_t* type) {   \
    return type != nullptr && type->kind == extern_kind                                       \
               ? static_cast<const wasm_##name##_t*>(type)                                    \
               : nullptr;                                                                     \
  }
DEFINE_CASTS(functype, WASM_EXTERN_FUNC)
DEFINE_CASTS(globaltype, WASM_EXTERN_GLOBAL)
DEFINE_CASTS(tabletype, WASM_EXTERN_TABLE)
DEFINE_CASTS(memorytype, WASM_EXTERN_MEMORY)

// ---- import types

wasm_importtype_t* wasm_importtype_new(wasm_name_t* module, wasm_name_t* name,
                                       wasm_externtype_t* type) {
  return new wasm_importtype_t{std::exchange(*module, {}), std::exchange(*name, {}), type};
}
void wasm_importtype_delete(wasm_importtype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->module);
  wasm_name_delete(&type->name);
  wasm_externtype_delete(type->type);
  delete type;
}
wasm_importtype_t* wasm_importtype_copy(const wasm_importtype_t* type) {
  if (type == nullptr) return nullptr;
  auto* const copy = new wasm_importtype_t{};
  wasm_name_copy(&copy->module, &type->module);
  wasm_name_copy(&copy->name, &type->name);
  copy->type = wasm_externtype_copy(type->type);
  return copy;
}
const wasm_name_t* wasm_importtype_module(const wasm_importtype_t* type) { return &type->module; }
const wasm_name_t* wasm_importtype_name(const wasm_importtype_t* type) { return &type->name; }
const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t* type) { return type->type; }

// ---- export types

wasm_exporttype_t* wasm_exporttype_new(wasm_name_t* name, wasm_externtype_t* type) {
  return new wasm_exporttype_t{std::exchange(*name, {}), type};
}
void wasm_exporttype_delete(wasm_exporttype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->name);
  wasm_externtype_delete(type->type);
  delete type;
}
wasm_exporttype_t* wasm_exporttype_copy(const wasm_exporttype_t* type) {
  if (type == nullptr) return nullptr;
  auto* const copy = new wasm_exporttype_t{};
  wasm_name_copy(&copy->name, &type->name);
  copy->type = wasm_externtype_copy(type->type);
  return copy;
}
const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t* type) { return &type->name; }
const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t* type) { return type->type; }
