// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all handles have in common: copying, comparing, host info, and being looked at as another
// type.

#include "libwasm/c_api/handles.h"

#include "libwasm/runtime/store.h"

namespace trenail::c_api {

GuestObject::GuestObject(wasm_store_t* s, ValType t, uint64_t r)
    : store(s), type(t), ref(r), root(s->store.internal().Root(r)) {}
GuestObject::~GuestObject() { store->store.internal().Unroot(root); }

wasm_ref_t* NewHandle(wasm_store_t* store, Kind kind, void* object) {
  if (store != nullptr) store->Retain();
  return new wasm_ref_t{kind, store, object};
}
wasm_ref_t* CopyHandle(const wasm_ref_t* handle) {
  if (handle == nullptr) return nullptr;
  if (IsObject(handle->kind)) ++static_cast<Object*>(handle->object)->refs;
  return NewHandle(handle->store, handle->kind, handle->object);
}
void DeleteHandle(wasm_ref_t* handle) {
  if (handle == nullptr) return;
  // The object first: it may be one of the store.
  if (IsObject(handle->kind)) static_cast<Object*>(handle->object)->Release();
  if (handle->store != nullptr) handle->store->Release();
  delete handle;
}

namespace {

bool Same(const wasm_ref_t* a, const wasm_ref_t* b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr || a->kind != b->kind) return false;
  if (a->object == b->object) return true;
  if (a->kind != Kind::kGuest || a->store != b->store) return false;
  const auto bits = [](const wasm_ref_t* handle) {
    return static_cast<const GuestObject*>(static_cast<const Object*>(handle->object))->ref;
  };
  return bits(a) == bits(b);
}

// Null: none has been set.
const HostInfo* FindHostInfo(const wasm_ref_t* handle) {
  if (IsObject(handle->kind)) return &static_cast<const Object*>(handle->object)->host_info;
  const auto found = handle->store->host_infos.find(handle->object);
  return found != handle->store->host_infos.end() ? &found->second : nullptr;
}
void* GetHostInfo(const wasm_ref_t* handle) {
  const HostInfo* const info = FindHostInfo(handle);
  return info != nullptr ? info->data() : nullptr;
}
void SetHostInfo(wasm_ref_t* handle, void* data, void (*finalizer)(void*)) {
  HostInfo& info = IsObject(handle->kind) ? static_cast<Object*>(handle->object)->host_info
                                          : handle->store->host_infos[handle->object];
  info.Set(data, finalizer);
}

template <typename Handle>
Handle* AsKind(wasm_ref_t* handle, Kind kind) {
  return handle != nullptr && handle->kind == kind ? reinterpret_cast<Handle*>(handle) : nullptr;
}
template <typename Handle>
const Handle* AsKind(const wasm_ref_t* handle, Kind kind) {
  return AsKind<Handle>(const_cast<wasm_ref_t*>(handle), kind);
}

}  // namespace
}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

#define DEFINE_REF_BASE(name)                                                          \
  void wasm_##name##_delete(wasm_##name##_t* handle) { DeleteHandle(AsRef(handle)); }  \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* handle) {                 \
    return As<wasm_##name##_t>(CopyHandle(AsRef(handle)));                             \
  }                                                                                    \
  bool wasm_##name##_same(const wasm_##name##_t* a, const wasm_##name##_t* b) {        \
    return Same(AsRef(a), AsRef(b));                                                   \
  }                                                                                    \
  void* wasm_##name##_get_host_info(const wasm_##name##_t* handle) {                   \
    return GetHostInfo(AsRef(handle));                                                 \
  }                                                                                    \
  void wasm_##name##_set_host_info(wasm_##name##_t* handle, void* info) {              \
    SetHostInfo(AsRef(handle), info, nullptr);                                         \
  }                                                                                    \
  void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t* handle, void* info, \
                                                  void (*finalizer)(void*)) {          \
    SetHostInfo(AsRef(handle), info, finalizer);                                       \
  }

// `condition`: on `handle`, whether it is one.
#define DEFINE_REF(name, condition)                                                   \
  DEFINE_REF_BASE(name)                                                               \
  wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t* handle) { return AsRef(handle); } \
  const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t* handle) {       \
    return AsRef(handle);                                                             \
  }                                                                                   \
  wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t* handle) {                           \
    return handle != nullptr && (condition) ? As<wasm_##name##_t>(handle) : nullptr;  \
  }                                                                                   \
  const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t* handle) {       \
    return wasm_ref_as_##name(const_cast<wasm_ref_t*>(handle));                       \
  }

DEFINE_REF_BASE(ref)
DEFINE_REF(trap, handle->kind == Kind::kTrap)
DEFINE_REF(foreign, handle->kind == Kind::kForeign)
DEFINE_REF(module, handle->kind == Kind::kModule)
DEFINE_REF(func, handle->kind == Kind::kFunc)
DEFINE_REF(global, handle->kind == Kind::kGlobal)
DEFINE_REF(table, handle->kind == Kind::kTable)
DEFINE_REF(memory, handle->kind == Kind::kMemory)
DEFINE_REF(extern, IsExtern(handle->kind))
DEFINE_REF(instance, handle->kind == Kind::kInstance)

#define DEFINE_EXTERN(name, handle_kind)                                              \
  wasm_extern_t* wasm_##name##_as_extern(wasm_##name##_t* handle) {                   \
    return As<wasm_extern_t>(AsRef(handle));                                          \
  }                                                                                   \
  const wasm_extern_t* wasm_##name##_as_extern_const(const wasm_##name##_t* handle) { \
    return reinterpret_cast<const wasm_extern_t*>(handle);                            \
  }                                                                                   \
  wasm_##name##_t* wasm_extern_as_##name(wasm_extern_t* handle) {                     \
    return AsKind<wasm_##name##_t>(AsRef(handle), handle_kind);                       \
  }                                                                                   \
  const wasm_##name##_t* wasm_extern_as_##name##_const(const wasm_extern_t* handle) { \
    return AsKind<wasm_##name##_t>(AsRef(handle), handle_kind);                       \
  }

DEFINE_EXTERN(func, Kind::kFunc)
DEFINE_EXTERN(global, Kind::kGlobal)
DEFINE_EXTERN(table, Kind::kTable)
DEFINE_EXTERN(memory, Kind::kMemory)

wasm_externkind_t wasm_extern_kind(const wasm_extern_t* handle) {
  return static_cast<wasm_externkind_t>(AsRef(handle)->kind);
}

wasm_foreign_t* wasm_foreign_new(wasm_store_t* store) {
  // As an Object: what a handle refers to is one.
  Object* const object = new ForeignObject;
  return As<wasm_foreign_t>(NewHandle(store, Kind::kForeign, object));
}
