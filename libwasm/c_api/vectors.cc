// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vectors of wasm.h, and values as far as ownership goes. Memory is calloc's: a vector that was
// given up half filled can be deleted.

#include <cstdlib>
#include <cstring>

#include "libwasm/c_api/handles.h"

namespace trenail::c_api {

void* Allocate(size_t count, size_t size) {
  if (count == 0) return nullptr;
  return std::calloc(count, size);  // which looks at the product
}
void Free(void* memory) { std::free(memory); }

void SetName(wasm_byte_vec_t* out, std::string_view text, bool terminated) {
  wasm_byte_vec_new_uninitialized(out, text.size() + (terminated ? 1 : 0));
  if (out->data != nullptr && !text.empty()) std::memcpy(out->data, text.data(), text.size());
}

namespace {

template <typename Vec>
void NewUninitialized(Vec* out, size_t size) {
  out->data = static_cast<decltype(out->data)>(Allocate(size, sizeof *out->data));
  out->size = out->data != nullptr ? size : 0;
}

}  // namespace
}  // namespace trenail::c_api

// `copy` and `del`: of one element.
#define DEFINE_VEC(name, ptr, copy, del)                                                   \
  void wasm_##name##_vec_new_empty(wasm_##name##_vec_t* out) { *out = {0, nullptr}; }      \
  void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t* out, size_t size) {        \
    trenail::c_api::NewUninitialized(out, size);                                           \
  }                                                                                        \
  void wasm_##name##_vec_new(wasm_##name##_vec_t* out, size_t size,                        \
                             wasm_##name##_t ptr const items[]) {                          \
    trenail::c_api::NewUninitialized(out, size);                                           \
    if (out->size != 0) std::memcpy(out->data, items, size * sizeof *items);               \
  }                                                                                        \
  void wasm_##name##_vec_copy(wasm_##name##_vec_t* out, const wasm_##name##_vec_t* from) { \
    trenail::c_api::NewUninitialized(out, from->size);                                     \
    for (size_t i = 0; i < out->size; ++i) copy(out->data[i], from->data[i]);              \
  }                                                                                        \
  void wasm_##name##_vec_delete(wasm_##name##_vec_t* vec) {                                \
    if (vec == nullptr) return;                                                            \
    for (size_t i = 0; i < vec->size; ++i) del(vec->data[i]);                              \
    trenail::c_api::Free(vec->data);                                                       \
    *vec = {0, nullptr};                                                                   \
  }
#define DEFINE_POINTER_VEC(name)                                            \
  static void Copy(wasm_##name##_t*& to, const wasm_##name##_t* from) {     \
    to = wasm_##name##_copy(from);                                          \
  }                                                                         \
  static void Delete(wasm_##name##_t* item) { wasm_##name##_delete(item); } \
  DEFINE_VEC(name, *, Copy, Delete)

void wasm_val_delete(wasm_val_t* value) {
  if (value == nullptr || !wasm_valkind_is_ref(value->kind)) return;
  wasm_ref_delete(value->of.ref);
  value->of.ref = nullptr;
}
void wasm_val_copy(wasm_val_t* out, const wasm_val_t* value) {
  *out = *value;
  if (wasm_valkind_is_ref(value->kind)) out->of.ref = wasm_ref_copy(value->of.ref);
}

static void Copy(wasm_byte_t& to, wasm_byte_t from) { to = from; }
static void Delete(wasm_byte_t) {}
static void Copy(wasm_val_t& to, const wasm_val_t& from) { wasm_val_copy(&to, &from); }
static void Delete(wasm_val_t& value) { wasm_val_delete(&value); }

DEFINE_VEC(byte, , Copy, Delete)
DEFINE_VEC(val, , Copy, Delete)
DEFINE_POINTER_VEC(valtype)
DEFINE_POINTER_VEC(functype)
DEFINE_POINTER_VEC(globaltype)
DEFINE_POINTER_VEC(tabletype)
DEFINE_POINTER_VEC(memorytype)
DEFINE_POINTER_VEC(externtype)
DEFINE_POINTER_VEC(importtype)
DEFINE_POINTER_VEC(exporttype)
DEFINE_POINTER_VEC(frame)
DEFINE_POINTER_VEC(extern)
