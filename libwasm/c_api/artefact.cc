// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled code.

#include "libwasm/c_api/artefact.h"

#include "libwasm/c_api/handles.h"
#include "libwasm/c_api/module.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::Artefact;

namespace {

trenail_error_t* Give(trenail::Result<Artefact> artefact, trenail_artefact_t** out) {
  *out = nullptr;
  return Deliver(std::move(artefact),
                 [out](Artefact a) { *out = new trenail_artefact_t{std::move(a)}; });
}

}  // namespace

trenail_error_t* trenail_artefact_open(const char* path, trenail_artefact_t** out) {
  return Give(Artefact::Open(path), out);
}
trenail_error_t* trenail_artefact_from_memory(const void* bytes, size_t size,
                                              trenail_artefact_t** out) {
  return Give(Artefact::FromMemory({static_cast<const uint8_t*>(bytes), size}), out);
}
trenail_error_t* trenail_artefact_linked(const void* symbol, trenail_artefact_t** out) {
  return Give(Artefact::Linked(symbol), out);
}
void trenail_artefact_delete(trenail_artefact_t* artefact) { delete artefact; }

bool trenail_artefact_is_component(const trenail_artefact_t* artefact) {
  return !artefact->artefact.component().empty();
}
const uint8_t* trenail_artefact_module_hash(const trenail_artefact_t* artefact) {
  return artefact->artefact.module_hash().data();
}
bool trenail_artefact_is_interruptible(const trenail_artefact_t* artefact) {
  return artefact->artefact.interruptible();
}
bool trenail_artefact_meters_fuel(const trenail_artefact_t* artefact) {
  return artefact->artefact.meters_fuel();
}

trenail_error_t* trenail_module_from_artefact(wasm_store_t* store,
                                              const trenail_artefact_t* artefact,
                                              wasm_module_t** out) {
  *out = nullptr;
  return Deliver(trenail::Module::FromArtefact(store->store.engine(), artefact->artefact),
                 [&](trenail::Module module) { *out = NewModule(store, std::move(module)); });
}
trenail_error_t* trenail_module_attach(wasm_module_t* module, const trenail_artefact_t* artefact) {
  // Modules are shared handles: this one's copy is as good as any.
  trenail::Module target = ModuleOf(module);
  auto attached = target.Attach(artefact->artefact);
  return attached ? nullptr : NewError(std::move(attached.error()));
}
