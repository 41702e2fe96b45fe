// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules and their instances.

#include "libwasm/c_api/module.h"

#include "libwasm/c_api/handles.h"
#include "libwasm/c_api/types.h"
#include "libwasm/module/validated_module.h"
#include "libwasm/runtime/instance.h"

namespace trenail::c_api {

wasm_module_t* NewModule(wasm_store_t* store, Module module) {
  Object* const object = new ModuleObject(std::move(module));
  return As<wasm_module_t>(NewHandle(store, Kind::kModule, object));
}
wasm_instance_t* NewInstance(wasm_store_t* store, const Instance& instance) {
  return As<wasm_instance_t>(NewHandle(store, Kind::kInstance, instance.internal()));
}

namespace {

std::span<const uint8_t> BytesOf(const wasm_byte_vec_t& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data), bytes.size};
}

Error Unlinkable(std::string message) { return Error(ErrorKind::kUnlinkable, std::move(message)); }

Result<Instance> Instantiate(wasm_store_t* store, const Module& module,
                             const wasm_extern_vec_t* imports) {
  if (module.engine().impl() != store->store.engine().impl())
    return std::unexpected(Unlinkable("the module is one of another engine"));
  const auto& wanted = module.internal()->module().imports;
  const size_t given = imports != nullptr ? imports->size : 0;
  if (given != wanted.size()) {
    return std::unexpected(Unlinkable("the module has " + std::to_string(wanted.size()) +
                                      " imports, not " + std::to_string(given)));
  }
  std::vector<Extern> externs;
  externs.reserve(given);
  for (size_t i = 0; i < given; ++i) {
    const wasm_ref_t* const ref = AsRef(imports->data[i]);
    const char* const wrong = ref == nullptr         ? "is missing"
                              : !IsExtern(ref->kind) ? "is none that a module can import"
                              : ref->store != store  ? "is of another store"
                                                     : nullptr;
    if (wrong != nullptr) {
      return std::unexpected(Unlinkable("the import \"" + std::string(wanted[i].module) + "\" \"" +
                                        std::string(wanted[i].name) + "\" " + wrong));
    }
    externs.push_back(ExternOf(imports->data[i]));
  }
  return store->store.Instantiate(module, externs);
}

}  // namespace
}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::Module;

// ---- modules

wasm_module_t* wasm_module_new(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  auto module = Module::Parse(store->store.engine(), BytesOf(*binary));
  if (module) return NewModule(store, *std::move(module));
  SetLastError(std::move(module.error()));
  return nullptr;
}
bool wasm_module_validate(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  auto valid = Module::Validate(store->store.engine(), BytesOf(*binary));
  if (!valid) SetLastError(std::move(valid.error()));
  return valid.has_value();
}

void wasm_module_imports(const wasm_module_t* module, wasm_importtype_vec_t* out) {
  const auto imports = ModuleOf(module).imports();
  wasm_importtype_vec_new_uninitialized(out, imports.size());
  for (size_t i = 0; i < out->size; ++i) {
    wasm_name_t module_name, name;
    SetName(&module_name, imports[i].module);
    SetName(&name, imports[i].name);
    out->data[i] = wasm_importtype_new(&module_name, &name,
                                       NewExternType(ModuleOf(module).engine(), imports[i].type));
  }
}
void wasm_module_exports(const wasm_module_t* module, wasm_exporttype_vec_t* out) {
  const auto exports = ModuleOf(module).exports();
  wasm_exporttype_vec_new_uninitialized(out, exports.size());
  for (size_t i = 0; i < out->size; ++i) {
    wasm_name_t name;
    SetName(&name, exports[i].name);
    out->data[i] =
        wasm_exporttype_new(&name, NewExternType(ModuleOf(module).engine(), exports[i].type));
  }
}

void wasm_module_serialize(const wasm_module_t* module, wasm_byte_vec_t* out) {
  const std::span<const uint8_t> bytes = ModuleOf(module).internal()->module().bytes.span();
  SetName(out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
wasm_module_t* wasm_module_deserialize(wasm_store_t* store, const wasm_byte_vec_t* bytes) {
  return wasm_module_new(store, bytes);
}

wasm_shared_module_t* wasm_module_share(const wasm_module_t* module) {
  return new wasm_shared_module_t{ModuleOf(module)};
}
void wasm_shared_module_delete(wasm_shared_module_t* shared) { delete shared; }
wasm_module_t* wasm_module_obtain(wasm_store_t* store, const wasm_shared_module_t* shared) {
  if (shared->module.engine().impl() == store->store.engine().impl())
    return NewModule(store, shared->module);
  SetLastError(trenail::Error(trenail::ErrorKind::kHost, "the module is one of another engine"));
  return nullptr;
}

trenail_error_t* trenail_module_new(wasm_store_t* store, const void* bytes, size_t size,
                                    wasm_module_t** out) {
  *out = nullptr;
  return Deliver(Module::Parse(store->store.engine(), {static_cast<const uint8_t*>(bytes), size}),
                 [&](Module module) { *out = NewModule(store, std::move(module)); });
}
trenail_error_t* trenail_module_validate(const wasm_engine_t* engine, const void* bytes,
                                         size_t size) {
  auto valid = Module::Validate(engine->engine, {static_cast<const uint8_t*>(bytes), size});
  return valid ? nullptr : NewError(std::move(valid.error()));
}
void trenail_module_name(const wasm_module_t* module, wasm_name_t* out) {
  SetName(out, ModuleOf(module).name());
}

// ---- instances

wasm_instance_t* wasm_instance_new(wasm_store_t* store, const wasm_module_t* module,
                                   const wasm_extern_vec_t* imports, wasm_trap_t** trap) {
  if (trap != nullptr) *trap = nullptr;
  // A start function may make callbacks delete everything.
  const StoreRef hold(store);
  wasm_instance_t* result = nullptr;
  if (auto instance = Instantiate(store, ModuleOf(module), imports)) {
    result = NewInstance(store, *instance);
  } else if (trap != nullptr) {
    *trap = NewTrap(store, std::move(instance.error()));
  } else {
    SetLastError(std::move(instance.error()));
  }
  return result;
}
void wasm_instance_exports(const wasm_instance_t* instance, wasm_extern_vec_t* out) {
  const trenail::Instance source = InstanceOf(instance);
  wasm_extern_vec_new_uninitialized(out, source.internal()->data->module().exports.size());
  for (size_t i = 0; i < out->size; ++i)
    out->data[i] = NewExtern(AsRef(instance)->store, source.ExportAt(i));
}

wasm_extern_t* trenail_instance_export(const wasm_instance_t* instance, const char* name) {
  const auto found = InstanceOf(instance).GetExport(name);
  return found ? NewExtern(AsRef(instance)->store, *found) : nullptr;
}
wasm_func_t* trenail_instance_func(const wasm_instance_t* instance, const char* name) {
  const auto found = InstanceOf(instance).GetFunc(name);
  if (!found) return nullptr;
  return As<wasm_func_t>(NewHandle(AsRef(instance)->store, Kind::kFunc, found->internal()));
}
