// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the opaque types of wasm.h are. All handles are one struct, so that a handle can be looked
// at as a wasm_ref_t, a wasm_extern_t and what it is: the types of the header other than wasm_ref_t
// are never defined, and pointers to them are cast. A handle counts as one reference to its store,
// which goes with the last of them; what a handle refers to is the runtime's own object, alive as
// long as the store, or one of the counted Objects below.

#ifndef TRENAIL_LIBWASM_C_API_HANDLES_H_
#define TRENAIL_LIBWASM_C_API_HANDLES_H_

#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libwasm/c_api/include/trenail/core.h"
#include "libwasm/c_api/include/wasm.h"
#include "libwasm/libwasm.h"

struct trenail_error_t {
  std::shared_ptr<const trenail::Error> error;
};

namespace trenail {
class ComponentStore;  // libcomponent/libcomponent.h
}

namespace trenail::c_api {

// A word of the host's, with what is called when it goes.
class HostInfo {
 public:
  HostInfo() = default;
  ~HostInfo() { Set(nullptr, nullptr); }
  HostInfo(const HostInfo&) = delete;
  HostInfo& operator=(const HostInfo&) = delete;

  void* data() const { return data_; }
  void Set(void* data, void (*finalizer)(void*)) {
    void* const old = std::exchange(data_, data);
    if (auto* const finalize = std::exchange(finalizer_, finalizer)) finalize(old);
  }

 private:
  void* data_ = nullptr;
  void (*finalizer_)(void*) = nullptr;
};

enum class Kind : uint8_t {
  // Those of the runtime, in the order of wasm_externkind_enum.
  kFunc,
  kGlobal,
  kTable,
  kMemory,
  kTag,
  kInstance,
  // Objects.
  kModule,
  kTrap,
  kForeign,
  kGuest,  // a reference of the guest's that is none of the above
};
constexpr bool IsExtern(Kind kind) { return kind <= Kind::kTag; }
constexpr bool IsObject(Kind kind) { return kind >= Kind::kModule; }

// Counted by the handles on it, and by the store once a guest has seen it as an externref.
struct Object {
  virtual ~Object() = default;
  void Release() {
    if (--refs == 0) delete this;
  }
  uint32_t refs = 1;
  HostInfo host_info;
};
struct ModuleObject final : Object {
  explicit ModuleObject(Module m) : module(std::move(m)) {}
  Module module;
};
struct TrapObject final : Object {
  TrapObject(std::shared_ptr<const Error> e, const wasm_store_t* s)
      : error(std::move(e)), store(s) {}
  std::shared_ptr<const Error> error;
  const wasm_store_t* store;  // whose instances the frames are of; for comparing alone
};
struct ForeignObject final : Object {};
// Keeps the guest's object alive; the store that it is in lives at least as long as the handles.
struct GuestObject final : Object {
  GuestObject(wasm_store_t* s, ValType t, uint64_t r);
  ~GuestObject() override;
  wasm_store_t* const store;
  const ValType type;
  const uint64_t ref;
  uint32_t root;
};

// What an externref refers to that came from a handle.
struct Boxed {
  Kind kind;
  void* object;
};

// Behind a host function.
struct HostFunc {
  ~HostFunc() {
    if (finalizer != nullptr) finalizer(env);
  }
  wasm_store_t* store = nullptr;
  const FuncType* type = nullptr;  // the canonical one
  bool has_vector = false;         // in it
  wasm_func_callback_t callback = nullptr;
  wasm_func_callback_with_env_t callback_with_env = nullptr;
  trenail_raw_callback_t raw_callback = nullptr;
  void* env = nullptr;
  void (*finalizer)(void*) = nullptr;
};

// For other threads, and longer than the store.
struct InterruptTarget {
  std::mutex mutex;
  trenail::Store* store = nullptr;  // null: gone
};

// A store with an owner other than wasm_store_t: that of a component.
struct StoreOwner {
  virtual ~StoreOwner() = default;
  virtual trenail::Store& core() = 0;
  // Null: not one for components.
  virtual ComponentStore* component_store() { return nullptr; }
};

}  // namespace trenail::c_api

struct wasm_config_t {
  trenail::EngineOptions options;
};

struct wasm_engine_t {
  trenail::Engine engine;
};

struct wasm_store_t {
  explicit wasm_store_t(std::unique_ptr<trenail::c_api::StoreOwner> store_owner)
      : owner(std::move(store_owner)), store(owner->core()) {}
  ~wasm_store_t();

  void Retain() { ++refs; }
  void Release() {
    if (--refs == 0) delete this;
  }
  const std::shared_ptr<trenail::c_api::InterruptTarget>& interrupt_target();

  uint32_t refs = 1;
  std::unique_ptr<trenail::c_api::StoreOwner> owner;
  trenail::Store& store;
  // By the runtime's object.
  std::unordered_map<const void*, trenail::c_api::HostInfo> host_infos;
  std::unordered_map<const void*, std::unique_ptr<trenail::c_api::Boxed>> boxed;
  std::vector<std::unique_ptr<trenail::c_api::HostFunc>> host_funcs;
  // What instances call, and has to outlive them.
  std::vector<std::shared_ptr<void>> kept;
  // Called before anything of the store goes: what on other threads may still interrupt it ends.
  std::vector<std::function<void()>> endings;
  uint64_t timer = 0;  // of the deadline; 0: none

 private:
  std::shared_ptr<trenail::c_api::InterruptTarget> interrupt_target_;
};

struct wasm_ref_t {
  trenail::c_api::Kind kind;
  wasm_store_t* store;                                   // null: a trap of no store
  void* object;                                          // FuncInst, …; or an Object
  mutable const trenail::FuncType* func_type = nullptr;  // once a function has been called
};

struct wasm_shared_module_t {
  trenail::Module module;
};

namespace trenail::c_api {

// A new handle; takes over a count of an Object. `store` may be null for traps alone.
wasm_ref_t* NewHandle(wasm_store_t* store, Kind kind, void* object);
wasm_ref_t* CopyHandle(const wasm_ref_t* handle);
void DeleteHandle(wasm_ref_t* handle);

template <typename Handle>
wasm_ref_t* AsRef(Handle* handle) {
  return reinterpret_cast<wasm_ref_t*>(handle);
}
template <typename Handle>
const wasm_ref_t* AsRef(const Handle* handle) {
  return reinterpret_cast<const wasm_ref_t*>(handle);
}
template <typename Handle>
Handle* As(wasm_ref_t* handle) {
  return reinterpret_cast<Handle*>(handle);
}

inline wasm::runtime::FuncInst* FuncOf(const wasm_func_t* func) {
  return static_cast<wasm::runtime::FuncInst*>(AsRef(func)->object);
}
inline const Module& ModuleOf(const wasm_module_t* module) {
  return static_cast<const ModuleObject*>(static_cast<const Object*>(AsRef(module)->object))
      ->module;
}
inline const std::shared_ptr<const Error>& ErrorOf(const wasm_trap_t* trap) {
  return static_cast<const TrapObject*>(static_cast<const Object*>(AsRef(trap)->object))->error;
}
inline Instance InstanceOf(const wasm_instance_t* instance) {
  const wasm_ref_t* handle = AsRef(instance);
  return Instance(&handle->store->store.internal(),
                  static_cast<wasm::runtime::Instance*>(handle->object));
}

// Keeps a store, for a call that may delete every handle on it, or as long as something in it.
class StoreRef {
 public:
  explicit StoreRef(wasm_store_t* store) : store_(store) { store_->Retain(); }
  StoreRef(const StoreRef& other) : StoreRef(other.store_) {}
  StoreRef& operator=(const StoreRef&) = delete;
  ~StoreRef() { store_->Release(); }

  wasm_store_t* get() const { return store_; }
  wasm_store_t* operator->() const { return store_; }

 private:
  wasm_store_t* const store_;
};

// ---- errors

// The same once more; what it says of instances is left out, unless it stays in one store.
Error CopyError(const Error& error, bool same_store = false);
trenail_error_t* NewError(Error error);
inline trenail_error_t* NewHostError(std::string message) {
  return NewError(Error(ErrorKind::kHost, std::move(message)));
}
// The error that a handle of one owns, which is taken.
Error TakeError(trenail_error_t* error);
// What a call has ended with: the trap that a host function has thrown, or a new one.
wasm_trap_t* NewTrap(wasm_store_t* store, Error error);
// The error of a trap, which is taken, in terms of `store`.
Error TakeTrap(wasm_store_t* store, wasm_trap_t* trap);
// The same for what a host function of `store` returns: NewTrap makes the same object of it again,
// unless it is of another store.
Error ThrowTrap(wasm_store_t* store, wasm_trap_t* trap);
// An error of this thread has come out as something else than a trap, or a store (null: any) goes.
void ForgetThrownTrap(const wasm_store_t* store = nullptr);
// For trenail_last_error.
void SetLastError(Error error);

// The result of something as the functions of this interface have it.
template <typename T, typename Make>
trenail_error_t* Deliver(Result<T> result, Make&& make) {
  if (!result) return NewError(std::move(result.error()));
  if constexpr (std::is_void_v<T>)
    make();
  else
    make(*std::move(result));
  return nullptr;
}

// Null: those of wasm_store_new.
StoreLimits ToLimits(const trenail_store_limits_t* limits);

// ---- vectors and names

void* Allocate(size_t count, size_t size);
void Free(void* memory);
void SetName(wasm_byte_vec_t* out, std::string_view text, bool terminated = false);

// ---- values and externals

// A reference of a guest as a handle; null for null.
wasm_ref_t* RefFromSlot(wasm_store_t* store, ValType type, uint64_t slot);
// A reference as a value of `type`. Errors: kHost if it does not fit.
Result<Value> RefToValue(wasm_store_t* store, ValType type, const wasm_ref_t* ref);
wasm_val_t ValFromSlotsSlow(wasm_store_t* store, ValType type, const uint64_t* slots);
inline wasm_val_t ValFromSlots(wasm_store_t* store, ValType type, const uint64_t* slots) {
  wasm_val_t value;
  switch (type.code()) {
    case ValType::kI32:
      value.kind = WASM_I32;
      value.of.i32 = static_cast<int32_t>(slots[0]);
      return value;
    case ValType::kI64:
      value.kind = WASM_I64;
      value.of.i64 = static_cast<int64_t>(slots[0]);
      return value;
    case ValType::kF32:
      value.kind = WASM_F32;
      value.of.f32 = std::bit_cast<float>(static_cast<uint32_t>(slots[0]));
      return value;
    case ValType::kF64:
      value.kind = WASM_F64;
      value.of.f64 = std::bit_cast<double>(slots[0]);
      return value;
    default:
      return ValFromSlotsSlow(store, type, slots);
  }
}
// Values of a store from outside: of any type. Errors: as above.
Result<Value> ValToValue(wasm_store_t* store, ValType type, const wasm_val_t& value);
wasm_valkind_t ValKindOf(const wasm::TypeStore& types, ValType type);

wasm_extern_t* NewExtern(wasm_store_t* store, const Extern& value);
// The handle must be one of an external.
Extern ExternOf(const wasm_extern_t* handle);

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBWASM_C_API_HANDLES_H_
