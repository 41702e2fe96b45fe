// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stores that hold components, their instances, and calls. Which wasm_store_t a host function is
// called from is found by the core store, in a table of all of them.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include "libcomponent/abi/store.h"
#include "libcomponent/c_api/handles.h"
#include "libwasm/c_api/module.h"

namespace trenail::c_api {
namespace {

class StoreTable {
 public:
  static StoreTable& Get() {
    static StoreTable& table = *new StoreTable;
    return table;
  }
  void Set(const trenail::Store* core, wasm_store_t* store) {
    const std::lock_guard lock(mutex_);
    stores_[core] = store;
    ++changes_;
  }
  void Erase(const trenail::Store* core) {
    const std::lock_guard lock(mutex_);
    stores_.erase(core);
    ++changes_;
  }
  wasm_store_t* Find(const trenail::Store* core) {
    // Host functions are mostly called from the store that the last one was called from.
    thread_local constinit Found last = {};
    if (last.core != core || last.changes != changes_.load(std::memory_order_acquire)) {
      const std::lock_guard lock(mutex_);
      const auto found = stores_.find(core);
      last = {core, found != stores_.end() ? found->second : nullptr, changes_.load()};
    }
    return last.store;
  }

 private:
  struct Found {
    const trenail::Store* core;
    wasm_store_t* store;
    uint64_t changes;
  };
  std::mutex mutex_;
  std::unordered_map<const trenail::Store*, wasm_store_t*> stores_;
  std::atomic<uint64_t> changes_ = 1;
};

class ComponentOwner final : public StoreOwner {
 public:
  ComponentOwner(const Engine& engine, const StoreLimits& limits)
      : store_(std::make_unique<ComponentStore>(engine, limits)) {}
  ~ComponentOwner() override {
    const trenail::Store* const core = &store_->core();
    store_.reset();  // which may call the host
    StoreTable::Get().Erase(core);
  }
  trenail::Store& core() override { return store_->core(); }
  ComponentStore* component_store() override { return store_.get(); }

 private:
  std::unique_ptr<ComponentStore> store_;
};

ComponentStore& ComponentsOf(wasm_store_t* store) { return *store->owner->component_store(); }

// An export of the instance itself or of one that it exports.
std::optional<ComponentInstance> Find(const trenail_component_instance_t* instance,
                                      const char* interface) {
  return interface != nullptr ? instance->instance.GetInstance(interface) : instance->instance;
}

// What does not fit is refused before the callee is entered, which could not be used afterwards.
trenail_error_t* CheckArgs(const ComponentFunc& func, const trenail_value_t* const args[],
                           size_t num_args) {
  const component::FuncType* const type = func.type();
  if (type == nullptr) return nullptr;
  if (type->params.size() != num_args) {
    return NewHostError("the function takes " + std::to_string(type->params.size()) +
                        " arguments, not " + std::to_string(num_args));
  }
  for (size_t i = 0; i < num_args; ++i) {
    if (IsNumberOf(FromC(args[i]), *type->params[i].type)) continue;
    if (const auto fits = CheckValue(FromC(args[i]), *type->params[i].type); !fits) {
      return NewHostError("argument \"" + type->params[i].label + "\": " + fits.error().message());
    }
  }
  return nullptr;
}

bool IsOfNumbers(const component::FuncType* type) {
  return type != nullptr && type->params.size() <= component::kMaxFlatParams &&
         std::ranges::all_of(type->params, [](const auto& p) { return IsNumber(*p.type); }) &&
         (type->result == nullptr || IsNumber(*type->result));
}

// A number as the core function returns it, in a value, where small integers are extended.
ComponentValue NumberFromSlot(const component::ValType& type, uint64_t slot) {
  using component::ValKind;
  switch (type.kind) {
    case ValKind::kBool:
      return ComponentValue::Bool(slot != 0);
    case ValKind::kS8:
      return ComponentValue::S8(static_cast<int8_t>(slot));
    case ValKind::kU8:
      return ComponentValue::U8(static_cast<uint8_t>(slot));
    case ValKind::kS16:
      return ComponentValue::S16(static_cast<int16_t>(slot));
    case ValKind::kU16:
      return ComponentValue::U16(static_cast<uint16_t>(slot));
    case ValKind::kS32:
      return ComponentValue::S32(static_cast<int32_t>(slot));
    case ValKind::kU32:
    case ValKind::kF32:
      return ComponentValue::Scalar(NumberKindOf(type), static_cast<uint32_t>(slot));
    default:
      return ComponentValue::Scalar(NumberKindOf(type), slot);
  }
}

// FAST: numbers go to the core function and come back without anything in between. The arguments
// fit.
trenail_error_t* CallOfNumbers(const trenail_component_func_t& func,
                               const trenail_value_t* const args[], trenail_value_t** result) {
  const component::FuncType& type = *func.func.type();
  uint64_t slots[component::kMaxFlatParams];
  slots[0] = 0;
  for (size_t i = 0; i < type.params.size(); ++i)
    slots[i] = component::abi::CoreValueOf(FromC(args[i]), *type.params[i].type);
  return Deliver(component::runtime::CallFlatFromHost(*func.of_numbers, slots), [&] {
    if (result != nullptr && type.result != nullptr)
      *result = NewValue(NumberFromSlot(*type.result, slots[0]));
  });
}

}  // namespace

wasm_store_t* StoreOf(const trenail::Store& core) { return StoreTable::Get().Find(&core); }

}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::ComponentCallHandle;
using trenail::ComponentInstance;
using trenail::ComponentValue;
using trenail::Result;

// ---- stores

wasm_store_t* trenail_component_store_new(const wasm_engine_t* engine,
                                          const trenail_store_limits_t* limits) {
  auto* const store =
      new wasm_store_t(std::make_unique<ComponentOwner>(engine->engine, ToLimits(limits)));
  StoreTable::Get().Set(&store->store, store);
  return store;
}
trenail_error_t* trenail_component_store_tick(wasm_store_t* store, bool* progress) {
  *progress = false;
  if (trenail_error_t* const error = CheckStore(store)) return error;
  const StoreRef hold(store);
  return Deliver(ComponentsOf(store).Tick(), [progress](bool some) { *progress = some; });
}
trenail_error_t* trenail_component_store_set_idle(wasm_store_t* store, trenail_idle_callback_t idle,
                                                  void* env, void (*finalizer)(void*)) {
  auto callback = NewCallback(idle, env, finalizer);
  if (trenail_error_t* const error = CheckStore(store)) return error;
  ComponentsOf(store).SetIdle([callback = std::move(callback)]() -> Result<bool> {
    bool progress = true;
    trenail_error_t* const error = callback->function(callback->env, &progress);
    if (error != nullptr) return std::unexpected(TakeError(error));
    return progress;
  });
  return nullptr;
}

// ---- instances

trenail_error_t* trenail_component_instantiate(const trenail_component_linker_t* linker,
                                               wasm_store_t* store,
                                               const trenail_component_t* component,
                                               trenail_component_instance_t** out) {
  *out = nullptr;
  if (trenail_error_t* const error = CheckStore(store)) return error;
  if (component->component.engine().impl() != store->store.engine().impl())
    return NewHostError("the component is one of another engine");
  const StoreRef hold(store);
  return Deliver(linker->linker.Instantiate(ComponentsOf(store), component->component),
                 [&](ComponentInstance instance) {
                   *out = new trenail_component_instance_t{hold, std::move(instance)};
                 });
}
void trenail_component_instance_delete(trenail_component_instance_t* instance) { delete instance; }

trenail_component_func_t* trenail_component_instance_func(
    const trenail_component_instance_t* instance, const char* interface, const char* name) {
  const auto where = Find(instance, interface);
  auto found = where ? where->GetFunc(name) : std::nullopt;
  return found ? new trenail_component_func_t(instance->store, *std::move(found)) : nullptr;
}
trenail_component_instance_t* trenail_component_instance_instance(
    const trenail_component_instance_t* instance, const char* name) {
  auto found = instance->instance.GetInstance(name);
  return found ? new trenail_component_instance_t{instance->store, *std::move(found)} : nullptr;
}
trenail_resource_t* trenail_component_instance_resource(
    const trenail_component_instance_t* instance, const char* interface, const char* name) {
  const auto where = Find(instance, interface);
  auto found = where ? where->GetResource(name) : std::nullopt;
  return found ? new trenail_resource_t{*std::move(found)} : nullptr;
}
trenail_value_t* trenail_component_instance_value(const trenail_component_instance_t* instance,
                                                  const char* interface, const char* name) {
  const auto where = Find(instance, interface);
  auto found = where ? where->GetValue(name) : std::nullopt;
  return found ? NewValue(*std::move(found)) : nullptr;
}
wasm_module_t* trenail_component_instance_module(const trenail_component_instance_t* instance,
                                                 const char* interface, const char* name) {
  const auto where = Find(instance, interface);
  auto found = where ? where->GetModule(name) : std::nullopt;
  return found ? NewModule(instance->store.get(), *std::move(found)) : nullptr;
}

// ---- calls

trenail_component_func_t::trenail_component_func_t(const StoreRef& s, trenail::ComponentFunc f)
    : store(s),
      func(std::move(f)),
      of_numbers(IsOfNumbers(func.type()) ? func.lifted() : nullptr) {}

void trenail_component_func_delete(trenail_component_func_t* func) { delete func; }
const trenail_functype_t* trenail_component_func_type(const trenail_component_func_t* func) {
  return ToC(func->func.type());
}

trenail_error_t* trenail_component_func_call(const trenail_component_func_t* func,
                                             const trenail_value_t* const args[], size_t num_args,
                                             trenail_value_t** result) {
  if (result != nullptr) *result = nullptr;
  if (trenail_error_t* const error = CheckArgs(func->func, args, num_args)) return error;
  // Callbacks may delete the handle.
  const trenail_component_func_t callee = *func;
  if (callee.of_numbers != nullptr) return CallOfNumbers(callee, args, result);
  return Deliver(callee.func.Call(CopyValues(args, num_args)), [result](ComponentValue value) {
    if (result != nullptr && value.kind() != ComponentValue::Kind::kUnit)
      *result = NewValue(std::move(value));
  });
}
trenail_error_t* trenail_component_func_start(const trenail_component_func_t* func,
                                              const trenail_value_t* const args[], size_t num_args,
                                              trenail_task_t** out) {
  *out = nullptr;
  if (trenail_error_t* const error = CheckArgs(func->func, args, num_args)) return error;
  const trenail_component_func_t callee = *func;
  return Deliver(callee.func.Start(CopyValues(args, num_args)), [&](ComponentCallHandle call) {
    *out = new trenail_task_t{callee.store, std::move(call)};
  });
}

bool trenail_task_done(const trenail_task_t* task) { return task->call.done(); }
trenail_value_t* trenail_task_result(const trenail_task_t* task) {
  auto result = task->call.result();
  if (!result || result->kind() == ComponentValue::Kind::kUnit) return nullptr;
  return NewValue(*std::move(result));
}
trenail_error_t* trenail_task_cancel(trenail_task_t* task) {
  const StoreRef hold = task->store;
  return ToError(task->call.Cancel());
}
trenail_error_t* trenail_task_wait(const trenail_task_t* task) {
  const trenail_task_t waited = *task;
  if (trenail_error_t* const error = ToError(
          ComponentsOf(waited.store.get()).RunUntil([&waited] { return waited.call.done(); })))
    return error;
  // One that has failed while something else was waited for.
  const trenail::Error* const failed = waited.call.error();
  if (failed == nullptr) return nullptr;
  trenail::Error copy = failed->kind() == trenail::ErrorKind::kExit
                            ? trenail::Error::Exit(failed->exit_code())
                            : trenail::Error(failed->kind(), failed->message());
  copy.mutable_trace() = failed->trace();
  return NewError(std::move(copy));
}
void trenail_task_delete(trenail_task_t* task) { delete task; }
