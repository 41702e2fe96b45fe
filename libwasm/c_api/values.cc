// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values and externals between wasm.h and the library. Any handle can become an externref: that of
// the guest holds a Boxed, one for each object, which the store keeps as it cannot know when no
// guest refers to it any more.

#include "libwasm/c_api/handles.h"
#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/vm_layout.h"

namespace trenail::c_api {

namespace runtime = wasm::runtime;

namespace {

std::unexpected<Error> Misfit(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

Boxed* Box(wasm_store_t* store, const wasm_ref_t* ref) {
  std::unique_ptr<Boxed>& boxed = store->boxed[ref->object];
  if (boxed == nullptr) {
    boxed = std::make_unique<Boxed>(ref->kind, ref->object);
    if (IsObject(ref->kind)) ++static_cast<Object*>(ref->object)->refs;
  }
  return boxed.get();
}

Kind KindOf(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc:
      return Kind::kFunc;
    case ExternKind::kTable:
      return Kind::kTable;
    case ExternKind::kMemory:
      return Kind::kMemory;
    case ExternKind::kGlobal:
      return Kind::kGlobal;
    case ExternKind::kTag:
      return Kind::kTag;
  }
  return Kind::kFunc;
}

}  // namespace

wasm_ref_t* RefFromSlot(wasm_store_t* store, ValType type, uint64_t slot) {
  if (slot == runtime::kNullRef) return nullptr;
  const wasm::TypeStore& types = store->store.internal().types();
  if (types.TopOf(type.heap_type()) == HeapType(HeapType::kFunc))
    return NewHandle(store, Kind::kFunc, reinterpret_cast<runtime::FuncInst*>(slot));
  if (!runtime::IsI31(slot) && runtime::gc::AsObject(slot)->type_id == runtime::gc::kHostObject) {
    const auto* payload =
        reinterpret_cast<const runtime::gc::HostPayload*>(runtime::gc::AsObject(slot)->payload());
    const auto* boxed = static_cast<const Boxed*>(payload->data);
    if (IsObject(boxed->kind)) ++static_cast<Object*>(boxed->object)->refs;
    return NewHandle(store, boxed->kind, boxed->object);
  }
  Object* const object = new GuestObject(store, type, slot);
  return NewHandle(store, Kind::kGuest, object);
}

Result<Value> RefToValue(wasm_store_t* store, ValType type, const wasm_ref_t* ref) {
  if (!type.is_ref()) return Misfit("a reference where a " + ToString(type) + " is wanted");
  if (ref == nullptr) {
    if (!type.is_nullable()) return Misfit("null where a " + ToString(type) + " is wanted");
    return Value::Null(type.heap_type());
  }
  if (ref->store != store && ref->store != nullptr) return Misfit("a reference of another store");
  const wasm::TypeStore& types = store->store.internal().types();
  const HeapType top = types.TopOf(type.heap_type());
  Value value;
  if (top == HeapType(HeapType::kFunc)) {
    if (ref->kind != Kind::kFunc)
      return Misfit("what is no function where a " + ToString(type) + " is wanted");
    value = Func(&store->store.internal(), static_cast<runtime::FuncInst*>(ref->object)).ref();
  } else if (ref->kind == Kind::kGuest) {
    const auto& guest = *static_cast<const GuestObject*>(static_cast<const Object*>(ref->object));
    if (types.TopOf(guest.type.heap_type()) != top)
      return Misfit("a " + ToString(guest.type) + " where a " + ToString(type) + " is wanted");
    value = Value::FromSlots(guest.type, guest.ref, 0);
  } else if (top == HeapType(HeapType::kExtern)) {
    value = store->store.NewHostRef(Box(store, ref));
    if (value.is_null()) return std::unexpected(Error(ErrorKind::kExhausted, "out of memory"));
  } else {
    return Misfit("an object of the host where a " + ToString(type) + " is wanted");
  }
  if (!runtime::gc::RefMatches(types, value.low(), type))
    return Misfit("a reference of another type where a " + ToString(type) + " is wanted");
  return value;
}

wasm_val_t ValFromSlotsSlow(wasm_store_t* store, ValType type, const uint64_t* slots) {
  wasm_val_t value;
  value.kind = type == ValType::kV128 ? static_cast<wasm_valkind_t>(TRENAIL_V128)
                                      : ValKindOf(store->store.internal().types(), type);
  value.of.ref = type == ValType::kV128 ? nullptr : RefFromSlot(store, type, slots[0]);
  return value;
}

Result<Value> ValToValue(wasm_store_t* store, ValType type, const wasm_val_t& value) {
  if (wasm_valkind_is_ref(value.kind)) return RefToValue(store, type, value.of.ref);
  if (value.kind == WASM_I32 && type == ValType::kI32) return Value(value.of.i32);
  if (value.kind == WASM_I64 && type == ValType::kI64) return Value(value.of.i64);
  if (value.kind == WASM_F32 && type == ValType::kF32) return Value(value.of.f32);
  if (value.kind == WASM_F64 && type == ValType::kF64) return Value(value.of.f64);
  if (type == ValType::kV128) return Misfit("a v128 does not fit into a wasm_val_t");
  return Misfit("a value of another kind where a " + ToString(type) + " is wanted");
}

wasm_extern_t* NewExtern(wasm_store_t* store, const Extern& value) {
  const Kind kind = KindOf(static_cast<ExternKind>(value.index()));
  void* const object =
      std::visit([](const auto& e) { return static_cast<void*>(e.internal()); }, value);
  return As<wasm_extern_t>(NewHandle(store, kind, object));
}

Extern ExternOf(const wasm_extern_t* handle) {
  const wasm_ref_t* const ref = AsRef(handle);
  runtime::Store* const store = &ref->store->store.internal();
  switch (ref->kind) {
    case Kind::kTable:
      return Table(store, static_cast<runtime::TableInst*>(ref->object));
    case Kind::kMemory:
      return Memory(store, static_cast<runtime::MemoryInst*>(ref->object));
    case Kind::kGlobal:
      return Global(store, static_cast<runtime::GlobalInst*>(ref->object));
    case Kind::kTag:
      return Tag(store, static_cast<runtime::TagInst*>(ref->object));
    default:
      return Func(store, static_cast<runtime::FuncInst*>(ref->object));
  }
}

}  // namespace trenail::c_api
