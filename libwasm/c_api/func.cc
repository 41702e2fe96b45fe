// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions: calls of guests, and host functions. Numbers go from wasm_val_t to slots and back
// without an allocation. A call holds its store, as a callback may delete every handle on it.

#include <algorithm>

#include "libwasm/c_api/handles.h"
#include "libwasm/c_api/small_array.h"
#include "libwasm/c_api/types.h"
#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/store.h"
#include "libwasm/types/type_store.h"

struct trenail_caller_t {
  trenail::Caller& caller;
  wasm_store_t* store;
};

namespace trenail::c_api {

namespace runtime = wasm::runtime;

namespace {

const FuncType& TypeOf(const wasm_func_t* func) {
  const wasm_ref_t* const handle = AsRef(func);
  if (handle->func_type == nullptr) {
    handle->func_type =
        &handle->store->store.internal().types().Get(FuncOf(func)->type_id).type.comp.func;
  }
  return *handle->func_type;
}

Error Misuse(std::string message) { return Error(ErrorKind::kHost, std::move(message)); }

bool HasVector(const FuncType& type) {
  const auto is_vector = [](ValType t) { return t == ValType::kV128; };
  return std::ranges::any_of(type.params, is_vector) ||
         std::ranges::any_of(type.results, is_vector);
}

// True if it was a number of the right kind.
bool NumberToSlot(ValType type, const wasm_val_t& value, uint64_t& slot) {
  switch (type.code()) {
    case ValType::kI32:
      slot = static_cast<uint32_t>(value.of.i32);
      return value.kind == WASM_I32;
    case ValType::kI64:
      slot = static_cast<uint64_t>(value.of.i64);
      return value.kind == WASM_I64;
    case ValType::kF32:
      slot = std::bit_cast<uint32_t>(value.of.f32);
      return value.kind == WASM_F32;
    case ValType::kF64:
      slot = std::bit_cast<uint64_t>(value.of.f64);
      return value.kind == WASM_F64;
    default:
      return false;
  }
}

// What references in slots refer to, until somebody else keeps it alive.
class Roots {
 public:
  Result<uint64_t> Add(wasm_store_t* store, ValType type, const wasm_val_t& value) {
    Value rooted = TRY(ValToValue(store, type, value));
    const uint64_t slot = rooted.low();
    values_.push_back(std::move(rooted));
    return slot;
  }

 private:
  std::vector<Value> values_;
};

constexpr size_t kInlineValues = 16;

// A guest calls a host function that sees values.
Result<void> CallHost(void* data, uint64_t* slots) {
  const auto& host = *static_cast<const HostFunc*>(data);
  const FuncType& type = *host.type;
  const size_t num_params = type.params.size();
  const size_t num_results = type.results.size();
  if (host.has_vector) [[unlikely]]
    return std::unexpected(Misuse("a host function on wasm_val_t has no v128"));
  SmallArray<wasm_val_t, kInlineValues> values(num_params + num_results);
  for (size_t i = 0; i < num_params; ++i)
    values[i] = ValFromSlots(host.store, type.params[i], &slots[i]);
  const uint64_t zero = 0;
  for (size_t i = 0; i < num_results; ++i)
    values[num_params + i] = ValFromSlots(host.store, type.results[i], &zero);
  const wasm_val_vec_t args = {num_params, values.data()};
  wasm_val_vec_t results = {num_results, values.data() + num_params};

  wasm_trap_t* const trap = host.callback != nullptr
                                ? host.callback(&args, &results)
                                : host.callback_with_env(host.env, &args, &results);

  Result<void> outcome;
  Roots roots;
  if (trap != nullptr) [[unlikely]]
    outcome = std::unexpected(ThrowTrap(host.store, trap));
  for (size_t i = 0; i < num_results && outcome; ++i) {
    const wasm_val_t& value = values[num_params + i];
    if (NumberToSlot(type.results[i], value, slots[i])) [[likely]]
      continue;
    Result<uint64_t> slot = roots.Add(host.store, type.results[i], value);
    if (slot)
      slots[i] = *slot;
    else
      outcome = std::unexpected(Misuse("a host function returned " + slot.error().message()));
  }
  for (size_t i = 0; i < num_params + num_results; ++i) {
    if (wasm_valkind_is_ref(values[i].kind)) [[unlikely]]
      wasm_val_delete(&values[i]);
  }
  return outcome;
}

// Null, with the finalizer called, if there can be no such function.
std::unique_ptr<HostFunc> NewHostFunc(wasm_store_t* store, const wasm_functype_t* type, void* env,
                                      void (*finalizer)(void*), uint32_t& type_id) {
  auto host = std::make_unique<HostFunc>();
  host->store = store;
  host->env = env;
  host->finalizer = finalizer;
  Result<FuncType> func_type = ToFuncType(store->store.engine(), type);
  if (!func_type) {
    SetLastError(std::move(func_type.error()));
    return nullptr;
  }
  type_id = store->store.engine().TypeIdOf(*func_type);
  host->type = &store->store.internal().types().Get(type_id).type.comp.func;
  host->has_vector = HasVector(*host->type);
  return host;
}

wasm_func_t* NewFunc(wasm_store_t* store, std::unique_ptr<HostFunc> host, uint32_t type_id) {
  const Func func = Func::HostRaw(store->store, type_id, CallHost, host.get());
  store->host_funcs.push_back(std::move(host));
  return As<wasm_func_t>(NewHandle(store, Kind::kFunc, func.internal()));
}

}  // namespace
}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::FuncType;

wasm_func_t* wasm_func_new(wasm_store_t* store, const wasm_functype_t* type,
                           wasm_func_callback_t callback) {
  uint32_t type_id = 0;
  auto host = NewHostFunc(store, type, nullptr, nullptr, type_id);
  if (host == nullptr) return nullptr;
  host->callback = callback;
  return NewFunc(store, std::move(host), type_id);
}
wasm_func_t* wasm_func_new_with_env(wasm_store_t* store, const wasm_functype_t* type,
                                    wasm_func_callback_with_env_t callback, void* env,
                                    void (*finalizer)(void*)) {
  uint32_t type_id = 0;
  auto host = NewHostFunc(store, type, env, finalizer, type_id);
  if (host == nullptr) return nullptr;
  host->callback_with_env = callback;
  return NewFunc(store, std::move(host), type_id);
}

wasm_functype_t* wasm_func_type(const wasm_func_t* func) {
  return NewFuncType(AsRef(func)->store->store.engine(), TypeOf(func));
}
size_t wasm_func_param_arity(const wasm_func_t* func) { return TypeOf(func).params.size(); }
size_t wasm_func_result_arity(const wasm_func_t* func) { return TypeOf(func).results.size(); }

wasm_trap_t* wasm_func_call(const wasm_func_t* func, const wasm_val_vec_t* args,
                            wasm_val_vec_t* results) {
  wasm_store_t* const store = AsRef(func)->store;
  wasm::runtime::FuncInst* const inst = FuncOf(func);
  const FuncType& type = TypeOf(func);
  const size_t num_args = args != nullptr ? args->size : 0;
  if (num_args != type.params.size()) [[unlikely]]
    return NewTrap(store, Misuse("the function takes " + std::to_string(type.params.size()) +
                                 " arguments, not " + std::to_string(num_args)));
  const uint32_t num_slots = std::max(inst->param_slots, inst->result_slots);
  SmallArray<uint64_t, kInlineValues> slots(num_slots);
  Roots roots;
  for (size_t i = 0; i < num_args; ++i) {
    if (NumberToSlot(type.params[i], args->data[i], slots[i])) [[likely]]
      continue;
    const auto slot = roots.Add(store, type.params[i], args->data[i]);
    if (!slot) {
      return NewTrap(store,
                     Misuse("argument " + std::to_string(i + 1) + ": " + slot.error().message()));
    }
    slots[i] = *slot;
  }
  for (size_t i = num_args; i < num_slots; ++i) slots[i] = 0;
  if (inst->result_slots != type.results.size()) [[unlikely]]
    return NewTrap(store, Misuse("the function has a v128, which a wasm_val_t cannot be"));

  const StoreRef hold(store);
  // The handle may be gone afterwards.
  auto outcome = trenail::CallRaw(store->store.internal(), inst, slots.data());
  if (!outcome) [[unlikely]]
    return NewTrap(store, std::move(outcome.error()));
  // Handles keep no more than their own object alive, and making one may not collect garbage.
  const size_t room = results != nullptr ? results->size : 0;
  for (size_t i = 0; i < std::min(room, type.results.size()); ++i)
    results->data[i] = ValFromSlots(store, type.results[i], &slots[i]);
  return nullptr;
}

// ---- on slots

wasm_trap_t* trenail_func_call_raw(const wasm_func_t* func, uint64_t* slots, size_t num_slots) {
  wasm_store_t* const store = AsRef(func)->store;
  wasm::runtime::FuncInst* const inst = FuncOf(func);
  const uint32_t wanted = std::max(inst->param_slots, inst->result_slots);
  if (num_slots < wanted) [[unlikely]]
    return NewTrap(store, Misuse("the call needs " + std::to_string(wanted) + " slots, not " +
                                 std::to_string(num_slots)));
  const StoreRef hold(store);
  auto outcome = trenail::CallRaw(store->store.internal(), inst, slots);
  if (!outcome) [[unlikely]]
    return NewTrap(store, std::move(outcome.error()));
  return nullptr;
}

wasm_func_t* trenail_func_new_raw(wasm_store_t* store, const wasm_functype_t* type,
                                  trenail_raw_callback_t callback, void* env,
                                  void (*finalizer)(void*), const char* name) {
  uint32_t type_id = 0;
  auto host = NewHostFunc(store, type, env, finalizer, type_id);
  if (host == nullptr) return nullptr;
  host->raw_callback = callback;
  auto call = [host = host.get()](trenail::Caller& caller,
                                  uint64_t* slots) -> trenail::Result<void> {
    trenail_caller_t context{caller, host->store};
    trenail_error_t* const error = host->raw_callback(host->env, &context, slots);
    if (error != nullptr) return std::unexpected(TakeError(error));
    return {};
  };
  const trenail::Func func = trenail::Func::HostRaw(store->store, *host->type, std::move(call),
                                                    name != nullptr ? name : "");
  store->host_funcs.push_back(std::move(host));
  return As<wasm_func_t>(NewHandle(store, Kind::kFunc, func.internal()));
}

bool trenail_caller_memory(const trenail_caller_t* caller, uint8_t** data, size_t* size) {
  const std::span<uint8_t> bytes = caller->caller.memory();
  *data = bytes.data();
  *size = bytes.size();
  return bytes.data() != nullptr;
}
wasm_extern_t* trenail_caller_export(const trenail_caller_t* caller, const char* name) {
  const auto instance = caller->caller.instance();
  if (!instance) return nullptr;
  const auto found = instance->GetExport(name);
  return found ? NewExtern(caller->store, *found) : nullptr;
}
wasm_store_t* trenail_caller_store(const trenail_caller_t* caller) { return caller->store; }
