// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linking by name.

#include "libwasm/c_api/linker.h"

#include "libwasm/c_api/module.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

trenail_linker_t* trenail_linker_new(wasm_store_t* store) { return new trenail_linker_t(store); }
void trenail_linker_delete(trenail_linker_t* linker) { delete linker; }

trenail_error_t* trenail_linker_define(trenail_linker_t* linker, const char* module,
                                       const char* name, const wasm_extern_t* value) {
  if (AsRef(value)->store != linker->store.get())
    return NewHostError("the external is of another store");
  linker->linker.Define(module, name, ExternOf(value));
  return nullptr;
}
trenail_error_t* trenail_linker_define_instance(trenail_linker_t* linker, const char* module,
                                                const wasm_instance_t* instance) {
  if (AsRef(instance)->store != linker->store.get())
    return NewHostError("the instance is of another store");
  linker->linker.DefineInstance(module, InstanceOf(instance));
  return nullptr;
}
wasm_extern_t* trenail_linker_get(const trenail_linker_t* linker, const char* module,
                                  const char* name) {
  const auto found = linker->linker.Get(module, name);
  return found ? NewExtern(linker->store.get(), *found) : nullptr;
}
trenail_error_t* trenail_linker_instantiate(trenail_linker_t* linker, const wasm_module_t* module,
                                            wasm_instance_t** out) {
  *out = nullptr;
  wasm_store_t* const store = linker->store.get();
  if (ModuleOf(module).engine().impl() != store->store.engine().impl())
    return NewHostError("the module is one of another engine");
  // A start function may make callbacks delete everything.
  const StoreRef hold(store);
  return Deliver(linker->linker.Instantiate(ModuleOf(module)),
                 [&](const trenail::Instance& instance) { *out = NewInstance(store, instance); });
}
