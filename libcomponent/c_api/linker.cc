// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the host offers to components.

#include "libcomponent/c_api/handles.h"
#include "libwasm/c_api/small_array.h"

struct trenail_async_call_t {
  // Null if the store is none of this interface.
  std::unique_ptr<trenail::c_api::StoreRef> store;
  trenail::ComponentAsyncCall call;
};

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::ComponentAsyncCall;
using trenail::ComponentCall;
using trenail::ComponentValue;
using trenail::Result;

namespace {

constexpr size_t kInlineArgs = 8;

trenail::ComponentLinkerInstance At(trenail_component_linker_t* linker, const char* interface) {
  return interface != nullptr ? linker->linker.Instance(interface) : linker->linker.Root();
}

}  // namespace

trenail_component_linker_t* trenail_component_linker_new(const wasm_engine_t* engine) {
  return new trenail_component_linker_t{trenail::ComponentLinker(engine->engine)};
}
void trenail_component_linker_delete(trenail_component_linker_t* linker) { delete linker; }

void trenail_component_linker_func(trenail_component_linker_t* linker, const char* interface,
                                   const char* name, trenail_component_callback_t function,
                                   void* env, void (*finalizer)(void*)) {
  auto call = [callback = NewCallback(function, env, finalizer)](
                  ComponentCall& context,
                  std::vector<ComponentValue> args) -> Result<ComponentValue> {
    SmallArray<const trenail_value_t*, kInlineArgs> pointers(args.size());
    for (size_t i = 0; i < args.size(); ++i) pointers[i] = ToC(&args[i]);
    trenail_value_t* result = nullptr;
    trenail_error_t* const error = callback->function(callback->env, StoreOf(context.core()),
                                                      pointers.data(), args.size(), &result);
    const std::unique_ptr<ComponentValue> taken(result != nullptr ? &FromC(result) : nullptr);
    if (error != nullptr) [[unlikely]]
      return std::unexpected(TakeError(error));
    return taken != nullptr ? std::move(*taken) : ComponentValue();
  };
  At(linker, interface).Func(name, trenail::ComponentHostFunc(std::move(call)));
}

// ---- calls that return later

void trenail_component_linker_async_func(trenail_component_linker_t* linker, const char* interface,
                                         const char* name, trenail_async_callback_t function,
                                         void* env, void (*finalizer)(void*)) {
  auto call = [callback = NewCallback(function, env, finalizer)](
                  ComponentAsyncCall async_call) -> Result<void> {
    std::unique_ptr<StoreRef> hold;
    if (wasm_store_t* const store = StoreOf(async_call.core()))
      hold = std::make_unique<StoreRef>(store);
    trenail_error_t* const error = callback->function(
        callback->env, new trenail_async_call_t{std::move(hold), std::move(async_call)});
    if (error != nullptr) return std::unexpected(TakeError(error));
    return {};
  };
  At(linker, interface).AsyncFunc(name, trenail::ComponentAsyncHostFunc(std::move(call)));
}
size_t trenail_async_call_num_args(const trenail_async_call_t* call) {
  return call->call.args().size();
}
const trenail_value_t* trenail_async_call_arg(const trenail_async_call_t* call, size_t index) {
  return ToC(&call->call.args()[index]);
}
bool trenail_async_call_pending(const trenail_async_call_t* call) { return call->call.pending(); }
trenail_error_t* trenail_async_call_return(trenail_async_call_t* call, trenail_value_t* result) {
  return ToError(call->call.Return(TakeValue(result)));
}
void trenail_async_call_fail(trenail_async_call_t* call, trenail_error_t* error) {
  call->call.Fail(TakeError(error));
}
void trenail_async_call_on_cancel(trenail_async_call_t* call, void (*cancelled)(void*), void* env) {
  call->call.OnCancel([cancelled, env] { cancelled(env); });
}
void trenail_async_call_delete(trenail_async_call_t* call) { delete call; }

// ---- what is no function

void trenail_component_linker_resource(trenail_component_linker_t* linker, const char* interface,
                                       const char* name, const trenail_resource_t* resource) {
  At(linker, interface).Resource(name, resource->resource);
}
void trenail_component_linker_module(trenail_component_linker_t* linker, const char* interface,
                                     const char* name, const wasm_module_t* module) {
  At(linker, interface).Module(name, ModuleOf(module));
}
void trenail_component_linker_component(trenail_component_linker_t* linker, const char* interface,
                                        const char* name, const trenail_component_t* component) {
  At(linker, interface).Component(name, component->component);
}
void trenail_component_linker_value(trenail_component_linker_t* linker, const char* interface,
                                    const char* name, trenail_value_t* value) {
  At(linker, interface).Value(name, TakeValue(value));
}
void trenail_component_linker_instance(trenail_component_linker_t* linker, const char* interface,
                                       const trenail_component_instance_t* instance) {
  linker->linker.Root().Define(interface, instance->instance);
}
