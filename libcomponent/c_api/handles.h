// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the opaque types of trenail/component.h are. Types and values are the library's own:
// pointers to them are cast.

#ifndef TRENAIL_LIBCOMPONENT_C_API_HANDLES_H_
#define TRENAIL_LIBCOMPONENT_C_API_HANDLES_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libwasm/c_api/handles.h"
#include "libwasm/c_api/include/trenail/component.h"

struct trenail_component_t {
  trenail::Component component;
};
struct trenail_resource_t {
  trenail::ComponentResource resource;
};
struct trenail_component_linker_t {
  trenail::ComponentLinker linker;
};

// What is in a store keeps it; members go in the opposite order.
struct trenail_component_instance_t {
  trenail::c_api::StoreRef store;
  trenail::ComponentInstance instance;
};
struct trenail_component_func_t {
  trenail_component_func_t(const trenail::c_api::StoreRef& s, trenail::ComponentFunc f);

  trenail::c_api::StoreRef store;
  trenail::ComponentFunc func;
  // A guest's function of numbers alone; null: it is something else.
  component::runtime::LiftedFunc* of_numbers;
};
struct trenail_task_t {
  trenail::c_api::StoreRef store;
  trenail::ComponentCallHandle call;
};

namespace trenail::c_api {

inline const trenail_value_t* ToC(const ComponentValue* value) {
  return reinterpret_cast<const trenail_value_t*>(value);
}
inline trenail_value_t* ToC(ComponentValue* value) {
  return reinterpret_cast<trenail_value_t*>(value);
}
inline const trenail_valtype_t* ToC(const component::ValType* type) {
  return reinterpret_cast<const trenail_valtype_t*>(type);
}
inline const trenail_functype_t* ToC(const component::FuncType* type) {
  return reinterpret_cast<const trenail_functype_t*>(type);
}
inline const trenail_item_t* ToC(const component::NamedExtern* item) {
  return reinterpret_cast<const trenail_item_t*>(item);
}
inline const ComponentValue& FromC(const trenail_value_t* value) {
  return *reinterpret_cast<const ComponentValue*>(value);
}
inline ComponentValue& FromC(trenail_value_t* value) {
  return *reinterpret_cast<ComponentValue*>(value);
}
inline const component::ValType& FromC(const trenail_valtype_t* type) {
  return *reinterpret_cast<const component::ValType*>(type);
}
inline const component::FuncType& FromC(const trenail_functype_t* type) {
  return *reinterpret_cast<const component::FuncType*>(type);
}
inline const component::NamedExtern& FromC(const trenail_item_t* item) {
  return *reinterpret_cast<const component::NamedExtern*>(item);
}

inline trenail_value_t* NewValue(ComponentValue value) {
  return ToC(new ComponentValue(std::move(value)));
}
// The value that is taken over; null is unit.
inline ComponentValue TakeValue(trenail_value_t* value) {
  if (value == nullptr) return ComponentValue();
  const std::unique_ptr<ComponentValue> owned(&FromC(value));
  return std::move(*owned);
}
std::vector<ComponentValue> TakeValues(trenail_value_t* const values[], size_t count);
std::vector<ComponentValue> CopyValues(const trenail_value_t* const values[], size_t count);

// Numbers and bools, whose values are bits.
inline bool IsNumber(const component::ValType& type) {
  return type.kind <= component::ValKind::kF64;
}
inline ComponentValue::Kind NumberKindOf(const component::ValType& type) {
  using component::ValKind;
  using Kind = ComponentValue::Kind;
  constexpr int kApart = static_cast<int>(Kind::kBool) - static_cast<int>(ValKind::kBool);
  static_assert(static_cast<int>(Kind::kF64) - static_cast<int>(ValKind::kF64) == kApart);
  return static_cast<Kind>(static_cast<int>(type.kind) + kApart);
}
inline bool IsNumberOf(const ComponentValue& value, const component::ValType& type) {
  return IsNumber(type) && value.kind() == NumberKindOf(type);
}

// Whether a value is of the type throughout, but for what handles refer to. With `as_text`, also
// whether there is a text of it. Errors: kHost.
Result<void> CheckValue(const ComponentValue& value, const component::ValType& type,
                        bool as_text = false);

// A callback with its environment, which ends with the last user of it.
template <typename Function>
struct Callback {
  Callback(Function f, void* e, void (*end)(void*)) : function(f), env(e), finalizer(end) {}
  ~Callback() {
    if (finalizer != nullptr) finalizer(env);
  }
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  const Function function;
  void* const env;
  void (*const finalizer)(void*);
};
template <typename Function>
std::shared_ptr<Callback<Function>> NewCallback(Function function, void* env,
                                                void (*finalizer)(void*)) {
  return std::make_shared<Callback<Function>>(function, env, finalizer);
}

// Who lends a store to callbacks; null if it is none of this interface.
wasm_store_t* StoreOf(const trenail::Store& core);

// The error, unless `store` can hold components.
inline trenail_error_t* CheckStore(wasm_store_t* store) {
  if (store->owner->component_store() != nullptr) return nullptr;
  return NewHostError(
      "the store is not one for components: trenail_component_store_new makes them");
}

inline trenail_error_t* ToError(Result<void> result) {
  return result ? nullptr : NewError(std::move(result.error()));
}

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBCOMPONENT_C_API_HANDLES_H_
