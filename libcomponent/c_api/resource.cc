// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resources.

#include "libcomponent/c_api/handles.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::ComponentResource;
using trenail::Result;

trenail_resource_t* trenail_resource_new(const char* name, trenail_drop_callback_t drop, void* env,
                                         void (*finalizer)(void*)) {
  // Also without a function: the finalizer's time is the type's end.
  auto on_drop = [callback = NewCallback(drop, env, finalizer)](uint32_t rep) -> Result<void> {
    if (callback->function == nullptr) return {};
    trenail_error_t* const error = callback->function(callback->env, rep);
    if (error != nullptr) return std::unexpected(TakeError(error));
    return {};
  };
  return new trenail_resource_t{ComponentResource::Host(name, std::move(on_drop))};
}
trenail_resource_t* trenail_resource_copy(const trenail_resource_t* resource) {
  return resource != nullptr ? new trenail_resource_t(*resource) : nullptr;
}
void trenail_resource_delete(trenail_resource_t* resource) { delete resource; }
bool trenail_resource_same(const trenail_resource_t* a, const trenail_resource_t* b) {
  return a->resource == b->resource;
}

trenail_value_t* trenail_resource_new_value(const trenail_resource_t* resource, uint32_t rep) {
  return NewValue(resource->resource.New(rep));
}
trenail_error_t* trenail_resource_rep(const trenail_resource_t* resource,
                                      const trenail_value_t* value, uint32_t* rep) {
  *rep = 0;
  return Deliver(resource->resource.Rep(FromC(value)), [rep](uint32_t found) { *rep = found; });
}
trenail_value_t* trenail_resource_new_object(const trenail_resource_t* resource, void* object,
                                             void (*finalizer)(void*)) {
  std::shared_ptr<void> shared(object, [finalizer](void* o) {
    if (finalizer != nullptr) finalizer(o);
  });
  return NewValue(resource->resource.NewObject(std::move(shared)));
}
trenail_error_t* trenail_resource_object(const trenail_resource_t* resource,
                                         const trenail_value_t* value, void** object) {
  *object = nullptr;
  return Deliver(resource->resource.Object(FromC(value)),
                 [object](const std::shared_ptr<void>& found) { *object = found.get(); });
}
trenail_value_t* trenail_value_borrow(const trenail_value_t* value) {
  trenail::ComponentValue borrowed = ComponentResource::Borrow(FromC(value));
  if (borrowed.kind() == trenail::ComponentValue::Kind::kUnit) return nullptr;
  return NewValue(std::move(borrowed));
}
trenail_error_t* trenail_value_drop(const trenail_value_t* value) {
  return ToError(ComponentResource::Drop(FromC(value)));
}
